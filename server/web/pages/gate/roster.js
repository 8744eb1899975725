// SPDX-License-Identifier: Apache-2.0
// Who is at home here, by the letters with which their names begin as they sound: one letter, then the person. What was looked up is kept in memory until the page is closed.
import { post } from '../common/api.js';
import { el, fill } from '../common/dom.js';
import { t } from '../common/texts.js';
import { reachOf } from './queue.js';
import { site } from './state.js';

/** @typedef {{card: string, name: string, document?: string, age?: number}} Person */
/** @typedef {{roster: boolean, people: Person[], more: boolean}} Answer */

/** @param {{pick: (person: Person) => void}} wanted */
export function rosterPanel({ pick }) {
  const list = el('ol', { class: 'roster-rows' }), note = el('p', { class: 'muted', 'aria-live': 'polite' });
  const letters = el('div', { class: 'letters', role: 'group', 'aria-label': t('roster.letters') }, ...'abcdefghjklmnopqrstwxyz'.split('').map((letter) => el('button', { type: 'button', onclick: () => ask({ initials: letter }) }, letter.toUpperCase())));
  const found = el('div', { class: 'found' }, note, list);
  const element = el('section', { class: 'roster', 'aria-label': t('roster.heading') }, found);
  /** @type {Map<string, Answer>} */
  const known = new Map();
  /** @type {Person[]} */
  let people = [];
  let timer = 0, wanted = '';
  found.hidden = true;

  /** @param {Answer} answer */
  function show(answer) {
    people = answer.people;
    found.hidden = false;
    fill(note, !answer.roster ? t('roster.none_here') : !people.length ? t('roster.nobody') : answer.more ? t('roster.more') : t('roster.pick'));
    fill(list, ...people.map((person, index) => el('li', null, el('button', { type: 'button', onclick: () => { close(); pick(person); } },
      index < 9 ? el('kbd', null, index + 1) : null, el('b', null, person.name), person.age === undefined ? null : el('span', null, t('roster.age', { age: person.age })),
      el('span', { class: 'muted' }, person.document ?? '')))));
  }

  /** @param {{initials?: string, name?: string}} question */
  async function ask(question) {
    const key = JSON.stringify(question);
    wanted = key;
    try {
      const answer = known.get(key) ?? await post('/api/v1/gate/roster', { site: site().ref, ...question });
      known.set(key, answer);
      if (wanted === key) show(answer);
    } catch (error) {
      people = [];
      found.hidden = false;
      fill(list);
      fill(note, reachOf(error) === 'no net' ? t('roster.no_net') : error instanceof Error ? error.message : String(error));
    }
  }

  function close() {
    clearTimeout(timer);
    wanted = '';
    people = [];
    found.hidden = true;
    fill(list);
  }

  // Digits pick while a list is open: a letter and a digit are an old neighbour.
  let lastKey = 0;
  const pickByDigit = (/** @type {KeyboardEvent} */ event) => {
    const isBurst = event.timeStamp - lastKey < 120;   // a hand scanner types the 1 of a code, it picks nobody
    lastKey = event.timeStamp;
    if (isBurst || found.hidden || !element.isConnected || !/^[1-9]$/.test(event.key) || !people[Number(event.key) - 1]) return;
    event.preventDefault();
    const person = people[Number(event.key) - 1];
    close();
    pick(person);
  };
  document.addEventListener('keydown', pickByDigit);

  return {
    element,
    /** Where nobody types: the alphabet, at sites that have a roster. */
    letters: site().roster ? letters : null,
    close,
    stop: () => document.removeEventListener('keydown', pickByDigit),
    /** The only one that fits, else none. */
    first: () => (people.length === 1 ? people[0] : null),
    /** After a pause in typing, so that a name costs one look. @param {{initials?: string, name?: string}} question */
    search(question) {
      clearTimeout(timer);
      timer = window.setTimeout(() => ask(question), 250);
    },
  };
}
