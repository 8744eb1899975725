// SPDX-License-Identifier: Apache-2.0
// A map without a map: points of our own by longitude and latitude, no tiles, no borders. Sites without coordinates are counted below it.
import { el, fill } from '../common/dom.js';
import { t } from '../common/texts.js';
import { isSilent, store } from './store.js';

/** @typedef {import('./store.js').Site} Site */

const svg = (/** @type {string} */ name, /** @type {Record<string, string | number>} */ attributes, /** @type {(Node | string)[]} */ ...children) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
};
const width = 900, height = 560, margin = 24;

/** @param {{open: (site: Site) => void}} acts */
export function siteMap({ open }) {
  const element = el('div', { class: 'map' });
  return {
    element,
    /** @param {Site[]} sites */
    show(sites) {
      const placed = sites.filter((site) => site.longitude !== null && site.latitude !== null);
      const lost = sites.length - placed.length;
      if (placed.length === 0) {
        fill(element, el('p', { class: 'muted' }, t('map.none')));
        return;
      }
      const xs = placed.map((site) => Number(site.longitude)), ys = placed.map((site) => Number(site.latitude));
      const west = Math.min(...xs), east = Math.max(...xs), south = Math.min(...ys), north = Math.max(...ys);
      // A degree of longitude is shorter the farther north; both get one scale.
      const squeeze = Math.cos(((south + north) / 2) * (Math.PI / 180));
      const scale = Math.min((width - 2 * margin) / Math.max((east - west) * squeeze, 0.001), (height - 2 * margin) / Math.max(north - south, 0.001));
      const most = Math.max(1, ...placed.map((site) => store.activity.get(site.ref)?.visits ?? 0));
      const points = placed.map((site) => {
        const visits = store.activity.get(site.ref)?.visits ?? 0, silent = isSilent(site);
        const words = `${site.name} · ${t(`category.${site.category}`)} · ${t('map.today', { count: visits })}${silent ? ` · ${t('state.silent')}` : ''}`;
        const point = svg('circle', {
          cx: (width / 2 + (Number(site.longitude) - (west + east) / 2) * squeeze * scale).toFixed(1), cy: (height / 2 - (Number(site.latitude) - (south + north) / 2) * scale).toFixed(1),
          r: (4 + 12 * Math.sqrt(visits / most)).toFixed(1), class: `point ${site.category}${silent ? ' silent' : ''}`, tabindex: 0, role: 'button', 'aria-label': words,
        }, svg('title', {}, words));
        point.addEventListener('click', () => open(site));
        point.addEventListener('keydown', (event) => { if (/** @type {KeyboardEvent} */ (event).key === 'Enter') open(site); });
        return point;
      });
      fill(element, svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': t('map.label') }, ...points),
        el('p', { class: 'muted' }, t('map.legend'), ' ', lost ? t('map.lost', { count: lost }) : ''));
    },
  };
}
