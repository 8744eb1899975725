// SPDX-License-Identifier: Apache-2.0
// Scans on their way: each is written down on this device before it is sent and struck out once the server has it, so that neither an outage nor a reload loses one; sent twice
// it is the same scan. What lies here names people, on a tablet at a gate: so nothing stays that has arrived, and what was refused stays only until somebody has read why.
import { ApiError, post } from '../common/api.js';

/**
 * @typedef {{subject: Record<string, any>, site: string, direction: string, at: string, temperature?: number, plate?: string}} Item a gate scan as it is sent
 * @typedef {{key: number, item: Item, label: string, second?: {temperature: number, method: string, second: number}, refused?: {code: string, detail: string}}} Waiting
 * @typedef {{status: number, id?: string, verdict?: string, flags?: string[], repeated?: boolean, code?: string, detail?: string}} Result
 */

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('chayan-gate', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('scans', { keyPath: 'key', autoIncrement: true });
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();   // somebody forgets it
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/** @template T @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} act @returns {Promise<T>} */
async function withStore(mode, act) {
  const transaction = (await database()).transaction('scans', mode, { durability: 'strict' });
  const request = act(transaction.objectStore('scans'));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/** @type {Set<() => void>} */
const listeners = new Set();
/** @param {() => void} listener called when the queue has changed */
export function onChange(listener) { listeners.add(listener); }
const changed = () => listeners.forEach((listener) => listener());

/** All that lies here, oldest first. @returns {Promise<Waiting[]>} */
export const all = () => withStore('readonly', (store) => store.getAll());
export const waiting = async () => (await all()).filter((one) => !one.refused);
export const refused = async () => (await all()).filter((one) => one.refused);

/** Writes scans down. @param {Omit<Waiting, 'key'>[]} items @returns {Promise<Waiting[]>} */
export async function add(items) {
  const written = [];
  for (const one of items) written.push({ ...one, key: Number(await withStore('readwrite', (store) => store.add(one))) });
  changed();
  return written;
}

/** @param {number} key */
export async function remove(key) {
  await withStore('readwrite', (store) => store.delete(key));
  changed();
}

/** Leaves nothing here. The server's answer to logging out clears a browser that heeds it; this is for the others. */
export function forget() {
  opened = null;
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase('chayan-gate');
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });
}

/** @param {Waiting} one @param {Result} result */
async function refuse(one, result) {
  await withStore('readwrite', (store) => store.put({ ...one, refused: { code: result.code ?? '', detail: result.detail ?? '' } }));
  changed();
}

/** Sends a refused one again, perhaps with other members. @param {Waiting} one @param {Partial<Item>} [change] */
export async function again(one, change = {}) {
  const { refused: _, ...rest } = one;
  await withStore('readwrite', (store) => store.put({ ...rest, item: { ...one.item, ...change } }));
  changed();
}

/** Busy, too often, not logged in: it is not the scan's fault. @param {number} status */
const isForLater = (status) => status === 503 || status === 429 || status === 401 || status >= 500;

/**
 * Sends these, and strikes out what the server has. Throws where nothing is known of what became of them: they stay.
 * @param {Waiting[]} ones 100 at most
 * @param {{keepRefused?: boolean, quiet?: boolean, patience?: number}} [options] patience: milliseconds until the net counts as gone; keepRefused: what is refused is put among the refused, else it is struck out, for somebody looks at the answer
 * @returns {Promise<Result[]>} in their order
 */
export async function send(ones, { keepRefused = false, quiet = false, patience = 10_000 } = {}) {
  /** @type {{now: string, results: Result[]}} */
  const { now, results } = await post('/api/v1/gate/scans', { scans: ones.map((one) => one.item) }, { quiet, signal: AbortSignal.timeout(patience) });
  setClock(now);
  for (const [index, one] of ones.entries()) {
    const result = results[index];
    if (isForLater(result.status)) continue;
    if (result.status < 300 || !keepRefused) await remove(one.key);
    else await refuse(one, result);
    if (result.status < 300 && one.second) await post('/api/v1/gate/observations', { scan: result.id, ...one.second }, { quiet: true }).catch(() => undefined);
  }
  return results;
}

/** Whether the last call reached the server, and why not. @type {'net' | 'no net' | 'no session'} */
export let reach = 'net';
/** @param {'net' | 'no net' | 'no session'} word */
export function setReach(word) {
  if (word === reach) return;
  reach = word;
  changed();
}
/** @param {unknown} error */
export function reachOf(error) {
  if (!(error instanceof ApiError)) return 'no net';
  return error.status === 401 ? 'no session' : error.status >= 500 || error.status === 429 ? 'no net' : 'net';
}

let ahead = 0;
/** What the server's clock shows; a tablet's own may be wrong. @param {string} now */
export function setClock(now) { ahead = Date.parse(now) - Math.floor(Date.now() / 1000) * 1000; }
export const clockNow = () => new Date(Date.now() + ahead);
/** This second, as a scan's time. */
export const second = () => `${clockNow().toISOString().slice(0, 19)}Z`;

let isSending = false;
/** Sends all that waits, a hundred at a time. Never asks anybody anything. */
export async function flush() {
  if (isSending) return;
  isSending = true;
  try {
    for (;;) {
      const ones = (await waiting()).slice(0, 100);
      if (!ones.length) break;
      const results = await send(ones, { keepRefused: true, quiet: true });
      setReach('net');
      if (results.some((result) => isForLater(result.status))) break;
    }
  } catch (error) {
    setReach(reachOf(error));
  } finally {
    isSending = false;
  }
}
