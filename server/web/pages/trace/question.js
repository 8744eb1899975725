// SPDX-License-Identifier: Apache-2.0
// A question about contacts: from the address to what is asked, and its parameters as one line that can be changed.
import { html, useEffect, useState } from '../common/html.js';
import { language, t } from '../common/texts.js';
import { duration } from '../common/time.js';
import { daysAgo, fromLocal, toLocal } from './parts.js';
import { askAnew, go, listOf, questionMembers, untilNow } from './state.js';
import { presets } from './store.js';
import { useNarrow } from './table.js';

export const categories = ['traffic', 'village', 'community', 'enterprise', 'clinic', 'pharmacy', 'office', 'shop', 'school', 'hotel', 'isolation', 'transit',
  'vehicle', 'other'];
const evidence = ['static', 'screen', 'staff', 'import'];
const flags = ['late', 'outside_hours', 'old_poster', 'impossible_travel', 'burst'];

export const days_without_anchor = 14;
export const least_s = 600;   // where nobody says: a passing at a door is no lead at 3 a.m.

/** @type {any[]} */
let known = [];
/** The presets, once they are known. @returns {any[]} */
export function usePresets() {
  const [, draw] = useState(0);
  useEffect(() => { presets().then((answer) => { known = answer.presets; draw(1); }, () => undefined); }, []);
  return known;
}

/** The window of what is no trace: as given, else as long as a trace without an anchor looks back. @param {import('./state.js').State} state */
export const windowOf = (state) => ({ from: state.from || daysAgo(days_without_anchor), to: state.to || untilNow() });
/** That of the passages of a place, which a visit may have opened: it binds no other question. @param {import('./state.js').State} state */
export const passagesWindow = (state) => ({ from: state.site_from || windowOf(state).from, to: state.site_to || windowOf(state).to });

/** Whom it is asked of. A place stands as "ref!from!to". @param {import('./state.js').State} state */
export const subjectsOf = (state) => [
  ...listOf(state.index).map((person) => ({ person })),
  ...listOf(state.place).map((place) => { const [site, from, to] = place.split('!'); return { site, from, to }; }),
];

/**
 * The body of POST /traces, without `explain`.
 * @param {import('./state.js').State} state
 * @returns {Record<string, any>}
 */
export function traceBody(state) {
  const anchor = state.onset ? { onset: state.onset } : state.sample ? { sample: state.sample } : null;
  const hasPreset = usesPresetNow(state);
  const body = /** @type {Record<string, any>} */ ({ case: state.case, index: subjectsOf(state) });
  if (hasPreset) Object.assign(body, { preset: state.preset, anchor });
  if (state.from || !hasPreset) body.from = windowOf(state).from;
  if (state.to || !hasPreset) body.to = windowOf(state).to;
  if (state.dir) body.direction = state.dir;
  const degree = Number(state.deg || 1);
  if (degree > 1) body.degree = degree;
  let least = state.min === undefined ? (hasPreset ? undefined : least_s) : Number(state.min);
  // A second degree wants a bound, and some authorities name none.
  if (least === undefined && degree > 1 && !state.limit && !state.cat && known.find((one) => one.preset === state.preset)?.min_overlap_s === 0) least = least_s;
  if (least !== undefined) body.min_overlap_s = least;
  if (state.by) body.accumulate = state.by;
  if (state.linger !== undefined) body.linger_s = Number(state.linger);
  for (const [member, name] of [['cat', 'categories'], ['div', 'divisions'], ['evid', 'evidence'], ['flags',
    'without_flags']]) if (state[member]) body[name] = listOf(state[member]);
  if (state.ident) body.identity = state.ident;
  if (state.half) body.crowd_half = Number(state.half);
  if (state.limit) body.limit = Number(state.limit);
  if (state.known) body.known_at = state.known;
  return body;
}

/** Of a kept question, the members of the address. @param {any} asked */
export function addressOfQuestion(asked) {
  const state = /** @type {import('./state.js').State} */ (Object.fromEntries(questionMembers.map((name) => [name, ''])));
  const text = (/** @type {any} */ value) => (value === undefined ? '' : String(value));
  const anchor = asked.anchor ?? {};
  return Object.assign(state, {
    index: (asked.index ?? []).map((/** @type {any} */ one) => one.person).filter(Boolean).join(','),
    place: (asked.index ?? []).filter((/** @type {any} */ one) => one.site).map((/** @type {any} */ one) => `${one.site}!${one.from}!${one.to}`).join(','),
    preset: text(asked.preset), onset: anchor.onset === true ? text(anchor.at) : text(anchor.onset), sample: anchor.sample === true ? text(anchor.at)
      : text(anchor.sample),
    from: text(asked.from), to: text(asked.to), dir: text(asked.direction === 'backward' ? 'backward' : ''), deg: text(asked.degree > 1 ? asked.degree
      : ''), min: text(asked.min_overlap_s ?? (asked.preset ? '' : 0)),
    by: text(asked.accumulate), linger: text(asked.linger_s), cat: text(asked.categories), div: text(asked.divisions), evid: text(asked.evidence),
      flags: text(asked.without_flags),
    ident: text(asked.identity), half: text(asked.crowd_half), limit: text(asked.limit), known: text(asked.known_at),
  });
}

/** What a preset is called. @param {string} preset */
export const presetName = (preset) => known.find((one) => one.preset === preset)?.name[language] ?? preset;

/** What a preset asks for, in words. @param {any} preset */
export function presetWords(preset) {
  const after = preset.days_after ? t('preset.after', { onset: preset.days_after.onset ?? '–', sample: preset.days_after.sample ?? '–' })
    : t('preset.until_now');
  const least = preset.min_overlap_s ? t('preset.least', { least: duration(preset.min_overlap_s), by: t(`by.${preset.accumulate}`) }) : t('preset.no_least');
  return t('preset.words', { before: preset.days_before, after, least });
}

/** @param {{label: string, children: any, strong?: boolean}} of */
const Chip = ({ label, children, strong }) => html`<label class=${`chip${strong ? ' strong' : ''}`}><span>${label}</span>${children}</label>`;

/** Boxes to tick behind a chip. @param {{label: string, name: string, words: string[], text: (word: string) => string, chosen: string[], none: string}} of */
const TickChip = ({ label, name, words, text, chosen, none }) => html`<details class=${`chip ticks${chosen.length ? ' strong' : ''}`}><summary><span>${label}
  </span> <b>${chosen.length ? chosen.map(text).join('、') : none}</b></summary>
  <fieldset><legend class="only-read">${label}</legend>${words.map((word) => html`<label><input type="checkbox" name=${name} value=${word}
    defaultChecked=${chosen.includes(word)} /> ${text(word)}</label>`)}</fieldset></details>`;

/** @param {import('./state.js').State} state */
const usesPresetNow = (state) => Boolean(state.preset && (state.onset || state.sample));

/** @param {FormData} values @returns {import('./state.js').State} */
function readChips(values) {
  const text = (/** @type {string} */ name) => String(values.get(name) ?? '').trim();
  const all = (/** @type {string} */ name) => values.getAll(name).join(',');
  const minutes = (/** @type {string} */ name) => (text(name) === '' ? '' : String(Math.round(Number(text(name)) * 60)));
  const at = fromLocal(text('at'));
  const wants = text('anchor');
  return {
    preset: text('preset'), onset: wants === 'onset' ? at : '', sample: wants === 'sample' ? at : '', from: fromLocal(text('from')), to: fromLocal(text('to')),
    dir: text('dir'), deg: text('deg'), min: minutes('min'), by: text('by'), linger: minutes('linger'), cat: all('cat'), evid: all('evid'), flags: all('flags'),
    ident: text('ident'), half: text('half'), limit: text('limit'), div: text('div').split(/[\s,，、]+/).filter(Boolean).join(','),
  };
}

/**
 * The parameters as one line, on a phone folded away; what is changed holds once it is asked again.
 * @param {{state: import('./state.js').State, onAsk: () => void}} of
 */
export function Chips({ state, onAsk }) {
  const narrow = useNarrow();
  return narrow ? html`<details class="folded"><summary>${t('question.parameters')} <b>${termsOf(state)}</b></summary><${ChipLine} state=${state}
    onAsk=${onAsk} /></details>` : html`<${ChipLine} state=${state} onAsk=${onAsk} />`;
}

/** The terms that most is decided by, in short. @param {import('./state.js').State} state */
function termsOf(state) {
  const least = state.min === undefined ? (usesPresetNow(state) ? null : least_s) : Number(state.min);
  return [usesPresetNow(state) ? known.find((one) => one.preset === state.preset)?.name[language] ?? state.preset : '', least === null ? ''
    : `≥ ${duration(least)}`, t(`degree.${state.deg ?? '1'}`), state.dir ? t('dir.backward') : ''].filter(Boolean).join(' · ');
}

/** @param {{state: import('./state.js').State, onAsk: () => void}} of */
function ChipLine({ state, onAsk }) {
  const all = usePresets();
  const [preset, setPreset] = useState(state.preset ?? '');
  const [anchor, setAnchor] = useState(state.onset ? 'onset' : state.sample ? 'sample' : '');
  useEffect(() => { setPreset(state.preset ?? ''); setAnchor(state.onset ? 'onset' : state.sample ? 'sample' : ''); }, [state]);
  const chosen = all.find((one) => one.preset === preset);
  const usesPreset = Boolean(preset && anchor);
  const least = state.min === undefined ? (usesPreset ? '' : String(least_s / 60)) : String(Number(state.min) / 60);
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const wanted = readChips(new FormData(form));
    // What stands there unsaid stays unsaid: a preset has its own.
    if (!state.from && !usesPresetNow(state) && wanted.from === windowOf(state).from) wanted.from = '';
    if (state.min === undefined && !usesPresetNow(state) && wanted.min === String(least_s)) wanted.min = '';
    else if (!wanted.min && !wanted.preset) wanted.min = '0';   // an emptied bound is none, not the one that stood there
    // A preset brings its own window: what stood there from before would cut it without a word.
    if (wanted.preset && wanted.preset !== (state.preset ?? '')) for (const end of ['from', 'to']) if (wanted[end] === (state[end] ?? '')) wanted[end] = '';
    if (wanted.preset && !wanted.onset && !wanted.sample) { /** @type {any} */ (form.elements.namedItem('anchor')).focus(); return; }
    if (wanted.onset === '' && wanted.sample === '' && anchor) { /** @type {any} */ (form.elements.namedItem('at')).focus(); return; }
    form.querySelectorAll('details[open]').forEach((one) => one.removeAttribute('open'));
    askAnew();
    go(wanted);
    onAsk();
  };
  // A choice that fits: a preset wants a moment to count from, a moment without one is the latest of the authority.
  const anchorChanged = (/** @type {string} */ value) => { setAnchor(value); if (value && !preset) setPreset('nhc8'); if (!value) setPreset(''); };
  const presetChanged = (/** @type {string} */ value) => { setPreset(value); if (value && !anchor) setAnchor('sample'); };
  const value = (/** @type {any} */ event) => event.target.value;
  return html`<form class="chips" aria-label=${t('question.parameters')} onSubmit=${submit} key=${JSON.stringify(questionMembers.map((name) => state[name]))}>
    <${Chip} label=${t('question.preset')} strong=${usesPreset}><select name="preset" value=${preset} onChange=${(/** @type {any} */ event) =>
      presetChanged(value(event))}>
      <option value="">${t('question.no_preset')}</option>${all.map((one) => html`<option value=${one.preset} selected=${one.preset === preset}>
        ${one.name[language]}</option>`)}</select></${Chip}>
    <${Chip} label=${t('question.anchor')} strong=${usesPreset}><select name="anchor" value=${anchor} onChange=${(/** @type {any} */ event) =>
      anchorChanged(value(event))}>
      ${['', 'onset', 'sample'].map((word) => html`<option value=${word} selected=${word === anchor}>${t(`anchor.${word || 'none'}`)}</option>`)}</select>
      ${anchor ? html`<input type="datetime-local" name="at" aria-label=${t(`anchor.${anchor}`)} defaultValue=${toLocal(state.onset || state.sample)}
        required />` : null}</${Chip}>
    <${Chip} label=${t('question.from')}><input type="datetime-local" name="from" defaultValue=${toLocal(state.from || (usesPreset ? ''
      : windowOf(state).from))} /></${Chip}>
    <${Chip} label=${t('question.to')}><input type="datetime-local" name="to" defaultValue=${toLocal(state.to)} title=${t('question.to_now')} /></${Chip}>
    <${Chip} label=${t('question.least')}><input type="number" name="min" min="0" step="any" defaultValue=${least} /> ${t('minutes')}
      <select name="by" aria-label=${t('question.by')}>${(usesPreset ? ['', 'total', 'longest', 'day'] : ['', 'longest', 'day']).map((word) => html`<option
        value=${word} selected=${word === (state.by ?? '')}>${t(`by.${word || (usesPreset ? 'none' : 'total')}`)}</option>`)}</select></${Chip}>
    <${Chip} label=${t('question.linger')}><input type="number" name="linger" min="0" step="any" placeholder="–" defaultValue=${state.linger === undefined ? ''
      : String(Number(state.linger) / 60)} /> ${t('minutes')}</${Chip}>
    <${Chip} label=${t('question.dir')}><select name="dir">${['', 'backward'].map((word) => html`<option value=${word} selected=${word === (state.dir ?? '')}>
      ${t(`dir.${word || 'forward'}`)}</option>`)}</select></${Chip}>
    <${Chip} label=${t('question.degree')}><select name="deg">${['', '2', '3'].map((word) => html`<option value=${word} selected=${word === (state.deg ?? '')}>
      ${t(`degree.${word || '1'}`)}</option>`)}</select></${Chip}>
    <${TickChip} label=${t('question.categories')} name="cat" words=${categories} text=${(/** @type {string} */ word) => t(`category.${word}`)}
      chosen=${listOf(state.cat)} none=${t('all')} />
    <details class=${`chip ticks${['evid', 'flags', 'ident', 'half', 'limit', 'div'].some((name) => state[name]) ? ' strong' : ''}`}><summary>
      ${t('question.more')}</summary><div class="more-terms">
      <fieldset><legend>${t('question.evidence')}</legend>${evidence.map((word) => html`<label><input type="checkbox" name="evid" value=${word}
        defaultChecked=${listOf(state.evid).includes(word)} /> ${t(`evidence.${word}`)}</label>`)}</fieldset>
      <fieldset><legend>${t('question.without_flags')}</legend>${flags.map((word) => html`<label><input type="checkbox" name="flags" value=${word}
        defaultChecked=${listOf(state.flags).includes(word)} /> ${t(`flag.${word}`)}</label>`)}</fieldset>
      <label>${t('question.identity')} <select name="ident">${['', 'document', 'seen'].map((word) => html`<option value=${word}
        selected=${word === (state.ident ?? '')}>${t(`identity.${word || 'any'}`)}</option>`)}</select></label>
      <label>${t('question.crowd_half')} <input type="number" name="half" min="1" max="1000000" defaultValue=${state.half ?? ''} /></label>
      <label>${t('question.limit')} <input type="number" name="limit" min="1" defaultValue=${state.limit ?? ''} /></label>
      <label>${t('question.divisions')} <input name="div" defaultValue=${state.div ?? ''} /></label></div></details>
    <button class="primary" type="submit">${t('question.ask')}</button>
    ${chosen ? html`<p class="preset-words"><b>${chosen.name[language]}</b> ${presetWords(chosen)} <span class="muted" lang="en">${chosen.source}</span></p>`
      : null}
  </form>`;
}

/** The bounds of a question that leave people out, each with the question without it. @param {import('./state.js').State} state */
export function boundsOf(state) {
  const body = traceBody(state);
  const without = (/** @type {Record<string, any>} */ changes) => { const next = /** @type {Record<string, any>} */ ({ ...body, ...changes, limit: 1 });
    for (const name of Object.keys(next)) if (next[name] === undefined) delete next[name]; return next; };
  const found = [];
  if (body.min_overlap_s || body.preset) found.push({ name: 'least', body: without({ min_overlap_s: 0 }) });
  if (body.categories) found.push({ name: 'categories', body: without({ categories: undefined }) });
  if (body.divisions) found.push({ name: 'divisions', body: without({ divisions: undefined }) });
  if (body.evidence) found.push({ name: 'evidence', body: without({ evidence: undefined }) });
  if (body.without_flags) found.push({ name: 'without_flags', body: without({ without_flags: undefined }) });
  if (body.identity) found.push({ name: 'identity', body: without({ identity: undefined }) });
  return found.map((bound) => ({ ...bound, body: { ...bound.body, degree: undefined } }));
}

