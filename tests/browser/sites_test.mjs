// SPDX-License-Identifier: Apache-2.0
// A manager's day: a spreadsheet becomes sites, posters are printed, a torn one is checked, a code replaced, a site closed.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { axe, logIn, newDesk, startBrowser, startTown } from './support.mjs';
import { workbook } from './workbook.mjs';

let town, browser;
before(async () => { [town, browser] = await Promise.all([startTown(), startBrowser()]); });
after(async () => { await browser?.close(); await town?.close(); });

async function desk(address = '/sites', options = {}) {
  const made = await newDesk(browser, options);
  await made.page.goto(town.url + address);
  await logIn(made.page, town.logins.manager);
  await made.page.getByRole('cell', { name: '国大商场' }).or(made.page.locator('.row small', { hasText: 'S1' })).first().waitFor();
  return made;
}

const table = (rows) => ['编号,名称,类别,区划,地址,经度,纬度', ...rows].join('\r\n');

test('five hundred sites from a spreadsheet to posters, the bad rows back in a file', async () => {
  const { context, page, complaints } = await desk();
  const good = Array.from({ length: 500 }, (_, i) => `V${i},"南${i}村, 村口",village,130682100200,村北路${i}号,${114.9 + i / 5000},${38.4 + i / 5000}`);
  const csv = table([...good.slice(0, 250), 'BAD1,没有区划的点,village,月球,,,', ...good.slice(250), 'BAD2,类别不对,宇宙港,130682100200,,,']);
  await page.getByRole('button', { name: '导入表格' }).click();
  await page.getByLabel('选择文件').first().setInputFiles({ name: '检测点.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await page.getByText('检测点.csv · 502 行').waitFor();
  assert.match(await page.locator('dialog table').innerText(), /南0村, 村口/);
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: '导入 502 行' }).click();
  await page.getByText('新增 500 · 变更 0 · 未变 0 · 退回 2 行').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载退回的 2 行' }).click()]);
  const rejected = (await readFile(await download.path(), 'utf8')).trim().split('\n');
  assert.equal(rejected.length, 3);
  assert.match(rejected[1], /^BAD1,没有区划的点,village,月球,,,,.*区划/);
  assert.match(rejected[2], /^BAD2,/);
  await page.getByRole('dialog').getByRole('button', { name: '关闭', exact: true }).click();

  await page.getByRole('searchbox').fill('南');
  await page.getByRole('combobox', { name: '类别' }).selectOption('village');
  await page.getByRole('heading', { name: /500 个/ }).waitFor();
  assert.ok(await page.locator('.scroller .row').count() < 60, 'only what is seen is in the document');
  await page.getByLabel('全选').check();
  await page.getByText('已选 500 个').waitFor();
  await page.getByRole('button', { name: '打印海报' }).click();
  const [posters] = await Promise.all([page.waitForEvent('download', { timeout: 60_000 }), page.getByRole('button', { name: '生成 PDF（500 个）' }).click()]);
  const pdf = await readFile(await posters.path());
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  assert.ok(pdf.length > 500_000, String(pdf.length));
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a workbook does as well, and what was refused is mended and sent again', async () => {
  const { context, page, complaints } = await desk();
  await page.getByRole('button', { name: '导入表格' }).click();
  const send = async (category) => {
    const rows = [['编号', '名称', '类别', '区划', '开门时间'], ['W1', '西门', '交通检验站', '130682100', { time: 0.3125 }], ['W2', '东门', category, '130682100', null]];
    await page.getByLabel('选择文件').first().setInputFiles({ name: '检测点.xlsx', mimeType: 'application/octet-stream', buffer: workbook(rows) });
    await page.getByRole('button', { name: '导入 2 行' }).click();
  };
  await send('宇宙港');
  await page.getByText('新增 1 · 变更 0 · 未变 0 · 退回 1 行').waitFor();
  assert.deepEqual(await axe(page), []);
  await send('村口');
  await page.getByText('新增 1 · 变更 0 · 未变 1').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('searchbox').fill('W2');
  await page.getByRole('button', { name: '东门' }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a poster is checked without a scan, replaced, and its old code then says so', async () => {
  const { context, page, complaints } = await desk();
  const code = town.codes.P1.in;
  const check = async (text) => {
    await page.getByRole('button', { name: '检查海报' }).click();
    await page.getByLabel('码或网址').fill(text);
    await page.keyboard.press('Enter');
  };
  await check(`${town.url}/s/${code}`);
  await page.getByText('✓ 仁和药店 · 进').waitFor();
  await page.getByRole('button', { name: '看检测点' }).click();
  await page.getByRole('button', { name: '更换码' }).click();
  await page.getByLabel('旧海报还能用').selectOption('0');
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: '换码并打印' }).click();
  await page.getByRole('heading', { name: '打印 1 个检测点的海报' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await check(code);
  await page.getByText('这个码已被更换').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: '关闭', exact: true }).click();
  await check('0'.repeat(16));
  await page.locator('dialog .fault').filter({ hasText: /码/ }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a site is made, changed with what is wrong said beside its field, paired with a tablet, closed and opened again', async () => {
  const { context, page } = await desk();
  await page.getByRole('button', { name: '新建' }).click();
  await page.getByLabel('编号', { exact: true }).fill('M1');
  await page.getByRole('textbox', { name: '名称', exact: true }).fill('南门岗亭');
  await page.getByRole('combobox', { name: '区划' }).selectOption('130682100200');
  await page.getByLabel('纬度').fill('138.5');
  await page.getByRole('button', { name: '建立' }).click();
  await page.locator('dialog .fault').filter({ hasText: /./ }).first().waitFor();
  await page.getByLabel('纬度').fill('38.5');
  await page.getByRole('button', { name: '建立' }).click();
  await page.locator('dialog .fault').filter({ hasText: '经度和纬度须一起填' }).waitFor();
  await page.getByLabel('经度').fill('114.9');
  // What was typed is lost by no stray key.
  const asked = [];
  page.on('dialog', (one) => { asked.push(one.message()); if (asked.length === 1) one.dismiss(); else one.accept(); });
  await page.getByLabel('经度').press('Escape');
  assert.equal(await page.getByLabel('经度').inputValue(), '114.9');
  assert.match(asked[0], /丢掉/);
  await page.getByRole('button', { name: '建立' }).click();
  await page.getByText('已建立南门岗亭').waitFor();
  await page.getByRole('searchbox').fill('M1');
  await page.getByRole('button', { name: '南门岗亭' }).click();
  await page.getByText('修改资料').click();
  await page.getByRole('textbox', { name: '地址', exact: true }).fill('南大街9号');
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('南大街9号').first().waitFor();
  await page.getByRole('button', { name: '配对新设备' }).click();
  assert.match(await page.locator('dialog code.secret').innerText(), /\/duty#.{20}/);
  assert.equal(await page.locator('dialog a[href*="/duty"]').count(), 0);   // pressed here, it would make a device of this browser
  assert.equal(await page.getByRole('img', { name: '给值守设备扫的二维码' }).isVisible(), true);
  await page.getByRole('button', { name: '停用', exact: true }).click();
  await page.waitForFunction(() => document.querySelectorAll('dialog .devices li').length === 0);
  assert.ok(asked.some((words) => /^停用 device:/.test(words)));
  assert.equal(await page.locator('dialog code.secret').count(), 0);   // the link is dead, and gone
  await page.getByRole('button', { name: '停用检测点' }).click();
  await page.getByRole('dialog', { name: '停用南门岗亭' }).getByRole('button', { name: '停用检测点' }).click();
  await page.getByRole('button', { name: '重新启用' }).click();
  await page.getByRole('button', { name: '停用检测点' }).waitFor();
  await context.close();
});

test('the filter stands in the address, the back button takes it back, and English says the same', async () => {
  const { context, page, complaints } = await desk('/sites?lang=en');
  await page.getByRole('button', { name: /Silent/ }).click();
  await page.getByRole('button', { name: 'Map' }).click();
  assert.match(page.url(), /#show=silent&view=map$/);
  await page.getByRole('button', { name: /远处/ }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.goBack();
  await page.getByRole('table').waitFor();
  assert.deepEqual(await axe(page), []);
  await page.reload();
  assert.equal(await page.getByRole('button', { name: /Silent/ }).getAttribute('aria-pressed'), 'true');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('an enterprise reports its day, nothing to tell too, and corrects it; other sites report none', async () => {
  const { context, page, complaints } = await desk();
  await page.getByRole('button', { name: '新建' }).click();
  await page.getByLabel('编号', { exact: true }).fill('E1');
  await page.getByRole('textbox', { name: '名称', exact: true }).fill('宝塔医疗器械');
  await page.getByRole('combobox', { name: '类别' }).last().selectOption('enterprise');
  await page.getByRole('combobox', { name: '区划' }).selectOption('130682100');
  await page.getByRole('button', { name: '建立' }).click();
  await page.getByText('已建立宝塔医疗器械').waitFor();
  await page.getByRole('searchbox').fill('S1');
  await page.getByRole('button', { name: '国大商场' }).click();
  assert.equal(await page.getByRole('region', { name: '今日日报' }).count(), 0);
  await page.keyboard.press('Escape');
  await page.getByRole('searchbox').fill('E1');
  await page.getByRole('button', { name: '宝塔医疗器械' }).click();
  const report = page.getByRole('region', { name: '今日日报' });
  await report.getByText(/还没有报，(17:00 前要报|已过 17:00)/).waitFor();
  for (const label of ['到岗人数', '发热人数', '在外地人数']) assert.equal(await report.getByLabel(label).inputValue(), '0', label);
  await report.getByLabel('在册人数').fill('120');
  assert.deepEqual(await axe(page), []);
  await report.getByRole('button', { name: '报出' }).click();
  await report.getByText(/已报：.*manager-1/).waitFor();
  assert.equal(await report.getByLabel('在册人数').inputValue(), '120');
  await report.getByLabel('到岗人数').fill('121');   // more than there are
  await report.getByRole('button', { name: '更正后再报' }).click();
  await report.getByRole('alert').filter({ hasText: /./ }).first().waitFor();
  await report.getByLabel('到岗人数').fill('97');
  await report.getByRole('button', { name: '更正后再报' }).click();
  await report.getByText('以前报的 1 次').click();
  await report.getByText(/在册人数 120 · 到岗人数 0/).waitFor();
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('where a site\'s camera plays back is kept, and an address that is none is said beside the field', async () => {
  const { context, page, complaints } = await desk();
  await page.getByRole('button', { name: '国大商场' }).click();
  await page.getByText('摄像头回放').click();
  const address = page.getByLabel('回放地址');
  await address.fill('http://nvr.example.cn/{at}');
  await page.getByRole('button', { name: '保存回放地址' }).click();
  await page.waitForFunction(() => document.querySelector('dialog [aria-invalid=true]'));
  assert.deepEqual(await axe(page), []);
  await address.fill('https://nvr.example.cn/playback?time={unix}');
  await page.getByRole('button', { name: '保存回放地址' }).click();
  await page.locator('.said').filter({ hasText: '已保存' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: '国大商场' }).click();
  await page.getByText('摄像头回放').click();
  await page.waitForFunction(() => [...document.querySelectorAll('dialog input')].some((input) => input.value === 'https://nvr.example.cn/playback?time={unix}'));
  assert.deepEqual(complaints, []);
  await context.close();
});
