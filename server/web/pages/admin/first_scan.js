// SPDX-License-Identifier: Apache-2.0
// The last step: a poster on the screen, a phone in the hand, and the page turns green when the scan is durable.
import { Fault } from '../common/fault.js';
import { html, useRef, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { clock } from '../common/time.js';
import { isLocal } from './checks.js';
import { SiteChoice, usePosterPicture } from './first_poster.js';

/** @param {{known: import('./setup.js').Known, leave: () => void}} properties */
export function FirstScan({ known, leave }) {
  const { status, session } = known;
  const before = useRef(status.scans.today);   // since midnight it may become less again, and then any scan is new
  if (status.scans.today < before.current) before.current = 0;
  const [ref, setRef] = useState('');
  const picture = usePosterPicture(session.roles.includes('manager') ? ref : '');
  const came = status.scans.today - before.current;
  if (came > 0) {
    return html`
      <div class="arrived" role="status">
        <svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="21" /><path d="M14 25l7 7 14-15" /></svg>
        <p class="big">${t('scan.arrived')}</p>
        <p>${t('scan.arrived_at', { at: clock(status.scans.last), count: came })}</p>
        <p><button type="button" onClick=${leave}>${t('step.end')}</button></p>
      </div>`;
  }
  return html`
    <p>${t('scan.lead')}</p>
    ${isLocal(new URL(status.address).hostname) && html`<p class="note wait">${t('scan.local', { address: status.address })} <a href="#setup/checks">${t('step.checks')}</a></p>`}
    ${status.scans.last && html`<p class="note good">${t('scan.had', { count: status.scans.today })}</p>`}
    <div class="poster">
      <div>
        ${session.roles.includes('manager') && html`<${SiteChoice} value=${ref} change=${setRef} />`}
        <ol class="how">${['scan.how_1', 'scan.how_2', 'scan.how_3'].map((key) => html`<li>${t(key)}</li>`)}</ol>
        <p class="waiting" role="status"><span class="pulse" aria-hidden="true"></span> ${t('scan.waiting')}</p>
        <${Fault} error=${picture.error} />
      </div>
      ${picture.url && html`<img class="sheet" src=${picture.url} alt=${t('poster.picture', { ref })} />`}
    </div>`;
}
