// SPDX-License-Identifier: Apache-2.0
// Scans and vehicles on their way: each is written down on this device before it is sent and struck out once the server has it, so that neither an outage nor a reload loses one; sent twice
// it is the same scan. What lies here names people, on a tablet at a gate: so nothing stays that has arrived, and what was refused stays only until somebody has read why.
import { ApiError, post } from '../common/api.js';

/**
 * @typedef {{subject: Record<string, any>, site: string, direction: string, at: string, temperature?: number, plate?: string}} Scan as it is sent
 * @typedef {{subject?: undefined, site: string, direction: string, at: string, plate: string, people: number}} Check of a vehicle, likewise
 * @typedef {Scan | Check} Item
 * @typedef {{key: number, item: Item, label: string, second?: {temperature: number, method: string, second: number}, refused?: {code: string, detail: string}}} Waiting
 * @typedef {{status: number, id?: string, verdict?: string, ledger?: {entry?: string, isolation?: string, measure: string, until: string}, flags?: string[], outing?: {allowed: boolean, used?: {at: string, name: string}}, repeated?: boolean, known?: boolean, people?: number, code?: string, detail?: string}} Result
 */

/** @type {Promise<IDBDatabase> | null} */
let opened = null;
/** Where a browser keeps nothing (a private window, a full disk): as long as the page is open. @type {Map<number, Waiting>} */
const loose = new Map();
/** Nothing typed here outlives the page. */
export let isLoose = false;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('chayan-gate', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('scans', { keyPath: 'key', autoIncrement: true });
    request.onsuccess = () => {
      const base = request.result;
      base.onversionchange = () => { base.close(); opened = null; };   // somebody forgets it
      base.onclose = () => { opened = null; };
      resolve(base);
    };
    request.onerror = request.onblocked = () => reject(request.error);
    setTimeout(() => reject(new Error('no answer')), patience_ms);
  });
  opened.catch(() => { opened = null; });
  return opened;
}

const patience_ms = 2_000;

/** @template T @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} act @returns {Promise<T>} */
async function withStore(mode, act) {
  for (let tries = 0; ; tries += 1) {
    const base = await database();
    try {
      const transaction = base.transaction('scans', mode, { durability: 'strict' });
      const request = act(transaction.objectStore('scans'));
      return await new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve(request.result);
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
    } catch (error) {
      opened = null;   // it was closed meanwhile, by another tab that forgot it
      if (tries > 0 || !(error instanceof DOMException && error.name === 'InvalidStateError')) throw error;
    }
  }
}

/** @type {Set<() => void>} */
const listeners = new Set();
/** @param {() => void} listener called when the queue has changed, here or in another tab @returns {() => void} ends it */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('chayan-gate') : null;
const tell = () => listeners.forEach((listener) => listener());
if (tabs) tabs.onmessage = tell;
function changed() {
  tell();
  tabs?.postMessage('');
}

/** All that lies here, oldest first. @returns {Promise<Waiting[]>} */
export const all = async () => [...await withStore('readonly', (store) => store.getAll()).catch(() => []), ...loose.values()];
export const waiting = async () => (await all()).filter((one) => !one.refused);
export const refused = async () => (await all()).filter((one) => one.refused);

/** Writes scans down. @param {Omit<Waiting, 'key'>[]} items @returns {Promise<Waiting[]>} */
export async function add(items) {
  const written = [];
  for (const one of items) {
    const key = await withStore('readwrite', (store) => store.add(one)).then(Number, () => null);
    const kept = { ...one, key: key ?? -1 - loose.size - Date.now() };
    if (key === null) {
      loose.set(kept.key, kept);
      isLoose = true;
    }
    written.push(kept);
  }
  changed();
  return written;
}

/** @param {number} key */
export async function remove(key) {
  if (!loose.delete(key)) await withStore('readwrite', (store) => store.delete(key));
  changed();
}

/** @param {Waiting} one */
async function put(one) {
  if (loose.has(one.key)) loose.set(one.key, one);
  else await withStore('readwrite', (store) => store.put(one));
  changed();
}

/** Leaves nothing here. Nobody else clears it: a resident's own scans may wait in the same browser. */
export function forget() {
  opened = null;
  loose.clear();
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase('chayan-gate');
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });
}

/** @param {Waiting} one @param {Result} result */
async function refuse(one, result) {
  await put({ ...one, refused: { code: result.code ?? '', detail: result.detail ?? '' } });
}

/** Sends a refused one again, perhaps with other members. @param {Waiting} one @param {Partial<Scan>} [change] */
export async function again(one, change = {}) {
  const { refused: _, ...rest } = one;
  await put({ ...rest, item: /** @type {Item} */ ({ ...one.item, ...change }) });
}

/** Busy, too often, not logged in, a token of another tab: it is not the scan's fault. @param {number} status */
export const isForLater = (status) => status === 401 || status === 403 || status === 429 || status >= 500;

/** What takes which items. @type {{path: string, list: string, takes: (item: Item) => boolean}[]} */
const calls = [
  { path: '/api/v1/gate/scans', list: 'scans', takes: (item) => Boolean(item.subject) },
  { path: '/api/v1/gate/vehicles', list: 'checks', takes: (item) => !item.subject },
];

/**
 * Sends these, and strikes out what the server has. Throws where nothing is known of what became of them: they stay.
 * @param {Waiting[]} ones 100 at most
 * @param {{quiet?: boolean, patience?: number}} [options] patience: milliseconds until the net counts as gone; quiet: never asks to log in
 * @returns {Promise<Result[]>} in their order; what was refused lies among the refused until somebody mends it or strikes it out
 */
export async function send(ones, { quiet = false, patience = 10_000 } = {}) {
  /** @type {Map<Waiting, Result>} */
  const told = new Map();
  for (const { path, list, takes } of calls) {
    const part = ones.filter((one) => takes(one.item));
    if (!part.length) continue;
    /** @type {{now: string, results: Result[]}} */
    const { now, results } = await post(path, { [list]: part.map((one) => one.item) }, { quiet, patience });
    setClock(now);
    for (const [index, one] of part.entries()) {
      const result = results[index];
      told.set(one, result);
      if (isForLater(result.status)) continue;
      if (result.status >= 300) await refuse(one, result);
      else if (!one.second || await isRead(one, result)) await remove(one.key);
    }
  }
  return ones.map((one) => /** @type {Result} */ (told.get(one)));
}

/** The second reading of somebody who was taken. False: not yet; the scan goes again with it, and is the same scan. @param {Waiting} one @param {Result} result */
async function isRead(one, result) {
  try {
    await post('/api/v1/gate/observations', { scan: result.id, ...one.second }, { quiet: true, patience: 10_000 });
    return true;
  } catch (error) {
    return error instanceof ApiError && !isForLater(error.status);
  }
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
  return error.status === 401 || error.status === 403 ? 'no session' : error.status >= 500 || error.status === 429 ? 'no net' : 'net';
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
      const results = await send(ones, { quiet: true });
      setReach('net');
      if (results.some((result) => isForLater(result.status)) || ones.length === (await waiting()).slice(0, 100).length) break;   // what stays is tried again later
    }
  } catch (error) {
    setReach(reachOf(error));
  } finally {
    isSending = false;
  }
}
