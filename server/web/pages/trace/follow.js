// SPDX-License-Identifier: Apache-2.0
// Follow-up: everybody of whom something was said, by state, whose they are; and visits that somebody told of.
import { del, get, path, post } from '../common/api.js';
import { say } from '../common/dom.js';
import { html, useEffect, useState } from '../common/html.js';
import { session } from '../common/session.js';
import { t } from '../common/texts.js';
import { dayAndClock } from '../common/time.js';
import { MarkDialog, markStates, useMarking } from './marking.js';
import { AskForm, Busy, Dialog, Fault, Field, Mark, PlainTable, SaveList, SiteBox, documentOf, fromLocal, span } from './parts.js';
import { go, listOf } from './state.js';
import { forget, learnPeople, learnSites, personOf, useAnswer, useStore } from './store.js';
import { Table, useNarrow } from './table.js';

/** @param {{state: import('./state.js').State}} of */
export function FollowUp({ state }) {
  useStore();
  const narrow = useNarrow();
  const query = { state: state.state, assigned: state.assigned };
  const { data, error, busy } = useAnswer(`marks ${state.case} ${JSON.stringify(query)}`,
    () => get(path`/api/v1/cases/${state.case}/contacts${query}`).then((answer) => {
    learnPeople(answer.contacts.map((/** @type {any} */ row) => row.person));
    return answer;
  }));
  const [picked, setPicked] = useState(/** @type {Set<string>} */ (new Set()));
  const marking = useMarking(state.case);
  const flip = (/** @type {string} */ id) => setPicked((was) => { const next = new Set(was); if (!next.delete(id)) next.add(id); return next; });
  const hasDocuments = Boolean(data?.contacts.some((/** @type {any} */ row) => row.person.document));
  const columns = ['pick', 'name', ...(hasDocuments ? ['document', 'phone'] : []), 'mark', 'assigned', 'note', 'at'].map((key) => ({ key,
    title: t(`column.${key}`), class: key === 'pick' ? 'pick' : '' }));
  const pressed = (/** @type {KeyboardEvent} */ event, /** @type {any} */ row) => {
    const people = picked.size ? [...picked] : [row.person.id];
    const mark = markStates[Number(event.key) - 1];
    if (mark) marking.mark(people, mark);
    else if (event.key === 'a') marking.take(people);
    else if (event.key === 'x' || event.key === ' ') flip(row.person.id);
    else if (event.key === 'i') go({ view: 'contacts', index: row.person.id, place: '' });
    else if (event.key === 't') go({ view: 'trajectory', index: row.person.id });
    else return false;
    return true;
  };
  const people = [...picked];
  return html`<header class="answer-head"><p class="crumb">${t('case')} ${state.case}</p><h1>${t('follow.heading')}</h1></header>
    <div class="tools"><div class="filters">${['', ...markStates].map((one) => html`<button type="button" aria-pressed=${String((state.state ?? '') === one)}
      onClick=${() => go({ state: one })}>${one ? t(`mark.${one}`) : t('all')}${data ? ` ${one ? data.states[one]
      : Object.values(data.states).reduce((/** @type {number} */ sum, /** @type {any} */ more) => sum + more, 0)}` : ''}</button>`)}
        <button type="button" aria-pressed=${String(Boolean(state.assigned))} onClick=${() => go({ assigned: state.assigned ? '' : session?.login ?? '' })}>
          ${t('follow.mine')}</button></div>
      <${SaveList} method="GET" path=${path`/api/v1/cases/${state.case}/contacts${query}`} name=${`${state.case}-follow-up`} />
      ${people.length ? html`<span class="picked" role="status">${t('picked', { count: people.length })}</span>${markStates.map((mark) => html`<button
        type="button" onClick=${() => marking.mark(people, mark)}>${t(`mark.${mark}`)}</button>`)}
        <button type="button" onClick=${() => marking.take(people)}>${t('mark.take')}</button>
          <button type="button" onClick=${() => marking.assign(people)}>${t('mark.assign')}</button><button type="button" onClick=${() => setPicked(new Set())}>
          ${t('picked.none')}</button>` : null}</div>
    <${Fault} error=${error} />${busy ? html`<${Busy} />` : null}
    ${data && !data.contacts.length ? html`<p class="note">${t('follow.none')}</p>` : null}
    ${data?.contacts.length ? html`<${Table} label=${t('follow.heading')} columns=${columns} rows=${data.contacts} rowHeight=${narrow ? 58
      : 32} hidesHead=${narrow} template=${narrow ? '36px 1fr' : `36px 1fr ${hasDocuments ? '1.4fr 1fr ' : ''}90px 100px 2fr 110px`}
      keyOf=${(/** @type {any} */ row) => row.person.id}
      onOpen=${(/** @type {any} */ row) => go({ who: row.person.id })} onKey=${pressed} classOf=${(/** @type {any} */ row) => (picked.has(row.person.id)
        ? 'chosen' : '')}
      draw=${(/** @type {any} */ row) => { const box = html`<div role="gridcell" class="pick"><input type="checkbox" tabindex="-1"
        aria-label=${t('column.pick_one', { name: row.person.name })} checked=${picked.has(row.person.id)} onChange=${() => flip(row.person.id)} /></div>`;
        const link = html`<a href="#" tabindex="-1" onClick=${(/** @type {Event} */ event) => { event.preventDefault(); go({ who: row.person.id }); }}>
          ${row.person.name}</a>`;
        return narrow ? html`${box}<div role="gridcell" class="card"><div class="first"><b>${link}</b> <${Mark} state=${row.state} /></div>
          <div class="second muted">${row.person.phone ?? ''} ${row.assigned ?? ''} ${row.note ?? ''}</div></div>`
        : html`${box}<div role="gridcell">${link}</div>${hasDocuments ? html`<div role="gridcell">${documentOf(row.person)}</div><div role="gridcell">
          ${row.person.phone ?? ''}</div>` : null}<div role="gridcell"><${Mark} state=${row.state} /></div><div role="gridcell">${row.assigned ?? '–'}</div>
          <div role="gridcell">${row.note ?? ''}</div><div role="gridcell">${dayAndClock(row.at)}</div>`; }} />` : null}
    <${MarkDialog} marking=${marking} />`;
}

/** @param {{number: string, person: string, onClose: () => void}} of */
function Tell({ number, person, onClose }) {
  useStore();
  const [site, setSite] = useState('');
  const [whom, setWhom] = useState(person);
  const send = async (/** @type {FormData} */ values) => {
    const note = String(values.get('note')).trim();
    await post(path`/api/v1/cases/${number}/visits`, { person: String(values.get('person')).trim(), site, from: fromLocal(String(values.get('from'))),
      to: fromLocal(String(values.get('to'))), ...(note ? { note } : {}) });
    for (const kind of ['told ', 'trace ', 'trajectory ', 'shared ']) forget(kind);
    say(t('told.done'));
    onClose();
  };
  return html`<${Dialog} heading=${t('told.new')} onClose=${onClose}><p>${t('told.lead')}</p><${AskForm} button=${t('told.tell')} onCancel=${onClose}
    send=${send}>${(/** @type {Error | null} */ error) => html`
    <${Field} label=${t('told.person')} hint=${personOf(whom).name === whom ? '' : personOf(whom).name} error=${error} pointer="/person">${(/** @type {string} */ id) => html`<input id=${id}
      name="person" required value=${whom} autocomplete="off" onInput=${(/** @type {any} */ event) => setWhom(event.target.value.trim())} />`}</${Field}>
    <${Field} label=${t('told.site')} error=${error} pointer="/site">${(/** @type {string} */ id) => html`<${SiteBox} id=${id} value=${site}
      onChoose=${setSite} />`}</${Field}>
    <${Field} label=${t('question.from')} error=${error} pointer="/from">${(/** @type {string} */ id) => html`<input id=${id} name="from" type="datetime-local"
      required />`}</${Field}>
    <${Field} label=${t('question.to')} error=${error} pointer="/to">${(/** @type {string} */ id) => html`<input id=${id} name="to" type="datetime-local"
      required />`}</${Field}>
    <${Field} label=${t('told.note')} hint=${t('told.note_hint')} error=${error} pointer="/note">${(/** @type {string} */ id) => html`<input id=${id}
      name="note" maxlength="200" />`}</${Field}>`}</${AskForm}></${Dialog}>`;
}

/** @param {{state: import('./state.js').State}} of */
export function Told({ state }) {
  const { data, error, busy } = useAnswer(`told ${state.case}`, () => get(path`/api/v1/cases/${state.case}/visits`));
  const [isTelling, setTelling] = useState(false);
  useEffect(() => { if (data) { learnPeople(data.visits.map((/** @type {any} */ visit) => visit.person));
    learnSites(data.visits.map((/** @type {any} */ visit) => visit.site.ref)); } }, [data]);
  const withdraw = async (/** @type {any} */ visit) => {
    await del(path`/api/v1/cases/${state.case}/visits/${visit.id}`).then(() => { for (const kind of ['told ', 'trace ', 'trajectory ', 'shared ']) forget(kind);
      say(t('told.withdrawn')); }, (fault) => say(fault.message, 'wrong'));
  };
  return html`<header class="answer-head"><p class="crumb">${t('case')} ${state.case}</p><div class="title-line"><h1>${t('told.heading')}</h1>
    <button type="button" class="primary" onClick=${() => setTelling(true)}>${t('told.new')} <kbd>n</kbd></button></div></header>
    <p class="muted">${t('told.about')}</p><${Fault} error=${error} />${busy ? html`<${Busy} />` : null}
    ${data && !data.visits.length ? html`<p class="note">${t('told.none')}</p>` : null}
    ${data?.visits.length ? html`<${PlainTable} caption=${t('told.heading')} heads=${[t('column.name'), t('column.site'), t('column.when'), t('told.note'),
      t('told.by'), '']}
      rows=${data.visits.map((/** @type {any} */ visit) => [visit.person.name, visit.site.name, span(visit.from, visit.to), visit.note ?? '',
        `${visit.by} ${dayAndClock(visit.at)}`, html`<button type="button" onClick=${() => withdraw(visit)}>${t('told.withdraw')}</button>`])} />` : null}
    ${isTelling ? html`<${Tell} number=${state.case} person=${state.who || listOf(state.index)[0] || ''} onClose=${() => setTelling(false)} />` : null}`;
}
