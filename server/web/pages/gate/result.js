// SPDX-License-Identifier: Apache-2.0
// What the guard and whoever passes look at: let them pass, look again, not sent yet. Amber never turns green before the service has answered.
import { post } from '../common/api.js';
import { el, field, fill, openDialog, say } from '../common/dom.js';
import { t } from '../common/texts.js';
import { clock, dayAndClock } from '../common/time.js';
import { desk } from './state.js';
import { speak } from './voice.js';

const toldFlags = ['impossible_travel', 'burst', 'outside_hours'];

/** @typedef {{subject: Record<string, any>, label: string, temperature?: number, second?: number}} Passing somebody who is to pass */

/** @param {Passing} one */
const degreesOf = (one) => one.second ?? one.temperature ?? 0;
/** @param {Passing[]} people */
const nameOf = (people) => (people.length > 1 ? t('result.people', { count: people.length }) : people[0].label);

/** @param {Passing} one */
const isFeverish = (one) => degreesOf(one) >= desk.feverFrom;

/** Who of several: cards are all labelled alike, so their place in the group stands first. @param {Passing[]} people @param {number} index */
export const nthOf = (people, index) => (people.length > 1 ? t('result.nth', { nth: index + 1, name: people[index].label }) : people[index].label);

/** Why to look again, and in a group at whom. @param {Passing[]} people @param {import('./queue.js').Result[]} results none where nothing is known but what was measured */
const allReasons = (people, results) => people.flatMap((one, index) => reasonsOf(degreesOf(one), results[index] ? [results[index]] : [])
  .map((why) => (people.length > 1 ? t('result.fault', { name: nthOf(people, index), why }) : why)));

/** Why to look again, in sentences. @param {number} degrees @param {import('./queue.js').Result[]} results */
function reasonsOf(degrees, results) {
  const reasons = degrees >= desk.feverFrom ? [t('result.fever', { degrees }), t('result.fever_next')] : [];
  if (results.some((one) => one.verdict === 'stop')) reasons.push(t('result.stop'));
  else if (results.some((one) => one.verdict && one.verdict !== 'pass')) reasons.push(t('result.call'));
  const measures = new Set(results.flatMap((one) => (one.ledger ? [t(`ledger.${one.ledger.isolation ? 'isolated' : one.ledger.measure}`, { until: dayAndClock(one.ledger.until) })] : [])));
  reasons.push(...measures);
  reasons.push(...results.flatMap(({ outing }) => (outing && !outing.allowed ? [outing.used ? t('outing.used', { name: outing.used.name, at: dayAndClock(outing.used.at) })
    : t('outing.full')] : [])));
  const flags = new Set(results.flatMap((one) => one.flags ?? []));
  return [...reasons, ...toldFlags.filter((flag) => flags.has(flag)).map((flag) => t(`flag.${flag}`))];
}

/** Somebody goes out all the same: why is written down, and it counts for nothing. @param {string} scan */
const exceptButton = (scan) => el('button', {
  type: 'button', onclick: (/** @type {Event} */ event) => {
    const button = /** @type {HTMLButtonElement} */ (event.currentTarget), reason = el('input', { maxlength: 200, required: true, autocomplete: 'off' }), fault = el('p', { class: 'fault', role: 'alert' });
    const dialog = openDialog(t('outing.except'), () => [el('form', {
      onsubmit: async (/** @type {SubmitEvent} */ submitted) => {
        submitted.preventDefault();
        try {
          await post('/api/v1/gate/outings', { scan, reason: reason.value.trim() });
          dialog.close();
          button.replaceWith(el('p', null, t('outing.excepted')));
        } catch (error) {
          fill(fault, error instanceof Error ? error.message : String(error));
        }
      },
    }, el('p', null, t('outing.except_lead')), field(t('outing.reason'), reason), fault,
    el('div', { class: 'actions' }, el('button', { class: 'primary', type: 'submit' }, t('outing.record')), el('button', { type: 'button', onclick: () => dialog.close() }, t('cancel'))))]);
  },
}, t('outing.except'));

/** @param {{recent: ReturnType<typeof import('./people.js').recentPeople>, undone: () => void}} parts undone: somebody took the last scan back */
export function resultPanel({ recent, undone }) {
  const element = el('section', { class: 'result idle', role: 'status', 'aria-live': 'assertive', 'aria-label': t('result.label') });

  /** @param {string} mood @param {string} icon @param {string} word @param {(Node | string | null)[]} [more] */
  function show(mood, icon, word, more = []) {
    element.className = `result ${mood}`;
    fill(element, el('span', { class: 'icon', 'aria-hidden': 'true' }, icon), el('strong', null, word), ...more);
    if (mood !== 'idle') element.scrollIntoView({ block: 'nearest' });
  }

  /** @param {string[]} ids */
  const undoButton = (ids) => el('button', {
    type: 'button', onclick: async () => {
      try {
        for (const id of ids) await post(`/api/v1/scans/${id}/void`, { reason: t('undo.reason') });
        show('idle', '↺', t('result.undone'));
        recent.refresh();
      } catch (error) {
        say(error instanceof Error ? error.message : String(error), 'wrong');
      }
      undone();
    },
  }, t('undo'));

  return {
    element,
    idle: () => show('idle', '·', t('result.idle')),
    /** Neither green nor red may stand for the last one while the next is asked about. @param {Passing[]} people */
    sending: (people) => show('idle', '…', t('result.sending', { name: nameOf(people) })),
    unknown: () => show('wait', '?', t('result.unknown'), [el('p', null, t('entry.unknown'))]),

    /**
     * Who was not taken and why; of a group the others may have been. Whoever is to be stopped or has a fever stands first.
     * @param {string[]} sentences @param {Passing[]} people all of them @param {import('./queue.js').Result[]} [results] theirs; none where the whole call was refused
     */
    refused(sentences, people, results = []) {
      const ids = results.flatMap((one) => (one.status < 300 ? one.id ?? [] : [])), reasons = allReasons(people, results);
      const count = ids.length ? t('result.partly', { taken: ids.length, refused: sentences.length }) : t('result.refused');
      const isStop = people.some(isFeverish) || results.some((one) => one.verdict === 'stop');
      show(isStop ? 'stop' : 'wrong', reasons.length ? '!' : '✕', reasons.length ? t('result.check') : count, [
        ...reasons.map((words) => el('p', { class: 'reason' }, words)), reasons.length ? el('p', { class: 'who' }, count) : null, ...sentences.map((words) => el('p', null, words)),
        people.length > 1 && results.length ? el('p', null, el('a', { href: '#shift' }, t('result.mend'))) : null,
        ...results.map(({ outing, id }) => (outing && !outing.allowed && id ? exceptButton(id) : null)), ids.length ? undoButton(ids) : null]);
      if (reasons.length) speak(t('say.check'));
    },

    /** @param {Passing[]} people */
    waiting(people) {
      const fever = people.find((one) => degreesOf(one) >= desk.feverFrom);
      show('wait', '…', t('result.waiting'), [el('p', { class: 'who' }, nameOf(people)), ...(fever ? [el('p', null, t('result.fever', { degrees: degreesOf(fever) })), el('p', null, t('result.fever_next'))] : []), el('p', null, t('result.waiting_lead'))]);
      speak(t(fever ? 'say.check' : 'say.waiting'));
    },

    /** Everybody was taken. @param {Passing[]} people @param {string} at @param {import('./queue.js').Result[]} results */
    async taken(people, at, results) {
      const reasons = allReasons(people, results), ids = results.flatMap((one) => one.id ?? []);
      const repeated = results.filter((one) => one.repeated).length, isStop = people.some(isFeverish) || results.some((one) => one.verdict === 'stop');
      const who = el('p', { class: 'who' }, nameOf(people)), twice = people.find((one) => one.second);
      show(isStop ? 'stop' : reasons.length ? 'check' : 'pass', reasons.length ? '!' : '✓', t(reasons.length ? 'result.check' : 'result.pass'), [
        who, twice ? el('p', null, t('result.readings', { first: twice.temperature ?? 0, second: twice.second ?? 0 })) : null, el('p', { class: 'when' }, `${t(`way.${desk.way}`)} ${clock(at)}`), ...reasons.map((words) => el('p', { class: 'reason' }, words)),
        repeated ? el('p', null, repeated === people.length ? t('result.repeated') : t('result.repeated_some', { count: repeated })) : null,
        ...results.map(({ outing, id }) => (outing && !outing.allowed && id ? exceptButton(id) : null)), undoButton(ids)]);
      speak(t(reasons.length ? 'say.check' : 'say.pass'));
      const rows = await recent.refresh();
      const named = people.length === 1 ? rows.find((row) => row.id === ids[0]) : null;
      if (named && !who.textContent?.startsWith(named.name[0])) fill(who, named.name);   // a card or a document: now the name is known
    },
  };
}
