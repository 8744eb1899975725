// SPDX-License-Identifier: Apache-2.0
// Places for isolation: how many each takes, how many are in, how many beds are free.
import { forget } from '../common/answers.js';
import { path, post } from '../common/api.js';
import { html, useState } from '../common/html.js';
import { AskForm, Busy, Dialog, Fault, Field, PlainTable } from '../common/parts.js';
import { t } from '../common/texts.js';
import { usePlaces } from './fields.js';

/** @typedef {{ref: string, name: string, capacity?: number, in: number}} Place */

/** @param {Place} place */
function freeOf({ capacity, in: taken }) {
  if (capacity === undefined) return '–';
  return capacity >= taken ? String(capacity - taken) : html`<b class="late">${t('places.over', { count: taken - capacity })}</b>`;
}

/** @param {{place: Place, onClose: () => void}} of */
const Capacity = ({ place, onClose }) => html`<${Dialog} heading=${place.name} onClose=${onClose}><${AskForm} button=${t('save')} onCancel=${onClose}
  send=${async (/** @type {FormData} */ values) => {
    await post(path`/api/v1/isolation/places/${place.ref}`, { capacity: Number(values.get('capacity')) });
    forget('places');
    onClose();
  }}>${(/** @type {Error | null} */ error) => html`<${Field} label=${t('places.capacity')} error=${error}
    pointer="/capacity">${(/** @type {string} */ id) => html`<input
    id=${id} name="capacity" type="number" min="0" max="10000" required defaultValue=${place.capacity ?? ''} autofocus />`}</${Field}>`}</${AskForm}></${Dialog}>`;

export function Places() {
  const { data, error, busy } = usePlaces();
  const [changing, setChanging] = useState(/** @type {Place | null} */ (null));
  if (!data) return html`<${Fault} error=${error} />${busy ? html`<${Busy} />` : null}`;
  if (!data.places.length) return html`<p class="note">${t('places.none')}</p>`;
  return html`<${PlainTable} caption=${t('register.tab.places')} heads=${[t('places.name'), t('places.capacity'), t('places.taken'), t('places.free'), '']}
    numbers=${[1, 2, 3]}
    rows=${data.places.map((/** @type {Place} */ place) => [place.name, place.capacity ?? '–', place.in, freeOf(place), html`<button type="button"
      aria-label=${t('places.change_of', { name: place.name })} onClick=${() => setChanging(place)}>${t('places.change')}</button>`])} />
    ${changing ? html`<${Capacity} place=${changing} onClose=${() => setChanging(null)} />` : null}`;
}
