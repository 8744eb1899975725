// SPDX-License-Identifier: Apache-2.0
// The end of a shift: what passed, what still lies on this device, what was refused and why.
import { call, get } from '../common/api.js';
import { el, field, fill, openDialog, say } from '../common/dom.js';
import { t } from '../common/texts.js';
import { clock, dayAndClock } from '../common/time.js';
import * as queue from './queue.js';
import { desk, set, site } from './state.js';

const figures = ['people', 'in', 'out', 'pass', 'by_phone', 'by_staff', 'own', 'vehicles', 'fevers', 'voided'];

/** @param {HTMLElement} main */
export function shiftView(main) {
  const numbers = el('dl', { class: 'figures' }), note = el('p', { class: 'muted', role: 'status' });
  const lying = el('div');
  const count = async () => {
    try {
      const shift = await get(`/api/v1/gate/shift?${new URLSearchParams({ site: site().ref, since: desk.since })}`, { quiet: true, signal: AbortSignal.timeout(15_000) });
      fill(note, t('shift.span', { from: dayAndClock(shift.since), to: clock(shift.until, false), login: desk.guard || desk.login }));
      fill(numbers, ...figures.map((name) => el('div', { class: name === 'fevers' && shift.fevers ? 'fever' : null }, el('dt', null, t(`shift.${name}`, { degrees: desk.feverFrom.toFixed(1) })), el('dd', null, shift[name]))));
    } catch (error) {
      queue.setReach(queue.reachOf(error));
      fill(note, t('shift.no_net'));
    }
  };
  const list = async () => {
    const all = await queue.all();
    const cell = (/** @type {string} */ column, /** @type {any} */ content) => el('td', { 'data-column': t(`shift.column.${column}`) }, content);
    const row = (/** @type {import('./queue.js').Waiting} */ one) => el('tr', null, cell('when', dayAndClock(one.item.at)), cell('who', one.label), cell('way', t(`way.${one.item.direction}`)),
      cell('why', one.refused?.detail ?? ''), cell('act', one.refused ? el('div', { class: 'actions' },
        one.refused.code === 'unknown_person' ? el('button', { type: 'button', onclick: () => name(one) }, t('shift.name')) : el('button', { type: 'button', onclick: () => queue.again(one).then(queue.flush) }, t('retry')),
        el('button', { type: 'button', onclick: () => drop(one) }, t('shift.drop'))) : null));
    const table = (/** @type {string} */ heading, /** @type {string} */ lead, /** @type {typeof all} */ ones) => [el('h2', null, heading), el('p', { class: 'muted' }, lead), el('div', { class: 'scroller' }, el('table', null, el('thead', null, el('tr', null, ...['when', 'who', 'way', 'why', 'act'].map((column) => el('th', { scope: 'col' }, t(`shift.column.${column}`))))), el('tbody', null, ...ones.map(row))))];
    const unsent = all.filter((one) => !one.refused), refused = all.filter((one) => one.refused);
    fill(lying,
      ...(unsent.length ? table(t('standing.unsent', { count: unsent.length }), t('shift.unsent_lead'), unsent) : []),
      ...(refused.length ? table(t('standing.refused', { count: refused.length }), t('shift.refused_lead'), refused) : []),
      all.length ? null : el('p', { class: 'note good' }, t('shift.nothing')));
  };
  fill(main, el('h1', null, `${t('view.shift')} · ${site().name}`), note, numbers, lying,
    el('div', { class: 'actions' }, el('button', { type: 'button', onclick: () => { queue.flush().then(count); } }, t('shift.send')), el('button', { type: 'button', onclick: () => print() }, t('shift.print')), el('button', { class: 'danger', type: 'button', onclick: endShift }, t('shift.end'))),
    el('p', { class: 'muted' }, t('shift.privacy')));
  let reach = queue.reach;
  const stop = queue.onChange(() => {
    list();
    if (queue.reach === 'net' && reach !== 'net') count();   // the net is back
    reach = queue.reach;
  });
  count();
  list();
  return stop;
}

/** Somebody unknown needs a name to be taken down. @param {import('./queue.js').Waiting} one */
function name(one) {
  const input = el('input', { required: true, maxlength: 60, autocomplete: 'off' });
  const dialog = openDialog(t('shift.name'), () => [el('form', {
    onsubmit: async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      await queue.again({ ...one, label: input.value.trim() }, { subject: { ...one.item.subject, name: input.value.trim() } });
      dialog.close();
      await queue.flush();
    },
  }, field(t('entry.name'), input), el('div', { class: 'actions' }, el('button', { class: 'primary', type: 'submit' }, t('shift.send'))))]);
}

/** @param {import('./queue.js').Waiting} one */
async function drop(one) {
  await queue.remove(one.key);
  say(t('shift.dropped', { name: one.label }));
}

/** Not before all has been sent, unless somebody says so: ending clears this device. */
export async function endShift() {
  await queue.flush();
  const left = await queue.all();
  if (!left.length) return leave();
  openDialog(t('shift.left_heading'), (own) => [
    el('p', null, t('shift.left', { count: left.length })),
    el('div', { class: 'actions' }, el('button', { class: 'primary', type: 'button', onclick: () => { own.close(); location.hash = '#shift'; } }, t('shift.look')), el('button', { class: 'danger', type: 'button', onclick: leave }, t('shift.end_anyway')))]);
  return undefined;
}

async function leave() {
  try {
    await call('DELETE', '/api/v1/session', undefined, { quiet: true });
  } catch (error) {
    if (queue.reachOf(error) === 'no net') return say(t('shift.no_net_end'), 'wrong');
  }
  await queue.forget();
  set({ site: null, login: '', since: '', guard: '' });
  location.replace('/gate');
  return undefined;
}
