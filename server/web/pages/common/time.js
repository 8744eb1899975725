// SPDX-License-Identifier: Apache-2.0
// Moments as the town's clocks show them, whatever the zone of this computer. The API speaks RFC 3339 in UTC.
import { language } from './texts.js';

let zone = 'Asia/Shanghai';
/** Making one takes longer than all that is asked of it. @type {Intl.DateTimeFormat | null} */
let format = null;

/** @param {string} name IANA */
export function setTimeZone(name) {
  zone = name;
  format = null;
}

/** @param {string | Date | number} moment @returns {Record<string, string>} year month day hour minute second, as digits */
function partsOf(moment) {
  format ??= new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
  });
  return Object.fromEntries(format.formatToParts(new Date(moment)).map((part) => [part.type, part.value]));
}

/** "07:42:16", or "07:42" without seconds. @param {string | Date | number} moment */
export function clock(moment, seconds = true) {
  const part = partsOf(moment);
  return `${part.hour}:${part.minute}${seconds ? `:${part.second}` : ''}`;
}

/** "2026-11-23". @param {string | Date | number} moment */
export function date(moment) {
  const part = partsOf(moment);
  return `${part.year}-${part.month}-${part.day}`;
}

/** "11-23 07:42", with the year where it is another than today's. @param {string | Date | number} moment */
export function dayAndClock(moment) {
  const part = partsOf(moment);
  return `${part.year === partsOf(Date.now()).year ? '' : `${part.year}-`}${part.month}-${part.day} ${part.hour}:${part.minute}`;
}

/** Of a local day and time of day ("2026-11-23", "07:42" or "07:42:16"), the moment as the API wants it. @param {string} day */
export function moment(day, time = '00:00') {
  const wanted = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}Z`);
  // The zone's offset is the same an hour away, but for the nights when clocks change: asked again at what the first guess gives.
  let at = wanted - offsetAt(wanted);
  at = wanted - offsetAt(at);
  return new Date(at).toISOString().replace('.000Z', 'Z');
}

/** Milliseconds that local clocks are ahead of UTC. @param {number} at */
function offsetAt(at) {
  const part = partsOf(at);
  return Date.parse(`${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}Z`) - Math.floor(at / 1000) * 1000;
}

/** "1 小时 12 分", "1 h 12 min"; below a minute in seconds. @param {number} seconds */
export function duration(seconds) {
  const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
  const [h, m, s] = language === 'zh' ? [' 小时', ' 分', ' 秒'] : [' h', ' min', ' s'];
  if (seconds < 60) return `${Math.round(seconds)}${s}`;
  return [hours ? `${hours}${h}` : '', minutes || !hours ? `${minutes}${m}` : ''].filter(Boolean).join(' ');
}
