// SPDX-License-Identifier: Apache-2.0
// What a page has been told, for as long as it is open: answers by their question.
import { useEffect, useState } from './html.js';

const answers_max = 8;   // of the large kinds: the contacts of a city are some megabytes

/** @type {Map<string, {data: any, ms: number}>} by question, those used last at the end */
const answers = new Map();
/** @type {Map<string, Promise<{data: any, ms: number}>>} */
const asked = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();
let epoch = 0;   // of what was forgotten
/** Draws all that shows something of here. */
export const tell = () => listeners.forEach((listener) => listener());

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

/** What came as the answer to something else: nobody has to ask for it. @param {string} key @param {any} data */
export function keep(key, data) {
  answers.set(key, { data, ms: 0 });
  tell();
}

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
