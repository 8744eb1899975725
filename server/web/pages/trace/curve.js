// SPDX-License-Identifier: Apache-2.0
// A case by days: onsets and samples that its questions named, contacts by their last day together, people isolated. It says what it counts.
import { get, path } from '../common/api.js';
import { html, useMemo } from '../common/html.js';
import { t } from '../common/texts.js';
import { date } from '../common/time.js';
import { Chart, colour } from './charts.js';
import { Busy, Fault, PlainTable } from './parts.js';
import { useAnswer } from './store.js';

const series = /** @type {const} */ ([['onset', 'wrong'], ['sample', 'office'], ['isolated', 'community'], ['last', 'line']]);

/** Every question that the case keeps. @param {string} number */
export async function allQuestions(number) {
  const questions = [];
  for (let cursor = ''; ;) {
    const page = await get(path`/api/v1/cases/${number}/questions${{ limit: 100, cursor }}`);
    questions.push(...page.questions);
    if (!page.next) return { questions };
    cursor = page.next;
  }
}

/**
 * How many of each on each local day. Of a person of whom questions name several moments, the one asked last counts.
 * @param {any[]} questions newest first @param {any[]} followed @param {import('./groups.js').Contact[]} contacts
 */
export function countDays(questions, followed, contacts) {
  const seen = new Map();
  for (const { question } of questions) {
    for (const kind of ['onset', 'sample']) {
      const at = question?.anchor && (question.anchor[kind] === true ? question.anchor.at : question.anchor[kind]);
      if (at) for (const subject of question.index ?? []) if (subject.person && !seen.has(subject.person)) seen.set(subject.person, { kind, day: date(at) });
    }
  }
  const days = new Map();
  const add = (/** @type {string} */ day, /** @type {string} */ kind) => { if (!days.has(day)) days.set(day, { onset: 0, sample: 0, isolated: 0, last: 0 });
    days.get(day)[kind] += 1; };
  seen.forEach(({ kind, day }) => add(day, kind));
  for (const row of followed) if (row.state === 'isolated') add(date(row.at), 'isolated');
  for (const row of contacts) if (row.degree === 1) add(date(row.last), 'last');
  const all = [...days.keys()].sort();
  if (!all.length) return [];
  const rows = [];
  for (let at = Date.parse(`${all[0]}T00:00:00Z`); at <= Date.parse(`${all[all.length - 1]}T00:00:00Z`); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    rows.push({ day, ...(days.get(day) ?? { onset: 0, sample: 0, isolated: 0, last: 0 }) });
  }
  return rows;
}

/** @param {{state: import('./state.js').State, contacts?: import('./groups.js').Contact[]}} of */
export function Curve({ state, contacts = [] }) {
  const questions = useAnswer(`questions ${state.case} all`, () => allQuestions(state.case));
  const followed = useAnswer(`marks ${state.case} all`, () => get(path`/api/v1/cases/${state.case}/contacts`));
  const rows = useMemo(() => (questions.data && followed.data ? countDays(questions.data.questions, followed.data.contacts, contacts) : []), [questions.data,
    followed.data, contacts]);
  const shown = series.filter(([kind]) => kind !== 'last' || contacts.length);
  const option = useMemo(() => ({
    animation: false, tooltip: { trigger: 'axis' }, legend: { bottom: 0 }, grid: { left: 46, right: 16, top: 16, bottom: 56 },
    xAxis: { type: 'category', data: rows.map((row) => row.day.slice(5)) }, yAxis: { type: 'value', minInterval: 1 },
    series: shown.map(([kind, name]) => ({ name: t(`curve.${kind}`), type: 'bar', stack: kind === 'last' ? 'contacts' : 'cases', barMaxWidth: 36,
      itemStyle: { color: colour(kind === 'last' ? 'muted' : name), decal: kind === 'sample' ? { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [4, 4] }
      : undefined }, data: rows.map((row) => row[kind]) })),
  }), [rows]);
  const error = questions.error ?? followed.error;
  return html`<p class="note">${t('curve.counts')}${contacts.length ? ` ${t('curve.counts_last')}` : ''}</p><${Fault} error=${error} />${questions.busy
    || followed.busy ? html`<${Busy} />` : null}
    ${rows.length ? html`<${Chart} option=${option} height=${320} label=${t('curve.label', { from: rows[0].day, to: rows[rows.length - 1].day })} />
      <${PlainTable} caption=${t('curve.table')} heads=${[t('curve.day'), ...shown.map(([kind]) => t(`curve.${kind}`))]} numbers=${shown.map((_, at) => at + 1)}
        rows=${rows.map((row) => [row.day, ...shown.map(([kind]) => row[kind])])} />`
    : error || questions.busy || followed.busy ? null : html`<p class="note">${t('curve.nothing')}</p>`}`;
}
