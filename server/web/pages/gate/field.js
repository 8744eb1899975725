// SPDX-License-Identifier: Apache-2.0
// Pieces of the desk's forms.
import { el } from '../common/dom.js';

/** @param {string} words @param {HTMLInputElement} input */
export function labelled(words, input) {
  return el('div', { class: 'field' }, el('label', { for: input.id }, words), input);
}

/** @param {string} words @param {boolean} on @param {(on: boolean) => void} change */
export function toggle(words, on, change) {
  const box = el('input', { type: 'checkbox', checked: on, onchange: () => change(box.checked) });
  return el('label', { class: 'switch' }, box, words);
}
