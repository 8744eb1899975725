// SPDX-License-Identifier: Apache-2.0
// My record: what is kept of me, who looked, correcting, taking along, erasing; my dependants and my card. For phones of 2018.
import { cards } from './card.js';
import { Refused, call, day, el, field, form, hidden, language, loadTexts, put, t, typed, when } from './page.js';
import { unsent } from './unsent.js';

/**
 * @typedef {{type: string, number: string}} Identity
 * @typedef {{name: string, document?: Identity, phone?: string, birth_date?: string, address?: string}} Statement
 * @typedef {{id: string, name: string, document?: Identity, birth_date?: string, relation: string}} Dependant
 * @typedef {{registration: Statement, since: string, dependants: Dependant[], other_phones: {since: string}[], retention: {scan_days: number}}} Me
 * @typedef {{id: string, site: {name: string}, at: string, direction: 'in' | 'out' | 'pass', voided: boolean, repeated: boolean, evidence: string, who: string}} Scan
 */

const page = /** @type {HTMLElement} */ (document.getElementById('page'));
const main = el('main', { id: 'main' });

/** @param {string} who @param {Me} me */
const nameOf = (who, me) => {
  const dependant = me.dependants.filter((one) => one.id === who)[0];
  return who === 'self' ? me.registration.name : dependant ? dependant.name : '';
};

/** @param {string} label @param {string} value */
const row = (label, value) => el('div', null, el('dt', null, label), el('dd', null, value));

/** @param {Me} me */
function kept(me) {
  const said = me.registration, list = el('dl', null);
  let isOpen = false;
  const numbers = el('button', { type: 'button', 'aria-pressed': 'false', onclick: () => { isOpen = !isOpen; fill(); } });
  const fill = () => {
    const show = isOpen ? (/** @type {string} */ number) => number : hidden;
    put(list, row(t('name'), said.name), said.document ? row(t(`document.${said.document.type}`), show(said.document.number)) : null,
      said.phone ? row(t('phone'), show(said.phone.replace(/^\+86/, ''))) : null, said.birth_date ? row(t('birth'), said.birth_date) : null,
      said.address ? row(t('address'), said.address) : null, row(t('since'), day(me.since)), row(t('kept_for'), t('days', { days: me.retention.scan_days })));
    put(numbers, t(isOpen ? 'hide_numbers' : 'show_numbers'));
    numbers.setAttribute('aria-pressed', String(isOpen));
  };
  fill();
  const warning = me.other_phones.length > 0 && el('p', { class: 'note wait' }, t('other_phone', { when: when(me.other_phones[0].since) }));
  return el('section', null, el('h2', null, t('kept')), warning, list, numbers, correction(me));
}

/** @param {Me} me */
function correction(me) {
  const said = me.registration, isId = !said.document || said.document.type === 'id';
  const fields = [field('name', t('name'), { value: said.name, maxlength: 60 }), field('number', isId ? t('document.id') : t(`document.${/** @type {Identity} */ (said.document).type}`), { value: said.document ? said.document.number : '', maxlength: 40 }),
    field('phone', t('phone'), { value: (said.phone || '').replace(/^\+86/, ''), type: 'tel', maxlength: 20 })];
  return el('details', null, el('summary', null, t('correct')), el('p', { class: 'muted' }, t('correct_lead')), form(fields, t('correct_button'), async () => {
    /** @type {Record<string, any>} */
    const change = {};
    if (typed('name') !== said.name) change.name = typed('name');
    if (typed('number') !== (said.document ? said.document.number : '')) change.document = { type: said.document ? said.document.type : 'id', number: typed('number') };
    if (typed('phone') !== (said.phone || '').replace(/^\+86/, '')) change.phone = typed('phone');
    await call('PATCH', '/api/v1/me', change);
    await show('corrected');
  }, { '/name': 'name', '/document': 'number', '/phone': 'phone' }));
}

/** Who was written down wrongly is removed and added again. @param {string} id @param {string} name */
function removeButton(id, name) {
  return el('button', { type: 'button', 'aria-label': t('remove_name', { name }), onclick: async () => {
    if (!confirm(t('remove_sure', { name }))) return;
    await call('DELETE', '/api/v1/me/dependants/' + id);
    await show('removed');
  } }, t('remove'));
}

/** @param {Me} me */
function dependants(me) {
  const list = me.dependants.map((one) => el('li', null, el('b', null, one.name), ' ' + one.relation + (one.document ? ' · ' + hidden(one.document.number) : one.birth_date ? ' · ' + one.birth_date : ''), ' ', removeButton(one.id, one.name)));
  const relation = el('select', { id: 'relation' }, ...['child', 'mother', 'father', 'spouse', 'elder', 'other'].map((key) => el('option', null, t(`relation.${key}`))));
  const fields = [field('their-name', t('name'), { maxlength: 60 }), field('relation', t('relation'), {}, relation), field('their-number', t('their_number'), { maxlength: 40 }), field('their-birth', t('their_birth'), { type: 'date' })];
  return el('section', null, el('h2', null, t('dependants')), list.length > 0 ? el('ul', null, ...list) : el('p', { class: 'muted' }, t('no_dependants')),
    el('details', null, el('summary', null, t('add_dependant')), form(fields, t('add_button'), async () => {
      /** @type {Record<string, any>} */
      const body = { name: typed('their-name'), relation: typed('relation') };
      if (typed('their-number')) body.document = { type: 'id', number: typed('their-number') };
      if (typed('their-birth')) body.birth_date = typed('their-birth');
      await call('POST', '/api/v1/me/dependants', body);
      await show('added');
    }, { '/name': 'their-name', '/document': 'their-number', '/birth_date': 'their-birth', '/relation': 'relation' })));
}

/** @param {Me} me */
function scans(me) {
  const list = el('ul', { class: 'scans' }), fault = el('p', { class: 'fault', role: 'alert' });
  let cursor = '';
  const more = /** @type {HTMLButtonElement} */ (el('button', { type: 'button', onclick: () => read() }, t('more')));
  const line = (/** @type {Scan} */ scan) => {
    const state = scan.voided ? t('voided') : scan.repeated ? t('repeated') : '';
    const item = el('li', { class: scan.voided ? 'voided' : null }, el('time', { datetime: scan.at }, when(scan.at)), ' ', el('b', null, scan.site.name), ' ' + t(scan.direction),
      me.dependants.length > 0 && ' · ' + nameOf(scan.who, me), state && el('span', { class: 'tag' }, state));
    if (!scan.voided && Date.now() - Date.parse(scan.at) < 600000) {
      item.append(el('button', { type: 'button', onclick: async () => {
        try {
          await call('POST', '/api/v1/scans/' + scan.id + '/void', { reason: 'undone on the page' });
          list.replaceChild(line(Object.assign({}, scan, { voided: true })), item);
        } catch (error) {
          fault.textContent = /** @type {Error} */ (error).message;
        }
      } }, t('undo')));
    }
    return item;
  };
  const read = async () => {
    more.disabled = true;
    fault.textContent = '';
    try {
      const told = await call('GET', '/api/v1/me/scans?limit=30' + (cursor ? '&cursor=' + encodeURIComponent(cursor) : ''));
      for (const scan of told.scans) list.append(line(scan));
      cursor = told.next || '';
      if (!list.firstChild) list.append(el('li', { class: 'muted' }, t('no_scans')));
    } catch (error) {
      fault.textContent = /** @type {Error} */ (error).message;
    }
    more.disabled = false;
    more.hidden = !cursor && !fault.textContent;
  };
  read();
  return el('section', null, el('h2', null, t('scans')), list, fault, more, el('p', null, el('a', { class: 'button', href: '/api/v1/me/export', download: 'chayan-me.json' }, t('copy'))), el('p', { class: 'muted' }, t('copy_lead')));
}

/** @param {Me} me */
function looks(me) {
  const list = el('ul', null, el('li', { class: 'muted' }, t('reading')));
  call('GET', '/api/v1/me/access').then((told) => {
    const lines = told.looks.map((/** @type {{number: number, at: string, action: string, office: string | null, who: string}} */ look) => el('li', null,
      el('time', { datetime: look.at }, when(look.at)), ' ' + (look.office || t('office')) + ' ' + (t(`look.${look.action}`).indexOf('look.') === 0 ? t('look.other') : t(`look.${look.action}`)) + (me.dependants.length ? ' · ' + nameOf(look.who, me) : '') + ' · ' + t('look_number', { number: look.number })));
    put(list, ...(lines.length ? lines : [el('li', { class: 'muted' }, t('no_looks'))]));
  }, (error) => put(list, el('li', { class: 'fault' }, error.message)));
  return el('section', null, el('h2', null, t('looks')), el('p', { class: 'muted' }, t('looks_lead')), list);
}

/** @param {Me} me */
function erasure(me) {
  const sure = /** @type {HTMLInputElement} */ (el('input', { type: 'checkbox', id: 'sure', 'aria-describedby': 'sure-fault' }));
  return el('section', null, el('h2', null, t('erase')), el('details', null, el('summary', null, t('erase_summary')), el('p', null, t('erase_lead', { days: me.retention.scan_days })),
    form([el('label', { class: 'pick' }, sure, el('span', null, t('erase_sure'))), el('p', { class: 'fault', id: 'sure-fault', role: 'alert' })], t('erase_button'), async () => {
      if (!sure.checked) throw new Error(t('erase_tick'));
      erased(await call('DELETE', '/api/v1/me'));
    }, {}, 'danger')));
}

/** @param {{kept: {what: string, until: string | null, detail: string}[]}} told */
function erased(told) {
  put(main, el('h1', { tabindex: '-1' }, t('erased')), el('p', null, t('erased_lead')), el('h2', null, t('still_kept')),
    el('ul', null, ...told.kept.map((one) => el('li', null, el('b', null, t(`what.${one.what}`)), ' ' + (one.until ? t('until', { day: day(one.until) }) : t('until_open')) + ' ' + one.detail))),
    el('p', null, el('a', { class: 'button', href: '/' }, t('again'))));
  /** @type {HTMLElement} */ (main.querySelector('h1')).focus();
  window.scrollTo(0, 0);
}

/** Everything anew. @param {string} [said] the key of what was done just now */
async function show(said) {
  const heading = el('h1', { tabindex: '-1' }, t('heading'));
  let me;
  try {
    me = /** @type {Me} */ (await call('GET', '/api/v1/me'));
  } catch (error) {
    const isStranger = error instanceof Refused && (error.status === 401 || error.status === 403);
    put(main, heading, el('p', { class: 'note', role: 'alert' }, isStranger ? t('not_registered') : /** @type {Error} */ (error).message),
      el('p', null, isStranger ? el('a', { class: 'button', href: '/' }, t('register')) : el('button', { type: 'button', onclick: () => show() }, t('retry'))));
    return;
  }
  const [card, waiting] = await Promise.all([cards(me), unsent()]);
  put(main, heading, said ? el('p', { class: 'note good', role: 'status' }, t(said)) : null, waiting, kept(me), card, dependants(me), scans(me), looks(me), erasure(me));
  if (said) heading.focus();
  const wanted = location.hash === '#card' && !said ? document.getElementById('card') : null;
  if (said) window.scrollTo(0, 0);
  else if (wanted) wanted.scrollIntoView();
}

/** The elder view, as on the check-in page. */
function views() {
  const isLarge = () => document.documentElement.classList.contains('large');
  if (document.cookie.indexOf('__Host-view=large') >= 0) document.documentElement.classList.add('large');
  const button = el('button', { type: 'button', onclick: () => {
    document.documentElement.classList.toggle('large');
    document.cookie = '__Host-view=' + (isLarge() ? 'large' : 'normal') + '; Path=/; Secure; SameSite=Lax; Max-Age=31536000';
    put(button, t(isLarge() ? 'view_normal' : 'view_large'));
  } }, t(isLarge() ? 'view_normal' : 'view_large'));
  return el('nav', { class: 'foot no-print', 'aria-label': t('pages') }, el('a', { href: '/' }, t('home')), button,
    el('a', { href: '/me?lang=' + (language === 'zh' ? 'en' : 'zh'), lang: language === 'zh' ? 'en' : 'zh-CN' }, t('other_language')));
}

loadTexts().then(() => {
  put(page, el('header', { class: 'home no-print' }, el('p', null, t('product'))), main, views());
  return show();
});
