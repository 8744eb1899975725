// SPDX-License-Identifier: Apache-2.0
// Who passes together, perhaps in a vehicle: gathered one by one, let through at once.
import { el, fill } from '../common/dom.js';
import { t } from '../common/texts.js';
import { labelled } from './field.js';
import { readPlate } from './subject.js';

/** @typedef {import('./result.js').Passing} Passing */

/** Kept while somebody looks at another view. @type {{people: Passing[], plate: string, heads: string, isOn: boolean}} */
const held = { people: [], plate: '', heads: '', isOn: false };

/** @param {{changed: () => void, back: () => void}} parts changed: its people or whether it is on; back: where the next key belongs */
export function groupBox({ changed, back }) {
  const plate = el('input', { id: 'plate', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', oninput: () => show() });
  const heads = el('input', { id: 'heads', type: 'number', min: 1, max: 60, inputmode: 'numeric', oninput: () => show() });
  const list = el('ul', { class: 'group' }), hint = el('p', { class: 'hint' });
  const element = el('fieldset', { class: 'vehicle', hidden: true }, el('legend', null, t('group.legend')), labelled(t('group.plate'), plate), labelled(t('group.heads'), heads), list, hint);
  [plate.value, heads.value, element.hidden] = [held.plate, held.heads, !held.isOn];

  function show() {
    const { people } = held;
    [held.plate, held.heads] = [plate.value, heads.value];
    fill(list, ...people.map((one, index) => el('li', null, one.label, el('button', { type: 'button', 'aria-label': t('group.remove', { name: one.label }), onclick: () => { people.splice(index, 1); show(); back(); } }, '×'))));
    const wanted = Number(heads.value);
    fill(hint, [wanted > people.length ? t('group.missing', { count: wanted - people.length }) : '', plate.value.trim() && !readPlate(plate.value).isUsual ? t('group.plate_unusual') : ''].filter(Boolean).join(' '));
    changed();
  }
  function empty() {
    held.people = [];
    heads.value = plate.value = '';
    show();
  }

  return {
    element,
    get isOn() { return held.isOn; },
    get count() { return held.people.length; },
    /** Whoever was gathered stays: they may have been switched away by mistake. @param {boolean} isOn */
    turn(isOn) { held.isOn = isOn; element.hidden = !isOn; show(); },
    show,
    /** False: they are in it already. @param {Passing} one */
    add(one) {
      const same = JSON.stringify(one.subject);
      if (held.people.some((other) => JSON.stringify(other.subject) === same)) return false;
      held.people.push(one);
      show();
      return true;
    },
    /** All of them and their plate; then it is empty. */
    take() {
      const taken = { people: held.people, plate: readPlate(plate.value).plate, heads: Math.max(held.people.length, Math.min(60, Math.floor(Number(heads.value)) || 0)) };
      empty();
      return taken;
    },
  };
}
