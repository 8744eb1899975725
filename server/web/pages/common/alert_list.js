// SPDX-License-Identifier: Apache-2.0
// Alerts of those who passed though they should not have, and what was done about each: for the offices' pages.
import { forget, useAnswer } from './answers.js';
import { listenForAlerts } from './alert_stream.js';
import { get, path, post } from './api.js';
import { html, useEffect, useState } from './html.js';
import { AskForm, Busy, Dialog, Fault, Field, PlainTable, documentOf } from './parts.js';
import { t } from './texts.js';
import { dayAndClock } from './time.js';

const late_ms = 900_000;   // what comes later was kept by a phone or a tablet without a net

/** @typedef {{id: string, at: string, received: string, site?: {ref: string, name: string}, person: {id: string, name: string, document?: {type: string, number: string},
 *   phone?: string}, measure: string, verdict: string, entry?: string, isolation?: string, closed?: string, closed_by?: string, note?: string,
 *   by_staff?: boolean}} Alert site: none when somebody registered */

/** @param {Alert} one */
const placeOf = (one) => one.site?.name ?? t('alerts.registered');

/** @param {{alert: Alert, onClose: () => void}} of */
const CloseAlert = ({ alert, onClose }) => html`<${Dialog} heading=${t('alerts.close_heading', { name: alert.person.name, site: placeOf(alert) })}
  onClose=${onClose}>
  <${AskForm} button=${t('alerts.close')} onCancel=${onClose} send=${async (/** @type {FormData} */ values) => {
    await post(path`/api/v1/alerts/${alert.id}/close`, { note: String(values.get('note')).trim() });
    onClose();
    forget('alerts ');
  }}>${(/** @type {Error | null} */ fault) => html`<${Field} label=${t('alerts.note')} error=${fault} pointer="/note">${(/** @type {string} */ id) =>
    html`<input id=${id} name="note" required maxlength="200" autofocus />`}</${Field}>`}</${AskForm}></${Dialog}>`;

/**
 * @param {{all: boolean, onAll: (all: boolean) => void, recordAddress?: (id: string) => string}} of all: closed ones too; recordAddress: where the record of
 *   somebody in isolation stands
 */
export function AlertList({ all, onAll, recordAddress }) {
  const { data, error, busy } = useAnswer(`alerts ${all}`, () => get(path`/api/v1/alerts${{ state: all ? 'all' : 'open' }}`));
  const [closing, setClosing] = useState(/** @type {Alert | null} */ (null));
  useEffect(() => listenForAlerts(() => forget('alerts ')), []);
  const when = (/** @type {Alert} */ one) => html`${dayAndClock(one.at)}${Date.parse(one.received) - Date.parse(one.at) > late_ms ? html`<div class="muted">
    ${t('alerts.late', { at: dayAndClock(one.received) })}</div>` : null}`;
  const why = (/** @type {Alert} */ one) => (!one.isolation ? t(`measure.${one.measure}`) : recordAddress ? html`<a href=${recordAddress(one.isolation)}>
    ${t('alerts.isolated')}</a>` : t('alerts.isolated'));
  return html`<header class="answer-head"><h1>${t('alerts.heading')}</h1><p class="muted">${t('alerts.about')}</p></header>
    <div class="filters">${[false, true].map((one) => html`<button type="button" aria-pressed=${String(all === one)} onClick=${() => onAll(one)}>
      ${t(one ? 'alerts.all' : 'alerts.open')}</button>`)}</div><${Fault} error=${error} />${busy && !data ? html`<${Busy} />` : null}
    ${data && !data.alerts.length ? html`<p class="note good">${t('alerts.none')}</p>` : null}
    ${data?.alerts.length ? html`<${PlainTable} caption=${t('alerts.heading')} heads=${[t('alerts.column.at'), t('alerts.column.site'), t('alerts.column.name'),
      t('alerts.column.measure'), t('alerts.verdict'), t('alerts.column.act')]} rows=${data.alerts.map((/** @type {Alert} */ one) => [when(one), placeOf(one),
      html`${one.person.name} <span class="muted">${documentOf(one.person)} ${one.person.phone ?? ''}</span>`, why(one), html`<span
        class=${`tag verdict-${one.verdict}`}>
      ${t(`verdict.${one.verdict}`)}</span>${one.site ? html`<div class="muted">${t(one.by_staff ? 'alerts.by_staff' : 'alerts.by_phone')}</div>` : null}`, one.closed ? `${one.note} · ${one.closed_by} ${dayAndClock(one.closed)}` : html`<button type="button"
      onClick=${() => setClosing(one)}>${t('alerts.close')}</button>`])} />` : null}
    ${closing ? html`<${CloseAlert} alert=${closing} onClose=${() => setClosing(null)} />` : null}`;
}
