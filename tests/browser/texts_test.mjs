// SPDX-License-Identifier: Apache-2.0
// Every text is there in both languages, and every key that a page asks for has one.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const pages = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../server/web/pages');
const folders = readdirSync(pages, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'node_modules').map((entry) => entry.name);
const read = (folder, language) => JSON.parse(readFileSync(path.join(pages, folder, `texts.${language}.json`), 'utf8'));
const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

for (const folder of folders) {
  test(`${folder}: the same keys and the same values to fill in, in both languages`, () => {
    const zh = read(folder, 'zh'), en = read(folder, 'en');
    assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
    for (const key of Object.keys(zh)) {
      assert.ok(zh[key].trim() && en[key].trim(), key);
      assert.deepEqual(holes(zh[key]), holes(en[key]), key);
    }
  });

  test(`${folder}: every key that its modules name has a text`, () => {
    const modules = readdirSync(path.join(pages, folder)).filter((name) => name.endsWith('.js')).map((file) => [file, readFileSync(path.join(pages, folder, file), 'utf8')]);
    const loaded = modules.flatMap(([, source]) => [...source.matchAll(/\bloadTexts\(([^)]+)\)/g)].flatMap(([, names]) => [...names.matchAll(/'(\w+)'/g)].map(([, name]) => name)));
    const known = new Set(['common', folder, ...loaded].flatMap((name) => Object.keys(read(name, 'zh'))));
    let named = 0;
    for (const [file, source] of modules) {
      for (const [, key] of source.matchAll(/\bt\('([^']+)'/g)) {
        named += 1;
        assert.ok(known.has(key), `${file}: ${key}`);
      }
    }
    assert.ok(named > 0);
  });
}
