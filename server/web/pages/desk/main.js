// SPDX-License-Identifier: Apache-2.0
// The grid's office: the day's numbers, the registers, alerts. The bar is the one of all staff's pages; below it Preact draws what the address says.
import { el, fill } from '../common/dom.js';
import { html, render } from '../common/html.js';
import { watchYears } from '../common/parts.js';
import { bar, open } from '../common/session.js';
import { loadTexts } from '../common/texts.js';
import { upkeepLines } from '../common/upkeep.js';
import { App } from './app.js';

const page = /** @type {HTMLElement} */ (document.getElementById('page'));
await loadTexts('common', 'desk');
await open(['tracer', 'manager']);
watchYears();
const body = el('div', { class: 'console' });
fill(page, bar('/desk'), upkeepLines(), body);
// The other language is a link made once; where it leads to goes with the address.
const other = /** @type {HTMLAnchorElement | null} */ (page.querySelector('.bar a[href*="lang="]'));
other?.addEventListener('click', () => { other.hash = location.hash; });
render(html`<${App} />`, body);
