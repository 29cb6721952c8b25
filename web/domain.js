// Keeps the page of a domain up to date while it is looked at: fetches it again and takes over the
// parts that differ. The server has made the markup, as of the page itself; without JavaScript people
// reload.

const INTERVAL_MS = 5000;
const ANSWER_MS = 8000;
const FAILURES_MAX = 3;  // in a row, before it is said

const main = document.getElementById('main');
// After "Check now" the address is that of the check.
const address = location.pathname.replace(/\/check$/, '');

// The parts of a page by what they are; a notice belongs to one load alone.
function partsOf(page) {
  const parts = new Map();
  for (const part of page.children) {
    const key = part.getAttribute('aria-labelledby') ?? `${part.tagName} ${part.classList[0] ?? ''}`;
    if (!part.matches('.notice, .news')) parts.set(key, part);
  }
  return parts;
}

// What the server said last of each; what a reader has opened since does not count.
const known = new Map([...partsOf(main)].map(([key, part]) => [key, part.outerHTML]));
let seenAt = new Date();
let failures = 0;

// One place for what is said, so that a screen reader hears it.
const news = document.createElement('p');
news.className = 'small news';
news.setAttribute('role', 'status');
main.querySelector('h1').after(news);

const clock = time => `${time.toISOString().slice(11, 19)} UTC`;

// The page as it is now; where there is none, why.
async function fetched() {
  try {
    const response = await fetch(address, { headers: { Accept: 'text/html' },
                                            signal: AbortSignal.timeout(ANSWER_MS) });
    // A name that is no longer delegated has a page too.
    if (!response.ok && response.status !== 404) {
      const seconds = Number(response.headers.get('Retry-After'));
      return { why: `The server answers with ${response.status}.`, waitMs: seconds > 0 ? seconds * 1000 : 0 };
    }
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    if (page.getElementById('main') !== null) return { page, waitMs: 0 };
  } catch {
    // The server has gone, or the network has.
  }
  return { why: 'The server does not answer.', waitMs: 0 };
}

// Time goes on: nothing that anybody has to hear of, and nothing that is selected goes away.
function tick(part, next) {
  const [bar, newBar] = [part, next].map(one => one.querySelector('progress'));
  const [words, newWords] = [part, next].map(one => one.querySelector('p'));
  for (const name of ['value', 'aria-label']) bar.setAttribute(name, newBar.getAttribute(name));
  if (words.textContent !== newWords.textContent) words.firstChild.data = newWords.firstChild.data;
}

// What is open stays open, where it was scrolled to it stays, and what has the focus keeps it.
function replace(part, next) {
  const active = document.activeElement;
  const focused = part.contains(active) ? [active.tagName, active.textContent] : null;
  const isOpen = part.querySelector('details')?.open ?? false;
  const scrolled = [...part.querySelectorAll('.wide')].map(one => one.scrollLeft);
  part.replaceWith(next);
  const details = next.querySelector('details');
  if (details !== null) details.open = isOpen;
  next.querySelectorAll('.wide').forEach((one, at) => { one.scrollLeft = scrolled[at] ?? 0; });
  if (focused === null) return;
  [...next.querySelectorAll(focused[0])].find(node => node.textContent === focused[1])
    ?.focus({ preventScroll: true });
}

// In the order of the new page.
function show(page) {
  const shown = partsOf(main);
  const next = partsOf(page);
  for (const [key, part] of shown) if (!next.has(key)) part.remove();
  let before = news;
  for (const [key, part] of next) {
    const markup = part.outerHTML;
    const old = shown.get(key);
    let now = old;
    if (old === undefined) {
      now = document.importNode(part, true);
      before.after(now);
    } else if (known.get(key) !== markup) {
      if (isTickOnly(key, known.get(key), markup)) tick(old, part);
      else replace(old, now = document.importNode(part, true));
    }
    if (now.tagName !== 'H1') before = now;
  }
  known.clear();
  for (const [key, part] of next) known.set(key, part.outerHTML);
}

// Of a waiting period that has neither begun nor ended anew.
function isTickOnly(key, markup, next) {
  const ends = text => [...text.matchAll(/datetime="([^"]*)"/g)].map(match => match[1]).join();
  return key === 'hold' && ends(markup) === ends(next);
}

function take(page) {
  const standing = () => main.querySelector('.standing')?.textContent;
  const before = standing();
  show(page.getElementById('main'));
  document.title = page.title;
  seenAt = new Date();
  if (standing() !== before) {
    main.querySelector('.notice')?.remove();
    news.textContent = `Changed at ${clock(seenAt)}.`;
  } else if (failures >= FAILURES_MAX) {
    news.textContent = '';
  }
  failures = 0;
}

async function refresh() {
  let waitMs = 0;
  if (!document.hidden) {
    const answer = await fetched();
    waitMs = answer.waitMs;
    if (answer.page !== undefined) {
      take(answer.page);
    } else if (++failures === FAILURES_MAX) {
      news.textContent = `${answer.why} What is shown is as of ${clock(seenAt)}.`;
    }
  }
  setTimeout(refresh, Math.max(INTERVAL_MS, waitMs));
}
setTimeout(refresh, INTERVAL_MS);
