// SPDX-License-Identifier: Apache-2.0
// Cases: open one, choose one, put one off or close it.
import { get, patch, path, post } from '../common/api.js';
import { html, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock } from '../common/time.js';
import { AskForm, Busy, Dialog, Fault, Field, fromLocal, toLocal } from './parts.js';
import { go, questionMembers } from './state.js';
import { forget, useAnswer } from './store.js';
import { Table, useNarrow } from './table.js';

export const useCases = () => useAnswer('cases', () => get('/api/v1/cases'));
/** @param {string} number */
export const useCase = (number) => useAnswer(number ? `case ${number}` : null, () => get(path`/api/v1/cases/${number}`));

const kept = 'chayan-trace-case';
/** The case that was worked on last on this computer; a case's number says nothing about anybody. */
export const lastCase = () => { try { return localStorage.getItem(kept) ?? ''; } catch { return ''; } };

/** Goes on in a case, with no question of another. @param {string} number */
export function enterCase(number, replace = false) {
  try { localStorage.setItem(kept, number); } catch { /* a browser that keeps nothing forgets it */ }
  go({ ...Object.fromEntries(questionMembers.map((name) => [name, ''])), case: number, view: 'start', who: '', tab: '', known: '', state: '', site: '', site_from: '',
    site_to: '' },
    { replace });
}

/** @param {FormData} values */
const expiryOf = (values) => { const at = fromLocal(String(values.get('expires') ?? '')); return at ? { expires: at } : {}; };

/** @param {{onClose: () => void}} of */
export function NewCase({ onClose }) {
  const send = async (/** @type {FormData} */ values) => {
    const made = await post('/api/v1/cases', { number: String(values.get('number')).trim(), title: String(values.get('title')).trim(),
      purpose: String(values.get('purpose')).trim(), ...expiryOf(values) });
    forget('cases');
    onClose();
    enterCase(made.number);
  };
  return html`<${Dialog} heading=${t('cases.new')} onClose=${onClose}><${AskForm} button=${t('cases.open')} onCancel=${onClose} send=${send}>
    ${(/** @type {Error | null} */ error) => html`
    <${Field} label=${t('cases.number')} hint=${t('cases.number_hint')} error=${error} pointer="/number">${(/** @type {string} */ id) => html`<input id=${id}
      name="number" required maxlength="64" autocomplete="off" autofocus />`}</${Field}>
    <${Field} label=${t('cases.title')} hint=${t('cases.title_hint')} error=${error} pointer="/title">${(/** @type {string} */ id) => html`<input id=${id}
      name="title" required autocomplete="off" />`}</${Field}>
    <${Field} label=${t('cases.purpose')} hint=${t('cases.purpose_hint')} error=${error} pointer="/purpose">${(/** @type {string} */ id) => html`<input id=${id}
      name="purpose" required autocomplete="off" />`}</${Field}>
    <${Field} label=${t('cases.expires')} error=${error} pointer="/expires">${(/** @type {string} */ id) => html`<input id=${id} name="expires"
      type="datetime-local" />`}</${Field}>`}</${AskForm}></${Dialog}>`;
}

/** @param {{shown: any, onClose: () => void}} of */
export function ChangeCase({ shown, onClose }) {
  const send = async (/** @type {FormData} */ values) => {
    await patch(path`/api/v1/cases/${shown.number}`, { title: String(values.get('title')).trim(), purpose: String(values.get('purpose')).trim(),
      state: String(values.get('state')), ...expiryOf(values) });
    forget('cases');
    forget('case ');
    onClose();
  };
  return html`<${Dialog} heading=${t('cases.change', { number: shown.number })} onClose=${onClose}><${AskForm} button=${t('save')} onCancel=${onClose}
    send=${send}>${(/** @type {Error | null} */ error) => html`
    <${Field} label=${t('cases.title')} error=${error} pointer="/title">${(/** @type {string} */ id) => html`<input id=${id} name="title" required
      defaultValue=${shown.title} autofocus />`}</${Field}>
    <${Field} label=${t('cases.purpose')} error=${error} pointer="/purpose">${(/** @type {string} */ id) => html`<input id=${id} name="purpose" required
      defaultValue=${shown.purpose} />`}</${Field}>
    <${Field} label=${t('cases.state')} hint=${t('cases.state_hint')} error=${error} pointer="/state">${(/** @type {string} */ id) => html`<select id=${id}
      name="state">${['open', 'hold', 'closed'].map((word) => html`<option value=${word} selected=${word === shown.state}>${t(`cases.state.${word}`)}
      </option>`)}</select>`}</${Field}>
    <${Field} label=${t('cases.expires')} error=${error} pointer="/expires">${(/** @type {string} */ id) => html`<input id=${id} name="expires"
      type="datetime-local" defaultValue=${toLocal(shown.expires)} />`}</${Field}>`}</${AskForm}></${Dialog}>`;
}

/** All cases, those that may be asked in first. @param {{isMaking: boolean, onMake: (wanted: boolean) => void}} of */
export function Cases({ isMaking, onMake }) {
  const { data, error, busy } = useCases();
  const [changing, setChanging] = useState(/** @type {any} */ (null));
  const narrow = useNarrow();
  const order = { open: 0, hold: 1, closed: 2 };
  const rows = data ? [...data.cases].sort((a, b) => order[/** @type {'open'} */ (a.state)] - order[/** @type {'open'} */ (b.state)]) : [];
  const columns = ['number', 'title', 'purpose', 'state', 'opened', 'expires'].map((key) => ({ key, title: t(`cases.${key}`) })).concat([{ key: 'change',
    title: t('change') }]);
  const state = (/** @type {any} */ row) => html`<span class=${`tag case-${row.state}`}>${t(`cases.state.${row.state}`)}</span>`;
  const link = (/** @type {any} */ row) => html`<a href="#" tabindex="-1" onClick=${(/** @type {Event} */ event) => { event.preventDefault();
    enterCase(row.number); }}>${row.number}</a>`;
  const change = (/** @type {any} */ row) => html`<button type="button" tabindex="-1" onClick=${() => setChanging(row)}>${t('change')}</button>`;
  return html`<div class="title-line"><h1>${t('cases.heading')}</h1><button type="button" class="primary" onClick=${() => onMake(true)}>
    ${t('cases.new')} <kbd>n</kbd></button></div>
    <p class="muted">${t('cases.lead')}</p><${Fault} error=${error} />${busy ? html`<${Busy} />` : null}
    ${data && !rows.length ? html`<p class="note">${t('cases.none')}</p>` : null}
    ${rows.length ? html`<${Table} label=${t('cases.heading')} columns=${columns} rows=${rows} rowHeight=${narrow ? 58 : 36} hidesHead=${narrow}
      template=${narrow ? '1fr 70px' : 'minmax(120px,1fr) minmax(120px,1.2fr) minmax(140px,2fr) 90px 110px 110px 76px'}
      keyOf=${(/** @type {any} */ row) => row.number} onOpen=${(/** @type {any} */ row) => enterCase(row.number)} onKey=${(/** @type {KeyboardEvent} */ event,
        /** @type {any} */ row) => { if (event.key !== 'c') return false; setChanging(row); return true; }}
      draw=${(/** @type {any} */ row) => (narrow ? html`<div role="gridcell" class="card"><div class="first"><b>${link(row)}</b> ${state(row)}</div>
        <div class="second muted">${row.title}</div></div><div role="gridcell">${change(row)}</div>`
        : html`<div role="gridcell">${link(row)}</div><div role="gridcell">${row.title}</div><div role="gridcell">${row.purpose}</div><div role="gridcell">
          ${state(row)}</div><div role="gridcell">${dayAndClock(row.opened)}</div><div role="gridcell">${row.expires ? dayAndClock(row.expires) : '–'}</div>
          <div role="gridcell">${change(row)}</div>`)} />` : null}
    ${isMaking ? html`<${NewCase} onClose=${() => onMake(false)} />` : null}
    ${changing ? html`<${ChangeCase} shown=${changing} onClose=${() => setChanging(null)} />` : null}`;
}
