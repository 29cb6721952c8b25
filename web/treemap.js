// The adoption map of a zone: its operators as tiles, area by delegations, shade by the share that is
// secure. Tiles as square as can be (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000).
import { counted, draw, fitted, make, percent, several } from './dom.js';
import { fill } from './palette.js';
import { mark } from './plot.js';

// How far the worst of these areas is from a square, in a row along a side of that length.
function worst(areas, side) {
  const sum = areas.reduce((all, area) => all + area, 0);
  const most = Math.max(...areas);
  const least = Math.min(...areas);
  return Math.max(side * side * most / (sum * sum), sum * sum / (side * side * least));
}

// Values are above 0, largest first for the best tiles; gives a box for each, in their order, which fill the room.
export function squarify(values, width, height) {
  const scale = width * height / values.reduce((all, value) => all + value, 0);
  const areas = values.map(value => value * scale);
  const room = { x: 0, y: 0, width, height };
  const boxes = [];
  for (let begin = 0; begin < areas.length;) {
    const side = Math.min(room.width, room.height);
    let end = begin + 1;
    while (end < areas.length
           && worst(areas.slice(begin, end + 1), side) <= worst(areas.slice(begin, end), side)) ++end;
    boxes.push(...layRow(areas.slice(begin, end), room));
    begin = end;
  }
  return boxes;
}

// Along the shorter side; what is left of the room stays in it.
function layRow(areas, room) {
  const sum = areas.reduce((all, area) => all + area, 0);
  const isUpright = room.width >= room.height;
  const depth = sum / (isUpright ? room.height : room.width);
  let at = isUpright ? room.y : room.x;
  const boxes = areas.map(area => {
    const length = area / depth;
    const box = isUpright ? { x: room.x, y: at, width: depth, height: length }
      : { x: at, y: room.y, width: length, height: depth };
    at += length;
    return box;
  });
  if (isUpright) {
    room.x += depth;
    room.width -= depth;
  } else {
    room.y += depth;
    room.height -= depth;
  }
  return boxes;
}

// None at all is a shade of its own; then five steps.
export function shade(secure, delegations) {
  if (secure === 0) return 0;
  return 1 + Math.min(Math.floor(secure / delegations * 5), 4);
}
const STEPS = ['none secure', 'below 20 %', '20 to 40 %', '40 to 60 %', '60 to 80 %',
               '80 % and more'];

export function mapLegend() {
  return make('ul', { class: 'legend', role: 'list' }, ...STEPS.map((words, step) => make('li', {},
    draw('svg', { width: 16, height: 16, 'aria-hidden': 'true' },
         draw('rect', { x: 1, y: 1, width: 14, height: 14, ...fill(`map-${step}`) })), words)));
}

export const nameOf = share => share.operator ?? 'no operator can be told';

// The operators and, as one, the others: every delegation is in one of them.
export function sharesOf(zone) {
  const others = zone.others;
  const name = several(others.operators, 'smaller operator', 'smaller operators');
  const all = zone.operators.map(share => ({ ...share, name: nameOf(share) }));
  return others.delegations === 0 ? all : [...all, { ...others, name, isOthers: true }];
}

function linesOf(share) {
  return [share.name, several(share.delegations, 'delegation', 'delegations'),
          `${counted(share.secure)} secure (${percent(share.secure, share.delegations)})`,
          `${counted(share.asking)} asking, ${counted(share.broken)} broken`];
}

function labels(share, box, step) {
  if (box.width < 52 || box.height < 22) return [];
  const at = { x: box.x + 7, class: `on-${step}` };
  const name = fitted(share.name.replace(/\.$/, ''), box.width - 14, 7.2);
  if (box.height < 40 || name === '') return [draw('text', { ...at, y: box.y + 16 }, name)];
  return [draw('text', { ...at, y: box.y + 18 }, name),
          draw('text', { ...at, y: box.y + 35, class: `on-${step} share` },
               percent(share.secure, share.delegations))];
}

export function paintMap(svg, width, zone) {
  const shares = sharesOf(zone).filter(share => share.delegations > 0);
  if (shares.length === 0) return 0;
  const height = Math.round(Math.min(Math.max(width * 0.45, 300), 520));
  const boxes = squarify(shares.map(share => share.delegations), width, height);
  shares.forEach((share, at) => {
    const box = boxes[at];
    const step = shade(share.secure, share.delegations);
    svg.append(mark(share.isOthers ? 'the others' : share.name, linesOf(share),
                    draw('rect', { ...box, ...fill(`map-${step}`) }), ...labels(share, box, step)));
  });
  return height;
}

export const MAP_HEADS = ['operator', 'delegations', 'secure', 'share secure', 'asking', 'broken'];
export function mapRows(zone) {
  return sharesOf(zone).map(share => [share.name, share.delegations, share.secure,
                                      percent(share.secure, share.delegations), share.asking,
                                      share.broken]);
}
