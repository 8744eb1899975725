// SPDX-License-Identifier: Apache-2.0
// Small things that several views draw.
import { request, save } from '../common/api.js';
import { say } from '../common/dom.js';
import { html } from '../common/html.js';
import { SiteBox as AnySiteBox } from '../common/site_box.js';
import { t } from '../common/texts.js';
import { clock, date, dayAndClock, moment } from '../common/time.js';
import { findSites, siteName } from './store.js';

export { AskForm, Busy, Dialog, Fault, Field, FieldFault, PlainTable, documentOf, fromLocal, toLocal, useId, watchYears } from '../common/parts.js';

/** "11-19 07:10 – 17:40", the second day only where it is another. @param {string} from @param {string} to */
export const span = (from, to) => `${dayAndClock(from)} – ${date(from) === date(to) ? clock(to, false) : dayAndClock(to)}`;

/** Midnight of the town, so many days before today. @param {number} days */
export const daysAgo = (days) => moment(date(Date.now() - days * 86_400_000));

/** @param {{state: string | undefined}} of */
export const Mark = ({ state }) => html`<span class=${`tag mark-${state ?? 'none'}`}>${state ? t(`mark.${state}`) : t('mark.none')}</span>`;

/** Chooses a site of the tracer's scope. @param {{value: string, onChoose: (ref: string) => void, id: string}} of */
export const SiteBox = (of) => html`<${AnySiteBox} ...${of} find=${findSites} nameOf=${siteName} />`;

/** How long it took, from asking to the answer. @param {number} ms */
export const took = (ms) => (ms < 1 ? t('took.ms', { ms: ms.toFixed(1) }) : ms < 1000 ? t('took.ms', { ms: Math.round(ms) }) : t('took.s',
  { s: (ms / 1000).toFixed(1) }));

/** An answer as a masked workbook. @param {{method: string, path: string, body?: any, name: string}} of path: without a query, or with one */
export function SaveList({ method, path, body, name }) {
  const load = async () => {
    try {
      await save(await request(method, `${path}${path.includes('?') ? '&' : '?'}format=xlsx`, body), `${name}.xlsx`);
    } catch (error) {
      say(/** @type {Error} */ (error).message, 'wrong');
    }
  };
  return html`<button type="button" onClick=${load}>${t('save_list')}</button>`;
}
