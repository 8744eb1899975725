// SPDX-License-Identifier: Apache-2.0
// A table of any length: only what is seen is in the document, one row is the active one, and the keyboard reaches all of them.
import { html, useEffect, useLayoutEffect, useRef, useState } from '../common/html.js';
import { useId } from './parts.js';

const spare = 10;   // rows drawn beyond each edge

/** @typedef {{key: string, title: string, class?: string}} Column */

/**
 * @param {{
 *   label: string, columns: Column[], rows: any[], rowHeight: number, template: string,
 *   draw: (row: any, index: number) => any, keyOf: (row: any) => string, isHeading?: (row: any) => boolean, classOf?: (row: any) => string,
 * onOpen?: (row: any) => void, onKey?: (event: KeyboardEvent, row: any) => boolean | void, expandedOf?: (row: any) => boolean | undefined, hidesHead?: boolean,
 *   minWidth?: number,
 * }} wanted
 *   template: of the grid's columns; `draw` gives the cells, each an element with role gridcell, of a heading one that spans all;
 *   onKey: says true where it knew the key; minWidth: px below which it scrolls sideways
 */
export function Table({ label, columns, rows, rowHeight, template, draw, keyOf, isHeading = () => false, classOf = () => '', onOpen, onKey, expandedOf,
  hidesHead = false, minWidth = 0 }) {
  const scroller = useRef(/** @type {HTMLElement | null} */ (null));
  const id = useId('table');
  const [view, setView] = useState({ first: 0, last: 60 });
  const [active, setActive] = useState(-1);
  const from = (/** @type {number} */ index) => { let at = index; while (at < rows.length && isHeading(rows[at])) at += 1; return at; };
  const current = Math.min(active < 0 ? from(0) : active, rows.length - 1);

  const measure = () => {
    const box = scroller.current;
    if (!box) return;
    const head = hidesHead ? 0 : rowHeight;
    const first = Math.max(0, Math.floor(box.scrollTop / rowHeight) - spare);
    const last = Math.ceil((box.scrollTop + box.clientHeight - head) / rowHeight) + spare;
    setView((was) => (was.first === first && was.last === last ? was : { first, last }));
  };
  useLayoutEffect(() => {
    const box = /** @type {HTMLElement} */ (scroller.current);
    const watcher = new ResizeObserver(measure);
    watcher.observe(box);
    // Whoever searched goes on with the keyboard.
    if (document.activeElement === document.body || !document.activeElement) box.focus({ preventScroll: true });
    return () => watcher.disconnect();
  }, []);
  useEffect(measure, [rows, rowHeight]);

  const reveal = (/** @type {number} */ index) => {
    const box = /** @type {HTMLElement} */ (scroller.current);
    const head = hidesHead ? 0 : rowHeight;
    const top = index * rowHeight;
    if (top < box.scrollTop) box.scrollTop = index > 0 && isHeading(rows[index - 1]) ? top - rowHeight : top;
    else if (top + rowHeight > box.scrollTop + box.clientHeight - head) box.scrollTop = top + rowHeight - box.clientHeight + head;
    measure();
  };
  const move = (/** @type {number} */ by) => {
    const step = by > 0 ? 1 : -1;
    let at = Math.max(0, Math.min(rows.length - 1, current + by));
    while (rows[at] && isHeading(rows[at])) at += step;
    if (!rows[at]) { at = Math.max(0, Math.min(rows.length - 1, current + by)); while (rows[at] && isHeading(rows[at])) at -= step; }
    if (!rows[at]) return;
    setActive(at);
    reveal(at);
  };
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== scroller.current) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / rowHeight) - 2);
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -rows.length, End: rows.length };
    const row = rows[current];
    if (event.key in steps) move(steps[event.key]);
    else if (event.key === 'Enter' && onOpen && row) onOpen(row);
    else if (!row || !onKey || !onKey(event, row)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const drawn = [];
  const end = Math.min(rows.length, view.last);
  for (let index = Math.min(view.first, Math.max(0, rows.length - 1)); index < end; index += 1) {
    const row = rows[index];
    const heading = isHeading(row);
    const expanded = expandedOf?.(row);
    drawn.push(html`<div role="row" key=${keyOf(row)} id=${`${id}-${index}`} aria-rowindex=${index + (hidesHead ? 1 : 2)} aria-selected=${heading ? undefined
      : index === current ? 'true' : 'false'}
      aria-expanded=${expanded === undefined ? undefined : String(expanded)} class=${`row${heading ? ' heading' : ''}${index === current && !heading ? ' active'
        : ''} ${classOf(row)}`}
      style=${{ top: `${index * rowHeight}px`, height: `${rowHeight}px`, gridTemplateColumns: heading ? '1fr' : template }}
      onClick=${heading ? undefined : () => setActive(index)} onDblClick=${heading || !onOpen ? undefined : () => onOpen(row)}>${draw(row, index)}</div>`);
  }
  return html`<div class="table" ref=${scroller} role=${expandedOf ? 'treegrid' : 'grid'} tabindex="0" aria-label=${label}
    aria-rowcount=${rows.length + (hidesHead ? 0 : 1)} aria-colcount=${columns.length}
    aria-activedescendant=${current >= view.first && current < end && rows.length ? `${id}-${current}` : undefined} onScroll=${measure} onKeyDown=${pressed}>
    ${hidesHead ? null : html`<div role="rowgroup" class="head" style=${{ minWidth: `${minWidth}px` }}><div role="row" aria-rowindex="1" class="row"
      style=${{ height: `${rowHeight}px`, gridTemplateColumns: template }}>
      ${columns.map((column) => html`<div role="columnheader" class=${column.class ?? ''}>${column.key === 'pick' ? html`<span class="only-read">${column.title}
        </span>` : column.title}</div>`)}</div></div>`}
    <div role="rowgroup" class="body" style=${{ height: `${rows.length * rowHeight}px`, minWidth: `${minWidth}px` }}>${drawn}</div></div>`;
}

/** Whether the window is too narrow for columns. */
export function useNarrow() {
  const query = matchMedia('(max-width: 860px)');
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const changed = () => setNarrow(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return narrow;
}
