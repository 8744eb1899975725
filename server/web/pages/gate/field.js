// SPDX-License-Identifier: Apache-2.0
// Pieces of the desk's forms.
import { el } from '../common/dom.js';
import { t } from '../common/texts.js';
import { desk, set } from './state.js';

/** @param {string} words @param {HTMLInputElement} input */
export function labelled(words, input) {
  return el('div', { class: 'field' }, el('label', { for: input.id }, words), input);
}

/** @param {string} words @param {boolean} on @param {(on: boolean) => void} change */
export function toggle(words, on, change) {
  const box = el('input', { type: 'checkbox', checked: on, onchange: () => change(box.checked) });
  return el('label', { class: 'switch' }, box, words);
}

/** Which way they go here. @param {() => void} changed @param {HTMLElement} back where the next key belongs */
export function ways(changed, back) {
  const radio = (/** @type {'in' | 'out' | 'pass'} */ way) => {
    const input = el('input', { type: 'radio', name: 'way', value: way, checked: desk.way === way, onchange: () => { set({ way }); changed(); back.focus(); } });
    return el('label', { class: `way ${way}` }, input, el('span', null, t(`way.${way}`)));
  };
  return el('fieldset', { class: 'ways' }, el('legend', { class: 'only-read' }, t('entry.way')), radio('in'), radio('out'), radio('pass'));
}
