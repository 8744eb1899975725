// SPDX-License-Identifier: Apache-2.0
// Who passed a place, and whom those were with.
import { get, path } from '../common/api.js';
import { html, useEffect, useMemo, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock } from '../common/time.js';
import { Busy, Fault, SiteBox, documentOf, fromLocal, took } from './parts.js';
import { passagesWindow } from './question.js';
import { addressOf, go } from './state.js';
import { learnPeople, learnSites, siteName, useAnswer, useStore } from './store.js';
import { Table, useNarrow } from './table.js';
import { WindowLine } from './trajectory.js';

/** Does a masked text hold what was typed, or is it what the whole of that is masked to? @param {string} masked @param {string} typed */
function fitsMask(masked, typed) {
  if (masked.includes(typed)) return true;
  const [begin, end] = [masked.slice(0, masked.indexOf('*')), masked.slice(masked.lastIndexOf('*') + 1)];
  return masked.includes('*') && begin !== '' && typed.length > begin.length + end.length && typed.startsWith(begin) && typed.endsWith(end);
}

/** @param {{state: import('./state.js').State}} of */
export function Passages({ state }) {
  useStore();
  const narrow = useNarrow();
  const window = passagesWindow(state);
  const question = { case: state.case, ...window, known_at: state.known };
  const { data, ms, error, busy } = useAnswer(state.site ? `passages ${state.site} ${JSON.stringify(question)}`
    : null, () => get(path`/api/v1/sites/${state.site}/passages${question}`).then((answer) => {
    learnPeople(answer.passages.map((/** @type {any} */ row) => row.person));
    return answer;
  }));
  useEffect(() => { if (state.site) learnSites([state.site]); }, [state.site]);
  const [filter, setFilter] = useState('');
  const rows = useMemo(() => (data ? data.passages.filter((/** @type {any} */ row) => !filter || fitsMask(row.person.name, filter)
    || fitsMask(documentOf(row.person), filter) || fitsMask(row.person.phone ?? '', filter) || fitsMask(row.person.phone ?? '', `+86${filter}`)) : []),
    [data, filter]);
  const hasDocuments = Boolean(data?.passages.some((/** @type {any} */ row) => row.person.document));
  const columns = ['name', ...(hasDocuments ? ['document', 'phone'] : []), 'first', 'last', 'scans'].map((key) => ({ key, title: t(`column.${key}`),
    class: key === 'scans' ? 'number' : '' }));
  return html`<header class="answer-head"><p class="crumb">${t('case')} ${state.case}</p><h1>${data ? t('passages.title', { count: data.count,
    site: siteName(state.site) }) : t('passages.heading')}</h1>
      ${data ? html`<p class="muted facts"><span>${dayAndClock(window.from)} – ${dayAndClock(window.to)}</span><span>${t('complete')}</span><span>${took(ms)}
        </span></p>` : null}</header>
    <div class="field narrow"><label for="passages-site">${t('passages.site')}</label><${SiteBox} id="passages-site" value=${state.site ?? ''}
      onChoose=${(/** @type {string} */ ref) => go({ site: ref, site_from: '', site_to: '' })} /></div>
    <${WindowLine} state=${state} window=${window} to=${state.site_to || state.to} onAsk=${(/** @type {FormData} */ values) =>
      go({ site_from: fromLocal(String(values.get('from'))), site_to: fromLocal(String(values.get('to'))) })} />
    <${Fault} error=${error} />${busy ? html`<${Busy} />` : null}
    ${data ? html`<div class="tools"><label>${t('filter')} <input type="search" value=${filter} onInput=${(/** @type {any} */ event) =>
      setFilter(event.target.value.trim())} /></label>
        <a class="button" href=${addressOf({ view: 'contacts', index: '', place: `${state.site}!${window.from}!${window.to}` })}>${t('passages.contacts')}</a>
          <a class="button" href=${addressOf({ view: 'hand_over', what: 'passages' })}>${t('hand_over.short')} <kbd>e</kbd></a></div>
      ${rows.length ? html`<${Table} label=${t('passages.heading')} columns=${columns} rows=${rows} rowHeight=${narrow ? 58 : 32} hidesHead=${narrow}
        template=${narrow ? '1fr' : `1fr ${hasDocuments ? '1.4fr 1fr ' : ''}140px 140px 90px`} keyOf=${(/** @type {any} */ row) => row.person.id}
        onOpen=${(/** @type {any} */ row) => go({ who: row.person.id })} onKey=${(/** @type {KeyboardEvent} */ event,
          /** @type {any} */ row) => { if (event.key === 'i') go({ view: 'contacts', index: row.person.id, place: '' });
          else if (event.key === 't') go({ view: 'trajectory', index: row.person.id }); else return false; return true; }}
        draw=${(/** @type {any} */ row) => { const link = html`<a href="#" tabindex="-1" onClick=${(/** @type {Event} */ event) => { event.preventDefault();
          go({ who: row.person.id }); }}>${row.person.name}</a>`;
          return narrow ? html`<div role="gridcell" class="card"><div class="first"><b>${link}</b> <span class="number">${t('times', { count: row.scans })}
            </span></div><div class="second muted">${dayAndClock(row.first)} – ${dayAndClock(row.last)}</div></div>`
          : html`<div role="gridcell">${link}</div>${hasDocuments ? html`<div role="gridcell">${documentOf(row.person)}</div><div role="gridcell">
            ${row.person.phone ?? ''}</div>` : null}<div role="gridcell">${dayAndClock(row.first)}</div><div role="gridcell">${dayAndClock(row.last)}</div>
            <div role="gridcell" class="number">${row.scans}</div>`; }} />` : html`<p class="note">${t(filter && data.count ? 'passages.none_like' : 'passages.none')}</p>`}` : state.site ? null
            : html`<p class="note">${t('passages.choose')}</p>`}`;
}
