// SPDX-License-Identifier: Apache-2.0
// QR codes drawn by the page itself (ISO/IEC 18004): bytes, versions 1 to 10, levels L, M and Q. What a tablet's screen shows and a personal code hold is shorter than
// that by far. Works without a net; tests/browser/qr_test.mjs reads what it draws with another decoder.

/** @typedef {'L' | 'M' | 'Q'} Level */

/** For each level and version: error correction bytes of a block, and how many blocks. @type {Record<Level, [number, number][]>} */
const blocksOf = {
  L: [[7, 1], [10, 1], [15, 1], [20, 1], [26, 1], [18, 2], [20, 2], [24, 2], [30, 2], [18, 4]],
  M: [[10, 1], [16, 1], [26, 1], [18, 2], [24, 2], [16, 4], [18, 4], [22, 4], [22, 5], [26, 5]],
  Q: [[13, 1], [22, 1], [18, 2], [26, 2], [18, 4], [24, 4], [18, 6], [22, 6], [20, 8], [24, 8]],
};
const levelBits = { L: 1, M: 0, Q: 3 };
/** All bytes of a symbol, by version. */
const bytesOf = [26, 44, 70, 100, 134, 172, 196, 242, 292, 346];
/** Where alignment patterns stand, by version. */
const alignments = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];

/** Powers and logarithms of the field with 256 elements. */
const powers = new Uint8Array(512), logarithms = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i += 1) {
  powers[i] = x;
  powers[i + 255] = x;
  logarithms[x] = i;
  x = x < 128 ? x * 2 : (x * 2) ^ 0x11d;
}
/** @param {number} a @param {number} b */
const times = (a, b) => (a && b ? powers[logarithms[a] + logarithms[b]] : 0);

/** The remainder of a block: its error correction. @param {Uint8Array} data @param {number} count */
function correctionOf(data, count) {
  let generator = [1];
  for (let i = 0; i < count; i += 1) {
    const next = [...generator, 0];
    generator.forEach((factor, at) => { next[at + 1] ^= times(factor, powers[i]); });
    generator = next;
  }
  const rest = new Uint8Array(count);
  for (const byte of data) {
    const factor = byte ^ rest[0];
    rest.copyWithin(0, 1);
    rest[count - 1] = 0;
    for (let i = 0; i < count; i += 1) rest[i] ^= times(generator[i + 1], factor);
  }
  return rest;
}

/** Length, data and padding as bytes. @param {Uint8Array} data @param {number} version @param {number} room */
function frame(data, version, room) {
  /** @type {number[]} */
  const bits = [];
  const add = (/** @type {number} */ value, /** @type {number} */ count) => { for (let i = count - 1; i >= 0; i -= 1) bits.push((value >> i) & 1); };
  add(4, 4);
  add(data.length, version < 10 ? 8 : 16);
  data.forEach((byte) => add(byte, 8));
  add(0, Math.min(4, room * 8 - bits.length));
  while (bits.length % 8) bits.push(0);
  const bytes = new Uint8Array(room);
  bits.forEach((bit, at) => { bytes[at >> 3] |= bit << (7 - (at & 7)); });
  for (let at = bits.length / 8, pad = 0xec; at < room; at += 1, pad ^= 0xfd) bytes[at] = pad;
  return bytes;
}

/** Blocks with their correction, interleaved. @param {Uint8Array} framed @param {Level} level @param {number} version */
function interleave(framed, level, version) {
  const [correction, count] = blocksOf[level][version - 1];
  const short = Math.floor(framed.length / count), long = framed.length % count;
  const blocks = [];
  for (let i = 0, at = 0; i < count; i += 1) {
    const length = short + (i >= count - long ? 1 : 0);
    blocks.push(framed.subarray(at, at + length));
    at += length;
  }
  const out = [];
  for (let i = 0; i <= short; i += 1) for (const block of blocks) if (i < block.length) out.push(block[i]);
  const corrections = blocks.map((block) => correctionOf(block, correction));
  for (let i = 0; i < correction; i += 1) for (const one of corrections) out.push(one[i]);
  return out;
}

/** A symbol under way: what is dark, and what is fixed. */
class Grid {
  /** @param {number} size */
  constructor(size) {
    this.size = size;
    this.dark = new Uint8Array(size * size);
    this.fixed = new Uint8Array(size * size);
  }
  /** @param {number} x @param {number} y @param {boolean | number} isDark */
  fix(x, y, isDark) {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.dark[y * this.size + x] = isDark ? 1 : 0;
    this.fixed[y * this.size + x] = 1;
  }
}

/** @param {Grid} grid @param {number} version */
function drawPatterns(grid, version) {
  const { size } = grid;
  for (let i = 8; i < size - 8; i += 1) {
    grid.fix(i, 6, i % 2 === 0);
    grid.fix(6, i, i % 2 === 0);
  }
  const places = alignments[version - 1], last = places.length - 1;
  places.forEach((y, row) => places.forEach((x, column) => {
    const isFinder = (row === 0 && column === 0) || (row === 0 && column === last) || (row === last && column === 0);
    if (isFinder) return;
    for (let dy = -2; dy <= 2; dy += 1) for (let dx = -2; dx <= 2; dx += 1) grid.fix(x + dx, y + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
  }));
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
    for (let dy = -4; dy <= 4; dy += 1) {
      for (let dx = -4; dx <= 4; dx += 1) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        grid.fix(x + dx, y + dy, ring !== 2 && ring !== 4);
      }
    }
  }
  grid.fix(8, size - 8, true);
  if (version < 7) return;
  let rest = version;
  for (let i = 0; i < 12; i += 1) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let i = 0; i < 18; i += 1) {
    const far = size - 11 + (i % 3), near = Math.floor(i / 3);
    grid.fix(far, near, (bits >> i) & 1);
    grid.fix(near, far, (bits >> i) & 1);
  }
}

/** @param {Grid} grid @param {Level} level @param {number} mask */
function drawFormat(grid, level, mask) {
  const data = (levelBits[level] << 3) | mask;
  let rest = data;
  for (let i = 0; i < 10; i += 1) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  const bits = ((data << 10) | rest) ^ 0x5412, { size } = grid;
  const bit = (/** @type {number} */ i) => (bits >> i) & 1;
  for (let i = 0; i < 6; i += 1) grid.fix(8, i, bit(i));
  grid.fix(8, 7, bit(6));
  grid.fix(8, 8, bit(7));
  grid.fix(7, 8, bit(8));
  for (let i = 9; i < 15; i += 1) grid.fix(14 - i, 8, bit(i));
  for (let i = 0; i < 8; i += 1) grid.fix(size - 1 - i, 8, bit(i));
  for (let i = 8; i < 15; i += 1) grid.fix(8, size - 15 + i, bit(i));
}

/** Two columns at a time, from the right, up and down. @param {Grid} grid @param {number[]} bytes */
function drawData(grid, bytes) {
  const { size } = grid;
  let at = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      const y = (right + 1) & 2 ? step : size - 1 - step;
      for (const x of [right, right - 1]) {
        if (grid.fixed[y * size + x]) continue;
        grid.dark[y * size + x] = at < bytes.length * 8 ? (bytes[at >> 3] >> (7 - (at & 7))) & 1 : 0;
        at += 1;
      }
    }
  }
}

/** @type {((x: number, y: number) => boolean)[]} */
const masks = [
  (x, y) => (x + y) % 2 === 0, (_, y) => y % 2 === 0, (x) => x % 3 === 0, (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0, (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** How hard a symbol is to read. @param {Grid} grid */
function penalty({ size, dark }) {
  let points = 0, count = 0;
  for (let i = 0; i < size; i += 1) {
    for (const [from, step] of [[i * size, 1], [i, size]]) {
      let run = 0, line = '';
      for (let k = 0; k < size; k += 1) {
        const here = dark[from + k * step];
        line += here;
        run = k > 0 && here === dark[from + (k - 1) * step] ? run + 1 : 1;
        if (run === 5) points += 3;
        else if (run > 5) points += 1;
      }
      for (const finder of ['10111010000', '00001011101']) for (let k = line.indexOf(finder); k >= 0; k = line.indexOf(finder, k + 1)) points += 40;
    }
  }
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const at = y * size + x;
      count += dark[at];
      if (x + 1 < size && y + 1 < size && dark[at] === dark[at + 1] && dark[at] === dark[at + size] && dark[at] === dark[at + size + 1]) points += 3;
    }
  }
  return points + 10 * Math.floor(Math.abs((count * 100) / (size * size) - 50) / 5);
}

/**
 * The modules of a code, row by row: 1 is dark. The version is the smallest that holds the text.
 * @param {string} text @param {Level} [level]
 * @returns {{size: number, dark: Uint8Array}}
 */
export function encode(text, level = 'M') {
  const data = new TextEncoder().encode(text);
  let version = 1, room = 0;
  for (; version <= 10; version += 1) {
    const [correction, count] = blocksOf[level][version - 1];
    room = bytesOf[version - 1] - correction * count;
    if (data.length + (version < 10 ? 2 : 3) <= room) break;
  }
  if (version > 10) throw new RangeError('too long for a QR code of version 10');
  const plain = new Grid(17 + 4 * version);
  drawPatterns(plain, version);
  drawFormat(plain, level, 0);
  drawData(plain, interleave(frame(data, version, room), level, version));
  let best = plain, fewest = Infinity;
  masks.forEach((mask, number) => {
    const tried = new Grid(plain.size);
    tried.fixed.set(plain.fixed);
    tried.dark.set(plain.dark.map((dark, at) => (plain.fixed[at] ? dark : dark ^ Number(mask(at % plain.size, Math.floor(at / plain.size))))));
    drawFormat(tried, level, number);
    const points = penalty(tried);
    if (points < fewest) [best, fewest] = [tried, points];
  });
  return { size: best.size, dark: best.dark };
}

/**
 * A code as an SVG element that scales, with its quiet zone; black on white whatever is around it.
 * @param {string} text @param {{level?: Level, label?: string}} [options] label: what a screen reader says of it
 * @returns {SVGSVGElement}
 */
export function qrSvg(text, { level = 'M', label = '' } = {}) {
  const { size, dark } = encode(text, level), quiet = 4, side = size + 2 * quiet;
  const make = (/** @type {string} */ name, /** @type {Record<string, string>} */ attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  let path = '';
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      let run = 0;
      while (x + run < size && dark[y * size + x + run]) run += 1;
      if (run) path += `M${x + quiet} ${y + quiet}h${run}v1h-${run}z`;
      x += run;
    }
  }
  const svg = /** @type {SVGSVGElement} */ (make('svg', { viewBox: `0 0 ${side} ${side}`, 'shape-rendering': 'crispEdges', role: 'img', 'aria-label': label }));
  svg.append(make('path', { d: `M0 0h${side}v${side}h-${side}z`, fill: '#fff' }), make('path', { d: path, fill: '#000' }));
  return svg;
}

/**
 * The same as a canvas, for what is saved as a picture.
 * @param {string} text @param {{level?: Level, pixels?: number}} [options] pixels: of one module
 * @returns {HTMLCanvasElement}
 */
export function qrCanvas(text, { level = 'M', pixels = 8 } = {}) {
  const { size, dark } = encode(text, level), quiet = 4;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = (size + 2 * quiet) * pixels;
  const brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  brush.fillStyle = '#fff';
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.fillStyle = '#000';
  dark.forEach((isDark, at) => { if (isDark) brush.fillRect(((at % size) + quiet) * pixels, (Math.floor(at / size) + quiet) * pixels, pixels, pixels); });
  return canvas;
}
