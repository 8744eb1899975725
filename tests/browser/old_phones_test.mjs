// SPDX-License-Identifier: Apache-2.0
// Residents' pages run on phones of 2018 (Chrome 67, Safari 12): their scripts keep to what those know.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const typescript = createRequire(path.join(process.env.CHAYAN_NODE_MODULES, 'here.js'))('typescript');
const web = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../server/web');
const own = path.join(web, 'pages/me');

/** Every module that "my record" loads, by its imports. */
function modules(file, found = new Set()) {
  if (found.has(file) || !existsSync(file)) return found;
  found.add(file);
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:from|import|drawing =) '(\.[^']+)'/g)) modules(path.join(path.dirname(file), name), found);
  return found;
}
const scripts = [path.join(web, 'script.js'), ...readdirSync(own).filter((name) => name.endsWith('.js')).flatMap((name) => [...modules(path.join(own, name))])];

const written = (source, target) => typescript.transpileModule(source, { compilerOptions: { target, module: 'es2022', removeComments: true } }).outputText;

/** What came later than Chrome 67 or Safari 12, by name. */
const later = /\.(replaceChildren|replaceAll|flat|flatMap|fromEntries|allSettled|matchAll|at|toggleAttribute|closest\?|showModal|randomUUID|arrayBuffer|toSorted|findLast)\(|\b(structuredClone|queueMicrotask|globalThis|AbortSignal\.timeout|ResizeObserver)\b|\.submitter\b/;

for (const file of new Set(scripts)) {
  test(`${path.relative(web, file)} keeps to the language of 2017 and to what browsers of 2018 have`, () => {
    const source = readFileSync(file, 'utf8');
    // What the compiler need not rewrite for ES2017 is ES2017. import.meta is a part of modules there, and stays.
    assert.equal(written(source, typescript.ScriptTarget.ES2017), written(source, typescript.ScriptTarget.ESNext));
    const found = source.split('\n').flatMap((line, index) => (later.test(line) ? [`${index + 1}: ${line.trim()}`] : []));
    assert.deepEqual(found, []);
  });
}
