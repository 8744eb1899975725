// SPDX-License-Identifier: Apache-2.0
// Saying how far somebody was followed up, from whichever list.
import { say } from '../common/dom.js';
import { html, useState } from '../common/html.js';
import { session } from '../common/session.js';
import { t } from '../common/texts.js';
import { AskForm, Dialog, Field } from './parts.js';
import { markPeople } from './store.js';

/** By the keys 1 to 4. */
export const markStates = ['to_call', 'reached', 'not_contact', 'isolated'];

/**
 * @typedef {{
 * waits: {people: string[], state: string} | null, mark: (people: string[], state: string) => void, take: (people: string[]) => void, assign: (people:
 *   string[]) => void,
 *   note: (people: string[], state: string, note: string) => Promise<void>, assignTo: (people: string[], login: string) => Promise<void>, leave: () => void,
 * }} Marking
 */

/** @param {string} number the case @returns {Marking} */
export function useMarking(number) {
  const [waits, setWaits] = useState(/** @type {{people: string[], state: string} | null} */ (null));
  const send = async (/** @type {any[]} */ wishes) => {
    const { done, refused } = await markPeople(number, wishes);
    if (done) say(t('mark.done', { count: done }));
    refused.forEach((sentence) => say(sentence, 'wrong'));
  };
  const tell = (/** @type {any[]} */ wishes) => { send(wishes).catch((error) => say(error.message, 'wrong')); };
  return {
    waits,
    mark(people, state) {
      if (state === 'not_contact') setWaits({ people, state });   // why is needed: another office will ask
      else tell(people.map((person) => ({ person, state })));
    },
    assign(people) { setWaits({ people, state: 'assign' }); },
    take(people) { tell(people.map((person) => ({ person, assigned: session?.login ?? null }))); },
    async note(people, state, note) {
      await send(people.map((person) => ({ person, state, note })));
      setWaits(null);
    },
    async assignTo(people, login) {
      await send(people.map((person) => ({ person, assigned: login || null })));
      setWaits(null);
    },
    leave() { setWaits(null); },
  };
}

/** Why somebody is no contact, or whose they are. @param {{marking: Marking}} of */
export function MarkDialog({ marking }) {
  const { waits } = marking;
  if (!waits) return null;
  const { people, state } = waits;
  if (state === 'assign') {
    return html`<${Dialog} heading=${t('mark.assign_heading', { count: people.length })} onClose=${marking.leave}>
      <${AskForm} button=${t('save')} onCancel=${marking.leave} send=${(/** @type {FormData} */ values) => marking.assignTo(people,
        String(values.get('login')).trim())}>
      ${() => html`<${Field} label=${t('mark.assign_login')} hint=${t('mark.assign_hint')}>
        ${(/** @type {string} */ id) => html`<input id=${id} name="login" autocapitalize="none" autocomplete="off" autofocus />`}</${Field}>`}</${AskForm}>
          </${Dialog}>`;
  }
  return html`<${Dialog} heading=${t('mark.why_heading', { count: people.length })} onClose=${marking.leave}>
    <${AskForm} button=${t('mark.not_contact')} onCancel=${marking.leave} send=${(/** @type {FormData} */ values) => marking.note(people, state,
      String(values.get('note')))}>
    ${() => html`<${Field} label=${t('mark.why')}>${(/** @type {string} */ id) => html`<input id=${id} name="note" required maxlength="200" autofocus />`}
      </${Field}>`}
    </${AskForm}></${Dialog}>`;
}
