// SPDX-License-Identifier: Apache-2.0
// Calls of /api/v1 with the session's cookie. What the server refuses is thrown as ApiError with its own sentence, which is made to be shown.
import { language } from './texts.js';

export class ApiError extends Error {
  /** @param {{status: number, code?: string, detail?: string, title?: string, errors?: {pointer: string, detail: string}[], request_id?: string}} problem @param {number} retryAfter */
  constructor(problem, retryAfter) {
    super(problem.detail || problem.title || String(problem.status));
    this.status = problem.status;
    this.code = problem.code ?? '';
    /** What is wrong with which member, as JSON pointers. */
    this.fields = problem.errors ?? [];
    this.requestId = problem.request_id ?? '';
    /** Seconds, 0 when the server did not say. */
    this.retryAfter = retryAfter;
    /** The problem with all its members. */
    this.problem = problem;
  }
}

/** The net failed: nothing is known of what became of the call. */
export class NoNet extends Error {}

/** @type {{csrf: string, relogin: null | ((error: ApiError) => Promise<boolean>)}} set by session.js */
export const bridge = { csrf: '', relogin: null };

/**
 * @typedef {{signal?: AbortSignal, patience?: number, type?: string, accept?: string, quiet?: boolean}} Options
 *   patience: milliseconds for each try, none for whoever logs in between; type: of a body that is no JSON; quiet: never asks to log in
 */

/**
 * The raw answer. Asks to log in, or for the password again, where the server wants that, and then calls once more.
 * @param {string} method @param {string} path @param {any} [body] an object goes as JSON @param {Options} [options]
 * @returns {Promise<Response>}
 */
export async function request(method, path, body, options = {}) {
  for (let tries = 0; ; tries += 1) {
    /** @type {Record<string, string>} */
    const headers = { 'Accept-Language': language };
    if (method !== 'GET') headers['X-CSRF-Token'] = bridge.csrf;
    if (options.accept) headers.Accept = options.accept;
    if (body !== undefined) headers['Content-Type'] = options.type ?? 'application/json';
    let answer;
    try {
      answer = await fetch(path, {
        method, headers, signal: options.patience ? AbortSignal.timeout(options.patience) : options.signal, cache: 'no-store', credentials: 'same-origin',
        body: body === undefined ? undefined : options.type ? body : JSON.stringify(body),
      });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new NoNet(language === 'zh' ? '网络不通，请稍后再试。' : 'No connection. Try again in a moment.');
    }
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => ({ status: answer.status }));
    const error = new ApiError({ ...problem, status: answer.status }, Number(answer.headers.get('Retry-After') ?? 0));
    const wantsProof = error.status === 401 || ['reauthenticate', 'csrf_missing', 'otp_enrol'].includes(error.code);
    if (!wantsProof || options.quiet || tries > 1 || !bridge.relogin || !(await bridge.relogin(error))) throw error;
  }
}

/**
 * The answer's JSON.
 * @param {string} method @param {string} path @param {any} [body] @param {Options} [options]
 * @returns {Promise<any>}
 */
export async function call(method, path, body, options) {
  return (await request(method, path, body, options)).json();
}

/** @param {string} path @param {Options} [options] */
export const get = (path, options) => call('GET', path, undefined, options);
/** @param {string} path @param {any} body @param {Options} [options] */
export const post = (path, body, options) => call('POST', path, body, options);
/** @param {string} path @param {any} body @param {Options} [options] */
export const patch = (path, body, options) => call('PATCH', path, body, options);
/** @param {string} path @param {Options} [options] */
export const del = (path, options) => call('DELETE', path, undefined, options);

/**
 * Saves an answer as a file under `name`, or the name that the server gives it.
 * @param {Response} answer @param {string} name
 */
export async function save(answer, name) {
  const told = /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '');
  saveBlob(await answer.blob(), told ? told[1] : name);
}

/** @param {Blob} blob @param {string} name */
export function saveBlob(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * A path of segments that may hold anything, and its query; what is undefined or '' falls out of the query.
 * @param {TemplateStringsArray} parts @param {...any} values
 */
export function path(parts, ...values) {
  return parts.reduce((all, part, index) => all + part + (index < values.length ? (typeof values[index] === 'object' ? query(values[index]) : encodeURIComponent(values[index])) : ''), '');
}

/** @param {Record<string, string | number | boolean | undefined | null>} members */
export function query(members) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text ? `?${text}` : '';
}
