// SPDX-License-Identifier: Apache-2.0
// Where somebody was: as lanes, as visits, as scans.
import { html, useEffect, useMemo, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock, duration } from '../common/time.js';
import { askTrajectory } from './contacts.js';
import { Lanes, barOf, rangeOf } from './lanes.js';
import { Busy, Fault, fromLocal, span, toLocal } from './parts.js';
import { windowOf } from './question.js';
import { Recording, withCameras } from './recording.js';
import { addressOf, askAnew, go, listOf } from './state.js';
import { personOf } from './store.js';
import { Table, useNarrow } from './table.js';

export const persons_max = 10;

/**
 * From and until, as a line that asks anew.
 * @param {{state: import('./state.js').State, children?: any, onAsk: (values: FormData) => void, window?: {from: string, to: string}, to?: string}} of `to`: as
 *   somebody said it
 */
export function WindowLine({ state, children, onAsk, window = windowOf(state), to = state.to }) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    askAnew();
    onAsk(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)));
  };
  return html`<form class="chips" onSubmit=${submit} key=${`${window.from} ${to}`}>${children}
    <label class="chip"><span>${t('question.from')}</span><input type="datetime-local" name="from" defaultValue=${toLocal(window.from)} /></label>
    <label class="chip"><span>${t('question.to')}</span><input type="datetime-local" name="to" defaultValue=${toLocal(to)}
      title=${t('question.to_now')} /></label>
    <button class="primary" type="submit">${t('question.ask')}</button></form>`;
}

/** @param {{visits: any[]}} of */
function Visits({ visits }) {
  const narrow = useNarrow();
  const columns = ['site', 'category', 'when', 'stay', 'ended'].map((key) => ({ key, title: t(`column.${key}`), class: key === 'stay' ? 'number' : '' }));
  const passing = (/** @type {any} */ row) => html`<a tabindex="-1" href=${addressOf({ view: 'passages', site: row.site.ref, site_from: row.begin, site_to: row.end })}>
    ${row.site.name}</a><${Recording} of=${row} at=${row.begin} />`;
  const stay = (/** @type {any} */ row) => duration((Date.parse(row.end) - Date.parse(row.begin)) / 1000);
  return html`<${Table} label=${t('trajectory.visits')} columns=${columns} rows=${visits} rowHeight=${narrow ? 58 : 32} hidesHead=${narrow} template=${narrow
    ? '1fr' : '1.6fr 1fr 1.4fr 100px 1.2fr'} keyOf=${(/** @type {any} */ row) => `${row.person ?? ''} ${row.site.ref} ${row.begin} ${row.end}`}
    onOpen=${(/** @type {any} */ row) => go({ view: 'passages', site: row.site.ref, site_from: row.begin, site_to: row.end })}
    draw=${(/** @type {any} */ row) => (narrow ? html`<div role="gridcell" class="card"><div class="first"><b>${passing(row)}</b> <span class="number">
      ${stay(row)}</span></div><div class="second muted">${span(row.begin, row.end)} · ${t(`ended.${row.ended_by}`)}</div></div>`
      : html`<div role="gridcell">${passing(row)}${row.of ? html` <span class="muted">${row.of}</span>` : null}</div><div role="gridcell">
        ${t(`category.${row.site.category}`)}</div><div role="gridcell">${span(row.begin, row.end)}</div><div role="gridcell" class="number">${stay(row)}</div>
        <div role="gridcell">${t(`ended.${row.ended_by}`)}</div>`)} />`;
}

/** @param {{scans: any[]}} of `of` of a scan: whose it is, where several are shown */
function Scans({ scans }) {
  const narrow = useNarrow();
  const hasNames = scans.some((row) => row.of);
  const columns = ['at', ...(hasNames ? ['name'] : []), 'site', 'direction', 'evidence', 'flags'].map((key) => ({ key, title: t(`column.${key}`) }));
  const flags = (/** @type {any} */ row) => [row.voided ? t('scan.voided') : '', row.repeated ? t('scan.repeated')
    : '', ...row.flags.map((/** @type {string} */ flag) => t(`flag.${flag}`))].filter(Boolean).join('、');
  return html`<${Table} label=${t('trajectory.scans')} columns=${columns} rows=${scans} rowHeight=${narrow ? 58 : 32} hidesHead=${narrow} template=${narrow
    ? '1fr' : `120px ${hasNames ? '100px ' : ''}1.6fr 80px 120px 1.4fr`} keyOf=${(/** @type {any} */ row) => row.id} classOf=${(/** @type {any} */ row) => (row.voided ? 'voided' : '')}
    draw=${(/** @type {any} */ row) => (narrow ? html`<div role="gridcell" class="card"><div class="first"><b>${row.site.name}
      </b><${Recording} of=${row} at=${row.at} /> ${t(`direction.${row.direction}`)}</div><div class="second muted">${row.of ? `${row.of} · ` : ''}${dayAndClock(row.at)} · ${t(`evidence.${row.evidence}`)} ${flags(row)}</div>
      </div>`
      : html`<div role="gridcell">${dayAndClock(row.at)}</div>${hasNames ? html`<div role="gridcell">${row.of}</div>` : null}<div role="gridcell">${row.site.name}<${Recording} of=${row} at=${row.at} /></div><div role="gridcell">${t(`direction.${row.direction}`)}
        </div><div role="gridcell">${t(`evidence.${row.evidence}`)}</div><div role="gridcell">${flags(row)}</div>`)} />`;
}

/** @param {{state: import('./state.js').State}} of */
export function Trajectory({ state }) {
  const people = listOf(state.index).slice(0, persons_max);
  const window = { case: state.case, ...windowOf(state), known_at: state.known };
  const [answers, setAnswers] = useState(/** @type {Record<string, any>} */ ({}));
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  const asked = `${people} ${JSON.stringify(window)}`;
  useEffect(() => {
    let isWanted = true;
    setAnswers({});
    setError(null);
    for (const person of people) askTrajectory(person, window).then((answer) => { if (isWanted) setAnswers((was) => ({ ...was, [person]: answer.data }));
      }, (fault) => { if (isWanted) setError(fault); });
    return () => { isWanted = false; };
  }, [asked]);
  const shown = people.filter((person) => answers[person]);
  const visits = useMemo(() => shown.flatMap((person) => withCameras(answers[person], answers[person].visits, state.case).map((/** @type {any} */ visit) => (people.length > 1 ? { ...visit, person,
    of: personOf(person).name } : visit))).sort((a, b) => (a.begin < b.begin ? -1 : 1)), [answers]);
  const scans = useMemo(() => shown.flatMap((person) => withCameras(answers[person], answers[person].scans, state.case).map((/** @type {any} */ scan) => (people.length > 1 ? { ...scan,
    of: personOf(person).name } : scan))).sort((a, b) => (a.at < b.at ? -1 : 1)), [answers]);
  const lanes = shown.map((person) => ({ key: person, label: personOf(person).name, strong: true, bars: answers[person].visits.map((/** @type {any} */ visit) =>
    barOf(visit, `${visit.site.name} · ${span(visit.begin, visit.end)} · ${t(`ended.${visit.ended_by}`)}`)) }));
  if (!people.length) return html`<h1>${t('trajectory.heading')}</h1><p class="note">${t('contacts.nobody')}</p>`;
  const tab = state.tab === 'scans' ? 'scans' : 'visits';
  return html`<header class="answer-head"><p class="crumb">${t('case')} ${state.case} / ${people.map((person, at) => html`${at ? '、' : ''}
    <a href=${addressOf({ who: person })}>${personOf(person).name} ${people.length === 1 ? personOf(person).document?.number ?? '' : ''}</a>`)}</p>
      <h1>${t('trajectory.title', { visits: visits.length, scans: scans.length })}</h1></header>
    ${listOf(state.index).length > persons_max ? html`<p class="note wait">${t('trajectory.some', { count: persons_max, all: listOf(state.index).length })}</p>`
      : null}
    <${WindowLine} state=${state} onAsk=${(/** @type {FormData} */ values) => go({ from: fromLocal(String(values.get('from'))),
      to: fromLocal(String(values.get('to'))) })} />
    <${Fault} error=${error} />${shown.length < people.length && !error ? html`<${Busy} />` : null}
    ${shown.length ? html`<${Lanes} lanes=${lanes} ...${rangeOf(lanes, window.from, window.to)} label=${t('lanes.label', { count: lanes.length })} />
      <div class="tools"><div role="tablist" aria-label=${t('tabs')}>${['visits', 'scans'].map((one) => html`<button type="button" role="tab"
        id=${`trajectory-${one}`} aria-controls="trajectory-panel" aria-selected=${String(tab === one)} onClick=${() => go({ tab: one === 'visits' ? ''
        : one }, { replace: true })}>${t(`trajectory.${one}`)}</button>`)}</div>
        <a class="button" href=${addressOf({ view: 'contacts' })}>${t('person.contacts')}</a><a class="button" href=${addressOf({ view: 'hand_over',
          what: 'trajectory' })}>${t('hand_over.short')} <kbd>e</kbd></a></div>
      <div id="trajectory-panel" role="tabpanel" aria-labelledby=${`trajectory-${tab}`} class="panel">${tab === 'visits' ? html`<${Visits} visits=${visits} />`
        : html`<${Scans} scans=${scans} />`}</div>` : null}`;
}
