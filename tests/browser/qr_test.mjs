// SPDX-License-Identifier: Apache-2.0
// Codes that pages draw, read by another decoder: jsQR, as it comes from npm, on the pixels that the browser made.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { newPhone, startBrowser, startTown } from './support.mjs';

let town, browser, page, context;
before(async () => {
  [town, browser] = await Promise.all([startTown(), startBrowser()]);
  ({ context, page } = await newPhone(browser));
  await page.goto(`${town.url}/me`);
  const assets = new URL('../', await page.locator('script[type=module]').getAttribute('src').then((src) => new URL(src, town.url))).pathname;
  await page.addScriptTag({ url: `${assets}vendor/jsqr.js` });
  await page.evaluate(async (from) => { globalThis.qr = await import(`${from}common/qr.js`); }, assets);
});
after(async () => { await context?.close(); await browser?.close(); await town?.close(); });

/** What jsQR reads of each text. */
const readBack = (texts, level) => page.evaluate(([all, how]) => all.map((text) => {
  const canvas = globalThis.qr.qrCanvas(text, { level: how, pixels: 4 });
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return globalThis.jsQR(data, canvas.width, canvas.height)?.data ?? null;
}), [texts, level]);

for (const level of ['L', 'M', 'Q']) {
  test(`texts of every length that fits are read back, level ${level}`, async () => {
    const most = { L: 271, M: 213, Q: 151 }[level];
    const texts = Array.from({ length: most }, (_, length) => Array.from({ length: length + 1 }, (__, at) => String.fromCharCode(33 + ((at * 7 + length * 13) % 90))).join(''));
    assert.deepEqual(await readBack(texts, level), texts);
    await assert.rejects(readBack(['x'.repeat(most + 1)], level), /too long/);
  });
}

test('a code with Chinese in it, and one that stands on the page as a picture that scales', async () => {
  assert.deepEqual(await readBack(['查验 · 东内堡村口'], 'M'), ['查验 · 东内堡村口']);
  const code = `https://fangyi.example.gov.cn/s/${town.codes.G1.in}/482913`;
  const read = await page.evaluate(async (text) => {
    const svg = globalThis.qr.qrSvg(text, { level: 'Q', label: '东内堡村口的动态场所码' });
    document.body.append(svg);
    const picture = new Image();
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 500;
    const brush = canvas.getContext('2d');
    brush.drawImage(picture, 0, 0, 500, 500);
    return globalThis.jsQR(brush.getImageData(0, 0, 500, 500).data, 500, 500)?.data;
  }, code);
  assert.equal(read, code);
  assert.equal(await page.getByRole('img', { name: '东内堡村口的动态场所码' }).count(), 1);
});
