// SPDX-License-Identifier: Apache-2.0
// Administration in a real browser: from the link of the first start to the page that turns green, operators, settings, the audit log, history in parts.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { axe, fillPerson, idNumber, logIn, newDesk, newPhone, phoneNumber, startBrowser, startTown } from './support.mjs';
import { workbook } from './workbook.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const pages = path.join(here, '../../server/web/pages/admin');
const good = 'Weishan-7391-root-qingfengdian';
let town, browser;
before(async () => { [town, browser] = await Promise.all([startTown(), startBrowser()]); });
after(async () => { await browser?.close(); await town?.close(); });

/** A service that nobody has set up, and what first_run.py can be asked. */
async function firstRun() {
  const child = spawn(process.env.CHAYAN_PYTHON ?? 'python3', ['-B', path.join(here, 'first_run.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const next = async () => JSON.parse((await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => { throw new Error('the service did not start'); })]))[0]);
  const ask = (line) => { const answer = next(); child.stdin.write(`${line}\n`); return answer; };
  return { ...await next(), ask, async close() { child.stdin.end(); if (child.exitCode === null) await once(child, 'exit'); } };
}

async function openAs(role, hash, options = {}) {
  const desk = await newDesk(browser, options);
  await desk.page.goto(`${town.url}/admin${options.locale === 'en-US' ? '?lang=en' : ''}#${hash}`);
  await logIn(desk.page, town.logins[role]);
  await desk.page.locator('main h1').waitFor();
  return desk;
}

/** What is downloaded by that click, as text. */
async function downloaded(page, click) {
  const [download] = await Promise.all([page.waitForEvent('download'), click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

const step = (page, name) => page.getByRole('list', { name: '首次设置' }).getByRole('link', { name });
const isDone = (page, name) => step(page, new RegExp(`${name} 已完成`)).waitFor();

test('the first run: from the link that the service prints to the page that turns green', async () => {
  const service = await firstRun();
  const { context, page, complaints } = await newDesk(browser);
  try {
    await page.goto(service.link);
    await makeAdministrator(page);
    await sayWhoseItIs(page);
    await bringDivisions(page);
    await bringSites(page);
    await printPoster(page);
    await page.getByRole('link', { name: '先跳过' }).click();
    await seeChecks(page);
    await step(page, '用手机扫一次').click();
    await page.getByText('正在等第一次扫码').waitFor();
    assert.deepEqual(await axe(page), []);
    await scanWithPhone(service);
    await page.getByText('收到了！').waitFor();
    assert.deepEqual(await axe(page), []);
    await isDone(page, '第一张海报');
    await page.reload();   // what is done is read off the service
    for (const name of ['管理员', '单位与热线', '区划', '检测点', '第一张海报', '用手机扫一次']) await isDone(page, name);
    await page.goto(service.link);
    await secondUse(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
    await service.close();
  }
});

async function makeAdministrator(page) {
  await page.getByRole('heading', { name: '先设一位管理员' }).waitFor();
  assert.deepEqual(await axe(page), []);
  const button = page.getByRole('button', { name: '创建账号并继续' });
  await button.click();
  assert.deepEqual(await page.locator('.fault').allInnerTexts(), ['必填', '还差 12 位']);
  await page.getByLabel('账号').fill('Root');
  await page.getByLabel('密码', { exact: true }).fill('password12345');
  await page.getByLabel('再输入一遍').fill('password1234');
  assert.deepEqual(await page.locator('.fault').allInnerTexts(), ['两次输入的不一样']);
  await page.getByLabel('再输入一遍').fill('password12345');
  await button.click();
  await page.locator('.fault').filter({ hasText: /账号|小写/ }).waitFor();   // the server's word on capitals
  await page.getByLabel('账号').fill('root');
  await button.click();
  await page.locator('.fault').filter({ hasText: /最先被人猜到/ }).waitFor();   // and on what is guessed first
  await page.getByLabel('密码', { exact: true }).fill(good);
  await page.getByLabel('再输入一遍').fill(good);
  await button.click();
  await page.getByRole('heading', { name: '单位与热线' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/admin');
}

async function sayWhoseItIs(page) {
  await isDone(page, '管理员');
  await page.getByLabel('单位名称').fill('定州市疫情防控指挥部');
  await page.getByLabel('热线电话').fill('0312-0000000');
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: '保存' }).click();
  await isDone(page, '单位与热线');
  await page.getByRole('link', { name: '下一步' }).click();
}

async function bringDivisions(page) {
  await page.getByRole('heading', { name: '区划' }).waitFor();
  await page.getByRole('button', { name: '从表格粘贴' }).click();
  await page.getByLabel(/在表格里选中/).fill('代码\t名称\t上级\n130682\t定州市\t\n130682001\t南城区街道\t130682\n\n1306\t"保定""市"\t130682\n130682100\t留早镇\t130682\n');
  await page.getByRole('button', { name: '查看' }).click();
  assert.match(await page.locator('.preview').innerText(), /留早镇/);
  await page.getByRole('button', { name: '导入 4 行' }).click();
  await page.getByText('退回 1 行').first().waitFor();
  assert.match(await page.locator('.import [role=status]').innerText(), /新增 3/);
  const file = await downloaded(page, () => page.getByRole('button', { name: /下载退回的/ }).click());
  assert.equal(file.name, 'divisions.rejected.csv');
  const [header, row] = file.bytes.toString('utf8').replace('\uFEFF', '').trim().split('\n');
  assert.equal(header, '代码,名称,上级,原因');
  assert.match(row, /^1306,"保定""市",130682,上级须是/);
  assert.equal(await page.locator('.refused tbody td').first().innerText(), '5');   // as the rows stood in what was pasted
  assert.deepEqual(await axe(page), []);
  await isDone(page, '区划');
  await page.getByRole('link', { name: '下一步' }).click();
}

async function bringSites(page) {
  await page.getByRole('heading', { name: '检测点' }).waitFor();
  const input = page.locator('input[type=file]');
  await input.setInputFiles({ name: 'old.xls', mimeType: 'application/vnd.ms-excel', buffer: Buffer.from('D0CF11E0A1B11AE1', 'hex') });
  await page.getByText('请在 Excel 里另存为 .xlsx').waitFor();
  await input.setInputFiles({ name: 'sites.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('PK\x03\x04 torn') });
  await page.getByText('读不懂这个文件').waitFor();
  const rows = [['编号', '名称', '类别', '区划', '地址', '开门时间', '关门时间'], ['S1', '国大商场 <b>', 'shop', 130682001, '中山路1号', { time: 0.3125 }, { time: 0.875 }], ['G2', '北门卡口', '交通检验站', '留早镇', null, null, null], ['X', '坏', 'none', '留早镇']];
  await input.setInputFiles({ name: 'sites.xlsx', mimeType: 'application/octet-stream', buffer: workbook(rows) });
  assert.match(await page.locator('.preview').innerText(), /国大商场 <b>[\s\S]*07:30\s+21:00/);
  await page.getByRole('button', { name: '导入 3 行' }).click();
  await page.getByText('退回 1 行').first().waitFor();
  assert.match(await page.locator('.import [role=status]').innerText(), /新增 2/);
  await isDone(page, '检测点');
  await page.getByRole('link', { name: '下一步' }).click();
}

async function printPoster(page) {
  await page.getByLabel('检测点编号').fill('S1');
  const picture = page.getByRole('img', { name: '检测点 S1 的海报' });
  await picture.waitFor();
  assert.ok(await picture.evaluate((image) => image.decode().then(() => image.naturalWidth)) > 100);
  assert.deepEqual(await axe(page), []);
  const file = await downloaded(page, () => page.getByRole('button', { name: '下载 PDF 去打印' }).click());
  assert.equal(file.bytes.subarray(0, 5).toString(), '%PDF-');
}

async function seeChecks(page) {
  await page.getByRole('heading', { name: '开放前检查' }).waitFor();
  const line = (name) => page.locator('.checks li').filter({ has: page.locator('b', { hasText: new RegExp(`^${name}$`) }) });
  assert.match(await line('网址').innerText(), /要处理[\s\S]*localhost[\s\S]*base_url/);
  assert.match(await line('证书').innerText(), /自签名证书/);
  assert.match(await line('磁盘').innerText(), /剩/);
  assert.match(await line('备份').innerText(), /还没有做过备份/);
  await step(page, /开放前检查 未完成/).waitFor();
  assert.deepEqual(await axe(page), []);
}

async function scanWithPhone(service) {
  const codes = await service.ask('codes');
  const { context, page, complaints } = await newPhone(browser);
  await page.goto(`${service.url}/s/${codes.S1.any}`);
  assert.match(await page.locator('details.notice').innerText().then(() => page.content()), /定州市疫情防控指挥部[\s\S]*0312-0000000/);
  await fillPerson(page, { name: '王建国', number: idNumber(1), phone: phoneNumber(1) });
  await page.getByRole('button', { name: '登记并进入' }).click();
  await page.locator('#result').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
}

async function secondUse(page) {
  await page.getByLabel('账号').fill('second');
  await page.getByLabel('密码', { exact: true }).fill(good);
  await page.getByLabel('再输入一遍').fill(good);
  await page.getByRole('button', { name: '创建账号并继续' }).click();
  await page.getByText('这个链接不能用了').waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('link', { name: '登录' }).click();
  await page.getByRole('heading', { name: '首次设置' }).or(page.getByRole('heading', { name: '运行状态' })).waitFor();
}

test('an administrator adds an operator, changes them, gives a new password, disables them, and each holds at once', async () => {
  const { context, page, complaints } = await openAs('admin', 'operators');
  await page.getByRole('button', { name: '添加操作员' }).click();
  const dialog = page.getByRole('dialog');
  assert.deepEqual(await axe(page), []);
  await dialog.getByRole('button', { name: '添加', exact: true }).click();
  assert.deepEqual(await dialog.locator('.fault').allInnerTexts(), ['必填', '至少选一个角色']);
  await dialog.getByLabel('账号').fill('wang.jianguo');
  await dialog.locator('input[value=guard]').check();
  await chooseScope(dialog, '定州市', '留早镇');
  const password = await dialog.getByLabel('初始密码').inputValue();
  assert.match(password, /^[a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5}$/);
  await dialog.getByRole('button', { name: '添加', exact: true }).click();
  const row = page.getByRole('row').filter({ hasText: 'wang.jianguo' });
  await row.waitFor();
  assert.match(await row.innerText(), /值守员[\s\S]*留早镇 130682100/);

  const guard = await newDesk(browser);
  await guard.page.goto(`${town.url}/gate`);
  await logIn(guard.page, { login: 'wang.jianguo', password });
  await guard.page.locator('dialog input[type=search]').waitFor();   // the desk asks at which gate

  await row.getByRole('button', { name: /^更改/ }).click();
  await dialog.locator('input[value=tracer]').check();
  await dialog.getByRole('button', { name: '保存' }).click();
  await row.filter({ hasText: '流调员' }).waitFor();
  page.on('dialog', (question) => question.accept());
  await row.getByRole('button', { name: /^停用/ }).click();
  await row.filter({ hasText: '已停用' }).waitFor();
  await guard.page.reload();
  await guard.page.locator('dialog input[type=password]').waitFor();   // the session has ended
  await row.getByRole('button', { name: /^启用/ }).click();
  await row.filter({ hasText: '正常' }).waitFor();
  await row.getByRole('button', { name: /^新密码/ }).click();
  await dialog.getByLabel('初始密码').fill('short');
  await dialog.getByRole('button', { name: '保存' }).click();
  assert.match(await dialog.locator('.fault').innerText(), /还差 7 位/);
  await dialog.getByRole('button', { name: '换一个随机密码' }).click();
  const second = await dialog.getByLabel('初始密码').inputValue();
  await dialog.getByRole('button', { name: '保存' }).click();
  await page.getByText('wang.jianguo 的密码已更换').waitFor();
  await logIn(guard.page, { login: 'wang.jianguo', password });
  await guard.page.locator('dialog .fault').filter({ hasText: /账号|密码/ }).waitFor();
  await logIn(guard.page, { login: 'wang.jianguo', password: second });
  await guard.page.locator('dialog input[type=search]').waitFor();
  assert.deepEqual([...complaints, ...guard.complaints], []);
  await guard.context.close();
  await context.close();
});

/** From the top down. */
async function chooseScope(dialog, ...names) {
  for (const [index, name] of names.entries()) await dialog.locator('.scope select').nth(index).selectOption({ label: name });
}

test('what an administrator may not do is said beside what they did, and the list is found by words', async () => {
  const { context, page, complaints } = await openAs('admin', 'operators');
  const own = page.getByRole('row').filter({ hasText: 'admin-1' });
  await own.getByRole('button', { name: /^更改 / }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[value=admin]').uncheck();
  await dialog.locator('input[value=auditor]').check();
  const asked = [];
  page.on('dialog', (one) => { asked.push(one.message()); if (asked.length === 1) one.dismiss(); else one.accept(); });
  await dialog.getByRole('button', { name: '保存' }).click();
  assert.match(asked[0], /给自己减少角色/);
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.locator('.note.wrong').waitFor();   // the last administrator stays one
  await page.keyboard.press('Escape');
  assert.equal(await dialog.count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), '更改');   // focus is back where it came from
  await page.getByRole('button', { name: '添加操作员' }).click();
  await dialog.getByLabel('账号').fill('tracer-1');
  await dialog.locator('input[value=guard]').check();
  await dialog.getByRole('button', { name: '添加', exact: true }).click();
  await dialog.locator('.note.wrong, .fault').filter({ hasText: /账号/ }).waitFor();   // is taken
  await dialog.getByRole('button', { name: '取消' }).click();
  await page.getByLabel('按账号、角色、辖区查找').fill('流调');
  assert.deepEqual(await page.locator('.operators tbody b').allInnerTexts().then((names) => names.filter((name) => name === 'manager-1')), []);
  assert.ok((await page.locator('.operators tbody').innerText()).includes('tracer-1'));
  await page.getByLabel('按账号、角色、辖区查找').fill('nobody at all');
  await page.getByText('没有符合的操作员').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('one\'s own password is changed with the old one, and the other sessions end', async () => {
  const { context, page } = await openAs('admin', 'operators');
  const own = page.getByRole('row').filter({ hasText: 'admin-1' }), dialog = page.getByRole('dialog');
  await own.getByRole('button', { name: '改我的密码' }).click();
  await dialog.getByLabel('现在的密码').fill('not the one that it is');
  await dialog.getByLabel('新密码').fill(good);
  await dialog.getByLabel('再输入一遍').fill(good);
  await dialog.getByRole('button', { name: '保存' }).click();
  await dialog.locator('.note.wrong').waitFor();
  await dialog.getByLabel('现在的密码').fill(town.logins.admin.password);
  await dialog.getByRole('button', { name: '保存' }).click();
  await page.getByText('密码已更换').waitFor();
  town.logins.admin.password = good;
  await page.reload();
  await page.locator('main h1').waitFor();   // this session goes on
  await context.close();
});

test('the audit log is found by who, what, which case and when, and the address holds it', async () => {
  const { context, page, complaints } = await openAs('auditor', 'audit');
  await page.locator('.line').first().waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByLabel('操作员').fill('tracer-1');
  await page.getByLabel('操作', { exact: true }).selectOption('case_opened');
  await page.getByRole('button', { name: '查找' }).click();
  await page.getByText('共 1 条').waitFor();
  assert.match(page.url(), /#audit\?operator=tracer-1&action=case_opened$/);
  assert.match(await page.locator('.line').innerText(), /开立个案[\s\S]*tracer-1 开立个案 2020-001/);
  await page.locator('.line button').click();
  const dialog = page.getByRole('dialog');
  assert.deepEqual(await axe(page), []);
  await dialog.getByRole('link', { name: '个案 2020-001 的全部' }).click();
  await page.waitForFunction(() => location.hash === '#audit?case=2020-001');
  assert.equal(await page.getByLabel('个案').inputValue(), '2020-001');
  await page.goBack();
  await page.waitForFunction(() => location.hash.includes('operator=tracer-1'));
  assert.equal(await page.getByLabel('操作员').inputValue(), 'tracer-1');
  await page.getByRole('link', { name: '全部', exact: true }).click();
  await page.waitForFunction(() => location.hash === '#audit' && document.querySelector('[name=operator]').value === '');
  await page.getByLabel('到哪天').fill('2020-01-01');
  await page.getByRole('button', { name: '查找' }).click();
  await page.getByText('没有符合的记录').waitFor();
  await page.getByRole('button', { name: '核验整条日志' }).click();
  await page.locator('.verification .note.good').filter({ hasText: /条全部完好/ }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the state says what is not well first, and each figure is the service\'s', async () => {
  const { context, page, complaints } = await openAs('auditor', 'status');
  await page.locator('.figures').waitFor();
  const told = await page.evaluate(() => fetch('/api/v1/status').then((answer) => answer.json()));
  assert.match(await page.locator('.figures').innerText(), new RegExp(`检测点\\s+${told.sites.open}`));
  assert.match(await page.locator('main').innerText(), new RegExp(`版本 ${told.version}`));
  const levels = await page.locator('.checks li').evaluateAll((lines) => lines.map((line) => line.className));
  assert.deepEqual(levels, [...levels].sort((a, b) => ['wrong', 'wait', 'good'].indexOf(a) - ['wrong', 'wait', 'good'].indexOf(b)));
  assert.equal(levels[0], 'wrong');   // phones can't open localhost
  assert.deepEqual(complaints, []);
  await context.close();
});

test('an expired session asks to log in again and goes on', async () => {
  const { context, page } = await openAs('admin', 'office');
  await page.getByLabel('热线电话').fill('0312-1111111');
  await page.evaluate(() => fetch('/api/v1/session').then((answer) => answer.json()).then(({ csrf }) => fetch('/api/v1/session', { method: 'DELETE', headers: { 'X-CSRF-Token': csrf } })));
  await page.getByRole('button', { name: '保存' }).click();
  await logIn(page, town.logins.admin);
  await page.getByText('已保存').waitFor();
  assert.equal(await page.getByLabel('热线电话').inputValue(), '0312-1111111');
  await context.close();
});

test('a roster goes in parts, may be stopped, and gives its bad rows back by the lines of the file', async () => {
  const { context, page, complaints } = await openAs('admin', 'history');
  const lines = ['编号,姓名,手机号,住址'];
  for (let number = 1; number <= 9_000; number += 1) {
    const isBad = number === 20 || number === 8_990;
    lines.push(`R${number},${isBad ? '' : `王建${'国强伟军勇'[number % 5]}`},${phoneNumber(100_000 + number)},${'很长的住址'.repeat(12)}`);
  }
  await page.locator('input[type=file]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\r\n')) });
  let posts = 0;
  await page.route('**/people/import?*', async (route) => {
    posts += 1;
    if (posts === 2) return route.abort();   // the net fails between two parts
    return route.continue();
  });
  const button = page.getByRole('button', { name: '导入 9000 行' });
  assert.ok(await button.isDisabled());
  await page.getByLabel('导入的依据（文件名称和文号）').fill('防指〔2026〕3号');
  await page.getByLabel('保存到哪一天').fill(new Date(Date.now() + 86_400_000 * 30).toISOString().slice(0, 10));
  await button.click();
  await page.locator('.import .note.wait').waitFor();
  const stopped = await page.locator('.import .note.wait').innerText();
  assert.match(stopped, /停在第 \d+ \/ 9000 行/);
  await page.getByRole('button', { name: '接着导入' }).click();
  await page.getByText('导入完成').waitFor({ timeout: 120_000 });
  const said = await page.locator('.import p.note').innerText();
  const counts = [...said.matchAll(/(新增|已有|待核) ([\d,]+)/g)].map((match) => Number(match[2].replace(',', '')));
  assert.equal(counts.reduce((all, count) => all + count, 0), 8_998, said);
  assert.ok(posts > 2);
  assert.deepEqual(await page.locator('.refused tbody tr td:first-child').allInnerTexts(), ['21', '8991']);
  assert.deepEqual(complaints.filter((line) => !/ERR_FAILED/.test(line)), []);
  await context.close();
});

test('what is kept is told with its rosters, and the assessment names each kind of data in both languages', async () => {
  const { context, page, complaints } = await openAs('auditor', 'retention');
  await page.getByText('防指〔2026〕3号').waitFor();
  await page.getByRole('row').filter({ hasText: '审计日志' }).filter({ hasText: '400' }).waitFor();
  await page.getByRole('link', { name: '影响评估' }).click();
  await page.getByRole('heading', { name: '个人信息保护影响评估' }).waitFor();
  const scans = page.locator('.kind').filter({ hasText: 'Scans (whereabouts)' });
  assert.match(await scans.innerText(), /扫码记录（行踪轨迹）[\s\S]*四级：敏感个人信息[\s\S]*28 天[\s\S]*流调员/);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByRole('navigation').filter({ visible: true }).count(), 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('whoever administers a division sees no more than it, and is told what is not theirs', async () => {
  const admin = await openAs('admin', 'operators');
  const dialog = admin.page.getByRole('dialog');
  await admin.page.getByRole('button', { name: '添加操作员' }).click();
  await dialog.getByLabel('账号').fill('town-admin');
  await dialog.locator('input[value=admin]').check();
  await chooseScope(dialog, '定州市', '留早镇');
  await dialog.getByLabel('初始密码').fill(good);
  await dialog.getByRole('button', { name: '添加', exact: true }).click();
  await admin.page.getByRole('row').filter({ hasText: 'town-admin' }).waitFor();
  await admin.context.close();
  const { context, page } = await newDesk(browser);
  await page.goto(`${town.url}/admin#operators`);
  await logIn(page, { login: 'town-admin', password: good });
  await page.getByRole('row').filter({ hasText: 'town-admin' }).waitFor();
  assert.equal(await page.getByRole('row').filter({ hasText: 'admin-1' }).count(), 0);
  await page.getByRole('link', { name: '本单位' }).click();
  await page.getByText('请由不限辖区的管理员更改').waitFor();
  await page.getByLabel('热线电话').fill('0312-6666666');
  await page.getByRole('button', { name: '保存' }).click();
  await page.locator('form .note.wrong').waitFor();
  await context.close();
});

for (const [locale, width] of [['zh-CN', 1280], ['en-US', 1280], ['zh-CN', 375], ['en-US', 375]]) {
  test(`every section in ${locale} at ${width} px: nothing for axe to find, nothing wider than the window, no key without its text`, async () => {
    const wide = { locale, viewport: { width, height: 800 } };
    for (const [role, hashes] of [['admin', ['status', 'operators', 'office', 'history/people', 'history/scans', 'settings', 'retention', 'assessment', ...['admin', 'office', 'divisions', 'sites', 'poster', 'checks', 'scan'].map((one) => `setup/${one}`)]], ['auditor', ['audit', 'settings', 'retention', 'assessment']]]) {
      const { context, page, complaints } = await openAs(role, hashes[0], wide);
      for (const hash of hashes) {
        await page.evaluate((place) => { location.hash = place; }, hash);
        await page.locator('main').filter({ hasNotText: /正在读取|Loading/ }).waitFor();
        await page.waitForTimeout(150);
        assert.deepEqual(await axe(page), [], hash);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${hash} is wider than the window`);
        assert.doesNotMatch(await page.locator('body').innerText(), /\b(section|setup|step|check|figure|operator|role|setting|settings|action|audit|import|office|poster|scan|retention|assessment|kind|keeps|reader|form|level)\.[a-z_]+\b(?!\.)/, hash);
      }
      assert.deepEqual(complaints, []);
      await context.close();
    }
  });
}

test('each act of the audit log has its word and its group, and each setting its meaning', async () => {
  const table = readFileSync(path.join(here, '../../server/service/audit_words.cpp'), 'utf8').match(/constexpr Words table\[\] = \{([\s\S]*?)\n\};/)[1];
  const actions = [...table.matchAll(/^ {4}\{"([a-z_]+)"/gm)].map((match) => match[1]).sort();
  const { actionGroups } = await import(path.join(pages, 'audit_actions.js'));
  const grouped = actionGroups.flatMap((group) => group.actions).sort();
  assert.deepEqual(grouped, actions);
  const texts = JSON.parse(readFileSync(path.join(pages, 'texts.zh.json'), 'utf8'));   // the other language has the same keys
  for (const action of actions) assert.ok(texts[`action.${action}`], action);
  for (const group of actionGroups) assert.ok(texts[`actions.${group.key}`], group.key);
  const { context, page } = await openAs('admin', 'settings');
  const { settings } = await page.evaluate(() => fetch('/api/v1/settings').then((answer) => answer.json()));
  assert.ok(settings.length > 10);
  for (const { section, key } of settings) {
    assert.ok(texts[`setting.${section}.${key}`], `${section}.${key}`);
    assert.ok(texts[`settings.${section}`], section);
  }
  await context.close();
});
