// Makes screenshots small: a PNG of 8-bit RGB(A), as Chromium writes it, with a palette instead. Pages
// have few colours; of more than there is room for, the rare ones become the nearest frequent one.
import { deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const COLOURS_MAX = 64;

function* chunksOf(png) {
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    yield [png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length)];
    at += length + 12;
  }
}

const paeth = (left, up, corner) => {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
};

// Undoes the filters of the lines (PNG, section 9).
function pixelsOf(data, width, height, size) {
  const line = width * size;
  const out = Buffer.alloc(line * height);
  for (let y = 0; y < height; ++y) {
    const filter = data[y * (line + 1)];
    for (let x = 0; x < line; ++x) {
      const at = y * line + x;
      const left = x < size ? 0 : out[at - size];
      const up = y === 0 ? 0 : out[at - line];
      const corner = x < size || y === 0 ? 0 : out[at - line - size];
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      out[at] = data[y * (line + 1) + 1 + x] + guess;
    }
  }
  return out;
}

function distance(one, other) {
  let sum = 0;
  for (let shift = 0; shift < 24; shift += 8) sum += (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2;
  return sum;
}

// Which entry of the palette each colour becomes.
function paletteOf(colours) {
  const counts = new Map();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const palette = frequent.slice(0, COLOURS_MAX);
  const place = new Map(palette.map((colour, at) => [colour, at]));
  for (const colour of frequent.slice(COLOURS_MAX)) {
    let best = 0;
    palette.forEach((one, at) => {
      if (distance(one, colour) < distance(palette[best], colour)) best = at;
    });
    place.set(colour, best);
  }
  return { palette, place };
}

const CRC = Array.from({ length: 256 }, (_, number) => {
  let value = number;
  for (let bit = 0; bit < 8; ++bit) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  let crc = 0xffffffff;
  for (const octet of body) crc = CRC[(crc ^ octet) & 255] ^ (crc >>> 8);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
  return out;
}

export function withPalette(png) {
  const chunks = [...chunksOf(png)];
  const head = chunks[0][1];
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const size = { 2: 3, 6: 4 }[head[9]];
  if (head[8] !== 8 || size === undefined) return png;
  const data = inflateSync(Buffer.concat(chunks.filter(([kind]) => kind === 'IDAT').map(one => one[1])));
  const pixels = pixelsOf(data, width, height, size);
  const colours = new Uint32Array(width * height);
  colours.forEach((_, at) => { colours[at] = pixels.readUIntBE(at * size, 3); });
  const { palette, place } = paletteOf(colours);
  const lines = Buffer.alloc((width + 1) * height);
  colours.forEach((colour, at) => { lines[at + Math.floor(at / width) + 1] = place.get(colour); });
  const newHead = Buffer.from(head);
  newHead[9] = 3;
  const entries = Buffer.alloc(palette.length * 3);
  palette.forEach((colour, at) => entries.writeUIntBE(colour, at * 3, 3));
  return Buffer.concat([SIGNATURE, chunk('IHDR', newHead), chunk('PLTE', entries),
                        chunk('IDAT', deflateSync(lines, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}
