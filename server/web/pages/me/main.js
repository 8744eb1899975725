// SPDX-License-Identifier: Apache-2.0
import { el, fill } from '../common/dom.js';
import { loadTexts, t } from '../common/texts.js';

const page = /** @type {HTMLElement} */ (document.getElementById('page'));
loadTexts('common', 'me').then(() => fill(page, el('main', { id: 'main' }, el('h1', null, t('heading')))));
