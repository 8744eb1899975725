// SPDX-License-Identifier: Apache-2.0
// The impact assessment (PIPL 55 and 56): made from the schema, the settings in force and the table of calls, in both languages, to be printed and signed.
import { get } from '../common/api.js';
import { Fault } from '../common/fault.js';
import { html } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock } from '../common/time.js';
import { Rosters } from './retention.js';
import { useAnswer } from './state.js';

/** @typedef {{zh: string, en: string}} Two */
/** @typedef {{table: string, column: string, form: string}} Column */
/** @typedef {{kind: string, level: number, name: Two, purpose: Two, basis: Two, retention: {rule: string, days: number}, readers: string[], calls: string[], columns: Column[]}} Kind */

export function Assessment() {
  const answer = useAnswer(() => get('/api/v1/assessment'), []);
  const told = answer.value;
  if (!told) return html`<h1>${t('section.assessment')}</h1>${answer.error ? html`<${Fault} error=${answer.error} retry=${answer.reload} />` : html`<p class="muted">${t('loading')}</p>`}`;
  return html`
    <article class="assessment">
      <h1>${t('assessment.title')}</h1>
      <p class="muted">${t('assessment.made', { office: told.office || t('assessment.no_office'), at: dayAndClock(told.made), version: told.version })}</p>
      <p class="no-print"><button type="button" class="primary" onClick=${() => print()}>${t('assessment.print')}</button></p>
      ${told.parts.filter((/** @type {{part: string}} */ part) => part.part !== 'conclusion').map((/** @type {{part: string, text: Two}} */ part) => html`<section key=${part.part}><h2>${t(`assessment.part.${part.part}`)}</h2><${Words} words=${part.text} /></section>`)}
      <h2>${t('assessment.kinds')}</h2>
      ${told.kinds.map((/** @type {Kind} */ kind) => html`<${KindOfData} kind=${kind} key=${kind.kind} />`)}
      <h2>${t('retention.rosters')}</h2>
      <${Rosters} rosters=${told.rosters} />
      ${told.parts.filter((/** @type {{part: string}} */ part) => part.part === 'conclusion').map((/** @type {{text: Two}} */ part) => html`<section><h2>${t('assessment.part.conclusion')}</h2><${Words} words=${part.text} /></section>`)}
      <p class="signature"><span>${t('assessment.sign')}</span><span>${t('assessment.date')}</span></p>
    </article>`;
}

/** @param {Column[]} columns @returns {[string, Column[]][]} */
function tables(columns) {
  /** @type {Map<string, Column[]>} */
  const found = new Map();
  for (const column of columns) found.set(column.table, [...(found.get(column.table) ?? []), column]);
  return [...found];
}

/** Chinese first. @param {{words: Two}} properties */
function Words({ words }) {
  return html`<p lang="zh-CN">${words.zh}</p><p lang="en" class="muted">${words.en}</p>`;
}

/** @param {{kind: Kind}} properties */
function KindOfData({ kind }) {
  const rows = [
    ['purpose', html`<${Words} words=${kind.purpose} />`],
    ['basis', html`<${Words} words=${kind.basis} />`],
    ['level', t(`level.${kind.level}`)],
    ['retention', t(`keeps.${kind.retention.rule}`, { days: kind.retention.days })],
    ['readers', kind.readers.map((role) => t(`reader.${role}`)).join('、')],
    ['columns', tables(kind.columns).map(([table, columns]) => html`<p class="columns"><b><code>${table}</code></b> ${columns.map((column) => html`<code>${column.column}${column.form === 'p' ? '' : html` <span class="muted">(${t(`form.${column.form}`)})</span>`}</code> `)}</p>`)],
  ];
  return html`
    <section class="kind">
      <h3><span lang="zh-CN">${kind.name.zh}</span> <span lang="en" class="muted">${kind.name.en}</span></h3>
      <dl class="pairs">${rows.map(([key, value]) => html`<div><dt>${t(`assessment.${key}`)}</dt><dd>${value}</dd></div>`)}</dl>
    </section>`;
}
