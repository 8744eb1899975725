// SPDX-License-Identifier: Apache-2.0
// First paint of the check-in page on a slow phone and a slow net, for tools/bench_page.py, which says what to open:
//   node tools/bench_page.mjs '{"chromium": PATH, "modules": FOLDER, "rounds": N, "key": FILE, "certificate": FILE, "pages": [{"name", "url", "cookie"?}]}'
// Beside each page stands a bare one of the same bytes: text and nothing else, from a server of a few lines. Rounds go in turns. Prints JSON.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import zlib from 'node:zlib';

const order = JSON.parse(process.argv[2]);
const { chromium } = createRequire(path.join(order.modules, 'here.js'))('playwright-core');

/** Round trip and rate by CDP, which counts no handshakes. */
const nets = { '100 ms, 4 Mbit/s': [100, 4e6], '300 ms, 0.7 Mbit/s': [300, 0.7e6] };

/** Text whose gzip has at least as many bytes. */
function bare(bytes) {
  let text = '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>.</title></head><body>';
  let state = 7, packed = Buffer.alloc(0);
  while (packed.length < bytes) {
    text += '<p>';
    for (let i = 0; i < 60; i += 1) text += String.fromCharCode(0x4e00 + ((state = (state * 1664525 + 1013904223) >>> 0) >>> 20));
    text += '</p>';
    packed = zlib.gzipSync(text);
  }
  return packed;
}

const texts = new Map();
const plain = https.createServer({ key: readFileSync(order.key), cert: readFileSync(order.certificate) }, (request, answer) => {
  answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Encoding': 'gzip', 'Cache-Control': 'no-store' }).end(texts.get(request.url));
});
await new Promise((resolve) => { plain.listen(0, '127.0.0.1', resolve); });

const browser = await chromium.launch({ executablePath: order.chromium, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });

async function firstPaint(url, cookie, [latency, rate]) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'zh-CN', viewport: { width: 360, height: 640 }, deviceScaleFactor: 2 });
  if (cookie) await context.addCookies([{ name: '__Host-chayan', value: cookie, url: new URL(url).origin, secure: true, httpOnly: true, sameSite: 'Lax' }]);
  const page = await context.newPage(), debug = await context.newCDPSession(page);
  await debug.send('Network.enable');
  await debug.send('Network.emulateNetworkConditions', { offline: false, latency, downloadThroughput: rate / 8, uploadThroughput: rate / 8 });
  await debug.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  let bytes = 0;
  debug.on('Network.loadingFinished', (event) => { bytes += event.encodedDataLength; });
  await page.goto(url, { waitUntil: 'load' });
  const seconds = await page.evaluate(() => new Promise((resolve) => {
    const look = () => {
      const paint = performance.getEntriesByName('first-contentful-paint')[0];
      if (paint) resolve(paint.startTime / 1000);
      else setTimeout(look, 20);
    };
    look();
  }));
  await context.close();
  return { seconds, bytes };
}

const measured = {};
try {
  for (const { name, url, cookie } of order.pages) {
    const { bytes } = await firstPaint(url, cookie, [0, 1e9]);   // also warms the browser
    texts.set(`/${order.pages.findIndex((one) => one.name === name)}`, bare(bytes - 700));   // less the head
  }
  for (const [net, shape] of Object.entries(nets)) {
    for (let round = 0; round < order.rounds; round += 1) {
      for (const [index, { name, url, cookie }] of order.pages.entries()) {
        const ours = await firstPaint(url, cookie, shape), theirs = await firstPaint(`https://127.0.0.1:${plain.address().port}/${index}`, '', shape);
        ((measured[net] ??= {})[name] ??= []).push({ ours: ours.seconds, bare: theirs.seconds, bytes: ours.bytes, bare_bytes: theirs.bytes });
      }
    }
  }
} finally {
  await browser.close();
  plain.close();
}
console.log(JSON.stringify(measured));
