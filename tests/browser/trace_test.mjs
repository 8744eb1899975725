// SPDX-License-Identifier: Apache-2.0
// The tracer console: from a case to the list that is handed over, by mouse and by keyboard, in both languages; what the address holds; what Back does.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { recognise } from '../../server/web/pages/trace/recognise.js';
import { axe, idNumber, logIn, newDesk, phoneNumber, startBrowser, startTown } from './support.mjs';
import { CASE, at, nameOf, people } from './tracers.mjs';

let town, browser, callers, index;
before(async () => {
  [town, browser] = await Promise.all([startTown(), startBrowser()]);
  callers = await people(town, browser);
  index = await idOf(1);
});
after(async () => { await browser?.close(); await town?.close(); });

async function idOf(number) {
  const { json } = await callers.tracer('POST', '/api/v1/people/search', { case: CASE, document: { type: 'id', number: idNumber(number) } });
  return json.people[0].id;
}

/** A desk at this place of the console, logged in. `addresses` collects where it was. */
async function desk({ hash = '', lang = 'zh', role = 'tracer', ...options } = {}) {
  const { context, page, complaints } = await newDesk(browser, { acceptDownloads: true, ...options });
  page.setDefaultTimeout(15_000);
  const addresses = [];
  page.on('framenavigated', (frame) => addresses.push(frame.url()));
  await page.goto(`${town.url}/trace?lang=${lang}${hash}`);
  await logIn(page, town.logins[role]);
  await page.locator('main').waitFor();
  return { context, page, complaints, addresses };
}

const rows = (page) => page.locator('.table .row.contact');
const inCase = (more) => `#${new URLSearchParams({ case: CASE, index, ...more })}`;
const asked = (page, more) => page.evaluate((hash) => { location.hash = hash; }, inCase(more));

async function find(page, text) {
  await page.locator('#find').fill(text);
  await page.locator('#find').press('Enter');
}

async function download(page, act) {
  const [file] = await Promise.all([page.waitForEvent('download'), act()]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

test('a tracer opens a case, finds a person, sees whom they were with, marks them and hands the list over', async () => {
  const { context, page, complaints, addresses } = await desk();
  await page.getByRole('link', { name: /全部个案/ }).click();
  await page.getByRole('button', { name: /新建个案/ }).click();
  await page.getByLabel('个案编号').fill('DZ-2026-041');
  await page.getByLabel('名称').fill('商场聚集');
  await page.getByLabel('用途').fill('密接排查');
  await page.getByRole('button', { name: '建立' }).click();
  await page.getByRole('heading', { name: '商场聚集' }).waitFor();
  await find(page, idNumber(1));
  await page.getByRole('heading', { name: '与他同时停留的 21 人' }).waitFor();
  const groups = await page.locator('.table .row.heading').allInnerTexts();
  assert.match(groups[0], /同车同行 · 2 人/);
  assert.ok(groups.some((words) => /市政大厅 · .* · 当时平均约 \d+ 人在场 · 列 6 人/.test(words)), groups.join('\n'));
  assert.match(await page.locator('.facts').innerText(), /全部列出[\s\S]*毫秒|全部列出[\s\S]*秒/);
  assert.match(await rows(page).first().innerText(), /同一车牌或同一手机/);
  assert.deepEqual(await axe(page), []);
  // How many a bound leaves out is a question of its own: two passed the town hall for less than ten minutes with them, or nobody.
  await page.getByRole('button', { name: '各条件排除了多少人？' }).click();
  await page.locator('.left-out').filter({ hasText: /时长下限排除 \d+ 人/ }).waitFor();
  // By an authority's figures.
  await page.getByLabel('起算').selectOption('onset');
  await page.getByLabel('发病', { exact: true }).fill(local(at(1, 8)));
  await page.getByRole('button', { name: '重新计算' }).click();
  await page.locator('.preset-words').filter({ hasText: '从起算前 4 天起' }).waitFor();
  await page.locator('.facts').filter({ hasText: dayOf(at(5, 8)) }).waitFor();
  await rows(page).first().getByRole('link').click();
  await page.locator('aside.person').getByRole('button', { name: /已联系/ }).click();
  await rows(page).first().getByText('已联系').waitFor();
  await page.locator('aside.person').getByRole('button', { name: /关闭/ }).click();
  await page.getByRole('link', { name: /交出名单 e/ }).click();
  const masked = await download(page, () => page.getByRole('button', { name: /下载 Excel/ }).click());
  assert.equal(masked.bytes.subarray(0, 2).toString(), 'PK');
  const csv = await download(page, () => page.getByRole('button', { name: 'CSV', exact: true }).click());
  assert.match(csv.bytes.toString(), /person\.id/);
  assert.ok(!csv.bytes.includes(nameOf(2)) && csv.bytes.includes(`${nameOf(2)[0]}*`));
  // In full it goes to somebody, for a reason.
  const full = page.locator('.card-box').filter({ has: page.getByRole('heading', { name: '提供（全部信息）' }) });
  await full.getByRole('button', { name: '提供' }).click();
  assert.equal(await full.getByLabel('交给谁').evaluate((input) => input.validity.valueMissing), true);
  await full.getByLabel('交给谁').fill('定州市疾控中心');
  await full.getByLabel('理由').fill('密接通知');
  await full.getByLabel('写成').selectOption('csv');
  const told = await download(page, () => full.getByRole('button', { name: '提供' }).click());
  assert.ok(told.bytes.includes(nameOf(2)) && told.bytes.includes(idNumber(2)));
  await full.getByText(/已提供，\d+ 行/).waitFor();
  await full.getByLabel('写成').selectOption('sormas');
  const form = await download(page, () => full.getByRole('button', { name: '提供' }).click());
  assert.match(form.bytes.toString(), /person\.lastName/);
  await full.getByText(/空着的列/).waitFor();
  const words = page.locator('.card-box').filter({ has: page.getByRole('heading', { name: /文字：/ }) });
  await words.getByRole('button', { name: '写出来' }).click();
  assert.match(await words.getByLabel('写好的文字').inputValue(), /国大商场/);
  await words.getByRole('button', { name: '公开通报' }).click();
  await words.getByLabel('病例编号').fill('1');
  await words.getByRole('button', { name: '写出来' }).click();
  await words.getByText('没有可以公开的公共场所').waitFor();   // they stayed longer than visitors do
  await asked(page, { view: 'hand_over', index: await idOf(2), what: 'trajectory' });
  await words.getByRole('button', { name: '公开通报' }).click();
  await words.getByLabel('病例编号').fill('1');
  await words.getByRole('button', { name: '写出来' }).click();
  await page.waitForFunction(() => /^病例1/.test(document.querySelector('textarea.narrative')?.value ?? ''));
  assert.deepEqual(await axe(page), []);
  const { json } = await callers.auditor('GET', '/api/v1/audit?limit=40');
  for (const action of ['disclosed', 'disclosure_asked']) assert.ok(json.entries.some((entry) => entry.action === action), action);
  // Nothing that names anybody was in any address, the browser's history included.
  for (const address of addresses) for (const secret of [idNumber(1), idNumber(2), ...[1, 2, 3].map(nameOf), '12345']) assert.ok(!decodeURIComponent(address).includes(secret), address);
  assert.deepEqual(complaints, []);
  await context.close();
});

/** As datetime-local wants it, on the town's clock. */
const local = (moment) => new Date(Date.parse(moment) + 8 * 3600e3).toISOString().slice(0, 16);
const dayOf = (moment) => local(moment).slice(5, 10);

test('an address opens the same question in another tab, and Back goes to the one before', async () => {
  const { context, page, complaints } = await desk({ hash: inCase({ view: 'contacts' }) });
  await page.getByRole('heading', { name: '与他同时停留的 21 人' }).waitFor();
  await page.getByLabel('层级').selectOption('2');
  await page.getByRole('button', { name: '重新计算' }).click();
  await page.getByRole('heading', { name: '与他同时停留的 21 人 + 12 名次级' }).waitFor();
  const address = page.url();
  const other = await context.newPage();
  await other.goto(address);
  await other.getByRole('heading', { name: '与他同时停留的 21 人 + 12 名次级' }).waitFor();
  await page.getByRole('link', { name: /^轨迹/ }).click();
  await page.getByRole('heading', { name: '5 次停留，8 条扫码' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: '与他同时停留的 21 人 + 12 名次级' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: '与他同时停留的 21 人', exact: true }).waitFor();
  await page.goForward();
  await page.getByRole('heading', { name: '与他同时停留的 21 人 + 12 名次级' }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the second degree is folded in under whom it came through', async () => {
  const { context, page } = await desk({ hash: inCase({ view: 'contacts', deg: '2' }) });
  const first = rows(page).filter({ has: page.getByRole('button', { name: '12 名次级接触者' }) });
  const before = await rows(page).count();
  await first.getByRole('button', { name: '12 名次级接触者' }).click();
  const folded = page.locator('.table .row.contact').filter({ hasText: '2 度' });
  await folded.first().waitFor();
  assert.match(await folded.first().innerText(), new RegExp(`经 ${nameOf(2)[0]}`));
  assert.ok(await rows(page).count() > before);
  assert.deepEqual(await axe(page), []);
  await context.close();
});

test('by keyboard alone: the ID number and Enter is the list, e and Enter is the file', async () => {
  const { context, page, complaints } = await desk({ hash: `#case=${CASE}&view=start` });
  await page.waitForFunction(() => document.activeElement?.id === 'find');   // nothing has to be pressed for that
  await page.keyboard.type(idNumber(1));
  await page.locator('#find-kind').filter({ hasText: '按身份证号找' }).waitFor();
  let keys = 0;
  const press = async (key) => { keys += 1; await page.keyboard.press(key); };
  await press('Enter');
  await rows(page).first().waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'treegrid');
  await press('e');
  await page.getByRole('button', { name: /下载 Excel/ }).and(page.locator(':focus')).waitFor();
  const file = await download(page, () => press('Enter'));
  assert.equal(file.bytes.subarray(0, 2).toString(), 'PK');
  assert.equal(keys, 3);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('by keyboard alone: through the list, reasons, marks, a note, the person, and back', async () => {
  const { context, page } = await desk({ hash: inCase({ view: 'contacts' }) });
  await rows(page).first().waitFor();
  const grid = page.getByRole('treegrid');
  await grid.and(page.locator(':focus')).waitFor();
  const active = page.locator('.table .row.active');
  const first = await active.innerText();
  await page.keyboard.press('ArrowRight');
  await page.locator('.table .row.episode').first().waitFor();
  assert.equal(await active.getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('j');
  assert.notEqual(await active.innerText(), first);
  await page.keyboard.press('k');
  assert.equal(await active.innerText(), first);
  await page.keyboard.press('1');
  await active.getByText('待联系').waitFor();
  await page.keyboard.press('3');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await page.keyboard.press('Enter');   // why is needed
  assert.equal(await dialog.count(), 1);
  await page.keyboard.type('当天不在场');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await active.getByText('非接触者').waitFor();
  await page.keyboard.press('End');
  assert.match(await active.innerText(), /场所/);
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  const card = page.locator('aside.person');
  await card.getByText('当天不在场').first().waitFor();
  await page.keyboard.press('Escape');
  await card.waitFor({ state: 'detached' });
  await grid.and(page.locator(':focus')).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: '快捷键' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.getByRole('heading', { name: /次停留/ }).waitFor();
  await page.keyboard.press('/');
  await page.waitForFunction(() => document.activeElement?.id === 'find');
  await context.close();
});

test('a person is shown in full for a reason, after the password where that is old, and only while the card is open', async () => {
  const { context, page, complaints } = await desk({ hash: inCase({ view: 'contacts', who: index }) });
  const card = page.locator('aside.person');
  await card.getByText(`${nameOf(1)[0]}*`).first().waitFor();
  assert.ok(!(await card.innerText()).includes(idNumber(1)));
  // The server's clock can't be turned from here: what it says to an old proof is said for it once (misuse_test shows that it says so).
  let refused = 0;
  await page.route('**/reveal', async (route) => {
    if (refused) return route.continue();
    refused += 1;
    return route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify({ status: 403, code: 'reauthenticate', detail: '请再输入一次密码。' }) });
  });
  await card.getByRole('button', { name: /显示全部信息/ }).click();
  const asking = page.getByRole('dialog', { name: /显示 .* 的全部信息/ });
  await asking.getByRole('button', { name: '显示', exact: true }).click();
  assert.equal(await asking.getByLabel('理由').evaluate((input) => input.validity.valueMissing), true);
  assert.equal(refused, 0);
  await asking.getByLabel('理由').fill('流调电话');
  await asking.getByRole('button', { name: '显示', exact: true }).click();
  const proof = page.getByRole('dialog', { name: '请再输入一次密码' });
  await proof.locator('input[type=password]').fill(town.logins.tracer.password);
  await proof.getByRole('button', { name: '继续' }).click();
  await card.getByText(idNumber(1)).waitFor();
  await card.getByText(nameOf(1), { exact: true }).first().waitFor();
  assert.ok(!decodeURIComponent(page.url()).includes(nameOf(1)));
  await card.getByRole('button', { name: '遮住' }).click();
  assert.ok(!(await card.innerText()).includes(idNumber(1)));
  const { json } = await callers.auditor('GET', '/api/v1/audit?limit=10');
  assert.ok(json.entries.some((entry) => entry.action === 'revealed' && entry.case === CASE));
  assert.deepEqual(complaints, []);
  await context.close();
});

test('who passed a place, and whom those were with', async () => {
  const { context, page } = await desk({ hash: inCase({ view: 'passages' }) });
  await page.getByLabel('检测点').fill('国大');
  await page.getByRole('button', { name: /国大商场/ }).click();
  await page.getByRole('heading', { name: '13 人经过国大商场' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('link', { name: '当时在场的人和谁在一起' }).click();
  await page.getByRole('heading', { name: /与他们同时停留的 \d+ 人/ }).waitFor();
  assert.match(await page.locator('.crumb').innerText(), /国大商场/);
  await context.close();
});

test('several people share places, the most surprising first', async () => {
  const { context, page } = await desk({ hash: inCase({ view: 'contacts' }) });
  await rows(page).first().waitFor();
  await page.getByRole('treegrid').focus();
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.getByText('已选 2 人').waitFor();
  await page.getByRole('button', { name: '与指示病例的共同场所' }).click();
  await page.getByRole('heading', { name: /3 人有 \d+ 个共同场所和时段/ }).waitFor();
  assert.match(await page.locator('.table .body').innerText(), /北门卡口/);
  assert.deepEqual(await axe(page), []);
  await context.close();
});

test('contacts are given to somebody, listed by state and by whose they are, and that list is a file', async () => {
  const { context, page } = await desk({ hash: inCase({ view: 'contacts' }) });
  await rows(page).first().waitFor();
  await page.getByRole('treegrid').focus();
  for (const key of ['j', 'j', 'x', 'j', 'x', '2']) await page.keyboard.press(key);
  await page.getByRole('button', { name: '分配给…' }).click();
  const dialog = page.getByRole('dialog', { name: '把 2 人分配给谁？' });
  await dialog.getByLabel('流调员的账号').fill('nobody-here');
  await dialog.getByRole('button', { name: '保存' }).click();
  await page.locator('.said .wrong').waitFor();   // each is refused on its own, in words
  await page.getByRole('button', { name: '归我负责' }).click();
  await page.getByRole('link', { name: /^随访/ }).click();
  await page.getByRole('button', { name: '只看我的' }).click();
  const mine = page.locator('.table .body .row').filter({ hasText: 'tracer-1' });
  await mine.nth(1).waitFor();
  assert.equal(await mine.count(), 2);
  await page.getByRole('button', { name: /^已联系 2/ }).click();
  await mine.nth(1).waitFor();
  assert.deepEqual(await axe(page), []);
  const file = await download(page, () => page.getByRole('button', { name: '存为 Excel' }).click());
  assert.equal(file.bytes.subarray(0, 2).toString(), 'PK');
  await context.close();
});

test('what a tired hand does at 3 a.m. falls on nobody else', async () => {
  const { context, page } = await desk({ hash: inCase({ view: 'contacts' }) });
  await rows(page).first().waitFor();
  const marked = () => rows(page).filter({ hasText: '非接触者' }).count();
  const before = await marked();
  // A number that is typed over the list, without the slash, goes to the box.
  await page.getByRole('treegrid').focus();
  await page.keyboard.type(idNumber(2), { delay: 15 });
  assert.equal(await page.locator('#find').inputValue(), idNumber(2));
  assert.equal(await page.locator('dialog[open]').count(), 0);
  await page.locator('#find').press('Escape');
  // g t leads the index person's way, whichever row has the keyboard.
  await page.getByRole('treegrid').focus();
  await page.keyboard.press('j');
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.locator('main.view-trajectory h1').waitFor();
  assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('index'), index);
  // A visit's own window binds its passages, and no later question.
  await page.locator('.table .body .row').first().press('Enter');
  await page.locator('main.view-passages h1').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await rows(page).first().waitFor();
  const state = new URLSearchParams(new URL(page.url()).hash.slice(1));
  assert.deepEqual([state.get('from'), state.get('to')], [null, null]);
  assert.equal(await marked(), before);
  // An emptied bound is none.
  const all = page.waitForRequest((request) => request.url().endsWith('/traces') && request.postDataJSON().min_overlap_s === 0);
  await page.getByLabel('至少').fill('');
  await page.getByRole('button', { name: '重新计算' }).click();
  await all;
  // Of whom nobody was found, nobody's list is handed over.
  const wrong = `${idNumber(1).slice(0, 17)}${idNumber(1)[17] === '0' ? '1' : '0'}`;
  await find(page, wrong);
  await page.locator('main .note.wrong, main .note.wait').first().waitFor();
  assert.equal(await page.locator('#find').inputValue(), wrong);   // to be mended, not typed again
  assert.equal(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('index'), null);
  assert.equal(await page.locator('#find').evaluate((input) => input.spellcheck), false);
  // Two numbers are two people.
  await find(page, `${idNumber(1)}，${idNumber(2)}`);
  await page.locator('.table .body .row').nth(1).waitFor();
  assert.equal(await page.locator('.table .body .row').count(), 2);
  await context.close();
});

test('"until now" is now whenever another question is asked, and what it was for Back and for what is handed over', async () => {
  const { context, page } = await desk({ hash: inCase({ view: 'contacts' }) });
  const asks = [];
  page.on('request', (request) => { if (request.url().endsWith('/traces') && request.method() === 'POST') asks.push(request.postDataJSON().to); });
  await rows(page).first().waitFor();
  await page.waitForTimeout(1_100);   // another second than that of the first answer, which is kept
  await Promise.all([page.waitForResponse((answer) => answer.url().endsWith('/traces')), page.getByRole('button', { name: '重新计算' }).click()]);
  await page.waitForFunction(() => document.querySelector('.facts'));
  await page.waitForTimeout(1_100);
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: /交出名单 e/ }).click();
  const csv = page.waitForRequest((request) => request.url().includes('/traces') && request.url().includes('format=csv'));
  await page.getByRole('button', { name: 'CSV', exact: true }).click();
  assert.equal((await csv).postDataJSON().to, asks.at(-1));
  await page.goBack();
  await rows(page).first().waitFor();
  const count = asks.length;
  await page.waitForTimeout(1_100);
  await page.getByRole('link', { name: /^轨迹/ }).click();
  await page.locator('main.view-trajectory h1').waitFor();
  await page.getByRole('link', { name: /^接触者/ }).first().click();
  await rows(page).first().waitFor();
  assert.equal(asks.length, count + 1);
  assert.ok(asks.at(-1) > asks[count - 1], asks.join());
  await context.close();
});

test('whoever logs in after somebody else\'s session does not see what that one had opened', async () => {
  const { context, page } = await desk({ hash: inCase({ view: 'contacts' }) });
  await rows(page).first().waitFor();
  await context.clearCookies();
  await page.getByRole('button', { name: '重新计算' }).click();
  await page.locator('dialog input[autocomplete=username]').waitFor();
  assert.equal(await page.locator('#page').evaluate((one) => getComputedStyle(one).visibility), 'hidden');
  await Promise.all([page.waitForEvent('load'), logIn(page, town.logins.guard)]);
  await page.getByText('这个账号不能用这个页面').or(page.getByRole('dialog')).first().waitFor();
  assert.equal(await page.locator('.table').count(), 0);
  await context.close();
});

test('a list of the ledger is proposed by one, approved by another, and whoever is on it raises an alert that is closed by a name', async () => {
  const { context, page, complaints } = await desk({ hash: '#view=ledger' });
  await page.getByRole('heading', { name: '台账', level: 1 }).waitFor();
  await page.getByRole('button', { name: '提交名单' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('依据的文件').fill('冀疾控函〔2020〕9号');
  await dialog.getByLabel('名单文件').setInputFiles({ name: 'list.csv', mimeType: 'text/csv',
    buffer: Buffer.from(`姓名,证件号码,手机号\n${nameOf(9)},${idNumber(9)},\n${nameOf(9)},130682199001010000,\n`) });
  assert.deepEqual(await axe(page), []);
  await dialog.getByRole('button', { name: '提交', exact: true }).click();
  await page.getByText(/已提交，1 人，其中 1 人已登记过/).waitFor();
  await page.getByText('退回 1 行').or(page.getByRole('region', { name: '退回 1 行' })).first().waitFor();
  assert.equal(await page.getByRole('button', { name: '批准' }).count(), 0);   // not by whoever proposed it
  const { json } = await callers.tracer('GET', '/api/v1/ledger/lists');
  await callers.second('POST', `/api/v1/ledger/lists/${json.lists[0].id}/approve`);
  await page.reload();
  await page.getByRole('link', { name: json.lists[0].id, exact: true }).click();
  await page.getByText('未核查').waitFor();
  const passed = await callers.guard('POST', '/api/v1/gate/scans', { scans: [{ subject: { document: { type: 'id', number: idNumber(9) } }, site: 'G1', direction: 'in' }] });
  assert.equal(passed.json.results[0].verdict, 'stop');
  await page.getByRole('button', { name: '核查' }).click();
  await dialog.getByLabel('核查结果').selectOption('here');
  await dialog.getByRole('button', { name: '保存' }).click();
  await page.locator('.tag', { hasText: '在本地' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.getByRole('cell', { name: '拦下' }).waitFor();
  assert.ok(!(await page.locator('main').innerText()).includes(idNumber(9)));
  assert.deepEqual(await axe(page), []);
  // The next one comes by itself.
  await callers.guard('POST', '/api/v1/gate/scans', { scans: [{ subject: { document: { type: 'id', number: idNumber(9) } }, site: 'G2', direction: 'in' }] });
  await page.getByRole('cell', { name: '拦下' }).nth(1).waitFor({ timeout: 5_000 });
  await page.getByRole('button', { name: '处置', exact: true }).first().click();
  await dialog.getByLabel('做了什么').fill('同上');
  await dialog.getByRole('button', { name: '处置' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '处置', exact: true }).last().click();
  await dialog.getByLabel('做了什么').fill('已联系社区');
  await dialog.getByRole('button', { name: '处置' }).click();
  await page.getByText('没有待处置的提醒。').waitFor();
  await page.getByRole('button', { name: '全部', exact: true }).click();
  await page.getByText(/已联系社区 · tracer-1/).waitFor();
  page.on('dialog', (one) => one.accept());
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await page.getByRole('button', { name: '撤销' }).first().click();
  await dialog.getByLabel('理由').fill('依据已撤销');
  await dialog.getByRole('button', { name: '撤销' }).click();
  await page.locator('.tag', { hasText: '已撤销' }).first().waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('an entry is handed to another grid with a reason, stands there with its history, and is marked once its person registers', async () => {
  const until = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+Z/, 'Z');
  const proposed = await callers.context.request.post(`${town.url}/api/v1/ledger/lists?document=x&measure=home&until=${until}`, { data: `name,document_number\n${nameOf(80)},${idNumber(80)}\n`,
    headers: { 'Content-Type': 'text/csv', Authorization: `Bearer ${town.tracer}` } });
  const { id } = await proposed.json();
  await callers.second('POST', `/api/v1/ledger/lists/${id}/approve`);
  const { context, page, complaints } = await desk({ hash: `#view=ledger&list=${id}` });
  const entries = page.getByRole('region', { name: `名单 ${id} 的人` });
  const dialog = page.getByRole('dialog', { name: /^移交：/ });
  assert.equal(await page.getByRole('region', { name: '移交来的' }).count(), 0);
  await entries.getByRole('button', { name: '移交' }).click();
  await dialog.getByLabel('交给哪个网格').selectOption('130682100');
  await dialog.getByRole('button', { name: '移交' }).click();
  assert.equal(await dialog.getByLabel('理由').evaluate((input) => input.validity.valueMissing), true);
  await dialog.getByLabel('理由').fill('人在留早镇');
  assert.deepEqual(await axe(page), []);
  await dialog.getByRole('button', { name: '移交' }).click();
  await entries.getByRole('cell', { name: '留早镇' }).waitFor();
  await context.close();
  const { notice_version } = await (await callers.context.request.get(`${town.url}/api/v1/codes/${town.codes.G1.any}`)).json();
  const own = await callers.context.request.post(`${town.url}/api/v1/registrations`, { data: { name: nameOf(80), document: { type: 'id', number: idNumber(80) }, phone: phoneNumber(80), notice_version } });
  assert.equal(own.status(), 201);
  const grid = await desk({ hash: '#view=ledger', role: 'grid' });
  const handed = grid.page.getByRole('region', { name: '移交来的' });
  await handed.locator('.tag.new').filter({ hasText: /^已登记 \d\d-\d\d/ }).waitFor();
  await handed.getByRole('button', { name: '核查' }).click();
  await grid.page.locator('.history li').filter({ hasText: '人在留早镇' }).filter({ hasText: '留早镇' }).waitFor();
  assert.deepEqual(await axe(grid.page), []);
  await grid.page.getByLabel('核查结果').selectOption('here');
  await grid.page.getByRole('button', { name: '保存' }).click();
  await handed.locator('.tag', { hasText: '在本地' }).waitFor();
  assert.deepEqual([...complaints, ...grid.complaints], []);
  await grid.context.close();
});

test('a question asked again tells who is new', async () => {
  const { context, page } = await desk({ hash: inCase({ view: 'contacts', from: at(3, 0), to: at(3, 23) }) });
  await rows(page).first().waitFor();
  await page.getByRole('link', { name: /问过的问题/ }).click();
  const { json } = await callers.guard('POST', '/api/v1/gate/scans', { scans: [['in', 9, 10], ['out', 11, 0]].map(([direction, hour, minute]) => ({
    subject: { document: { type: 'id', number: idNumber(60) }, name: nameOf(60) }, site: 'S1', direction, at: at(3, hour, minute) })) });
  assert.deepEqual(json.results.map((result) => result.status), [201, 201]);
  const row = page.locator('.table .row').filter({ hasText: '接触者' }).first();
  await row.getByRole('button', { name: '再问' }).click();
  await page.getByText(/新增 1 人，少了 0 人/).waitFor();
  await page.locator('.table .row.contact').filter({ hasText: '新增' }).waitFor();
  assert.equal(await page.locator('.table .row.contact').count(), 1);
  assert.deepEqual(await axe(page), []);
  await context.close();
});

test('a visit that somebody told of counts in the case until it is withdrawn', async () => {
  const { context, page } = await desk({ hash: inCase({ view: 'told' }) });
  await page.getByRole('button', { name: /补录一次/ }).click();
  const dialog = page.getByRole('dialog', { name: '补录一次' });
  assert.equal(await dialog.getByLabel('人员编号').inputValue(), index);
  await dialog.getByLabel('场所').fill('学校');
  await dialog.getByRole('button', { name: /学校东门/ }).click();
  await dialog.getByLabel('从').fill(local(at(2, 10)));
  await dialog.getByLabel('到', { exact: true }).fill(local(at(2, 11)));
  await dialog.getByLabel('说明').fill('本人口述');
  await dialog.getByRole('button', { name: '补录', exact: true }).click();
  await page.getByRole('cell', { name: '学校东门' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await asked(page, { view: 'trajectory' });
  await page.locator('.table .row').filter({ hasText: '口述补录' }).waitFor();
  await asked(page, { view: 'told' });
  await page.getByRole('button', { name: '撤回' }).click();
  await page.getByText('还没有补录的停留。').waitFor();
  await context.close();
});

test('all questions as known at a past moment, under a banner that says so', async () => {
  const { context, page } = await desk({ hash: inCase({ view: 'contacts' }) });
  await rows(page).first().waitFor();
  const bodies = [];
  page.on('request', (request) => { if (request.url().endsWith('/traces')) bodies.push(request.postDataJSON()); });
  await page.getByRole('button', { name: '按过去某一刻已知的来查…' }).click();
  const dialog = page.getByRole('dialog', { name: '按当时已知' });
  await dialog.getByLabel('时刻').fill(local(new Date(Date.now() - 60_000).toISOString()));
  await dialog.getByRole('button', { name: '按当时查' }).click();
  await page.getByText(/按 .* 已知/).waitFor();
  await page.waitForFunction(() => document.querySelector('.table, .note.wrong'));
  assert.ok(bodies.length > 0 && bodies.every((body) => body.known_at), JSON.stringify(bodies));
  await page.getByRole('link', { name: /^轨迹/ }).click();
  await page.getByText(/按 .* 已知/).waitFor();   // it stays, whatever is looked at
  await page.getByRole('button', { name: '回到现在' }).click();
  await page.getByText(/按 .* 已知/).waitFor({ state: 'detached' });
  await context.close();
});

test('whether two statements are of one person: what differs is marked, one key answers, another takes it back', async () => {
  // One document under two names is asked about.
  for (const name of ['韩梅', '韩雪']) {
    await callers.guard('POST', '/api/v1/gate/scans', { scans: [{ subject: { document: { type: 'id', number: idNumber(70) }, name }, site: 'S1', direction: 'in', at: at(1, 9, name === '韩梅' ? 1 : 2) }] });
  }
  const { context, page, complaints } = await desk({ hash: '#view=reviews' });
  const review = page.locator('article.review').first();
  await review.waitFor();
  await review.locator('tr.differs').filter({ hasText: '姓名' }).getByText('不同').waitFor();
  assert.deepEqual(await axe(page), []);
  await review.focus();
  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog', { name: '是同一个人' });
  await dialog.waitFor();
  await page.keyboard.type('看过证件');
  await page.keyboard.press('Enter');
  await review.getByText('已判为同一人').waitFor();
  await review.focus();
  await page.keyboard.press('u');
  await review.getByText('待核对').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('each chart is a table too: graph, time line and curve', async () => {
  const { context, page, complaints } = await desk({ hash: inCase({ view: 'contacts', tab: 'graph', onset: at(1, 8), preset: 'nhc8' }) });
  await page.locator('[data-drawn=yes]').waitFor();
  const drawn = Number(/图中是全部 (\d+) 人/.exec(await page.locator('#graph-choice').innerText())[1]);
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: '以表格显示' }).click();
  assert.equal(await page.getByRole('table', { name: '图中的关系' }).locator('tbody tr').count(), drawn);
  await page.getByRole('tab', { name: '时间线' }).click();
  await page.locator('.lane rect').first().waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('tab', { name: '曲线' }).click();
  await page.locator('[data-drawn=yes]').waitFor();
  const day = page.getByRole('table', { name: '每天的人数' }).locator('tr').filter({ hasText: local(at(1, 8)).slice(0, 10) });
  assert.match(await day.innerText(), /^\S+\s+1\s/);   // the onset of the one index person
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(complaints, []);
  await context.close();
});

/** Texts that are a key, since nobody wrote what it says. */
const bareKeys = (page) => page.evaluate(() => [...document.querySelectorAll('body *')]
  .flatMap((element) => [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()))
  .filter((text) => /^[a-z_]+(\.[a-z_0-9]+)+$/.test(text)));

test('in English, and on a phone, the same can be done', async () => {
  const { context, page, complaints } = await desk({ hash: `#case=${CASE}&view=start`, lang: 'en', viewport: { width: 375, height: 740 } });
  await find(page, idNumber(1));
  await page.getByRole('heading', { name: /\d+ people were with them/ }).waitFor();
  await rows(page).first().waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: /☰/ }).click();
  await page.getByRole('link', { name: /^Trajectory/ }).click();
  await page.getByRole('heading', { name: '5 visits, 8 scans' }).waitFor();
  assert.deepEqual(await axe(page), []);
  for (const view of ['cases', 'follow', 'told', 'questions', 'reviews', 'hand_over', 'curve', 'shared', 'passages']) {
    await asked(page, { view });
    await page.locator(`main.view-${view} h1`).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, view);
    assert.ok(!/[\u4e00-\u9fff]{4}/.test(await page.locator('main h1').innerText()), view);
    assert.deepEqual(await bareKeys(page), [], view);
    assert.deepEqual(await axe(page), [], view);
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the one box knows what was typed', () => {
  const told = (text, as) => { const { searches, words, person } = recognise(text, as); return [searches[0].body, words.map((word) => word.kind).join(), person]; };
  assert.deepEqual(told(idNumber(1)), [{ document: { type: 'id', number: idNumber(1) } }, 'id', '']);
  assert.deepEqual(told('１４２００００００３１'), [{ phone: '14200000031' }, 'phone', '']);
  assert.deepEqual(told('142 0000 0031'), [{ phone: '14200000031' }, 'phone', '']);
  assert.deepEqual(told('冀F12345'), [{ plate: '冀F12345' }, 'plate', '']);
  assert.deepEqual(told('冀f·d12345'), [{ plate: '冀FD12345' }, 'plate', '']);
  assert.deepEqual(told('王秀英'), [{ name: '王秀英' }, 'name', '']);
  assert.deepEqual(told('John Smith'), [{ name: 'John Smith' }, 'name', '']);
  assert.deepEqual(told('王秀英 14200000031'), [{ name: '王秀英', phone: '14200000031' }, 'name,phone', '']);
  assert.deepEqual(told('e12345678'), [{ document: { type: 'passport', number: 'E12345678' } }, 'passport', '']);
  assert.deepEqual(told('H1234567890'), [{ document: { type: 'hkmo', number: 'H1234567890' } }, 'hkmo', '']);
  assert.deepEqual(told('bazk57j75swy'), [{}, 'person', 'bazk57j75swy']);
  assert.deepEqual(told('12345678', 'passport'), [{ document: { type: 'passport', number: '12345678' } }, 'passport', '']);
  const wrong = `${idNumber(1).slice(0, 17)}${idNumber(1)[17] === '0' ? '1' : '0'}`;
  assert.equal(recognise(wrong).words[0].fault, 'check');
  assert.equal(recognise(idNumber(1)).words[0].fault, '');
  assert.deepEqual(told('冀F 12345'), [{ plate: '冀F12345' }, 'plate', '']);
  // A digit too few or too many is told, and counted.
  for (const odd of [idNumber(1).slice(0, 17), `${idNumber(1)}1`, '1420000003', '142000000311']) {
    const [word] = recognise(odd).words;
    assert.deepEqual([word.fault, word.digits], ['digits', odd.length], odd);
  }
  // Nobody has two ID numbers: each is asked for, and the name goes with the first.
  const two = recognise(`王秀英 ${idNumber(1)}，${idNumber(2)}`);
  assert.deepEqual(two.searches.map((one) => one.body), [{ name: '王秀英', document: { type: 'id', number: idNumber(1) } }, { document: { type: 'id', number: idNumber(2) } }]);
  assert.deepEqual(recognise('14200000031 14200000032').searches.map((one) => one.text), ['14200000031', '14200000032']);
});
