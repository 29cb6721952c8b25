// Keeps the page of a domain up to date while it is looked at: fetches it again and shows what has
// changed. The server has made the markup, as of the page itself; without JavaScript people reload.

const INTERVAL_MS = 5000;

const main = document.getElementById('main');
// After "Check now" the address is that of the check.
const address = location.pathname.replace(/\/check$/, '');

// What the server said last; what a reader has opened since does not count.
let known = withoutNotice(main).innerHTML;

function withoutNotice(part) {
  const copy = part.cloneNode(true);
  for (const notice of copy.querySelectorAll('.notice')) notice.remove();
  return copy;
}

async function fetched() {
  try {
    const response = await fetch(address, { headers: { Accept: 'text/html' } });
    if (!response.ok) return null;
    return new DOMParser().parseFromString(await response.text(), 'text/html');
  } catch {
    return null;  // the server has gone, or the network has
  }
}

// What is open stays open, and what has the focus keeps it: by what they are called.
function marksOf() {
  const active = document.activeElement;
  return {
    open: [...main.querySelectorAll('details[open] > summary')].map(node => node.textContent),
    focused: main.contains(active) ? [active.tagName, active.textContent] : null,
  };
}

function restore({ open, focused }) {
  for (const summary of main.querySelectorAll('details > summary')) {
    if (open.includes(summary.textContent)) summary.parentElement.open = true;
  }
  if (focused === null) return;
  const [tag, text] = focused;
  [...main.querySelectorAll(tag)].find(node => node.textContent === text)
    ?.focus({ preventScroll: true });
}

function show(page) {
  const next = page.getElementById('main');
  if (next === null || next.innerHTML === known) return;
  known = next.innerHTML;
  const marks = marksOf();
  main.replaceChildren(...[...next.childNodes].map(node => document.importNode(node, true)));
  document.title = page.title;
  restore(marks);
  say(`What is shown has changed at ${new Date().toISOString().slice(11, 19)}.`);
}

function say(sentence) {
  const notice = document.createElement('p');
  notice.className = 'small';
  notice.setAttribute('role', 'status');
  main.querySelector('h1').after(notice);
  notice.textContent = sentence;
}

setInterval(async () => {
  if (document.hidden) return;
  const page = await fetched();
  if (page !== null) show(page);
}, INTERVAL_MS);
