// SPDX-License-Identifier: Apache-2.0
// The personal code: a picture that a guard scans where there is no phone or no net. It opens nothing.
import { call, el, masked, put, t } from './page.js';

const drawing = '../common/qr.js';   // only where there is a card

/**
 * @typedef {{name: string, card: string}} Holder
 * @param {Holder} holder @param {HTMLCanvasElement} code
 * @returns {HTMLCanvasElement} the code with whose it is and what it is for
 */
function draw(holder, code) {
  const canvas = document.createElement('canvas'), width = 720, side = 600, top = 150;
  canvas.width = width;
  canvas.height = 930;
  const brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  brush.fillStyle = '#fff';
  brush.fillRect(0, 0, width, canvas.height);
  brush.fillStyle = '#0b5394';
  brush.fillRect(0, 0, width, 120);
  brush.textAlign = 'center';
  const write = (/** @type {string} */ words, /** @type {number} */ y, /** @type {number} */ size, /** @type {string} */ colour) => {
    brush.fillStyle = colour;
    brush.font = '700 ' + size + 'px -apple-system, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
    brush.fillText(words, width / 2, y, width - 40);
  };
  write(t('card.title', { name: masked(holder.name) }), 78, 50, '#fff');
  brush.imageSmoothingEnabled = false;
  brush.drawImage(code, (width - side) / 2, top, side, side);
  write(t('card.show'), 810, 34, '#14202b');
  write(t('card.only'), 860, 28, '#4a5a68');
  write(holder.card, 905, 26, '#4a5a68');
  return canvas;
}

/**
 * The section of cards, of whoever holds the phone and of each dependant. Nothing where the service knows no cards.
 * @param {{registration: {name: string}, dependants: {id: string, name: string}[]}} me
 * @returns {Promise<HTMLElement | null>}
 */
export async function cards(me) {
  let told, codes;
  try {
    [told, codes] = await Promise.all([call('GET', '/api/v1/me/card'), import(drawing)]);
  } catch (error) {
    return null;
  }
  /** @type {Holder[]} */
  const holders = [{ name: me.registration.name, card: told.card }];
  for (const one of told.dependants) {
    const dependant = me.dependants.filter((each) => each.id === one.id)[0];
    if (dependant) holders.push({ name: dependant.name, card: one.card });
  }
  const shown = el('div', { class: 'card' });
  const turn = (/** @type {number} */ index) => {
    const holder = holders[index], address = draw(holder, codes.qrCanvas(holder.card, { level: 'M', pixels: 16 })).toDataURL('image/png');
    put(shown, el('img', { src: address, alt: t('card.alt', { name: masked(holder.name) }) }),
      el('p', { class: 'muted no-print' }, t('card.hold')),
      el('p', { class: 'no-print' }, el('a', { class: 'button', href: address, download: t('card.file') + '.png' }, t('card.save'))),
      el('p', { class: 'no-print' }, el('button', { type: 'button', onclick: () => window.print() }, t('card.print'))));
  };
  const choice = el('select', { id: 'whose', onchange: () => turn(Number(/** @type {HTMLSelectElement} */ (choice).value)) },
    ...holders.map((holder, index) => el('option', { value: String(index) }, holder.name)));
  turn(0);
  return el('section', { id: 'card' }, el('h2', null, t('card.heading')), el('p', { class: 'no-print' }, t('card.lead')),
    holders.length > 1 && el('div', { class: 'field no-print' }, el('label', { for: 'whose' }, t('card.whose')), choice), shown);
}
