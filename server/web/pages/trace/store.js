// SPDX-License-Identifier: Apache-2.0
// What the page has been told, for as long as it is open: answers by their question, what sites are called, how far contacts were followed up.
import { get, post } from '../common/api.js';
import { useEffect, useState } from '../common/html.js';

const answers_max = 8;   // of the large kinds: the contacts of a city are some megabytes

/** @typedef {{ref: string, name: string, category: string, place: string | null, division_name: string, address: string | null, closed: boolean}} Site */
/** @typedef {{id: string, name: string, document?: {type: string, number: string}, phone?: string}} Person masked */

/** @type {Map<string, {data: any, ms: number}>} by question, those used last at the end */
const answers = new Map();
/** @type {Map<string, Promise<{data: any, ms: number}>>} */
const asked = new Map();
/** @type {Map<string, Site>} */
const sites = new Map();
/** @type {Map<string, Person>} by id */
const people = new Map();
/** @type {Map<string, {state: string, assigned?: string}>} by "case person": what was said since an answer came */
const marks = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();
let epoch = 0;   // of what was forgotten
const tell = () => listeners.forEach((listener) => listener());

/**
 * The answer of a question, asked once and kept for Back. `key` tells it from all others and begins with a word of its kind.
 * @param {string} key @param {() => Promise<any>} ask
 */
export function answerOf(key, ask) {
  const known = answers.get(key);
  if (known) return Promise.resolve(known);
  let waits = asked.get(key);
  if (!waits) {
    const begun = performance.now();
    waits = ask().then((data) => {
      const answer = { data, ms: performance.now() - begun };
      answers.set(key, answer);
      const large = [...answers.keys()].filter((one) => /^(trace|trajectory|passages|shared) /.test(one));
      for (const old of large.slice(0, Math.max(0, large.length - answers_max))) answers.delete(old);
      return answer;
    }).finally(() => asked.delete(key));
    asked.set(key, waits);
  }
  return waits;
}

/** The answer of this key if it is here. @param {string} key */
export const keptAnswer = (key) => answers.get(key);

/** Answers whose key begins so are asked anew. @param {string} prefix */
export function forget(prefix) {
  for (const key of [...answers.keys()]) if (key.startsWith(prefix)) answers.delete(key);
  epoch += 1;
  tell();
}

/**
 * @param {string | null} key null: nothing to ask yet
 * @param {() => Promise<any>} ask
 * @returns {{data: any, ms: number, error: Error | null, busy: boolean}}
 */
export function useAnswer(key, ask) {
  useStore();
  const [shown, show] = useState(/** @type {{key: string | null, data: any, ms: number, error: Error | null}} */ ({ key: null, data: null, ms: 0,
    error: null }));
  useEffect(() => {
    if (!key) return undefined;
    let isWanted = true;
    answerOf(key, ask).then(
      (answer) => { if (isWanted) show({ key, ...answer, error: null }); },
      (error) => { if (isWanted) show({ key, data: null, ms: 0, error }); });
    return () => { isWanted = false; };
  }, [key, epoch]);
  // What is shown stays until its successor is there, also when others' answers took its room.
  const known = key ? answers.get(key) : undefined;
  const { data, ms, error } = known ? { ...known, error: null } : shown.key === key ? shown : { data: null, ms: 0, error: null };
  return { data, ms, error, busy: key !== null && (asked.has(key) || (!data && !error)) };
}

/** Draws anew whenever something here became known. */
export function useStore() {
  const [, draw] = useState(0);
  useEffect(() => {
    const listener = () => draw((count) => count + 1);
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  }, []);
}

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
