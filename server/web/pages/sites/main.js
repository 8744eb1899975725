// SPDX-License-Identifier: Apache-2.0
// The site manager: all sites of one's scope, how busy they are, their posters. The filter stands in the address.
import { el, fill } from '../common/dom.js';
import { bar, open } from '../common/session.js';
import { loadTexts, t } from '../common/texts.js';
import { upkeepLines } from '../common/upkeep.js';
import { openCheck } from './health.js';
import { openImport } from './import.js';
import { siteList } from './list.js';
import { siteMap } from './map.js';
import { openPosters } from './posters.js';
import { openNewSite, openSite } from './site.js';
import { categories, isReplacing, isSilent, loadActivity, loadSites, matching, store } from './store.js';

const page = /** @type {HTMLElement} */ (document.getElementById('page'));
const views = ['list', 'map'], shows = ['all', 'silent', 'busy', 'old', 'closed'];
const activityEvery = 60_000;

await loadTexts('common', 'table', 'sites');
await open(['manager']);

const filter = { division: '', category: '', text: '', show: 'all', view: 'list' };

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  filter.division = given.get('division') ?? '';
  filter.category = given.get('category') ?? '';
  filter.text = given.get('q') ?? '';
  filter.show = shows.includes(given.get('show') ?? '') ? String(given.get('show')) : 'all';
  filter.view = given.get('view') === 'map' ? 'map' : 'list';
}

function writeAddress(/** @type {boolean} */ isStep) {
  const told = new URLSearchParams();
  for (const [name, value] of [['division', filter.division], ['category', filter.category], ['q', filter.text], ['show', filter.show === 'all' ? '' : filter.show], ['view', filter.view === 'list' ? '' : 'map']])
    if (value) told.set(name, value);
  history[isStep ? 'pushState' : 'replaceState'](null, '', `${location.pathname}${location.search}#${told}`);
}

const openOne = (/** @type {import('./store.js').Site} */ site) => { openSite(site, { print: openPosters, changed: show }); };
const list = siteList({ open: openOne, changed: tellChosen });
const map = siteMap({ open: openOne });

const tree = el('nav', { class: 'tree', 'aria-label': t('tree.label') });
const text = el('input', { type: 'search', 'aria-label': t('filter.text'), placeholder: t('filter.text') });
const category = el('select', { 'aria-label': t('filter.category') }, el('option', { value: '' }, t('filter.any')), ...categories.map((one) => el('option', { value: one }, t(`category.${one}`))));
const showing = el('div', { class: 'shows', role: 'group', 'aria-label': t('filter.show') });
const viewing = el('div', { class: 'shows', role: 'group', 'aria-label': t('filter.view') });
const heading = el('h1', null, t('heading')), progress = el('p', { class: 'muted', role: 'status' });
const chosen = el('div', { class: 'chosen' });
const body = el('div', { class: 'body' });

function tellChosen() {
  const refs = [...store.chosen];
  const listed = new Set(matching(filter).map((site) => site.ref)), hidden = refs.filter((ref) => !listed.has(ref)).length;
  fill(chosen, refs.length ? el('b', null, t('chosen.count', { count: refs.length }), hidden ? ` · ${t('chosen.hidden', { count: hidden })}` : '') : null,
    el('button', { class: refs.length ? 'primary' : '', disabled: refs.length === 0, onclick: () => openPosters(refs) }, t('chosen.posters')),
    refs.length ? el('button', { onclick: () => { store.chosen.clear(); show(); } }, t('chosen.clear')) : null);
}

/** A branch of the tree with how many open sites lie in it. */
function showTree() {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const site of store.sites.values())
    if (!site.closed) for (const one of store.divisions) if (site.division.startsWith(one.code)) counts.set(one.code, (counts.get(one.code) ?? 0) + 1);
  /** @param {string | null} parent @returns {HTMLElement | null} */
  const branch = (parent) => {
    const below = store.divisions.filter((one) => one.parent === parent && (counts.get(one.code) ?? 0) > 0);
    if (below.length === 0) return null;
    return el('ul', null, ...below.map((one) => {
      const own = el('button', { class: 'plain', 'aria-pressed': String(filter.division === one.code), onclick: () => choose({ division: filter.division === one.code ? '' : one.code }) }, one.name, el('small', null, String(counts.get(one.code))));
      const deeper = branch(one.code);
      if (!deeper) return el('li', null, own);
      const isOpen = parent === null || filter.division.startsWith(one.code);
      return el('li', null, own, el('details', { open: isOpen }, el('summary', { 'aria-label': t('tree.open', { name: one.name }) }), deeper));
    }));
  };
  fill(tree, el('button', { class: 'plain', 'aria-pressed': String(filter.division === ''), onclick: () => choose({ division: '' }) }, t('tree.all'), el('small', null, String([...store.sites.values()].filter((site) => !site.closed).length))), branch(null));
}

/** @param {Partial<typeof filter>} change */
function choose(change) {
  Object.assign(filter, change);
  writeAddress(!('text' in change));
  show();
}

function show() {
  const sites = matching(filter);
  text.value = filter.text === text.value.trim() ? text.value : filter.text;
  category.value = filter.category;
  const all = [...store.sites.values()];
  const counts = /** @type {Record<string, number | null>} */ ({ all: null, silent: all.filter(isSilent).length, busy: null, old: all.filter(isReplacing).length, closed: all.filter((site) => site.closed).length });
  fill(showing, ...shows.map((one) => el('button', { 'aria-pressed': String(filter.show === one), onclick: () => choose({ show: one }) }, t(`show.${one}`), counts[one] === null ? null : el('small', null, String(counts[one])))));
  fill(viewing, ...views.map((one) => el('button', { 'aria-pressed': String(filter.view === one), onclick: () => choose({ view: one }) }, t(`view.${one}`))));
  fill(heading, t('heading'), ' ', el('small', null, t('heading.count', { count: sites.length })));
  const view = filter.view === 'map' ? map : list;
  if (body.firstChild !== view.element) fill(body, view.element);
  view.show(sites);
  showTree();
  tellChosen();
}

async function readAll() {
  await loadSites((done, count) => fill(progress, t('loading.sites', { done, count })));
  fill(progress);
  show();
  await readActivity();
}

async function readActivity() {
  try {
    await loadActivity();
    fill(progress);
  } catch (error) {
    fill(progress, error instanceof Error ? error.message : String(error));
  }
  show();
}

text.addEventListener('input', () => choose({ text: text.value.trim() }));
category.addEventListener('change', () => choose({ category: category.value }));
window.addEventListener('popstate', () => { readAddress(); show(); });
window.addEventListener('dragover', (event) => event.preventDefault());   // a file dropped beside the place for it must not leave the page
window.addEventListener('drop', (event) => event.preventDefault());

fill(page, bar('/sites'), upkeepLines(), el('main', { id: 'main', class: 'sites' },
  el('aside', null, tree),
  el('section', { class: 'work' },
    el('div', { class: 'title' }, heading, el('div', { class: 'actions' },
      el('button', { onclick: () => openCheck({ open: (ref) => { const site = store.sites.get(ref); if (site) openOne(site); }, print: openPosters }) }, t('act.check')),
      el('button', { onclick: () => openImport(readAll) }, t('act.import')),
      el('button', { onclick: () => openNewSite(show) }, t('act.new')))),
    el('div', { class: 'filters' }, text, category, showing, viewing), progress, chosen, body)));
readAddress();
await readAll();
setInterval(() => { if (!document.hidden) readActivity(); }, activityEvery);
