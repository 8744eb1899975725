// SPDX-License-Identifier: Apache-2.0
// The tracer console. The bar is the one of all staff's pages; below it Preact draws what the address says.
import { el, fill } from '../common/dom.js';
import { html, render } from '../common/html.js';
import { bar, open } from '../common/session.js';
import { loadTexts } from '../common/texts.js';
import { App, BarBox } from './app.js';
import { watchYears } from './parts.js';

const page = /** @type {HTMLElement} */ (document.getElementById('page'));
await loadTexts('common', 'table', 'trace');
await open(['tracer']);
watchYears();
const box = el('div', { class: 'bar-box' });
const body = el('div', { class: 'console' });
fill(page, bar('/trace', box), body);
// The other language is a link made once; where it leads to goes with the address.
const other = /** @type {HTMLAnchorElement | null} */ (page.querySelector('.bar a[href*="lang="]'));
other?.addEventListener('click', () => { other.hash = location.hash; });
render(html`<${BarBox} />`, box);
render(html`<${App} />`, body);
