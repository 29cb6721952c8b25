// Tables, each also as a CSV file.
import { counted, make } from './dom.js';

// RFC 4180. A cell must not be taken for a formula by whoever opens the file.
export function csvOf(heads, rows) {
  const cell = value => {
    let text = String(value ?? '');
    if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [heads, ...rows].map(row => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

function shown(value) {
  if (value === null) return '–';
  return typeof value === 'number' ? counted(value) : String(value);
}

function rowOf(row) {
  return make('tr', {}, ...row.map((value, at) => at === 0
    ? make('th', { scope: 'row' }, shown(value))
    : make('td', typeof value === 'number' ? { class: 'number' } : {}, shown(value))));
}

function grid(title, heads, rows) {
  const headCell = (head, at) => make('th', {
    scope: 'col', ...(rows.some(row => typeof row[at] === 'number') && at > 0 ? { class: 'number' } : {}),
  }, head);
  return make('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': title },
              make('table', {}, make('thead', {}, make('tr', {}, ...heads.map(headCell))),
                   make('tbody', {}, ...rows.map(rowOf))));
}

function csvLink(title, name, heads, rows) {
  const file = new Blob([csvOf(heads, rows)], { type: 'text/csv' });
  return make('a', { class: 'csv', download: `${name}.csv`, href: URL.createObjectURL(file),
                     'aria-label': `${title} as CSV` }, 'CSV');
}

// A place for one table that is made anew where its rows have changed. `isFolded`: it stands beside a
// plot that says the same, and opens where it is wanted. `empty` says why there is nothing.
export class Table {
  constructor({ title, name, heads, empty = 'None.', isFolded = false }) {
    Object.assign(this, { title, name, heads, empty, isFolded });
    this.element = make('div', { class: 'rows' });
    this.rows = null;
  }

  show(rows) {
    const text = JSON.stringify(rows);
    if (text === this.rows) return;
    this.rows = text;
    const wasOpen = this.element.querySelector('details')?.open ?? false;
    for (const link of this.element.querySelectorAll('a.csv')) URL.revokeObjectURL(link.href);
    this.element.replaceChildren(...this.parts(rows));
    if (wasOpen) this.element.querySelector('details')?.setAttribute('open', '');
  }

  parts(rows) {
    if (rows.length === 0) return this.isFolded ? [] : [make('p', { class: 'empty' }, this.empty)];
    const whole = grid(this.title, this.heads, rows);
    const link = csvLink(this.title, this.name, this.heads, rows);
    if (!this.isFolded) return [whole, make('p', {}, link)];
    return [make('details', {}, make('summary', {}, 'The same as a table'), whole), link];
  }
}
