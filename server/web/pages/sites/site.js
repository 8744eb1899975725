// SPDX-License-Identifier: Apache-2.0
// One site: what it is, how busy, its codes, its tablets; changed, given new codes, closed.
import { ApiError, del, get, patch, path, post } from '../common/api.js';
import { el, field, fill, openDialog, say, setFault } from '../common/dom.js';
import { qrSvg } from '../common/qr.js';
import { t } from '../common/texts.js';
import { dayAndClock } from '../common/time.js';
import { cameraOf } from './camera.js';
import { todaysReport } from './report.js';
import { categories, isReplacing, store } from './store.js';

/** @typedef {import('./store.js').Site} Site */
/** @typedef {{day: string, hours: number[], visits: number, people: number, last: string | null}} Day */

const fields = ['name', 'category', 'division', 'address', 'asks_temperature', 'opens', 'closes', 'dwell_min', 'longitude', 'latitude', 'place'];
const numbers = ['dwell_min', 'longitude', 'latitude'];

/** Two days by hour, and the same as a table. @param {Day} day @param {Day} before */
function hours(day, before) {
  const most = Math.max(1, ...day.hours, ...before.hours);
  const bar = (/** @type {number} */ count, /** @type {string} */ kind) => {
    const one = el('i', { class: kind });
    one.style.height = `${(100 * count) / most}%`;
    return one;
  };
  return el('figure', { class: 'hours' },
    el('div', { class: 'bars', 'aria-hidden': 'true' }, ...day.hours.map((count, hour) => el('span', null, bar(before.hours[hour], 'before'), bar(count, 'now'), hour % 6 === 0 && el('small', null, String(hour))))),
    el('figcaption', null, el('b', null, t('hours.today', { visits: day.visits, people: day.people })), ' ', el('span', { class: 'muted' }, t('hours.before', { visits: before.visits, people: before.people }))),
    el('details', null, el('summary', null, t('hours.table')), el('table', null,
      el('thead', null, el('tr', null, el('th', null, t('hours.hour')), el('th', { class: 'number' }, day.day), el('th', { class: 'number' }, before.day))),
      el('tbody', null, ...day.hours.map((count, hour) => el('tr', null, el('td', null, `${hour}:00`), el('td', { class: 'number' }, String(count)), el('td', { class: 'number' }, String(before.hours[hour]))))))));
}

/**
 * A form of a site's columns. `send` takes what was changed.
 * @param {Partial<Site>} site @param {string} button @param {boolean} isNew @param {(members: Record<string, any>) => Promise<void>} send
 */
function siteForm(site, button, isNew, send) {
  /** @type {Record<string, HTMLInputElement | HTMLSelectElement>} */
  const inputs = {};
  const shown = (isNew ? ['ref'] : []).concat(fields).map((name) => {
    if (name === 'category') inputs[name] = el('select', null, ...categories.map((one) => el('option', { value: one }, t(`category.${one}`))));
    else if (name === 'division') inputs[name] = el('select', { required: true }, isNew && el('option', { value: '' }, t('form.choose')), ...store.divisions.filter((one) => one.in_scope).map((one) => el('option', { value: one.code }, `${one.name}（${one.code}）`)));
    else if (name === 'asks_temperature') inputs[name] = el('select', null, el('option', { value: 'false' }, t('no')), el('option', { value: 'true' }, t('yes')));
    else inputs[name] = el('input', { type: ['opens', 'closes'].includes(name) ? 'time' : 'text', inputmode: numbers.includes(name) ? 'decimal' : null, autocomplete: 'off', required: ['ref', 'name'].includes(name) });
    inputs[name].value = String(/** @type {any} */ (site)[name] ?? (name === 'category' ? 'community' : name === 'asks_temperature' ? false : ''));
    return field(t(`field.${name}`), inputs[name]);
  });
  const fault = el('p', { class: 'fault', role: 'alert' });
  return el('form', {
    class: 'columns',
    onsubmit: async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      /** @type {Record<string, any>} */
      const members = {};
      for (const [name, input] of Object.entries(inputs)) {
        setFault(input, '');
        const text = input.value.trim(), old = String(/** @type {any} */ (site)[name] ?? '');
        if (!isNew && text === old) continue;
        if (isNew && text === '') continue;
        members[name] = text === '' ? null : name === 'asks_temperature' ? text === 'true' : numbers.includes(name) ? Number(text) : text;
        if (numbers.includes(name) && Number.isNaN(members[name])) { setFault(input, t('form.number')); return; }
      }
      fill(fault);
      try {
        await send(members);
      } catch (error) {
        let isTold = false;
        if (error instanceof ApiError)
          for (const { pointer, detail } of error.fields) {
            const input = inputs[pointer.slice(1)];
            if (input) { setFault(input, detail); isTold = true; }
          }
        if (!isTold) fill(fault, error instanceof Error ? error.message : String(error));
      }
    },
  }, ...shown, fault, el('div', { class: 'actions' }, el('button', { class: 'primary', type: 'submit' }, button)));
}

/** @param {() => void} done */
export function openNewSite(done) {
  openDialog(t('new.heading'), (dialog) => {
    dialog.classList.add('wide');
    return [siteForm({}, t('new.button'), true, async (members) => {
      const made = await post('/api/v1/sites', members);
      store.sites.set(made.ref, made);
      dialog.close();
      say(t('new.done', { name: made.name }));
      done();
    }), el('div', { class: 'actions' }, el('button', { onclick: () => dialog.close() }, t('cancel')))];
  });
}

/** The tablets at its gate. @param {Site} site */
function devices(site) {
  const list = el('ul', { class: 'devices' }), link = el('div', { role: 'status' });
  const show = async () => {
    const told = await get(path`/api/v1/sites/${site.ref}/devices`);
    fill(list, ...told.devices.filter((/** @type {any} */ one) => !one.revoked).map((/** @type {{id: string, on_duty: boolean}} */ one) => el('li', null, one.id, ' ', el('span', { class: 'tag' }, t(one.on_duty ? 'devices.on' : 'devices.off')), ' ',
      el('button', { onclick: async () => offer(await post(path`/api/v1/devices/${one.id}/link`, undefined)) }, t('devices.link')), ' ',
      el('button', { onclick: async () => { if (!confirm(t('devices.revoke_sure', { id: one.id }))) return; await del(path`/api/v1/devices/${one.id}`); fill(link); await show(); } }, t('devices.revoke')))));
  };
  const offer = (/** @type {{url: string, until: string}} */ made) => fill(link, el('div', { class: 'note good' }, el('p', null, t('devices.open', { until: dayAndClock(made.until) })),
    // No link to press: it would make a gate's device of the browser that a manager sits at.
    el('div', { class: 'secret-code' }, qrSvg(made.url, { level: 'L', label: t('devices.code') })), el('p', null, el('code', { class: 'secret' }, made.url)),
    el('button', { type: 'button', onclick: () => navigator.clipboard.writeText(made.url).then(() => say(t('devices.copied')), (fault) => say(fault.message, 'wrong')) }, t('devices.copy'))));
  show().catch((error) => fill(link, el('p', { class: 'fault' }, error.message)));
  return el('section', null, el('h2', null, t('devices.heading')), el('p', { class: 'muted' }, t('devices.lead')), list, link,
    el('button', { onclick: async () => { try { offer(await post(path`/api/v1/sites/${site.ref}/devices`, undefined)); await show(); } catch (error) { say(/** @type {Error} */ (error).message, 'wrong'); } } }, t('devices.pair')));
}

/**
 * @param {Site} site
 * @param {{print: (refs: string[]) => void, changed: () => void}} acts
 */
export function openSite(site, { print, changed }) {
  const traffic = el('div', null, el('p', { class: 'muted' }, t('loading')));
  const dialog = openDialog(site.name, (own) => {
    own.classList.add('wide', 'site');
    const keep = (/** @type {Site} */ now) => {
      store.sites.set(now.ref, now);
      changed();
      own.close();
      openSite(now, { print, changed });
    };
    const act = async (/** @type {() => Promise<Site>} */ send) => { try { keep(await send()); } catch (error) { say(/** @type {Error} */ (error).message, 'wrong'); } };
    return [
      el('p', null, el('span', { class: 'tag' }, site.ref), ' ', t(`category.${site.category}`), ' · ', site.division_name, site.address ? ` · ${site.address}` : '',
        site.closed ? el('b', { class: 'tag wait' }, t('state.closed')) : isReplacing(site) ? el('b', { class: 'tag wait' }, t('site.until', { until: dayAndClock(/** @type {string} */ (site.accept_old_until)) })) : ''),
      !site.closed && site.category === 'enterprise' && todaysReport(site),
      traffic,
      el('div', { class: 'actions' },
        !site.closed && el('button', { class: 'primary', onclick: () => print([site.ref]) }, t('site.print')),
        !site.closed && el('button', { onclick: () => openReplace(site, act, print) }, t('site.replace')),
        site.closed ? el('button', { onclick: () => act(() => patch(path`/api/v1/sites/${site.ref}`, { closed: false })) }, t('site.reopen'))
          : el('button', { onclick: () => openClose(site, () => act(() => patch(path`/api/v1/sites/${site.ref}`, { closed: true }))) }, t('site.close'))),
      el('details', null, el('summary', null, t('site.edit')), siteForm(site, t('site.save'), false, async (members) => keep(await patch(path`/api/v1/sites/${site.ref}`, members)))),
      !site.closed && el('details', null, el('summary', null, t('site.codes')), el('table', null, el('tbody', null, ...site.codes.map((code) => el('tr', null, el('td', null, t(`direction.${code.direction}`)),
        el('td', null, el('code', null, code.code)), el('td', null, el('a', { href: code.url }, t('site.try')))))))),
      !site.closed && cameraOf(site),
      !site.closed && devices(site),
      el('div', { class: 'actions' }, el('button', { onclick: () => own.close() }, t('close'))),
    ].filter((each) => each !== false);
  });
  get(path`/api/v1/sites/${site.ref}/traffic`).then((told) => fill(traffic, hours(told.day, told.week_before)), (error) => fill(traffic, el('p', { class: 'note wait' }, error.message)));
  return dialog;
}

/** @param {Site} site @param {(send: () => Promise<Site>) => Promise<void>} act @param {(refs: string[]) => void} print */
function openReplace(site, act, print) {
  const days = el('select', null, ...[0, 1, 7, 30, 90].map((count) => el('option', { value: count }, t(count ? 'replace.days' : 'replace.now', { count }))));
  days.value = '7';
  openDialog(t('replace.heading', { name: site.name }), (dialog) => [el('p', { class: 'note wait' }, t('replace.warning')), field(t('replace.old'), days),
    el('div', { class: 'actions' },
      el('button', {
        class: 'danger',
        onclick: async () => {
          dialog.close();
          const count = Number(days.value), until = new Date(Date.now() + count * 86_400_000 - 60_000).toISOString().replace(/\.\d+Z/, 'Z');
          await act(() => post(path`/api/v1/sites/${site.ref}/replace`, count ? { accept_old_until: until } : {}));
          print([site.ref]);
        },
      }, t('replace.button')), el('button', { onclick: () => dialog.close() }, t('cancel')))]);
}

/** @param {Site} site @param {() => void} close */
function openClose(site, close) {
  openDialog(t('close.heading', { name: site.name }), (dialog) => [el('p', { class: 'note wait' }, t('close.warning')),
    el('div', { class: 'actions' }, el('button', { class: 'danger', onclick: () => { dialog.close(); close(); } }, t('close.button')), el('button', { onclick: () => dialog.close() }, t('cancel')))]);
}
