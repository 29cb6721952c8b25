// What is told apart by colour is told apart by pattern too: fills for the parts of a plot, and the
// legend that names them. The colours are dashboard.css's, for light and dark.
import { draw, make } from './dom.js';

// Beside its colour: none, or lines over it.
const PATTERNS = {
  'in-sync': null, idle: null, accept: null, hold: 'rising', retry: 'falling', refuse: null,
  suspended: 'grid', bootstrap: null, update: 'rising', delete: null, 'name-servers': 'dots',
  ttl: 'falling', secure: null, unsigned: null, asking: 'rising', broken: null, count: null,
};
const LINES = {
  rising: 'M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6',
  falling: 'M-2 6 L2 10 M0 0 L8 8 M6 -2 L10 2',
  grid: 'M0 4 H8 M4 0 V8',
};

function pattern(word, kind) {
  const base = draw('rect', { width: 8, height: 8, class: `fill-${word}` });
  const over = kind === 'dots' ? draw('circle', { cx: 4, cy: 4, r: 1.7, class: 'dots' })
    : draw('path', { d: LINES[kind], class: 'lines' });
  return draw('pattern', { id: `pattern-${word}`, width: 8, height: 8,
                           patternUnits: 'userSpaceOnUse' }, base, over);
}

// Once in the page.
export function patterns() {
  const all = Object.entries(PATTERNS).filter(([, kind]) => kind !== null)
    .map(([word, kind]) => pattern(word, kind));
  all.push(pattern('map-0', 'falling'));
  return draw('svg', { class: 'patterns', width: 0, height: 0, 'aria-hidden': 'true' },
              draw('defs', {}, ...all));
}

// The attributes that fill a shape as this word.
export function fill(word) {
  if (word === 'map-0' || (PATTERNS[word] ?? null) !== null) {
    return { class: 'shape', fill: `url(#pattern-${word})` };
  }
  return { class: `shape fill-${word}` };
}

// Entries are [word, what it is called].
export function legend(entries) {
  return make('ul', { class: 'legend', role: 'list' }, ...entries.map(([word, name]) => make('li', {},
    draw('svg', { width: 16, height: 16, 'aria-hidden': 'true' },
         draw('rect', { x: 1, y: 1, width: 14, height: 14, ...fill(word) })), name)));
}
