// SPDX-License-Identifier: Apache-2.0
// A list of any length of which only what is seen is in the document. All rows are of one height.
import { el, fill } from './dom.js';

/**
 * @param {HTMLElement} scroller scrolls, and has a height of its own
 * @param {{rowHeight: number, draw: (index: number) => HTMLElement, count?: number, role?: string}} wanted
 *   rowHeight in px; `draw` makes the row, which gets aria-rowindex or aria-posinset here
 */
export function virtualRows(scroller, { rowHeight, draw, count = 0, role = 'list' }) {
  const room = el('div', { class: 'virtual', role });
  scroller.append(room);
  let from = -1, to = -1, total = count;
  const show = (always = false) => {
    const first = Math.max(0, Math.floor(scroller.scrollTop / rowHeight) - 8);
    const last = Math.min(total, Math.ceil((scroller.scrollTop + scroller.clientHeight) / rowHeight) + 8);
    if (!always && first === from && last === to) return;
    [from, to] = [first, last];
    const rows = [];
    for (let index = first; index < last; index += 1) {
      const row = draw(index);
      row.style.position = 'absolute';
      row.style.insetInline = '0';
      row.style.top = `${index * rowHeight}px`;
      row.style.height = `${rowHeight}px`;
      row.setAttribute(role === 'list' ? 'aria-posinset' : 'aria-rowindex', String(index + 1));
      if (role === 'list') row.setAttribute('aria-setsize', String(total));
      rows.push(row);
    }
    fill(room, ...rows);
  };
  room.style.position = 'relative';
  scroller.addEventListener('scroll', () => show(), { passive: true });
  new ResizeObserver(() => show()).observe(scroller);
  return {
    /** The list has `newCount` rows now, or its rows changed. @param {number} newCount */
    refresh(newCount) {
      total = newCount;
      room.style.height = `${total * rowHeight}px`;
      show(true);
    },
    /** @param {number} index */
    reveal(index) {
      const top = index * rowHeight;
      if (top < scroller.scrollTop) scroller.scrollTop = top;
      else if (top + rowHeight > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + rowHeight - scroller.clientHeight;
      show();
    },
  };
}
