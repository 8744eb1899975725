// SPDX-License-Identifier: Apache-2.0
// The first start, step by step. Each step may be left and come back to: what is done is read off the service, never off this page.
import { get, patch, path } from '../common/api.js';
import { Fault } from '../common/fault.js';
import { html, useMemo } from '../common/html.js';
import { enrol } from '../common/session.js';
import { t } from '../common/texts.js';
import { Checks, firstChecks } from './checks.js';
import { demoDivisions, demoSites } from './demo_town.js';
import { FirstPoster } from './first_poster.js';
import { OfficeForm } from './office.js';
import { FirstScan } from './first_scan.js';
import { TableImport } from '../table/table_import.js';
import { Copyable, Paused, go, useAnswer, useSending, useStatus } from './state.js';

const steps = ['admin', 'office', 'divisions', 'sites', 'poster', 'checks', 'scan'];
const every_ms = 3_000;

/** @typedef {{status: any, office: any, skewS: number, session: import('../common/session.js').Session, reload: () => void}} Known */

/** @param {string} step @param {Known} known @returns {boolean} */
function isDone(step, { status, office, skewS }) {
  switch (step) {
    case 'admin': return status.operators > 0;
    case 'office': return Boolean(office.name && office.hotline);
    case 'divisions': return status.divisions > 0;
    case 'sites': return status.sites.open > 0;
    case 'checks': return firstChecks(status, office, skewS).every((check) => check.level !== 'wrong');
    default: return Boolean(status.scans.last);   // a scan shows that a poster was printed and found
  }
}

/** @param {{session: import('../common/session.js').Session, route: import('./state.js').Route}} properties */
export function Setup({ session, route }) {
  const status = useStatus(every_ms);
  const office = useAnswer(() => get('/api/v1/office'), []);
  const reload = () => { status.reload(); office.reload(); };
  if (!status.value || !office.value) {
    const error = status.error ?? office.error;
    return html`<h1>${t('section.setup')}</h1>${error ? html`<${Fault} error=${error} retry=${reload} />` : html`<p class="muted">${t('loading')}</p>`}`;
  }
  const known = { status: status.value, office: office.value, skewS: status.skewS, session, reload };
  const first = steps.find((step) => !isDone(step, known)) ?? 'scan';
  const step = steps.includes(route.part) ? route.part : first;
  return html`
    <h1>${t('section.setup')}</h1>
    <ol class="steps" aria-label=${t('section.setup')}>${steps.map((one, index) => html`
      <li key=${one} class=${isDone(one, known) ? 'done' : ''}><a href=${`#setup/${one}`} aria-current=${one === step ? 'step' : undefined}>
        <span class="number" aria-hidden="true">${isDone(one, known) ? '✓' : index + 1}</span> ${t(`step.${one}`)}<span class="only-read"> ${isDone(one, known) ? t('step.done') : t('step.open')}</span></a></li>`)}</ol>
    <${Fault} error=${status.error} retry=${status.reload} /><${Paused} paused=${status.paused} />
    <section class="step" aria-labelledby="step-heading" key=${step}>
      <h2 id="step-heading">${t(`step.${step}`)}</h2>
      <${views[step]} known=${known} />
    </section>
    <${Walk} step=${step} done=${isDone(step, known)} />`;
}

/** @param {{step: string, done: boolean}} properties */
function Walk({ step, done }) {
  const at = steps.indexOf(step), before = steps[at - 1], after = steps[at + 1];
  return html`<nav class="actions walk" aria-label=${t('step.walk')}>
    ${before && html`<a class="button" href=${`#setup/${before}`}>${t('step.before')}</a>`}
    ${after ? html`<a class=${`button ${done ? 'primary' : ''}`} href=${`#setup/${after}`}>${done ? t('step.next') : t('step.skip')}</a>` : html`<a class="button" href="#status">${t('step.end')}</a>`}
  </nav>`;
}

/** @param {{known: Known}} properties */
function AdminStep({ known }) {
  const { session, status } = known;
  return html`
    <p>${t('setup.admin_lead', { login: session.login })}</p>
    <ul class="plain">
      <li>${session.otp ? html`<span class="tag good">✓</span> ${t('setup.otp_yes')}` : html`${t('setup.otp_no')} <button type="button" onClick=${() => enrol().then(() => location.reload())}>${t('operator.enrol')}</button>`}</li>
      <li><${ManagerRole} known=${known} /></li>
      <li>${status.operators > 1 ? t('setup.operators', { count: status.operators }) : t('setup.operators_one')} <a href="#operators">${t('setup.to_operators')}</a></li>
    </ul>
    <details class="restore"><summary>${t('restore.heading')}</summary><p>${t('restore.lead')}</p><${Copyable} text="chayan restore --data DIR FILE" /><p class="muted">${t('restore.after')}</p></details>`;
}

/** Sites and posters are a manager's: an administrator may be one too, by saying so. @param {{known: Known, urgent?: boolean}} properties */
function ManagerRole({ known, urgent = false }) {
  const { session } = known;
  const sending = useSending(async () => {
    const own = (await get('/api/v1/operators')).operators.find((/** @type {any} */ one) => one.login === session.login);
    await patch(path`/api/v1/operators/${session.login}`, { roles: [...own.roles, 'manager'] });
    location.reload();
  });
  if (session.roles.includes('manager')) return urgent ? null : html`<span class="tag good">✓</span> ${t('setup.is_manager')}`;
  const button = html`<button type="button" class=${urgent ? 'primary' : ''} disabled=${sending.busy} onClick=${() => sending.run()}>${t('setup.become_manager')}</button>`;
  return urgent ? html`<div class="note wait"><p>${t('setup.no_manager')}</p>${button}<${Fault} error=${sending.error} /></div>` : html`${t('setup.no_manager')} ${button}<${Fault} error=${sending.error} />`;
}

/** @param {{known: Known}} properties */
function OfficeStep({ known }) {
  return html`<p>${t('setup.office_lead')}</p><${OfficeForm} members=${['name', 'hotline']} done=${known.reload} />`;
}

/** @param {{known: Known}} properties */
function DivisionsStep({ known }) {
  const text = useMemo(demoDivisions, []);
  return html`
    <p>${t('setup.divisions_lead')}</p>
    ${known.status.divisions > 0 && html`<p class="note good">${t('setup.divisions_have', { count: known.status.divisions })}</p>`}
    <${TableImport} what="divisions" done=${known.reload} demo=${{ text, lead: t('setup.demo_sure') }} />`;
}

/** @param {{known: Known}} properties */
function SitesStep({ known }) {
  const text = useMemo(demoSites, []);
  const { sites, divisions } = known.status;
  return html`
    <p>${t('setup.sites_lead')}</p>
    ${divisions === 0 && html`<p class="note wait">${t('setup.sites_need_divisions')} <a href="#setup/divisions">${t('step.divisions')}</a></p>`}
    ${sites.open > 0 && html`<p class="note good">${t('setup.sites_have', { count: sites.open })} <a href="/sites">${t('bar.sites')}</a></p>`}
    ${known.session.roles.includes('manager')
    ? html`<${TableImport} what="sites" done=${known.reload} demo=${{ text, lead: t('setup.demo_sure') }} />`
    : html`<${ManagerRole} known=${known} urgent=${true} />`}`;
}

/** @param {{known: Known}} properties */
function PosterStep({ known }) {
  if (!known.session.roles.includes('manager')) return html`<${ManagerRole} known=${known} urgent=${true} />`;
  if (known.status.sites.open === 0) return html`<p class="note wait">${t('setup.poster_needs_site')} <a href="#setup/sites">${t('step.sites')}</a></p>`;
  return html`<p>${t('setup.poster_lead')}</p><${FirstPoster} known=${known} />`;
}

/** @param {{known: Known}} properties */
function ChecksStep({ known }) {
  return html`<p>${t('setup.checks_lead')}</p><${Checks} checks=${firstChecks(known.status, known.office, known.skewS)} />
    <h3>${t('office.filing')}</h3><${OfficeForm} members=${['filing']} done=${known.reload} />`;
}

/** @param {{known: Known}} properties */
function ScanStep({ known }) {
  if (known.status.sites.open === 0) return html`<p class="note wait">${t('setup.poster_needs_site')} <a href="#setup/sites">${t('step.sites')}</a></p>`;
  return html`<${FirstScan} known=${known} leave=${() => go('status')} />`;
}

/** @type {Record<string, any>} */
const views = { admin: AdminStep, office: OfficeStep, divisions: DivisionsStep, sites: SitesStep, poster: PosterStep, checks: ChecksStep, scan: ScanStep };
