// SPDX-License-Identifier: Apache-2.0
// What stands where: the views beside, the one that the address names, keys that work everywhere.
import { AlertList } from '../common/alert_list.js';
import { listenForAlerts } from '../common/alert_stream.js';
import { forget, useAnswer } from '../common/answers.js';
import { get } from '../common/api.js';
import { html, useEffect, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { Brief } from './brief.js';
import { Counts } from './counts.js';
import { kinds } from './kinds.js';
import { Outings } from './outings.js';
import { Registers } from './registers.js';
import { Reports } from './reports.js';
import { addressOf, go, towards, useAddress } from './state.js';

const renew_ms = 60_000;   // what others did is seen after so long
const groups = { day: ['brief', 'counts'], registers: kinds, watch: ['alerts', 'reports', 'outings'] };
const views = Object.values(groups).flat();

/** @param {import('./state.js').State} state */
const viewOf = (state) => (views.includes(state.view) ? state.view : 'brief');

/** How many are open and how many are late, of each view that has such. @returns {Record<string, {open: number, overdue: number}>} */
function useOpen() {
  /** @type {Record<string, {open: number, overdue: number}>} */
  const counts = {};
  const registers = useAnswer('register counts', () => get('/api/v1/registers'));   // numbers alone: looking at people leaves a line in the audit log
  for (const { kind, open, overdue } of registers.data?.registers ?? []) counts[kind] = { open, overdue };
  const alerts = useAnswer('alerts false', () => get('/api/v1/alerts?state=open'));
  if (alerts.data) counts.alerts = { open: alerts.data.alerts.length, overdue: 0 };
  return counts;
}

/** @param {{view: string}} of */
function Menu({ view }) {
  const counts = useOpen();
  const link = (/** @type {string} */ name) => html`<a href=${addressOf(towards(name))}
    aria-current=${view === name ? 'page' : undefined}><span>${t(`view.${name}`)}</span>
    ${counts[name]?.overdue ? html`<b class="late">${t('menu.overdue',
      { count: counts[name].overdue })}</b>` : counts[name]?.open ? html`<b>${counts[name].open}</b>`
    : null}</a>`;
  return html`<nav class="menu" aria-label=${t('menu')}>${Object.entries(groups).map(([group,
    members]) => html`<h2>${t(`menu.${group}`)}</h2>${members.map(link)}`)}</nav>`;
}

export function App() {
  const state = useAddress();
  const view = viewOf(state);
  const [isMenuOpen, setMenuOpen] = useState(false);
  useEffect(() => { setMenuOpen(false); document.title = `${t(`view.${view}`)} · ${t('product')}`; }, [state]);
  useEffect(() => {
    const stop = listenForAlerts(() => { forget('alerts '); forget('register '); });
    const timer = setInterval(() => { if (!document.hidden && !document.querySelector('dialog[open]')) forget('register '); }, renew_ms);
    return () => { stop(); clearInterval(timer); };
  }, []);
  return html`<button type="button" class="menu-open" aria-expanded=${String(isMenuOpen)}
    onClick=${() => setMenuOpen(!isMenuOpen)}>☰ ${t(`view.${view}`)}</button>
    <div class=${isMenuOpen ? 'side open' : 'side'}><${Menu} view=${view} /></div>
    <main id="main" class=${`view-${view}`} tabindex="-1">${view === 'brief' ? html`<${Brief} state=${state} />` : view === 'counts' ? html`<${Counts} state=${state} />`
      : view === 'reports' ? html`<${Reports} state=${state} />` : view === 'outings' ? html`<${Outings} />`
      : view === 'alerts' ? html`<${AlertList} all=${state.tab === 'all'} onAll=${(/** @type {boolean} */ all) => go({ tab: all ? 'all' : '' },
        { replace: true })}
        recordAddress=${(/** @type {string} */ id) => addressOf({ ...towards('isolation'), id })} />`
      : html`<${Registers} kind=${view} state=${state} key=${view} />`}</main>`;
}
