// SPDX-License-Identifier: Apache-2.0
// The last people through, by whatever means, and a temperature added to any of them by one tap.
import { get, post } from '../common/api.js';
import { el, field, fill, openDialog, say } from '../common/dom.js';
import { t } from '../common/texts.js';
import { clock } from '../common/time.js';
import * as queue from './queue.js';
import { desk, set, site } from './state.js';
import { readTemperature } from './subject.js';

/** @typedef {{id: string, name: string, at: string, direction: string, evidence: string, temperature?: number, fever?: boolean, read?: boolean, voided?: boolean}} Row */

const methods = ['forehead', 'ear', 'axilla', 'camera'];

/** Asks for a temperature. @param {Row} row @param {(temperature: number, second: number | null) => Promise<void>} take */
function ask(row, take) {
  const first = el('input', { inputmode: 'decimal', required: true, autocomplete: 'off' }), second = el('input', { inputmode: 'decimal', autocomplete: 'off' });
  const method = el('select', { onchange: () => set({ method: method.value }) }, ...methods.map((word) => el('option', { value: word, selected: word === desk.method }, t(`method.${word}`))));
  const fault = el('p', { class: 'fault', role: 'alert' });
  const dialog = openDialog(t('reading.heading', { name: row.name, time: clock(row.at, false) }), () => [el('form', {
    onsubmit: async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const degrees = readTemperature(first.value), again = readTemperature(second.value);
      if (degrees === null || (second.value.trim() && again === null)) return fill(fault, t('entry.temperature_wrong'));
      await take(degrees, again).then(() => dialog.close(), (error) => fill(fault, error.message));
      return undefined;
    },
  }, field(t('entry.temperature'), first), field(t('entry.second'), second), field(t('reading.method'), method), fault,
  el('div', { class: 'actions' }, el('button', { class: 'primary', type: 'submit' }, t('reading.save')), el('button', { type: 'button', onclick: () => dialog.close() }, t('cancel'))))]);
}

/** @param {{temperature: () => number | null, clear: () => void}} measured what stands in the desk's own field: one tap gives it to somebody */
export function recentPeople(measured) {
  const list = el('ol', { class: 'recent-rows' }), note = el('p', { class: 'muted' });
  const element = el('section', { class: 'recent', 'aria-label': t('recent.heading') }, el('h2', null, t('recent.heading')), note, list);
  /** @type {Row[]} */
  let rows = [];
  let stopped = false, shown = '';

  /** @param {Row} row @param {number} temperature @param {number | null} second */
  async function add(row, temperature, second) {
    const taken = await post('/api/v1/gate/observations', { scan: row.id, temperature, method: desk.method, ...(second === null ? {} : { second }) });
    say(t(taken.fever ? 'reading.fever' : 'reading.done', { name: row.name, degrees: taken.temperature }), taken.fever ? 'wrong' : 'good');
    await refresh();
  }

  /** @param {Row} row */
  function drawn(row) {
    const tap = async () => {
      const degrees = measured.temperature();
      if (degrees === null || degrees >= desk.feverFrom) return ask(row, (first, second) => add(row, first, second));
      try {
        await add(row, degrees, null);
        measured.clear();
      } catch (error) {
        say(error instanceof Error ? error.message : String(error), 'wrong');
      }
      return undefined;
    };
    return el('li', { class: row.voided ? 'voided' : null },
      el('time', { datetime: row.at }, clock(row.at)), el('b', null, row.name), el('span', { class: `way-tag ${row.direction}` }, t(`way.${row.direction}`)),
      el('span', { class: 'muted' }, row.voided ? t('recent.voided') : t(`evidence.${row.evidence}`)),
      row.temperature ? el('span', { class: row.fever ? 'degrees-tag fever' : 'degrees-tag' }, `${row.temperature.toFixed(1)} ℃${row.fever ? ` ${t('recent.fever')}` : ''}`) : el('span', null),
      row.voided ? el('span', null) : el('button', { type: 'button', 'aria-label': t('reading.button_for', { name: row.name }), onclick: tap }, t('reading.button')));
  }

  /** @returns {Promise<Row[]>} */
  async function refresh() {
    if (stopped) return rows;
    try {
      const answer = await get(`/api/v1/gate/recent?${new URLSearchParams({ site: site().ref })}`, { quiet: true, signal: AbortSignal.timeout(8_000) });
      queue.setClock(answer.now);
      rows = answer.scans;
      const told = JSON.stringify(rows);
      if (told !== shown) fill(list, ...rows.map(drawn));   // what stands still keeps its focus
      shown = told;
      fill(note, rows.length ? null : t('recent.none'));
    } catch (error) {
      queue.setReach(queue.reachOf(error));
      fill(note, t('recent.no_net'));
    }
    return rows;
  }

  const timer = setInterval(() => { if (!document.hidden) refresh(); }, 5_000);
  refresh();
  return { element, refresh, stop: () => { stopped = true; clearInterval(timer); } };
}
