// SPDX-License-Identifier: Apache-2.0
// The console with somebody who met 20,000: how long until the first rows, until the graph, and what the tab holds. Not run with the tests:
//   CHAYAN=build/release/chayan CHAYAN_NODE_MODULES=build/release/browser node tests/browser/scale.mjs [PEOPLE]
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { logIn, newDesk, startBrowser, startTown } from './support.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const people = process.argv[2] ?? '20000';
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Megabytes of the largest renderer's own pages: there is one tab. */
async function resident() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const own = ({ id }) => Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))[1]);
  return Math.round(Math.max(...processInfo.filter((one) => one.type === 'renderer').map(own)) / 1024);
}

/** Megabytes of the tab, after a collection: the script's heap, and all that its process holds. */
async function memory(page, session) {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name) => metrics.find((metric) => metric.name === name).value;
  return { heapMB: Math.round(of('JSHeapUsedSize') / 1e5) / 10, nodes: of('Nodes'), tabMB: await resident() };
}

const [town, browser] = await Promise.all([startTown(path.join(here, 'scale_town.py'), people), startBrowser()]);
try {
  const runs = [];
  for (let run = 0; run < 5; run += 1) {
    const { context, page } = await newDesk(browser);
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable');
    await page.goto(`${town.url}/trace`);
    await logIn(page, town.logins.tracer);
    await page.locator('#find').waitFor();
    await page.locator('main.view-start').waitFor();
    const before = await memory(page, session);
    let bytes = 0;
    page.on('response', async (answer) => { if (answer.url().endsWith('/traces')) bytes = Number(await answer.headerValue('content-length')); });
    await page.locator('#find').fill(town.index);
    const begun = Date.now();
    await page.locator('#find').press('Enter');
    await page.locator('.table .row.contact').first().waitFor();
    const rows = Date.now() - begun;
    const { served, sent } = await page.evaluate(() => {
      const entry = performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/traces')).at(-1);
      return { served: Math.round(entry.responseStart - entry.requestStart), sent: Math.round(entry.responseEnd - entry.responseStart) };
    });
    const told = await page.locator('.facts').innerText();
    const count = await page.locator('h1').innerText();
    await page.waitForTimeout(500);
    const table = await memory(page, session);
    await page.locator('.table').focus();
    const jumped = Date.now();
    await page.keyboard.press('End');
    await page.locator('.table .row.active').waitFor();
    const end = Date.now() - jumped;
    const opened = Date.now();
    await page.getByRole('tab').nth(1).click();
    await page.locator('[data-drawn=yes]').waitFor();
    await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    const graph = Date.now() - opened;
    const words = await page.locator('#graph-choice').innerText();
    const drawn = await memory(page, session);
    runs.push({ rows, served, sent, end, graph, before: before.heapMB, table: table.heapMB, drawn: drawn.heapMB, tabBefore: before.tabMB, tabTable: table.tabMB, tabDrawn: drawn.tabMB, nodes: table.nodes, bytes });
    console.log(JSON.stringify({ ...runs.at(-1), count, told, words }));
    await context.close();
  }
  for (const name of Object.keys(runs[0])) console.log(name.padEnd(8), median(runs.map((run) => run[name])));
} finally {
  await browser.close();
  await town.close();
}
