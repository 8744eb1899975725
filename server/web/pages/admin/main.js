// SPDX-License-Identifier: Apache-2.0
// Administration, and the wizard of the first start. /setup#SECRET makes the first administrator; everything else wants a session. What is shown stands in the
// address behind #, so that going back works and a link can be sent.
import { el, fill } from '../common/dom.js';
import { html, render, useEffect, useRef } from '../common/html.js';
import { bar, open } from '../common/session.js';
import { loadTexts, t } from '../common/texts.js';
import { upkeepLines } from '../common/upkeep.js';
import { Assessment } from './assessment.js';
import { Audit } from './audit.js';
import { FirstAdmin } from './first_admin.js';
import { History } from './history.js';
import { Office } from './office.js';
import { Operators } from './operators.js';
import { Retention } from './retention.js';
import { Settings } from './settings.js';
import { Setup } from './setup.js';
import { useRoute } from './state.js';
import { Status } from './status.js';

const sections = [
  { key: 'status', roles: ['admin', 'auditor'], view: Status },
  { key: 'setup', roles: ['admin'], view: Setup },
  { key: 'operators', roles: ['admin'], view: Operators },
  { key: 'office', roles: ['admin'], view: Office },
  { key: 'history', roles: ['admin'], view: History },
  { key: 'settings', roles: ['admin', 'auditor'], view: Settings },
  { key: 'retention', roles: ['admin', 'auditor'], view: Retention },
  { key: 'assessment', roles: ['admin', 'auditor'], view: Assessment },
  { key: 'audit', roles: ['auditor'], view: Audit },
];

/** @param {{session: import('../common/session.js').Session}} properties */
function Desk({ session }) {
  const route = useRoute();
  const own = sections.filter((section) => section.roles.some((role) => session.roles.includes(role)));
  const shown = own.find((section) => section.key === route.section) ?? own[0];
  const nav = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => nav.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' }), [shown.key]);
  return html`
    <div class="desk">
      <nav class="sections" ref=${nav} aria-label=${t('sections')}>
        ${own.map((section) => html`<a href=${`#${section.key}`} aria-current=${section === shown ? 'page' : undefined}>${t(`section.${section.key}`)}</a>`)}
        <a href="/docs">${t('section.docs')}</a>
      </nav>
      <main id="main" tabindex="-1" key=${shown.key}><${shown.view} session=${session} route=${route} /></main>
    </div>`;
}

async function start() {
  const page = /** @type {HTMLElement} */ (document.getElementById('page'));
  await loadTexts('common', 'table', 'admin');
  const secret = location.pathname === '/setup' ? location.hash.slice(1) : '';
  if (secret) {
    render(html`<${FirstAdmin} secret=${secret} />`, page);
    return;
  }
  const session = await open(['admin', 'auditor']);
  if (location.pathname === '/setup') {
    location.replace('/admin#setup');
    return;
  }
  const desk = el('div', { class: 'room' });
  fill(page, bar('/admin'), upkeepLines(), desk);
  render(html`<${Desk} session=${session} />`, desk);
}

await start();
