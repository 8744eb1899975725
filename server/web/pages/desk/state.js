// SPDX-License-Identifier: Apache-2.0
// What the address says: which view, which day and division, which record. It stands behind the #, so that no server's log has it, and names nobody.
import { useEffect, useState } from '../common/html.js';
import { date } from '../common/time.js';

/** @typedef {Record<string, string>} State view, day, division, at, by, tab, id, frozen */

/** @type {Set<() => void>} */
const listeners = new Set();
/** @returns {State} */
const read = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
let state = read();

/** @param {State} changes */
function merged(changes) {
  const next = { ...state, ...changes };
  for (const [name, value] of Object.entries(next)) if (!value) delete next[name];
  return next;
}

/** The address of a state that differs by these members; '' takes one away. @param {State} changes */
export const addressOf = (changes) => `#${new URLSearchParams(merged(changes))}`;

/** Goes there. Each is a step that Back undoes, unless it replaces. @param {State} changes @param {{replace?: boolean}} [how] */
export function go(changes, { replace = false } = {}) {
  const hash = addressOf(changes);
  if (hash === location.hash) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', location.pathname + location.search + hash);
  state = merged(changes);
  listeners.forEach((listener) => listener());
}

addEventListener('popstate', () => { state = read(); listeners.forEach((listener) => listener()); });

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

/** The day that is looked at; the town's today where none is named. @param {State} of */
export const dayOf = ({ day = '' }) => (/^\d{4}-\d\d-\d\d$/.test(day) ? day : date(Date.now()));

/** What another view keeps of this one: the day and the division. @param {string} view */
export const towards = (view) => ({ view, tab: '', id: '', by: '', frozen: '', at: '' });
