// SPDX-License-Identifier: Apache-2.0
// Rules of outings: how many of a household may go out within how many days, where and until when. The guard is told at the gate; people decide.
import { forget, useAnswer } from '../common/answers.js';
import { del, get, path, post } from '../common/api.js';
import { DivisionOptions } from '../common/divisions.js';
import { say } from '../common/dom.js';
import { html, useState } from '../common/html.js';
import { AskForm, Busy, Dialog, Fault, Field, PlainTable } from '../common/parts.js';
import { t } from '../common/texts.js';
import { date, dayAndClock } from '../common/time.js';

const people_max = 20, days_max = 14, week_ms = 7 * 86_400_000;

/** @typedef {{id: string, division: {code: string, name: string}, from: string, until: string, people: number, days: number, by: string, at: string}} Rule */

/** @param {Rule} rule */
const stateOf = (rule) => (date(Date.now()) < rule.from ? 'coming' : date(Date.now()) > rule.until ? 'over' : 'holds');

/** @param {{onClose: () => void}} of */
function NewRule({ onClose }) {
  const send = async (/** @type {FormData} */ values) => {
    const text = (/** @type {string} */ name) => String(values.get(name));
    await post('/api/v1/outing-rules', { division: text('division'), from: text('from'), until: text('until'), people: Number(text('people')),
      days: Number(text('days')) });
    forget('outings');
    onClose();
    say(t('outings.made'));
  };
  /** @param {string} name @param {Record<string, any>} more @param {Error | null} error */
  const input = (name, more, error) => html`<${Field} label=${t(`outings.${name}`)} error=${error}
    pointer=${`/${name}`}>${(/** @type {string} */ id) => html`<input id=${id} name=${name}
    required ...${more} />`}</${Field}>`;
  return html`<${Dialog} heading=${t('outings.new')} onClose=${onClose}><${AskForm} button=${t('outings.make')} onCancel=${onClose} send=${send}>
    ${(/** @type {Error | null} */ error) => html`<${Field} label=${t('outings.division')} error=${error}
      pointer="/division">${(/** @type {string} */ id) => html`<select id=${id}
      name="division" required autofocus><option value="">${t('field.choose')}</option><${DivisionOptions} /></select>`}</${Field}>
    <div class="halves">${input('from', { type: 'date', defaultValue: date(Date.now()) }, error)}${input('until', { type: 'date',
      defaultValue: date(Date.now() + week_ms) }, error)}
    ${input('days', { type: 'number', min: 1, max: days_max, defaultValue: 2 }, error)}${input('people', { type: 'number', min: 1, max: people_max,
      defaultValue: 1 }, error)}</div>`}
    </${AskForm}></${Dialog}>`;
}

export function Outings() {
  const { data, error, busy } = useAnswer('outings', () => get('/api/v1/outing-rules'));
  const [isMaking, setMaking] = useState(false);
  const remove = (/** @type {Rule} */ rule) => {
    if (!confirm(t('outings.remove_sure', { division: rule.division.name }))) return;
    del(path`/api/v1/outing-rules/${rule.id}`).then(() => { forget('outings'); say(t('outings.removed')); }, (fault) => say(fault.message, 'wrong'));
  };
  return html`<header class="answer-head"><div class="title-line"><h1>${t('outings.heading')}</h1><button type="button" class="primary big"
    onClick=${() => setMaking(true)}>
      ${t('outings.new')}</button></div><p class="muted">${t('outings.about')}</p></header><${Fault}
        error=${error} />${busy && !data ? html`<${Busy} />` : null}
    ${data && !data.rules.length ? html`<p class="note">${t('outings.none')}</p>` : null}
    ${data?.rules.length ? html`<${PlainTable} caption=${t('outings.heading')} heads=${[t('outings.division'), t('outings.rule'), t('outings.from'),
      t('outings.until'), t('outings.state'),
      t('outings.by'), '']} rows=${data.rules.map((/** @type {Rule} */ rule) => [rule.division.name, t('outings.limit', { days: rule.days,
        people: rule.people }), rule.from, rule.until,
      html`<span class=${`tag ${stateOf(rule) === 'holds' ? 'good' : ''}`}>${t(`outings.${stateOf(rule)}`)}</span>`, `${rule.by} ${dayAndClock(rule.at)}`,
        html`<button type="button"
      aria-label=${t('outings.remove_of', { division: rule.division.name })} onClick=${() => remove(rule)}>${t('outings.remove')}</button>`])} />` : null}
    ${isMaking ? html`<${NewRule} onClose=${() => setMaking(false)} />` : null}`;
}
