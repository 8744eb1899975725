// SPDX-License-Identifier: Apache-2.0
// Taps that wait in this browser for a net (../../script.js keeps and sends them): this page only says so.
import { el, t } from './page.js';

/** @typedef {{refused?: string, undone?: boolean}} Tap */

/** How many wait; none where the browser keeps nothing, or does not answer. @returns {Promise<number>} */
function count() {
  return new Promise((resolve) => {
    setTimeout(() => resolve(0), 1500);   // some private windows never answer
    const asked = window.indexedDB && indexedDB.open('chayan', 1);
    if (!asked) return resolve(0);
    asked.onerror = asked.onblocked = () => resolve(0);
    asked.onupgradeneeded = () => { asked.result.createObjectStore('taps', { keyPath: 'key' }); };
    asked.onsuccess = () => {
      const all = asked.result.transaction('taps').objectStore('taps').getAll();
      all.onsuccess = () => {
        asked.result.close();
        resolve(all.result.filter((/** @type {Tap} */ tap) => !tap.undone).length);
      };
      all.onerror = () => resolve(0);
    };
  });
}

/** A note with the way to where they are sent, or nothing. */
export async function unsent() {
  const waiting = await count();
  return waiting > 0 && el('p', { class: 'note wait', role: 'status' }, t('unsent', { count: waiting }), ' ', el('a', { href: '/' }, t('unsent_send')));
}
