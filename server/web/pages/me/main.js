// SPDX-License-Identifier: Apache-2.0
import { loadTexts, t } from '../common/texts.js';

loadTexts('common', 'me').then(() => { /** @type {HTMLElement} */ (document.getElementById('page')).textContent = t('heading'); });
