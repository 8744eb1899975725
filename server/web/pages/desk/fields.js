// SPDX-License-Identifier: Apache-2.0
// Fields that several views and forms have: days, divisions, people, places.
import { useAnswer } from '../common/answers.js';
import { get, path, post } from '../common/api.js';
import { DivisionOptions } from '../common/divisions.js';
import { html, useState } from '../common/html.js';
import { Field, fromLocal, toLocal } from '../common/parts.js';
import { session } from '../common/session.js';
import { SiteBox } from '../common/site_box.js';
import { t } from '../common/texts.js';
import { date } from '../common/time.js';
import { opening } from './kinds.js';
import { go } from './state.js';

const documents = ['id', 'passport', 'hkmo', 'tw', 'fpr', 'other'];
const foundAt = ['village', 'community', 'traffic', 'clinic', 'pharmacy', 'enterprise', 'home', 'report', 'other'];
const isolation_days = 14;
const day_ms = 86_400_000;

/** The days before and after, and the divisions: each is a step in the address. @param {{day: string, division: string}} of */
export function Pickers({ day, division }) {
  const shift = (/** @type {number} */ by) => go({ day: new Date(Date.parse(`${day}T00:00:00Z`) + by * day_ms).toISOString().slice(0, 10), frozen: '' });
  const today = date(Date.now());
  return html`<div class="pickers" role="group" aria-label=${t('pick.label')}>
    <button type="button" aria-label=${t('pick.before')} onClick=${() => shift(-1)}>‹</button>
    <input type="date" aria-label=${t('pick.day')} value=${day} max=${today} onChange=${(/** @type {any} */ event) => { if (event.target.value) go({ day:
      event.target.value, frozen: '' }); }} />
    <button type="button" aria-label=${t('pick.after')} disabled=${day >= today} onClick=${() => shift(1)}>›</button>
    <select aria-label=${t('pick.division')} value=${division} onChange=${(/** @type {any} */ event) => go({ division: event.target.value, frozen: '' })}>
      <option value="" selected=${!division}>${session?.scope?.name ?? t('bar.everywhere')}</option>
      <${DivisionOptions} chosen=${division} /></select></div>`;
}

/** Places for isolation, with how many are in. */
export const usePlaces = () => useAnswer('places', () => get('/api/v1/isolation/places'));

/** What this page has learnt of sites' names. @type {Map<string, string>} */
const siteNames = new Map();
/** Sites of one's scope; each role has a way of its own to them. @param {string} text */
async function findSites(text) {
  const found = session?.roles.includes('tracer') ? await post('/api/v1/sites/search', { text }) : await get(path`/api/v1/sites${{ q: text, limit: 12 }}`);
  for (const site of found.sites) siteNames.set(site.ref, site.name);
  return found;
}

/** @param {{error: Error | null}} of */
function SiteField({ error }) {
  const [ref, setRef] = useState('');
  return html`<${Field} label=${t('field.site')} error=${error} pointer="/site">${(/** @type {string} */ id) => html`<${SiteBox} id=${id}
    value=${ref} find=${findSites}
    nameOf=${(/** @type {string} */ one) => siteNames.get(one) ?? one} onChoose=${setRef} /><input type="hidden" name="site" value=${ref} />`}</${Field}>`;
}

/** One of the sites for isolation, or somewhere in words: at home is no site. @param {{error: Error | null}} of */
function ShelterField({ error }) {
  const { data } = usePlaces();
  const [ref, setRef] = useState('');
  const left = (/** @type {any} */ one) => (one.capacity === undefined ? t('places.in', { count: one.in }) : t('places.left',
    { count: one.capacity - one.in }));
  return html`<${Field} label=${t('field.shelter')} error=${error} pointer="/site">${(/** @type {string} */ id) => html`<select id=${id} name="site"
    value=${ref}
      onChange=${(/** @type {any} */ event) => setRef(event.target.value)}><option value="">${t('field.elsewhere')}</option>
      ${(data?.places ?? []).map((/** @type {any} */ one) => html`<option value=${one.ref}>${one.name}（${left(one)}）</option>`)}</select>`}</${Field}>
    ${ref ? null : html`<${Text} name="place" label=${t('field.place')} hint=${t('field.place_hint')} error=${error} required />`}`;
}

/** @param {{name: string, label: string, hint?: string, error: Error | null, required?: boolean, [more: string]: any}} of */
const Text = ({ name, label, hint, error, ...more }) => html`<${Field} label=${label} hint=${hint} error=${error}
  pointer=${`/${name}`}>${(/** @type {string} */ id) =>
  html`<input id=${id} name=${name} maxlength="200" autocomplete="off" ...${more} />`}</${Field}>`;

/** @param {{name: string, label: string, error: Error | null, value: string, required?: boolean}} of */
const Moment = ({ name, label, error, value, required = true }) => html`<${Field} label=${label} error=${error}
  pointer=${`/${name}`}>${(/** @type {string} */ id) =>
  html`<input id=${id} name=${name} type="datetime-local" required=${required} defaultValue=${value} />`}</${Field}>`;

/** @param {{error: Error | null, needed: boolean, all: boolean}} of all: also those of others */
const DivisionField = ({ error, needed, all }) => html`<${Field} label=${t('field.division')} error=${error}
  pointer="/division">${(/** @type {string} */ id) => html`<select id=${id}
  name="division" required=${needed}><option
    value="">${needed ? t('field.choose') : session?.scope?.name ?? t('field.by_site')}</option><${DivisionOptions} all=${all} /></select>`}</${Field}>`;

/** @param {{error: Error | null}} of */
const PersonFields = ({ error }) => html`<${Text} name="name" label=${t('field.name')} error=${error} required autofocus />
  <div class="two"><${Field} label=${t('field.document_type')}>${(/** @type {string} */ id) => html`<select id=${id}
    name="document_type">${documents.map((one) =>
    html`<option value=${one}>${t(`document.${one}`)}</option>`)}</select>`}</${Field}>
  <${Field} label=${t('field.document')} error=${error} pointer="/person/document/number">${(/** @type {string} */ id) => html`<input id=${id} name="document"
    maxlength="40"
    autocomplete="off" autocapitalize="characters" />`}</${Field}></div>
  <${Field} label=${t('field.phone')} error=${error} pointer="/person/phone">${(/** @type {string} */ id) => html`<input id=${id} name="phone" type="tel"
    maxlength="20"
    autocomplete="off" />`}</${Field}>`;

/** One of several words, and no default: what is not said is asked for. @param {{name: string, label: string, error: Error | null, words: string[], of: string}} of */
const Choice = ({ name, label, error, words, of }) => html`<${Field} label=${label} error=${error}
  pointer=${`/${name}`}>${(/** @type {string} */ id) => html`<select id=${id}
  name=${name} required><option value="">${t('field.choose')}</option>${words.map((one) => html`<option
    value=${one}>${t(`${of}.${one}`)}</option>`)}</select>`}</${Field}>`;

const inDays = (/** @type {number} */ days) => toLocal(new Date(Date.now() + days * day_ms).toISOString());

/**
 * One field of a form by its name.
 * @param {{name: import('./kinds.js').FieldName, error: Error | null, kind: string, isNew: boolean}} of
 */
export function FormField({ name, error, kind, isNew }) {
  switch (name) {
    case 'person': return html`<${PersonFields} error=${error} />`;
    case 'subject': return html`<${Text} name="subject" label=${t(`subject.${kind}`)} error=${error} required autofocus />`;
    case 'cadre': return html`<${Text} name="place" label=${t('field.cadre')} error=${error} />`;
    case 'hospital': return html`<${Text} name="place" label=${t('field.hospital')} error=${error} required autofocus />`;
    case 'shelter': return html`<${ShelterField} error=${error} />`;
    case 'site': return html`<${SiteField} error=${error} />`;
    case 'division': return html`<${DivisionField} error=${error} all=${!isNew} needed=${!isNew || (!session?.scope && !opening[kind].includes('site'))} />`;
    case 'result': return html`<${Choice} name="result" label=${t('field.result')} error=${error} words=${['negative', 'positive', 'pending']} of="result" />`;
    case 'found_at': return html`<${Choice} name="found_at" label=${t('field.found_at')} error=${error} words=${foundAt} of="found" />`;
    case 'until': return html`<${Moment} name="until" label=${t('field.until')} error=${error} value=${inDays(isolation_days)} />`;
    case 'deadline': return html`<${Moment} name="until" label=${t('field.deadline')} error=${error} value="" required=${false} />`;
    case 'temperature': return html`<${Text} name="temperature" label=${t('field.temperature')} error=${error} inputmode="decimal" required=${!isNew}
      autofocus=${!isNew}
      pattern="[0-9０-９]{2}[.．,。]?[0-9０-９]?" title=${t('field.temperature_title')} />`;
    case 'note': return html`<${Text} name="note" label=${t('field.note')} error=${error} required autofocus />`;
    case 'ground': return html`<${Text} name="note" label=${t('field.ground')} error=${error} required />`;
    default: return html`<${Text} name="note" label=${t('field.any_note')} error=${error} />`;
  }
}

/** "36.5", "365", "36,5" as 36.5. @param {string} text */
function degrees(text) {
  const digits = text.normalize('NFKC').trim().replace(/[,。]/, '.');
  return /^\d{3}$/.test(digits) ? Number(digits) / 10 : Number(digits);
}

/** A form's values as the API wants them: what is empty is left out. @param {FormData} values @returns {Record<string, any>} */
export function bodyOf(values) {
  /** @type {Record<string, any>} */
  const body = {};
  const text = (/** @type {string} */ name) => String(values.get(name) ?? '').trim();
  for (const name of ['subject', 'place', 'site', 'division', 'found_at', 'result', 'note']) if (text(name)) body[name] = text(name);
  if (text('until')) body.until = fromLocal(text('until'));
  if (text('temperature')) body.temperature = degrees(text('temperature'));
  if (values.has('name')) {
    body.person = { name: text('name') };
    if (text('document')) body.person.document = { type: text('document_type'), number: text('document').normalize('NFKC').replace(/\s/g, '').toUpperCase() };
    if (text('phone')) body.person.phone = text('phone').normalize('NFKC').replace(/[\s-]/g, '');
  }
  return body;
}
