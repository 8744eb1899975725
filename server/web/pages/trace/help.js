// SPDX-License-Identifier: Apache-2.0
// Which keys do what.
import { html } from '../common/html.js';
import { t } from '../common/texts.js';
import { Dialog } from './parts.js';

const keys = /** @type {[string, string[][]][]} */ ([
  ['everywhere', [['/', 'find'], ['?', 'help'], ['g c', 'contacts'], ['g t', 'trajectory'], ['g p', 'passages'], ['g s', 'shared'], ['g e', 'curve'], ['g f',
    'follow'], ['g v', 'told'], ['g q', 'questions'], ['g r', 'reviews'], ['g g', 'cases'], ['e', 'hand_over'], ['r', 'again'], ['n', 'new'], ['Esc',
    'close']]],
  ['lists', [['↑ ↓  j k', 'move'], ['PgUp PgDn Home End', 'far'], ['Enter', 'open_row'], ['→ ←', 'unfold'], ['x', 'pick'], ['1 2 3 4', 'mark'], ['a', 'take'],
    ['i', 'index'], ['t', 'where']]],
  ['person', [['v', 'reveal'], ['1 2 3 4', 'mark'], ['Esc', 'close']]],
  ['reviews', [['j k', 'move'], ['s', 'same'], ['d', 'distinct'], ['u', 'undo']]],
]);

/** @param {{onClose: () => void}} of */
export const Help = ({ onClose }) => html`<${Dialog} heading=${t('help.heading')} onClose=${onClose} wide>
  <div class="keys">${keys.map(([where, rows]) => html`<section><h3>${t(`help.in.${where}`)}</h3><dl>${rows.map(([key, what]) => html`<dt>
    ${key.split('  ').map((one) => html`<kbd>${one}</kbd> `)}</dt><dd>${t(`help.${what}`)}</dd>`)}</dl></section>`)}</div>
  <p class="muted">${t('help.night')}</p><div class="actions"><button type="button" class="primary" autofocus onClick=${onClose}>${t('close')}</button></div>
    </${Dialog}>`;
