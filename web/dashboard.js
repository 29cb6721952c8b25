// The dashboard of staff: what /api/v1/events tells, live, as bars and tables. The token stays in this
// tab. Everything that comes from the server becomes text, never markup.

const zones = document.getElementById('zones');
const trouble = document.getElementById('trouble');
const entry = document.getElementById('entry');
const field = document.getElementById('token');

const OUTCOMES = ['in-sync', 'idle', 'accept', 'hold', 'retry', 'refuse', 'suspended'];

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter(child => child !== null));
  return node;
}

function draw(tag, attributes = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const counted = number => number.toLocaleString('en');

// One line of parts, as wide as they are many; each says what it is under the mouse.
function stackedBar(rows, label) {
  const sum = rows.reduce((all, [, count]) => all + count, 0);
  const picture = draw('svg', {
    class: 'bar', viewBox: '0 0 1000 40', preserveAspectRatio: 'none', role: 'img',
    'aria-label': `${label}: ${rows.map(([word, count]) => `${word} ${count}`).join(', ')}`,
  });
  let x = 0;
  for (const [word, count] of rows) {
    const width = sum === 0 ? 0 : count / sum * 1000;
    const share = (count / sum * 100).toFixed(1);
    picture.append(draw('rect', { class: `part ${word}`, x, y: 0, width, height: 40 },
                        draw('title', {}, `${word}: ${counted(count)} (${share} %)`)));
    x += width;
  }
  return picture;
}

// What a table says as CSV (RFC 4180); a cell must not be taken for a formula.
function csvOf(heads, rows) {
  const cell = value => {
    let text = String(value);
    if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [heads, ...rows].map(row => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

function table(title, name, heads, rows) {
  const link = make('a', { download: `${name}.csv`, href: URL.createObjectURL(
      new Blob([csvOf(heads, rows)], { type: 'text/csv' })) }, 'CSV');
  link.setAttribute('aria-label', `${title} as CSV`);
  const body = rows.map(row => make('tr', {}, ...row.map((value, at) => at === 0
    ? make('th', { scope: 'row' }, String(value))
    : make('td', {}, typeof value === 'number' ? counted(value) : String(value)))));
  return make('section', {}, make('h3', {}, title),
              rows.length === 0 ? make('p', {}, 'None.')
                : make('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': title },
                       make('table', {},
                            make('thead', {}, make('tr', {},
                                 ...heads.map(head => make('th', { scope: 'col' }, head)))),
                            make('tbody', {}, ...body))),
              rows.length === 0 ? null : make('p', {}, link));
}

function passPart(zone) {
  const pass = zone.pass_under_way;
  if (pass !== null) {
    const words = `${counted(pass.done)} of ${counted(pass.total)} children, `
                  + `${counted(pass.questions)} questions, since ${pass.started_at}`;
    return make('div', {}, make('h3', {}, 'Pass under way'),
                make('progress', { max: String(Math.max(pass.total, 1)), value: String(pass.done),
                                   'aria-label': `Pass under way: ${words}` }),
                make('p', {}, words));
  }
  const last = zone.last_pass;
  const words = last === null ? 'None yet.'
    : `${counted(last.children)} children, begun at ${last.started_at}, `
      + (last.ended_at === null ? 'not ended.' : `ended at ${last.ended_at}.`)
      + (last.void ? ` Some looks did not count: ${last.void_reason}` : '');
  return make('div', {}, make('h3', {}, 'Last pass'), make('p', {}, words));
}

function zonePart(zone) {
  const outcomes = OUTCOMES.filter(word => word in zone.cases)
    .map(word => [word, zone.cases[word]]);
  const findings = Object.entries(zone.findings).sort((a, b) => b[1] - a[1]);
  const breakers = zone.breakers.map(
    one => [one.kind, one.operator || 'all', one.tripped_at, one.changes, one.limit]);
  return make('section', { class: 'zone' },
              make('h2', {}, `${zone.zone} (policy ${zone.policy})`),
              outcomes.length === 0 ? null : stackedBar(outcomes, 'Children by outcome'),
              make('p', {}, `Open changes: ${counted(zone.open_changes)}`),
              passPart(zone),
              make('div', { class: 'sides' },
                   table('Children by outcome', `${zone.zone}outcomes`, ['outcome', 'children'],
                         outcomes),
                   table('Top findings', `${zone.zone}findings`, ['finding', 'children'],
                         findings)),
              table('Breakers that are open', `${zone.zone}breakers`,
                    ['kind', 'operator', 'tripped at', 'changes', 'limit'], breakers));
}

let shown = [];
function show(statistics) {
  const before = shown;
  zones.replaceChildren(...statistics.parents.map(zonePart));
  shown = [...zones.querySelectorAll('a[download]')].map(link => link.href);
  for (const address of before) URL.revokeObjectURL(address);
}

// EventSource shows no token, so that the stream is read by hand.
async function follow(token) {
  const response = await fetch('/api/v1/events', { headers: { Authorization: `Bearer ${token}` } });
  if (response.status === 401) return 'The token is wrong.';
  if (!response.ok) return (await response.json()).detail;
  sessionStorage.setItem('token', token);
  entry.hidden = true;
  trouble.textContent = '';
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return null;
    text += value;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = text.slice(0, end).split('\n').filter(line => line.startsWith('data: '));
      text = text.slice(end + 2);
      if (data.length > 0) show(JSON.parse(data.map(line => line.slice(6)).join('\n')));
    }
  }
}

async function run(token) {
  for (;;) {
    let refusal = null;
    try {
      refusal = await follow(token);
    } catch {
      // The server has gone, or the network has: as if the stream had ended.
    }
    if (refusal !== null) {
      sessionStorage.removeItem('token');
      entry.hidden = false;
      trouble.textContent = refusal;
      field.focus();
      return;
    }
    trouble.textContent = 'The connection is lost; what is shown is as it was. Trying again.';
    await new Promise(resolve => { setTimeout(resolve, 3000); });
  }
}

entry.addEventListener('submit', event => {
  event.preventDefault();
  run(field.value.trim());
  field.value = '';
});

const kept = sessionStorage.getItem('token');
if (kept !== null) run(kept);
