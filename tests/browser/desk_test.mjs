// SPDX-License-Identifier: Apache-2.0
// A grid's office: a fever from the gate to isolation, the other registers by hand, the day's brief on one sheet, counts, alerts, who has not reported.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { axe, idNumber, logIn, newDesk, phoneNumber, startBrowser, startTown } from './support.mjs';
import { at, nameOf, people } from './tracers.mjs';

const township = '130682100', village = '130682100200', street = '130682001';
const views = ['brief', 'counts', 'fever', 'isolation', 'round', 'report', 'finding', 'certificate', 'alerts', 'reports', 'outings'];
let town, browser, callers, manager, number = 200;

before(async () => {
  [town, browser] = await Promise.all([startTown(), startBrowser()]);
  callers = await people(town, browser);
  manager = await asked('manager');
  await made('/api/v1/sites', { ref: 'Q1', name: '阳光宾馆', category: 'isolation', division: township });
  await made('/api/v1/sites', { ref: 'E1', name: '宝塔医疗器械', category: 'enterprise', division: township });
});
after(async () => { await browser?.close(); await town?.close(); });

/** A caller without a browser page who has this role. */
async function asked(role) {
  const { token } = await (await callers.context.request.post(`${town.url}/api/v1/session`, { data: town.logins[role] })).json();
  return async (method, path, data) => {
    const answer = await callers.context.request.fetch(town.url + path, { method, data, headers: { Authorization: `Bearer ${token}` } });
    return { status: answer.status(), json: await answer.json() };
  };
}
async function made(path, data, by = manager) {
  const { status, json } = await by('POST', path, data);
  assert.ok(status === 201 || status === 200, `${path}: ${status} ${JSON.stringify(json)}`);
  return json;
}

/** Somebody passes a gate, perhaps with a temperature. */
async function passes(who, site = 'G1', more = {}) {
  const { results: [result] } = await made('/api/v1/gate/scans', { scans: [{ subject: { document: { type: 'id', number: idNumber(who) }, name: nameOf(who) },
    site,
    direction: 'in', ...more }] }, callers.guard);
  assert.equal(result.status, 201, JSON.stringify(result));
  return result;
}

async function desk(hash = '', { lang = 'zh', role = 'tracer', ...options } = {}) {
  const opened = await newDesk(browser, { acceptDownloads: true, ...options });
  opened.page.setDefaultTimeout(15_000);
  await opened.page.goto(`${town.url}/desk?lang=${lang}#${hash}`);
  await logIn(opened.page, town.logins[role]);
  await opened.page.locator('main h1').first().waitFor();
  return opened;
}
const goTo = async (page, hash) => {
  await page.evaluate((where) => { location.hash = where; }, hash);
  await page.locator('main h1').first().waitFor();
};
const card = (page, words) => page.locator('article.record').filter({ hasText: words });
const dialog = (page) => page.getByRole('dialog');
const said = (page, words) => page.locator('.said').filter({ hasText: words }).waitFor();

/** Takes a step of the open record, after filling in what it asks for. */
async function step(page, name, fill = async () => undefined) {
  await page.locator('.steps-next').getByRole('button', { name, exact: true }).click();
  await fill(dialog(page));
  await dialog(page).getByRole('button', { name, exact: true }).click();
  await dialog(page).waitFor({ state: 'detached' });
}

test('a fever at a gate is a record by itself and goes to the doctor, the test and isolation, and its history says when and by whom', async () => {
  const who = (number += 1);
  await passes(who, 'G1', { temperature: 38.2 });
  const { context, page, complaints } = await desk('view=fever');
  const mine = card(page, '38.2 ℃');
  assert.match(await mine.innerText(), new RegExp(`${nameOf(who)[0]}\\*[\\s\\S]*发现，未登记[\\s\\S]*还有 5\\d 分[\\s\\S]*东内堡村口[\\s\\S]*村口 · guard-1`));
  assert.ok(!(await mine.innerText()).includes(idNumber(who)));
  assert.deepEqual(await axe(page), []);
  await mine.getByRole('link').first().click();
  await step(page, '已登记');
  await page.locator('.tag.state').filter({ hasText: '已登记' }).waitFor();
  await page.locator('.steps-next').getByRole('button', { name: '送医' }).click();
  await dialog(page).getByRole('button', { name: '送医' }).click();
  assert.equal(await dialog(page).getByLabel('送到哪里').evaluate((input) => input.validity.valueMissing), true);
  assert.deepEqual(await axe(page), []);
  await dialog(page).getByLabel('送到哪里').fill('市人民医院发热门诊');
  await page.keyboard.press('Enter');
  await said(page, '已送医');
  await step(page, '量体温', (form) => form.getByLabel('体温').fill('379'));   // as a thermometer shows it
  await step(page, '检测', (form) => form.getByLabel('结果').selectOption('positive'));
  assert.equal(await page.locator('.steps-next button').first().innerText(), '转隔离');   // what a positive test asks for
  await step(page, '转隔离', (form) => form.getByLabel('隔离在').selectOption('Q1'));
  await page.getByText('此人已转入隔离登记册').waitFor();
  const history = await page.locator('.history li').allInnerTexts();
  assert.deepEqual(history.map((line) => line.split(/\s/)[0]), ['登记', '已登记', '送医', '量体温', '检测', '转隔离']);
  assert.match(history[0], /guard-1[\s\S]*38\.2 ℃/);
  assert.match(history[2], /tracer-1[\s\S]*市人民医院发热门诊/);
  assert.match(history[3], /37\.9 ℃/);
  assert.match(history[4], /阳性/);
  assert.match(history[5], /至 \d\d-\d\d/);
  assert.equal(await page.locator('.steps-next').count(), 0);
  await page.getByRole('main').getByRole('link', { name: '隔离登记册' }).click();
  await card(page, '阳光宾馆').filter({ hasText: '还剩 14 天' }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('whoever has to call a feverish person sees their phone for a reason, and hides it again', async () => {
  const who = (number += 1);
  await passes(who, 'G1', { temperature: 38.4 });
  const { context, page, complaints } = await desk('view=fever');
  await card(page, '38.4 ℃').getByRole('link').first().click();
  await page.getByRole('button', { name: '显示姓名电话' }).click();
  await dialog(page).getByRole('button', { name: '显示', exact: true }).click();
  assert.equal(await dialog(page).getByLabel('理由').evaluate((input) => input.validity.valueMissing), true);
  assert.deepEqual(await axe(page), []);
  await dialog(page).getByLabel('理由').fill('通知去医院');
  await page.keyboard.press('Enter');
  await page.getByText(nameOf(who)).waitFor();
  assert.ok(!(await page.locator('main').innerText()).includes(idNumber(who)));
  await page.getByRole('button', { name: '遮住' }).click();
  assert.ok(!(await page.locator('main').innerText()).includes(nameOf(who)));
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a record that is handed over goes to any division, says where it went, and can be looked at still', async () => {
  const who = (number += 1);
  await passes(who, 'G1', { temperature: 38.6 });
  const { context, page, complaints } = await desk('view=fever', { role: 'grid' });
  await card(page, '38.6 ℃').getByRole('link').first().click();
  await step(page, '移交', (form) => form.getByLabel('区划').selectOption('130682'));   // above one's own
  await said(page, '已移交');
  await page.getByText('由那里办理').waitFor();
  assert.equal(await page.locator('.steps-next').count(), 0);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a place for isolation tells its beds, and says when it is full beside the field', async () => {
  const { context, page, complaints } = await desk('view=isolation&tab=places', { role: 'manager' });
  await page.getByRole('button', { name: '改阳光宾馆的床位' }).click();
  await dialog(page).getByLabel('床位').fill('1');
  await dialog(page).getByRole('button', { name: '保存' }).click();
  await page.getByRole('row', { name: /阳光宾馆 1 1 0/ }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: '登记隔离' }).click();
  const form = dialog(page);
  await form.getByLabel('姓名').fill('何秋月');
  await form.getByLabel('证件号').fill(idNumber((number += 1)));
  await form.getByLabel('隔离在').selectOption('Q1');
  await form.getByLabel('区划').selectOption(township);
  await form.getByLabel(/依据/).fill('疾控中心通知');
  await form.getByRole('button', { name: '登记', exact: true }).click();
  await form.getByRole('alert').filter({ hasText: /满|床/ }).first().waitFor();
  await form.getByLabel('隔离在').selectOption('');
  await form.getByLabel('地址').fill('东内堡村北街 12 号');
  assert.deepEqual(await axe(page), []);
  await form.getByRole('button', { name: '登记', exact: true }).click();
  await page.getByRole('heading', { name: '何**' }).or(page.getByRole('heading', { name: '何*' })).first().waitFor();
  assert.match(await page.locator('.facts').innerText(), /东内堡村北街 12 号/);
  await step(page, '量体温', (one) => one.getByLabel('体温').fill('36.5'));
  await step(page, '延长');
  await step(page, '解除隔离');
  await page.locator('.tag').filter({ hasText: '办结' }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('whoever is in isolation and scans elsewhere is an alert that leads to their record, without a reload', async () => {
  const who = (number += 1);
  const record = await made('/api/v1/registers/isolation', { person: { name: nameOf(who), document: { type: 'id', number: idNumber(who) } }, place: '家里', note: '疾控中心通知',
    division: township,
    until: at(-5, 12) }, callers.tracer);
  const { context, page, complaints } = await desk('view=alerts', { role: 'manager' });
  await page.waitForTimeout(300);
  await passes(who, 'G2');
  await page.getByRole('row').filter({ hasText: '北门卡口' }).getByRole('link', { name: '在隔离' }).click({ timeout: 5_000 });
  await page.getByText(`第 ${record.id} 号`).waitFor();
  await page.getByText('待另一人批准').waitFor();   // they were told of, not stopped
  await step(page, '批准隔离');
  await page.getByText('待另一人批准').waitFor({ state: 'detached' });
  await page.goBack();
  await page.getByRole('row').filter({ hasText: '北门卡口' }).getByRole('button', { name: '处置' }).click();
  await dialog(page).getByLabel('做了什么').fill('已送回');
  await dialog(page).getByRole('button', { name: '处置' }).click();
  await page.getByText('没有待处置的提醒').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a report is written down by hand, handed to another division with its history, noted and settled', async () => {
  const { context, page, complaints } = await desk('view=report');
  await page.getByText('没有未办结的').waitFor();
  await page.getByRole('button', { name: '登记举报' }).click();
  await dialog(page).getByLabel('举报了什么').fill('南街棋牌室夜里有人聚集');
  await dialog(page).getByRole('button', { name: '登记', exact: true }).click();
  await dialog(page).getByRole('alert').filter({ hasText: /区划/ }).first().waitFor();   // whose work it is
  await dialog(page).getByLabel('区划').selectOption(township);
  await dialog(page).getByLabel('检测点').fill('北门');
  await dialog(page).getByRole('button', { name: /北门卡口/ }).click();
  await dialog(page).getByRole('button', { name: '登记', exact: true }).click();
  await page.getByRole('heading', { name: '南街棋牌室夜里有人聚集' }).waitFor();
  await step(page, '备注', (form) => form.getByLabel('写明情况').fill('已电话村支书'));
  await step(page, '移交', (form) => form.getByLabel('区划').selectOption(street));
  await page.locator('.facts').filter({ hasText: '南城区街道' }).waitFor();
  await step(page, '已核查', (form) => form.getByLabel('写明情况').fill('确有聚集，已劝散'));
  await step(page, '办结', (form) => form.getByLabel('写明情况').fill('棋牌室停业'));
  assert.deepEqual((await page.locator('.history li').allInnerTexts()).map((line) => line.split(/\s/)[0]), ['登记', '备注', '移交', '已核查', '办结']);
  await page.getByRole('link', { name: /← 群众举报/ }).click();
  await page.getByText('没有未办结的').waitFor();
  await page.getByRole('button', { name: '已办结' }).click();
  await card(page, '南街棋牌室').filter({ hasText: /办结/ }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the longest overdue stands on top and is marked in words', async () => {
  for (const subject of ['先来的', '后来的']) await made('/api/v1/registers/certificate', { subject, division: township }, callers.tracer);
  const { context, page } = await newDesk(browser);
  await page.clock.setFixedTime(Date.now() + 26 * 3600e3);
  await page.goto(`${town.url}/desk#view=certificate`);
  await logIn(page, town.logins.grid);
  const cards = page.locator('article.record');
  await cards.nth(1).waitFor();
  assert.deepEqual(await cards.locator('h2').allInnerTexts(), ['先来的', '后来的']);
  assert.match(await cards.first().locator('.tag.wrong').innerText(), /^! 已超时 2 小时|^! 已超时 1 小时 5\d 分/);
  await context.close();
});

test('by keyboard alone: a step is taken, and the keyboard is back where it was', async () => {
  await made('/api/v1/registers/finding', { subject: '卡口夜间无人', division: township }, callers.tracer);
  const { context, page } = await desk('view=finding');
  await card(page, '卡口夜间无人').waitFor();
  const first = page.locator('.steps-next button').first();
  await first.focus();
  await page.keyboard.press('Enter');
  await dialog(page).getByLabel('写明情况').and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  await first.and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Enter');
  await dialog(page).getByLabel('写明情况').and(page.locator(':focus')).waitFor();
  await page.keyboard.type('已排班');
  await page.keyboard.press('Enter');
  await card(page, '已整改，待确认').waitFor();
  await context.close();
});

/** Pages of a PDF as Chromium writes it. */
const pagesOf = (pdf) => pdf.toString('latin1').match(/\/Type \/Page\b(?!s)/g)?.length ?? 0;

test('the brief is one sheet: its numbers beside yesterday\'s, its sentence copied, as a workbook, on one page of A4', async () => {
  const { context, page, complaints } = await desk('', { permissions: ['clipboard-read', 'clipboard-write'] });
  const row = (words) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: words, exact: true }) });
  await row('检查人员 人次').waitFor();
  const cells = (await row('检查人员 人次').getByRole('cell').allInnerTexts()).map((text) => text.replace(/,/g, ''));
  const [today, yesterday, change] = cells;
  assert.ok(Number(today) > 0 && Number(yesterday) > 0, cells.join());
  assert.equal(Number(change.replace('−', '-').replace('±', '')), Number(today) - Number(yesterday));
  assert.match(await row('发热未结案 人').getByRole('cell').last().innerText(), /^–$/);   // of what stands there is no total
  assert.equal(await page.getByRole('img', { name: /^检查人员（人次），.* 至 .*最后一天 \d+$/ }).count(), 1);
  assert.equal(await page.locator('svg[role=img]').count(), 3);
  await page.getByText('最近 14 天的数字').click();
  assert.equal(await page.locator('.days-table tbody tr').count(), 14);
  assert.match(await page.locator('.silent').innerText(), /学校东门/);
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: '复制这段话' }).click();
  await said(page, '已复制');
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^截至\d+月\d+日/);
  const [book] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载 Excel' }).click()]);
  assert.equal((await readFile(await book.path())).subarray(0, 2).toString(), 'PK');
  assert.equal(pagesOf(await page.pdf({ preferCSSPageSize: true })), 1);
  await page.getByRole('button', { name: '前一天' }).click();
  await page.waitForFunction(() => /day=\d{4}-\d\d-\d\d/.test(location.hash));
  await page.waitForFunction((count) => document.querySelector('.brief .now')?.textContent?.replace(/,/g, '') === count, yesterday);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a frozen brief stays, and what a late scan changed of it is told', async () => {
  const { context, page, complaints } = await desk(`division=${village}`);
  await page.getByRole('button', { name: '封存' }).click();
  await dialog(page).getByText('此刻').waitFor();
  assert.deepEqual(await axe(page), []);
  await dialog(page).getByRole('button', { name: '封存' }).click();
  await page.getByText('这是封存的日报').waitFor();
  await page.getByText('封存以后没有变化').waitFor();
  const before = await page.locator('.brief .now').first().innerText();
  await passes((number += 1), 'G1', { at: new Date(Date.now() - 60_000).toISOString().replace(/\.\d+Z/, 'Z') });   // a tablet without a net
  await page.reload();
  const correction = page.getByRole('row').filter({ hasText: '检查人员（人次） · 今日' });
  await correction.waitFor();
  assert.match(await correction.innerText(), /\+1$/);
  assert.equal(await page.locator('.brief .now').first().innerText(), before);
  assert.deepEqual(await axe(page), []);
  const [book] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载 Excel' }).click()]);
  assert.equal((await readFile(await book.path())).subarray(0, 2).toString(), 'PK');
  await page.getByRole('link', { name: '看现在的' }).click();
  await page.getByRole('button', { name: '封存' }).waitFor();
  await page.getByLabel('截至').fill('00:00');   // what was before midnight is not today's
  await page.waitForFunction(() => document.querySelector('.brief .now')?.textContent === '0');
  await page.getByRole('button', { name: '此刻' }).click();
  await page.waitForFunction(() => document.querySelector('.brief .now')?.textContent !== '0');
  await page.getByRole('link', { name: new RegExp('东内堡村$') }).click();
  await page.getByText('这是封存的日报').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('of a division that is not one\'s own, small numbers are told as fewer than five', async () => {
  await passes((number += 1), 'S1');
  const { context, page } = await desk('division=130682', { role: 'grid' });
  await page.locator('.brief').waitFor();
  const cells = await page.locator('.brief td').allInnerTexts();
  assert.ok(cells.some((text) => /^<5$/.test(text.trim())), cells.join(' '));
  assert.ok(cells.every((text) => !/^[1-4]$/.test(text.trim())), cells.join(' '));
  await goTo(page, '');
  await page.getByRole('heading', { name: /留早镇/ }).waitFor();
  await context.close();
});

test('a day is counted by place, hour, division and kind of place, and people are no passages', async () => {
  const { context, page, complaints } = await desk(`view=counts&day=${at(3, 12).slice(0, 10)}`);
  const mall = page.getByRole('row').filter({ hasText: '国大商场' });
  await mall.waitFor();
  assert.deepEqual((await mall.getByRole('cell').allInnerTexts()).slice(1, 4), ['13', '13', '0']);
  await page.getByRole('button', { name: '按小时' }).click();
  await page.getByRole('row').filter({ hasText: '09:00' }).waitFor();
  await page.getByRole('button', { name: '按类别' }).click();
  await page.getByRole('row').filter({ hasText: '商超' }).waitFor();
  await page.getByRole('button', { name: '按区划' }).click();
  await page.getByRole('row').filter({ hasText: '合计' }).waitFor();
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('an enterprise that has not reported stands on the list until it has', async () => {
  const { context, page, complaints } = await desk('view=reports');
  const row = page.getByRole('row').filter({ hasText: '宝塔医疗器械' });
  assert.match(await row.innerText(), /未报/);
  await page.getByText(/开工 1 家，已报 0 家，未报 1 家；17:00 前要报/).waitFor();
  assert.deepEqual(await axe(page), []);
  await made('/api/v1/sites/E1/reports', { staff: 120, present: 97, fever: 0, elsewhere: 4 });
  await page.reload();
  await page.getByText('都报了').waitFor();
  await page.getByRole('button', { name: '全部', exact: true }).click();
  assert.match(await row.innerText(), /报[\s\S]*120[\s\S]*97[\s\S]*0[\s\S]*4/);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a rule of outings is put in force and taken back', async () => {
  const { context, page, complaints } = await desk('view=outings', { role: 'manager' });
  page.on('dialog', (one) => one.accept());
  await page.getByText('没有规定').waitFor();
  await page.getByRole('button', { name: '新规定' }).click();
  await dialog(page).getByLabel('在哪里').selectOption(village);
  await dialog(page).getByLabel('到', { exact: true }).fill(at(3, 12).slice(0, 10));   // before it begins
  await dialog(page).getByRole('button', { name: '生效' }).click();
  await dialog(page).locator('.fault, .note.wrong').filter({ hasText: /./ }).first().waitFor();
  assert.deepEqual(await axe(page), []);
  await dialog(page).getByLabel('到', { exact: true }).fill(at(-3, 12).slice(0, 10));
  await dialog(page).getByRole('button', { name: '生效' }).click();
  await page.getByRole('row').filter({ hasText: '东内堡村' }).filter({ hasText: '2 天 1 人次' }).filter({ hasText: '有效' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: '撤回东内堡村的规定' }).click();
  await page.getByText('没有规定').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('every view says its words in both languages, and nothing stands beyond the edge of a phone', async () => {
  await passes((number += 1), 'G1', { temperature: 37.8 });
  for (const [lang, width] of [['zh', 1280], ['zh', 375], ['en', 320]]) {
    const { context, page, complaints } = await desk('', { lang, viewport: { width, height: 700 } });
    for (const view of views) {
      await goTo(page, `view=${view}`);
      await page.waitForFunction(() => !document.querySelector('main .busy'));
      const words = await page.locator('body').innerText();
      assert.deepEqual(words.match(/\b[a-z]+\.[a-z_]+(\.[a-z_]+)?\b/g) ?? [], [], `${view} in ${lang}`);   // a text that is missing shows its key
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${view} at ${width}`);
      const small = await page.evaluate(() => [...document.querySelectorAll('main button')].filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.textContent));
      assert.deepEqual(small, [], `${view} at ${width}`);
      assert.deepEqual(await axe(page), [], `${view} at ${width}`);
    }
    assert.deepEqual(complaints, []);
    await context.close();
  }
});

test('who works at sites has the page in their bar, and a guard is told where to go', async () => {
  const { context, page } = await newDesk(browser);
  await page.goto(`${town.url}/sites`);
  await logIn(page, town.logins.manager);
  await page.getByRole('link', { name: '网格办' }).click();
  await page.getByRole('heading', { name: /日报/, level: 1 }).waitFor();
  await page.getByRole('button', { name: '退出' }).click();
  await logIn(page, town.logins.guard);
  await page.getByRole('dialog', { name: '这个页面不归这个账号用' }).getByRole('link', { name: '值守台' }).waitFor();
  await context.close();
});
