// SPDX-License-Identifier: Apache-2.0
// What the address says: the case, the question, what is open. It stands behind the #, so that no server's log has it, and never holds a name,
// a document, a phone or a plate: person ids, case numbers, places, times and bounds alone.
import { useEffect, useState } from '../common/html.js';

/** @typedef {Record<string, string>} State each member as text; one that is not there is '' by `of` */

const moments = ['from', 'to', 'site_from', 'site_to', 'onset', 'sample', 'known'];

/** @type {State} */
let state = read();
/** Of this step, the second until which a window goes that nobody ended; '' while nobody needed it. A reload begins anew. */
let until = '';
/** @type {Set<() => void>} */
const listeners = new Set();

/** A moment that is none, in an address that was written by hand, is nobody's wish. @returns {State} */
function read() {
  const said = [...new URLSearchParams(location.hash.slice(1))];
  return Object.fromEntries(said.filter(([name, value]) => !moments.includes(name) || !Number.isNaN(Date.parse(value))));
}

export const now = () => state;

/** The members of a question: what stays when only the view changes. */
export const questionMembers = ['index', 'place', 'preset', 'onset', 'sample', 'from', 'to', 'dir', 'deg', 'min', 'by', 'linger', 'cat', 'div', 'evid', 'flags',
  'ident', 'half', 'limit'];

/** The second until which a window goes that nobody ended: of one visit to the question, so that Back finds its answer and a new question means now. */
export function untilNow() {
  if (!until) {
    until = `${new Date().toISOString().slice(0, 19)}Z`;
    history.replaceState({ until }, '');
  }
  return until;
}

/** From here "now" is now. */
export function askAnew() {
  until = '';
  history.replaceState(null, '');
}

/** What only shows an answer in another way, and must show that one. */
const shows_an_answer = ['hand_over', 'curve'];
/** @param {State} after whether it asks what the state so far asks */
const asksTheSame = (after) => (after.view === state.view || shows_an_answer.includes(after.view))
  && ['case', 'known', 'site', 'site_from', 'site_to', ...questionMembers].every((name) => after[name] === state[name]);

/**
 * Goes to a state that differs by these members; '' takes one away. Each is a step that Back undoes, unless it replaces.
 * @param {State} changes @param {{replace?: boolean}} [how]
 */
export function go(changes, { replace = false } = {}) {
  const next = { ...state, ...changes };
  for (const [name, value] of Object.entries(next)) if (!value) delete next[name];
  const hash = `#${new URLSearchParams(next)}`;
  if (hash === location.hash) return;
  if (!asksTheSame(next)) until = '';
  history[replace ? 'replaceState' : 'pushState'](until ? { until } : null, '', location.pathname + location.search + hash);
  state = next;
  listeners.forEach((listener) => listener());
}

// Back and Forward, and links, which come without a moment of their own.
addEventListener('popstate', (event) => {
  const next = read();
  until = event.state?.until ?? (asksTheSame(next) ? until : '');
  state = next;
  listeners.forEach((listener) => listener());
});

/** The address of a state, for links that open beside. @param {State} changes */
export function addressOf(changes) {
  const next = { ...state, ...changes };
  for (const [name, value] of Object.entries(next)) if (!value) delete next[name];
  return `#${new URLSearchParams(next)}`;
}

/** The state, drawn anew at each change. @returns {State} */
export function useAddress() {
  const [, draw] = useState(0);
  useEffect(() => {
    const listener = () => draw((count) => count + 1);
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  }, []);
  return state;
}

/** @param {string | undefined} list */
export const listOf = (list) => (list ? list.split(',') : []);
