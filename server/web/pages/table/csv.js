// SPDX-License-Identifier: Apache-2.0
// Tables as people have them (CSV of any encoding, what Excel copies, a workbook), brought to the CSV that /api/v1/…/import takes, and back.
import { NoTable, readWorkbook } from './xlsx.js';

export { NoTable };

/** @typedef {{line: number, cells: string[]}} TableRow the line of the file where it begins, or of the sheet */
/** @typedef {{header: string[], rows: TableRow[]}} Table */

/**
 * Reads RFC 4180, with tabs instead of commas where the first line has some. Blank lines are passed over.
 * @param {string} text @returns {Table}
 */
export function parseTable(text) {
  const source = text.replace(/^\uFEFF/, '');
  const firstLine = source.slice(0, source.search(/[\r\n]|$/));
  const comma = firstLine.includes('\t') ? '\t' : ',';
  /** @type {TableRow[]} */
  const rows = [];
  let line = 1, at = 0;
  while (at < source.length) {
    const row = { line, cells: /** @type {string[]} */ ([]) };
    for (let more = true; more;) {
      let cell = '';
      if (source[at] === '"') {
        for (at += 1; at < source.length; at += 1) {
          if (source[at] === '"' && source[at + 1] !== '"') break;
          if (source[at] === '"') at += 1;
          if (source[at] === '\n') line += 1;
          cell += source[at];
        }
        at += 1;
      }
      const from = at;
      while (at < source.length && source[at] !== comma && source[at] !== '\n' && source[at] !== '\r') at += 1;
      row.cells.push((cell + source.slice(from, at)).trim());
      more = source[at] === comma;
      if (more) at += 1;
    }
    if (source[at] === '\r' && source[at + 1] === '\n') at += 1;
    if (at < source.length) line += 1;
    at += 1;
    if (row.cells.some(Boolean)) rows.push(row);
  }
  return tableOf(rows);
}

/** @param {TableRow[]} rows @returns {Table} */
function tableOf(rows) {
  if (rows.length < 2) throw new NoTable('table.empty');
  const [header, ...rest] = rows;
  const width = header.cells.length;
  // Trailing empty cells are how spreadsheets fill up a row; one that holds something is for the server to refuse.
  return { header: header.cells, rows: rest.map(({ line, cells }) => ({ line, cells: padded(cells, width) })) };
}

/** @param {string[]} cells @param {number} width */
function padded(cells, width) {
  const kept = cells.slice();
  while (kept.length > width && !kept[kept.length - 1]) kept.pop();
  while (kept.length < width) kept.push('');
  return kept;
}

/** @param {File} file at most 64 MB @returns {Promise<Table>} */
export async function readTable(file) {
  if (file.size > 64 * 2 ** 20) throw new NoTable('table.large');
  const bytes = await file.arrayBuffer();
  const begin = new Uint8Array(bytes, 0, Math.min(4, bytes.byteLength));
  if (begin[0] === 0x50 && begin[1] === 0x4B) return tableOf((await readWorkbook(bytes)).map((cells, index) => ({ line: index + 1, cells })).filter((row) => row.cells.some(Boolean)));
  if (begin[0] === 0xD0 && begin[1] === 0xCF) throw new NoTable('table.old_excel');
  return parseTable(decode(bytes));
}

/** UTF-8, UTF-16 with its mark, else what Excel writes in China. @param {ArrayBuffer} bytes */
function decode(bytes) {
  const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (first === 0xFF && second === 0xFE) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xFE && second === 0xFF) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

/** @param {string} cell */
const quoted = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);

/** @param {string[]} cells */
export const csvLine = (cells) => `${cells.map(quoted).join(',')}\n`;

/** @typedef {{text: string, rows: TableRow[], byLine: Map<number, TableRow>}} TablePart byLine: as the server will number them */

/**
 * The table as bodies of at most `bytesMax` bytes, each with the header.
 * @param {Table} table @param {number} bytesMax @returns {TablePart[]}
 */
export function partsOf(table, bytesMax) {
  const encoder = new TextEncoder();
  const header = csvLine(table.header);
  const headerBytes = encoder.encode(header).length, headerLines = header.split('\n').length - 1;
  /** @type {TablePart[]} */
  const parts = [];
  let part = /** @type {TablePart | null} */ (null), bytes = 0, line = 0;
  for (const row of table.rows) {
    const text = csvLine(row.cells), size = encoder.encode(text).length;
    if (!part || bytes + size > bytesMax) {
      part = { text: header, rows: [], byLine: new Map() };
      parts.push(part);
      bytes = headerBytes;
      line = 1 + headerLines;
    }
    part.text += text;
    part.rows.push(row);
    part.byLine.set(line, row);
    bytes += size;
    line += text.split('\n').length - 1;
  }
  return parts;
}

/**
 * A file that Excel opens with its Chinese whole. A cell that would be run as a formula gets an apostrophe.
 * @param {string[][]} rows @returns {Blob}
 */
export function csvFile(rows) {
  const defused = rows.map((cells) => cells.map((cell) => (/^\s*[=+\-@|%]/.test(cell) && !/^\+?[\d-]+$/.test(cell) ? `'${cell}` : cell)));
  return new Blob(['\uFEFF', ...defused.map(csvLine)], { type: 'text/csv;charset=utf-8' });
}
