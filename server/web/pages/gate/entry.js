// SPDX-License-Identifier: Apache-2.0
// The desk's first view: one line takes whatever names somebody, Enter lets them pass. A hand scanner is a fast keyboard that ends with Enter, so it needs nothing of its own.
import { ApiError, post } from '../common/api.js';
import { el, fill, say } from '../common/dom.js';
import { t } from '../common/texts.js';
import { clock } from '../common/time.js';
import { openCamera } from './camera.js';
import { recentPeople } from './people.js';
import * as queue from './queue.js';
import { rosterPanel } from './roster.js';
import { desk, set, site } from './state.js';
import { masked, readPlate, readSubject, readTemperature } from './subject.js';
import { canSpeak, speak } from './voice.js';

const feverFrom = 37.3;

/** @typedef {{subject: Record<string, any>, label: string, temperature?: number, second?: number}} Passing somebody who is to pass */

/** @param {HTMLElement} main */
export function entryView(main) {
  const line = el('input', { id: 'line', class: 'line', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', enterkeyhint: 'go', 'aria-describedby': 'line-hint', oninput: () => look() });
  const hint = el('p', { id: 'line-hint', class: 'hint', 'aria-live': 'polite' });
  const name = el('input', { id: 'name', autocomplete: 'off', enterkeyhint: 'go', maxlength: 60 });
  const temperature = el('input', { id: 'temperature', class: 'degrees', inputmode: 'decimal', autocomplete: 'off', enterkeyhint: 'go', oninput: () => lookTemperature() });
  const second = el('input', { id: 'second', class: 'degrees', inputmode: 'decimal', autocomplete: 'off', enterkeyhint: 'go' });
  const plate = el('input', { id: 'plate', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', oninput: () => lookGroup() });
  const heads = el('input', { id: 'heads', type: 'number', min: 1, max: 60, inputmode: 'numeric', oninput: () => lookGroup() });
  const result = el('section', { class: 'result idle', role: 'status', 'aria-live': 'assertive', 'aria-label': t('result.label') });
  const nameRow = labelled(t('entry.name'), name), secondRow = labelled(t('entry.second'), second);
  nameRow.hidden = secondRow.hidden = true;
  const temperatureRow = labelled(t('entry.temperature'), temperature);
  temperatureRow.hidden = !desk.takesTemperature;
  /** @type {Passing[]} */
  let group = [];
  let isGroup = false;
  const groupList = el('ul', { class: 'group' }), groupHint = el('p', { class: 'hint' });
  const groupBox = el('fieldset', { class: 'vehicle', hidden: true }, el('legend', null, t('group.legend')), labelled(t('group.plate'), plate), labelled(t('group.heads'), heads), groupList, groupHint);
  const go = el('button', { class: 'primary go', type: 'submit' });
  const recent = recentPeople({ temperature: () => readTemperature(temperature.value), clear: () => { temperature.value = ''; lookTemperature(); } });
  const roster = rosterPanel({ pick: (person) => take({ subject: { card: person.card }, label: person.name }) });

  const words = () => fill(go, isGroup ? (group.length ? t('group.go', { count: group.length }) : t('group.add')) : t(`go.${desk.way}`), el('kbd', null, '⏎'));

  function look() {
    const reading = readSubject(line.value);
    const key = reading.fault ?? `read.${reading.kind}`;
    fill(hint, t(key, { missing: reading.missing ?? 0 }));
    hint.className = `hint${reading.fault && !reading.missing ? ' bad' : ''}`;
    nameRow.hidden = !(reading.kind === 'phone' || (reading.kind === 'document' && (needsName || queue.reach !== 'net')));
    if (reading.kind === 'initials') roster.search({ initials: reading.value });
    else if (reading.kind === 'name') roster.search({ name: reading.value });
    else roster.close();
  }
  function lookTemperature() {
    const degrees = readTemperature(temperature.value);
    temperature.setAttribute('aria-invalid', String(Boolean(temperature.value.trim()) && degrees === null));
    secondRow.hidden = !(degrees !== null && degrees >= feverFrom);
  }
  function lookGroup() {
    fill(groupList, ...group.map((one, index) => el('li', null, one.label, el('button', { type: 'button', 'aria-label': t('group.remove', { name: one.label }), onclick: () => { group.splice(index, 1); lookGroup(); line.focus(); } }, '×'))));
    const wanted = Number(heads.value), given = readPlate(plate.value);
    fill(groupHint, [wanted > group.length ? t('group.missing', { count: wanted - group.length }) : '', plate.value.trim() && !given.isUsual ? t('group.plate_unusual') : ''].filter(Boolean).join(' '));
    words();
  }

  let needsName = false;
  function clear() {
    line.value = name.value = temperature.value = second.value = '';
    needsName = false;
    nameRow.hidden = secondRow.hidden = true;
    look();
    line.focus({ preventScroll: true });
  }

  /** @param {string} mood @param {string} icon @param {string} word @param {(Node | string | null)[]} [more] */
  function showResult(mood, icon, word, more = []) {
    result.className = `result ${mood}`;
    fill(result, el('span', { class: 'icon', 'aria-hidden': 'true' }, icon), el('strong', null, word), ...more);
    if (mood !== 'idle') result.scrollIntoView({ block: 'nearest' });
  }

  /** What was typed, as somebody who is to pass; null where something is missing, and the guard is told. @returns {Passing | null} */
  function readPassing() {
    const reading = readSubject(line.value);
    const refuse = (/** @type {string} */ words, /** @type {HTMLInputElement} */ at) => {
      fill(hint, words);
      hint.className = 'hint bad';
      at.focus();
      return null;
    };
    /** @type {Record<string, any>} */
    let subject = {}, label = reading.value;
    const given = name.value.trim();
    if (reading.kind === 'card') [subject, label] = [{ card: reading.value }, t('label.card')];
    else if (reading.kind === 'credential') [subject, label] = [{ credential: reading.value }, t('label.card')];
    else if (reading.kind === 'document') {
      if (!given && (needsName || queue.reach !== 'net') && document.activeElement !== name) {
        nameRow.hidden = false;
        return refuse(t(needsName ? 'entry.unknown' : 'entry.name_offline'), name);
      }
      subject = { document: { type: 'id', number: reading.value }, ...(given ? { name: given } : {}) };
      label = given || masked(reading.value);
    } else if (reading.kind === 'phone') {
      nameRow.hidden = false;
      if (!given) return refuse(t('entry.name_for_phone'), name);
      [subject, label] = [{ phone: reading.value, name: given }, given];
    } else if (reading.kind === 'initials' || reading.kind === 'name') {
      const only = roster.first();
      if (!only) return refuse(t('entry.pick'), line);
      [subject, label] = [{ card: only.card }, only.name];
    } else return refuse(t(reading.fault ?? 'read.empty', { missing: reading.missing ?? 0 }), line);
    const degrees = readTemperature(temperature.value), again = readTemperature(second.value);
    if (desk.takesTemperature && degrees === null && document.activeElement !== temperature) return refuse(t('entry.measure'), temperature);
    if (temperature.value.trim() && degrees === null) return refuse(t('entry.temperature_wrong'), temperature);
    if (degrees !== null && degrees >= feverFrom && again === null && document.activeElement !== second) {
      secondRow.hidden = false;
      return refuse(t('entry.measure_again'), second);
    }
    return { subject, label, ...(degrees === null ? {} : { temperature: degrees }), ...(again === null ? {} : { second: again }) };
  }

  /** @param {Passing} passing */
  function take(passing) {
    const degrees = readTemperature(temperature.value);
    const whole = degrees === null || passing.temperature ? passing : { ...passing, temperature: degrees };
    if (!isGroup) return letPass([whole], '');
    group.push(whole);
    clear();
    lookGroup();
  }

  /** @param {Passing[]} people @param {string} plateText */
  async function letPass(people, plateText) {
    const at = queue.second();
    const ones = await queue.add(people.map((one) => ({
      label: one.label,
      item: { subject: one.subject, site: site().ref, direction: desk.way, at, ...(one.temperature ? { temperature: one.temperature } : {}), ...(plateText ? { plate: plateText } : {}) },
      ...(one.second && one.temperature ? { second: { temperature: one.temperature, method: desk.method, second: one.second } } : {}),
    })));
    const typed = line.value;
    done();   // whoever comes next can be typed while this is under way
    if (queue.reach !== 'net') {
      tellWaiting(people);
      return void queue.flush();
    }
    try {
      const results = await queue.send(ones, { keepRefused: people.length > 1, quiet: desk.isDevice, patience: 5_000 });
      queue.setReach('net');
      await tell(people, ones, results, typed);
    } catch (error) {
      if (error instanceof ApiError && error.status < 500 && error.status !== 401 && error.status !== 429) {
        for (const one of ones) await queue.remove(one.key);
        showResult('wrong', '✕', t('result.refused'), [el('p', null, error.message)]);
      } else {
        queue.setReach(queue.reachOf(error));
        tellWaiting(people);
      }
    }
    return undefined;
  }

  /** @param {Passing[]} people */
  function tellWaiting(people) {
    const fever = people.find((one) => (one.second ?? one.temperature ?? 0) >= feverFrom);
    showResult('wait', '…', t('result.waiting'), [el('p', { class: 'who' }, people.length > 1 ? t('result.people', { count: people.length }) : people[0].label), fever ? el('p', null, t('result.fever', { degrees: fever.second ?? fever.temperature ?? 0 })) : null, el('p', null, t('result.waiting_lead'))]);
    speak(t(fever ? 'say.check' : 'say.waiting'));
  }

  function done() {
    group = [];
    heads.value = plate.value = '';
    lookGroup();
    clear();
  }

  /** @param {Passing[]} people @param {import('./queue.js').Waiting[]} ones @param {import('./queue.js').Result[]} results @param {string} typed */
  async function tell(people, ones, results, typed) {
    const busy = results.some((one) => one.status === 503 || one.status === 429);
    if (busy) return tellWaiting(people);
    const faults = results.flatMap((one, index) => (one.status >= 300 ? [{ one, who: people[index].label }] : []));
    if (people.length === 1 && results[0].code === 'unknown_person' && !line.value.trim()) {
      line.value = typed;
      if (people[0].temperature) temperature.value = String(people[0].temperature);
      if (people[0].second) second.value = String(people[0].second);
      lookTemperature();
      needsName = true;
      nameRow.hidden = false;
      fill(hint, t('entry.unknown'));
      showResult('wait', '?', t('result.unknown'), [el('p', null, t('entry.unknown'))]);
      name.focus();
      return undefined;
    }
    if (faults.length) {
      showResult('wrong', '✕', t('result.refused'), faults.map(({ one, who }) => el('p', null, `${who}：${one.detail ?? ''}`)));
      speak(t('say.check'));
      return recent.refresh();
    }
    const degrees = Math.max(...people.map((one) => one.second ?? one.temperature ?? 0));
    const flags = [...new Set(results.flatMap((one) => one.flags ?? []))].filter((flag) => ['impossible_travel', 'burst', 'outside_hours'].includes(flag));
    const reasons = [];
    if (degrees >= feverFrom) reasons.push(t('result.fever', { degrees }));
    if (results.some((one) => one.verdict === 'stop')) reasons.push(t('result.stop'));
    else if (results.some((one) => one.verdict && one.verdict !== 'pass')) reasons.push(t('result.call'));
    reasons.push(...flags.map((flag) => t(`flag.${flag}`)));
    const isStop = degrees >= feverFrom || results.some((one) => one.verdict === 'stop');
    const ids = results.map((one) => one.id);
    const who = el('p', { class: 'who' }, people.length > 1 ? t('result.people', { count: people.length }) : people[0].label);
    const undo = el('button', {
      type: 'button', onclick: async () => {
        try {
          for (const id of ids) await post(`/api/v1/scans/${id}/void`, { reason: t('undo.reason') });
          showResult('idle', '↺', t('result.undone'));
          recent.refresh();
        } catch (error) {
          say(error instanceof Error ? error.message : String(error), 'wrong');
        }
        line.focus();
      },
    }, t('undo'));
    showResult(isStop ? 'stop' : reasons.length ? 'check' : 'pass', reasons.length ? '!' : '✓', t(reasons.length ? 'result.check' : 'result.pass'), [
      who, el('p', { class: 'when' }, `${t(`way.${desk.way}`)} ${clock(ones[0].item.at)}`),
      ...reasons.map((words) => el('p', { class: 'reason' }, words)), results.every((one) => one.repeated) ? el('p', null, t('result.repeated')) : null, undo]);
    speak(t(reasons.length ? 'say.check' : 'say.pass'));
    const rows = await recent.refresh();
    const named = people.length === 1 ? rows.find((row) => row.id === ids[0]) : null;
    if (named && !who.textContent?.startsWith(named.name[0])) fill(who, named.name);
    return undefined;
  }

  const form = el('form', {
    class: 'entry-form', onsubmit: (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      if (isGroup && !line.value.trim() && group.length) {
        const { plate: text } = readPlate(plate.value);
        return void letPass(group, text);
      }
      const passing = readPassing();
      if (passing) take(passing);
      return undefined;
    },
  },
  ways(words), el('label', { for: 'line', class: 'only-read' }, t('entry.line')),
  el('div', { class: 'line-row' }, line, el('button', { type: 'button', class: 'camera-button', onclick: () => openCamera((text) => { line.value = text; look(); form.requestSubmit(); }) }, t('entry.camera'))),
  hint, roster.element, nameRow, temperatureRow, secondRow, groupBox, go, roster.letters,
  el('div', { class: 'switches' },
    toggle(t('entry.takes_temperature'), desk.takesTemperature, (on) => { set({ takesTemperature: on }); temperatureRow.hidden = !on; line.focus(); }),
    toggle(t('entry.group'), false, (on) => { isGroup = on; groupBox.hidden = !on; group = []; lookGroup(); line.focus(); }),
    canSpeak ? toggle(t('entry.speaks'), desk.speaks, (on) => set({ speaks: on })) : null));
  line.placeholder = t('entry.placeholder');
  fill(main, el('h1', { class: 'only-read' }, t('view.entry')), el('div', { class: 'left' }, form), el('div', { class: 'right' }, result, recent.element));
  showResult('idle', '·', t('result.idle'));
  look();
  words();
  line.focus();
  // Wherever the focus is, a hand scanner's keys belong to the line.
  const catchKeys = (/** @type {KeyboardEvent} */ event) => {
    const isElsewhere = !(event.target instanceof HTMLInputElement) && !(event.target instanceof HTMLSelectElement) && !document.querySelector('dialog[open]');
    if (isElsewhere && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== ' ') line.focus();
  };
  document.addEventListener('keydown', catchKeys);
  return () => {
    document.removeEventListener('keydown', catchKeys);
    recent.stop();
  };
}

/** @param {string} words @param {HTMLInputElement} input */
function labelled(words, input) {
  return el('div', { class: 'field' }, el('label', { for: input.id }, words), input);
}

/** @param {string} words @param {boolean} on @param {(on: boolean) => void} change */
function toggle(words, on, change) {
  const box = el('input', { type: 'checkbox', checked: on, onchange: () => change(box.checked) });
  return el('label', { class: 'switch' }, box, words);
}

/** Which way people go here. @param {() => void} changed */
function ways(changed) {
  const radio = (/** @type {'in' | 'out' | 'pass'} */ way) => {
    const input = el('input', { type: 'radio', name: 'way', value: way, checked: desk.way === way, onchange: () => { set({ way }); changed(); document.getElementById('line')?.focus(); } });
    return el('label', { class: `way ${way}` }, input, el('span', null, t(`way.${way}`)));
  };
  return el('fieldset', { class: 'ways' }, el('legend', { class: 'only-read' }, t('entry.way')), radio('in'), radio('out'), radio('pass'));
}
