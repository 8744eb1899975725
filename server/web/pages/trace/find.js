// SPDX-License-Identifier: Apache-2.0
// Finding a person: one box that recognises what was typed, and whom it found. What was typed is in no address and is forgotten with the page.
import { post } from '../common/api.js';
import { html, useEffect, useRef, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { Busy, Fault, documentOf } from './parts.js';
import { kinds, recognise } from './recognise.js';
import { go } from './state.js';
import { learnPeople } from './store.js';
import { Table, useNarrow } from './table.js';

/** @typedef {{text: string, as: string, people: any[] | null, missed: string[], error: Error | null, words: import('./recognise.js').Word[]}} Found `missed`: of
 *   several numbers, those that nobody has */

/** @type {Found} */
let found = { text: '', as: '', people: null, missed: [], error: null, words: [] };
/** @type {Set<() => void>} */
const listeners = new Set();
/** @param {Found} next */
function show(next) {
  found = next;
  listeners.forEach((listener) => listener());
}

function useFound() {
  const [, draw] = useState(0);
  useEffect(() => {
    const listener = () => draw((count) => count + 1);
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  }, []);
  return found;
}

/** Takes one person up: their contacts, the question's bounds as they are. @param {string[]} people */
export const takeUp = (people) => go({ view: 'contacts', index: people.join(','), place: '', who: '' });

/** Puts into the box what somebody began to type elsewhere; the keyboard goes on there. @param {string} text */
export function typeIntoFind(text) {
  const input = /** @type {HTMLInputElement} */ (document.getElementById('find'));
  input.focus();
  input.value = text;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

/**
 * Whom was asked about before is nobody's index meanwhile: what is handed on next is about whom was found.
 * @param {string} number the case @param {string} text @param {string} as
 * @returns {Promise<boolean>} whether there is somebody
 */
export async function find(number, text, as = '') {
  const { searches, words, person } = recognise(text, as);
  if (person) { takeUp([person]); return true; }
  const shown = { text, as, people: null, missed: [], error: null, words };
  show(shown);
  go({ view: 'find', who: '', index: '', place: '' });
  try {
    const answers = await Promise.all(searches.map(({ body }) => post('/api/v1/people/search', { case: number, ...body })));
    const people = [...new Map(answers.flatMap((answer) => answer.people).map((/** @type {any} */ one) => [one.id, one])).values()];
    learnPeople(people);
    if (found.text !== text) return true;   // something else was asked meanwhile
    const missed = searches.filter((_, at) => !answers[at].people.length).map((one) => one.text);
    show({ ...shown, people, missed: searches.length > 1 ? missed : [] });
    if (people.length === 1 && searches.length === 1) go({ view: 'contacts', index: people[0].id, place: '' }, { replace: true });
    return people.length > 0;
  } catch (error) {
    show({ ...shown, error: /** @type {Error} */ (error) });
    return false;
  }
}

/** What may be wrong with a word, or what it was taken for. @param {import('./recognise.js').Word} word */
const toldOf = (word) => (word.fault === 'digits' ? t('find.digits', { count: word.digits }) : word.fault ? t('find.wrong_id') : t('find.as',
  { kind: t(`find.kind.${word.kind}`) }));

/** @param {{number: string}} of */
export function FindBox({ number }) {
  const [text, setText] = useState('');
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const { words } = text.trim() ? recognise(text) : { words: [] };
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!text.trim()) return;
    if (!number) { go({ view: 'cases' }); return; }
    const wanted = text;
    setText('');
    input.current?.blur();
    // What was mistyped is mended, not typed again.
    find(number, wanted).then((isFound) => { if (!isFound && !input.current?.value) { typeIntoFind(wanted); input.current?.select(); } });
  };
  return html`<form class="find" role="search" onSubmit=${submit}><label class="only-read" for="find">${t('find.label')}</label>
    <input id="find" ref=${input} type="search" autocomplete="off" spellcheck=${false} placeholder=${number ? t('find.placeholder') : t('find.no_case')}
      value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)} aria-describedby="find-kind"
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === 'Escape') { setText(''); input.current?.blur(); } }} />
    <span id="find-kind" class="kind" aria-live="polite">${words.map(toldOf).join('、')}</span></form>`;
}

/** @param {{state: import('./state.js').State}} of */
export function Results({ state }) {
  const { text, people, missed, error, words } = useFound();
  const narrow = useNarrow();
  if (!text) return html`<h1>${t('find.heading')}</h1><p class="note">${t('find.not_kept')}</p>`;
  const columns = ['name', 'document', 'phone'].map((key) => ({ key, title: t(`column.${key}`) }));
  return html`<h1>${t('find.heading')}</h1>
    <p class="muted">${t('find.recognised', { kinds: words.map((word) => t(`find.kind.${word.kind}`)).join('、') })}
      <label>${t('find.instead')} <select onChange=${(/** @type {any} */ event) => find(state.case, text, event.target.value)}><option value="">–</option>
        ${kinds.filter((kind) => kind !== 'person').map((kind) => html`<option value=${kind}>${t(`find.kind.${kind}`)}</option>`)}</select></label></p>
    ${words.filter((word) => word.fault).map((word) => html`<p class="note wait">${toldOf(word)}</p>`)}
    ${people?.length && missed.length ? html`<p class="note wait">${t('find.missed', { numbers: missed.join('、') })}</p>` : null}
    <${Fault} error=${error} />${!people && !error ? html`<${Busy} />` : null}
    ${people && !people.length ? html`<p class="note">${t('find.nobody')}</p>` : null}
    ${people?.length ? html`<p>${t('find.count', { count: people.length })} ${people.length <= 40 ? html`<button type="button" onClick=${() =>
      takeUp(people.map((person) => person.id))}>${t('find.all')}</button>` : null}</p>
      <${Table} label=${t('find.heading')} columns=${columns} rows=${people} rowHeight=${narrow ? 58 : 32} hidesHead=${narrow} template=${narrow ? '1fr'
        : '1fr 1.4fr 1fr'} keyOf=${(/** @type {any} */ person) => person.id}
        onOpen=${(/** @type {any} */ person) => takeUp([person.id])} onKey=${(/** @type {KeyboardEvent} */ event,
          /** @type {any} */ person) => { if (event.key === 't') go({ view: 'trajectory', index: person.id });
          else if (event.key === 'o') go({ who: person.id }); else return false; return true; }}
        draw=${(/** @type {any} */ person) => { const link = html`<a href="#" tabindex="-1" onClick=${(/** @type {Event} */ event) => { event.preventDefault();
          takeUp([person.id]); }}>${person.name}</a>`;
          return narrow ? html`<div role="gridcell" class="card"><div class="first"><b>${link}</b></div><div class="second muted">
            ${documentOf(person)} · ${person.phone ?? ''}</div></div>`
          : html`<div role="gridcell">${link}</div><div role="gridcell">${documentOf(person)}</div><div role="gridcell">${person.phone ?? ''}</div>`; }} />`
            : null}`;
}
