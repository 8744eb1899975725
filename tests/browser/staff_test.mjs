// SPDX-License-Identifier: Apache-2.0
// What all pages of staff share: logging in and out, being known after a reload, what a page says to whom it is not for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { axe, logIn, newDesk, startBrowser, startTown } from './support.mjs';

let town, browser;
before(async () => { [town, browser] = await Promise.all([startTown(), startBrowser()]); });
after(async () => { await browser?.close(); await town?.close(); });

test('whoever logs in is known after a reload and in another tab, until they log out', async () => {
  const { context, page, complaints } = await newDesk(browser);
  await page.goto(`${town.url}/trace`);
  await page.locator('dialog input[autocomplete=username]').waitFor();
  assert.deepEqual(await axe(page), []);
  await logIn(page, town.logins.tracer);
  await page.locator('.bar .where').filter({ hasText: 'tracer-1' }).waitFor();
  await page.reload();
  await page.locator('.bar .where').filter({ hasText: 'tracer-1' }).waitFor();
  const other = await context.newPage();
  await other.goto(`${town.url}/trace`);
  await other.locator('.bar .where').filter({ hasText: 'tracer-1' }).waitFor();
  await other.getByRole('button', { name: '退出' }).click();   // writes with the token that the reload had to ask for
  await other.locator('dialog input[type=password]').waitFor();
  await page.reload();
  await page.locator('dialog input[type=password]').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a wrong password is said in the dialog, and what was typed stays', async () => {
  const { context, page } = await newDesk(browser);
  await page.goto(`${town.url}/gate`);
  await logIn(page, { ...town.logins.guard, password: 'not the one that it is' });
  await page.locator('dialog .fault').filter({ hasText: /账号|密码/ }).waitFor();
  assert.equal(await page.locator('dialog input[autocomplete=username]').inputValue(), 'guard-1');
  await page.keyboard.press('Escape');   // there is nothing behind it yet
  assert.equal(await page.locator('dialog').count(), 1);
  await context.close();
});

test('a page that is for others says so and names those that are for the account', async () => {
  const { context, page, complaints } = await newDesk(browser);
  await page.goto(`${town.url}/sites?lang=en`);
  await logIn(page, town.logins.tracer);
  const dialog = page.getByRole('dialog', { name: 'This page is not for this account' });
  await dialog.waitFor();
  assert.deepEqual(await dialog.getByRole('link').allInnerTexts(), ['Tracing', 'Grid office']);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the other language is a link that keeps the place', async () => {
  const { context, page } = await newDesk(browser);
  await page.goto(`${town.url}/trace`);
  await logIn(page, town.logins.tracer);
  await page.getByRole('link', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Log out' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/trace');
  await page.getByRole('link', { name: '中文' }).click();
  await page.getByRole('button', { name: '退出' }).waitFor();
  await context.close();
});

test('whoever works here changes the first password themselves, and scans a code for the second factor', async () => {
  const { context, page } = await newDesk(browser);
  await page.goto(`${town.url}/sites?lang=zh`);
  await logIn(page, town.logins.manager);
  await page.getByRole('button', { name: '我的账号' }).click();
  await page.getByRole('button', { name: '改密码' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('现在的密码').fill('not this one at all');
  await dialog.getByLabel('新密码（至少 12 个字符）').fill('short');
  await dialog.getByLabel('再输一次新密码').fill('other');
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.getByText('两次输入的新密码不一样。').waitFor();
  await dialog.getByLabel('再输一次新密码').fill('short');
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.locator('.fault').filter({ hasText: /密码/ }).waitFor();
  page.on('dialog', (one) => one.accept());
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '我的账号' }).click();
  await page.getByRole('button', { name: '启用动态验证码' }).click();
  await dialog.getByLabel('密码').fill(town.logins.manager.password);
  await dialog.getByRole('button', { name: '下一步' }).click();
  await page.getByRole('img', { name: '给验证器应用扫的二维码' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await context.close();
});
