// Plots over days: how many delegations are secure, and what was changed.
import { compact, counted, draw, percent, several } from './dom.js';
import { fill } from './palette.js';
import { mark, ticks } from './plot.js';

const DAY_MS = 86400000;
const HEIGHT = 240;
const TOP = 14;
const BOTTOM = 26;
const LEFT = 46;
const RIGHT = 14;
const BAR_LEAST = 6;
const DAYS_LEAST = 14;  // shown, also where less is known

export const KINDS = [
  ['bootstrap', 'bootstraps'], ['update', 'updates'], ['delete', 'deletes'],
  ['name-servers', 'name servers and glue'], ['ttl', 'TTL alone']];
const STATES = ['queued', 'sent', 'confirmed', 'failed'];

const msOf = day => Date.parse(`${day}T00:00:00Z`);
const textOf = ms => new Date(ms).toISOString().slice(0, 10);

// Every day from the first one that `has` something, two weeks at least, and as many at most as there
// is room for.
function span(days, has, most = Infinity) {
  const first = days.days.find(has);
  if (first === undefined) return [];
  const today = msOf(days.today);
  const least = Math.min(msOf(first.day), today - (DAYS_LEAST - 1) * DAY_MS);
  const begin = Math.max(least, msOf(days.since), today - (most - 1) * DAY_MS);
  const known = new Map(days.days.map(day => [day.day, day]));
  const out = [];
  for (let ms = begin; ms <= today; ms += DAY_MS) {
    const day = textOf(ms);
    out.push(known.get(day) ?? { day, delegations: null, secure: null, changes: {} });
  }
  return out;
}

// Of bars that can be told apart.
const roomIn = width => Math.max(Math.floor((width - LEFT - RIGHT) / BAR_LEAST), DAYS_LEAST);

const sumOf = states => Object.values(states ?? {}).reduce((all, count) => all + count, 0);
const changesOf = (day, kind) => sumOf(day.changes[kind]);

// The frame: lines across with their values, and days below.
function axes(svg, width, days, marks, y, format) {
  for (const value of marks) {
    svg.append(draw('line', { x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value),
                              class: value === 0 ? 'axis' : 'grid' }),
               draw('text', { x: LEFT - 8, y: y(value) + 4, 'text-anchor': 'end', class: 'tick' },
                    format(value)));
  }
  const step = (width - LEFT - RIGHT) / days.length;
  const every = Math.max(1, Math.ceil(64 / step));
  days.forEach((day, at) => {
    if ((days.length - 1 - at) % every !== 0) return;
    const x = LEFT + (at + 0.5) * step;
    const anchor = x > width - 40 ? 'end' : 'middle';
    svg.append(draw('text', { x: anchor === 'end' ? width - RIGHT : x, y: HEIGHT - 8,
                              'text-anchor': anchor, class: 'tick' }, shortDay(day.day)));
  });
  return step;
}

// "2026-11-29" as "29 Nov".
const shortDay = day => new Date(msOf(day)).toLocaleDateString(
  'en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

// A share moves slowly: the axis has the range in which it has moved, a percentage point at least. So
// there is a line, and no area below it, which would tell of sizes from zero on.
function rangeOf(shares) {
  const least = Math.min(...shares);
  const most = Math.max(...shares);
  const step = ticks(Math.max(most - least, 1), 3, 0.5)[1];
  const low = Math.max(Math.floor(least / step - 0.2) * step, 0);
  const marks = [low];
  while (marks.at(-1) < Math.min(most + step * 0.2, 100)) marks.push(marks.at(-1) + step);
  return marks;
}

export function paintAdoption(svg, width, data) {
  const days = span(data, day => day.delegations !== null);
  const known = days.filter(day => day.delegations > 0);
  if (known.length < 2) return 0;
  const shareOf = day => day.secure / day.delegations * 100;
  const marks = rangeOf(known.map(shareOf));
  const [low, high] = [marks[0], marks.at(-1)];
  const y = value => HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM);
  const step = axes(svg, width, days, marks, y, value => `${Number(value.toFixed(2))} %`);
  const x = at => LEFT + (at + 0.5) * step;
  const line = [];
  days.forEach((day, at) => {
    if (day.delegations > 0) line.push(`${x(at).toFixed(1)} ${y(shareOf(day)).toFixed(1)}`);
  });
  const base = HEIGHT - BOTTOM;
  svg.append(draw('path', { d: `M${line.join(' L')}`, class: 'line' }));
  days.forEach((day, at) => {
    if (!(day.delegations > 0)) return;
    svg.append(mark(day.day, [day.day, `${percent(day.secure, day.delegations)} secure`,
                              `${counted(day.secure)} of ${counted(day.delegations)} delegations`],
                    draw('rect', { x: x(at) - step / 2, y: TOP, width: step, height: base - TOP,
                                   class: 'reach' }),
                    draw('circle', { cx: x(at), cy: y(shareOf(day)), r: 4, class: 'dot' })));
  });
  const last = known.at(-1);
  svg.append(draw('text', { x: width - RIGHT, y: y(shareOf(last)) - 10, 'text-anchor': 'end',
                            class: 'value' }, percent(last.secure, last.delegations)));
  return HEIGHT;
}

export function adoptionMissing(data) {
  const day = data?.days.find(one => one.delegations !== null);
  if (day === undefined) {
    return 'The zone has not been counted yet; that follows each reading of its source.';
  }
  return `So far one day is known: ${counted(day.secure)} of `
    + `${several(day.delegations, 'delegation', 'delegations')} secure on ${day.day}. A day is added `
    + 'each day.';
}

// Parts upon each other, one bar for a day; `parts(day)` gives [word, name, count].
function column(days, at, step, y, parts) {
  const width = Math.max(Math.min(step * 0.78, 34), 1);
  const x = LEFT + (at + 0.5) * step - width / 2;
  let sum = 0;
  return parts.map(([word, , count]) => {
    const [one, other] = [y(sum), y(sum + count)];
    const bar = draw('rect', { x, y: Math.min(one, other), width, height: Math.abs(one - other),
                               ...fill(word) });
    sum += count;
    return bar;
  });
}

function reach(at, step) {
  return draw('rect', { x: LEFT + at * step, y: TOP, width: step, height: HEIGHT - TOP - BOTTOM,
                        class: 'reach' });
}

export function paintChanges(svg, width, data) {
  const days = span(data, day => Object.keys(day.changes).length > 0, roomIn(width));
  if (days.length === 0) return 0;
  const partsOf = day => KINDS.map(([word, name]) => [word, name, changesOf(day, word)])
    .filter(([, , count]) => count > 0);
  const sums = days.map(day => Object.values(day.changes).reduce((all, one) => all + sumOf(one), 0));
  const marks = ticks(Math.max(...sums));
  const y = value => HEIGHT - BOTTOM - value / marks.at(-1) * (HEIGHT - TOP - BOTTOM);
  const step = axes(svg, width, days, marks, y, compact);
  days.forEach((day, at) => {
    if (sums[at] === 0) return;
    const parts = partsOf(day);
    const states = STATES.map(state => [state, Object.values(day.changes)
      .reduce((all, one) => all + (one[state] ?? 0), 0)]).filter(([, count]) => count > 0);
    svg.append(mark(day.day, [day.day, ...parts.map(([, name, count]) => `${counted(count)} ${name}`),
                              states.map(([state, count]) => `${counted(count)} ${state}`).join(', ')],
                    reach(at, step), ...column(days, at, step, y, parts)));
  });
  return HEIGHT;
}

const confirmedOf = (day, kind) => day.changes[kind]?.confirmed ?? 0;

// Upwards who became secure, downwards who ceased to be: what stands in the parent zone alone.
export function paintBalance(svg, width, data) {
  const isOf = day => confirmedOf(day, 'bootstrap') + confirmedOf(day, 'delete') > 0;
  const days = span(data, isOf, roomIn(width));
  if (days.length === 0) return 0;
  const most = Math.max(...days.map(day => confirmedOf(day, 'bootstrap')));
  const least = Math.max(...days.map(day => confirmedOf(day, 'delete')));
  const up = ticks(most, 3);
  const unit = up[1];
  const down = [];
  for (let value = unit; down.length === 0 || down.at(-1) < least; value += unit) down.push(value);
  const whole = up.at(-1) + down.at(-1);
  const y = value => TOP + (up.at(-1) - value) / whole * (HEIGHT - TOP - BOTTOM);
  const step = axes(svg, width, days, [...up, ...down.map(value => -value)], y,
                    value => compact(Math.abs(value)));
  days.forEach((day, at) => {
    if (!isOf(day)) return;
    const [gained, lost] = [confirmedOf(day, 'bootstrap'), confirmedOf(day, 'delete')];
    svg.append(mark(day.day, [day.day, several(gained, 'bootstrap', 'bootstraps'), several(lost, 'delete', 'deletes')],
                    reach(at, step), ...column(days, at, step, y, [['bootstrap', '', gained]]),
                    ...column(days, at, step, value => y(-value), [['delete', '', lost]])));
  });
  return HEIGHT;
}

export const changesMissing = data => data
  ? `No change was queued since ${data.since}. Each is counted on the day on which it was decided.`
  : 'Nothing is known yet.';

export const DAY_HEADS = ['day', 'delegations', 'secure', ...KINDS.map(([word]) => word),
                          ...STATES, 'NOTIFYs', 'reports'];
// Newest first.
export function dayRows(data) {
  return data.days.map(day => [
    day.day, day.delegations, day.secure, ...KINDS.map(([word]) => changesOf(day, word)),
    ...STATES.map(state => Object.values(day.changes)
      .reduce((all, one) => all + (one[state] ?? 0), 0)), day.notifies, day.reports]).reverse();
}
