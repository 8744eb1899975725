// SPDX-License-Identifier: Apache-2.0
// Fourteen days of passages, vehicles and fevers: three small charts, and the same as a table for whoever reads by ear or wants the numbers.
import { html } from '../common/html.js';
import { t } from '../common/texts.js';

/** @typedef {{day: string, [name: string]: any}} Day */
const names = ['passages', 'vehicles', 'fevers'];
const days = 14, day_ms = 86_400_000;
const width = 280, height = 90, foot = 14, head = 12;

/** @param {{name: string, series: Day[]}} of */
function Chart({ name, series }) {
  const most = Math.max(0, ...series.map((day) => day[name] ?? 0));
  const step = width / Math.max(1, series.length);
  const last = series[series.length - 1];
  const label = t('days.label', { what: t(`number.${name}`), unit: t(`unit.${name}`), from: series[0].day, to: last.day, most: most.toLocaleString(),
    last: (last[name] ?? 0).toLocaleString() });
  return html`<figure class="days"><figcaption>${t(`number.${name}`)} <span class="unit">${t(`unit.${name}`)}</span></figcaption>
    <svg viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${label}>
      <line x1="0" x2=${width} y1=${height - foot} y2=${height - foot} class="ground" />
      ${series.map((day, at) => {
        const tall = ((day[name] ?? 0) / Math.max(1, most)) * (height - foot - head);
        return html`<rect x=${at * step + 2} width=${step - 4} y=${height - foot - tall} height=${tall} class=${at === series.length - 1 ? 'today' : ''} />`;
      })}
      ${[0, Math.floor(series.length / 2), series.length - 1].map((at) => html`<text x=${at * step + step / 2} y=${height - 2} text-anchor=${at === 0 ? 'start' : at === series.length - 1
        ? 'end' : 'middle'} dx=${at === 0 ? -step / 2 + 2 : at === series.length - 1 ? step / 2 - 2 : 0}>${series[at].day.slice(5)}</text>`)}
      <text x="2" y="9">${t('days.most', { most: most.toLocaleString() })}</text></svg></figure>`;
}

/** A young installation has fewer: the days before its first stand empty. @param {Day[]} series @returns {Day[]} */
function filledUp(series) {
  const first = Date.parse(`${series[0].day}T00:00:00Z`);
  const missing = Math.max(0, days - series.length);
  return [...Array.from({ length: missing }, (_, at) => ({ day: new Date(first - (missing - at) * day_ms).toISOString().slice(0, 10) })), ...series];
}

/** @param {{series: Day[]}} of ascending */
export function Days({ series: known }) {
  if (!known.length) return null;
  const series = filledUp(known);
  return html`<section class="charts" aria-label=${t('days.heading')}>${names.map((name) => html`<${Chart} name=${name} series=${series} />`)}</section>
    <details class="days-table"><summary>${t('days.table')}</summary><table><caption class="only-read">${t('days.heading')}</caption>
      <thead><tr><th scope="col">${t('days.day')}</th>${names.map((name) => html`<th scope="col" class="number">${t(`number.${name}`)}</th>`)}</tr></thead>
      <tbody>${series.map((day) => html`<tr><th scope="row">${day.day}</th>${names.map((name) => html`<td
        class="number">${day[name] ?? '–'}</td>`)}</tr>`)}</tbody></table></details>`;
}
