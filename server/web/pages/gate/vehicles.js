// SPDX-License-Identifier: Apache-2.0
// Vehicles at the gate: the plate, then one tap on how many people are in it. They go by the same queue as scans, so an outage loses none.
import { ApiError } from '../common/api.js';
import { el, fill } from '../common/dom.js';
import { t } from '../common/texts.js';
import { clock } from '../common/time.js';
import { labelled, ways } from './field.js';
import * as queue from './queue.js';
import { desk, site } from './state.js';
import { readPlate } from './subject.js';
import { speak } from './voice.js';

const buttons_max = 9;
const people_max = 99;

/** Since the page was opened, newest first: what passes a gate is looked up at the office. @type {{plate: string, people: number, direction: string, at: string, word: string}[]} */
const recent = [];
const recent_max = 20;

/** @param {HTMLElement} main */
export function vehiclesView(main) {
  const plate = el('input', { id: 'vehicle-plate', class: 'line', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', enterkeyhint: 'next',
    maxlength: 24,
    'aria-describedby': 'plate-hint', oninput: () => look() });
  const hint = el('p', { id: 'plate-hint', class: 'hint', 'aria-live': 'polite' });
  const counts = Array.from({ length: buttons_max }, (_, at) => el('button', { type: 'button', onclick: () => take(at + 1) }, t('vehicles.count',
    { count: at + 1 })));
  const grid = el('div', { class: 'counts', role: 'group', 'aria-label': t('vehicles.people') }, ...counts);
  const more = el('input', { id: 'vehicle-more', type: 'number', min: buttons_max + 1, max: people_max, inputmode: 'numeric', required: true });
  const result = el('section', { class: 'result idle', role: 'status', 'aria-live': 'assertive', 'aria-label': t('result.label') });
  const list = el('ol', { class: 'recent-rows' }), none = el('p', { class: 'muted' }, t('vehicles.none'));

  function look() {
    const isOdd = plate.value.trim() && !readPlate(plate.value).isUsual;
    fill(hint, t(isOdd && plate.value.trim().length >= 7 ? 'vehicles.unusual' : 'vehicles.plate_hint'));
    hint.className = 'hint';
  }

  /** @param {string} mood @param {string} icon @param {string} word @param {...string} lines */
  function show(mood, icon, word, ...lines) {
    result.className = `result ${mood}`;
    fill(result, el('span', { class: 'icon', 'aria-hidden': 'true' }, icon), el('strong', null, word), ...lines.filter(Boolean).map((line) => el('p',
      { class: 'who' }, line)));
    if (mood !== 'idle') result.scrollIntoView({ block: 'nearest' });
  }

  function draw() {
    none.hidden = recent.length > 0;
    fill(list, ...recent.map((one) => el('li', { class: 'vehicle-row' }, el('time', null, clock(one.at, false)), el('span',
      { class: `way-tag ${one.direction}` }, t(`way.${one.direction}`)),
      el('b', null, t('vehicles.line', { plate: one.plate, count: one.people })), el('span', { class: 'muted' }, one.word))));
  }

  /** @param {number} people */
  async function take(people) {
    const read = readPlate(plate.value);
    if (!read.plate) {
      fill(hint, t('vehicles.no_plate'));
      hint.className = 'hint bad';
      return plate.focus();
    }
    const item = { site: site().ref, plate: read.plate, people, direction: desk.way, at: queue.second() };
    plate.value = more.value = '';   // the next one can be typed while this is under way
    look();
    plate.focus();
    const line = t('vehicles.line', { plate: item.plate, count: people }), when = `${t(`way.${item.direction}`)} ${clock(item.at)}`;
    const row = { ...item, word: '' };
    const [kept] = await queue.add([{ label: item.plate, item }]);
    const wait = () => { row.word = t('result.waiting'); show('wait', '…', t('result.waiting'), line, t('result.waiting_lead')); speak(t('say.waiting')); };
    recent.unshift(row);
    recent.splice(recent_max);
    if (queue.reach !== 'net') {
      wait();
      queue.flush();
      return draw();
    }
    try {
      const [told] = await queue.send([kept], { quiet: desk.isDevice, patience: 5_000 });
      queue.setReach('net');
      if (queue.isForLater(told.status)) wait();
      else if (told.status >= 300) refuse(row, line, told.detail ?? '');
      else {
        row.word = told.known ? t('result.repeated') : '';
        show('pass', '✓', t('vehicles.done'), t('vehicles.line', { plate: item.plate, count: told.people ?? people }), told.known ? t('vehicles.known') : when);
      }
    } catch (error) {
      if (error instanceof ApiError && !queue.isForLater(error.status)) {
        await queue.remove(kept.key);
        refuse(row, line, error.message);
      } else {
        queue.setReach(queue.reachOf(error));
        wait();
      }
    }
    return draw();
  }

  /** @param {typeof recent[number]} row @param {string} line @param {string} why */
  function refuse(row, line, why) {
    recent.splice(recent.indexOf(row), 1);
    show('wrong', '✕', t('result.refused'), line, why);
  }

  // A digit on a keyboard is the button's: plate, Enter, digit.
  grid.addEventListener('keydown', (event) => { if (/^[1-9]$/.test(event.key)) { event.preventDefault(); take(Number(event.key)); } });
  const form = el('form', { class: 'entry-form', onsubmit: (/** @type {SubmitEvent} */ event) => { event.preventDefault(); counts[0].focus(); } },
    ways(() => undefined, plate), labelled(t('vehicles.plate'), plate), hint, el('p', { class: 'counts-label', 'aria-hidden': 'true' }, t('vehicles.people')),
      grid);
  const others = el('form', { class: 'more-people', onsubmit: (/** @type {SubmitEvent} */ event) => { event.preventDefault(); take(Number(more.value)); } },
    labelled(t('vehicles.more'), more), el('button', { type: 'submit' }, t('vehicles.record')));
  fill(main, el('h1', { class: 'only-read' }, t('view.vehicles')), el('div', { class: 'left' }, form, others),
    el('div', { class: 'right' }, result, el('section', { class: 'recent', 'aria-label': t('vehicles.recent') }, el('h2', null, t('vehicles.recent')), none,
      list)));
  show('idle', '·', t('vehicles.idle'));
  look();
  draw();
  plate.focus();
}
