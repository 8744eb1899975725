// SPDX-License-Identifier: Apache-2.0
// Elements without a framework. Text is always text: nothing here reads HTML.
import { t } from './texts.js';

/**
 * A new element. `on…` functions listen, `class`, `for`, `aria-…`, `data-…` and the like are attributes, true and false set and leave out.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, any> | null} [properties]
 * @param {...(Node | string | number | null | undefined | false)} children what is null or false falls out
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function el(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'value') /** @type {any} */ (element).value = value;
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value === true ? '' : String(value));
  }
  fill(element, ...children);
  return element;
}

/**
 * Replaces what an element holds.
 * @param {Element} element
 * @param {...(Node | string | number | null | undefined | false)} children
 */
export function fill(element, ...children) {
  const kept = children.filter((child) => child !== null && child !== undefined && child !== false);
  element.replaceChildren(...kept.map((child) => (child instanceof Node ? child : String(child))));
}

/**
 * A field with its label above and room for what is wrong with it below.
 * @param {string} label
 * @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} input
 */
export function field(label, input) {
  if (!input.id) input.id = `field-${Math.random().toString(36).slice(2)}`;
  const fault = el('p', { class: 'fault', id: `${input.id}-fault`, role: 'alert' });
  input.setAttribute('aria-describedby', fault.id);
  return el('div', { class: 'field' }, el('label', { for: input.id }, label), input, fault);
}

/**
 * Says what is wrong with a field, or with '' that nothing is.
 * @param {HTMLElement} input
 * @param {string} words
 */
export function setFault(input, words) {
  const fault = document.getElementById(`${input.id}-fault`);
  if (fault) fault.textContent = words;
  input.setAttribute('aria-invalid', words ? 'true' : 'false');
}

/**
 * A dialog over the page, with its heading; it is gone from the document once it is closed.
 * @param {string} heading
 * @param {(dialog: HTMLDialogElement) => (Node | string)[]} content
 * @param {{fixed?: boolean}} [options] fixed: Escape does not close it; of others it asks first where something was typed
 * @returns {HTMLDialogElement}
 */
export function openDialog(heading, content, { fixed = false } = {}) {
  const title = el('h2', { id: `dialog-${Math.random().toString(36).slice(2)}` }, heading);
  const dialog = el('dialog', { 'aria-labelledby': title.id });
  fill(dialog, title, ...content(dialog));
  dialog.addEventListener('close', () => dialog.remove());
  let isDirty = false;
  dialog.addEventListener('input', () => { isDirty = true; });
  dialog.addEventListener('cancel', (event) => { if (fixed) event.preventDefault(); });
  dialog.addEventListener('keydown', (event) => {   // browsers close it at the second Escape whatever `cancel` says
    if (event.key === 'Escape' && (fixed || (isDirty && !confirm(t('leave_typed'))))) event.preventDefault();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

let sayer = /** @type {HTMLElement | null} */ (null);

/**
 * A line at the foot of the page for some seconds, read aloud by screen readers.
 * @param {string} words
 * @param {'good' | 'wrong'} [mood]
 */
export function say(words, mood = 'good') {
  if (!sayer) {
    sayer = el('div', { class: 'said', role: 'status', 'aria-live': 'polite' });
    document.body.append(sayer);
  }
  for (const old of [...sayer.children]) if (old.textContent === words) old.remove();   // said again it stands once
  const line = el('p', { class: mood }, words);
  sayer.append(line);
  setTimeout(() => line.remove(), mood === 'good' ? 5_000 : 10_000);
}
