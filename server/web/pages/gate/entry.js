// SPDX-License-Identifier: Apache-2.0
// The desk's first view: one line takes whatever names somebody, Enter lets them pass. A hand scanner is a fast keyboard that ends with Enter, so it needs nothing of its own.
import { ApiError } from '../common/api.js';
import { el, fill } from '../common/dom.js';
import { t } from '../common/texts.js';
import { openCamera } from './camera.js';
import { labelled, toggle, ways } from './field.js';
import { groupBox } from './group.js';
import { recentPeople } from './people.js';
import * as queue from './queue.js';
import { nthOf, resultPanel } from './result.js';
import { rosterPanel } from './roster.js';
import { desk, set, site } from './state.js';
import { masked, readSubject, readTemperature } from './subject.js';
import { canSpeak } from './voice.js';

/** @typedef {import('./result.js').Passing} Passing */

/** @param {HTMLElement} main */
export function entryView(main) {
  const line = el('input', { id: 'line', class: 'line', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', enterkeyhint: 'go', 'aria-describedby': 'line-hint', oninput: () => look() });
  line.placeholder = t('entry.placeholder');
  const hint = el('p', { id: 'line-hint', class: 'hint', 'aria-live': 'polite' });
  const name = el('input', { id: 'name', autocomplete: 'off', enterkeyhint: 'go', maxlength: 60 }), nameRow = labelled(t('entry.name'), name);
  const heat = temperatures();
  const go = el('button', { class: 'primary go', type: 'submit' });
  const recent = recentPeople({ temperature: () => heat.first(), clear: () => heat.clear() });
  const roster = rosterPanel({ pick: (person) => pick({ subject: { card: person.card }, label: person.name }) });
  const result = resultPanel({ recent, undone: () => line.focus() });
  const group = groupBox({ changed: () => words(), back: () => line.focus() });
  let needsName = false;   // the service does not know this document
  let asked = /** @type {import('./queue.js').Waiting | null} */ (null);   // whose name is being typed
  let picked = /** @type {Pick<Passing, 'subject' | 'label'> | null} */ (null);   // of the roster, while something is still to be measured

  const words = () => fill(go, group.isOn ? (group.count ? t('group.go', { count: group.count }) : t('group.add')) : t(`go.${desk.way}`), el('kbd', null, '⏎'));

  function look() {
    const reading = readSubject(line.value);
    fill(hint, t(reading.fault ?? `read.${reading.kind}`, { missing: reading.missing ?? 0 }));
    hint.className = `hint${reading.fault && !reading.missing ? ' bad' : ''}`;
    nameRow.hidden = !(reading.kind === 'document' && (needsName || queue.reach !== 'net')) && !(reading.kind === 'phone' && name.value);   // eleven digits may still become eighteen
    if (reading.kind !== 'empty') picked = null;
    if (reading.kind === 'initials') roster.search({ initials: reading.value });
    else if (reading.kind === 'name') roster.search({ name: reading.value });
    else roster.close();
  }

  function clear() {
    line.value = name.value = '';
    heat.clear();
    needsName = false;
    picked = null;
    look();
    line.focus({ preventScroll: true });
  }

  /** Says what is missing, where it goes. @param {string} words @param {HTMLInputElement} at */
  function ask(words, at) {
    fill(hint, words);
    hint.className = 'hint bad';
    at.focus();
    return null;
  }

  /** What was typed, as whom the API calls so; null where something is missing, and the guard is told. @returns {Pick<Passing, 'subject' | 'label'> | null} */
  function readWho() {
    if (picked && !line.value.trim()) return picked;
    if (['card', 'credential', 'document'].includes(readSubject(name.value).kind)) [line.value, name.value] = [name.value, ''];   // a scanner writes where the cursor is
    const reading = readSubject(line.value), given = name.value.trim();
    switch (reading.kind) {
      case 'card': return { subject: { card: reading.value }, label: t('label.card') };
      case 'credential': return { subject: { credential: reading.value }, label: t('label.card') };
      case 'document':
        if (!given && (needsName || queue.reach !== 'net') && document.activeElement !== name) {
          nameRow.hidden = false;
          return ask(t(needsName ? 'entry.unknown' : 'entry.name_offline'), name);
        }
        return { subject: { document: { type: 'id', number: reading.value }, ...(given ? { name: given } : {}) }, label: given || masked(reading.value) };
      case 'phone':
        nameRow.hidden = false;
        return given ? { subject: { phone: reading.value, name: given }, label: given } : ask(t('entry.name_for_phone'), name);
      case 'initials':
      case 'name': {
        const only = roster.first();
        return only ? { subject: { card: only.card }, label: only.name } : ask(t('entry.pick'), line);
      }
      default: return ask(t(reading.fault ?? 'read.empty', { missing: reading.missing ?? 0 }), line);
    }
  }

  /** @returns {Passing | null} */
  function readPassing() {
    const who = readWho();
    const missing = who && heat.missing();
    if (missing) return ask(missing.words, missing.at);
    return who && { ...who, ...heat.read() };
  }

  /** Of the roster: measured like everybody else. @param {Pick<Passing, 'subject' | 'label'>} who */
  function pick(who) {
    line.value = '';
    look();
    picked = who;
    const missing = heat.missing();
    if (missing) return ask(`${who.label}：${missing.words}`, missing.at);
    return take({ ...who, ...heat.read() });
  }

  /** @param {Passing} passing */
  function take(passing) {
    if (!group.isOn) return letPass([passing], '');
    const isNew = group.add(passing);
    clear();
    if (!isNew) ask(t('group.already', { name: passing.label }), line);
    return undefined;
  }

  /** @param {Passing[]} people @param {string} plate @param {number} [heads] in the vehicle */
  async function letPass(people, plate, heads = 0) {
    const at = queue.second(), typed = { line: line.value, name: name.value }, mended = asked;
    result.sending(people);
    clear();   // whoever comes next can be typed while this is under way
    asked = null;
    const ones = await queue.add(people.map((one) => ({
      label: one.label,
      item: { subject: one.subject, site: site().ref, direction: desk.way, at, ...(one.temperature ? { temperature: one.temperature } : {}), ...(plate ? { plate } : {}) },
      ...(one.second && one.temperature ? { second: { temperature: one.temperature, method: desk.method, second: one.second } } : {}),
    })));
    if (plate && heads) await queue.add([{ label: plate, item: { site: site().ref, plate, people: heads, direction: desk.way, at } }]);   // who sits in a vehicle passes with it
    if (mended && ones.some((one) => one.item.subject?.document?.number === mended.item.subject?.document?.number)) await queue.remove(mended.key);
    if (queue.reach !== 'net') {
      result.waiting(people);
      return void queue.flush();
    }
    try {
      const results = await queue.send(ones, { quiet: desk.isDevice, patience: 5_000 });
      queue.setReach('net');
      await tell(people, ones, results, typed);
    } catch (error) {
      if (error instanceof ApiError && !queue.isForLater(error.status)) {
        for (const one of ones) await queue.remove(one.key);
        result.refused([error.message], people);
        if (people.length === 1) putBack(people[0], typed);
      } else {
        queue.setReach(queue.reachOf(error));
        result.waiting(people);
      }
    }
    if (plate && queue.reach === 'net') void queue.flush();
    return undefined;
  }

  /** @param {Passing[]} people @param {import('./queue.js').Waiting[]} ones @param {import('./queue.js').Result[]} results @param {{line: string, name: string}} typed */
  async function tell(people, ones, results, typed) {
    if (results.some((one) => queue.isForLater(one.status))) return result.waiting(people);
    const isFree = !line.value.trim();   // else the next one is being typed: whoever was refused lies among the refused
    if (people.length === 1 && results[0].code === 'unknown_person' && isFree) return askName(people[0], ones[0], typed);
    const faults = results.flatMap((one, index) => (one.status >= 300 ? [t('result.fault', { name: nthOf(people, index), why: one.detail ?? '' })] : []));
    if (faults.length === 0) return result.taken(people, ones[0].item.at, results);
    result.refused(faults, people, results);
    if (people.length === 1 && isFree) {
      await queue.remove(ones[0].key);
      putBack(people[0], typed);
    }
    return recent.refresh();
  }

  /** What was refused is mended, not typed again; unless the next one is being typed already. @param {Passing} one @param {{line: string, name: string}} typed */
  function putBack(one, typed) {
    if (line.value.trim()) return;
    [line.value, name.value] = [typed.line, typed.name];
    heat.fill(one);
    look();
    line.select();
  }

  /** Nobody has this document: whoever it is registers by their name in the same act. @param {Passing} one @param {import('./queue.js').Waiting} kept until then among the refused @param {{line: string, name: string}} typed */
  function askName(one, kept, typed) {
    asked = kept;
    line.value = typed.line;
    heat.fill(one);
    needsName = true;
    nameRow.hidden = false;
    fill(hint, t('entry.unknown'));
    result.unknown();
    name.focus();
  }

  const form = el('form', {
    class: 'entry-form', onsubmit: (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      if (group.isOn && !line.value.trim() && group.count) {
        const { people, plate, heads } = group.take();
        return void letPass(people, plate, heads);
      }
      const passing = readPassing();
      if (passing) take(passing);
      return undefined;
    },
  },
  ways(words, line), el('label', { for: 'line', class: 'only-read' }, t('entry.line')),
  el('div', { class: 'line-row' }, line, el('button', { type: 'button', class: 'camera-button', onclick: () => openCamera((text) => { line.value = text; look(); form.requestSubmit(); }) }, t('entry.camera'))),
  hint, roster.element, nameRow, heat.row, heat.secondRow, group.element, go, roster.letters,
  el('div', { class: 'switches' },
    toggle(t('entry.takes_temperature'), desk.takesTemperature, (on) => { set({ takesTemperature: on }); heat.row.hidden = !on; if (!on) heat.clear(); line.focus(); }),
    toggle(t('entry.group'), group.isOn, (on) => { group.turn(on); line.focus(); }),
    canSpeak ? toggle(t('entry.speaks'), desk.speaks, (on) => set({ speaks: on })) : null));
  fill(main, el('h1', { class: 'only-read' }, t('view.entry')), el('div', { class: 'left' }, form), el('div', { class: 'right' }, result.element, recent.element));
  result.idle();
  look();
  group.show();
  line.focus();
  const stopCatching = catchKeys(line);
  return () => {
    stopCatching();
    roster.stop();
    recent.stop();
  };
}

/** The temperature, and from a fever on a second one. */
function temperatures() {
  const first = el('input', { id: 'temperature', class: 'degrees', inputmode: 'decimal', autocomplete: 'off', enterkeyhint: 'go', oninput: () => look() });
  const second = el('input', { id: 'second', class: 'degrees', inputmode: 'decimal', autocomplete: 'off', enterkeyhint: 'go' });
  const row = labelled(t('entry.temperature'), first), secondRow = labelled(t('entry.second'), second);
  row.hidden = !desk.takesTemperature;
  secondRow.hidden = true;
  let wasAsked = false;   // for a second reading: Enter goes on without, from either field
  const read = () => ({ degrees: readTemperature(first.value), again: readTemperature(second.value) });
  function look() {
    const { degrees } = read();
    first.setAttribute('aria-invalid', String(Boolean(first.value.trim()) && degrees === null));
    secondRow.hidden = !(degrees !== null && degrees >= desk.feverFrom);
  }
  return {
    row, secondRow,
    first: () => read().degrees,
    read() {
      const { degrees, again } = read();
      return { ...(degrees === null ? {} : { temperature: degrees }), ...(again === null ? {} : { second: again }) };
    },
    /** What is still to be measured or mended; a guard who presses Enter in the field itself goes on without. */
    missing() {
      const { degrees, again } = read();
      if (desk.takesTemperature && degrees === null && document.activeElement !== first) return { words: t('entry.measure'), at: first };
      if (first.value.trim() && degrees === null) return { words: t('entry.temperature_wrong'), at: first };
      if (degrees === null || degrees < desk.feverFrom || again !== null || wasAsked) return null;
      wasAsked = true;
      secondRow.hidden = false;
      return { words: t('entry.measure_again', { degrees: desk.feverFrom.toFixed(1) }), at: second };
    },
    /** @param {Passing} one */
    fill(one) {
      first.value = one.temperature ? String(one.temperature) : '';
      second.value = one.second ? String(one.second) : '';
      look();
    },
    clear() { first.value = second.value = ''; wasAsked = false; look(); },
  };
}

/** Wherever the focus is, a hand scanner's keys belong to the line. @param {HTMLElement} line @returns {() => void} ends it */
function catchKeys(line) {
  const take = (/** @type {KeyboardEvent} */ event) => {
    const isTyping = event.target instanceof Element && event.target.matches('input:not([type=checkbox]):not([type=radio]), select, textarea');
    const isElsewhere = !isTyping && !document.querySelector('dialog[open]');
    if (isElsewhere && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== ' ') line.focus();
  };
  document.addEventListener('keydown', take);
  return () => document.removeEventListener('keydown', take);
}
