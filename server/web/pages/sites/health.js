// SPDX-License-Identifier: Apache-2.0
// Is a poster good? A test scan that records nothing: a hand scanner, or the code typed from below the picture.
import { post } from '../common/api.js';
import { el, field, fill, openDialog, setFault } from '../common/dom.js';
import { t } from '../common/texts.js';
import { dayAndClock } from '../common/time.js';

/** @param {{open: (ref: string) => void, print: (refs: string[]) => void}} acts */
export function openCheck({ open, print }) {
  const code = el('input', { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', required: true });
  const result = el('div', { role: 'status' });
  openDialog(t('check.heading'), (dialog) => [el('form', {
    onsubmit: async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      setFault(code, '');
      try {
        const told = await post('/api/v1/posters/check', { code: code.value.trim() });
        const good = told.state === 'current';
        fill(result, el('p', { class: `note ${good ? 'good' : told.state === 'accepted' ? 'wait' : 'wrong'}` },
          el('b', null, `${good ? '✓' : '!'} ${told.site.name} · ${t(`direction.${told.direction}`)}`), el('br'),
          t(`check.${told.state}`, { until: told.accepted_until ? dayAndClock(told.accepted_until) : '' })),
        el('div', { class: 'actions' },
          good || told.state === 'closed' ? null : el('button', { type: 'button', class: 'primary', onclick: () => { dialog.close(); print([told.site.ref]); } }, t('check.reprint')),
          el('button', { type: 'button', onclick: () => { dialog.close(); open(told.site.ref); } }, t('check.open'))));
      } catch (error) {
        fill(result);
        setFault(code, error instanceof Error ? error.message : String(error));
      }
      code.select();
    },
  }, el('p', null, t('check.lead')), field(t('check.code'), code), result,
  el('div', { class: 'actions' }, el('button', { class: 'primary', type: 'submit' }, t('check.button')), el('button', { type: 'button', onclick: () => dialog.close() }, t('close'))))]);
  code.focus();
}
