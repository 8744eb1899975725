// SPDX-License-Identifier: Apache-2.0
// The first sheet of a workbook as rows of text, read here in the browser: the server takes CSV. Values only; formulas count by what they last gave.

/** Why a file is no table, as the key of a text. */
export class NoTable extends Error {}

const unpackedMax = 64 * 2 ** 20;   // a spreadsheet can hold a thousand times its own size

/** @param {ArrayBuffer} file @returns {Promise<string[][]>} */
export async function readWorkbook(file) {
  if (!('DecompressionStream' in globalThis)) throw new NoTable('table.no_xlsx_here');
  const entries = entriesOf(new DataView(file));
  /** @param {string} name */
  const read = async (name) => {
    const entry = entries.get(name);
    return entry ? parseXml(await unpack(file, entry)) : null;
  };
  const workbook = await read('xl/workbook.xml'), relations = await read('xl/_rels/workbook.xml.rels');
  const first = workbook?.querySelector('sheet');
  if (!first || !relations) throw new NoTable('table.no_workbook');
  const id = [...first.attributes].find((attribute) => attribute.localName === 'id' && attribute.prefix)?.value;
  const target = [...relations.querySelectorAll('Relationship')].find((relation) => relation.getAttribute('Id') === id)?.getAttribute('Target') ?? '';
  const sheet = await read(target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  if (!sheet) throw new NoTable('table.no_workbook');
  const shared = [...(await read('xl/sharedStrings.xml'))?.querySelectorAll('si') ?? []].map(textOf);
  return rowsOf(sheet, shared, kindsOf(await read('xl/styles.xml')));
}

/** @typedef {'' | 'day' | 'clock' | 'moment'} Kind of a number that is shown as a date */

/** By style, what its numbers are. @param {Document | null} styles @returns {Kind[]} */
function kindsOf(styles) {
  if (!styles) return [];
  const own = new Map([...styles.querySelectorAll('numFmts > numFmt')].map((format) => [Number(format.getAttribute('numFmtId')), format.getAttribute('formatCode') ?? '']));
  return [...styles.querySelectorAll('cellXfs > xf')].map((style) => {
    const id = Number(style.getAttribute('numFmtId'));
    // Those that every workbook knows, the Chinese ones among them, or else the letters of a format of its own.
    const code = own.get(id)?.replace(/"[^"]*"|\\.|\[(?![hms]+\])[^\]]*\]/gi, '') ?? '';
    const hasDay = own.has(id) ? /[yd]/i.test(code) : [14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].includes(id);
    const hasClock = own.has(id) ? /[hs]/i.test(code) : [18, 19, 20, 21, 22, 32, 33, 34, 35, 45, 46, 47, 55, 56].includes(id);
    return hasDay && hasClock ? 'moment' : hasDay ? 'day' : hasClock ? 'clock' : '';
  });
}

/** A number as people read it there: "2026-11-23", "07:30". @param {string} value @param {Kind} kind */
function numberText(value, kind) {
  const number = Number(value);
  if (!Number.isFinite(number)) return value;
  if (!kind) return /e/i.test(value) && Number.isSafeInteger(number) ? String(number) : value;
  const moment = new Date(Math.round((number - 25_569) * 86_400) * 1000).toISOString();
  if (kind === 'day') return moment.slice(0, 10);
  if (kind === 'clock') return number === 1 ? '24:00' : moment.slice(11, 16);
  return `${moment.slice(0, 10)} ${moment.slice(11, 19)}`;
}

/** @typedef {{method: number, packed: number, unpacked: number, at: number}} Entry */

/** The archive's table of contents, from its end. @param {DataView} view @returns {Map<string, Entry>} */
function entriesOf(view) {
  let end = view.byteLength - 22;
  while (end >= 0 && end > view.byteLength - 22 - 65_536 && view.getUint32(end, true) !== 0x06054B50) end -= 1;
  if (end < 0 || view.getUint32(end, true) !== 0x06054B50) throw new NoTable('table.no_workbook');
  const entries = new Map();
  let at = view.getUint32(end + 16, true);
  for (let left = Math.min(view.getUint16(end + 10, true), 2_000); left > 0 && at + 46 <= view.byteLength; left -= 1) {
    if (view.getUint32(at, true) !== 0x02014B50) throw new NoTable('table.no_workbook');
    const nameLength = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(new Uint8Array(view.buffer, at + 46, nameLength));
    entries.set(name, { method: view.getUint16(at + 10, true), packed: view.getUint32(at + 20, true), unpacked: view.getUint32(at + 24, true), at: view.getUint32(at + 42, true) });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** @param {ArrayBuffer} file @param {Entry} entry */
async function unpack(file, entry) {
  if (entry.unpacked > unpackedMax) throw new NoTable('table.large');
  const view = new DataView(file);
  const from = entry.at + 30 + view.getUint16(entry.at + 26, true) + view.getUint16(entry.at + 28, true);
  const packed = new Blob([new Uint8Array(file, from, entry.packed)]);
  if (entry.method === 0) return packed.text();
  if (entry.method !== 8) throw new NoTable('table.no_workbook');
  const reader = packed.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const decoder = new TextDecoder();
  let text = '', bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > unpackedMax) throw new NoTable('table.large');
    text += decoder.decode(value, { stream: true });
  }
}

/** @param {string} text */
function parseXml(text) {
  const parsed = new DOMParser().parseFromString(text, 'application/xml');
  if (parsed.querySelector('parsererror')) throw new NoTable('table.no_workbook');
  return parsed;
}

/** The runs of a text, without how it is read aloud. @param {Element} element */
function textOf(element) {
  return [...element.querySelectorAll('t')].filter((part) => part.parentElement?.localName !== 'rPh').map((part) => part.textContent ?? '').join('');
}

/** @param {Document} sheet @param {string[]} shared @param {Kind[]} kinds @returns {string[][]} */
function rowsOf(sheet, shared, kinds) {
  /** @type {string[][]} */
  const rows = [];
  for (const row of sheet.querySelectorAll('sheetData > row')) {
    const number = Number(row.getAttribute('r') ?? rows.length + 1);
    if (number > 1_048_576) throw new NoTable('table.no_workbook');
    while (rows.length < number - 1) rows.push([]);
    const cells = /** @type {string[]} */ ([]);
    for (const cell of row.children) {
      const column = columnOf(cell.getAttribute('r') ?? '') ?? cells.length;
      if (column > 200) break;
      while (cells.length < column) cells.push('');
      cells[column] = valueOf(cell, shared, kinds).trim();
    }
    rows.push(cells);
  }
  return rows;
}

/** @param {Element} cell @param {string[]} shared @param {Kind[]} kinds */
function valueOf(cell, shared, kinds) {
  const kind = cell.getAttribute('t'), value = cell.querySelector('v')?.textContent ?? '';
  if (kind === 's') return shared[Number(value)] ?? '';
  if (kind === 'inlineStr') return textOf(cell);
  return kind === null || kind === 'n' ? numberText(value, kinds[Number(cell.getAttribute('s') ?? 0)] ?? '') : value;
}

/** "C7" is 2. @param {string} reference */
function columnOf(reference) {
  const letters = /^[A-Z]{1,3}/.exec(reference)?.[0];
  return letters ? [...letters].reduce((all, letter) => all * 26 + letter.charCodeAt(0) - 64, 0) - 1 : null;
}
