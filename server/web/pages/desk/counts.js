// SPDX-License-Identifier: Apache-2.0
// A day's passages, people, vehicles and fevers by place, hour, division or kind of place.
import { useAnswer } from '../common/answers.js';
import { get, path } from '../common/api.js';
import { html } from '../common/html.js';
import { Busy, Fault, PlainTable } from '../common/parts.js';
import { t } from '../common/texts.js';
import { Pickers } from './fields.js';
import { dayOf, go } from './state.js';

const ways = ['site', 'hour', 'division', 'category'];
const figures = ['passages', 'people', 'vehicles', 'fevers'];

/** @param {string} by @param {{key: string, name: string}} row */
function nameOf(by, row) {
  if (by === 'category') return t(`category.${row.key}`);
  return by === 'hour' ? `${String(row.key).padStart(2, '0')}:00` : row.name;
}

/** @param {number | null} number */
const figure = (number) => (number === null ? t('number.few') : number.toLocaleString());

/** A bar beside the number of passages; the number says the same. @param {{count: number | null, most: number}} of */
const Bar = ({ count, most }) => html`<svg class="bar-of" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect
  width=${(100 * (count ?? 0)) / Math.max(1, most)}
  height="10" /></svg>`;

/** @param {{state: import('./state.js').State}} of */
export function Counts({ state }) {
  const day = dayOf(state), division = state.division ?? '', by = ways.includes(state.by) ? state.by : 'site';
  const { data, error, busy } = useAnswer(`counts ${day} ${division} ${by}`, () => get(path`/api/v1/counts${{ day, division, by }}`));
  const most = Math.max(0, ...(data?.rows ?? []).map((/** @type {any} */ row) => row.passages ?? 0));
  return html`<header class="answer-head"><h1>${t('counts.heading')}</h1><p
    class="muted">${t('counts.about')}</p></header><${Pickers} day=${day} division=${division} />
    <div class="filters" role="group" aria-label=${t('counts.by')}>${ways.map((one) => html`<button type="button" aria-pressed=${String(by === one)}
      onClick=${() =>
      go({ by: one }, { replace: true })}>${t(`counts.by.${one}`)}</button>`)}</div>
    <${Fault} error=${error} />${busy && !data ? html`<${Busy} />` : null}
    ${data && !data.rows.length ? html`<p class="note">${t('counts.none')}</p>` : null}
    ${data?.rows.length ? html`<${PlainTable} caption=${t('counts.table', { day, by: t(`counts.by.${by}`) })} heads=${[t(`counts.by.${by}`),
      ...figures.map((name) => t(`counts.${name}`)),
      '']} numbers=${[1, 2, 3, 4]} rows=${[[html`<b>${t('counts.total')}</b>`, ...figures.map((name) => html`<b>${figure(data.total[name])}</b>`), ''],
      ...data.rows.map((/** @type {any} */ row) => [nameOf(by, row), ...figures.map((name) => figure(row[name])),
        html`<${Bar} count=${row.passages} most=${most} />`])]} />` : null}`;
}
