// SPDX-License-Identifier: Apache-2.0
// All contacts as lanes, one under the other: when they were with the index persons.
import { html, useMemo } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock, duration } from '../common/time.js';
import { LaneBars, rangeOf } from './lanes.js';
import { go } from './state.js';
import { siteName } from './store.js';
import { Table, useNarrow } from './table.js';

/** @param {import('./groups.js').Contact} row */
const barsOf = (row) => (row.explain ?? [{ begin: row.first, end: row.last, kind: 'venue', overlap_s: row.total_s, place: row.sites[0],
  ended_by: undefined }]).map((one) => ({
  from: one.begin, to: one.end, assumed: one.ended_by !== undefined && !['scanned', 'told'].includes(one.ended_by),
  title: `${siteName(one.place ?? '')} · ${dayAndClock(one.begin)} · ${one.kind === 'company' ? t('kind.company') : duration(one.overlap_s)}`,
}));

/** @param {{contacts: import('./groups.js').Contact[], parameters: {from: string, to: string}}} of */
export function Timeline({ contacts, parameters }) {
  const narrow = useNarrow();
  const rows = useMemo(() => contacts.filter((row) => row.degree > 0), [contacts]);
  const range = useMemo(() => rangeOf(rows.slice(0, 3_000).map((row) => ({ key: '', label: '', strong: false, bars: barsOf(row) })), parameters.from,
    parameters.to), [rows]);
  const columns = [{ key: 'name', title: t('column.name') }, { key: 'lane', title: `${dayAndClock(range.from)} – ${dayAndClock(range.to)}` }, { key: 'total',
    title: t('column.total'), class: 'number' }];
  return html`<p class="muted">${t('timeline.lead')} <span class="key solid"></span>${t('lanes.scanned')} <span class="key hatched"></span>${t('lanes.assumed')}
    </p>
    <${Table} label=${t('tab.time')} columns=${columns} rows=${rows} rowHeight=${32} template=${narrow ? '80px 1fr 84px' : '170px 1fr 100px'}
      keyOf=${(/** @type {any} */ row) => row.person.id}
      onOpen=${(/** @type {any} */ row) => go({ who: row.person.id })}
      draw=${(/** @type {any} */ row) => html`<div role="gridcell">${row.person.name}${row.degree > 1 ? html` <span class="tag">${t('degree.short',
        { degree: row.degree })}</span>` : null}</div>
        <div role="gridcell"><${LaneBars} bars=${barsOf(row)} ...${range} label=${barsOf(row).map((bar) => bar.title).join('；')} /></div><div role="gridcell"
          class="number">${duration(row.total_s)}</div>`} />`;
}
