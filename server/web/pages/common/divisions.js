// SPDX-License-Identifier: Apache-2.0
// The tree of divisions, to choose one of.
import { useAnswer } from './answers.js';
import { get } from './api.js';
import { html } from './html.js';

/** @typedef {{code: string, name: string, parent: string | null, in_scope: boolean}} Division */

/** Those of one's scope and what leads there, or all, to hand something over to. @param {boolean} [all] @returns {Division[]} */
export const useDivisions = (all = false) => useAnswer(all ? 'divisions all' : 'divisions',
  () => get(all ? '/api/v1/divisions?of=all' : '/api/v1/divisions')).data?.divisions ?? [];

/** Each as deep as it lies, for a select. @param {{chosen?: string, all?: boolean}} of */
export function DivisionOptions({ chosen = '', all = false }) {
  const divisions = useDivisions(all);
  const depths = new Map();
  const depthOf = (/** @type {Division} */ one) => (depths.has(one.parent) ? depths.get(one.parent) + 1 : 0);   // a parent stands before its own
  return divisions.map((one) => {
    depths.set(one.code, depthOf(one));
    return html`<option value=${one.code} selected=${one.code === chosen}>${'　'.repeat(depths.get(one.code))}${one.name}</option>`;
  });
}
