// SPDX-License-Identifier: Apache-2.0
// Who was with them: the answer's size, its parameters, who was there as lanes, then groups by place and hour, strongest first.
import { ApiError, get, path, post } from '../common/api.js';
import { say } from '../common/dom.js';
import { html, useEffect, useMemo, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock, duration } from '../common/time.js';
import { ContactTable, whyOf } from './contact_table.js';
import { Curve } from './curve.js';
import { Graph } from './graph.js';
import { chosenForGraph, foldedOf, groupsOf, linesOf, strongest } from './groups.js';
import { Lanes, barOf, rangeOf } from './lanes.js';
import { MarkDialog, useMarking } from './marking.js';
import { Busy, Fault, took, useId } from './parts.js';
import { Chips, boundsOf, subjectsOf, traceBody, usePresets } from './question.js';
import { addressOf, askAnew, go, listOf } from './state.js';
import { answerOf, forget, keptAnswer, learnPeople, learnSites, personOf, siteName, useAnswer, useStore } from './store.js';
import { useNarrow } from './table.js';
import { Timeline } from './timeline.js';

const lanes_max = 4;   // the list below is what is worked on

/** Asks for the contacts, with the reasons where they have room. @param {Record<string, any>} body */
async function askTrace(body) {
  let answer;
  try {
    answer = await post('/api/v1/traces', { ...body, explain: true });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'trace_too_large') throw error;
    answer = await post('/api/v1/traces', body);
  }
  learnPeople(answer.contacts.map((/** @type {any} */ row) => row.person));
  learnSites(answer.contacts.flatMap((/** @type {any} */ row) => [...row.sites, ...(row.explain ?? []).map((/** @type {any} */ one) =>
    one.place).filter(Boolean)]));
  return answer;
}

/** @param {Record<string, any>} body */
export const keyOfTrace = (body) => `trace ${JSON.stringify(body)}`;
/** The answer of the question in the address, if it is here. @param {import('./state.js').State} state */
export const keptTrace = (state) => (subjectsOf(state).length ? keptAnswer(keyOfTrace(traceBody(state))) : undefined);

/** @param {string} person @param {{case: string, from: string, to: string, known_at?: string}} of */
export function askTrajectory(person, of) {
  return answerOf(`trajectory ${person} ${JSON.stringify(of)}`, async () => {
    const answer = await get(path`/api/v1/people/${person}/trajectory${of}`);
    learnPeople([answer.person]);
    return answer;
  });
}

/** Where the index persons were, of a few of them. @param {import('./state.js').State} state @param {any} parameters of the answer */
function useIndexVisits(state, parameters) {
  const [visits, setVisits] = useState(/** @type {Record<string, any[]>} */ ({}));
  const window = parameters ? { case: state.case, from: parameters.from, to: parameters.to, known_at: state.known } : null;
  useEffect(() => {
    let isWanted = true;
    if (window) {
      for (const person of listOf(state.index).slice(0, 3)) {
        askTrajectory(person, window).then((answer) => { if (isWanted) setVisits((was) => ({ ...was, [person]: answer.data.visits })); }, () => undefined);
      }
    }
    return () => { isWanted = false; };
  }, [state.index, window && JSON.stringify(window)]);
  return visits;
}

/** @param {{state: import('./state.js').State, answer: any, visits: Record<string, any[]>}} of */
function Overview({ state, answer, visits }) {
  const narrow = useNarrow();
  const lanes = useMemo(() => {
    const own = listOf(state.index).slice(0, 3).filter((person) => visits[person]).map((person) => ({
      key: person, label: t('lanes.index', { name: personOf(person).name }), strong: true,
      bars: visits[person].map((visit) => barOf(visit,
        `${visit.site.name} · ${dayAndClock(visit.begin)} – ${dayAndClock(visit.end)} · ${t(`ended.${visit.ended_by}`)}`)),
    }));
    const others = answer.contacts.filter((/** @type {any} */ row) => row.degree === 1 && row.explain).slice(0, lanes_max).map((/** @type {any} */ row) => ({
      key: row.person.id, label: `${row.person.name} ${row.kinds.includes('company') ? t('kind.company') : siteName(strongest(row)?.place ?? '')}`,
        strong: false,
      bars: row.explain.filter((/** @type {any} */ one) => one.overlap_s > 0 || one.kind === 'company').map((/** @type {any} */ one) => ({
        from: one.begin, to: one.end, assumed: one.ended_by !== undefined && !['scanned', 'told'].includes(one.ended_by),
        title: `${siteName(one.place ?? '')} · ${dayAndClock(one.begin)} · ${one.kind === 'company' ? t('kind.company') : duration(one.overlap_s)}`,
      })),
    }));
    return [...own, ...others];
  }, [answer, visits]);
  if (!lanes.length) return null;
  const range = rangeOf(lanes, answer.parameters.from, answer.parameters.to);
  return html`<details class="overview" open=${!narrow}><summary>${t('lanes.heading')} <span class="key solid"></span>${t('lanes.scanned')} <span
    class="key hatched"></span>${t('lanes.assumed')}</summary><${Lanes} lanes=${lanes} ...${range} label=${t('lanes.label', { count: lanes.length })}
    hasKey=${false} /></details>`;
}

/**
 * How many each bound leaves out: one question more for each, which is why it has to be asked for.
 * @param {{state: import('./state.js').State, count: number}} of
 */
function LeftOut({ state, count }) {
  const [rows, setRows] = useState(/** @type {{name: string, count: number | null}[] | null} */ (null));
  useEffect(() => setRows(null), [JSON.stringify(traceBody(state))]);
  const bounds = boundsOf(state);
  const ask = async () => {
    setRows(bounds.map((bound) => ({ name: bound.name, count: null })));
    for (const bound of bounds) {
      try {
        const answer = await post('/api/v1/traces', bound.body);
        const all = answer.contacts.filter((/** @type {any} */ row) => row.degree === 1).length + (answer.left_out[0] ?? 0);
        setRows((was) => was && was.map((row) => (row.name === bound.name ? { ...row, count: all - count } : row)));
      } catch (error) {
        say(/** @type {Error} */ (error).message, 'wrong');
      }
    }
  };
  if (!bounds.length) return null;
  return rows ? html`<span class="left-out" role="status">${rows.map((row) => html`<span>${t('left_out.bound', { bound: t(`bound.${row.name}`),
    count: row.count ?? '…' })}</span>`)}</span>`
    : html`<button type="button" onClick=${ask}>${t('left_out.ask')}</button>`;
}

/** Who they were with, in a heading. @param {import('./state.js').State} state */
function indexWords(state) {
  const people = listOf(state.index), places = listOf(state.place);
  if (people.length === 1 && !places.length) return { one: true, words: `${personOf(people[0]).name} ${personOf(people[0]).document?.number ?? ''}`.trim() };
  return { one: false, words: [people.length ? t('index.people', { count: people.length }) : '', ...places.map((place) =>
    siteName(place.split('!')[0]))].filter(Boolean).join('、') };
}

/** @param {{state: import('./state.js').State, answer: any, ms: number}} of */
function Heading({ state, answer, ms }) {
  const count = answer.contacts.filter((/** @type {any} */ row) => row.degree === 1).length;
  const later = answer.contacts.filter((/** @type {any} */ row) => row.degree > 1).length;
  const parameters = answer.parameters;
  const who = indexWords(state);
  const left = answer.left_out.map((/** @type {number} */ number, /** @type {number} */ at) => (number ? t('left_out.limit', { degree: at + 1, count: number })
    : '')).filter(Boolean);
  return html`<header class="answer-head"><p class="crumb">${t('case')} ${state.case} / <a href=${addressOf({ who: listOf(state.index)[0] })}>${who.words}</a>
    </p>
    <h1>${t(who.one ? (state.dir ? 'contacts.heading_back' : 'contacts.heading') : 'contacts.heading_many', { count })}${later ? ` + ${t('contacts.later',
      { count: later })}` : ''}</h1>
    <p class="muted facts"><span>${dayAndClock(parameters.from)} – ${dayAndClock(parameters.to)}</span><span>${answer.complete ? t('complete')
      : html`<b class="warn">${t('not_complete')}</b> ${left.join('、')}`}</span><span>${took(ms)}</span>
    <${LeftOut} state=${state} count=${count + (answer.left_out[0] ?? 0)} /></p></header>`;
}

/** @param {{state: import('./state.js').State}} of */
export function Contacts({ state }) {
  useStore();
  const all = usePresets();
  const body = traceBody(state);
  const isReady = subjectsOf(state).length > 0 && (!state.preset || all.length > 0);
  const key = isReady ? keyOfTrace(body) : null;
  const { data: answer, ms, error, busy } = useAnswer(key, () => askTrace(body));
  const visits = useIndexVisits(state, answer?.parameters);
  const [open, setOpen] = useState(/** @type {Set<string>} */ (new Set()));
  const [picked, setPicked] = useState(/** @type {Set<string>} */ (new Set()));
  useEffect(() => { setOpen(new Set()); setPicked(new Set()); }, [key]);
  const groups = useMemo(() => (answer ? groupsOf(answer.contacts) : []), [answer]);
  const folded = useMemo(() => (answer ? foldedOf(answer.contacts) : new Map()), [answer]);
  const lines = useMemo(() => linesOf(groups, folded, open), [groups, folded, open]);
  const marking = useMarking(state.case);
  const panel = useId('answer');
  if (!subjectsOf(state).length) return html`<h1>${t('contacts.title')}</h1><p class="note">${t('contacts.nobody')}</p>`;
  const again = () => { askAnew(); forget('trace '); };
  const tab = state.tab || 'table';
  const people = [...picked];
  return html`${answer ? html`<${Heading} state=${state} answer=${answer} ms=${ms} />` : html`<header class="answer-head"><p class="crumb">
    ${t('case')} ${state.case} / ${indexWords(state).words}</p><h1>${t('contacts.title')}</h1></header>`}
    <${Chips} state=${state} onAsk=${again} />
    <${Fault} error=${error} />${busy ? html`<${Busy} />` : null}
    ${answer ? html`${tab === 'table' ? html`<${Overview} state=${state} answer=${answer} visits=${visits} />` : null}
      <div class="tools"><div role="tablist" aria-label=${t('tabs')}>${['table', 'graph', 'time', 'curve'].map((one) => html`<button type="button" role="tab"
        id=${`${panel}-${one}`} aria-selected=${String(one === tab)} aria-controls=${panel} onClick=${() => go({ tab: one === 'table' ? ''
        : one }, { replace: true })}>${t(`tab.${one}`)}</button>`)}</div>
        ${people.length ? html`<span class="picked" role="status">${t('picked', { count: people.length })}</span>
          ${['to_call', 'reached', 'not_contact', 'isolated'].map((mark) => html`<button type="button" onClick=${() => marking.mark(people, mark)}>
            ${t(`mark.${mark}`)}</button>`)}
          <button type="button" onClick=${() => marking.take(people)}>${t('mark.take')}</button>
          <button type="button" onClick=${() => marking.assign(people)}>${t('mark.assign')}</button>
          <button type="button" onClick=${() => go({ index: people.slice(0, 40).join(','), place: '' })}>${t('picked.index')}</button>
          <button type="button" onClick=${() => go({ view: 'shared', index: [...listOf(state.index), ...people].slice(0, 40).join(',') })}>${t('picked.shared')}
            </button>` : null}
        <a class="button" href=${addressOf({ view: 'hand_over', what: '' })}>${t('hand_over.short')} <kbd>e</kbd></a></div>
      <div id=${panel} role="tabpanel" aria-labelledby=${`${panel}-${tab}`} class="panel">
      ${answer.contacts.length === 0 ? html`<p class="note">${t('contacts.none')}</p>` : tab === 'graph' ? html`<${Graph} state=${state}
        contacts=${answer.contacts} />`
      : tab === 'time' ? html`<${Timeline} contacts=${answer.contacts} parameters=${answer.parameters} />` : tab === 'curve' ? html`<${Curve} state=${state}
        contacts=${answer.contacts} />`
      : html`<${ContactTable} lines=${lines} folded=${folded} open=${open} onOpen=${setOpen} picked=${picked} onPick=${setPicked} marking=${marking}
        state=${state} />`}</div>` : null}
    <${MarkDialog} marking=${marking} />`;
}

export { chosenForGraph, whyOf };
