// SPDX-License-Identifier: Apache-2.0
// Posters of one site or of a selection, as a PDF to print.
import { request, save } from '../common/api.js';
import { el, field, fill, openDialog } from '../common/dom.js';
import { language, t } from '../common/texts.js';

const sheets = ['a4', 'a3', 'a5x2', 'a6x4', 'lane'], directions = ['any', 'in', 'out', 'pass'];
const postersMax = 1_000;

/** @param {string[]} refs */
export function openPosters(refs) {
  const sheet = el('select', null, ...sheets.map((one) => el('option', { value: one }, t(`sheet.${one}`))));
  const words = el('select', null, ...['zh+en', 'zh', 'en'].map((one) => el('option', { value: one }, t(`posters.${one}`))));
  const ways = directions.map((one) => /** @type {const} */ ([one, el('input', { type: 'checkbox', checked: one === 'any' })]));
  const fault = el('p', { class: 'fault', role: 'alert' });
  const print = el('button', { class: 'primary', type: 'submit' }, t('posters.print', { count: refs.length }));
  words.value = language === 'zh' ? 'zh+en' : 'zh+en';
  openDialog(t('posters.heading', { count: refs.length }), (dialog) => [el('form', {
    onsubmit: async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const chosen = ways.filter(([, box]) => box.checked).map(([one]) => one);
      if (chosen.length === 0) return fill(fault, t('posters.direction'));
      if (refs.length * chosen.length > postersMax) return fill(fault, t('posters.many', { max: postersMax }));
      print.disabled = true;
      fill(fault);
      fill(print, t('posters.making'));
      try {
        await save(await request('POST', '/api/v1/posters', { sites: refs, sheet: sheet.value, lang: words.value, directions: chosen }), 'posters.pdf');
        dialog.close();
      } catch (error) {
        fill(fault, error instanceof Error ? error.message : String(error));
        print.disabled = false;
        fill(print, t('posters.print', { count: refs.length }));
      }
      return undefined;
    },
  }, field(t('posters.sheet'), sheet), field(t('posters.lang'), words),
  el('fieldset', null, el('legend', null, t('posters.directions')), ...ways.map(([one, box]) => el('label', { class: 'choice' }, box, t(`direction.${one}`)))),
  fault, el('div', { class: 'actions' }, print, el('button', { type: 'button', onclick: () => dialog.close() }, t('cancel'))))]);
}
