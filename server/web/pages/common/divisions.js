// SPDX-License-Identifier: Apache-2.0
// The tree of divisions, to choose one of.
import { useAnswer } from './answers.js';
import { get } from './api.js';
import { html } from './html.js';

/** @typedef {{code: string, name: string, parent: string | null, in_scope: boolean}} Division */

/** All divisions. @returns {Division[]} */
export const useDivisions = () => useAnswer('divisions', () => get('/api/v1/divisions')).data?.divisions ?? [];

/** Each as deep as it lies, for a select. @param {{chosen?: string}} of */
export function DivisionOptions({ chosen = '' }) {
  const divisions = useDivisions();
  const depths = new Map();
  const depthOf = (/** @type {Division} */ one) => (depths.has(one.parent) ? depths.get(one.parent) + 1 : 0);   // a parent stands before its own
  return divisions.map((one) => {
    depths.set(one.code, depthOf(one));
    return html`<option value=${one.code} selected=${one.code === chosen}>${'　'.repeat(depths.get(one.code))}${one.name}</option>`;
  });
}
