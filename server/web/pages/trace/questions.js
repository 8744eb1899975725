// SPDX-License-Identifier: Apache-2.0
// What was asked in this case: opened as it was, or asked again, which tells who is new.
import { path, post } from '../common/api.js';
import { html, useMemo, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock } from '../common/time.js';
import { ContactTable } from './contact_table.js';
import { allQuestions } from './curve.js';
import { foldedOf, groupsOf, linesOf } from './groups.js';
import { MarkDialog, useMarking } from './marking.js';
import { Busy, Fault, took } from './parts.js';
import { addressOfQuestion } from './question.js';
import { addressOf, go, questionMembers } from './state.js';
import { forget, learnPeople, learnSites, personOf, siteName, useAnswer, useStore } from './store.js';
import { Table, useNarrow } from './table.js';

/** Whom it was about. @param {any} kept */
function aboutOf(kept) {
  const asked = kept.question ?? {};
  if (kept.kind === 'passages') return siteName(asked.site ?? '');
  if (kept.kind === 'trajectory') return personOf(asked.person ?? '').name;
  return (asked.index ?? []).map((/** @type {any} */ one) => (one.person ? personOf(one.person).name : one.site ? siteName(one.site) : '*')).slice(0,
    4).join('、');
}

/** The bounds of a trace in some words. @param {any} asked */
const boundsWords = (asked) => [asked.preset, asked.degree > 1 ? t('degree.short', { degree: asked.degree }) : '', asked.min_overlap_s
  ? `≥ ${Math.round(asked.min_overlap_s / 60)} ${t('minutes')}` : '', asked.known_at ? t('known.short', { at: dayAndClock(asked.known_at) })
  : ''].filter(Boolean).join(' · ');

/** The address of a kept question. @param {any} kept @returns {import('./state.js').State} */
function placeOf(kept) {
  const asked = kept.question ?? {};
  const none = Object.fromEntries(questionMembers.map((name) => [name, '']));
  const window = { from: asked.from ?? '', to: kept.until_now ? '' : asked.to ?? '', known: asked.known_at ?? '' };
  if (kept.kind === 'passages') return { ...none, known: window.known, site_from: window.from, site_to: window.to, view: 'passages', site: asked.site ?? '' };
  if (kept.kind === 'trajectory') return { ...none, ...window, view: 'trajectory', index: asked.person ?? '' };
  if (kept.kind === 'places') return { ...none, ...window, view: 'shared', index: (asked.index ?? []).map((/** @type {any} */ one) => one.person).join(',') };
  return { ...addressOfQuestion(asked), ...(kept.until_now ? { to: '' } : {}), view: 'contacts', tab: '' };
}

/** @param {{state: import('./state.js').State, again: {kept: any, answer: any, ms: number}}} of */
function Again({ state, again }) {
  const { answer, kept } = again;
  const [isNewOnly, setNewOnly] = useState(true);
  const [open, setOpen] = useState(/** @type {Set<string>} */ (new Set()));
  const [picked, setPicked] = useState(/** @type {Set<string>} */ (new Set()));
  const marking = useMarking(state.case);
  const rows = useMemo(() => (answer.contacts ?? []).filter((/** @type {any} */ row) => row.degree > 0 && (!isNewOnly || row.new || answer.new === undefined)),
    [answer, isNewOnly]);
  const flat = useMemo(() => (isNewOnly ? rows.map((/** @type {any} */ row) => ({ ...row, degree: 1 })) : rows), [rows]);
    // who is new of a later degree may have come through somebody who is not
  const folded = useMemo(() => foldedOf(flat), [flat]);
  const lines = useMemo(() => linesOf(groupsOf(flat), folded, open), [flat, open]);
  const words = answer.same ? t('again.same') : answer.new === undefined ? t('again.changed') : t('again.new', { fresh: answer.new, gone: answer.gone });
  return html`<div class=${`note ${answer.same ? 'good' : 'wait'}`} role="status"><b>${words}</b> ${t('again.since',
    { at: dayAndClock(answer.since) })} · ${took(again.ms)} <a href=${addressOf(placeOf(kept))}>${t('again.open')}</a></div>
    ${kept.kind === 'contacts' ? html`<div class="tools"><button type="button" aria-pressed=${String(isNewOnly)} onClick=${() => setNewOnly(!isNewOnly)}>
      ${t('again.new_only')}</button></div>
      ${flat.length ? html`<${ContactTable} lines=${lines} folded=${folded} open=${open} onOpen=${setOpen} picked=${picked} onPick=${setPicked}
        marking=${marking} state=${state} />` : html`<p class="note">${t('again.nobody')}</p>`}<${MarkDialog} marking=${marking} />` : null}`;
}

/** @param {{state: import('./state.js').State}} of */
export function Questions({ state }) {
  useStore();
  const narrow = useNarrow();
  const { data, error, busy } = useAnswer(`questions ${state.case} all`, () => allQuestions(state.case).then((answer) => {
    learnSites(answer.questions.flatMap((kept) => [kept.question?.site, ...(kept.question?.index ?? []).map((/** @type {any} */ one) =>
      one.site)]).filter(Boolean));
    return answer;
  }));
  const [again, setAgain] = useState(/** @type {any} */ (null));
  const [fault, setFault] = useState(/** @type {Error | null} */ (null));
  const [isRunning, setRunning] = useState(false);
  const [untilNow, setUntilNow] = useState(true);
  const run = async (/** @type {any} */ kept) => {
    setRunning(true);
    setFault(null);
    const begun = performance.now();
    try {
      const answer = await post(path`/api/v1/cases/${state.case}/questions/${kept.id}/run`, { until_now: untilNow && kept.until_now });
      learnPeople((answer.contacts ?? []).map((/** @type {any} */ row) => row.person));
      learnSites((answer.contacts ?? []).flatMap((/** @type {any} */ row) => row.sites));
      setAgain({ kept, answer, ms: performance.now() - begun });
      forget('questions ');
    } catch (error_) {
      setFault(/** @type {Error} */ (error_));
    }
    setRunning(false);
  };
  const columns = ['kind', 'about', 'bounds', 'count', 'asked', 'by', 'do'].map((key) => ({ key, title: t(`questions.${key}`), class: key === 'count' ? 'number'
    : '' }));
  const buttons = (/** @type {any} */ kept) => html`<a class="button" tabindex="-1" href=${addressOf(placeOf(kept))}>${t('questions.open')}
    </a> <button type="button" tabindex="-1" disabled=${isRunning || !kept.question} onClick=${() => run(kept)}>${t('questions.again')}</button>`;
  return html`<header class="answer-head"><p class="crumb">${t('case')} ${state.case}</p><h1>${t('questions.heading')}</h1></header><p class="muted">
    ${t('questions.lead')}</p>
    <div class="tools"><label><input type="checkbox" checked=${untilNow} onChange=${() => setUntilNow(!untilNow)} /> ${t('questions.until_now')}</label></div>
    <${Fault} error=${error ?? fault} />${busy || isRunning ? html`<${Busy} />` : null}
    ${again ? html`<${Again} state=${state} again=${again} key=${again.ms} />` : null}
    ${data && !data.questions.length ? html`<p class="note">${t('questions.none')}</p>` : null}
    ${data?.questions.length ? html`<${Table} label=${t('questions.heading')} columns=${columns} rows=${data.questions} rowHeight=${narrow ? 96
      : 40} hidesHead=${narrow} template=${narrow ? '1fr' : '90px 1.4fr 1.4fr 80px 120px 100px 190px'} keyOf=${(/** @type {any} */ kept) => kept.id}
      onOpen=${(/** @type {any} */ kept) => go(placeOf(kept))} onKey=${(/** @type {KeyboardEvent} */ event,
        /** @type {any} */ kept) => { if (event.key !== 'r') return false; run(kept); return true; }}
      draw=${(/** @type {any} */ kept) => (narrow ? html`<div role="gridcell" class="card"><div class="first"><b>${t(`kept.${kept.kind}`)}
        </b> ${aboutOf(kept)} <span class="number">${kept.count}</span></div><div class="second muted">
        ${boundsWords(kept.question ?? {})} · ${dayAndClock(kept.asked_last)}</div><div>${buttons(kept)}</div></div>`
        : html`<div role="gridcell">${t(`kept.${kept.kind}`)}</div><div role="gridcell">${aboutOf(kept)}</div><div role="gridcell" class="muted">
          ${boundsWords(kept.question ?? {})}</div><div role="gridcell" class="number">${kept.count}${kept.complete ? '' : '+'}</div><div role="gridcell">
          ${dayAndClock(kept.asked_last)}</div><div role="gridcell">${kept.by}</div><div role="gridcell">${buttons(kept)}</div>`)} />` : null}`;
}
