// SPDX-License-Identifier: Apache-2.0
// What is well and what is not, each with what to do about it: from what the service tells of itself.
import { html } from '../common/html.js';
import { t } from '../common/texts.js';
import { date, dayAndClock, duration } from '../common/time.js';
import { Copyable } from './state.js';

/** @typedef {{key: string, level: 'good' | 'wait' | 'wrong', text: string, fix?: string, command?: string}} Check */

const day_ms = 86_400_000;
const certificate_days_min = 30;
const skew_s_max = 5;

/** @param {string} host a name or an address */
export function isLocal(host) {
  return host === 'localhost' || host.endsWith('.localhost') || /^127\./.test(host) || host === '[::1]';
}

/** @param {string} host */
function isPrivate(host) {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[f[cd])/.test(host) || !host.includes('.') || /\.(local|lan|internal)$/.test(host);
}

/** @param {string} name of a certificate @param {string} host */
function fits(name, host) {
  const bare = host.replace(/^\[|\]$/g, '');
  return name.toLowerCase() === bare.toLowerCase() || (name.startsWith('*.') && bare.slice(bare.indexOf('.')).toLowerCase() === name.slice(1).toLowerCase());
}

/** @param {any} status @returns {Check} */
function addressCheck({ address }) {
  const host = new URL(address).hostname;
  if (isLocal(host)) return { key: 'address', level: 'wrong', text: t('check.address.local', { address }), fix: t('check.address.fix'), command: '[server]\nlisten = "0.0.0.0"\nhosts = ["chayan.example.gov.cn"]\nbase_url = "https://chayan.example.gov.cn"' };
  if (isPrivate(host)) return { key: 'address', level: 'wait', text: t('check.address.private', { address }), fix: t('check.address.private_fix') };
  return { key: 'address', level: 'good', text: t('check.address.good', { address }) };
}

/** @param {any} status @returns {Check} */
function certificateCheck({ address, certificate, now }) {
  const fix = t('check.certificate.fix'), command = 'KEYS/tls-certificate.pem\nKEYS/tls-key.pem';
  if (!certificate) return { key: 'certificate', level: 'wrong', text: t('check.certificate.missing'), fix, command };
  const days = Math.floor((Date.parse(certificate.not_after) - Date.parse(now)) / day_ms), until = date(certificate.not_after), host = new URL(address).hostname;
  if (days < 0) return { key: 'certificate', level: 'wrong', text: t('check.certificate.over', { until }), fix, command };
  if (certificate.self_signed) return { key: 'certificate', level: 'wait', text: t('check.certificate.self_signed', { until }), fix, command };
  if (!certificate.names.some((/** @type {string} */ name) => fits(name, host))) return { key: 'certificate', level: 'wrong', text: t('check.certificate.other_name', { host, names: certificate.names.join(' ') }), fix, command };
  if (days < certificate_days_min) return { key: 'certificate', level: 'wait', text: t('check.certificate.soon', { until, days }), fix, command };
  return { key: 'certificate', level: 'good', text: t('check.certificate.good', { until, days }) };
}

/** @param {any} status @param {any} office @returns {Check} */
function filingCheck({ address }, office) {
  const host = new URL(address).hostname;
  if (office?.filing) return { key: 'filing', level: 'good', text: t('check.filing.good', { filing: office.filing }) };
  if (isLocal(host) || isPrivate(host)) return { key: 'filing', level: 'good', text: t('check.filing.private') };
  return { key: 'filing', level: 'wait', text: t('check.filing.missing', { host }), fix: t('check.filing.fix') };
}

/** @param {any} status @param {number} skewS @returns {Check} */
function clockCheck({ clock_synchronised: synchronised }, skewS) {
  const fix = t('check.clock.fix'), command = 'timedatectl set-ntp true';
  if (Math.abs(skewS) > skew_s_max) return { key: 'clock', level: 'wait', text: t(skewS > 0 ? 'check.clock.behind' : 'check.clock.ahead', { skew: ageWords(Math.abs(skewS)) }), fix, command };
  if (synchronised === false) return { key: 'clock', level: 'wait', text: t('check.clock.alone'), fix, command };
  return { key: 'clock', level: 'good', text: t('check.clock.good') };
}

/** @param {any} status @returns {Check} */
function postersCheck({ prints_posters: prints }) {
  return prints ? { key: 'posters', level: 'good', text: t('check.posters.good') }
    : { key: 'posters', level: 'wrong', text: t('check.posters.missing'), fix: t('check.posters.fix'), command: 'build/release/qrgen' };
}

/** "12.3 GB" @param {number} bytes */
export function size(bytes) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes, unit = 0;
  while (value >= 1_000 && unit < units.length - 1) [value, unit] = [value / 1_000, unit + 1];
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** @param {any} status @returns {Check} */
function diskCheck({ disk, queue }) {
  const values = { free: size(disk.free), total: size(disk.total) };
  if (queue.full) return { key: 'disk', level: 'wrong', text: t('check.disk.full'), fix: t('check.disk.fix') };
  if (disk.free < 10 ** 9) return { key: 'disk', level: 'wrong', text: t('check.disk.little', values), fix: t('check.disk.fix') };
  if (disk.free < 5 * 10 ** 9 || disk.free < disk.total / 20) return { key: 'disk', level: 'wait', text: t('check.disk.little', values), fix: t('check.disk.fix') };
  return { key: 'disk', level: 'good', text: t('check.disk.good', values) };
}

/** "3 天" or "5 时 12 分" @param {number} seconds */
export function ageWords(seconds) {
  return seconds >= 172_800 ? t('days', { count: Math.floor(seconds / 86_400) }) : duration(Math.max(0, seconds));
}

/** @param {any} status @returns {Check} */
function backupCheck({ backup, now, scans, registrations }) {
  const fix = t('check.backup.fix'), command = '[backup]\nfolder = "/var/backups/chayan"';
  if (!backup) return { key: 'backup', level: scans.last || registrations > 0 ? 'wrong' : 'wait', text: t('check.backup.never'), fix, command };
  const age = Date.parse(now) - Date.parse(backup), values = { at: dayAndClock(backup), age: ageWords(age / 1000) };
  if (age > day_ms) return { key: 'backup', level: 'wrong', text: t('check.backup.old', values), fix, command };
  return { key: 'backup', level: 'good', text: t('check.backup.good', values) };
}

/** @param {any} status @returns {Check} */
function logCheck({ log }) {
  if (log.state === 'damaged') return { key: 'log', level: 'wrong', text: t('check.log.damaged'), fix: t('check.log.fix'), command: 'chayan check --data DIR' };
  if (log.state === 'reading') return { key: 'log', level: 'wait', text: t('check.log.reading', { percent: log.percent }) };
  return { key: 'log', level: 'good', text: t('check.log.good') };
}

/** @param {any} status @returns {Check} */
function queueCheck({ queue }) {
  return queue.waiting > 8_000 ? { key: 'queue', level: 'wait', text: t('check.queue.long', { waiting: queue.waiting }) } : { key: 'queue', level: 'good', text: t('check.queue.good', { waiting: queue.waiting }) };
}

/** @param {any} status @returns {Check} */
function auditCheck({ audit }) {
  if (!audit.checkpoint) return { key: 'audit', level: 'wait', text: t('check.audit.none', { lines: audit.lines }) };
  return { key: 'audit', level: 'good', text: t('check.audit.good', { lines: audit.lines, seq: audit.checkpoint.seq, at: dayAndClock(audit.checkpoint.at) }) };
}

/** What has to be right before phones scan. @param {any} status @param {any} office @param {number} skewS @returns {Check[]} */
export function firstChecks(status, office, skewS) {
  return [addressCheck(status), certificateCheck(status), filingCheck(status, office), clockCheck(status, skewS), postersCheck(status), diskCheck(status), backupCheck(status)];
}

/** What whoever answers for the service looks at in the morning. @param {any} status @param {any} office @param {number} skewS @returns {Check[]} */
export function dailyChecks(status, office, skewS) {
  return [logCheck(status), queueCheck(status), diskCheck(status), backupCheck(status), certificateCheck(status), addressCheck(status), filingCheck(status, office), clockCheck(status, skewS), postersCheck(status), auditCheck(status)];
}

const marks = { good: '✓', wait: '!', wrong: '✕' };

/** @param {{checks: Check[]}} properties */
export function Checks({ checks }) {
  return html`<ul class="checks">${checks.map((check) => html`
    <li class=${check.level} key=${check.key}>
      <span class="mark" aria-hidden="true">${marks[check.level]}</span>
      <div><b>${t(`check.${check.key}`)}</b> <span class=${`tag ${check.level}`}>${t(`level.${check.level}`)}</span>
        <p>${check.text}</p>
        ${check.level !== 'good' && check.fix && html`<details open=${check.level === 'wrong'}><summary>${t('check.what_to_do')}</summary><p>${check.fix}</p>${check.command && html`<${Copyable} text=${check.command} />`}</details>`}
      </div>
    </li>`)}</ul>`;
}
