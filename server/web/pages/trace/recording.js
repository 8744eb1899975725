// SPDX-License-Identifier: Apache-2.0
// The way from a scan or a visit to the recording of that moment: its address is asked for by a click, for each look is written down.
import { post, path } from '../common/api.js';
import { say } from '../common/dom.js';
import { wordsOf } from '../common/fault.js';
import { html } from '../common/html.js';
import { t } from '../common/texts.js';

/**
 * Nothing where the site has no camera that this tracer may ask for.
 * @param {{of: {site: {ref: string}, case?: string}, at: string}} of `case` of a row: the one to ask for, where there is a camera
 */
export function Recording({ of, at }) {
  if (!of.case) return null;
  const open = async (/** @type {MouseEvent} */ event) => {
    event.stopPropagation();   // the row leads elsewhere
    try {
      const { url } = await post(path`/api/v1/sites/${of.site.ref}/playback`, { case: of.case, at });
      window.open(url, '_blank', 'noopener');
    } catch (error) {
      say(wordsOf(error), 'wrong');
    }
  };
  return html` <button type="button" class="recording" tabindex="-1" onClick=${open}>${t('recording')}</button>`;
}

/**
 * Rows of a trajectory that know for which case their recording may be asked.
 * @param {any} answer @param {any[]} rows @param {string} number
 */
export const withCameras = (answer, rows, number) => rows.map((row) => (answer.cameras?.includes(row.site.ref) ? { ...row, case: number } : row));
