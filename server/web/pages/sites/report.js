// SPDX-License-Identifier: Apache-2.0
// An enterprise's report of today: filled in from what was scanned and measured there, sent, and sent again where it was wrong. Nothing to tell is told too.
import { ApiError, get, path, post } from '../common/api.js';
import { el, field, fill, say, setFault } from '../common/dom.js';
import { t } from '../common/texts.js';
import { clock, dayAndClock } from '../common/time.js';

/** @typedef {{at: string, by: string, staff: number, present: number, fever: number, elsewhere: number, note?: string}} Report
 * @typedef {{day: string, due: string, overdue: boolean, suggested: {staff: number, present: number, fever: number}, reports: Report[]}} Day newest first */

const numbers = /** @type {const} */ (['staff', 'present', 'fever', 'elsewhere']);

/** @param {Report} one */
const wordsOf = (one) => [...numbers.map((name) => `${t(`report.${name}`)} ${one[name]}`), one.note].filter(Boolean).join(' · ');

/** @param {Day} day */
function standing({ due, overdue, reports: [newest] }) {
  if (newest) return el('p', { class: 'note good' }, t('report.sent', { at: dayAndClock(newest.at), by: newest.by }));
  return el('p', { class: `note ${overdue ? 'wrong' : 'wait'}` }, t(overdue ? 'report.overdue' : 'report.open', { at: clock(due, false) }));
}

/** @param {Day} day @param {(report: Record<string, any>) => Promise<void>} send */
function reportForm({ suggested, reports: [newest] }, send) {
  const inputs = Object.fromEntries(numbers.map((name) => {
    const input = el('input', { type: 'number', min: 0, max: 1_000_000, step: 1, inputmode: 'numeric', required: true });
    input.value = String(newest?.[name] ?? /** @type {Record<string, number>} */ (suggested)[name] ?? 0);
    return [name, input];
  }));
  const note = el('input', { maxlength: 200, autocomplete: 'off' });
  note.value = newest?.note ?? '';   // a correction of a number keeps what was said
  const fault = el('p', { class: 'fault', role: 'alert' });
  const submit = el('button', { class: 'primary', type: 'submit' }, t(newest ? 'report.correct' : 'report.send'));
  return el('form', {
    class: 'columns', onsubmit: async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      fill(fault);
      for (const input of Object.values(inputs)) setFault(input, '');
      submit.disabled = true;
      try {
        await send({ ...Object.fromEntries(numbers.map((name) => [name, Number(inputs[name].value)])),
          ...(note.value.trim() ? { note: note.value.trim() } : {}) });
      } catch (error) {
        const told = error instanceof ApiError ? error.fields.filter(({ pointer }) => inputs[pointer.slice(1)]) : [];
        for (const { pointer, detail } of told) setFault(inputs[pointer.slice(1)], detail);
        if (!told.length) fill(fault, error instanceof Error ? error.message : String(error));
      }
      submit.disabled = false;
    },
  }, ...numbers.map((name) => field(t(`report.${name}`), inputs[name])), field(t('report.note'), note), fault, el('div', { class: 'actions' }, submit));
}

/** Today's report of a site, as a part of its dialog. @param {{ref: string, name: string}} site */
export function todaysReport(site) {
  const body = el('div', null, el('p', { class: 'muted' }, t('loading')));
  /** @param {Day} day */
  const draw = (day) => fill(body, day.reports.length ? null : el('p', { class: 'muted' }, t('report.lead')), standing(day),
    reportForm(day, async (report) => {
      await post(path`/api/v1/sites/${site.ref}/reports`, { day: day.day, ...report });
      say(t('report.done', { name: site.name }));
      await read();
    }),
    day.reports.length > 1 ? el('details', null, el('summary', null, t('report.before', { count: day.reports.length - 1 })),
      el('ol', { class: 'devices' }, ...day.reports.slice(1).map((one) => el('li', null, `${dayAndClock(one.at)} · ${one.by} · ${wordsOf(one)}`)))) : null);
  const read = async () => draw(await get(path`/api/v1/sites/${site.ref}/reports`));
  read().catch((error) => fill(body, el('p', { class: 'note wait' }, error.message)));
  return el('section', { class: 'report', 'aria-label': t('report.heading') }, el('h2', null, t('report.heading')), body);
}
