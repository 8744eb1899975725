// SPDX-License-Identifier: Apache-2.0
// A record of a register: who or what, what is due and since when, the steps that may follow, and all that were taken.
import { forget, keep, useAnswer } from '../common/answers.js';
import { get, path, post } from '../common/api.js';
import { say } from '../common/dom.js';
import { html, useState } from '../common/html.js';
import { AskForm, Busy, Dialog, Fault, Field, documentOf } from '../common/parts.js';
import { t } from '../common/texts.js';
import { dayAndClock, duration } from '../common/time.js';
import { FormField, bodyOf } from './fields.js';
import { aside, ending, needs } from './kinds.js';
import { addressOf, towards } from './state.js';

/** @typedef {{step: string, at: string, by?: string, place?: string, site?: {ref: string, name: string}, until?: string, temperature?: number, result?: string,
 *   division?: {code: string, name: string}, note?: string}} Step
 * @typedef {{id: string, kind: string, state: string, next: string[], division: {code: string, name: string}, site?: {ref: string, name: string},
 *   person?: {id: string, name: string, document?: {type: string, number: string}, phone?: string}, subject?: string, place?: string, found_at?: string,
 *   temperature?: number, result?: string, until?: string, due?: string, overdue: boolean, approved?: boolean, opened: string, by?: string, closed?: string, steps?: Step[]}} Record */

const day_s = 86_400;

/** "2 天 3 小时"; below a day hours and minutes. @param {number} seconds */
const long = (seconds) => (seconds < day_s ? duration(Math.max(60, seconds)) : t('days', { count: Math.floor(seconds / day_s) }));

/** What is due, in words: colour alone tells nobody who prints it. @param {{record: Record}} of */
function Due({ record }) {
  if (record.closed) return html`<span class="tag">${t('record.closed', { at: dayAndClock(record.closed) })}</span>`;
  if (!record.due) return null;
  const left = (Date.parse(record.due) - Date.now()) / 1000;
  return record.overdue || left < 0 ? html`<b class="tag wrong"><span aria-hidden="true">!</span> ${t('record.overdue', { time: long(-left) })}</b>`
    : html`<span class="tag wait">${t('record.left', { time: long(left), at: dayAndClock(record.due) })}</span>`;
}

/** Of somebody in isolation, how long still. @param {{record: Record}} of */
function DaysLeft({ record }) {
  if (record.kind !== 'isolation' || !record.until || record.closed) return null;
  const left = Math.ceil((Date.parse(record.until) - Date.now()) / 1000 / day_s);
  return html`<span class="tag">${left > 0 ? t('isolation.left', { count: left, until: dayAndClock(record.until) }) : t('isolation.over',
    { until: dayAndClock(record.until) })}</span>`;
}

/** One person alone said so: at a gate they are not stopped. @param {{record: Record}} of */
const Alone = ({ record }) => (record.approved !== false || record.closed ? null : html`<span class="tag wait">${t('isolation.alone')}</span>`);

/** @param {{temperature?: number}} of */
const heatOf = ({ temperature }) => (temperature === undefined ? '' : `${temperature.toFixed(1)} ℃`);

/** @param {Record} record */
const titleOf = (record) => record.person?.name ?? record.subject ?? t('record.number', { id: record.id });

/** Which step is the likeliest, and so stands first. @param {Record} record */
function likeliest({ kind, state, result }) {
  if (kind === 'isolation') return 'measured';
  return state === 'tested' ? { positive: 'isolated', negative: 'cleared', pending: 'tested' }[result ?? ''] : undefined;
}

/** When, where found, by whom. @param {Record} record */
const openedOf = (record) => [t('record.since', { at: dayAndClock(record.opened) }), record.found_at ? t(`found.${record.found_at}`) : '',
  record.by ?? t('record.itself')]
  .filter(Boolean).join(' · ');

/** The steps that lead on as big buttons, those beside them smaller. @param {{record: Record, onStep: (record: Record, step: string) => void}} of */
function Next({ record, onStep }) {
  const beside = aside(record.kind);
  const first = likeliest(record);
  const onward = record.next.filter((step) => !beside.includes(step)).sort((one, other) => Number(other === first) - Number(one === first));
  const others = record.next.filter((step) => beside.includes(step));
  const button = (/** @type {string} */ step, /** @type {string} */ looks) => html`<button type="button" class=${looks} onClick=${() => onStep(record,
    step)}>${t(`step.${step}`)}</button>`;
  if (!record.next.length) return null;
  return html`<div class="steps-next" role="group" aria-label=${t('record.next', { name: titleOf(record) })}>
    ${onward.map((step, at) => button(step, at === 0 ? 'big primary' : 'big'))}${others.map((step) => button(step, ''))}</div>`;
}

/** @param {{record: Record}} of */
const Facts = ({ record }) => html`<p class="facts">${[record.person ? [documentOf(record.person), record.person.phone].filter(Boolean).join(' · ') : '',
  record.person
  ? record.subject ?? '' : '', record.division.name, record.site?.name, record.place, heatOf(record), record.result ? t(`result.${record.result}`) : '']
  .filter(Boolean).map((fact) => html`<span>${fact}</span>`)}</p>`;

/** @param {{record: Record, onStep: (record: Record, step: string) => void}} of */
export const RecordCard = ({ record, onStep }) => html`<article class=${record.overdue && !record.closed ? 'record overdue' : 'record'}
  aria-label=${titleOf(record)}>
  <div class="record-head"><h2><a href=${addressOf({ id: record.id })}>${titleOf(record)}</a></h2><span
    class="tag state">${t(`state.${record.kind}.${record.state}`)}</span>
    <${Due} record=${record} /><${DaysLeft} record=${record} /><${Alone} record=${record} /></div>
  <${Facts} record=${record} /><p class="muted when">${openedOf(record)}</p>
  <${Next} record=${record} onStep=${onStep} /></article>`;

/** @param {{step: Step}} of */
const StepLine = ({ step }) => html`<li><b>${t(`step.${step.step}`)}</b> <time
  datetime=${step.at}>${dayAndClock(step.at)}</time> · ${step.by ?? t('record.itself')}
  <div class="muted">${[step.place, step.site?.name, heatOf(step), step.result ? t(`result.${step.result}`) : '', step.until ? t('step.until',
    { at: dayAndClock(step.until) })
    : '', step.division?.name, step.note].filter(Boolean).join(' · ')}</div></li>`;

/** @typedef {NonNullable<Record['person']>} Person */

/** Whom to call, for a reason. @param {{record: Record, onDone: (person: Person) => void, onClose: () => void}} of */
function Reveal({ record, onDone, onClose }) {
  const send = async (/** @type {FormData} */ values) => {
    const { person } = await post(path`/api/v1/registers/${record.kind}/${record.id}/reveal`, { fields: values.getAll('fields'),
      reason: String(values.get('reason')).trim() });
    onDone(person);
    onClose();
  };
  return html`<${Dialog} heading=${t('reveal.heading', { name: titleOf(record) })} onClose=${onClose}><p>${t('reveal.lead')}</p>
    <${AskForm} button=${t('reveal.button')} onCancel=${onClose} send=${send}>${(/** @type {Error | null} */ error) => html`<fieldset class="boxes">
    <legend>${t('reveal.fields')}</legend>${['name', 'phone', 'document'].map((field) => html`<label><input type="checkbox" name="fields" value=${field}
      defaultChecked=${field !== 'document'} /> ${t(`field.${field}`)}</label>`)}</fieldset>
    <${Field} label=${t('reveal.reason')} hint=${t('reveal.reason_hint')} error=${error} pointer="/reason">${(/** @type {string} */ field) => html`<input
      id=${field} name="reason" required maxlength="200" autofocus autocomplete="off" />`}</${Field}>`}</${AskForm}></${Dialog}>`;
}

/** Masked until somebody says why not. @param {{record: Record}} of */
function Whom({ record }) {
  const [full, setFull] = useState(/** @type {Person | null} */ (null));
  const [isAsking, setAsking] = useState(false);
  if (!record.person || record.closed || !record.next.length) return null;
  return html`${full ? html`<p class="note wait">${[full.name, full.document ? documentOf(full) : ''].filter(Boolean).join(' · ')}
      ${full.phone ? html` <a href=${`tel:${full.phone}`}>${full.phone}</a>` : null}
      <button type="button" onClick=${() => setFull(null)}>${t('reveal.hide')}</button></p>`
    : html`<p><button type="button" onClick=${() => setAsking(true)}>${t('reveal.open')}</button></p>`}
    ${isAsking ? html`<${Reveal} record=${record} onDone=${setFull} onClose=${() => setAsking(false)} />` : null}`;
}

/** @param {{kind: string, id: string, onStep: (record: Record, step: string) => void}} of */
export function OneRecord({ kind, id, onStep }) {
  const { data, error, busy } = useAnswer(`record ${kind} ${id}`, () => get(path`/api/v1/registers/${kind}/${id}`));   // not anew each minute: each look is a line in the audit log
  if (!data) return html`<h1>${t('record.number', { id })}</h1><${Fault} error=${error} />${busy ? html`<${Busy} />` : null}`;
  const record = /** @type {Record} */ (data);
  return html`<header class="answer-head"><h1>${titleOf(record)}</h1></header>
    <div class="record-head"><span class="tag state">${t(`state.${kind}.${record.state}`)}</span><${Due} record=${record} /><${DaysLeft} record=${record} /><${Alone} record=${record} /></div>
    <${Facts} record=${record} /><${Whom} record=${record} /><p class="muted">${t('record.number', { id })} · ${openedOf(record)}</p>
    ${record.next.length || record.closed ? null : html`<p class="note" role="status">${t('record.elsewhere', { division: record.division.name })}</p>`}
    <${Next} record=${record} onStep=${onStep} />
    ${kind === 'fever' && record.state === 'isolated' ? html`<p class="note good">${t('record.goes_on')} <a
      href=${addressOf(towards('isolation'))}>${t('register.isolation')}</a></p>` : null}
    <section><h2>${t('record.steps')}</h2><ol class="history">${(record.steps ?? []).map((step) => html`<${StepLine} step=${step} />`)}</ol></section>`;
}

/** What a step needs to be told; nothing more. @param {{record: Record, step: string, onClose: () => void}} of */
export function StepDialog({ record, step, onClose }) {
  const fields = needs[step] ?? [];
  const send = async (/** @type {FormData} */ values) => {
    const now = await post(path`/api/v1/registers/${record.kind}/${record.id}/steps`, { step, ...bodyOf(values) });
    forget('register ');
    forget('places');
    keep(`record ${record.kind} ${record.id}`, now);
    onClose();
    say(step === 'handed' ? t('record.handed', { name: titleOf(record), division: now.division.name })
      : t('record.stepped', { name: titleOf(record), state: t(`state.${now.kind}.${now.state}`) }));
  };
  return html`<${Dialog} heading=${`${t(`step.${step}`)}：${titleOf(record)}`} onClose=${onClose}>
    ${fields.length ? null : html`<p>${t('step.sure', { name: titleOf(record), step: t(`step.${step}`) })}</p>`}
    ${ending.includes(step) || step === 'isolated' ? html`<p class="note wait">${t('step.ends')}</p>` : null}
    <${AskForm} button=${t(`step.${step}`)} onCancel=${onClose}
      send=${send}>${(/** @type {Error | null} */ error) => fields.map((name) => html`<${FormField} key=${name}
      name=${name} error=${error} kind=${record.kind} isNew=${false} />`)}</${AskForm}></${Dialog}>`;
}
