// SPDX-License-Identifier: Apache-2.0
// What somebody typed into the one box: a document, a phone, a plate, a name, or a person's id. Pure.

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const provinces = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼';

/** Whether an ID number's last sign fits the others. @param {string} number */
export function fits(number) {
  const sum = weights.reduce((all, weight, at) => all + weight * Number(number[at]), 0);
  return '10X98765432'[sum % 11] === number[17].toUpperCase();
}

/** Full-width signs are those of a Chinese keyboard. @param {string} text */
const plain = (text) => text.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, ' ').trim();

export const kinds = ['id', 'passport', 'hkmo', 'tw', 'fpr', 'other', 'phone', 'plate', 'name', 'person'];

/**
 * @param {string} word
 * @returns {string} one of `kinds`
 */
function kindOf(word) {
  const upper = word.toUpperCase();
  const digits = word.replace(/[\s-]/g, '');
  if (/^9\d{17}$/.test(upper)) return 'fpr';               // the new card of foreigners
  if (/^\d{17}[\dX]$/.test(upper) || /^\d{15}$/.test(upper)) return 'id';
  if (/^[A-Z]{3}\d{12}$/.test(upper)) return 'fpr';
  if (/^(\+?86)?1\d{10}$/.test(digits) || /^0\d{9,11}$/.test(digits) || /^\+\d{6,15}$/.test(digits)) return 'phone';
  if (new RegExp(`^[${provinces}][A-Z][·.]?[A-Z0-9]{4,6}[A-Z0-9挂学警港澳]?$`).test(upper)) return 'plate';
  if (/^[HM]\d{8,10}$/.test(upper)) return 'hkmo';
  if (/^[A-Z]{1,2}\d{7,8}$/.test(upper)) return 'passport';
  if (/^\d{8}$/.test(upper)) return 'tw';
  if (/^[0-9a-hjkmnp-tv-z]{12}$/.test(word) && /\d/.test(word) && /[a-z]/.test(word)) return 'person';
  if (/\d/.test(upper) && /^[A-Z0-9]+$/.test(upper)) return 'other';
  return 'name';
}

/** @typedef {{kind: string, fault: '' | 'check' | 'digits', digits: number}} Word `check`: an ID number whose last sign is another; `digits`: it has as many as no number has */

/** Of digits alone, is there such a number? @param {string} word */
const isOddLength = (word) => /^\d{9,}[Xx]?$/.test(word) && (word.length > 18 || [16, 17].includes(word.length) || (word[0] === '1' && [10, 12].includes(word.length)));

/**
 * The members of POST /people/search for what was typed; several words are conditions together ("王秀英 14212345678"), but nobody has two numbers of one
 * kind: each of those is a search of its own, and the other words go with the first.
 * @param {string} text @param {string} [as] one of `kinds`, where the reader knows better
 * @returns {{searches: {text: string, body: Record<string, any>}[], words: Word[], person: string}}
 */
export function recognise(text, as = '') {
  const whole = plain(text);
  // "142 1000 0031" is one phone, "冀F 12345" one plate, "John Smith" one name.
  const compact = whole.replace(/[\s-]/g, '');
  const isNumber = /^\+?[\d]+[Xx]?$/.test(compact) && compact.length <= 18;
  const isOne = as || isNumber || kindOf(compact) === 'plate' || !/[\d\u2e80-\u9fff]/.test(whole);
  const words = (isOne ? [isNumber || kindOf(compact) === 'plate' ? compact : whole] : whole.split(/[\s,，;；、]+/)).filter(Boolean);
  const searches = [{ text: '', body: /** @type {Record<string, any>} */ ({}) }];
  let person = '';
  const told = words.map((word) => {
    const kind = as || kindOf(word);
    const member = kind === 'phone' || kind === 'plate' || kind === 'name' ? kind : 'document';
    const value = kind === 'phone' ? word.replace(/[\s-]/g, '') : kind === 'plate' ? word.toUpperCase().replace(/[·.]/g, '') : kind === 'name' ? word
      : { type: kind, number: word.toUpperCase() };
    const first = searches[0];
    if (kind === 'person') person = word;
    else if (kind === 'name' && first.body.name) first.body.name += ` ${word}`;
    else if (first.body[member]) searches.push({ text: word, body: { [member]: value } });
    else Object.assign(first, { text: first.text ? `${first.text} ${word}` : word, body: { ...first.body, [member]: value } });
    const fault = kind === 'id' && word.length === 18 && !fits(word) ? 'check' : kind === 'other' && isOddLength(word) ? 'digits' : '';
    return { kind, fault: /** @type {Word['fault']} */ (fault), digits: word.length };
  });
  return { searches, words: told, person };
}
