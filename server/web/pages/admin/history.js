// SPDX-License-Identifier: Apache-2.0
// Rosters of people and past scans, from what was kept before: a file, in parts.
import { html } from '../common/html.js';
import { t } from '../common/texts.js';
import { TableImport } from '../table/table_import.js';
import { go } from './state.js';

const part_bytes = 1_000_000;   // some ten thousand rows, two seconds: progress is seen, and the writer's room is everybody's

/** @param {{route: import('./state.js').Route}} properties */
export function History({ route }) {
  const what = route.part === 'scans' ? 'scans' : 'people';
  return html`
    <h1>${t('section.history')}</h1>
    <p class="muted">${t('history.lead')}</p>
    <div class="tabs" role="group" aria-label=${t('section.history')}>${['people', 'scans'].map((one) => html`<button type="button" aria-pressed=${one === what ? 'true' : 'false'} onClick=${() => go(`history/${one}`)}>${t(`history.${one}`)}</button>`)}</div>
    <p>${t(`history.${what}_lead`)}</p>
    <${TableImport} key=${what} what=${what} partBytes=${part_bytes} />`;
}
