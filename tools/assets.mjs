// SPDX-License-Identifier: Apache-2.0
// Gathers the pages' files for the build: node tools/assets.mjs PAGES MODULES DOCS OUTPUT
//   PAGES    server/web/pages, whose folders hold what is served as /assets/SET/FOLDER/FILE
//   MODULES  the node_modules that npm filled by PAGES/package-lock.json
//   DOCS     what tools/api_page.py made, which is served by an address of its own
//   OUTPUT   gets each file, its brotli form, assets.S that embeds them, and assets.cpp with the table of server/api/assets.hpp
// SET is a digest over all names and bytes: an address never changes its content, so browsers may keep it for ever.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const [pages, modules, docs, output] = process.argv.slice(2);
const types = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json', '.svg': 'image/svg+xml', '.html': 'text/html; charset=utf-8', '.webmanifest': 'application/manifest+json' };

/** Single files of npm packages, by the name that our modules import. A module names another by path, for there is no bundler to look it up. */
const vendor = {
  'vendor/preact.js': 'preact/dist/preact.mjs',
  'vendor/hooks.js': 'preact/hooks/dist/hooks.mjs',
  'vendor/htm.js': 'htm/dist/htm.mjs',
  'vendor/echarts.js': 'echarts/dist/echarts.esm.min.mjs',
  'vendor/jsqr.js': 'jsqr/dist/jsQR.js',
};

const files = new Map();
for (const folder of readdirSync(pages, { withFileTypes: true })) {
  if (!folder.isDirectory() || folder.name === 'node_modules') continue;
  for (const file of readdirSync(path.join(pages, folder.name))) {
    if (!types[path.extname(file)]) throw new Error(`${folder.name}/${file}: no media type is known for it`);
    files.set(`${folder.name}/${file}`, readFileSync(path.join(pages, folder.name, file)));
  }
}
for (const file of readdirSync(docs)) files.set(`docs/${file}`, readFileSync(path.join(docs, file)));
for (const [name, source] of Object.entries(vendor)) {
  const text = readFileSync(path.join(modules, source), 'utf8');
  files.set(name, Buffer.from(text.replace(/from"preact"/g, 'from"./preact.js"').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')));
}

const names = [...files.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
const digest = createHash('sha256');
for (const name of names) digest.update(`${name}\0${files.get(name).length}\0`).update(files.get(name));
const set = digest.digest('hex').slice(0, 16);

rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
const assembly = ['.section .rodata'], declarations = [], rows = [];
names.forEach((name, index) => {
  const plain = files.get(name);
  const packed = zlib.brotliCompressSync(plain, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: plain.length } });
  const forms = [['plain', plain], ['brotli', packed.length < plain.length ? packed : Buffer.alloc(0)]];
  const views = forms.map(([form, bytes]) => {
    const symbol = `chayan_asset_${index}_${form}`;
    writeFileSync(path.join(output, symbol), bytes);
    assembly.push(`.global ${symbol}`, `${symbol}:`, `.incbin "${symbol}"`);
    declarations.push(`extern "C" const char ${symbol}[];`);
    return `{${symbol}, ${bytes.length}}`;
  });
  rows.push(`    {"${name}", "${types[path.extname(name)]}", ${views.join(', ')}},`);
});
assembly.push('.section .note.GNU-stack,"",%progbits', '');
writeFileSync(path.join(output, 'assets.S'), assembly.join('\n'));
writeFileSync(path.join(output, 'assets.cpp'), `#include "api/assets.hpp"
${declarations.join('\n')}
namespace chayan::api {
const std::string_view asset_set = "${set}";
const Asset asset_rows[] = {
${rows.join('\n')}
};
const std::size_t asset_count = ${names.length};
}  // namespace chayan::api
`);
