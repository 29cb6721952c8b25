// What all parts of the dashboard are made with: nodes, and numbers as people read them. Everything
// that comes from the server becomes text, never markup.

// Children that are null are left out.
export function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

export function draw(tag, attributes = {}, ...children) {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter(child => child !== null));
  return node;
}

// 1234567 as "1,234,567".
export const counted = number => number.toLocaleString('en');

// "1 child", "2 children".
export const several = (number, one, many) => `${counted(number)} ${number === 1 ? one : many}`;

// For axes: 1234567 as "1.2M", 12000 as "12K".
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
export const compact = number => short.format(number);

// A share that is neither none nor all is not rounded to either.
export function percent(part, whole) {
  if (whole === 0) return 'none';
  const share = part / whole * 100;
  if (part > 0 && share < 0.1) return '< 0.1 %';
  if (part < whole && share > 99.9) return '> 99.9 %';
  return `${share.toFixed(part === 0 || part === whole ? 0 : 1)} %`;
}

// "2026-11-29T12:03:04Z" as "2026-11-29 12:03".
export const moment = text => text.slice(0, 16).replace('T', ' ');

// Text that is longer than its place ends with an ellipsis.
export function fitted(text, width, widthOfLetter = 6.6) {
  const letters = Math.floor(width / widthOfLetter);
  if (text.length <= letters) return text;
  return letters < 4 ? '' : `${text.slice(0, letters - 1)}…`;
}
