// SPDX-License-Identifier: Apache-2.0
// ECharts, fetched when the first chart is opened.
import { html, useEffect, useRef, useState } from '../common/html.js';
import { Busy, Fault } from './parts.js';

/** @param {{option: any, label: string, height: number, onClick?: (event: any) => void}} of */
export function Chart({ option, label, height, onClick }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const chart = useRef(/** @type {any} */ (null));
  const clicked = useRef(onClick);
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  const [isDrawn, setDrawn] = useState(false);
  clicked.current = onClick;
  useEffect(() => {
    let isWanted = true;
    const watcher = new ResizeObserver(() => chart.current?.resize());
    import('../vendor/echarts.js').then(({ init }) => {
      if (!isWanted || !place.current) return;
      chart.current = init(place.current, null, { renderer: 'canvas' });
      chart.current.on('click', (/** @type {any} */ event) => clicked.current?.(event));
      chart.current.setOption(option);
      watcher.observe(place.current);
      setDrawn(true);
    }, setError);
    return () => { isWanted = false; watcher.disconnect(); chart.current?.dispose(); chart.current = null; };
  }, []);
  useEffect(() => { chart.current?.setOption(option, { notMerge: true }); }, [option]);
  return html`<${Fault} error=${error} />${isDrawn ? null : html`<${Busy} />`}<div class="chart" ref=${place} role="img" aria-label=${label}
    data-drawn=${isDrawn ? 'yes' : undefined} style=${{ height: `${height}px` }}></div>`;
}

/** A colour of the design by its name in the sheet. @param {string} name */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
