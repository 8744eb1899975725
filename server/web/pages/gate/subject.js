// SPDX-License-Identifier: Apache-2.0
// What a guard typed or a hand scanner read, and whom it names. The server has the last word; this only tells at once what can't be right.

/**
 * @typedef {{kind: 'card' | 'credential' | 'document' | 'phone' | 'initials' | 'name' | 'poster' | 'partial' | 'empty', value: string, fault?: string, missing?: number}} Reading
 *   fault: a key of the texts
 */

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Half width, no spaces. @param {string} text */
export const plain = (text) => text.normalize('NFKC').replace(/[\s\u200b-]/g, '');

/** @param {string} number 18 characters */
export function checkIdNumber(number) {
  const sum = weights.reduce((all, weight, at) => all + weight * Number(number[at]), 0);
  return '10X98765432'[sum % 11] === number[17];
}

/**
 * @param {string} text
 * @returns {Reading}
 */
export function readSubject(text) {
  const value = plain(text);
  if (!value) return { kind: 'empty', value };
  const code = /^(?:[a-z]{0,6}|.*\/)(k[12][0-9a-z]{34})$/i.exec(value);   // a scanner may find letters in the line
  if (code) return { kind: 'card', value: code[1].toLowerCase() };
  if (/^c1[0-9a-z]{34}$/i.test(value)) return { kind: 'credential', value: value.toLowerCase() };
  if (/\/s\/[0-9a-z]{16}/i.test(value)) return { kind: 'poster', value, fault: 'read.poster' };
  const upper = value.toUpperCase().replace(/^(\+|00)86(?=1)/, '');
  if (/^1\d{10}$/.test(upper)) return { kind: 'phone', value: upper };
  if (/^\d{17}[\dX]$/.test(upper)) return checkIdNumber(upper) ? { kind: 'document', value: upper } : { kind: 'partial', value: upper, fault: 'read.checksum' };
  if (/^\d+X?$/.test(upper)) {   // 15 digits too: cards of that length ended in 2013, and somebody else's name is soon found for a number that is cut short
    if (upper.length > 18) return { kind: 'partial', value: upper, fault: 'read.long' };
    if (upper.length < 11 && /^1[3-9]/.test(upper)) return { kind: 'partial', value: upper, fault: 'read.either_short', missing: 11 - upper.length };
    return { kind: 'partial', value: upper, fault: 'read.short', missing: 18 - upper.length };
  }
  if (/^[a-z]{1,6}$/i.test(value)) return { kind: 'initials', value: value.toLowerCase() };
  if (/^\p{L}[\p{L}\p{M}·.]*$/u.test(value) && !/^[\x00-\x7f]+$/.test(value)) return { kind: 'name', value: text.normalize('NFKC').trim() };
  return { kind: 'partial', value, fault: 'read.unknown' };
}

/** "36.5", "365", "36,5", "36。5" and "３６５" as 36.5; nothing when it is none. @param {string} text */
export function readTemperature(text) {
  const digits = text.normalize('NFKC').trim().replace(/[,，。]/, '.');
  const number = /^\d{3}$/.test(digits) ? Number(digits) / 10 : /^\d{2}(\.\d?)?$/.test(digits) ? Number(digits) : NaN;
  return number >= 34 && number <= 43 ? number : null;
}

/** What is refused for sure as a plate. @param {string} text */
export function readPlate(text) {
  const plate = text.normalize('NFKC').toUpperCase().replace(/[\s·-]/g, '');
  return { plate, isUsual: /^[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-HJ-NP-Z][A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]$/.test(plate) };
}

/** 130682********0017: as it may stand on a screen that others see. @param {string} number */
export const masked = (number) => (number.length > 8 ? `${number.slice(0, 3)}****${number.slice(-4)}` : number);
