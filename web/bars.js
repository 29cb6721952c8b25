// Plots of counts: one bar of all parts of a whole, and bars below each other.
import { counted, draw, fitted, percent } from './dom.js';
import { fill } from './palette.js';
import { mark } from './plot.js';

// Rows are [word, what it is called, count]: one bar as wide as the plot.
export function paintWhole(svg, width, rows) {
  const sum = rows.reduce((all, [, , count]) => all + count, 0);
  if (sum === 0) return 0;
  const height = 36;
  let x = 0;
  for (const [word, name, count] of rows) {
    const part = count / sum * width;
    if (count === 0) continue;
    const label = `${name} ${counted(count)}`;
    svg.append(mark(word, [name, `${counted(count)} (${percent(count, sum)})`],
                    draw('rect', { x, y: 0, width: Math.max(part, 1), height, ...fill(word) }),
                    ...(label.length * 7 < part
                      ? [draw('text', { x: x + 1, y: height + 17, class: 'value' }, label)] : [])));
    x += part;
  }
  return height + 22;
}

const ROW = 30;
const BAR = 16;

// Rows are {key, name, parts: [[word, count]], text, lines}: a bar each, the longest as wide as there
// is room. On a narrow screen the name stands above its bar.
export function paintBars(svg, width, rows) {
  const most = Math.max(0, ...rows.map(row => row.parts.reduce((all, part) => all + part[1], 0)));
  if (rows.length === 0) return 0;
  const isNarrow = width < 460;
  const left = isNarrow ? 0 : Math.min(width * 0.36, 260);
  const right = Math.max(...rows.map(row => row.text.length)) * 7 + 12;
  const step = isNarrow ? ROW + 16 : ROW;
  const room = Math.max(width - left - right, 40);
  rows.forEach((row, at) => {
    const top = at * step + (isNarrow ? 18 : 0);
    let x = left;
    const parts = row.parts.filter(([, count]) => count > 0).map(([word, count]) => {
      const length = Math.max(count / most * room, 1.5);
      const part = draw('rect', { x, y: top + (ROW - BAR) / 2, width: length, height: BAR,
                                  ...fill(word) });
      x += length;
      return part;
    });
    const name = isNarrow ? draw('text', { x: 0, y: top, class: 'name' }, fitted(row.name, width))
      : draw('text', { x: left - 10, y: top + 20, class: 'name', 'text-anchor': 'end' },
             fitted(row.name, left - 12));
    svg.append(mark(row.key, row.lines,
                    draw('rect', { x: 0, y: at * step, width, height: step, class: 'reach' }), name,
                    ...parts, draw('text', { x: x + 8, y: top + 20, class: 'value' }, row.text)));
  });
  return rows.length * step + 2;
}

// A row of a plain count.
export const countRow = (key, name, count, word = 'count') => (
  { key, name, parts: [[word, count]], text: counted(count), lines: [name, counted(count)] });
