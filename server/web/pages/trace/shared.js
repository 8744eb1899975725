// SPDX-License-Identifier: Apache-2.0
// Places and hours that several people share, the most surprising first.
import { post } from '../common/api.js';
import { html } from '../common/html.js';
import { t } from '../common/texts.js';
import { Busy, Fault, SaveList, fromLocal, span, took } from './parts.js';
import { windowOf } from './question.js';
import { addressOf, go, listOf } from './state.js';
import { personOf, useAnswer, useStore } from './store.js';
import { Table, useNarrow } from './table.js';
import { WindowLine } from './trajectory.js';

/** "1 in 300 cities" says more at night than 0.0033. @param {number} number */
const chance = (number) => (number < 0.001 ? '< 0.001' : number >= 10 ? String(Math.round(number)) : String(Number(number.toPrecision(2))));

/** @param {{state: import('./state.js').State}} of */
export function Shared({ state }) {
  useStore();
  const narrow = useNarrow();
  const people = listOf(state.index);
  const body = { case: state.case, index: people.map((person) => ({ person })), ...windowOf(state), ...(state.known ? { known_at: state.known } : {}) };
  const { data, ms, error, busy } = useAnswer(people.length > 1 ? `shared ${JSON.stringify(body)}` : null, () => post('/api/v1/shared-places', body));
  const columns = ['site', 'when', 'cases', 'others', 'expected', 'by_chance', 'who'].map((key) => ({ key, title: t(`shared.${key}`), class: ['cases', 'others',
    'expected', 'by_chance'].includes(key) ? 'number' : '' }));
  const names = (/** @type {any} */ row) => row.persons.slice(0, 6).map((/** @type {string} */ one) => personOf(one).name).join('、') + (row.persons.length > 6
    ? '…' : '');
  const drop = (/** @type {string} */ person) => go({ index: people.filter((one) => one !== person).join(',') });
  return html`<header class="answer-head"><p class="crumb">${t('case')} ${state.case}</p><h1>${data ? t('shared.title', { count: data.count,
    people: people.length }) : t('shared.heading')}</h1>
      ${data ? html`<p class="muted facts"><span>${data.complete ? t('complete') : t('left_out.limit', { degree: 1, count: data.left_out })}</span><span>
        ${t('shared.compared', { count: data.people })}</span><span>${took(ms)}</span></p>` : null}</header>
    <p class="note">${t('shared.lead')}</p>
    <ul class="people">${people.map((person) => html`<li><a href=${addressOf({ who: person })}>${personOf(person).name}</a> <button type="button"
      aria-label=${t('shared.drop', { name: personOf(person).name })} onClick=${() => drop(person)}>×</button></li>`)}</ul>
    ${people.length < 2 ? html`<p class="note wait">${t('shared.two')}</p>` : html`<${WindowLine} state=${state} onAsk=${(/** @type {FormData} */ values) =>
      go({ from: fromLocal(String(values.get('from'))), to: fromLocal(String(values.get('to'))) })} />`}
    <${Fault} error=${error} />${busy ? html`<${Busy} />` : null}
    ${data?.places.length ? html`<div class="tools"><${SaveList} method="POST" path="/api/v1/shared-places" body=${body}
      name=${`${state.case}-shared-places`} /></div>` : null}
    ${data && !data.places.length ? html`<p class="note">${t('shared.none')}</p>` : null}
    ${data?.places.length ? html`<${Table} label=${t('shared.heading')} columns=${columns} rows=${data.places} rowHeight=${narrow ? 58 : 32} hidesHead=${narrow}
      template=${narrow ? '1fr' : '1.6fr 1.4fr 70px 80px 90px 110px 2fr'} keyOf=${(/** @type {any} */ row) => `${row.site.ref} ${row.begin} ${row.end}`}
      onOpen=${(/** @type {any} */ row) => go({ view: 'passages', site: row.site.ref, site_from: row.begin, site_to: row.end })}
      draw=${(/** @type {any} */ row) => { const likely = row.by_chance < 0.05 ? html`<span class="tag surprising">${t('shared.hardly')}</span>` : null;
        return narrow ? html`<div role="gridcell" class="card"><div class="first"><b>${row.site.name}</b> ${likely}<span class="number">${t('shared.cases_of',
          { cases: row.cases })}</span></div><div class="second muted">${span(row.begin, row.end)} · ${names(row)}</div></div>`
        : html`<div role="gridcell">${row.site.name}</div><div role="gridcell">${span(row.begin, row.end)}</div><div role="gridcell" class="number">${row.cases}
          </div><div role="gridcell" class="number">${row.others}</div><div role="gridcell" class="number">${chance(row.expected)}</div><div role="gridcell"
          class="number">${chance(row.by_chance)}</div><div role="gridcell">${likely} ${names(row)}</div>`; }} />` : null}`;
}
