// SPDX-License-Identifier: Apache-2.0
// The daily brief: one sheet of a day and a division, on the screen as on paper; its sentence to send on; kept as it was when it is frozen.
import { forget, useAnswer } from '../common/answers.js';
import { get, path, post, request, save } from '../common/api.js';
import { useDivisions } from '../common/divisions.js';
import { say } from '../common/dom.js';
import { html, useState } from '../common/html.js';
import { AskForm, Busy, Dialog, Fault, PlainTable } from '../common/parts.js';
import { t } from '../common/texts.js';
import { clock, dayAndClock } from '../common/time.js';
import { BriefTable, numberName } from './brief_table.js';
import { Days } from './days.js';
import { Pickers } from './fields.js';
import { addressOf, dayOf, go } from './state.js';

/** @typedef {{name: string, today: number | null, yesterday: number | null, week_ago: number | null, total: number | null}} Figure
 * @typedef {{day: string, cutoff: string, division: {code: string, name: string}, numbers: Figure[], series: {day: string, passages: number | null,
 *   vehicles: number | null, fevers: number | null}[], sentence: string, silent: {ref: string, name: string}[], id?: string, by?: string, at?: string,
 *   corrections?: Correction[]}} BriefOfDay
 * @typedef {{name: string, of: 'today' | 'total', then: number, now: number}} Correction */

/** A day ends at 24:00. @param {string} cutoff */
const untilOf = (cutoff) => (clock(cutoff) === '00:00:00' ? '24:00' : clock(cutoff, false));

/** @param {string} words */
const copy = (words) => navigator.clipboard.writeText(words).then(() => say(t('brief.copied')), (fault) => say(fault.message, 'wrong'));

/** @param {{brief: BriefOfDay, outside: boolean}} of outside: of a division that is not one's own, whose small numbers are not told */
const Sheet = ({ brief, outside }) => html`<article class="sheet"><header class="sheet-head"><h1>${t('brief.title',
  { division: brief.division.name || t('bar.everywhere') })}</h1>
    <p>${t('brief.until', { day: brief.day, at: untilOf(brief.cutoff) })}${brief.at ? ` · ${t('brief.frozen_by', { at: dayAndClock(brief.at),
      by: brief.by ?? '' })}` : ''}</p></header>
  <div class="sentence"><p id="sentence">${brief.sentence}</p><button type="button" class="big"
    onClick=${() => copy(brief.sentence)}>${t('brief.copy')}</button></div>
  <${BriefTable} numbers=${brief.numbers} outside=${outside} />
  <${Days} series=${brief.series} />
  ${brief.id || outside ? null : html`<section class="silent"><h2>${t('brief.silent', { count: brief.silent.length })}</h2>${brief.silent.length
    ? html`<p>${brief.silent.map((site) => html`<span>${site.name}</span>`)}</p>` : html`<p
      class="muted">${t('brief.none_silent')}</p>`}</section>`}</article>`;

/** What later scans changed of a frozen brief. @param {{corrections: Correction[]}} of */
const Corrections = ({ corrections }) => html`<section><h2>${t('brief.corrections')}</h2>${corrections.length ? html`<p
  class="muted">${t('brief.corrections_lead')}</p>
  <${PlainTable} caption=${t('brief.corrections')} heads=${[t('brief.what'), t('brief.then'), t('brief.now'), t('brief.change')]} numbers=${[1, 2, 3]}
    rows=${corrections.map((one) => [
    `${numberName(one.name)} · ${t(`brief.${one.of}`)}`, one.then, one.now,
      one.now - one.then > 0 ? `+${one.now - one.then}` : `−${one.then - one.now}`])} />` : html`<p class="note good">${t('brief.no_corrections')}</p>`}
  </section>`;

/** @param {{shown: string}} of the id of the one that is open */
function Frozen({ shown }) {
  const { data, error } = useAnswer('briefs', () => get('/api/v1/briefs'));
  if (!data) return html`<${Fault} error=${error} />`;
  return html`<section class="frozen"><h2>${t('brief.frozen')}</h2>${data.briefs.length ? html`<ul
    class="plain">${data.briefs.map((/** @type {any} */ one) => html`<li>
    <a href=${addressOf({ frozen: one.id })}
      aria-current=${shown === one.id ? 'true' : undefined}><b>${one.day}</b> ${one.division.name || t('bar.everywhere')}</a>
    <span class="muted">${t('brief.frozen_by', { at: dayAndClock(one.at), by: one.by })}</span></li>`)}</ul>` : html`<p
      class="muted">${t('brief.none_frozen')}</p>`}</section>`;
}

/** Until when it counts. @param {{at: string}} of at: HH:MM; empty: until now */
const Until = ({ at }) => html`<label class="until">${t('brief.at')} <input type="time" value=${at} onChange=${(/** @type {any} */ event) => go({ at:
  event.target.value })} /></label>${at ? html`<button type="button" onClick=${() => go({ at: '' })}>${t('brief.at_now')}</button>` : null}`;

/** @param {{day: string, division: string, at: string}} of */
function Acts({ day, division, at }) {
  const [isBusy, setBusy] = useState(false);
  const [isSure, setSure] = useState(false);
  const act = async (/** @type {() => Promise<void>} */ what) => {
    setBusy(true);
    await what().catch((fault) => say(fault.message, 'wrong'));
    setBusy(false);
  };
  const load = async () => save(await request('GET', path`/api/v1/brief${{ day, division, at, format: 'xlsx' }}`), `${day}.xlsx`);
  const freeze = async () => {
    const kept = await post('/api/v1/briefs', { day, ...(division ? { division } : {}), ...(at ? { at } : {}) });
    forget('briefs');
    say(t('brief.kept'));
    go({ frozen: kept.id });
  };
  return html`<div class="actions"><button type="button" class="primary big" onClick=${() => print()}>${t('brief.print')}</button>
    <button type="button" class="big" disabled=${isBusy} onClick=${() => act(load)}>${t('brief.xlsx')}</button>
    <button type="button" class="big" disabled=${isBusy} onClick=${() => setSure(true)}>${t('brief.freeze')}</button>
    ${isSure ? html`<${Dialog} heading=${t('brief.freeze')} onClose=${() => setSure(false)}><p>${t('brief.freeze_sure', { day, at: at || t('brief.at_now') })}</p>
      <${AskForm} button=${t('brief.freeze')} onCancel=${() => setSure(false)} send=${freeze}>${() => null}</${AskForm}></${Dialog}>` : null}</div>`;
}

/** @param {string} id @param {string} day */
const loadFrozen = async (id, day) => save(await request('GET', path`/api/v1/briefs/${id}${{ format: 'xlsx' }}`), `${day}.xlsx`);

/** @param {{state: import('./state.js').State}} of */
export function Brief({ state }) {
  const day = dayOf(state), division = state.division ?? '', frozen = state.frozen ?? '', at = state.at ?? '';
  const { data, error, busy } = useAnswer(frozen ? `brief frozen ${frozen}` : `brief ${day} ${division} ${at}`, () => (frozen ? get(path`/api/v1/briefs/${frozen}`)
    : get(path`/api/v1/brief${{ day, division, at }}`)));
  const divisions = useDivisions();
  const outside = divisions.some((one) => one.code === data?.division.code && !one.in_scope);
  return html`<div class="sheet-tools">${frozen ? html`<div class="note" role="status"><b>${t('brief.is_frozen')}</b> <a
    href=${addressOf({ frozen: '' })}>${t('brief.to_now')}</a></div>
      <div class="actions"><button type="button" class="primary big" onClick=${() => print()}>${t('brief.print')}</button>
        <button type="button" class="big" onClick=${() => loadFrozen(frozen, data?.day ?? '').catch((fault) => say(fault.message, 'wrong'))}>${t('brief.xlsx')}</button></div>`
      : html`<${Pickers} day=${day} division=${division} /><${Until} at=${at} />${error ? null : html`<${Acts} day=${day} division=${division} at=${at} />`}`}</div>
    <${Fault} error=${error} />${busy && !data ? html`<${Busy} />` : null}
    ${data ? html`<${Sheet} brief=${data} outside=${outside} />` : null}
    <div class="sheet-after">${data?.corrections ? html`<${Corrections} corrections=${data.corrections} />` : null}<${Frozen} shown=${frozen} /></div>`;
}
