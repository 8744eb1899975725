// SPDX-License-Identifier: Apache-2.0
// Stays as bars, a lane for each person. Ends that nobody scanned are hatched, and say so.
import { html, useLayoutEffect, useRef, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { date, moment } from '../common/time.js';
import { useId } from './parts.js';

/** @typedef {{from: string, to: string, assumed: boolean, title: string}} Bar @typedef {{key: string, label: string, strong: boolean, bars: Bar[]}} Lane */

/** Local midnights in a window, thinned to what has room. @param {number} from @param {number} to @param {number} most */
function daysIn(from, to, most) {
  const days = [];
  for (let at = Date.parse(moment(date(from))); at < to; at = Date.parse(moment(date(at + 36 * 3600_000)))) if (at >= from) days.push(at);
  const step = Math.ceil(days.length / Math.max(1, most));
  return days.filter((_, index) => index % step === 0);
}

/** The width of an element as it changes. */
export function useWidth() {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const box = /** @type {HTMLElement} */ (place.current);
    const watcher = new ResizeObserver(() => setWidth(box.clientWidth));
    watcher.observe(box);
    setWidth(box.clientWidth);
    return () => watcher.disconnect();
  }, []);
  return /** @type {const} */ ([place, width]);
}

/** The window that a chart shows: what was asked, but no emptier than its bars. @param {Lane[]} lanes @param {string} from @param {string} to */
export function rangeOf(lanes, from, to) {
  const bars = lanes.flatMap((lane) => lane.bars);
  if (!bars.length) return { from, to };
  const first = bars.reduce((best, bar) => (bar.from < best ? bar.from : best), bars[0].from);
  const last = bars.reduce((best, bar) => (bar.to > best ? bar.to : best), bars[0].to);
  return { from: first < from ? first : moment(date(first)) > from ? moment(date(first)) : from, to: last > to ? last : to };
}

/** One lane's bars alone, for a row of a table. @param {{bars: Bar[], from: string, to: string, label: string, strong?: boolean}} of */
export function LaneBars({ bars, from, to, label, strong = false }) {
  const begin = Date.parse(from), length = Math.max(1, Date.parse(to) - begin);
  return html`<svg class="lane" viewBox="0 0 1000 14" preserveAspectRatio="none" role="img" aria-label=${label}>
    ${bars.map((bar) => { const x = (1000 * (Date.parse(bar.from) - begin)) / length, w = Math.max(3,
      (1000 * (Date.parse(bar.to) - Date.parse(bar.from))) / length);
    return html`<rect x=${x} y="1" width=${w} height="12" class=${`bar${bar.assumed ? ' assumed' : ''}${strong ? ' strong' : ''}`}><title>${bar.title}</title>
      </rect>`; })}</svg>`;
}

/** @param {{lanes: Lane[], from: string, to: string, label: string, hasKey?: boolean}} of */
export function Lanes({ lanes, from, to, label, hasKey = true }) {
  const [place, width] = useWidth();
  const hatch = useId('hatch');
  const left = Math.min(190, Math.round(width * 0.3)), right = 12, height = 24;
  const begin = Date.parse(from), end = Math.max(begin + 60_000, Date.parse(to));
  const x = (/** @type {number} */ at) => left + ((Math.max(begin, Math.min(end, at)) - begin) / (end - begin)) * Math.max(1, width - left - right);
  const days = daysIn(begin, end, Math.floor((width - left) / 70));
  const floor = lanes.length * height + 6;
  return html`<figure class="lanes" ref=${place}><svg width=${width} height=${floor + 20} role="img" aria-label=${label}>
    <defs><pattern id=${hatch} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8"
      class="hatch-ground" /><rect width="4" height="8" class="hatch-line" /></pattern></defs>
    ${days.map((day) => html`<g><line x1=${x(day)} x2=${x(day)} y1="0" y2=${floor} class="day" /><text x=${x(day)} y=${floor + 14} class="day-name">
      ${date(day).slice(5)}</text></g>`)}
    ${lanes.map((lane, at) => html`<g key=${lane.key}><text x="0" y=${at * height + 16} class=${lane.strong ? 'name strong' : 'name'}>${shorten(lane.label,
      left)}<title>${lane.label}</title></text>
      ${lane.bars.map((bar) => html`<rect x=${x(Date.parse(bar.from))} y=${at * height + 4} rx="3" height="15" width=${Math.max(3,
        x(Date.parse(bar.to)) - x(Date.parse(bar.from)))}
        class=${lane.strong ? 'bar strong' : 'bar'} style=${bar.assumed ? { fill: `url(#${hatch})` } : undefined}><title>${bar.title}</title></rect>`)}</g>`)}
  </svg>${hasKey ? html`<figcaption class="muted"><span class="key solid"></span>${t('lanes.scanned')} <span class="key hatched"></span>${t('lanes.assumed')}
    </figcaption>` : null}</figure>`;
}

/** As much of a label as has room, 14 px a Chinese character. @param {string} text @param {number} width */
function shorten(text, width) {
  let room = width - 8;
  for (let at = 0; at < text.length; at += 1) {
    room -= text.charCodeAt(at) > 0x2e80 ? 14 : 8;
    if (room < 0) return `${text.slice(0, Math.max(1, at - 1))}…`;
  }
  return text;
}

/** A visit as a bar. @param {{begin: string, end: string, ended_by: string, site: {name: string}}} visit @param {string} words */
export const barOf = (visit, words) => ({ from: visit.begin, to: visit.end, assumed: !['scanned', 'told'].includes(visit.ended_by), title: words });
