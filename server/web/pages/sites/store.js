// SPDX-License-Identifier: Apache-2.0
// What the page knows: the tree, all sites of the scope, how busy they are. Read whole once: ten thousand sites are 7 MB.
import { get, query } from '../common/api.js';

/**
 * @typedef {{code: string, name: string, parent: string | null, in_scope: boolean}} Division
 * @typedef {{ref: string, name: string, category: string, division: string, division_name: string, place: string | null, address: string | null,
 *   longitude: number | null, latitude: number | null, presence: string | null, dwell_min: number | null, asks_temperature: boolean, opens: string | null, closes: string | null,
 *   closed: boolean, revision: number, accept_old_until: string | null, codes: {direction: string, code: string, url: string}[]}} Site
 * @typedef {{ref: string, visits: number, week_before: number, last: string | null}} Activity
 */

export const categories = ['traffic', 'village', 'community', 'enterprise', 'school', 'clinic', 'pharmacy', 'office', 'shop', 'transit', 'hotel', 'isolation', 'vehicle', 'other'];
const silentHours = 24;

export const store = {
  /** @type {Division[]} */ divisions: [],
  /** @type {Map<string, Site>} */ sites: new Map(),
  /** @type {Map<string, Activity>} */ activity: new Map(),
  /** When the activity was counted; '' while the log is being read. */ now: '',
  /** @type {Set<string>} the refs chosen for posters */ chosen: new Set(),
};

/** @param {(done: number, count: number) => void} progress */
export async function loadSites(progress) {
  store.divisions = (await get('/api/v1/divisions')).divisions;
  const found = new Map();
  for (let cursor = ''; ;) {
    const page = await get(`/api/v1/sites${query({ cursor })}`);
    for (const site of page.sites) found.set(site.ref, site);
    progress(found.size, page.count);
    if (!page.next) break;
    cursor = page.next;
  }
  store.sites = found;
}

export async function loadActivity() {
  const told = await get('/api/v1/site-activity');
  store.activity = new Map(told.sites.map((/** @type {Activity} */ one) => [one.ref, one]));
  store.now = told.now;
}

/** Nothing for a day, though it is open. @param {Site} site */
export function isSilent(site) {
  if (site.closed || !store.now) return false;
  const last = store.activity.get(site.ref)?.last;
  return !last || Date.parse(store.now) - Date.parse(last) > silentHours * 3_600_000;
}

/** Old posters hang about still. @param {Site} site */
export function isReplacing(site) {
  return !site.closed && Boolean(site.accept_old_until) && Date.parse(/** @type {string} */ (site.accept_old_until)) > Date.now();
}

/** Is `code` the division `above`, or below it? Codes of the country count zeros at the end as no digits. @param {string} code @param {string} above */
export function isWithin(code, above) {
  return above === '' || code === above || code.startsWith(above);
}

/**
 * The sites that fit, silent ones first if wanted, else by ref.
 * @param {{division: string, category: string, text: string, show: string}} filter
 */
export function matching({ division, category, text, show }) {
  const wanted = text.trim().toLowerCase();
  const found = [...store.sites.values()].filter((site) => isWithin(site.division, division)
    && (!category || site.category === category)
    && (!wanted || [site.ref, site.name, site.address ?? ''].some((each) => each.toLowerCase().includes(wanted)))
    && (show === 'closed' ? site.closed : !site.closed)
    && (show !== 'silent' || isSilent(site)) && (show !== 'old' || isReplacing(site)));
  if (show === 'silent') found.sort((a, b) => (store.activity.get(a.ref)?.last ?? '').localeCompare(store.activity.get(b.ref)?.last ?? '') || a.ref.localeCompare(b.ref));
  if (show === 'busy') found.sort((a, b) => (store.activity.get(b.ref)?.visits ?? 0) - (store.activity.get(a.ref)?.visits ?? 0));
  return found;
}
