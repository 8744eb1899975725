// SPDX-License-Identifier: Apache-2.0
import { el, fill } from '../common/dom.js';
import { bar, open } from '../common/session.js';
import { loadTexts, t } from '../common/texts.js';

const page = /** @type {HTMLElement} */ (document.getElementById('page'));
await loadTexts('common', 'gate');
await open(['guard']);
fill(page, bar('/gate'), el('main', { id: 'main' }, el('h1', null, t('heading'))));
