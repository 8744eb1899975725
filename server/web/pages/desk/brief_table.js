// SPDX-License-Identifier: Apache-2.0
// The brief's numbers in groups, each beside yesterday's and last week's. Passages, people and vehicles are never added up or mixed.
import { html } from '../common/html.js';
import { t } from '../common/texts.js';

const groups = {
  gates: ['passages', 'people', 'vehicles'], fever: ['fevers', 'fevers_sent', 'screened', 'fevers_open', 'fevers_overdue'],
  ledger: ['leads', 'leads_checked', 'leads_open', 'ledger'], isolation: ['isolation_in', 'isolation_out', 'isolation_now'],
  sites: ['villages_open', 'enterprises_open', 'enterprises_reported', 'sites_silent'], alerts: ['alerts_open'],
};
/** How many there are at a moment, not how many came: no total of such makes sense. */
const levels = ['fevers_open', 'fevers_overdue', 'leads_open', 'ledger', 'isolation_now', 'villages_open', 'enterprises_open', 'enterprises_reported',
  'sites_silent',
  'alerts_open'];

/** @param {string} name */
export const numberName = (name) => `${t(`number.${name}`)}（${t(`unit.${name}`)}）`;

/** @param {number | null | undefined} number @param {boolean} small whether it is kept back because it is small */
const figure = (number, small) => (typeof number === 'number' ? number.toLocaleString() : small ? t('number.few') : '–');

/** "+12", "−3", "0": a sign, not a colour. @param {number | null | undefined} now @param {number | null | undefined} then */
function change(now, then) {
  if (typeof now !== 'number' || typeof then !== 'number') return '';
  const by = now - then;
  return by > 0 ? `+${by.toLocaleString()}` : by < 0 ? `−${(-by).toLocaleString()}` : '±0';
}

/** @param {{numbers: import('./brief.js').Figure[], outside: boolean}} of */
export function BriefTable({ numbers, outside }) {
  const known = new Map(numbers.map((one) => [one.name, one]));
  const column = (/** @type {string} */ name, /** @type {any} */ cell, small = '') => html`<td
    class=${`number ${small}`} data-column=${t(`brief.${name}`)}>${cell}</td>`;
  const row = (/** @type {import('./brief.js').Figure} */ one) => html`<tr><th scope="row">${t(`number.${one.name}`)} <span
    class="unit">${t(`unit.${one.name}`)}</span></th>
    ${column('today', html`<b>${figure(one.today, outside)}</b>`, 'now')}${column('yesterday', figure(one.yesterday, outside))}${column('by_yesterday',
      change(one.today, one.yesterday), 'by')}
    ${column('week_ago', figure(one.week_ago, outside))}${column('by_week', change(one.today, one.week_ago), 'by')}
    ${column('total', figure(one.total, outside && !levels.includes(one.name)))}</tr>`;
  return html`<table class="brief"><caption class="only-read">${t('brief.table')}</caption><thead><tr><th scope="col">${t('brief.what')}</th>${['today',
    'yesterday', 'by_yesterday',
    'week_ago', 'by_week', 'total'].map((name) => html`<th scope="col" class="number">${t(`brief.${name}`)}</th>`)}</tr></thead>
    ${Object.entries(groups).map(([group, names]) => {
      const rows = names.flatMap((name) => known.get(name) ?? []);
      return rows.length ? html`<tbody><tr class="group"><th scope="rowgroup" colspan="7">${t(`group.${group}`)}</th></tr>${rows.map(row)}</tbody>` : null;
    })}</table>`;
}
