// SPDX-License-Identifier: Apache-2.0
// The audit log: who did what, for which case and when; and whether anybody changed it.
import { get, path } from '../common/api.js';
import { el, openDialog } from '../common/dom.js';
import { Fault } from '../common/fault.js';
import { html, useEffect, useRef, useState } from '../common/html.js';
import { virtualRows } from '../common/rows.js';
import { t } from '../common/texts.js';
import { clock, date, moment } from '../common/time.js';
import { actionGroups } from './audit_actions.js';
import { Field, go, useSending, useStatus } from './state.js';

/** @typedef {{seq: number, at: string, operator: string, action: string, case: string, sentence: string}} Entry */
/** @typedef {{entries: Entry[], next: string | null, lookedTo: string | null, busy: boolean, error: unknown}} Found */

const page_lines = 200;
const names = ['operator', 'action', 'case', 'from', 'to'];

/** @param {{route: import('./state.js').Route}} properties */
export function Audit({ route }) {
  const asked = JSON.stringify(route.values);
  return html`
    <h1>${t('section.audit')}</h1>
    <${Verification} />
    <${Filters} key=${`filters ${asked}`} asked=${route.values} />
    <${Lines} key=${`lines ${asked}`} wanted=${route.values} />`;
}

/** What is looked for; the address holds it. @param {{asked: Record<string, string>}} properties */
function Filters({ asked }) {
  const [typed, setTyped] = useState(asked);
  const set = (/** @type {string} */ name) => (/** @type {any} */ event) => setTyped((before) => ({ ...before, [name]: event.target.value }));
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    go('audit', Object.fromEntries(names.map((name) => [name, (typed[name] ?? '').trim()])));
  };
  return html`
    <form class="filters" onSubmit=${submit} role="search" aria-label=${t('audit.filter')}>
      <${Field} label=${t('audit.operator')} name="operator" value=${typed.operator ?? ''} onInput=${set('operator')} autocapitalize="none" spellcheck=${false} />
      <${Field} label=${t('audit.action')} name="action" as="select" value=${typed.action ?? ''} onChange=${set('action')}>
        <option value="">${t('audit.any_action')}</option>
        ${actionGroups.map((group) => html`<optgroup label=${t(`actions.${group.key}`)}>${group.actions.map((action) => html`<option value=${action}>${t(`action.${action}`)}</option>`)}</optgroup>`)}
      <//>
      <${Field} label=${t('audit.case')} name="case" value=${typed.case ?? ''} onInput=${set('case')} />
      <${Field} label=${t('audit.from')} name="from" type="date" value=${typed.from ?? ''} onChange=${set('from')} />
      <${Field} label=${t('audit.to')} name="to" type="date" value=${typed.to ?? ''} onChange=${set('to')} />
      <div class="actions"><button class="primary" type="submit">${t('audit.search')}</button><a class="button" href="#audit">${t('audit.all')}</a></div>
    </form>`;
}

/** @param {Record<string, string>} wanted @param {string | null} cursor */
function ask(wanted, cursor) {
  const dayAfter = (/** @type {string} */ day) => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return get(path`/api/v1/audit${{ limit: page_lines, cursor, operator: wanted.operator, action: wanted.action, case: wanted.case,
    from: wanted.from ? moment(wanted.from) : '', to: wanted.to ? moment(dayAfter(wanted.to)) : '' }}`);
}

/** @param {{wanted: Record<string, string>}} properties */
function Lines({ wanted }) {
  const [found, setFound] = useState(/** @type {Found} */ ({ entries: [], next: null, lookedTo: null, busy: true, error: null }));
  const alive = useRef(true);
  const more = async (/** @type {Found} */ from) => {
    setFound({ ...from, busy: true, error: null });
    let told = from;
    try {
      // One call looks at so many lines and no more: what is rare is asked for until a page is full, or the log ends.
      const enough = from.entries.length + page_lines;
      do {
        const answer = await ask(wanted, told.next);
        told = { entries: [...told.entries, ...answer.entries], next: answer.next, lookedTo: answer.looked_to, busy: true, error: null };
        if (!alive.current) return;
        setFound(told);
      } while (told.next && told.entries.length < enough);
      setFound({ ...told, busy: false });
    } catch (error) {
      if (alive.current) setFound({ ...told, busy: false, error });
    }
  };
  useEffect(() => { more(found); return () => { alive.current = false; }; }, []);
  const count = found.entries.length;
  return html`
    <p role="status" class="muted">${found.busy ? t('audit.looking', { count, to: found.lookedTo ? date(found.lookedTo) : '' }) : count === 0 ? t('audit.none') : found.next ? t('audit.some', { count }) : t('audit.count', { count })}</p>
    <${Fault} error=${found.error} retry=${() => more(found)} />
    ${count > 0 && html`<${LineList} entries=${found.entries} />`}
    ${!found.busy && found.next && html`<div class="actions"><button type="button" onClick=${() => more(found)}>${t('audit.older')}</button></div>`}`;
}

const line_px = 64;

/** @param {{entries: Entry[]}} properties */
function LineList({ entries }) {
  const scroller = useRef(/** @type {HTMLElement | null} */ (null));
  const held = useRef(entries);
  const list = useRef(/** @type {ReturnType<typeof virtualRows> | null} */ (null));
  held.current = entries;
  useEffect(() => {
    list.current = virtualRows(/** @type {HTMLElement} */ (scroller.current), { rowHeight: line_px, draw: (index) => drawLine(held.current[index]) });
    list.current.refresh(held.current.length);
  }, []);
  useEffect(() => list.current?.refresh(entries.length), [entries]);
  return html`<div class="lines" ref=${scroller} tabindex="0" role="region" aria-label=${t('section.audit')}></div>`;
}

/** @param {Entry} entry */
function drawLine(entry) {
  return el('div', { role: 'listitem', class: 'line' }, el('button', { type: 'button', onclick: () => showLine(entry) },
    el('span', { class: 'head' }, el('time', { datetime: entry.at }, `${date(entry.at)} ${clock(entry.at)}`), el('b', null, t(`action.${entry.action}`)), entry.case ? el('span', { class: 'tag' }, entry.case) : null),
    el('span', { class: 'sentence' }, entry.sentence)));
}

/** @param {Entry} entry */
function showLine(entry) {
  const row = (/** @type {string} */ key, /** @type {string} */ value) => el('div', null, el('dt', null, t(key)), el('dd', null, value || '–'));
  openDialog(t('audit.line', { seq: entry.seq }), (dialog) => [
    el('p', null, entry.sentence),
    el('dl', { class: 'pairs' }, row('audit.at', `${date(entry.at)} ${clock(entry.at)}`), row('audit.operator', entry.operator), row('audit.action', t(`action.${entry.action}`)), row('audit.case', entry.case)),
    el('div', { class: 'actions' },
      entry.operator ? el('a', { class: 'button', href: `#audit?${new URLSearchParams({ operator: entry.operator })}`, onclick: () => dialog.close() }, t('audit.of_operator', { operator: entry.operator })) : null,
      entry.case ? el('a', { class: 'button', href: `#audit?${new URLSearchParams({ case: entry.case })}`, onclick: () => dialog.close() }, t('audit.of_case', { case: entry.case })) : null,
      el('button', { type: 'button', onclick: () => dialog.close() }, t('close'))),
  ]);
}

function Verification() {
  const status = useStatus(60_000);
  const [verdict, setVerdict] = useState(/** @type {{ok: boolean, count: number, first_bad: number | null} | null} */ (null));
  const sending = useSending(async () => { setVerdict(await get('/api/v1/audit/verify')); });
  const checkpoint = status.value?.audit.checkpoint;
  return html`
    <div class="verification">
      <p>${t('audit.verify_lead')} ${checkpoint && html`<span class="muted">${t('audit.checkpoint', { seq: checkpoint.seq, at: `${date(checkpoint.at)} ${clock(checkpoint.at)}` })}</span>`}</p>
      <button type="button" disabled=${sending.busy} onClick=${() => sending.run()}>${sending.busy ? t('audit.verifying') : t('audit.verify')}</button>
      <${Fault} error=${sending.error} />
      ${verdict && html`<p class=${`note ${verdict.ok ? 'good' : 'wrong'}`} role="status"><b>${verdict.ok ? t('audit.ok', { count: verdict.count }) : t('audit.bad', { line: verdict.first_bad ?? 0, count: verdict.count })}</b></p>`}
    </div>`;
}
