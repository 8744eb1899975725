// SPDX-License-Identifier: Apache-2.0
// The ledger: lists that one proposes and another approves, what came of each entry, and the alerts of those who passed.
import { AlertList } from '../common/alert_list.js';
import { call, get, path, post } from '../common/api.js';
import { DivisionOptions } from '../common/divisions.js';
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
/** @typedef {{id: string, person: import('./store.js').Person, measure: string, outcome: string, until: string, undone: boolean,
 *   registered?: string, division?: {code: string, name: string}}} Entry registered: when they registered; division: the grid that it was handed to */

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
    ${data ? html`<p class="muted">${t('ledger.rests_on', { document: data.document, by: data.proposed_by, approved: data.approved_by })}</p>` : null}
    ${acts.length ? html`<ol class="history">${acts.map((/** @type {any} */ act) => html`<li>${act.undone ? t('ledger.undone') : t(`outcome.${act.outcome}`)} · ${t(`measure.${act.measure}`)}${act.division ? ` · ${act.division.name}` : ''} · ${act.by}
      ${dayAndClock(act.at)}${act.note ? html`<div class="muted">${act.note}</div>` : null}</li>`)}</ol>` : null}
    <${AskForm} button=${t('save')} onCancel=${onClose} send=${send}>${(/** @type {Error | null} */ error) => html`
    <${Field} label=${t('ledger.outcome')} error=${error} pointer="/outcome">${(/** @type {string} */ id) => html`<select id=${id} name="outcome">${outcomes.map((one) =>
      html`<option value=${one} selected=${one === entry.outcome}>${t(`outcome.${one}`)}</option>`)}</select>`}</${Field}>
    <${Field} label=${t('ledger.measure')} error=${error} pointer="/measure">${(/** @type {string} */ id) => html`<select id=${id} name="measure">${measures.map((one) =>
      html`<option value=${one} selected=${one === entry.measure}>${t(`measure.${one}`)}</option>`)}</select>`}</${Field}>
    <${Field} label=${t('told.note')} error=${error} pointer="/note">${(/** @type {string} */ id) => html`<input id=${id} name="note" maxlength="200" />`}</${Field}>`}
    </${AskForm}></${Dialog}>`;
}

/** To which grid, and why. @param {{entry: Entry, onClose: () => void, onDone: () => void}} of */
const Hand = ({ entry, onClose, onDone }) => html`<${Dialog} heading=${t('ledger.hand_entry', { name: entry.person.name })} onClose=${onClose}><${AskForm} button=${t('ledger.hand')}
  onCancel=${onClose} send=${async (/** @type {FormData} */ values) => {
    await post(path`/api/v1/ledger/entries/${entry.id}/hand`, { division: String(values.get('division')), reason: String(values.get('reason')).trim() });
    say(t('ledger.handed'));
    onDone();
    onClose();
  }}>${(/** @type {Error | null} */ error) => html`
  <${Field} label=${t('ledger.hand_to')} error=${error} pointer="/division">${(/** @type {string} */ id) => html`<select id=${id} name="division" required autofocus>
    <option value="">${t('ledger.choose')}</option><${DivisionOptions} chosen=${entry.division?.code} all /></select>`}</${Field}>
  <${Field} label=${t('reason')} error=${error} pointer="/reason">${(/** @type {string} */ id) => html`<input id=${id} name="reason" required maxlength="200" />`}</${Field}>`}
  </${AskForm}></${Dialog}>`;

/** Entries with what may be done about each. @param {{caption: string, entries: Entry[], again: () => void}} of again: something was done */
function EntryTable({ caption, entries, again }) {
  const [doing, setDoing] = useState(/** @type {{what: 'check' | 'hand' | 'undo', entry: Entry} | null} */ (null));
  const done = () => { again(); forget('entry '); };
  const leave = () => setDoing(null);
  const button = (/** @type {'check' | 'hand' | 'undo'} */ what, /** @type {Entry} */ entry) => html`<button type="button" onClick=${() => setDoing({ what, entry })}>
    ${t(`ledger.${what}`)}</button> `;
  return html`<${PlainTable} caption=${caption} heads=${[t('column.name'), t('column.document'), t('column.phone'), t('ledger.outcome'), t('ledger.measure'), t('ledger.grid'), '']}
    rows=${entries.map((one) => [html`${one.person.name}${one.registered ? html` <span class="tag new">${t('ledger.registered', { at: dayAndClock(one.registered) })}</span>` : null}`,
    documentOf(one.person), one.person.phone ?? '', html`<span class=${`tag outcome-${one.undone ? 'undone' : one.outcome}`}>${one.undone ? t('ledger.undone')
      : t(`outcome.${one.outcome}`)}</span>`, t(`measure.${one.measure}`), one.division?.name ?? '', one.undone ? '' : html`${button('check', one)}${button('hand', one)}${button('undo',
      one)}`])} />
    ${doing?.what === 'check' ? html`<${Check} entry=${doing.entry} onClose=${leave} onDone=${done} />` : null}
    ${doing?.what === 'hand' ? html`<${Hand} entry=${doing.entry} onClose=${leave} onDone=${done} />` : null}
    ${doing?.what === 'undo' ? html`<${Why} heading=${t('ledger.undo_entry', { name: doing.entry.person.name })} onClose=${leave} send=${async (/** @type {string} */ reason) => {
      await post(path`/api/v1/ledger/entries/${doing.entry.id}/undo`, { reason }); done(); }} />` : null}`;
}

/** Entries' people are known from then on. @param {any} answer */
function learned(answer) {
  learnPeople(answer.entries.map((/** @type {Entry} */ one) => one.person));
  return answer;
}
const forgetEntries = () => { forget('entries '); forget('handed'); };

/** @param {{list: string}} of */
function Entries({ list }) {
  const { data, error, busy } = useAnswer(`entries ${list}`, () => get(path`/api/v1/ledger/lists/${list}/entries`).then(learned));
  if (!data) return html`<${Fault} error=${error} />${busy ? html`<${Busy} />` : null}`;
  return html`${data.next ? html`<p class="note">${t('ledger.first', { count: data.entries.length })}</p>` : null}
    <${EntryTable} caption=${t('ledger.entries', { list })} entries=${data.entries} again=${forgetEntries} />`;
}

/** What other grids handed to this one; nothing while there is none. */
function Handed() {
  const { data, error } = useAnswer('handed', () => get('/api/v1/ledger/handed').then(learned));
  if (!data?.entries.length) return html`<${Fault} error=${error} />`;
  return html`<section><h2>${t('ledger.handed_here')}</h2>${data.next ? html`<p class="note">${t('ledger.first', { count: data.entries.length })}</p>` : null}
    <${EntryTable} caption=${t('ledger.handed_here')} entries=${data.entries} again=${forgetEntries} /></section>`;
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
    <${Handed} />
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
