// SPDX-License-Identifier: Apache-2.0
// My record: what a resident finds there, and what they can do about it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { axe, fillPerson, idNumber, newPhone, phoneNumber, startBrowser, startTown } from './support.mjs';

let town, browser, people = 300;
before(async () => { [town, browser] = await Promise.all([startTown(), startBrowser()]); });
after(async () => { await browser?.close(); await town?.close(); });

const poster = (ref, direction = 'any') => `${town.url}/s/${town.codes[ref][direction]}`;

/** A phone whose holder passed once. */
async function knownPhone(name, options = {}) {
  const phone = await newPhone(browser, options), number = ++people;
  await phone.page.goto(`${poster('S1', 'in')}?lang=zh`);
  await fillPerson(phone.page, { name, number: idNumber(number), phone: phoneNumber(number) });
  await phone.page.getByRole('button', { name: '登记并进入' }).click();
  await phone.page.locator('#result').waitFor();
  return { ...phone, number };
}

const section = (page, heading) => page.locator('section', { has: page.getByRole('heading', { name: heading, exact: true }) });

test('my record is reached from the check-in page and shows what is kept, with numbers that are shown when asked for', async () => {
  const { context, page, number, complaints } = await knownPhone('王建国');
  await page.getByRole('link', { name: '我的记录' }).click();
  const kept = section(page, '保存了我的什么');
  await kept.getByText('王建国').waitFor();
  const id = idNumber(number);
  assert.match(await kept.innerText(), /28 天，到期自动删除/);
  assert.ok(!(await page.content()).includes(`>${id}<`));
  await kept.getByRole('button', { name: '显示全部号码' }).click();
  assert.ok((await kept.locator('dl').innerText()).includes(id));
  await kept.getByRole('button', { name: '隐藏号码' }).click();
  assert.ok(!(await kept.locator('dl').innerText()).includes(id));
  assert.match(await section(page, '我的扫码记录').innerText(), /国大商场 进/);
  assert.match(await section(page, '谁查过我').innerText(), /没有人查过/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a mistake in the name is corrected, and what the service refuses is said beside its field', async () => {
  const { context, page } = await knownPhone('李秀芝');
  await page.goto(town.url + '/me');
  await page.getByText('更正姓名、证件号或手机号').click();
  await page.getByLabel('手机号').fill('1');
  await page.getByRole('button', { name: '保存更正' }).click();
  await page.locator('#phone[aria-invalid=true]').waitFor();
  assert.match(await page.locator('#phone-fault').innerText(), /11 位/);
  await page.getByLabel('手机号').fill(phoneNumber(people));
  await page.getByLabel('姓名', { exact: true }).first().fill('李秀枝');
  await page.getByRole('button', { name: '保存更正' }).click();
  await page.getByText('已更正。').waitFor();
  assert.match(await section(page, '保存了我的什么').locator('dl').innerText(), /李秀枝/);
  await page.goto(poster('S2', 'in'));
  await page.getByRole('button', { name: '李秀枝 进，点这里' }).waitFor();
  await context.close();
});

test('a dependant is added here and can be ticked at the next gate', async () => {
  const { context, page } = await knownPhone('张春生');
  await page.goto(town.url + '/me');
  await page.getByText('添加老人或孩子').click();
  const form = section(page, '我代管的家属');
  await form.getByLabel('姓名').fill('张小雨');
  await form.getByLabel('出生日期').fill('2099-01-01');
  await form.getByRole('button', { name: '添加' }).click();
  await page.locator('#their-birth-fault').filter({ hasText: '将来' }).waitFor();
  await form.getByLabel('出生日期').fill('2018-01-01');
  await form.getByRole('button', { name: '添加' }).click();
  await page.getByText('已添加。').waitFor();
  assert.match(await form.innerText(), /张小雨 孩子 · 2018-01-01/);
  await page.goto(poster('S2', 'in'));
  await page.getByRole('checkbox', { name: '张小雨（孩子）' }).waitFor();
  await page.goto(town.url + '/me');
  page.once('dialog', (dialog) => dialog.accept());
  await page.getByRole('button', { name: '去掉张小雨' }).click();
  await page.getByText('已去掉。').waitFor();
  await page.goto(poster('S2', 'in'));
  await page.getByRole('button', { name: '张春生 进，点这里' }).waitFor();
  assert.equal(await page.getByRole('checkbox', { name: '张小雨（孩子）' }).count(), 0);
  await context.close();
});

test('a scan of just now is undone here, and the list says so', async () => {
  const { context, page } = await knownPhone('赵志强');
  await page.goto(town.url + '/me');
  const scans = section(page, '我的扫码记录');
  await scans.getByRole('button', { name: '登错了，撤销' }).click();
  await scans.getByText('已撤销').waitFor();
  assert.equal(await scans.getByRole('button', { name: '登错了，撤销' }).count(), 0);
  await page.reload();
  await scans.getByText('已撤销').waitFor();
  await context.close();
});

test('who looked is told with the number of the line and the office, and a copy holds everything', async () => {
  const { context, page, number } = await knownPhone('孙玉珍');
  const asked = await context.request.post(`${town.url}/api/v1/people/search`, {
    headers: { Authorization: `Bearer ${town.tracer}` }, data: { case: town.case, document: { type: 'id', number: idNumber(number) } },
  });
  assert.equal(asked.status(), 200);
  await page.goto(town.url + '/me');
  const looks = section(page, '谁查过我');
  await looks.getByText('按条件查找到').waitFor();
  assert.match(await looks.innerText(), /编号 \d+/);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载一份全部记录' }).click()]);
  const copy = JSON.parse(await readFile(await download.path(), 'utf8'));
  assert.deepEqual([copy.registration.name, copy.count, copy.complete], ['孙玉珍', 1, true]);
  await context.close();
});

test('erasing says what cannot be erased yet and until when, and the phone has to register anew', async () => {
  const { context, page } = await knownPhone('周桂芳');
  await page.goto(town.url + '/me');
  await page.getByText('我要删除').click();
  await page.getByRole('button', { name: '删除', exact: true }).click();
  await page.getByText('请先勾选上面一行。').waitFor();
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: '删除', exact: true }).click();
  await page.getByRole('heading', { name: '已删除这部手机的登记' }).waitFor();
  const told = await page.locator('main').innerText();
  assert.match(told, /扫码记录 保存到 \d{4}年\d+月\d+日。/);
  assert.match(told, /查询日志/);
  await page.goto(poster('S1', 'in'));
  await page.getByRole('button', { name: '登记并进入' }).waitFor();
  await page.goto(town.url + '/me');
  assert.match(await page.locator('.note').innerText(), /还没有登记/);
  await context.close();
});

for (const [lang, width] of [['zh', 320], ['en', 375], ['zh', 1280]]) {
  test(`axe and the policy have nothing to say of my record, nothing is cut, and what is tapped is 60 px high, in ${lang} at ${width} px`, async () => {
    const { context, page, complaints } = await knownPhone('阿卜杜热西提·买买提', { viewport: { width, height: 640 } });
    for (const large of [false, true]) {
      await page.goto(`${town.url}/me?lang=${lang}`);
      await page.locator('.scans li').waitFor();
      if (large) await page.getByRole('button', { name: lang === 'zh' ? '大字版' : 'Larger text' }).click();
      for (const summary of await page.locator('summary').all()) await summary.click();
      const found = await page.evaluate(() => ({
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        low: [...document.querySelectorAll('button, input:not([type=checkbox]), select, .button')].filter((one) => one.offsetParent && one.getBoundingClientRect().height < 60).map((one) => one.outerHTML),
      }));
      assert.deepEqual(found, { overflow: 0, low: [] });
      assert.deepEqual(await axe(page), []);
    }
    assert.deepEqual(complaints, []);
    await context.close();
  });
}
