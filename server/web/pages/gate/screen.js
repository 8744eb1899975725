// SPDX-License-Identifier: Apache-2.0
// What a tablet shows at the gate: a code that changes every 30 seconds, so that a picture of it is worth nothing a minute later.
import { get } from '../common/api.js';
import { el, fill } from '../common/dom.js';
import { qrSvg } from '../common/qr.js';
import { t } from '../common/texts.js';
import * as queue from './queue.js';
import { desk, site } from './state.js';

/** @param {HTMLElement} main */
export function screenView(main) {
  const code = el('div', { class: 'code' }), digits = el('p', { class: 'digits' }), bar = el('progress', { class: 'left-bar', max: 30, 'aria-label': t('screen.left') }), note = el('p', { class: 'lead', role: 'status' });
  let way = 'any', until = 0, stopped = false;
  /** @type {{digits: string, codes: {direction: string, url: string}[]} | null} */
  let shown = null;

  function draw() {
    if (!shown) {
      fill(code);
      fill(digits);
      return;
    }
    const { url } = /** @type {{url: string}} */ (shown.codes.find((one) => one.direction === way));
    fill(code, qrSvg(url, { level: 'Q', label: t('screen.code', { site: site().name }) }));
    fill(digits, `${shown.digits.slice(0, 3)} ${shown.digits.slice(3)}`);
    fill(note, t('screen.lead'));
  }

  async function renew() {
    if (stopped) return;
    let wait = 3_000;
    try {
      const answer = await get(`/api/v1/sites/${encodeURIComponent(site().ref)}/screen`, { quiet: true, signal: AbortSignal.timeout(5_000) });
      queue.setClock(answer.now);
      queue.setReach('net');
      shown = answer;
      until = Date.parse(answer.until);
      wait = Math.max(500, until - queue.clockNow().getTime() + 200);
      draw();
    } catch (error) {
      queue.setReach(queue.reachOf(error));
      if (queue.clockNow().getTime() > until) {   // a code that nobody can use any more is worse than none
        shown = null;
        draw();
        fill(note, t(queue.reach === 'no session' ? 'screen.no_session' : 'screen.no_net'));
      }
    }
    timer = window.setTimeout(renew, wait);
  }

  const tick = setInterval(() => { bar.value = Math.max(0, Math.min(30, (until - queue.clockNow().getTime()) / 1000)); }, 500);
  let timer = 0;
  const ways = el('fieldset', { class: 'ways' }, el('legend', { class: 'only-read' }, t('entry.way')), ...['any', 'in', 'out', 'pass'].map((word) => el('label', { class: `way ${word}` },
    el('input', { type: 'radio', name: 'screen-way', value: word, checked: word === way, onchange: () => { way = word; draw(); } }), el('span', null, t(`screen.${word}`)))));
  fill(main, el('h1', null, site().name), ways, code, digits, bar, note,
    el('div', { class: 'actions' }, document.fullscreenEnabled ? el('button', { type: 'button', onclick: () => main.requestFullscreen() }, t('screen.full')) : null));
  /** @type {any} */
  let awake = null;
  /** @type {any} */ (navigator).wakeLock?.request('screen').then((/** @type {any} */ lock) => { awake = lock; if (stopped) lock.release(); }, () => undefined);
  renew();
  return () => {
    stopped = true;
    clearTimeout(timer);
    clearInterval(tick);
    awake?.release();
  };
}
