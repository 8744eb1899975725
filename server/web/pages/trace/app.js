// SPDX-License-Identifier: Apache-2.0
// What stands where: the views beside, the one that the address names, the person who is looked at; keys that work everywhere.
import { get } from '../common/api.js';
import { html, useEffect, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock } from '../common/time.js';
import { Cases, enterCase, lastCase, useCase, useCases } from './cases.js';
import { Contacts, keptTrace } from './contacts.js';
import { Curve } from './curve.js';
import { FindBox, Results, typeIntoFind } from './find.js';
import { FollowUp, Told } from './follow.js';
import { HandOver } from './hand_over.js';
import { Help } from './help.js';
import { Alerts, Ledger } from './ledger.js';
import { AskForm, Dialog, Field, fromLocal, toLocal } from './parts.js';
import { Passages } from './passages.js';
import { PersonCard } from './person.js';
import { Questions } from './questions.js';
import { Reviews } from './reviews.js';
import { Shared } from './shared.js';
import { addressOf, askAnew, go, listOf, now, useAddress } from './state.js';
import { forget, useAnswer, useStore } from './store.js';
import { Trajectory } from './trajectory.js';

/** By the letter after g. @type {[string, string, string][]} letter, view, group */
export const views = [
  ['c', 'contacts', 'case'], ['t', 'trajectory', 'case'], ['p', 'passages', 'case'], ['s', 'shared', 'case'], ['e', 'curve', 'case'],
  ['f', 'follow', 'follow'], ['v', 'told', 'follow'], ['q', 'questions', 'follow'], ['r', 'reviews', 'identity'], ['l', 'ledger', 'ledger'], ['a', 'alerts', 'ledger'],
  ['h', 'hand_over', 'out'],
];

const drawn = { contacts: Contacts, trajectory: Trajectory, passages: Passages, shared: Shared, follow: FollowUp, told: Told, questions: Questions,
  reviews: Reviews, hand_over: HandOver, find: Results, ledger: Ledger, alerts: Alerts };

/** Views that are of no case. */
const caseless = ['reviews', 'ledger', 'alerts'];

export function BarBox() {
  const state = useAddress();
  return html`<${FindBox} number=${state.case ?? ''} />`;
}

/** The view that the address means. @param {import('./state.js').State} state */
const viewOf = (state) => (caseless.includes(state.view) ? state.view : !state.case ? 'cases' : state.view || 'start');

/** What a view keeps of another's members: the case, whom and what it is asked about. @param {string} view @returns {import('./state.js').State} */
const towards = (view) => ({ view, tab: '', who: '', state: '', cursor: '', about: '', assigned: '', list: '', what: now().view === 'trajectory'
  || now().view === 'passages' ? /** @type {string} */ (now().view) : '' });

/**
 * How many stand behind each view, of what is known without asking a question.
 * @param {import('./state.js').State} state
 * @returns {Record<string, number | undefined>}
 */
function useCounts(state) {
  useStore();
  const shown = useCase(state.case);
  const reviews = useAnswer('reviews-count', () => get('/api/v1/reviews?limit=1'));
  const answer = state.view === 'contacts' || state.index || state.place ? keptTrace(state)?.data : undefined;
  const marks = shown.data?.contacts;
  return { contacts: answer?.contacts.filter((/** @type {any} */ row) => row.degree === 1).length, reviews: reviews.data?.count, follow: marks
    ? marks.to_call + marks.reached + marks.isolated + marks.not_contact : undefined, to_call: marks?.to_call };
}

/** @param {{state: import('./state.js').State, onHelp: () => void}} of */
function Menu({ state, onHelp }) {
  const counts = useCounts(state);
  const view = viewOf(state);
  const groups = ['case', 'follow', 'identity', 'ledger', 'out'];
  const link = (/** @type {string} */ name, /** @type {string} */ letter) => html`<a href=${addressOf(towards(name))} aria-current=${view === name ? 'page'
    : undefined}><span>${t(`view.${name}`)} <kbd>g ${letter}</kbd></span>${counts[name] === undefined ? null : html`<b>${counts[name]}</b>`}</a>`;
  return html`<nav class="menu" aria-label=${t('menu')}>
    <a href=${addressOf({ ...towards('cases'), case: '', known: '' })} aria-current=${view === 'cases' ? 'page' : undefined}><span>
      ${t('view.cases')} <kbd>g g</kbd></span></a>
    ${groups.map((group) => (group === 'identity' || group === 'ledger' || state.case ? html`<h2>${group === 'case' ? html`${t('case')} ${state.case}` : t(`menu.${group}`)}</h2>
      ${views.filter(([, , of]) => of === group).map(([letter, name]) => link(name, letter))}` : null))}
    <button type="button" onClick=${onHelp}>${t('help.open')} <kbd>?</kbd></button></nav>`;
}

/** All questions as known at a past moment. @param {{state: import('./state.js').State}} of */
function Known({ state }) {
  const [isAsking, setAsking] = useState(false);
  const set = async (/** @type {FormData} */ values) => { askAnew(); go({ known: fromLocal(String(values.get('known'))) }); setAsking(false); };
  return html`${state.known ? html`<div class="note wait known" role="status"><b>${t('known.banner', { at: dayAndClock(state.known) })}
    </b> ${t('known.means')} <button type="button" onClick=${() => setAsking(true)}>${t('known.change')}</button> <button type="button" onClick=${() =>
    go({ known: '' })}>${t('known.end')}</button></div>`
    : state.case ? html`<button type="button" class="known-open" onClick=${() => setAsking(true)}>${t('known.open')}</button>` : null}
    ${isAsking ? html`<${Dialog} heading=${t('known.heading')} onClose=${() => setAsking(false)}><p>${t('known.lead')}</p><${AskForm} button=${t('known.set')}
      onCancel=${() => setAsking(false)} send=${set}>${() => html`
      <${Field} label=${t('known.at')}>${(/** @type {string} */ id) => html`<input id=${id} type="datetime-local" name="known" required
        defaultValue=${toLocal(state.known)} autofocus />`}</${Field}>`}</${AskForm}></${Dialog}>` : null}`;
}

/** A case's first page: what can be done next. @param {{state: import('./state.js').State}} of */
function Start({ state }) {
  const { data } = useCase(state.case);
  useEffect(() => { document.getElementById('find')?.focus(); }, []);   // whoever has just logged in begins by typing
  return html`<header class="answer-head"><p class="crumb">${t('case')} ${state.case}</p><h1>${data?.title ?? state.case}</h1>${data ? html`<p class="muted">
    ${data.purpose} · ${t(`cases.state.${data.state}`)}</p>` : null}</header>
    <p class="note">${t('start.lead')}</p>`;
}

/** Digits that are struck faster are a number that somebody types or a card reader sends, not marks. */
const run_ms = 300;

/** Are keys for what has them now? @param {KeyboardEvent} event */
const isTyping = (event) => event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')
  || /** @type {HTMLElement} */ (event.target).closest('input:not([type=checkbox]), textarea, select');

/**
 * Before the lists see a key: a run of digits goes to the box that finds, and one digit, by which lists mark, waits for whether a second comes.
 * @param {string} [number] the case
 */
function useDigits(number) {
  useEffect(() => {
    let digit = '', timer = 0;
    /** @type {EventTarget | null} */
    let target = null;
    const release = () => {
      clearTimeout(timer);
      const key = digit;
      digit = '';
      if (key) target?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    };
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      if (!event.isTrusted) return;   // one of ours
      if (isTyping(event) || !/^\d$/.test(event.key)) { release(); return; }
      event.preventDefault();
      event.stopPropagation();
      if (digit) {
        clearTimeout(timer);
        typeIntoFind(digit + event.key);
        digit = '';
        return;
      }
      [digit, target] = [event.key, event.target];
      timer = setTimeout(release, run_ms);
    };
    document.addEventListener('keydown', pressed, true);
    document.addEventListener('pointerdown', release, true);   // the mouse comes after what was struck before
    return () => { clearTimeout(timer); document.removeEventListener('keydown', pressed, true); document.removeEventListener('pointerdown', release, true); };
  }, [number]);
}

/** @param {import('./state.js').State} state @param {{onMake: () => void, onHelp: () => void, onClose: () => boolean}} acts */
function useKeys(state, { onMake, onHelp, onClose }) {
  useEffect(() => {
    let isGoing = false;
    // The letter after g is no list's, whatever has the keyboard: g t is the index person's way, t the row's.
    const chord = (/** @type {KeyboardEvent} */ event) => {
      if (!isGoing) return;
      isGoing = false;
      if (isTyping(event)) return;
      event.preventDefault();
      event.stopPropagation();
      const view = event.key === 'g' ? 'cases' : views.find(([letter]) => letter === event.key)?.[1];
      if (view === 'cases') go({ ...towards('cases'), case: '', known: '' });
      else if (view && (state.case || caseless.includes(view))) go(towards(view));
    };
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      if (isTyping(event)) return;
      if (event.key === 'g') isGoing = true;
      else if (event.key === '/') document.getElementById('find')?.focus();
      else if (event.key === '?') onHelp();
      else if (event.key === 'n' && viewOf(state) === 'cases') onMake();
      else if (event.key === 'n' && state.view === 'told') /** @type {HTMLElement | null} */ (document.querySelector('.title-line button.primary'))?.click();
      else if (event.key === 'e' && state.case) go(towards('hand_over'));
      else if (event.key === 'r' && state.view === 'contacts') { askAnew(); forget('trace '); }
      else if (event.key === 'Escape' && onClose()) { /* closed */ } else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', chord, true);
    document.addEventListener('keydown', pressed);
    return () => { document.removeEventListener('keydown', chord, true); document.removeEventListener('keydown', pressed); };
  }, [state]);
}

export function App() {
  const state = useAddress();
  const cases = useCases();
  const [isMaking, setMaking] = useState(false);
  const [isHelping, setHelping] = useState(false);
  const [isMenuOpen, setMenuOpen] = useState(false);
  useDigits(state.case);
  useKeys(state, { onMake: () => setMaking(true), onHelp: () => setHelping(true), onClose: () => { const was = Boolean(state.who); if (was) go({ who: '' });
    return was; } });
  // A tracer who comes back goes on where it was, if that case may still be asked in; with one open case there is nothing to choose.
  useEffect(() => {
    if (!cases.data || state.case || state.view) return;
    const open = cases.data.cases.filter((/** @type {any} */ one) => one.state === 'open');
    const last = open.find((/** @type {any} */ one) => one.number === lastCase()) ?? (open.length === 1 ? open[0] : null);
    if (last) enterCase(last.number, true);
  }, [cases.data]);
  useEffect(() => { setMenuOpen(false); }, [state]);
  const view = viewOf(state);
  const View = /** @type {any} */ (drawn)[view];
  return html`<button type="button" class="menu-open" aria-expanded=${String(isMenuOpen)} onClick=${() => setMenuOpen(!isMenuOpen)}>☰ ${state.case
    ? `${state.case} · ` : ''}${t(`view.${view}`)}</button>
    <div class=${isMenuOpen ? 'side open' : 'side'}><${Menu} state=${state} onHelp=${() => setHelping(true)} /></div>
    <main id="main" class=${`view-${view}`} tabindex="-1"><${Known} state=${state} />
      ${view === 'cases' ? html`<${Cases} isMaking=${isMaking} onMake=${setMaking} />` : view === 'start' ? html`<${Start} state=${state} />`
      : view === 'curve' ? html`<header class="answer-head"><p class="crumb">${t('case')} ${state.case}</p><h1>${t('view.curve')}</h1></header>
        <${Curve} state=${state} contacts=${listOf(state.index).length || state.place ? keptTrace(state)?.data.contacts ?? none : none} />`
      : View ? html`<${View} state=${state} key=${view} />` : html`<${Start} state=${state} />`}</main>
    ${state.who && state.case ? html`<${PersonCard} state=${state} />` : null}
    ${isHelping ? html`<${Help} onClose=${() => setHelping(false)} />` : null}`;
}

/** @type {any[]} */
const none = [];
