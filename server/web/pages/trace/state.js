// SPDX-License-Identifier: Apache-2.0
// What the address says: the case, the question, what is open. It stands behind the #, so that no server's log has it, and never holds a name,
// a document, a phone or a plate: person ids, case numbers, places, times and bounds alone.
import { useEffect, useState } from '../common/html.js';

/** @typedef {Record<string, string>} State each member as text; one that is not there is '' by `of` */

/** @type {State} */
let state = read();
/** @type {Set<() => void>} */
const listeners = new Set();

/** @returns {State} */
function read() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

export const now = () => state;

/** The members of a question: what stays when only the view changes. */
export const questionMembers = ['index', 'place', 'preset', 'onset', 'sample', 'from', 'to', 'dir', 'deg', 'min', 'by', 'linger', 'cat', 'div', 'evid', 'flags',
  'ident', 'half', 'limit'];

/**
 * Goes to a state that differs by these members; '' takes one away. Each is a step that Back undoes, unless it replaces.
 * @param {State} changes @param {{replace?: boolean}} [how]
 */
export function go(changes, { replace = false } = {}) {
  const next = { ...state, ...changes };
  for (const [name, value] of Object.entries(next)) if (!value) delete next[name];
  const hash = `#${new URLSearchParams(next)}`;
  if (hash === location.hash) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', location.pathname + location.search + hash);
  state = next;
  listeners.forEach((listener) => listener());
}

addEventListener('popstate', () => {
  state = read();
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
