// SPDX-License-Identifier: Apache-2.0
// What the views of Preact's pages draw alike: faults, fields, dialogs, forms, small tables.
import { ApiError } from './api.js';
import { html, useEffect, useRef, useState } from './html.js';
import { t } from './texts.js';
import { clock, date, moment } from './time.js';

/** @param {{error: Error | null}} of */
export function Fault({ error }) {
  if (!error) return null;
  const id = error instanceof ApiError && error.requestId ? html` <span class="muted">${t('fault.number', { id: error.requestId })}</span>` : null;
  const fields = error instanceof ApiError ? error.fields.filter((field) => field.detail !== error.message) : [];
  return html`<div class="note wrong" role="alert">${error.message}${fields.map((field) => html`<div>${field.detail}</div>`)}${id}</div>`;
}

export const Busy = () => html`<p class="muted busy" role="status">${t('busy')}</p>`;

/** What is wrong with the field of this pointer. @param {{error: Error | null, pointer: string}} of */
export const FieldFault = ({ error, pointer }) => {
  const found = error instanceof ApiError ? error.fields.find((field) => field.pointer === pointer) : null;
  return html`<p class="fault" role="alert">${found?.detail ?? ''}</p>`;
};

let numbers = 0;
/** An id that stays with a component. @param {string} word */
export function useId(word) {
  const id = useRef('');
  if (!id.current) id.current = `${word}-${(numbers += 1)}`;
  return id.current;
}

/** A label above whatever takes its id. @param {{label: string, hint?: string, children: (id: string) => any, error?: Error | null, pointer?: string}} of */
export function Field({ label, hint, children, error = null, pointer = '' }) {
  const id = useId('field');
  return html`<div class="field"><label for=${id}>${label}</label>${children(id)}${hint ? html`<p class="muted hint">${hint}</p>` : null}<${FieldFault}
    error=${error} pointer=${pointer} /></div>`;
}

/** A dialog over the page. @param {{heading: string, onClose: () => void, children: any, wide?: boolean}} of */
export function Dialog({ heading, onClose, children, wide = false }) {
  const place = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const id = useId('dialog');
  // Where the keyboard was: a field with autofocus has it before the dialog could note that.
  const before = useRef(/** @type {any} */ (document.activeElement));
  const isDirty = useRef(false);
  useEffect(() => {
    const dialog = /** @type {HTMLDialogElement} */ (place.current);
    dialog.showModal();
    return () => { dialog.close(); if (before.current?.isConnected) before.current.focus({ preventScroll: true }); };
  }, []);
  return html`<dialog ref=${place} class=${wide ? 'wide' : ''} aria-labelledby=${id} onCancel=${(/** @type {Event} */ event) => { event.preventDefault();
    if (!isDirty.current || confirm(t('leave_typed'))) onClose(); }} onInput=${() => { isDirty.current = true; }}>
    <h2 id=${id}>${heading}</h2>${children}</dialog>`;
}

/**
 * A form that shows what was refused and can't be sent twice.
 * @param {{send: (values: FormData, form: HTMLFormElement) => Promise<void>, button: string, onCancel?: () => void, children: (error: Error | null) => any,
 *   class?: string}} of
 */
export function AskForm({ send, button, onCancel, children, class: name = '' }) {
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  const [busy, setBusy] = useState(false);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    setBusy(true);
    setError(null);
    try {
      await send(new FormData(form), form);
    } catch (fault) {
      setError(/** @type {Error} */ (fault));
    }
    setBusy(false);
  };
  return html`<form class=${name} onSubmit=${submit}>${children(error)}<${Fault} error=${error} />
    <div class="actions"><button class="primary" type="submit" disabled=${busy}>${busy ? t('busy') : button}</button>
    ${onCancel ? html`<button type="button" onClick=${onCancel}>${t('cancel')}</button>` : null}</div></form>`;
}

/** For datetime-local: the town's clock, whatever this computer's. @param {string | undefined} at */
export const toLocal = (at) => (at ? `${date(at)}T${clock(at, false)}` : '');
/** @param {string} value of a datetime-local @returns {string} '' where nothing stands, or a year that watchYears told of */
export const fromLocal = (value) => (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? moment(value.slice(0, 10), value.slice(11, 16)) : '');

/** Browsers take a year of six digits while it is typed; their forms then send nothing and say why. */
export function watchYears() {
  addEventListener('input', (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (input.type === 'datetime-local') input.setCustomValidity(/^(\d{5}|0|1[0-8]|2[1-9]|[3-9])/.test(input.value) ? t('year_odd') : '');
  });
}

/** @param {{document?: {type: string, number: string}}} person */
export const documentOf = (person) => (person.document ? (person.document.type === 'id' ? person.document.number
  : `${t(`document.${person.document.type}`)} ${person.document.number}`) : '');

/** A table of few rows. @param {{caption: string, heads: string[], rows: any[][], numbers?: number[]}} of numbers: columns that are */
export const PlainTable = ({ caption, heads, rows, numbers = [] }) => html`<div class="scrolls" tabindex="0" role="region" aria-label=${caption}><table>
  <caption class="only-read">${caption}</caption>
  <thead><tr>${heads.map((head, at) => html`<th scope="col" class=${numbers.includes(at) ? 'number' : ''}>${head}</th>`)}</tr></thead>
  <tbody>${rows.map((row) => html`<tr>${row.map((cell, at) => html`<td class=${numbers.includes(at) ? 'number' : ''}>${cell}</td>`)}</tr>`)}</tbody></table>
    </div>`;
