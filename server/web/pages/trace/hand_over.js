// SPDX-License-Identifier: Apache-2.0
// Handing an answer over: as a masked file, in full to a named recipient, in the office's own form, or in words.
import { get, path, post, request, save, saveBlob } from '../common/api.js';
import { say } from '../common/dom.js';
import { html, useEffect, useRef, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock, duration } from '../common/time.js';
import { Forms, formName, useForms } from './forms.js';
import { AskForm, Field } from './parts.js';
import { FieldBoxes } from './person.js';
import { keptTrace } from './contacts.js';
import { passagesWindow, presetName, subjectsOf, traceBody, usePresets, windowOf } from './question.js';
import { go, listOf } from './state.js';
import { markOf, personOf, siteName, useStore } from './store.js';

/** @typedef {{what: string, path: string, method: string, body?: any, query: Record<string, any>, words: string, parts: string[]}} Wanted */

/** Whose trajectory: a hand-over is about one person. @param {import('./state.js').State} state */
const whoseOf = (state) => listOf(state.index).find((one) => one === state.whose) ?? listOf(state.index)[0];

/** What the address asks, as a call and as a disclosure's query. @param {import('./state.js').State} state @returns {Wanted | null} */
export function wantedOf(state) {
  const window = windowOf(state);
  const known = state.known ? { known_at: state.known } : {};
  if (state.what === 'passages' && state.site) {
    const window = passagesWindow(state);
    return { what: 'passages', method: 'GET', path: path`/api/v1/sites/${state.site}/passages${{ case: state.case, ...window, ...known }}`,
      query: { passages: { site: state.site, ...window, ...known } }, words: t('hand_over.of_passages', { site: siteName(state.site) }), parts: ['passages'] };
  }
  const person = whoseOf(state);
  if (state.what === 'trajectory' && person) {
    return { what: 'trajectory', method: 'GET', path: path`/api/v1/people/${person}/trajectory${{ case: state.case, ...window, ...known }}`,
      query: { trajectory: { person, ...window, ...known } }, words: t('hand_over.of_trajectory', { name: personOf(person).name }), parts: ['visits',
      'scans'] };
  }
  if (!subjectsOf(state).length) return null;
  const { case: number, ...query } = traceBody(state);
  return { what: 'contacts', method: 'POST', path: '/api/v1/traces', body: { case: number, ...query, explain: true }, query: { contacts: query },
    words: t('hand_over.of_contacts', { names: listOf(state.index).map((one) => personOf(one).name).slice(0, 3).join('、') || t('contacts.title') }),
    parts: ['contacts', 'explain'] };
}

/** Says how far an export is while it is made. */
async function withProgress(/** @type {Promise<Response>} */ making, /** @type {(words: string) => void} */ tell) {
  const timer = setInterval(() => get('/api/v1/exports', { quiet: true }).then(({ exports }) => { if (exports[0]) tell(t('hand_over.progress',
    { done: exports[0].rows_done, rows: exports[0].rows ?? '…' })); }, () => undefined), 1_000);
  try {
    return await making;
  } finally {
    clearInterval(timer);
    tell('');
  }
}

/** @param {{wanted: Wanted, number: string}} of */
function Masked({ wanted, number }) {
  const [part, setPart] = useState(wanted.parts[0]);
  const [progress, tell] = useState('');
  const first = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => { first.current?.focus(); }, []);   // who came by `e` goes on with Enter
  const load = async (/** @type {string} */ format) => {
    const more = { format, part: format === 'csv' && part !== wanted.parts[0] ? part : undefined };
    const url = wanted.method === 'GET' ? `${wanted.path}&${new URLSearchParams(Object.entries(more).filter(([, value]) => value).map(([name, value]) => [name,
      String(value)]))}` : wanted.path + path`${more}`;
    try {
      const answer = await withProgress(request(wanted.method, url, wanted.body), tell);
      await save(answer, `${number}-${wanted.what}.${format}`);
      say(t('hand_over.saved', { rows: answer.headers.get('Chayan-Rows') ?? '' }));
    } catch (error) {
      say(/** @type {Error} */ (error).message, 'wrong');
    }
  };
  return html`<section class="card-box"><h2>${t('hand_over.masked')}</h2><p class="muted">${t('hand_over.masked_lead')}</p>
    <div class="actions"><button type="button" class="primary" ref=${first} onClick=${() => load('xlsx')}>${t('hand_over.xlsx')} <kbd>⏎</kbd></button>
      <button type="button" onClick=${() => load('csv')}>CSV</button><button type="button" onClick=${() => load('json')}>JSON</button>
      ${wanted.parts.length > 1 ? html`<label>${t('hand_over.part')} <select onChange=${(/** @type {any} */ event) => setPart(event.target.value)}>
        ${wanted.parts.map((one) => html`<option value=${one}>${t(`part.${one}`)}</option>`)}</select></label>` : null}</div>
    <p role="status" class="muted">${progress}</p></section>`;
}

/** What a form could not tell, from the answer's heads. @param {Response} answer */
function unfilledWords(answer) {
  const columns = (answer.headers.get('Chayan-Unfilled') ?? '').split(',').map((one) => one.trim()).filter(Boolean).map((one) => { const [column,
    why = ''] = one.split(';why='); return `${column} ${t(`unfilled.${why.trim()}`)}`; });
  const fields = (answer.headers.get('Chayan-Unplaced') ?? '').split(',').map((one) => one.trim()).filter(Boolean);
  return [columns.length ? t('hand_over.unfilled', { columns: columns.join('、') }) : '', fields.length ? t('hand_over.unplaced', { fields: fields.map((one) =>
    t(`field.${one}`)).join('、') }) : ''].filter(Boolean);
}

/** @param {{wanted: Wanted, number: string}} of */
function InFull({ wanted, number }) {
  const forms = useForms();
  const [how, setHow] = useState('xlsx');
  const [progress, tell] = useState('');
  const [notes, setNotes] = useState(/** @type {string[]} */ ([]));
  const isForm = !['xlsx', 'csv', 'json'].includes(how);
  const send = async (/** @type {FormData} */ values) => {
    setNotes([]);
    if (!values.getAll('fields').length) throw new Error(t('hand_over.choose_fields'));
    const body = { query: wanted.query, fields: values.getAll('fields'), recipient: String(values.get('recipient')).trim(),
      reason: String(values.get('reason')).trim(), ...(isForm ? { form: how, ...(values.get('split') ? { split: 'township' } : {}) } : {}) };
    const answer = await withProgress(request('POST', path`/api/v1/cases/${number}/disclosures` + (isForm ? '' : path`${{ format: how }}`), body), tell);
    await save(answer, `${number}-${wanted.what}-${isForm ? 'form' : 'full'}.${values.get('split') && isForm ? 'zip' : how === 'sormas' ? 'csv' : isForm
      ? 'xlsx' : how}`);
    setNotes([t('hand_over.given', { rows: answer.headers.get('Chayan-Rows') ?? '' }), ...unfilledWords(answer)]);
  };
  const takesForm = wanted.what !== 'trajectory';
  return html`<section class="card-box"><h2>${t('hand_over.full')}</h2><p class="muted">${t('hand_over.full_lead')}</p>
    <${AskForm} button=${t('hand_over.give')} send=${send}>${(/** @type {Error | null} */ error) => html`<${FieldBoxes} chosen=${['name', 'document', 'phone',
      'address']} />
      <${Field} label=${t('hand_over.recipient')} error=${error} pointer="/recipient">${(/** @type {string} */ id) => html`<input id=${id} name="recipient"
        required maxlength="200" autocomplete="off" />`}</${Field}>
      <${Field} label=${t('reason')} error=${error} pointer="/reason">${(/** @type {string} */ id) => html`<input id=${id} name="reason" required
        maxlength="200" autocomplete="off" />`}</${Field}>
      <${Field} label=${t('hand_over.as')} error=${error} pointer="/form">${(/** @type {string} */ id) => html`<select id=${id}
        onChange=${(/** @type {any} */ event) => setHow(event.target.value)}>
        <optgroup label=${t('hand_over.file')}>${['xlsx', 'csv', 'json'].map((one) => html`<option value=${one} selected=${one === how}>${one.toUpperCase()}
          </option>`)}</optgroup>
        ${takesForm ? html`<optgroup label=${t('hand_over.form')}>${(forms.data?.forms ?? []).map((/** @type {any} */ form) => html`<option value=${form.id}
          selected=${form.id === how}>${formName(form)}</option>`)}<option value="sormas" selected=${how === 'sormas'}>SORMAS (CSV)</option>
          <option value="godata" selected=${how === 'godata'}>Go.Data (XLSX)</option></optgroup>` : null}</select>`}</${Field}>
      ${isForm ? html`<label><input type="checkbox" name="split" value="township" /> ${t('hand_over.split')}</label>` : null}`}</${AskForm}>
    <p role="status" class="muted">${progress}</p>${notes.length ? html`<div class="note good" role="status">${notes.map((note) => html`<div>${note}</div>`)}
      </div>` : null}</section>`;
}

/** @param {{state: import('./state.js').State, person: string}} of */
function Words({ state, person }) {
  const [kind, setKind] = useState('report');
  const [text, setText] = useState('');
  const body = { person, ...windowOf(state), kind, ...(state.known ? { known_at: state.known } : {}) };
  const send = async (/** @type {FormData} */ values) => {
    const label = String(values.get('label') ?? '').trim();
    const fields = values.getAll('fields');
    const full = kind === 'full' ? { fields, recipient: String(values.get('recipient')).trim(), reason: String(values.get('reason')).trim() } : {};
    const answer = await post(path`/api/v1/cases/${state.case}/narratives`, { ...body, kind: kind === 'notice' ? 'notice' : 'report', ...(label ? { label }
      : {}), ...full });
    setText(answer.text);
  };
  return html`<section class="card-box"><h2>${t('words.heading', { name: personOf(person).name })}</h2>
    <div class="filters">${['report', 'full', 'notice'].map((one) => html`<button type="button" aria-pressed=${String(kind === one)}
      onClick=${() => { setKind(one); setText(''); }}>${t(`words.${one}`)}</button>`)}</div><p class="muted">${t(`words.${kind}_lead`)}</p>
    <${AskForm} button=${t('words.write')} send=${send}>${(/** @type {Error | null} */ error) => html`
      ${kind === 'full' ? html`<${FieldBoxes} chosen=${['name', 'birth', 'address']} /><${Field} label=${t('hand_over.recipient')} error=${error}
        pointer="/recipient">${(/** @type {string} */ id) => html`<input id=${id} name="recipient" required maxlength="200" />`}</${Field}>
        <${Field} label=${t('reason')} error=${error} pointer="/reason">${(/** @type {string} */ id) => html`<input id=${id} name="reason" required
          maxlength="200" />`}</${Field}>` : null}
      <${Field} label=${t('words.label')} hint=${t('words.label_hint')} error=${error} pointer="/label">${(/** @type {string} */ id) => html`<input id=${id}
        name="label" maxlength="6" pattern="[A-Z0-9]*" required=${kind === 'notice'} />`}</${Field}>`}</${AskForm}>
    ${text ? html`<textarea class="narrative" readonly rows="12" lang="zh-CN" aria-label=${t('words.text')}>${text}</textarea>
      <div class="actions"><button type="button" onClick=${() => navigator.clipboard.writeText(text).then(() => say(t('words.copied')),
        (fault) => say(fault.message, 'wrong'))}>${t('words.copy')}</button><button type="button" onClick=${() => saveBlob(new Blob([text],
        { type: 'text/plain;charset=utf-8' }), `${state.case}-${kind}.txt`)}>${t('words.save')}</button></div>` : null}</section>`;
}

/** What the list is that is handed over: the answer's own parameters and size, and whom it names although they were found to be no contacts. @param {{state: import('./state.js').State}} of */
function Facts({ state }) {
  usePresets();
  const answer = keptTrace(state)?.data;
  const told = answer?.parameters;
  const window = told ?? (state.preset ? null : windowOf(state));
  const body = traceBody(state);
  const words = [body.preset ? presetName(body.preset) : '', body.degree > 1 ? t(`degree.${body.degree}`) : '', body.min_overlap_s ? `≥ ${duration(body.min_overlap_s)}` : '',
    body.categories ? body.categories.map((/** @type {string} */ one) => t(`category.${one}`)).join('、') : '', body.limit ? t('hand_over.limit', { count: body.limit }) : ''];
  const left = answer?.left_out?.reduce((/** @type {number} */ sum, /** @type {number} */ more) => sum + more, 0) ?? 0;
  const cleared = answer?.contacts.filter((/** @type {any} */ row) => markOf(state.case, row)?.state === 'not_contact').length ?? 0;
  return html`${window ? html`<span>${dayAndClock(window.from)} – ${dayAndClock(window.to)}</span>` : null}${words.filter(Boolean).map((one) => html`<span>${one}
    </span>`)}${answer ? html`<span>${t('hand_over.rows', { count: answer.contacts.length })}</span>` : null}${left ? html`<span class="tag surprising">
    ${t('hand_over.left_out', { count: left })}</span>` : null}${cleared ? html`<span class="tag surprising">${t('hand_over.cleared', { count: cleared })}
    </span>` : null}`;
}

/** @param {{state: import('./state.js').State}} of */
export function HandOver({ state }) {
  useStore();
  const wanted = wantedOf(state);
  const person = whoseOf(state);
  const window = state.what === 'passages' ? passagesWindow(state) : windowOf(state);
  const people = listOf(state.index);
  const choices = [subjectsOf(state).length ? 'contacts' : '', person ? 'trajectory' : '', state.site ? 'passages' : ''].filter(Boolean);
  return html`<header class="answer-head"><p class="crumb">${t('case')} ${state.case}</p><h1>${t('hand_over.heading')}</h1>${wanted
    ? html`<p class="muted facts"><span>${wanted.words}</span>${wanted.what === 'contacts' ? html`<${Facts} state=${state} />` : html`<span>
      ${dayAndClock(window.from)} – ${dayAndClock(window.to)}</span>`}</p>` : null}</header>
    ${choices.length > 1 ? html`<div class="filters">${choices.map((one) => html`<button type="button" aria-pressed=${String(wanted?.what === one)}
      onClick=${() => go({ what: one === 'contacts' ? '' : one }, { replace: true })}>${t(`part.${one}`)}</button>`)}</div>` : null}
    ${wanted?.what === 'trajectory' && people.length > 1 ? html`<div class="filters" role="group" aria-label=${t('hand_over.whose')}>
      <span>${t('hand_over.whose')}</span>${people.map((one) => html`<button type="button" aria-pressed=${String(one === person)}
      onClick=${() => go({ whose: one }, { replace: true })}>${personOf(one).name}</button>`)}</div>` : null}
    ${wanted ? html`<div class="boxes-grid" key=${`${wanted.what} ${person}`}><${Masked} wanted=${wanted} number=${state.case} /><${InFull} wanted=${wanted}
      number=${state.case} />${person ? html`<${Words} state=${state} person=${person} />` : null}</div>` : html`<p class="note">${t('hand_over.nothing')}</p>`}
    <${Forms} />`;
}
