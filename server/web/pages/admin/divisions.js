// SPDX-License-Identifier: Apache-2.0
// Choosing a division: the city, then a township, then a village. Before any was imported, the code is typed.
import { get } from '../common/api.js';
import { html, useMemo } from '../common/html.js';
import { t } from '../common/texts.js';
import { Field, useAnswer } from './state.js';

/** @typedef {{code: string, name: string, parent?: string | null}} Division */

/** Those of one's scope, and those that lead there. @returns {{tree: DivisionTree, error: unknown}} */
export function useDivisions() {
  const { value, error } = useAnswer(async () => /** @type {Division[]} */ ((await get('/api/v1/divisions')).divisions), []);
  const tree = useMemo(() => new DivisionTree(value ?? []), [value]);
  return { tree, error };
}

export class DivisionTree {
  /** @param {Division[]} divisions */
  constructor(divisions) {
    this.byCode = new Map(divisions.map((division) => [division.code, division]));
    /** @type {Map<string, Division[]>} */
    this.below = new Map();
    for (const division of divisions) {
      const above = this.parentOf(division.code);
      this.below.set(above, [...(this.below.get(above) ?? []), division]);
    }
  }

  /** The code above, or ''. @param {string} code */
  parentOf(code) {
    const said = this.byCode.get(code)?.parent;
    if (said && this.byCode.has(said)) return said;
    for (const digits of [9, 6, 4, 2]) if (digits < code.length && this.byCode.has(code.slice(0, digits))) return code.slice(0, digits);
    return '';
  }

  /** From the top down. @param {string} code @returns {string[]} */
  path(code) {
    const codes = [];
    for (let at = code; at && codes.length < 6; at = this.parentOf(at)) codes.unshift(at);
    return codes;
  }

  /** "留早镇 东内堡村", or the code where nobody knows it. @param {string} code */
  name(code) {
    const names = this.path(code).map((one) => this.byCode.get(one)?.name ?? one);
    return (names.length > 2 ? names.slice(1) : names.slice(-1)).join(' ');
  }

  get size() { return this.byCode.size; }
}

/**
 * @param {{tree: DivisionTree, value: string, within: string, change: (code: string) => void, error?: unknown}} properties
 *   within: the scope of whoever chooses, whom nothing wider is offered; '' is everything
 */
export function ScopePicker({ tree, value, within, change, error }) {
  if (tree.size === 0) {
    return html`<${Field} label=${t('operator.scope')} name="scope" value=${value} onInput=${(/** @type {any} */ event) => change(event.target.value.trim())} error=${error} hint=${t('operator.scope_code_hint')}
      inputmode="numeric" maxlength="12" />`;
  }
  const chosen = tree.path(value), top = within ? tree.path(within).length : 0;
  const levels = [];
  for (let depth = top; depth <= chosen.length; depth += 1) {
    const above = depth === 0 ? '' : depth === top ? within : chosen[depth - 1];
    const below = tree.below.get(above) ?? [];
    if (below.length > 0) levels.push({ above, below, depth });
  }
  return html`
    <fieldset class="field scope"><legend>${t('operator.scope')}</legend>
      ${levels.length === 0 && html`<p>${tree.name(within)}</p>`}
      ${levels.map(({ above, below, depth }) => html`
        <select key=${above} aria-label=${above ? t('operator.scope_below', { name: tree.name(above) }) : t('operator.scope')} value=${chosen[depth] ?? above}
          onChange=${(/** @type {any} */ event) => change(event.target.value)}>
          <option value=${above}>${above ? t('operator.scope_all_of', { name: tree.name(above) }) : t('operator.scope_all')}</option>
          ${below.map((division) => html`<option value=${division.code}>${division.name}</option>`)}
        </select>`)}
      <p class="muted hint">${t('operator.scope_hint')}</p>
    </fieldset>`;
}
