// SPDX-License-Identifier: Apache-2.0
// What pages say, in the reader's language: each folder has texts.zh.json and texts.en.json with the same keys (tests/browser/texts_test.mjs).

/** The server chose by ?lang= or Accept-Language. @type {'zh' | 'en'} */
export const language = document.documentElement.lang.startsWith('en') ? 'en' : 'zh';

/** @type {Record<string, string>} */
const texts = {};

/**
 * Reads the texts of folders beside this one; a later folder's win.
 * @param {...string} folders
 */
export async function loadTexts(...folders) {
  const parts = await Promise.all(folders.map(async (folder) => {
    const answer = await fetch(new URL(`../${folder}/texts.${language}.json`, import.meta.url));
    if (!answer.ok) throw new Error(`texts of ${folder}: ${answer.status}`);
    return answer.json();
  }));
  Object.assign(texts, ...parts);
}

/**
 * The text of a key, with {name} filled in. A key that is not there shows as itself, and the test of texts finds it.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return (key in texts ? texts[key] : key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The address of this page in the other language. */
export function otherLanguage() {
  const url = new URL(location.href);
  url.searchParams.set('lang', language === 'zh' ? 'en' : 'zh');
  return url.pathname + url.search + url.hash;
}
