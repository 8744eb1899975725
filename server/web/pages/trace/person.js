// SPDX-License-Identifier: Apache-2.0
// One person beside the list: masked, shown in full for a reason, how far followed up, what statements they are made of and how to part them.
import { get, path, post } from '../common/api.js';
import { say } from '../common/dom.js';
import { html, useEffect, useRef, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock } from '../common/time.js';
import { MarkDialog, markStates, useMarking } from './marking.js';
import { AskForm, Busy, Dialog, Fault, Field, Mark, documentOf } from './parts.js';
import { go, listOf } from './state.js';
import { forget, personOf, tellPeople, useAnswer, useStore } from './store.js';

export const fields = ['name', 'document', 'phone', 'address', 'workplace', 'birth', 'division'];

/** Boxes for what is to be shown in full. @param {{chosen: string[]}} of */
export const FieldBoxes = ({ chosen }) => html`<fieldset class="boxes"><legend>${t('fields')}</legend>${fields.map((field) => html`<label><input type="checkbox"
  name="fields" value=${field} defaultChecked=${chosen.includes(field)} /> ${t(`field.${field}`)}</label>`)}</fieldset>`;

/** @param {{number: string, id: string, onDone: (person: any) => void, onClose: () => void}} of */
function Reveal({ number, id, onDone, onClose }) {
  const send = async (/** @type {FormData} */ values) => {
    const { person } = await post(path`/api/v1/people/${id}/reveal`, { case: number, fields: values.getAll('fields'),
      reason: String(values.get('reason')).trim() });
    onDone(person);
    onClose();
  };
  return html`<${Dialog} heading=${t('reveal.heading', { name: personOf(id).name })} onClose=${onClose}><p>${t('reveal.lead')}</p>
    <${AskForm} button=${t('reveal.button')} onCancel=${onClose} send=${send}>${(/** @type {Error | null} */ error) => html`<${FieldBoxes} chosen=${['name',
      'document', 'phone']} />
    <${Field} label=${t('reason')} hint=${t('reveal.reason_hint')} error=${error} pointer="/reason">${(/** @type {string} */ field) => html`<input id=${field}
      name="reason" required maxlength="200" autofocus autocomplete="off" />`}</${Field}>`}</${AskForm}></${Dialog}>`;
}

/** @param {{number: string, id: string, marking: import('./marking.js').Marking}} of */
function Marks({ number, id, marking }) {
  useStore();
  const { data, error } = useAnswer(`marks ${number} ${id}`,
    () => get(path`/api/v1/cases/${number}/contacts/${id}`).catch((fault) => { if (fault.status === 404) return { marks: [] }; throw fault; }));
  const newest = data?.marks[data.marks.length - 1];
  const note = async (/** @type {FormData} */ values, /** @type {HTMLFormElement} */ form) => {
    await marking.note([id], newest?.state ?? 'to_call', String(values.get('note')).trim());
    form.reset();
  };
  return html`<section><h3>${t('person.marks')} <${Mark} state=${newest?.state} /></h3><${Fault} error=${error} />
    <div class="actions tight">${markStates.map((state, at) => html`<button type="button" aria-pressed=${String(newest?.state === state)} onClick=${() =>
      marking.mark([id], state)}>${t(`mark.${state}`)} <kbd>${at + 1}</kbd></button>`)}<button type="button" onClick=${() => marking.take([id])}>
      ${t('mark.take')} <kbd>a</kbd></button>
          <button type="button" onClick=${() => marking.assign([id])}>${t('mark.assign')}</button></div>
    <${AskForm} class="inline" button=${t('mark.note')} send=${note}>${() => html`<input name="note" required maxlength="200" aria-label=${t('mark.note_label')}
      placeholder=${t('mark.note_label')} autocomplete="off" />`}</${AskForm}>
    <ol class="history">${[...(data?.marks ?? [])].reverse().map((one) => html`<li>
      <${Mark} state=${one.state} /> ${dayAndClock(one.at)} · ${one.by}${one.assigned ? ` · ${t('mark.assigned', { login: one.assigned })}` : ''}${one.note
      ? html`<div>${one.note}</div>` : null}</li>`)}</ol></section>`;
}

/** @param {{number: string, id: string}} of */
function Statements({ number, id }) {
  const { data, error, busy } = useAnswer(`history ${number} ${id}`, () => get(path`/api/v1/people/${id}/history${{ case: number }}`));
  const [isParting, setParting] = useState(false);
  const send = async (/** @type {FormData} */ values) => {
    const made = await post(path`/api/v1/people/${id}/split`, { registrations: values.getAll('registration'), reason: String(values.get('reason')).trim() });
    say(t('split.done'));
    for (const kind of ['history ', 'trace ', 'trajectory ', 'reviews ', 'passages ', 'reviews-count']) forget(kind);
    setParting(false);
    go({ who: made.person });
  };
  if (busy) return html`<${Busy} />`;
  return html`<section><h3>${t('person.statements', { count: data?.registrations.length ?? 0 })}</h3><${Fault} error=${error} />
    ${data ? html`<ul class="statements">${data.registrations.map((/** @type {any} */ one) => html`<li><b>${one.name}</b> ${documentOf(one)} ${one.phone ?? ''}
      <div class="muted">${t(`source.${one.source}`)} · ${dayAndClock(one.at)}${one.seen ? ` · ${t('statement.seen')}` : ''}${one.corrected
      ? ` · ${t('statement.corrected')}` : ''}${one.joined_by ? html`<div>${t('statement.joined', { why: one.joined_by })}</div>` : null}</div></li>`)}</ul>
      ${data.events.length ? html`<ol class="history">${data.events.map((/** @type {any} */ one) => html`<li>
        ${t(`event.${one.kind}`)} · ${dayAndClock(one.at)}${one.by ? ` · ${one.by}` : ''}<div class="muted">${one.note ?? one.reason}</div></li>`)}</ol>`
        : null}
      <div class="actions tight">${data.open_reviews.length ? html`<button type="button" onClick=${() => go({ view: 'reviews', about: id, who: '' })}>
        ${t('person.reviews', { count: data.open_reviews.length })}</button>` : null}
      ${data.registrations.length > 1 ? html`<button type="button" onClick=${() => setParting(true)}>${t('split.open')}</button>` : null}</div>` : null}
    ${isParting ? html`<${Dialog} heading=${t('split.heading')} onClose=${() => setParting(false)}><p>${t('split.lead')}</p>
      <${AskForm} button=${t('split.button')} onCancel=${() => setParting(false)} send=${send}>${(/** @type {Error | null} */ fault) => html`
      <fieldset class="boxes tall"><legend>${t('split.which')}</legend>${data.registrations.map((/** @type {any} */ one) => html`<label><input type="checkbox"
        name="registration" value=${one.registration} /> ${one.name} ${documentOf(one)} ${one.phone ?? ''} · ${t(`source.${one.source}`)} ${dayAndClock(one.at)}
        </label>`)}</fieldset>
      <${Field} label=${t('reason')} error=${fault} pointer="/reason">${(/** @type {string} */ field) => html`<input id=${field} name="reason" required
        maxlength="200" />`}</${Field}>`}</${AskForm}></${Dialog}>` : null}</section>`;
}

/** @param {{state: import('./state.js').State}} of */
export function PersonCard({ state }) {
  useStore();
  const id = state.who;
  const number = state.case;
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const [isRevealing, setRevealing] = useState(false);
  const [full, setFull] = useState(/** @type {any} */ (null));   // for as long as this card is open, and nowhere else
  const history = useAnswer(`history ${number} ${id}`, () => get(path`/api/v1/people/${id}/history${{ case: number }}`));
  useEffect(() => { setFull(null); setRevealing(false); place.current?.focus(); }, [id]);
  useEffect(() => {
    const newest = history.data?.registrations[history.data.registrations.length - 1];
    if (newest && !personOf(id).document) tellPeople([{ id, name: newest.name, document: newest.document, phone: newest.phone }]);
  }, [history.data]);
  const person = full ?? personOf(id);
  const index = listOf(state.index);
  const marking = useMarking(number);
  const close = () => { go({ who: '' }); /** @type {HTMLElement | null} */ (document.querySelector('.table'))?.focus(); };
  /** @type {Record<string, () => void>} */
  const keys = { Escape: close, v: () => setRevealing(true), i: () => go({ view: 'contacts', index: id, place: '', who: '' }), t: () => go({ view: 'trajectory',
    index: id, who: '' }), a: () => marking.take([id]) };
  markStates.forEach((mark, at) => { keys[String(at + 1)] = () => marking.mark([id], mark); });
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    const isTyping = /** @type {HTMLElement} */ (event.target).closest('input, textarea, select, dialog');
    if ((isTyping && event.key !== 'Escape') || document.querySelector('dialog[open]') || !keys[event.key] || event.ctrlKey || event.metaKey
      || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  };
  return html`<aside class="person" aria-label=${t('person.label')} ref=${place} tabindex="-1" onKeyDown=${pressed}>
    <header><h2>${personOf(id).name}</h2><button type="button" onClick=${close}>${t('close')} <kbd>Esc</kbd></button></header>
    <dl>${[['name', person.name], ['document', documentOf(person)], ['phone', person.phone], ['birth', [person.birth_date, person.sex ? t(`sex.${person.sex}`)
      : ''].filter(Boolean).join(' ')], ['division', person.division], ['address', person.address], ['workplace', person.workplace]]
      .filter(([, value]) => value).map(([name, value]) => html`<dt>${t(`field.${name}`)}</dt><dd class=${full ? 'full' : ''}>${value}</dd>`)}<dt>
        ${t('person.id')}</dt><dd>${id}</dd></dl>
    ${full ? html`<p class="note wait">${t('reveal.shown')} <button type="button" onClick=${() => setFull(null)}>${t('reveal.hide')}</button></p>`
      : html`<button type="button" onClick=${() => setRevealing(true)}>${t('reveal.open')} <kbd>v</kbd></button>`}
    <div class="actions tight"><button type="button" class="primary" onClick=${() => go({ view: 'contacts', index: id, place: '', who: '' })}>
      ${t('person.contacts')} <kbd>i</kbd></button>
      <button type="button" onClick=${() => go({ view: 'trajectory', index: id, who: '' })}>${t('person.trajectory')} <kbd>t</kbd></button>
      ${index.length && !index.includes(id) ? html`<button type="button" onClick=${() => go({ index: [...index, id].join(',') })}>${t('person.add_index')}
        </button>` : null}</div>
    <${Marks} number=${number} id=${id} marking=${marking} key=${`marks ${id}`} /><${Statements} number=${number} id=${id} key=${`statements ${id}`} />
    ${isRevealing ? html`<${Reveal} number=${number} id=${id} onDone=${setFull} onClose=${() => setRevealing(false)} />` : null}<${MarkDialog}
      marking=${marking} /></aside>`;
}
