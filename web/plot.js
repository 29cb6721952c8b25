// The frame of every plot: it is drawn as wide as there is room, answers to the mouse, the finger and
// the keyboard, and tells a screen reader each mark in words.
//
// One mark is reached by Tab; the arrow keys go from mark to mark, Home and End to the ends.
import { draw, make } from './dom.js';

const LINE = 17;
const PAD = 8;

export class Plot {
  // `paint(svg, width, data)` draws into the empty picture and returns its height; 0 where there is
  // nothing to draw, and then `empty` says why.
  constructor({ label, paint, empty }) {
    Object.assign(this, { label, paint, empty });
    this.svg = draw('svg', { class: 'plot', role: 'group', 'aria-label': label });
    this.missing = make('p', { class: 'empty', hidden: '' });
    this.element = make('div', { class: 'picture' }, this.svg, this.missing);
    this.tip = null;
    this.shown = null;
    this.width = 0;
    this.svg.addEventListener('pointerover', event => this.point(event.target));
    this.svg.addEventListener('pointerleave', () => this.point(document.activeElement));
    this.svg.addEventListener('focusin', event => this.point(event.target));
    this.svg.addEventListener('focusout', () => this.hideTip());
    this.svg.addEventListener('keydown', event => this.press(event));
    new ResizeObserver(() => this.resize()).observe(this.element);
  }

  show(data) {
    const text = JSON.stringify(data);
    if (text === this.shown) return;
    this.shown = text;
    this.data = data;
    this.redraw();
  }

  resize() {
    if (this.element.clientWidth !== this.width && this.data !== undefined) this.redraw();
  }

  redraw() {
    this.width = this.element.clientWidth;
    if (this.width === 0) return;
    const focused = this.svg.contains(document.activeElement)
      ? document.activeElement.dataset.key : null;
    this.tip = null;
    this.svg.replaceChildren();
    const height = this.paint(this.svg, this.width, this.data);
    this.svg.toggleAttribute('hidden', height === 0);
    this.missing.hidden = height !== 0;
    if (height === 0) this.missing.textContent = this.empty(this.data);
    this.svg.setAttribute('viewBox', `0 0 ${this.width} ${Math.max(height, 1)}`);
    this.svg.setAttribute('width', this.width);
    this.svg.setAttribute('height', height);
    this.settle(focused);
  }

  // What had the focus has it again, if it is still there.
  settle(focused) {
    const marks = this.marks();
    const kept = marks.find(mark => mark.dataset.key === focused);
    (kept ?? marks[0])?.setAttribute('tabindex', '0');
    kept?.focus({ preventScroll: true });
  }

  marks() {
    return [...this.svg.querySelectorAll('.mark')];
  }

  point(target) {
    const mark = target?.closest?.('.mark');
    if (mark && this.svg.contains(mark)) this.showTip(mark);
    else this.hideTip();
  }

  press(event) {
    const marks = this.marks();
    const at = marks.indexOf(event.target);
    if (event.key === 'Escape') this.hideTip();
    const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1,
                   Home: 0, End: marks.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    const mark = marks[Math.min(Math.max(next, 0), marks.length - 1)];
    event.target.setAttribute('tabindex', '-1');
    mark.setAttribute('tabindex', '0');
    mark.focus();
  }

  hideTip() {
    this.tip?.remove();
    this.tip = null;
  }

  showTip(mark) {
    this.hideTip();
    const texts = mark.lines.map((line, at) => draw('text', {
      x: PAD, y: PAD + 12 + at * LINE, class: at === 0 ? 'first' : 'other' }, line));
    const words = draw('g', {}, ...texts);
    this.tip = draw('g', { class: 'tip', 'aria-hidden': 'true' }, ...ring(mark), words);
    this.svg.append(this.tip);
    const width = Math.max(...texts.map(text => text.getComputedTextLength())) + 2 * PAD;
    const height = texts.length * LINE + PAD + 3;
    words.prepend(draw('rect', { width, height, rx: 4 }));
    const [x, y] = this.place(mark.getBBox(), width, height);
    words.setAttribute('transform', `translate(${Math.max(x, 1)} ${Math.max(y, 1)})`);
  }

  // Above the mark where there is room, else beside a tall one, else below; within the picture.
  place(box, width, height) {
    const middle = box.x + box.width / 2 - width / 2;
    const within = x => Math.min(x, this.width - width - 1);
    if (box.y >= height + 6) return [within(middle), box.y - height - 6];
    if (box.height < height) return [within(middle), box.y + box.height + 6];
    const right = box.x + box.width + 8;
    if (right + width < this.width) return [right, box.y + 8];
    const left = box.x - width - 8;
    return left > 0 ? [left, box.y + 8] : [within(middle), box.y + 44];
  }
}

// Around a mark that is one shape: above its neighbours, which would cover its own line.
function ring(mark) {
  const shapes = mark.querySelectorAll('rect.shape');
  if (shapes.length !== 1) return [];
  const box = Object.fromEntries(['x', 'y', 'width', 'height'].map(
    name => [name, shapes[0].getAttribute(name)]));
  return [draw('rect', { ...box, class: 'ring outer' }), draw('rect', { ...box, class: 'ring' })];
}

// A part of a plot that can be pointed at: the first line names it.
export function mark(key, lines, ...children) {
  const node = draw('g', { class: 'mark', role: 'img', tabindex: '-1', 'data-key': key,
                           'aria-label': lines.join('; ') }, ...children);
  node.lines = lines;
  return node;
}

// Round steps from 0 up to a whole number of them: [0, 20, 40, 60].
export function ticks(most, about = 4, least = 1) {
  const rough = Math.max(most, least) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max([1, 2, 5, 10].map(one => one * power).find(one => one >= rough), least);
  const out = [0];
  while (out.at(-1) < most) out.push(out.at(-1) + step);
  return out.length > 1 ? out : [0, step];
}
