// SPDX-License-Identifier: Apache-2.0
// The ledger: lists that one proposes and another approves, what came of each entry, and the alerts of those who passed.
import { AlertList } from '../common/alert_list.js';
import { call, get, path, post } from '../common/api.js';
import { say } from '../common/dom.js';
import { html, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock } from '../common/time.js';
import { NoTable, csvLine, readTable } from '../table/csv.js';
import { AskForm, Busy, Dialog, Fault, Field, PlainTable, documentOf, fromLocal, toLocal } from './parts.js';
import { addressOf, go } from './state.js';
import { forget, learnPeople, useAnswer } from './store.js';

const measures = ['central', 'home', 'observation', 'none'];
const outcomes = ['open', 'here', 'elsewhere', 'wrong_person', 'known'];

/** @typedef {{id: string, document: string, measure: string, until: string, rows: number, state: string, by: string, at: string, own: boolean, decided_by?: string}} List */
/** @typedef {{id: string, person: import('./store.js').Person, measure: string, outcome: string, until: string, undone: boolean}} Entry */

/** What was told of a row that came back. @param {{rejected: {line: number, reason: string}[]}} of */
const Rejected = ({ rejected }) => html`<${PlainTable} caption=${t('ledger.rejected', { count: rejected.length })} heads=${[t('ledger.line'), t('reason')]}
  rows=${rejected.slice(0, 200).map((row) => [row.line, row.reason])} />`;

/** @param {{onClose: () => void, onDone: (made: any) => void}} of */
function Propose({ onClose, onDone }) {
  const send = async (/** @type {FormData} */ values) => {
    const file = /** @type {File} */ (values.get('file'));
    let table;
    try {
      table = await readTable(file);
    } catch (error) {
      throw error instanceof NoTable ? new Error(t(error.message)) : error;
    }
    const query = { document: String(values.get('document')).trim(), measure: String(values.get('measure')), until: fromLocal(String(values.get('until'))) };
    onDone(await call('POST', path`/api/v1/ledger/lists${query}`, [table.header, ...table.rows.map((row) => row.cells)].map(csvLine).join(''), { type: 'text/csv' }));
    onClose();
  };
  return html`<${Dialog} heading=${t('ledger.new')} onClose=${onClose}><p>${t('ledger.new_lead')}</p><${AskForm} button=${t('ledger.propose')} onCancel=${onClose}
    send=${send}>${(/** @type {Error | null} */ error) => html`
    <${Field} label=${t('ledger.document')} hint=${t('ledger.document_hint')} error=${error} pointer="/document">${(/** @type {string} */ id) => html`<input id=${id}
      name="document" required maxlength="200" autocomplete="off" autofocus />`}</${Field}>
    <${Field} label=${t('ledger.measure')} error=${error} pointer="/measure">${(/** @type {string} */ id) => html`<select id=${id} name="measure">
      ${measures.map((one) => html`<option value=${one}>${t(`measure.${one}`)}</option>`)}</select>`}</${Field}>
    <${Field} label=${t('ledger.until')} error=${error} pointer="/until">${(/** @type {string} */ id) => html`<input id=${id} name="until" type="datetime-local"
      required defaultValue=${toLocal(new Date(Date.now() + 14 * 86_400_000).toISOString())} />`}</${Field}>
    <${Field} label=${t('ledger.file')} hint=${t('ledger.file_hint')}>${(/** @type {string} */ id) => html`<input id=${id} name="file" type="file" required
      accept=".csv,.tsv,.txt,.xlsx,text/csv" />`}</${Field}>`}</${AskForm}></${Dialog}>`;
}

/** Why, before something is undone. @param {{heading: string, onClose: () => void, send: (reason: string) => Promise<void>}} of */
const Why = ({ heading, onClose, send }) => html`<${Dialog} heading=${heading} onClose=${onClose}><${AskForm} button=${t('ledger.undo')} onCancel=${onClose}
  send=${async (/** @type {FormData} */ values) => { await send(String(values.get('reason')).trim()); onClose(); }}>${(/** @type {Error | null} */ error) => html`
  <${Field} label=${t('reason')} error=${error} pointer="/reason">${(/** @type {string} */ id) => html`<input id=${id} name="reason" required maxlength="200"
    autofocus />`}</${Field}>`}</${AskForm}></${Dialog}>`;

/** @param {{entry: Entry, onClose: () => void, onDone: () => void}} of */
function Check({ entry, onClose, onDone }) {
  const { data } = useAnswer(`entry ${entry.id}`, () => get(path`/api/v1/ledger/entries/${entry.id}`));
  const send = async (/** @type {FormData} */ values) => {
    await post(path`/api/v1/ledger/entries/${entry.id}/check`, { outcome: String(values.get('outcome')), measure: String(values.get('measure')),
      note: String(values.get('note')).trim() });
    say(t('ledger.checked'));
    onDone();
    onClose();
  };
  const acts = data?.acts ?? [];
  return html`<${Dialog} heading=${`${entry.person.name} ${documentOf(entry.person)}`} onClose=${onClose}>
    ${acts.length ? html`<ol class="history">${acts.map((/** @type {any} */ act) => html`<li>${act.undone ? t('ledger.undone') : t(`outcome.${act.outcome}`)} · ${t(`measure.${act.measure}`)} · ${act.by}
      ${dayAndClock(act.at)}${act.note ? html`<div class="muted">${act.note}</div>` : null}</li>`)}</ol>` : null}
    <${AskForm} button=${t('save')} onCancel=${onClose} send=${send}>${(/** @type {Error | null} */ error) => html`
    <${Field} label=${t('ledger.outcome')} error=${error} pointer="/outcome">${(/** @type {string} */ id) => html`<select id=${id} name="outcome">${outcomes.map((one) =>
      html`<option value=${one} selected=${one === entry.outcome}>${t(`outcome.${one}`)}</option>`)}</select>`}</${Field}>
    <${Field} label=${t('ledger.measure')} error=${error} pointer="/measure">${(/** @type {string} */ id) => html`<select id=${id} name="measure">${measures.map((one) =>
      html`<option value=${one} selected=${one === entry.measure}>${t(`measure.${one}`)}</option>`)}</select>`}</${Field}>
    <${Field} label=${t('told.note')} error=${error} pointer="/note">${(/** @type {string} */ id) => html`<input id=${id} name="note" maxlength="200" />`}</${Field}>`}
    </${AskForm}></${Dialog}>`;
}

/** @param {{list: string}} of */
function Entries({ list }) {
  const key = `entries ${list}`;
  const { data, error, busy } = useAnswer(key, () => get(path`/api/v1/ledger/lists/${list}/entries`).then((answer) => {
    learnPeople(answer.entries.map((/** @type {Entry} */ one) => one.person));
    return answer;
  }));
  const [checking, setChecking] = useState(/** @type {Entry | null} */ (null));
  const [undoing, setUndoing] = useState(/** @type {Entry | null} */ (null));
  const again = () => { forget(key); forget('entry '); };
  if (!data) return html`<${Fault} error=${error} />${busy ? html`<${Busy} />` : null}`;
  return html`${data.next ? html`<p class="note">${t('ledger.first', { count: data.entries.length })}</p>` : null}
    <${PlainTable} caption=${t('ledger.entries', { list })} heads=${[t('column.name'), t('column.document'), t('column.phone'), t('ledger.outcome'), t('ledger.measure'), '']}
    rows=${data.entries.map((/** @type {Entry} */ one) => [one.person.name, documentOf(one.person), one.person.phone ?? '', html`<span class=${`tag outcome-${one.undone ? 'undone'
      : one.outcome}`}>${one.undone ? t('ledger.undone') : t(`outcome.${one.outcome}`)}</span>`, t(`measure.${one.measure}`), one.undone ? '' : html`<button type="button"
      onClick=${() => setChecking(one)}>${t('ledger.check')}</button> <button type="button" onClick=${() => setUndoing(one)}>${t('ledger.undo')}</button>`])} />
    ${checking ? html`<${Check} entry=${checking} onClose=${() => setChecking(null)} onDone=${again} />` : null}
    ${undoing ? html`<${Why} heading=${t('ledger.undo_entry', { name: undoing.person.name })} onClose=${() => setUndoing(null)} send=${async (/** @type {string} */ reason) => {
      await post(path`/api/v1/ledger/entries/${undoing.id}/undo`, { reason }); again(); }} />` : null}`;
}

/** @param {{state: import('./state.js').State}} of */
export function Ledger({ state }) {
  const { data, error, busy } = useAnswer('lists', () => get('/api/v1/ledger/lists'));
  const [isProposing, setProposing] = useState(false);
  const [made, setMade] = useState(/** @type {any} */ (null));
  const [undoing, setUndoing] = useState(/** @type {List | null} */ (null));
  const act = (/** @type {List} */ list, /** @type {string} */ how) => post(path`/api/v1/ledger/lists/${list.id}/${how}`, undefined).then(() => { forget('lists'); forget('entries ');
    say(t(`ledger.done.${how}`)); }, (fault) => say(fault.message, 'wrong'));
  const acts = (/** @type {List} */ list) => (list.state === 'proposed' ? html`${list.own ? html`<span class="muted">${t('ledger.waits')}</span>` : html`<button type="button" class="primary"
    onClick=${() => confirm(t('ledger.approve_sure', { count: list.rows, document: list.document })) && act(list, 'approve')}>${t('ledger.approve')}</button>`}
    <button type="button" onClick=${() => act(list, 'refuse')}>${t(list.own ? 'ledger.take_back' : 'ledger.refuse')}</button>` : list.state === 'approved' ? html`<button type="button"
    onClick=${() => setUndoing(list)}>${t('ledger.undo')}</button>` : '');
  return html`<header class="answer-head"><div class="title-line"><h1>${t('view.ledger')}</h1><button type="button" class="primary" onClick=${() => setProposing(true)}>
      ${t('ledger.new')}</button></div><p class="muted">${t('ledger.about')}</p></header><${Fault} error=${error} />${busy && !data ? html`<${Busy} />` : null}
    ${made ? html`<div class=${`note ${made.rejected.length ? 'wait' : 'good'}`} role="status">${t('ledger.made', { list: made.id, count: made.rows, matched: made.matched })}</div>
      ${made.rejected.length ? html`<${Rejected} rejected=${made.rejected} />` : null}` : null}
    ${data && !data.lists.length ? html`<p class="note">${t('ledger.none')}</p>` : null}
    ${data?.lists.length ? html`<${PlainTable} caption=${t('view.ledger')} heads=${['№', t('ledger.document'), t('ledger.measure'), t('ledger.until'), t('ledger.rows'), t('ledger.state'),
      t('ledger.by'), '']} rows=${data.lists.map((/** @type {List} */ list) => [list.state === 'proposed' ? list.id : html`<a href=${addressOf({ list: list.id })}>${list.id}</a>`, list.document,
      t(`measure.${list.measure}`), dayAndClock(list.until), list.rows, html`<span class=${`tag list-${list.state}`}>${t(`list.${list.state}`)}</span>`, [list.by,
      list.decided_by].filter(Boolean).join(' → '), acts(list)])} />` : null}
    ${state.list ? html`<${Entries} list=${state.list} key=${state.list} />` : null}
    ${isProposing ? html`<${Propose} onClose=${() => setProposing(false)} onDone=${(/** @type {any} */ answer) => { setMade(answer); forget('lists'); }} />` : null}
    ${undoing ? html`<${Why} heading=${t('ledger.undo_list', { list: undoing.id })} onClose=${() => setUndoing(null)} send=${async (/** @type {string} */ reason) => {
      await post(path`/api/v1/ledger/lists/${undoing.id}/undo`, { reason }); forget('lists'); }} />` : null}`;
}

/** @param {{state: import('./state.js').State}} of */
export const Alerts = ({ state }) => html`<${AlertList} all=${state.tab === 'all'} onAll=${(/** @type {boolean} */ all) => go({ tab: all ? 'all' : '' },
  { replace: true })} />`;
