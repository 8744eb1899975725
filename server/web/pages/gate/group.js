// SPDX-License-Identifier: Apache-2.0
// Who passes together, perhaps in a vehicle: gathered one by one, let through at once.
import { el, fill } from '../common/dom.js';
import { t } from '../common/texts.js';
import { labelled } from './field.js';
import { readPlate } from './subject.js';

/** @typedef {import('./result.js').Passing} Passing */

/** @param {{changed: () => void, back: () => void}} parts changed: its people or whether it is on; back: where the next key belongs */
export function groupBox({ changed, back }) {
  const plate = el('input', { id: 'plate', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', oninput: () => show() });
  const heads = el('input', { id: 'heads', type: 'number', min: 1, max: 60, inputmode: 'numeric', oninput: () => show() });
  const list = el('ul', { class: 'group' }), hint = el('p', { class: 'hint' });
  const element = el('fieldset', { class: 'vehicle', hidden: true }, el('legend', null, t('group.legend')), labelled(t('group.plate'), plate), labelled(t('group.heads'), heads), list, hint);
  /** @type {Passing[]} */
  let people = [];

  function show() {
    fill(list, ...people.map((one, index) => el('li', null, one.label, el('button', { type: 'button', 'aria-label': t('group.remove', { name: one.label }), onclick: () => { people.splice(index, 1); show(); back(); } }, '×'))));
    const wanted = Number(heads.value);
    fill(hint, [wanted > people.length ? t('group.missing', { count: wanted - people.length }) : '', plate.value.trim() && !readPlate(plate.value).isUsual ? t('group.plate_unusual') : ''].filter(Boolean).join(' '));
    changed();
  }
  function empty() {
    people = [];
    heads.value = plate.value = '';
    show();
  }

  return {
    element,
    get isOn() { return !element.hidden; },
    get count() { return people.length; },
    /** @param {boolean} isOn */
    turn(isOn) { element.hidden = !isOn; people = []; show(); },
    /** @param {Passing} one */
    add(one) { people.push(one); show(); },
    /** All of them and their plate; then it is empty. */
    take() {
      const taken = { people, plate: readPlate(plate.value).plate };
      empty();
      return taken;
    },
    empty,
  };
}
