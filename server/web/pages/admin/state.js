// SPDX-License-Identifier: Apache-2.0
// What the views share: what is in the address, answers as they come, and the small pieces of every form.
import { ApiError, get } from '../common/api.js';
import { html, useCallback, useEffect, useRef, useState } from '../common/html.js';
import { t } from '../common/texts.js';

/** @typedef {{section: string, part: string, values: Record<string, string>}} Route "#audit?operator=li", "#setup/office" */

/** @returns {Route} */
function readRoute() {
  const [place, search = ''] = location.hash.slice(1).split('?');
  const [section, part = ''] = place.split('/');
  return { section, part, values: Object.fromEntries(new URLSearchParams(search)) };
}

/** @returns {Route} */
export function useRoute() {
  const [route, setRoute] = useState(readRoute);
  useEffect(() => {
    const read = () => setRoute(readRoute());
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  return route;
}

/** @param {string} place @param {Record<string, string>} [values] */
export function go(place, values = {}) {
  const search = new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();
  location.hash = place + (search ? `?${search}` : '');
}

/**
 * What a call answers, and how to ask again. The last answer stays while the next is awaited.
 * @template T @param {() => Promise<T>} load @param {readonly unknown[]} inputs
 */
export function useAnswer(load, inputs) {
  const [state, setState] = useState(/** @type {{value: T | null, error: unknown}} */ ({ value: null, error: null }));
  const latest = useRef(0);
  const reload = useCallback(async () => {
    const number = (latest.current += 1);
    try {
      const value = await load();
      if (number === latest.current) setState({ value, error: null });
    } catch (error) {
      if (number === latest.current) setState((was) => ({ value: was.value, error }));
    }
  }, inputs);
  useEffect(() => { reload(); return () => { latest.current += 1; }; }, [reload]);
  return { ...state, reload };
}

const idle_ms_max = 600_000;   // below the session's own limit: a page that lies open must not keep its operator logged in

/**
 * How the service is, every few seconds while somebody looks.
 * @param {number} everyMs
 */
export function useStatus(everyMs) {
  const told = useAnswer(() => get('/api/v1/status'), []);
  const [skewS, setSkewS] = useState(0);
  const [paused, setPaused] = useState(false);
  useEffect(() => { if (told.value) setSkewS(Math.round((Date.now() - Date.parse(told.value.now)) / 1000)); }, [told.value]);
  useEffect(() => {
    let lastTouch = Date.now(), busy = false;
    const touch = () => { lastTouch = Date.now(); setPaused(false); };
    const events = ['pointerdown', 'keydown', 'wheel', 'pointermove', 'visibilitychange'];
    for (const name of events) addEventListener(name, touch, { passive: true });
    const timer = setInterval(async () => {
      if (busy || document.hidden) return;
      if (Date.now() - lastTouch > idle_ms_max) {
        setPaused(true);
        return;
      }
      busy = true;
      await told.reload();
      busy = false;
    }, everyMs);
    return () => {
      clearInterval(timer);
      for (const name of events) removeEventListener(name, touch);
    };
  }, [everyMs, told.reload]);
  return { ...told, skewS, paused };
}

/** Says that nothing is asked any more until somebody touches the page. @param {{paused: boolean}} properties */
export function Paused({ paused }) {
  return paused ? html`<p class="note wait" role="status">${t('paused')}</p>` : null;
}

let fields = 0;

/**
 * A field with its label, a hint and what is wrong with it.
 * @param {{label: string, name: string, error?: unknown, fault?: string, hint?: any, children?: any, as?: string, class?: string, [attribute: string]: any}} properties
 *   error: of the call that sent it; fault: what this page found itself
 */
export function Field({ label, name, error, fault, hint, children, as = 'input', class: className = '', ...attributes }) {
  const id = useRef('');
  if (!id.current) id.current = `f${(fields += 1)}`;
  const told = fault || (error instanceof ApiError ? error.fields.find((field) => field.pointer === `/${name}`)?.detail ?? '' : '');
  const described = [hint ? `${id.current}-hint` : '', told ? `${id.current}-fault` : ''].filter(Boolean).join(' ');
  return html`
    <div class=${`field ${className}`}>
      <label for=${id.current}>${label}</label>
      <${as} id=${id.current} name=${name} aria-invalid=${told ? 'true' : undefined} aria-describedby=${described || undefined} ...${attributes}>${children}<//>
      ${hint && html`<p class="muted hint" id=${`${id.current}-hint`}>${hint}</p>`}
      ${told && html`<p class="fault" id=${`${id.current}-fault`} role="alert">${told}</p>`}
    </div>`;
}

/** What no field of a form shows. @param {unknown} error @param {string[]} names of its fields */
export function isElsewhere(error, names) {
  return Boolean(error) && !(error instanceof ApiError && error.fields.length > 0 && error.fields.every((field) => names.includes(field.pointer.slice(1))));
}

/**
 * Sends once at a time, and keeps what went wrong.
 * @param {(...given: any[]) => Promise<void>} send
 */
export function useSending(send) {
  const [state, setState] = useState(/** @type {{busy: boolean, error: unknown}} */ ({ busy: false, error: null }));
  const run = async (/** @type {any[]} */ ...given) => {
    if (state.busy) return;
    setState({ busy: true, error: null });
    try {
      await send(...given);
      setState({ busy: false, error: null });
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  return { ...state, run, clear: () => setState({ busy: false, error: null }) };
}

/** A command or some lines of a file, to be copied. @param {{text: string}} properties */
export function Copyable({ text }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text).then(() => setDone(true), () => undefined);
    setTimeout(() => setDone(false), 3_000);
  };
  return html`<div class="copyable"><pre tabindex="0">${text}</pre><button type="button" onClick=${copy}>${done ? t('copied') : t('copy')}</button></div>`;
}
