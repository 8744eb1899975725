// SPDX-License-Identifier: Apache-2.0
// A workbook as Excel writes one, of rows of text, numbers and times: {time: 0.3125} is half past seven.
import zlib from 'node:zlib';

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** @param {(string | number | null | {time: number})[][]} rows @returns {Buffer} */
export function workbook(rows) {
  const shared = [];
  const cell = (value, reference) => {
    if (value === null) return '';
    if (typeof value === 'number') return `<c r="${reference}"><v>${value}</v></c>`;
    if (typeof value === 'object') return `<c r="${reference}" s="1"><v>${value.time}</v></c>`;
    return `<c r="${reference}" t="s"><v>${shared.push(value) - 1}</v></c>`;
  };
  const body = rows.map((row, at) => `<row r="${at + 1}">${row.map((value, column) => cell(value, String.fromCharCode(65 + column) + (at + 1))).join('')}</row>`).join('');
  return archive({
    '[Content_Types].xml': `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    'xl/workbook.xml': `${xml}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="表一" sheetId="1" r:id="rId7"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId7" Type="x" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/styles.xml': `${xml}<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs><xf numFmtId="0"/><xf numFmtId="20"/></cellXfs></styleSheet>`,
    'xl/worksheets/sheet1.xml': `${xml}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${body}</sheetData></worksheet>`,
    'xl/sharedStrings.xml': `${xml}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">${shared.map((text) => `<si><r><t>${escaped(text.slice(0, 1))}</t></r><r><t>${escaped(text.slice(1))}</t></r><rPh><t>kana</t></rPh></si>`).join('')}</sst>`,
  });
}

/** A ZIP, packed. @param {Record<string, string>} files */
function archive(files) {
  const parts = [], contents = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const bytes = Buffer.from(text), packed = zlib.deflateRawSync(bytes), title = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(zlib.crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(title.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    parts.push(Buffer.from('PK\x03\x04'), common, title, packed);
    contents.push(Buffer.from('PK\x01\x02\x14\x00'), common, tail, title);
    at += 4 + 26 + title.length + packed.length;
  }
  const list = Buffer.concat(contents), end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(files).length, 4);
  end.writeUInt16LE(Object.keys(files).length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06'), end]);
}
