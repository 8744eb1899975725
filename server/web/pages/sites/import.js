// SPDX-License-Identifier: Apache-2.0
// A spreadsheet of sites becomes sites: looked at first, and what was refused comes back as a file with a reason for each row.
import { el, openDialog } from '../common/dom.js';
import { html, render } from '../common/html.js';
import { t } from '../common/texts.js';
import { TableImport } from '../table/table_import.js';

/** @param {() => void} done some rows are in: read the sites again */
export function openImport(done) {
  const place = el('div');
  render(html`<${TableImport} what="sites" done=${done} />`, place);
  openDialog(t('import.heading'), (dialog) => {
    dialog.classList.add('wide');
    dialog.addEventListener('close', () => render(null, place));   // what is still being sent stops with the dialog
    return [place, el('div', { class: 'actions' }, el('button', { onclick: () => dialog.close() }, t('close')))];
  });
}
