// SPDX-License-Identifier: Apache-2.0
// How the service is: what is not well first, then figures.
import { get } from '../common/api.js';
import { Fault } from '../common/fault.js';
import { html } from '../common/html.js';
import { t } from '../common/texts.js';
import { clock, dayAndClock } from '../common/time.js';
import { Checks, ageWords, dailyChecks } from './checks.js';
import { Paused, useAnswer, useStatus } from './state.js';

const every_ms = 5_000;

export function Status() {
  const status = useStatus(every_ms);
  const office = useAnswer(() => get('/api/v1/office'), []);
  const told = status.value;
  if (!told) return html`<h1>${t('section.status')}</h1>${status.error ? html`<${Fault} error=${status.error} retry=${status.reload} />` : html`<p class="muted">${t('loading')}</p>`}`;
  const checks = dailyChecks(told, office.value, status.skewS);
  const urgent = checks.filter((check) => check.level === 'wrong').length, open = checks.filter((check) => check.level === 'wait').length;
  const mood = urgent > 0 ? 'wrong' : open > 0 ? 'wait' : 'good';
  return html`
    <h1>${t('section.status')}</h1>
    <p class="muted">${t('status.line', { version: told.version, started: dayAndClock(told.started), up: ageWords((Date.parse(told.now) - Date.parse(told.started)) / 1000), clock: clock(told.now) })}</p>
    <${Fault} error=${status.error} retry=${status.reload} /><${Paused} paused=${status.paused} />
    <p class=${`note ${mood} verdict`} role="status"><b>${urgent > 0 ? t('status.urgent', { count: urgent }) : open > 0 ? t('status.open', { count: open }) : t('status.well')}</b></p>
    <${Figures} told=${told} />
    ${told.log.state === 'reading' && html`<p><label>${t('check.log')} <progress max="100" value=${told.log.percent}></progress> ${told.log.percent} %</label></p>`}
    <h2>${t('status.checks')}</h2>
    <${Checks} checks=${[...checks].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))} />`;
}

const order = ['wrong', 'wait', 'good'];

/** @param {{told: any}} properties */
function Figures({ told }) {
  const figures = [
    ['scans', told.scans.today, told.scans.last ? t('figure.last_scan', { at: dayAndClock(told.scans.last) }) : t('figure.no_scan')],
    ['people', told.people, t('figure.registrations', { count: told.registrations.toLocaleString('en-US') })],
    ['sites', told.sites.open, told.sites.closed > 0 ? t('figure.closed', { count: told.sites.closed }) : ''],
    ['divisions', told.divisions, ''],
    ['operators', told.operators, ''],
  ];
  return html`<dl class="figures">${figures.map(([key, value, more]) => html`<div><dt>${t(`figure.${key}`)}</dt><dd><b>${Number(value).toLocaleString('en-US')}</b> <span class="muted">${more}</span></dd></div>`)}</dl>`;
}
