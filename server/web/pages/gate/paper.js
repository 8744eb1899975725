// SPDX-License-Identifier: Apache-2.0
// The paper log, typed in after an outage: a row a person with the time that stands on the paper, checked as it is typed.
import { el, field, fill, say } from '../common/dom.js';
import { language, t } from '../common/texts.js';
import { date, moment } from '../common/time.js';
import * as queue from './queue.js';
import { desk, site } from './state.js';
import { masked, readPlate, readSubject, readTemperature } from './subject.js';

const columns = /** @type {const} */ (['time', 'who', 'name', 'temperature', 'plate']);
const rowsAtOnce = 300;

/** "07:42", "7:42", "742", "0742" and "7.42" as "07:42". @param {string} text */
export function readTime(text) {
  const digits = text.normalize('NFKC').trim().replace(/[:：.。]/, ':');
  const found = /^(\d{1,2}):(\d{2})$/.exec(digits) ?? /^(\d{1,2})(\d{2})$/.exec(digits);
  return found && Number(found[1]) < 24 && Number(found[2]) < 60 ? `${found[1].padStart(2, '0')}:${found[2]}` : null;
}

/** What was typed and not sent, while somebody looks at another view. @type {{day: string, way: string, rows: Record<string, string>[]}} */
const held = { day: '', way: '', rows: [] };

/** @param {HTMLElement} main */
export function paperView(main) {
  const day = el('input', { type: 'date', value: date(queue.clockNow()), max: date(queue.clockNow()), min: date(queue.clockNow().getTime() - 7 * 86_400_000), onchange: () => rows.forEach((row) => row.check()) });
  const way = el('select', null, ...['in', 'out', 'pass'].map((word) => el('option', { value: word, selected: word === desk.way }, t(`way.${word}`))));
  const body = el('tbody');
  const count = el('p', { class: 'muted', role: 'status' });
  const send = el('button', { class: 'primary', type: 'submit' }, t('paper.send', { count: 0 }));
  /** @type {ReturnType<typeof makeRow>[]} */
  let rows = [];
  let made = 0;

  function makeRow() {
    const number = (made += 1);
    const cells = Object.fromEntries(columns.map((column) => [column, el('input', {
      'aria-label': t('paper.cell', { column: t(`paper.${column}`), row: number }), autocomplete: 'off', inputmode: column === 'temperature' ? 'decimal' : null, class: column,
      oninput: () => { check(); if (rows[rows.length - 1] === row && cells[column].value) addRow(); },
    })]));
    const fault = el('td', { class: 'row-fault' });
    const element = el('tr', null, el('th', { scope: 'row' }, number), ...columns.map((column) => el('td', { 'data-column': t(`paper.${column}`) }, cells[column])), fault);

    /** The row as a scan, nothing where it is empty, or a sentence. */
    function read() {
      const value = Object.fromEntries(columns.map((column) => [column, cells[column].value.trim()]));
      if (columns.every((column) => !value[column])) return null;
      const time = readTime(value.time), who = readSubject(value.who);
      if (!time) return { at: 'time', fault: t('paper.fault.time') };
      const at = moment(day.value, time);
      if (Date.parse(at) > queue.clockNow().getTime()) return { at: 'time', fault: t('paper.fault.ahead') };
      if (who.kind !== 'document' && who.kind !== 'phone' && who.kind !== 'card') return { at: 'who', fault: t(who.fault ?? 'paper.fault.who', { missing: who.missing ?? 0 }) };
      if (who.kind === 'phone' && !value.name) return { at: 'name', fault: t('entry.name_for_phone') };
      const temperature = readTemperature(value.temperature);
      if (value.temperature && temperature === null) return { at: 'temperature', fault: t('entry.temperature_wrong') };
      const name = value.name ? { name: value.name } : {};
      const subject = who.kind === 'card' ? { card: who.value } : who.kind === 'phone' ? { phone: who.value, ...name } : { document: { type: 'id', number: who.value }, ...name };
      return {
        scan: {
          label: value.name || masked(who.value),
          item: { subject, site: site().ref, direction: way.value, at, ...(temperature === null ? {} : { temperature }), ...(value.plate ? { plate: readPlate(value.plate).plate } : {}) },
        },
      };
    }

    function check() {
      const told = read();
      // What is not typed yet is missed once somebody has gone on to what stands after it.
      const isLate = told && 'at' in told && columns.slice(columns.findIndex((column) => column === told.at)).some((column) => cells[column].value);
      for (const column of columns) cells[column].setAttribute('aria-invalid', String(Boolean(isLate && told.at === column)));
      fill(fault, isLate ? String(told.fault) : null);
      summarise();
      return told;
    }
    const row = { element, cells, read, check };
    return row;
  }

  function addRow() {
    if (rows.length >= rowsAtOnce) return;
    const row = makeRow();
    rows.push(row);
    body.append(row.element);
  }

  function summarise() {
    const told = rows.map((row) => row.read()).filter((one) => one !== null);
    const good = told.filter((one) => one && 'scan' in one).length;
    fill(send, t('paper.send', { count: good }));
    send.disabled = good === 0;
    fill(count, told.length > good ? t('paper.open', { count: told.length - good }) : '');
  }

  async function sendAll() {
    const good = rows.flatMap((row) => { const told = row.read(); return told && 'scan' in told && told.scan ? [{ row, scan: told.scan }] : []; });
    send.disabled = true;
    // Down on this device first: what a net that fails now has not taken goes out by itself later.
    const own = new Set((await queue.add(good.map((one) => one.scan))).map((one) => one.key));
    for (const { row } of good) row.element.remove();
    rows = rows.filter((row) => !good.some((one) => one.row === row));
    if (!rows.length) addRow();
    await queue.flush();
    const left = (await queue.all()).filter((one) => own.has(one.key)), refused = left.filter((one) => one.refused).length, unsent = left.length - refused;
    say([t('paper.sent', { count: good.length - left.length }), unsent ? t('standing.unsent', { count: unsent }) : '', refused ? t('standing.refused', { count: refused }) : ''].filter(Boolean).join(language === 'zh' ? '，' : ', '), refused ? 'wrong' : 'good');
    summarise();
    rows[0].cells.time.focus();
  }

  // Enter goes down the row as Tab does, and from its end to the next.
  const form = el('form', {
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Enter' || event.isComposing || !(event.target instanceof HTMLInputElement) || !body.contains(event.target)) return;
      event.preventDefault();
      const inputs = [...body.querySelectorAll('input')];
      inputs[inputs.indexOf(event.target) + 1]?.focus();
    },
    onsubmit: (/** @type {SubmitEvent} */ event) => { event.preventDefault(); void sendAll(); },
  },
  el('div', { class: 'paper-head' }, field(t('paper.day'), day), field(t('entry.way'), way)),
  el('div', { class: 'scroller' }, el('table', null, el('thead', null, el('tr', null, el('th', { scope: 'col' }, '#'), ...columns.map((column) => el('th', { scope: 'col' }, t(`paper.${column}`))), el('th', { scope: 'col' }, t('paper.check')))), body)),
  count, el('div', { class: 'actions' }, send));
  fill(main, el('h1', null, t('view.paper')), el('p', { class: 'muted' }, t('paper.lead')), form);
  if (held.day) [day.value, way.value] = [held.day, held.way];
  for (let i = 0; i < Math.max(4, held.rows.length + 1); i += 1) addRow();
  held.rows.forEach((typed, i) => { for (const column of columns) rows[i].cells[column].value = typed[column]; rows[i].check(); });
  summarise();
  rows[0].cells.time.focus();
  return () => {
    const typed = rows.map((row) => Object.fromEntries(columns.map((column) => [column, row.cells[column].value]))).filter((row) => columns.some((column) => row[column].trim()));
    Object.assign(held, { day: day.value, way: way.value, rows: typed });
  };
}
