// SPDX-License-Identifier: Apache-2.0
// Alerts of the ledger at this gate. A phone is told no more than to see the staff: here the staff learn whom they will see, and say what they did.
import { listenForAlerts } from '../common/alert_stream.js';
import { get, path, post } from '../common/api.js';
import { el, field, fill, openDialog, say } from '../common/dom.js';
import { t } from '../common/texts.js';
import { clock } from '../common/time.js';
import { desk } from './state.js';
import { speak } from './voice.js';

/** @typedef {{id: string, at: string, verdict: string, measure: string, isolation?: string, person: {name: string, document?: {number: string}, phone?: string}, site?: {ref: string}}} Alert */

/** @type {Alert[]} */
let open = [];
/** @type {HTMLElement | null} */
let tag = null;
let isListening = false;

function draw() {
  if (!tag) return;
  tag.hidden = open.length === 0;
  fill(tag, el('span', { 'aria-hidden': 'true' }, '!'), t('alerts.count', { count: open.length }));
}

async function refresh() {
  const known = new Set(open.map((one) => one.id));
  const told = await get('/api/v1/alerts', { quiet: true }).catch(() => null);
  if (!told) return;   // no net: what was known stays
  open = told.alerts.filter((/** @type {Alert} */ one) => one.site && one.site.ref === desk.site?.ref);
  if (open.some((one) => !known.has(one.id))) speak(t('alerts.said'));
  draw();
}

/** @param {Alert} one @param {() => void} done */
function row(one, done) {
  const note = el('input', { maxlength: 200, required: true, autocomplete: 'off' });
  const form = el('form', {
    onsubmit: async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      try {
        await post(path`/api/v1/alerts/${one.id}/close`, { note: note.value.trim() });
        await refresh();
        done();
      } catch (error) {
        say(error instanceof Error ? error.message : String(error), 'wrong');
      }
    },
  }, el('p', null, el('b', null, one.person.name), ` ${one.person.document?.number ?? one.person.phone ?? ''} · ${clock(one.at, false)} · `, t(`alerts.${one.verdict}`), '；', t(`alerts.measure.${one.isolation ? 'isolated' : one.measure}`)),
  field(t('alerts.note'), note), el('div', { class: 'actions' }, el('button', { class: 'primary', type: 'submit' }, t('alerts.close'))));
  return el('li', null, form);
}

function show() {
  const list = el('ul', { class: 'choices' });
  const dialog = openDialog(t('alerts.heading'), () => [list, el('div', { class: 'actions' }, el('button', { type: 'button', onclick: () => dialog.close() }, t('close')))]);
  const again = () => { if (open.length) fill(list, ...open.map((one) => row(one, again))); else dialog.close(); };
  again();
}

/** How many are open at this gate, for the bar; nothing while there are none. */
export function alertsTag() {
  tag = el('button', { class: 'ledger-tag', type: 'button', onclick: show });
  draw();
  if (!isListening) listenForAlerts(refresh);
  isListening = true;
  refresh();
  return tag;
}
