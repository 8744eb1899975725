// SPDX-License-Identifier: Apache-2.0
// What the machine needs stands above the pages of those who may act on it, and nothing does while it needs nothing; and the page of the interface.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { axe, logIn, newDesk, startBrowser, startTown } from './support.mjs';

let town, browser;
before(async () => { [town, browser] = await Promise.all([startTown(), startBrowser()]); });
after(async () => { await browser?.close(); await town?.close(); });

const needs = [{ what: 'certificate', urgent: false, days: 5 }, { what: 'backup', urgent: true, days: null }, { what: 'disk', urgent: true, days: null, free: 480_000_000 }];

/** A page of staff where the service tells these needs, or what it really has to tell; `asked` counts. */
async function open(address, role, told, options = {}) {
  const made = { ...await newDesk(browser, options), asked: 0 };
  await made.page.route('**/api/v1/upkeep', async (route) => {
    made.asked += 1;
    await (told ? route.fulfill({ json: { upkeep: told } }) : route.continue());
  });
  const done = role === 'tracer' ? null : made.page.waitForResponse('**/api/v1/upkeep');
  await made.page.goto(town.url + address);
  await logIn(made.page, town.logins[role]);
  await made.page.locator('main h1').first().waitFor();
  made.answer = await done;
  return made;
}

for (const [address, role] of [['/sites', 'manager'], ['/desk', 'manager'], ['/admin', 'admin']]) {
  test(`${address}: each need is a line with what to do, on a wide screen and on a phone`, async () => {
    for (const width of [1280, 375]) {
      const { context, page, complaints } = await open(address, role, needs, { viewport: { width, height: 800 } });
      const lines = page.locator('.upkeep .note');
      await lines.nth(2).waitFor();
      assert.match(await lines.nth(0).innerText(), /证书还有 5 天到期/);
      assert.match(await lines.nth(1).innerText(), /从未备份过/);
      assert.match(await lines.nth(2).innerText(), /只剩 0\.5 GB/);
      assert.deepEqual(await lines.evaluateAll((all) => all.map((one) => one.classList.contains('wrong'))), [false, true, true]);
      if (role === 'admin') assert.equal(await lines.nth(0).getByRole('link', { name: '怎么办' }).getAttribute('href'), '/admin#status');
      else assert.match(await lines.nth(0).innerText(), /请告诉系统管理员/);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      if (width === 1280) assert.deepEqual(await axe(page), []);
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.locator('.upkeep').isVisible(), false);   // no brief is sent with it
      assert.deepEqual(complaints, []);
      await context.close();
    }
  });
}

test('nothing stands there while nothing needs doing, and nobody is asked for whoever can do nothing', async () => {
  const quiet = await open('/sites', 'manager', []);
  assert.equal(await quiet.page.locator('.upkeep .note').count(), 0);
  const real = await open('/desk', 'manager', null);
  assert.deepEqual(Object.keys(await real.answer.json()), ['upkeep']);
  const tracer = await open('/desk', 'tracer', needs);
  assert.deepEqual([await tracer.page.locator('.upkeep .note').count(), tracer.asked], [0, 0]);
  for (const { context } of [quiet, real, tracer]) await context.close();
});

test('the page of the interface is read without a script, on a wide screen and on a phone, and leads on by its links', async () => {
  for (const width of [1280, 375]) {
    const { context, page, complaints } = await newDesk(browser, { viewport: { width, height: 800 }, javaScriptEnabled: width === 1280 });
    await page.goto(`${town.url}/docs`);
    await page.getByRole('link', { name: 'POST /api/v1/scans', exact: true }).click();
    assert.match(page.url(), /#post-api-v1-scans$/);
    await page.getByRole('link', { name: 'Scan', exact: true }).first().click();
    assert.match(page.url(), /#schema-Scan$/);
    if (width === 1280) assert.deepEqual(await page.evaluate(() => [getComputedStyle(document.querySelector('h3 b')).color, document.documentElement.scrollWidth <= innerWidth]), ['rgb(255, 255, 255)', true]);
    await page.getByRole('link', { name: 'English' }).click();
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    assert.deepEqual(complaints, []);
    await context.close();
  }
});
