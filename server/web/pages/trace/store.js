// SPDX-License-Identifier: Apache-2.0
// What the page has been told, for as long as it is open: answers by their question, what sites are called, how far contacts were followed up.
import { answerOf, forget, tell } from '../common/answers.js';
import { get, post } from '../common/api.js';

export { answerOf, forget, keptAnswer, useAnswer, useStore } from '../common/answers.js';

/** @typedef {{ref: string, name: string, category: string, place: string | null, division_name: string, address: string | null, closed: boolean}} Site */
/** @typedef {{id: string, name: string, document?: {type: string, number: string}, phone?: string}} Person masked */

/** @type {Map<string, Site>} */
const sites = new Map();
/** @type {Map<string, Person>} by id */
const people = new Map();
/** @type {Map<string, {state: string, assigned?: string}>} by "case person": what was said since an answer came */
const marks = new Map();
/** What a site is called; its ref until that is known. @param {string} ref */
export const siteName = (ref) => sites.get(ref)?.name ?? ref;
/** @param {string} ref */
export const siteOf = (ref) => sites.get(ref);

/** @type {Set<string>} */
const wanted = new Set();
/** Finds out what sites are called. @param {Iterable<string>} refs */
export async function learnSites(refs) {
  const missing = [...new Set(refs)].filter((ref) => !sites.has(ref) && !wanted.has(ref));
  for (let at = 0; at < missing.length; at += 2_000) {
    const part = missing.slice(at, at + 2_000);
    part.forEach((ref) => wanted.add(ref));
    const found = await post('/api/v1/sites/search', { refs: part }, { quiet: true }).catch(() => ({ sites: [] }));
    for (const site of found.sites) sites.set(site.ref, site);
    tell();
  }
}

/** Sites by words, of the tracer's scope. @param {string} text @returns {Promise<{sites: Site[], count: number}>} */
export async function findSites(text) {
  const found = await post('/api/v1/sites/search', { text });
  for (const site of found.sites) sites.set(site.ref, site);
  return found;
}

/** @param {Iterable<Person>} found */
export function learnPeople(found) {
  // An answer that tells of many names them alone: what was known besides stays.
  for (const person of found) people.set(person.id, { ...people.get(person.id), ...person });
}
/** The same, drawn anew. @param {Person[]} found */
export function tellPeople(found) {
  learnPeople(found);
  tell();
}
/** As an answer masked them; their id where nobody has told yet. @param {string} id @returns {Person} */
export const personOf = (id) => people.get(id) ?? { id, name: id };

/** What is said of a contact now. @param {string} number the case @param {{person: Person, mark?: {state: string, assigned?: string}}} contact */
export const markOf = (number, contact) => marks.get(`${number} ${contact.person.id}`) ?? contact.mark;

/**
 * Says how far people were followed up; each on its own.
 * @param {string} number the case @param {{person: string, state?: string, note?: string, assigned?: string | null}[]} wishes
 * @returns {Promise<{done: number, refused: string[]}>} `refused`: sentences
 */
export async function markPeople(number, wishes) {
  const refused = new Set();
  let done = 0;
  for (let at = 0; at < wishes.length; at += 500) {
    const part = wishes.slice(at, at + 500);
    const { results } = await post(`/api/v1/cases/${encodeURIComponent(number)}/contacts`, { marks: part });
    results.forEach((/** @type {any} */ result, /** @type {number} */ place) => {
      if (result.status >= 400) { refused.add(result.detail); return; }
      done += 1;
      const mark = { state: result.state, assigned: result.assigned };
      marks.set(`${number} ${part[place].person}`, mark);
      marks.set(`${number} ${result.person}`, mark);
    });
  }
  forget('marks ');
  forget('case ');
  return { done, refused: [...refused] };
}

/** @returns {Promise<{presets: any[]}>} */
export const presets = () => answerOf('presets', () => get('/api/v1/presets')).then((answer) => answer.data);
