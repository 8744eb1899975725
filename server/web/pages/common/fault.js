// SPDX-License-Identifier: Apache-2.0
// What went wrong with a call, in a sentence that says what to do.
import { ApiError } from './api.js';
import { html } from './html.js';
import { t } from './texts.js';

/** The sentence of an error; what is wrong with a field stands beside the field. @param {unknown} error */
export function wordsOf(error) {
  if (error instanceof ApiError) return error.fields.length > 0 ? error.fields.map((field) => field.detail).join(' ') : error.message;
  return error instanceof Error ? error.message : String(error);
}

/** @param {{error: unknown, retry?: () => void}} properties */
export function Fault({ error, retry }) {
  if (!error) return null;
  return html`<div class="note wrong" role="alert">${wordsOf(error)} ${retry && html`<button type="button" onClick=${retry}>${t('retry')}</button>`}</div>`;
}
