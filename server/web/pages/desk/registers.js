// SPDX-License-Identifier: Apache-2.0
// A register: its open records, the longest overdue first, each with what comes next; its closed ones; a record opened by hand. One view for all six.
import { forget, keep, useAnswer } from '../common/answers.js';
import { get, path, post } from '../common/api.js';
import { say } from '../common/dom.js';
import { html, useEffect, useState } from '../common/html.js';
import { AskForm, Busy, Dialog, Fault } from '../common/parts.js';
import { t } from '../common/texts.js';
import { FormField, bodyOf } from './fields.js';
import { opening } from './kinds.js';
import { Places } from './places.js';
import { OneRecord, RecordCard, StepDialog } from './record.js';
import { addressOf, go } from './state.js';

/** @typedef {import('./record.js').Record} Record */

/** The first page of what is open, which the menu counts by. @param {string} kind */
const firstPage = (kind) => useAnswer(`register ${kind} open`, () => get(path`/api/v1/registers/${kind}${{ state: 'open' }}`));

/** @param {{kind: string, onClose: () => void}} of */
function NewRecord({ kind, onClose }) {
  const send = async (/** @type {FormData} */ values) => {
    const made = await post(path`/api/v1/registers/${kind}`, bodyOf(values));
    forget('register ');
    forget('places');
    keep(`record ${kind} ${made.id}`, made);
    onClose();
    say(t('record.opened'));
    go({ id: made.id });
  };
  return html`<${Dialog} heading=${t(`open.${kind}`)} onClose=${onClose}><${AskForm} button=${t('record.open')} onCancel=${onClose} send=${send}>
    ${(/** @type {Error | null} */ error) => opening[kind].map((name) => html`<${FormField} key=${name} name=${name} error=${error}
      kind=${kind} isNew />`)}</${AskForm}></${Dialog}>`;
}

/** @param {{kind: string, closed: boolean, onStep: (record: Record, step: string) => void}} of */
function List({ kind, closed, onStep }) {
  const first = closed ? useAnswer(`register ${kind} closed`, () => get(path`/api/v1/registers/${kind}${{ state: 'closed' }}`)) : firstPage(kind);
  const [more, setMore] = useState(/** @type {{records: Record[], next?: string}} */ ({ records: [] }));
  const [fault, setFault] = useState(/** @type {Error | null} */ (null));
  const { data, error, busy } = first;
  useEffect(() => setMore({ records: [], next: data?.next }), [data]);
  const read = () => get(path`/api/v1/registers/${kind}${{ state: closed ? 'closed' : 'open', cursor: more.next }}`).then((page) => {
    setMore({ records: [...more.records, ...page.records], next: page.next });
  }, setFault);
  if (!data) return html`<${Fault} error=${error} />${busy ? html`<${Busy} />` : null}`;
  const records = [...data.records, ...more.records];
  return html`<p class="sum" role="status">${t('register.open_count', { count: data.open })}${data.overdue ? html` · <b
    class="late">${t('register.overdue_count',
      { count: data.overdue })}</b>` : ''}</p>
    ${records.length ? html`<ul class="records">${records.map((record) => html`<li key=${record.id}><${RecordCard} record=${record}
      onStep=${onStep} /></li>`)}</ul>`
    : html`<p class="note">${t(closed ? 'register.none_closed' : 'register.none_open')}</p>`}
    <${Fault} error=${fault} />${more.next ? html`<button type="button" onClick=${read}>${t('register.more')}</button>` : null}`;
}

/** @param {{kind: string, state: import('./state.js').State}} of */
export function Registers({ kind, state }) {
  const [isOpening, setOpening] = useState(false);
  const [stepping, setStepping] = useState(/** @type {{record: Record, step: string} | null} */ (null));
  const closed = state.tab === 'closed';
  const onStep = (/** @type {Record} */ record, /** @type {string} */ step) => setStepping({ record, step });
  const tab = (/** @type {string} */ name) => html`<button type="button" aria-pressed=${String((state.tab ?? '') === name)} onClick=${() => go({ tab: name,
    id: '' })}>
    ${t(`register.tab.${name || 'open'}`)}</button>`;
  return html`${state.id ? html`<p class="crumb"><a href=${addressOf({ id: '' })}>← ${t(`register.${kind}`)}</a></p><${OneRecord}
    kind=${kind} id=${state.id} key=${state.id}
      onStep=${onStep} />`
    : html`<header class="answer-head"><div class="title-line"><h1>${t(`register.${kind}`)}</h1><button type="button" class="primary big"
      onClick=${() => setOpening(true)}>
        ${t(`open.${kind}`)}</button></div><p class="muted">${t(`register.about.${kind}`)}</p></header>
      <div class="filters">${tab('')}${tab('closed')}${kind === 'isolation' ? tab('places') : null}</div>
      ${state.tab === 'places' && kind === 'isolation' ? html`<${Places} />` : html`<${List} kind=${kind} closed=${closed} key=${closed} onStep=${onStep} />`}`}
    ${isOpening ? html`<${NewRecord} kind=${kind} onClose=${() => setOpening(false)} />` : null}
    ${stepping ? html`<${StepDialog} ...${stepping} onClose=${() => setStepping(null)} />` : null}`;
}
