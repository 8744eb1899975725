// SPDX-License-Identifier: Apache-2.0
// The guard's desk: who is on duty and where, and its views. Opens without a net as it was left.
import { ApiError, bridge, get, post } from '../common/api.js';
import { el, field, fill, openDialog } from '../common/dom.js';
import { open, session } from '../common/session.js';
import { language, loadTexts, otherLanguage, t } from '../common/texts.js';
import { setTimeZone } from '../common/time.js';
import { alertsTag } from './alerts.js';
import { entryView } from './entry.js';
import { paperView } from './paper.js';
import * as queue from './queue.js';
import { screenView } from './screen.js';
import { endShift, shiftView } from './shift.js';
import { desk, set, sites } from './state.js';
import { vehiclesView } from './vehicles.js';

const page = /** @type {HTMLElement} */ (document.getElementById('page'));
await loadTexts('common', 'gate');

/** Without a net, what was known when there was one. @returns {Promise<boolean>} whether there is a net */
async function arrive() {
  try {
    const found = await open(['guard']);
    if (found.login !== desk.login) set({ site: null, since: '', guard: found.site ? desk.guard : '' });   // somebody else's desk
    set({ login: found.login, timeZone: found.time_zone, isDevice: Boolean(found.site), since: desk.since || queue.second() });
    queue.setReach('net');
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) throw error;
    queue.setReach('no net');
    setTimeZone(desk.timeZone);
    return false;
  }
}

/** A link's secret opens a shift; it stands behind #, so that it is sent to nobody else. */
async function beginDuty() {
  const secret = location.hash.slice(1);
  if (!/^[0-9a-z]{20,}$/.test(secret)) return;
  history.replaceState(null, '', location.pathname + location.search);
  const name = el('input', { required: true, autocomplete: 'name', maxlength: 30 });
  const fault = el('p', { class: 'fault', role: 'alert' });
  await new Promise((resolve) => {
    const form = el('form', {
      onsubmit: async (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        try {
          await post('/api/v1/duty', { secret, name: name.value.trim() }, { quiet: true });
          set({ since: '', site: null, login: '', guard: name.value.trim() });
          dialog.close();
        } catch (error) {
          // Its link was used: perhaps here, and the shift goes on.
          if (await get('/api/v1/session', { quiet: true }).then(() => true, () => false)) dialog.close();
          else fill(fault, error instanceof Error ? error.message : String(error));
        }
      },
    }, el('p', null, t('duty.lead')), field(t('duty.name'), name), fault, el('div', { class: 'actions' }, el('button', { class: 'primary', type: 'submit' }, t('duty.begin'))));
    const dialog = openDialog(t('duty.heading'), () => [form], { fixed: true });
    dialog.addEventListener('close', resolve);
  });
  // The page that works without a net is /gate.
  if (location.pathname !== '/gate') location.replace(`/gate${location.search}`);
}

/** Where one stands: a device's own site, the only one, or one that is picked. */
async function chooseSite(always = false) {
  if (desk.site && !always) return;
  const found = await sites();
  if (found.sites.length === 1 && !found.more) {
    set({ site: found.sites[0] });
    return;
  }
  await new Promise((resolve) => {
    const search = el('input', { type: 'search', autocomplete: 'off', oninput: () => show() });
    const list = el('ul', { class: 'choices' });
    const draw = (/** @type {{sites: import('./state.js').Site[], more: boolean}} */ answer) => fill(list, ...answer.sites.map((site) => el('li', null, el('button', {
      type: 'button', onclick: () => { set({ site }); dialog.close(); },
    }, el('b', null, site.name), el('span', { class: 'muted' }, `${site.area} ${site.ref}`)))), answer.more ? el('li', { class: 'muted' }, t('site.more')) : null);
    let asked = 0;
    const show = async () => {
      const mine = (asked += 1), answer = await sites(search.value.trim());
      if (mine === asked) draw(answer);
    };
    const dialog = openDialog(t('site.heading'), () => [field(t('site.search'), search), list], { fixed: !desk.site });
    dialog.addEventListener('close', resolve);
    draw(found);
  });
}

const views = { entry: entryView, vehicles: vehiclesView, screen: screenView, paper: paperView, shift: shiftView };
/** @typedef {keyof typeof views} View */

/** @returns {View} */
const viewOf = () => (location.hash.slice(1) in views ? /** @type {View} */ (location.hash.slice(1)) : 'entry');

/** What still lies here, and whether anything gets through. */
function standing() {
  const tag = el('a', {
    class: 'standing', href: '#shift', onclick: (/** @type {Event} */ event) => {
      if (queue.reach !== 'no session' || desk.isDevice) return;
      event.preventDefault();
      arrive().then(() => queue.flush());
    },
  });
  const show = async () => {
    const lying = await queue.all(), refused = lying.filter((one) => one.refused).length, unsent = lying.length - refused;
    const words = [];
    if (queue.reach === 'no session') words.push(t(desk.isDevice ? 'standing.shift_over' : 'standing.no_session'));
    else if (queue.reach === 'no net') words.push(t('standing.no_net'));
    if (unsent) words.push(t('standing.unsent', { count: unsent }));
    if (refused) words.push(t('standing.refused', { count: refused }));
    if (queue.isLoose) words.push(t('standing.loose'));
    tag.className = `standing ${refused || queue.reach === 'no session' ? 'wrong' : words.length ? 'wait' : 'good'}`;
    fill(tag, el('span', { 'aria-hidden': 'true' }, words.length ? '!' : '✓'), words.join(' · ') || t('standing.good'));
  };
  stopStanding = queue.onChange(show);
  show();
  return tag;
}
let stopStanding = () => {};

/** The word that stands on today's results: a picture of yesterday's shows another. Nothing while there is no net. */
let word = { word: '', until: '' };
const wordTag = el('span', { class: 'word' });

async function showWord() {
  if (word.until && Date.now() < Date.parse(word.until)) return;
  try {
    word = await get('/api/v1/gate/word', { quiet: true });
    fill(wordTag, t('word'), ' ', el('b', null, word.word));
  } catch (error) {
    if (!word.until || Date.now() >= Date.parse(word.until)) fill(wordTag);   // it is asked for again
  }
}

/** @type {null | (() => void)} */
let leave = null;

function show() {
  leave?.();
  stopStanding();
  const here = viewOf(), main = el('main', { id: 'main', class: here });
  const link = (/** @type {View} */ view) => el('a', { href: `#${view}`, 'aria-current': view === here ? 'page' : null }, t(`view.${view}`));
  fill(page,
    el('header', { class: 'bar' },
      el('a', { class: 'skip', href: '#main' }, t('bar.skip')),
      el('button', { class: 'place', type: 'button', 'aria-label': t('site.change', { name: desk.site?.name ?? '' }), disabled: desk.isDevice, onclick: () => chooseSite(true).then(show) }, el('b', null, desk.site?.name ?? t('product'))),
      el('nav', { 'aria-label': t('bar.pages') }, link('entry'), link('vehicles'), link('screen'), link('paper'), link('shift')),
      el('span', { class: 'where' }, desk.guard || desk.login),
      wordTag,
      standing(),
      alertsTag(),
      el('a', { href: otherLanguage(), lang: language === 'zh' ? 'en' : 'zh-CN' }, t('other_language')),
      el('button', { type: 'button', onclick: endShift }, t('bar.log_out'))),
    main);
  document.title = `${t(`view.${here}`)} · ${desk.site?.name ?? ''}`;
  leave = views[here](main) ?? null;
}

/** The session may be over, or another browser tab's: what waits is sent as soon as somebody is known again. */
async function comeBack() {
  if (queue.reach === 'net' && session) return;
  try {
    const found = await get('/api/v1/session', { quiet: true });
    bridge.csrf = found.csrf;
    setTimeZone(found.time_zone);
    queue.setReach('net');
  } catch (error) {
    queue.setReach(queue.reachOf(error));
  }
}

async function keepOpen() {
  if (!('serviceWorker' in navigator)) return;
  await navigator.serviceWorker.register('/gate-worker.js', { scope: '/gate' });
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => name.includes('/assets/'));
  const wanted = ['../vendor/jsqr.js', '../common/texts.zh.json', '../common/texts.en.json', './texts.zh.json', './texts.en.json'].map((name) => new URL(name, import.meta.url).href);
  active?.postMessage([location.origin + location.pathname + location.search, ...new Set([...loaded, ...wanted])]);
}

await beginDuty();
const hasNet = await arrive();
if (hasNet) await chooseSite();
if (hasNet) sites().catch(() => undefined);   // from which temperature on it is a fever may have changed since this desk was opened
if (!desk.site) {
  fill(page, el('main', { id: 'main' }, el('p', { class: 'note wait' }, t('start.no_net')), el('div', { class: 'actions' }, el('button', { class: 'primary', type: 'button', onclick: () => location.reload() }, t('retry')))));
} else {
  show();
  showWord();
  setInterval(showWord, 60_000);
  addEventListener('hashchange', show);
  const send = async () => { await comeBack(); if (queue.reach === 'net') { showWord(); await queue.flush(); } };
  addEventListener('online', send);
  setInterval(send, 5_000);
  send();
  keepOpen().catch(() => undefined);   // without it the desk works as long as it is open
}
