// SPDX-License-Identifier: Apache-2.0
// A form in a dialog over the page: Escape leaves it, focus begins at its first field and returns to where it came from.
import { html, useEffect, useRef } from '../common/html.js';
import { t } from '../common/texts.js';

/** @param {{heading: string, close: () => void, submit: () => void, button: string, busy: boolean, children?: any}} properties */
export function Modal({ heading, close, submit, button, busy, children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const back = /** @type {HTMLElement | null} */ (document.activeElement);
    const own = /** @type {HTMLDialogElement} */ (dialog.current);
    own.showModal();
    /** @type {HTMLElement | null} */ (own.querySelector('input:not([hidden]), select'))?.focus();
    return () => { own.close(); back?.focus(); };
  }, []);
  const isDirty = useRef(false);
  const leave = (/** @type {Event} */ event) => { event.preventDefault(); if (!isDirty.current || confirm(t('leave_typed'))) close(); };
  const send = (/** @type {Event} */ event) => { event.preventDefault(); submit(); };
  return html`
    <dialog ref=${dialog} aria-labelledby="modal-heading" onCancel=${leave} onInput=${() => { isDirty.current = true; }}>
      <form onSubmit=${send} novalidate>
        <h2 id="modal-heading">${heading}</h2>
        ${children}
        <div class="actions"><button class="primary" type="submit" disabled=${busy}>${button}</button><button type="button" onClick=${close}>${t('cancel')}</button></div>
      </form>
    </dialog>`;
}
