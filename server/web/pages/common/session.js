// SPDX-License-Identifier: Apache-2.0
// Who works here: logging in, the second factor, the password once more, the bar above every page of staff.
import { ApiError, bridge, call, get, post } from './api.js';
import { el, field, fill, openDialog, say } from './dom.js';
import { language, otherLanguage, t } from './texts.js';
import { setTimeZone } from './time.js';

/**
 * @typedef {{login: string, roles: string[], scope: {code: string, name: string} | null, site: {ref: string, name: string} | null,
 *   must_enrol: boolean, otp: boolean, confirmed: boolean, csrf: string, time_zone: string, version: string}} Session
 */

/** @type {Session | null} */
export let session = null;

/** What each page is for, in the bar's order. */
const pages = [
  { path: '/gate', roles: ['guard'], text: 'bar.gate' },
  { path: '/sites', roles: ['manager'], text: 'bar.sites' },
  { path: '/trace', roles: ['tracer'], text: 'bar.trace' },
  { path: '/desk', roles: ['tracer', 'manager'], text: 'bar.desk' },
  { path: '/admin', roles: ['admin', 'auditor'], text: 'bar.admin' },
];

/** A page that could not begin says why, and begins again; one that stands already is not touched. @param {unknown} error */
function sayWhyNot(error) {
  const page = document.getElementById('page');
  if (!page || page.firstElementChild) return;
  fill(page, el('main', { id: 'main', class: 'no-script' }, el('p', { class: 'note wrong', role: 'alert' }, error instanceof Error ? error.message : String(error)),
    el('div', { class: 'actions' }, el('button', { class: 'primary', type: 'button', onclick: () => location.reload() }, t('retry')))));
}
addEventListener('unhandledrejection', (event) => sayWhyNot(event.reason));
addEventListener('error', (event) => sayWhyNot(event.error));

async function load() {
  session = /** @type {Session} */ (await get('/api/v1/session', { quiet: true }));
  bridge.csrf = session.csrf;
  setTimeZone(session.time_zone);
  return session;
}

/**
 * The open session, after logging in where there is none. Comes back once somebody is there who has one of the roles.
 * @param {string[]} roles
 * @returns {Promise<Session>}
 */
export async function open(roles) {
  bridge.relogin = relogin;
  for (;;) {
    try {
      const found = await load();
      if (found.must_enrol) await enrol();
      if (found.roles.some((role) => roles.includes(role))) return found;
      await notYours(found);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      await logIn();
    }
  }
}

/** @type {Promise<boolean> | null} */
let asking = null;

/** Whoever calls meanwhile waits for the same dialog. @param {ApiError} error @returns {Promise<boolean>} whether to call again */
function relogin(error) {
  asking ??= prove(error).finally(() => { asking = null; });
  return asking;
}

/** @param {ApiError} error @returns {Promise<boolean>} */
async function prove(error) {
  if (error.code === 'csrf_missing') return load().then(() => true, () => false);
  if (error.code === 'otp_enrol') return enrol().then(() => true);
  if (error.code === 'reauthenticate') return confirm();
  // Whoever logs in may be somebody else: what the page shows of people is not theirs to see.
  const before = session?.login;
  document.documentElement.classList.add('locked');
  await logIn();
  if (before && session?.login !== before) {
    location.reload();
    return new Promise(() => {});
  }
  document.documentElement.classList.remove('locked');
  return true;
}

/**
 * A form in a dialog that stays until `send` went through.
 * @param {{heading: string, lead?: string, fields: HTMLElement[], button: string, send: () => Promise<void>, fixed: boolean}} wanted
 * @returns {Promise<boolean>} false when it was left
 */
function askInDialog({ heading, lead, fields, button, send, fixed }) {
  return new Promise((resolve) => {
    let isDone = false;
    const fault = el('p', { class: 'fault', role: 'alert' });
    const submit = el('button', { class: 'primary', type: 'submit' }, button);
    const form = el('form', {
      onsubmit: async (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        submit.disabled = true;
        fill(fault);
        try {
          await send();
          isDone = true;
          dialog.close();
        } catch (error) {
          fill(fault, error instanceof Error ? error.message : String(error));
        } finally {
          submit.disabled = false;
        }
      },
    }, lead ? el('p', null, lead) : null, ...fields, fault,
    el('div', { class: 'actions' }, submit, fixed ? null : el('button', { type: 'button', onclick: () => dialog.close() }, t('cancel'))));
    const dialog = openDialog(heading, () => [form], { fixed });
    dialog.addEventListener('close', () => resolve(isDone));
  });
}

async function logIn() {
  const login = el('input', { autocomplete: 'username', required: true, autocapitalize: 'none', spellcheck: 'false' });
  const password = el('input', { type: 'password', autocomplete: 'current-password', required: true });
  const otp = el('input', { inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 6 });
  const code = field(t('login.otp'), otp);
  code.hidden = true;
  await askInDialog({
    heading: t('login.heading'), fields: [field(t('login.name'), login), field(t('login.password'), password), code], button: t('login.button'), fixed: true,
    send: async () => {
      try {
        await call('POST', '/api/v1/session', { login: login.value.trim(), password: password.value, ...(otp.value ? { otp: otp.value.trim() } : {}) }, { quiet: true });
        await load();
      } catch (error) {
        if (error instanceof ApiError && error.code === 'otp_required' && code.hidden) {
          code.hidden = false;
          otp.focus();
        }
        throw error;
      }
    },
  });
}

/** The password again, for what only a fresh one opens. */
async function confirm() {
  const password = el('input', { type: 'password', autocomplete: 'current-password', required: true });
  const otp = el('input', { inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 6 });
  const code = field(t('login.otp'), otp);
  code.hidden = !session?.otp;
  return askInDialog({
    heading: t('confirm.heading'), lead: t('confirm.lead'), fields: [field(t('login.password'), password), code], button: t('confirm.button'), fixed: false,
    send: async () => { await post('/api/v1/session/confirm', { password: password.value, ...(otp.value ? { otp: otp.value.trim() } : {}) }, { quiet: true }); },
  });
}

/** A second factor, where the house rules ask for one and for whoever wants it. */
export async function enrol() {
  const password = el('input', { type: 'password', autocomplete: 'current-password', required: true });
  /** @type {{secret: string, uri: string} | null} */
  let begun = null;
  await askInDialog({
    heading: t('otp.heading'), lead: t('otp.lead'), fields: [field(t('login.password'), password)], button: t('otp.begin'), fixed: Boolean(session?.must_enrol),
    send: async () => { begun = await post('/api/v1/session/otp', { password: password.value }, { quiet: true }); },
  });
  if (!begun) return;
  const { secret, uri } = /** @type {{secret: string, uri: string}} */ (begun);
  const otp = el('input', { inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 6, required: true });
  const { qrSvg } = await import('./qr.js');   // needed once in an account's life
  await askInDialog({
    heading: t('otp.heading'), lead: t('otp.secret'),
    fields: [el('div', { class: 'secret-code' }, qrSvg(uri, { label: t('otp.code') })), el('p', { class: 'secret' }, el('a', { href: uri }, secret.replace(/(.{4})/g, '$1 ').trim())), field(t('login.otp'), otp)], button: t('otp.finish'), fixed: Boolean(session?.must_enrol),
    send: async () => { await post('/api/v1/session/otp/confirm', { otp: otp.value.trim() }, { quiet: true }); await load(); },
  });
}

/** One's own password and second factor: whoever made the account knows its first password. */
function account() {
  const own = /** @type {Session} */ (session);
  openDialog(`${t('bar.account')} · ${own.login}`, (dialog) => [el('div', { class: 'actions' },
    el('button', { class: 'primary', type: 'button', onclick: () => { dialog.close(); changePassword(); } }, t('account.password')),
    own.otp ? null : el('button', { type: 'button', onclick: () => { dialog.close(); enrol(); } }, t('account.otp')),
    el('button', { type: 'button', onclick: () => dialog.close() }, t('close')))]);
}

async function changePassword() {
  const secret = (/** @type {string} */ autocomplete) => el('input', { type: 'password', autocomplete, required: true });
  const [old, next, again] = [secret('current-password'), secret('new-password'), secret('new-password')];
  const otp = el('input', { inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 6 });
  const code = field(t('login.otp'), otp);
  code.hidden = !session?.otp;
  const isDone = await askInDialog({
    heading: t('account.password'), fields: [field(t('account.old'), old), code, field(t('account.new'), next), field(t('account.again'), again)], button: t('account.save'), fixed: false,
    send: async () => {
      if (next.value !== again.value) throw new Error(t('account.differs'));
      try {
        await post('/api/v1/session/password', { password: old.value, new_password: next.value, ...(otp.value ? { otp: otp.value.trim() } : {}) }, { quiet: true });
      } catch (error) {
        throw error instanceof ApiError && error.fields.length ? new Error(error.fields.map((one) => one.detail).join(' ')) : error;
      }
    },
  });
  if (isDone) say(t('account.changed'));
}

export async function logOut() {
  await call('DELETE', '/api/v1/session', undefined, { quiet: true }).catch(() => undefined);
  location.reload();
}

/** @param {Session} found */
function notYours(found) {
  return new Promise(() => {
    const others = pages.filter((page) => page.roles.some((role) => found.roles.includes(role)));
    openDialog(t('not_yours.heading'), () => [
      el('p', null, t('not_yours.lead', { login: found.login })),
      el('ul', null, ...others.map((page) => el('li', null, el('a', { class: 'button', href: page.path }, t(page.text))))),
      el('div', { class: 'actions' }, el('button', { class: 'primary', onclick: logOut }, t('bar.log_out'))),
    ], { fixed: true });
  });
}

/**
 * The bar above a page of staff: what it is, whose, where else one may go.
 * @param {string} here the page's path
 * @param {...Node} more what the page puts into its middle
 */
export function bar(here, ...more) {
  const own = session;
  const links = pages.filter((page) => own && page.roles.some((role) => own.roles.includes(role)));
  return el('header', { class: 'bar' },
    el('a', { class: 'skip', href: '#main' }, t('bar.skip')),
    el('b', null, t('product')),
    links.length > 1 ? el('nav', { 'aria-label': t('bar.pages') }, ...links.map((page) => el('a', { href: page.path, 'aria-current': page.path === here ? 'page' : null }, t(page.text)))) : null,
    el('span', { class: 'where' }, [own?.site?.name ?? own?.scope?.name ?? t('bar.everywhere'), own?.login].filter(Boolean).join(' · ')),
    own?.login.startsWith('device:') ? null : el('button', { type: 'button', onclick: account }, t('bar.account')),   // a tablet has no password
    ...more,
    el('a', { href: otherLanguage(), lang: language === 'zh' ? 'en' : 'zh-CN' }, t('other_language')),
    el('button', { type: 'button', onclick: logOut }, t('bar.log_out')));
}
