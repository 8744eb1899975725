// SPDX-License-Identifier: Apache-2.0
// What "my record" is made of: elements, texts, calls. Own ones, for phones of 2018 (Chrome 67, Safari 12) know less than ../common asks for.

/** The server chose by ?lang=, by what the reader chose last, or by Accept-Language. @type {'zh' | 'en'} */
export const language = document.documentElement.lang.indexOf('en') === 0 ? 'en' : 'zh';

/** @type {Record<string, string>} */
let texts = {};

export async function loadTexts() {
  texts = await (await fetch(String(new URL('./texts.' + language + '.json', import.meta.url)))).json();
}

/** The text of a key, with {name} filled in. @param {string} key @param {Record<string, string | number>} [values] */
export function t(key, values) {
  return (texts[key] || key).replace(/\{(\w+)\}/g, (whole, name) => (values && name in values ? String(values[name]) : whole));
}

/**
 * @typedef {Node | string | null | false} Child
 * @param {string} name @param {Record<string, any> | null} [properties] `on…` listen, the rest are attributes @param {...Child} children
 * @returns {HTMLElement}
 */
export function el(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties || {})) {
    if (key.indexOf('on') === 0) element.addEventListener(key.slice(2), value);
    else if (key === 'value') /** @type {HTMLInputElement} */ (element).value = value;
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value === true ? '' : String(value));
  }
  put(element, ...children);
  return element;
}

/** Replaces what an element holds. @param {Element} element @param {...Child} children */
export function put(element, ...children) {
  element.textContent = '';
  for (const child of children) if (child !== null && child !== false) element.append(child);
}

/** What the server refused, with its own sentence. */
export class Refused extends Error {
  /** @param {{status: number, code?: string, detail?: string, errors?: {pointer: string, detail: string}[]}} problem */
  constructor(problem) {
    super(problem.detail || t('failed'));
    this.status = problem.status;
    this.fields = problem.errors || [];
  }
}

/** @param {string} method @param {string} path @param {any} [body] @returns {Promise<any>} */
export async function call(method, path, body) {
  /** @type {Record<string, string>} */
  const headers = { 'Accept-Language': language };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let answer;
  try {
    answer = await fetch(path, { method, headers, credentials: 'same-origin', cache: 'no-store', body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (error) {
    throw new Error(t('no_net'));
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(Object.assign({}, told, { status: answer.status }));
  return told;
}

/**
 * A field with its label above and room for what is wrong below.
 * @param {string} id @param {string} label @param {Record<string, any>} [properties] @param {HTMLElement} [input]
 */
export function field(id, label, properties, input) {
  const made = input || el('input', Object.assign({ id, autocomplete: 'off', 'aria-describedby': id + '-fault' }, properties));
  return el('div', { class: 'field' }, el('label', { for: id }, label), made, el('p', { class: 'fault', id: id + '-fault', role: 'alert' }));
}

/** @param {string} id */
export const typed = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id)).value.trim();

/**
 * A form that sends when it is told to, and says what was refused beside the field that a pointer names, else above its button.
 * @param {Child[]} fields @param {string} button @param {() => Promise<void>} send @param {Record<string, string>} places id of the field by the beginning of a pointer
 * @param {string} [kind] of the button
 */
export function form(fields, button, send, places, kind) {
  const fault = el('p', { class: 'fault', role: 'alert' });
  const press = /** @type {HTMLButtonElement} */ (el('button', { class: kind || 'primary' }, button));
  const made = el('form', { novalidate: true }, ...fields, fault, press);
  const place = (/** @type {string} */ pointer) => {
    const key = Object.keys(places).filter((begin) => pointer.indexOf(begin) === 0)[0];
    return key ? document.getElementById(places[key]) : null;
  };
  made.addEventListener('submit', async (event) => {
    event.preventDefault();
    press.disabled = true;
    fault.textContent = '';
    for (const id of Object.values(places)) show(/** @type {HTMLElement} */ (document.getElementById(id)), '');
    try {
      await send();
    } catch (error) {
      const refused = error instanceof Refused ? error.fields.filter((one) => place(one.pointer)) : [];
      for (const one of refused) show(/** @type {HTMLElement} */ (place(one.pointer)), one.detail);
      if (refused.length) /** @type {HTMLElement} */ (place(refused[0].pointer)).focus();
      else fault.textContent = /** @type {Error} */ (error).message;
    }
    press.disabled = false;
  });
  return made;
}

/** @param {HTMLElement} input @param {string} words */
function show(input, words) {
  /** @type {HTMLElement} */ (document.getElementById(input.id + '-fault')).textContent = words;
  input.setAttribute('aria-invalid', words ? 'true' : 'false');
}

const zone = document.body.dataset.zone;

/** "11月27日 07:42", "27 Nov, 07:42", as the town's clocks show it. @param {string} moment */
export function when(moment) {
  return new Date(moment).toLocaleString(language === 'zh' ? 'zh-CN' : 'en-GB', { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false, timeZone: zone });
}

/** @param {string} moment */
export function day(moment) {
  return new Date(moment).toLocaleDateString(language === 'zh' ? 'zh-CN' : 'en-GB', { year: 'numeric', month: 'long', day: 'numeric', timeZone: zone });
}

/** A name as it may be held up to others: 王*. @param {string} name */
export const masked = (name) => name.slice(0, 1) + '*';

/** A number with its middle away. @param {string} number */
export const hidden = (number) => (number.length < 8 ? number.replace(/.(?=.{2})/g, '*') : number.slice(0, 3) + number.slice(3, -4).replace(/./g, '*') + number.slice(-4));
