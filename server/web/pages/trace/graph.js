// SPDX-License-Identifier: Apache-2.0
// Who met whom where, as a graph: the index persons in the middle, around them places by hour, around those the people; the same as a table.
import { html, useMemo, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock, duration } from '../common/time.js';
import { Chart, colour } from './charts.js';
import { chosenForGraph, groupsOf } from './groups.js';
import { PlainTable } from './parts.js';
import { go, listOf } from './state.js';
import { personOf, siteName } from './store.js';

/** A chart of more is a cloud, and a phone stands still over it. */
export const nodes_max = 2_000;
const golden = Math.PI * (3 - Math.sqrt(5));

/**
 * @typedef {{id: string, name: string, x: number, y: number, symbolSize: number, category: number, value: string, symbol?: string}} Node
 * @typedef {{source: string, target: string}} Edge
 */

/**
 * Places without forces, so that the same answer is the same picture: discs of people about their place and hour, the discs about the middle, the second degree
 *   beside whom it came through.
 * @param {string[]} index ids @param {import('./groups.js').Contact[]} chosen
 * @returns {{nodes: Node[], edges: Edge[]}}
 */
export function layOut(index, chosen) {
  /** @type {Node[]} */
  const nodes = index.map((id, at) => ({ id, name: personOf(id).name, x: 40 * Math.cos((2 * Math.PI * at) / Math.max(1, index.length)) * (index.length > 1 ? 1
    : 0), y: 40 * Math.sin((2 * Math.PI * at) / Math.max(1, index.length)) * (index.length > 1 ? 1 : 0), symbolSize: 26, category: 0, value: t('graph.index'),
    symbol: 'diamond' }));
  /** @type {Edge[]} */
  const edges = [];
  const groups = groupsOf(chosen);
  const small = chosen.length > 400 ? 5 : 9;   // many are seen by where they are
  const discs = groups.map((group) => 12 * Math.sqrt(group.rows.length) + 26);
  const ring = Math.max(140, discs.reduce((sum, disc) => sum + 2 * disc, 0) / (2 * Math.PI), ...discs.map((disc) => disc + 60));
  const at = new Map();
  let angle = 0;
  const around = discs.reduce((sum, disc) => sum + disc, 0);
  groups.forEach((group, number) => {
    const share = (2 * Math.PI * discs[number]) / around;
    const middle = angle + share / 2;
    angle += share;
    const x = ring * Math.cos(middle), y = ring * Math.sin(middle);
    const hub = `hub ${group.key}`;
    const isCompany = group.key === 'company';
    nodes.push({ id: hub, name: isCompany ? t('kind.company') : siteName(group.place), x, y, symbolSize: 14, category: 1, value: isCompany ? ''
      : dayAndClock(group.hour), symbol: 'rect' });
    const through = new Set(group.rows.flatMap((row) => row.via));
    for (const id of index) if (through.has(id)) edges.push({ source: id, target: hub });
    group.rows.forEach((row, place) => {
      const away = 12 * Math.sqrt(place + 1) + 8;
      const spot = { x: x + away * Math.cos(place * golden), y: y + away * Math.sin(place * golden) };
      at.set(row.person.id, spot);
      nodes.push({ id: row.person.id, name: row.person.name, ...spot, symbolSize: row.kinds.includes('company') ? 13 : small, category: isCompany ? 2
        : 3, value: duration(row.total_s) });
      edges.push({ source: hub, target: row.person.id });
    });
  });
  const beside = new Map();
  for (const row of chosen) {
    if (row.degree < 2) continue;
    const through = row.via.find((one) => at.has(one));
    if (!through) continue;
    const place = beside.get(through) ?? 0;
    beside.set(through, place + 1);
    const from = at.get(through), length = Math.hypot(from.x, from.y) || 1, away = 30 + 7 * Math.sqrt(place);
    const turn = Math.atan2(from.y, from.x) + ((place % 2 ? 1 : -1) * Math.ceil(place / 2) * 0.35) / Math.sqrt(place + 1);
    const spot = { x: from.x + away * Math.cos(turn) + (from.x / length) * 6, y: from.y + away * Math.sin(turn) };
    at.set(row.person.id, spot);
    nodes.push({ id: row.person.id, name: row.person.name, ...spot, symbolSize: 6, category: 4, value: duration(row.total_s), symbol: 'triangle' });
    edges.push({ source: through, target: row.person.id });
  }
  return { nodes, edges };
}

/** @param {{state: import('./state.js').State, contacts: import('./groups.js').Contact[]}} of */
export function Graph({ state, contacts }) {
  const [asTable, setAsTable] = useState(false);
  const found = contacts.filter((row) => row.degree === 0).map((row) => row.person.id);
  const index = [...listOf(state.index), ...found].slice(0, 50);
  const people = useMemo(() => contacts.filter((row) => row.degree > 0), [contacts]);
  const { nodes, edges, chosen } = useMemo(() => {
    // Places are nodes too: as many fewer people.
    let most = nodes_max - index.length;
    let chosen = chosenForGraph(people, most);
    for (let over = 1; over > 0; most -= over) {
      chosen = chosenForGraph(people, most);
      over = chosen.length + groupsOf(chosen).length + index.length - nodes_max;
    }
    return { ...layOut(index, chosen), chosen };
  }, [contacts, state.index]);
  const option = useMemo(() => ({
    animation: false,
    tooltip: { formatter: (/** @type {any} */ item) => (item.dataType === 'node' ? `${escapeText(item.data.name)}<br>${escapeText(item.data.value)}`
      : ''), renderMode: 'html' },
    legend: { bottom: 0, data: ['index', 'place', 'company', 'first', 'second'].map((word) => t(`graph.${word}`)) },
    series: [{
      type: 'graph', layout: 'none', preserveAspect: 'contain', roam: true, scaleLimit: { min: 0.3, max: 12 }, data: nodes, links: edges, top: 10, bottom: 40,
        left: 10, right: 10,
      categories: [['index', 'action', 'diamond'], ['place', 'muted', 'rect'], ['company', 'wrong', 'circle'], ['first', 'community', 'circle'], ['second',
        'office', 'triangle']].map(([word, name, symbol]) => ({ name: t(`graph.${word}`), symbol, itemStyle: { color: colour(name) } })),
      label: { show: nodes.length <= 60, position: 'right', fontSize: 12 }, emphasis: { focus: 'adjacency', label: { show: true } },
        lineStyle: { color: colour('line'), opacity: 0.8, curveness: 0 },
      labelLayout: { hideOverlap: true },
    }],
  }), [nodes, edges]);
  const left = people.length - chosen.length;
  return html`<p class="note" id="graph-choice">${left ? t('graph.chosen', { count: chosen.length, left, most: nodes_max }) : t('graph.all',
    { count: chosen.length })}
      <button type="button" aria-pressed=${String(asTable)} onClick=${() => setAsTable(!asTable)}>${asTable ? t('as_chart') : t('as_table')}</button></p>
    ${asTable ? html`<${PlainTable} caption=${t('graph.table')} heads=${[t('graph.from'), t('graph.to'), t('column.kind'), t('column.total')]} numbers=${[3]}
        rows=${chosen.slice(0, 500).map((row) => [row.via.map((one) => personOf(one).name).slice(0, 3).join('、'), row.person.name, row.kinds.map((kind) =>
          t(`kind.${kind}`)).join('、'), duration(row.total_s)])} />
        ${chosen.length > 500 ? html`<p class="muted">${t('graph.table_more', { count: chosen.length - 500 })}</p>` : null}`
      : html`<${Chart} option=${option} height=${560} label=${t('graph.label', { count: chosen.length })}
        onClick=${(/** @type {any} */ event) => { const id = event.data?.id; if (event.dataType === 'node' && id && !id.startsWith('hub ')) go({ who: id });
        }} />`}`;
}

/** The tooltip is the one thing here that is read as HTML, and what it says is data. @param {string} text */
const escapeText = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
