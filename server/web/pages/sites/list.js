// SPDX-License-Identifier: Apache-2.0
// The list of sites: whoever fits the filter, ten thousand of them if need be.
import { el, fill } from '../common/dom.js';
import { virtualRows } from '../common/rows.js';
import { t } from '../common/texts.js';
import { dayAndClock } from '../common/time.js';
import { isReplacing, isSilent, store } from './store.js';

/** @typedef {import('./store.js').Site} Site */

/**
 * @param {{open: (site: Site) => void, changed: () => void}} acts `changed`: other sites are chosen now
 */
export function siteList({ open, changed }) {
  /** @type {Site[]} */
  let shown = [];
  const all = el('input', { type: 'checkbox', 'aria-label': t('list.choose_all') });
  const head = el('div', { class: 'row head', role: 'row' }, el('span', { role: 'columnheader' }, all),
    ...['name', 'category', 'division', 'today', 'week', 'last'].map((name) => el('span', { role: 'columnheader', class: ['today', 'week'].includes(name) ? 'number' : null }, t(`list.${name}`))));
  const scroller = el('div', { class: 'scroller', role: 'rowgroup', tabindex: '0' });
  const empty = el('p', { class: 'muted', hidden: true }, t('list.none'));
  const rows = virtualRows(scroller, { rowHeight: 48, role: 'presentation', draw });

  /** @param {number} index */
  function draw(index) {
    const site = shown[index], activity = store.activity.get(site.ref);
    const box = el('input', { type: 'checkbox', 'aria-label': t('list.choose', { name: site.name }) });
    box.checked = store.chosen.has(site.ref);
    box.disabled = site.closed;
    box.addEventListener('change', () => {
      if (box.checked) store.chosen.add(site.ref);
      else store.chosen.delete(site.ref);
      tick();
      changed();
    });
    const last = site.closed ? t('state.closed') : activity?.last ? dayAndClock(activity.last) : store.now ? t('list.never') : '…';
    return el('div', { class: 'row', role: 'row' },
      el('span', { role: 'cell' }, box),
      el('span', { role: 'cell' }, el('button', { class: 'plain', onclick: () => open(site) }, site.name), el('small', null, site.ref),
        isReplacing(site) && el('b', { class: 'tag wait' }, t('state.replacing'))),
      el('span', { role: 'cell' }, el('i', { class: `dot ${site.category}` }), t(`category.${site.category}`)),
      el('span', { role: 'cell' }, site.division_name),
      el('span', { role: 'cell', class: 'number' }, activity ? activity.visits.toLocaleString() : '–'),
      el('span', { role: 'cell', class: 'number muted' }, activity ? activity.week_before.toLocaleString() : '–'),
      el('span', { role: 'cell' }, isSilent(site) ? el('b', { class: 'tag wait' }, last) : last));
  }

  function tick() {
    const open = shown.filter((site) => !site.closed);
    all.checked = open.length > 0 && open.every((site) => store.chosen.has(site.ref));
    all.indeterminate = !all.checked && open.some((site) => store.chosen.has(site.ref));
  }
  all.addEventListener('change', () => {
    for (const site of shown) {
      if (all.checked && !site.closed) store.chosen.add(site.ref);
      else store.chosen.delete(site.ref);
    }
    rows.refresh(shown.length);
    changed();
  });

  const element = el('div', { class: 'list', role: 'table', 'aria-label': t('list.label') });
  fill(element, el('div', { role: 'rowgroup' }, head), scroller, empty);
  return {
    element,
    /** @param {Site[]} sites */
    show(sites) {
      shown = sites;
      empty.hidden = sites.length > 0;
      element.setAttribute('aria-rowcount', String(sites.length + 1));
      rows.refresh(sites.length);
      tick();
    },
  };
}
