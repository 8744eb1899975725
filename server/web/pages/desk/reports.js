// SPDX-License-Identifier: Apache-2.0
// Which enterprises have not reported today, and what the others said.
import { useAnswer } from '../common/answers.js';
import { get, path } from '../common/api.js';
import { html } from '../common/html.js';
import { Busy, Fault, PlainTable } from '../common/parts.js';
import { t } from '../common/texts.js';
import { clock, dayAndClock } from '../common/time.js';
import { Pickers } from './fields.js';
import { dayOf, go } from './state.js';

const figures = ['staff', 'present', 'fever', 'elsewhere'];

/** @typedef {{ref: string, name: string, division: {code: string, name: string}, reported: boolean, at?: string, late?: boolean, [figure: string]: any}} Enterprise */

/** @param {Enterprise} one @param {boolean} isDue */
const stateOf = (one, isDue) => (one.reported ? html`<span class=${one.late ? 'tag wait' : 'tag good'}>${t(one.late ? 'reports.late' : 'reports.reported',
  { at: dayAndClock(
  /** @type {string} */ (one.at)) })}</span>` : html`<b class=${isDue ? 'tag wrong' : 'tag wait'}>${t(isDue ? 'reports.overdue' : 'reports.missing')}</b>`);

/** @param {{state: import('./state.js').State}} of */
export function Reports({ state }) {
  const day = dayOf(state), division = state.division ?? '', all = state.tab === 'all';
  const { data, error, busy } = useAnswer(`reports ${day} ${division} ${all}`, () => get(path`/api/v1/reports${{ day, division,
    state: all ? 'all' : 'missing' }}`));
  const isDue = data && Date.parse(data.due) < Date.now();
  return html`<header class="answer-head"><h1>${t('reports.heading')}</h1><p
    class="muted">${t('reports.about')}</p></header><${Pickers} day=${day} division=${division} />
    <div class="filters">${[false, true].map((one) => html`<button type="button" aria-pressed=${String(all === one)}
      onClick=${() => go({ tab: one ? 'all' : '' },
      { replace: true })}>${t(one ? 'reports.all' : 'reports.only_missing')}</button>`)}</div>
    <${Fault} error=${error} />${busy && !data ? html`<${Busy} />` : null}
    ${data ? html`<p class="sum" role="status">${t('reports.sum', { open: data.open, reported: data.reported, missing: data.open - data.reported,
      at: clock(data.due, false) })}</p>
      ${data.enterprises.length ? html`<${PlainTable} caption=${t('reports.heading')} heads=${[t('reports.name'), t('field.division'), t('reports.state'),
        ...figures.map((name) =>
        t(`report.${name}`))]} numbers=${[3, 4, 5, 6]} rows=${data.enterprises.map((/** @type {Enterprise} */ one) => [html`${one.name} <span
          class="muted">${one.ref}</span>`,
        one.division.name, stateOf(one, isDue), ...figures.map((name) => one[name] ?? '–')])} />`
      : html`<p class="note good">${t(all ? 'reports.nobody' : 'reports.none_missing')}</p>`}` : null}`;
}
