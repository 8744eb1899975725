// SPDX-License-Identifier: Apache-2.0
// Where this desk stands and how it is set. Kept on the device, for a reload without a net has to know it; nothing here is about anybody who passes.
import { get } from '../common/api.js';

/** @typedef {{ref: string, name: string, category: string, area: string, roster: boolean}} Site */
/** @typedef {{site: Site | null, login: string, timeZone: string, isDevice: boolean, way: 'in' | 'out' | 'pass', takesTemperature: boolean, method: string, speaks: boolean, since: string, guard: string, feverFrom: number}} Desk feverFrom: °C, as the house sets it; guard: who is on duty at a shared device */

const place = 'chayan-gate';

/** @returns {Desk} */
function read() {
  const fresh = { site: null, login: '', timeZone: 'Asia/Shanghai', isDevice: false, way: 'in', takesTemperature: false, method: 'forehead', speaks: true, since: '', guard: '', feverFrom: 37.3 };
  try {
    return { ...fresh, ...JSON.parse(localStorage.getItem(place) ?? '{}') };
  } catch {
    return /** @type {Desk} */ (fresh);
  }
}

export const desk = read();

/** @param {Partial<Desk>} change */
export function set(change) {
  Object.assign(desk, change);
  try {
    localStorage.setItem(place, JSON.stringify(desk));
  } catch { /* a browser that keeps nothing still works until it is closed */ }
}

/** The site with its ref. @returns {Site} where there is one */
export const site = () => /** @type {Site} */ (desk.site);

/** @param {string} [search] @returns {Promise<{sites: Site[], more: boolean}>} */
export async function sites(search = '') {
  const found = await get(`/api/v1/gate/sites?${new URLSearchParams({ search })}`);
  set({ feverFrom: found.fever_from ?? desk.feverFrom });
  return found;
}
