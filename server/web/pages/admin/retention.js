// SPDX-License-Identifier: Apache-2.0
// What is kept for how long, which days open cases hold, whether forgetting is paused, and what goes next.
import { get } from '../common/api.js';
import { Fault } from '../common/fault.js';
import { html } from '../common/html.js';
import { t } from '../common/texts.js';
import { date } from '../common/time.js';
import { ageWords } from './checks.js';
import { useAnswer } from './state.js';

/** @typedef {{kind: string, days: number, count: number, due: number | null, removed: number, last: string | null}} Rule */
/** @typedef {{day: string, case: string, until: string | null}} Held */

export function Retention() {
  const answer = useAnswer(() => get('/api/v1/retention'), []);
  const told = answer.value;
  if (!told) return html`<h1>${t('section.retention')}</h1>${answer.error ? html`<${Fault} error=${answer.error} retry=${answer.reload} />` : html`<p class="muted">${t('loading')}</p>`}`;
  return html`
    <h1>${t('section.retention')}</h1>
    <p class="muted">${t('retention.lead', told)}</p>
    <${PauseNote} ahead=${told.clock_ahead_s} />
    <h2>${t('retention.next')}</h2>
    <p>${told.next_days.length > 0 ? t('retention.next_days', { days: told.next_days.join('、') }) : t('retention.next_none')}</p>
    <h2>${t('retention.held')}</h2>
    ${told.held.length > 0 ? html`<p>${t('retention.held_lead')}</p><table class="held"><thead><tr><th>${t('retention.day')}</th><th>${t('retention.case')}</th><th>${t('retention.until')}</th></tr></thead>
      <tbody>${told.held.map((/** @type {Held} */ held) => html`<tr><td>${held.day}</td><td>${held.case}</td><td>${held.until ? date(held.until) : t('retention.until_closed')}</td></tr>`)}</tbody></table>`
    : html`<p class="muted">${t('retention.held_none')}</p>`}
    <h2>${t('retention.rules')}</h2>
    <div class="wide-table" tabindex="0" role="region" aria-label=${t('retention.rules')}><table class="rules"><thead><tr><th>${t('retention.kind')}</th><th class="number">${t('retention.days')}</th><th class="number">${t('retention.count')}</th><th class="number">${t('retention.due')}</th><th class="number">${t('retention.removed')}</th><th>${t('retention.last')}</th></tr></thead>
      <tbody>${told.rules.map((/** @type {Rule} */ rule) => html`<tr><td>${t(`kind.${rule.kind}`)}</td><td class="number">${rule.days}</td><td class="number">${amount(rule.count)}</td>
        <td class="number">${rule.due === null ? '–' : amount(rule.due)}</td><td class="number">${amount(rule.removed)}</td><td>${rule.last ?? '–'}</td></tr>`)}</tbody></table></div>
    <p class="muted">${t('retention.bound')}</p>
    <h2>${t('retention.rosters')}</h2>
    <${Rosters} rosters=${told.rosters} />`;
}

/** @param {{ahead: number | null}} properties */
function PauseNote({ ahead }) {
  if (ahead === null) return html`<p class="note wait">${t('retention.not_yet')}</p>`;
  return ahead > 0 ? html`<p class="note wrong" role="alert"><b>${t('retention.paused', { ahead: ageWords(ahead) })}</b> ${t('retention.paused_fix')}</p>` : html`<p class="note good">${t('retention.running')}</p>`;
}

/** @param {{rosters: {basis: string, until: string, people: number}[]}} properties */
export function Rosters({ rosters }) {
  if (rosters.length === 0) return html`<p class="muted">${t('retention.no_roster')}</p>`;
  return html`<table><thead><tr><th>${t('retention.basis')}</th><th>${t('retention.until')}</th><th class="number">${t('retention.people')}</th></tr></thead>
    <tbody>${rosters.map((roster) => html`<tr><td>${roster.basis || t('retention.no_basis')}</td><td>${roster.until}</td><td class="number">${amount(roster.people)}</td></tr>`)}</tbody></table>`;
}

/** @param {number} count */
const amount = (count) => count.toLocaleString('en-US');
