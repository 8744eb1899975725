// SPDX-License-Identifier: Apache-2.0
// A spreadsheet of sites becomes sites: dropped, looked at, sent in parts of 8 MiB at most; what was refused comes back as a file with a reason for each row.
import { call, saveBlob } from '../common/api.js';
import { el, fill, openDialog, say } from '../common/dom.js';
import { t } from '../common/texts.js';

/** @typedef {{new: number, changed: number, unchanged: number, rejected: {line: number, column: string, code: string, reason: string}[]}} Report */

const bytesMax = 8 * 1024 * 1024, shownRows = 8;

/** The records of a CSV text, quotes and line ends inside them included: [[fields], raw text]. @param {string} text */
export function* records(text) {
  /** @type {string[]} */
  let fields = [];
  let field = '', quoted = false, start = 0;
  for (let i = 0; i <= text.length; i += 1) {
    const c = text[i];
    if (quoted) {
      if (c === undefined) quoted = false;
      else if (c !== '"') { field += c; continue; }
      else if (text[i + 1] === '"') { field += '"'; i += 1; continue; }
      else { quoted = false; continue; }
    }
    if (c === '"' && field === '') quoted = true;
    else if (c === ',') { fields.push(field); field = ''; }
    else if (c === '\n' || c === undefined) {
      fields.push(field.replace(/\r$/, ''));
      if (fields.length > 1 || fields[0] !== '') yield /** @type {[string[], string]} */ ([fields, text.slice(start, i).replace(/\r$/, '')]);
      fields = [];
      field = '';
      start = i + 1;
    } else field += c;
  }
}

/** The rows that were refused, as they came, with why: to be mended and sent again. @param {string} text @param {Report['rejected']} rejected */
export function rejectedFile(text, rejected) {
  const lines = text.replace(/^\ufeff/, '').split('\n').map((line) => line.replace(/\r$/, ''));
  const quote = (/** @type {string} */ words) => `"${words.replaceAll('"', '""')}"`;
  return `\ufeff${[`${lines[0]},reason`, ...rejected.map((row) => `${lines[row.line - 1] ?? ''},${quote(row.reason)}`)].join('\r\n')}\r\n`;
}

/** @param {Response | Blob} file @returns {Promise<string>} as UTF-8, or GBK as Chinese spreadsheets save it */
async function textOf(file) {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gbk').decode(bytes);
  }
}

/** @param {() => void} done some rows are in: read the sites again */
export function openImport(done) {
  const input = el('input', { type: 'file', accept: '.csv,text/csv', id: 'import-file' });
  const zone = el('label', { class: 'drop', for: 'import-file' }, el('b', null, t('import.drop')), el('span', null, t('import.columns')), input);
  const shown = el('div', { 'aria-live': 'polite' });
  openDialog(t('import.heading'), (dialog) => {
    dialog.classList.add('wide');
    return [zone, shown, el('div', { class: 'actions' }, el('button', { onclick: () => dialog.close() }, t('close')))];
  });
  input.addEventListener('change', () => { if (input.files?.[0]) preview(input.files[0]); });
  zone.addEventListener('dragover', (event) => { event.preventDefault(); zone.classList.add('over'); });
  zone.addEventListener('dragleave', () => zone.classList.remove('over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('over');
    if (event.dataTransfer?.files[0]) preview(event.dataTransfer.files[0]);
  });

  /** @param {File} file */
  async function preview(file) {
    if (/\.xlsx?$/i.test(file.name)) return fill(shown, el('p', { class: 'note wrong' }, t('import.xlsx')));
    if (file.size > bytesMax) return fill(shown, el('p', { class: 'note wrong' }, t('import.large')));
    const text = await textOf(file), rows = [...records(text.replace(/^\ufeff/, ''))];
    if (rows.length < 2) return fill(shown, el('p', { class: 'note wrong' }, t('import.empty')));
    const send = el('button', { class: 'primary' }, t('import.send', { count: rows.length - 1 }));
    fill(shown, el('p', null, t('import.preview', { name: file.name, count: rows.length - 1 })),
      el('div', { class: 'sideways', tabindex: '0' }, el('table', null, el('thead', null, el('tr', null, ...rows[0][0].map((name) => el('th', null, name)))),
        el('tbody', null, ...rows.slice(1, 1 + shownRows).map(([fields]) => el('tr', null, ...fields.map((value) => el('td', null, value))))))),
      rows.length - 1 > shownRows ? el('p', { class: 'muted' }, t('import.more', { count: rows.length - 1 - shownRows })) : null, el('div', { class: 'actions' }, send));
    send.addEventListener('click', async () => {
      send.disabled = true;
      fill(send, t('import.sending'));
      try {
        report(text, /** @type {Report} */ (await call('POST', '/api/v1/sites/import', text, { type: 'text/csv' })));
        done();
      } catch (error) {
        fill(shown, el('p', { class: 'note wrong', role: 'alert' }, error instanceof Error ? error.message : String(error)));
      }
    });
    return undefined;
  }

  /** @param {string} text @param {Report} told */
  function report(text, told) {
    const lines = told.rejected.slice(0, 100).map((row) => el('li', null, t('import.line', { line: row.line }), ' ', row.reason));
    fill(shown, el('p', { class: told.rejected.length ? 'note wait' : 'note good', role: 'status' },
      t('import.done', { new: told.new, changed: told.changed, unchanged: told.unchanged, rejected: told.rejected.length })),
    told.rejected.length ? el('button', { onclick: () => saveBlob(new Blob([rejectedFile(text, told.rejected)], { type: 'text/csv' }), 'rejected.csv') }, t('import.rejected')) : null,
    told.rejected.length ? el('ol', { class: 'reasons' }, ...lines) : null);
    if (!told.rejected.length) say(t('import.good'));
  }
}
