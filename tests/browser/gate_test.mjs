// SPDX-License-Identifier: Apache-2.0
// A guard's shift, in a real browser: ten people each named in another way, an outage with a reload in it, the code on the tablet, the paper log, the handover.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, test } from 'node:test';

import { axe, fillPerson, idNumber, logIn, newDesk, newPhone, phoneNumber, startBrowser, startTown } from './support.mjs';

const village = '130682100200';
let town, browser, api, people = 100;
const person = (name) => ({ name, number: idNumber(people += 1), phone: phoneNumber(people) });

/** A cable that can be pulled: the town behind a port of its own. */
async function startCable(port) {
  const sockets = new Set();
  let isPulled = false;
  const server = net.createServer((near) => {
    if (isPulled) return near.destroy();
    const far = net.connect(port, '127.0.0.1');
    for (const [one, other] of [[near, far], [far, near]]) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => { sockets.delete(one); other.destroy(); });
      one.pipe(other);
    }
    return undefined;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${server.address().port}`,
    pull() { isPulled = true; for (const socket of sockets) socket.destroy(); },
    mend() { isPulled = false; },
    close() { this.pull(); server.close(); },
  };
}

/** Calls of somebody on staff, as another program would make them. */
async function asStaff(role, method, path, data, type = 'application/json') {
  const { token } = await (await api.post(`${town.url}/api/v1/session`, { data: town.logins[role] })).json();
  const answer = await api.fetch(town.url + path, { method, data, headers: { Authorization: `Bearer ${token}`, ...(data === undefined ? {} : { 'Content-Type': type }) } });
  assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
}

/** Registers a resident by the API; their credential. */
async function registered(who, more = {}) {
  const { notice_version } = await (await api.get(`${town.url}/api/v1/codes/${town.codes.G1.any}`)).json();
  const answer = await api.post(`${town.url}/api/v1/registrations`, { data: { name: who.name, document: { type: 'id', number: who.number }, phone: who.phone, notice_version, ...more } });
  assert.equal(answer.status(), 201, await answer.text());
  return (await answer.json()).credential;
}
const asResident = (credential) => ({ headers: { Authorization: `Bearer ${credential}` } });

before(async () => {
  [town, browser] = await Promise.all([startTown(), startBrowser()]);
  ({ request: api } = await browser.newContext({ ignoreHTTPSErrors: true }));
  const roster = [['R1', '王桂兰', idNumber(1)], ['R2', '王建国', idNumber(2)], ['R3', '单玉梅', idNumber(3)]];
  await asStaff('admin', 'POST', '/api/v1/people/import', `ref,name,document_type,document_number,division\n${roster.map(([ref, name, number]) => `${ref},${name},id,${number},${village}`).join('\n')}\n`, 'text/csv');
});
after(async () => { await browser?.close(); await town?.close(); });

/** A desk at a site, with a guard who is logged in. */
async function openDesk(site = 'G1', { url = town.url, ...options } = {}) {
  const desk = await newDesk(browser, options);
  await desk.page.goto(`${url}/gate`);
  await logIn(desk.page, town.logins.guard);
  await desk.page.locator('.choices button', { hasText: site }).click();
  await desk.page.locator('#line').waitFor();
  return desk;
}
const result = (page, words) => page.locator('.result strong').filter({ hasText: words }).waitFor();
const recent = (page) => page.locator('.recent-rows li');

test('ten people, each named in another way', async () => {
  const { context, page, complaints } = await openDesk();
  const type = async (text) => { await page.locator('#line').focus(); await page.keyboard.type(text); await page.keyboard.press('Enter'); };

  const first = person('赵海燕'), card = (await (await api.get(`${town.url}/api/v1/me/card`, asResident(await registered(first)))).json()).card;
  await page.locator('body').click();   // a hand scanner's keys find the line wherever the focus is
  await page.keyboard.type(card);
  await page.keyboard.press('Enter');
  await result(page, '请通行');
  await page.locator('.result .who').filter({ hasText: '赵*' }).waitFor();   // whose card it is, for the guard looks at who stands there

  await type(first.number);
  await result(page, '请通行');

  const unknown = person('钱春生');
  await type(unknown.number.slice(0, 17) + (unknown.number[17] === '0' ? '1' : '0'));
  await page.locator('#line-hint').filter({ hasText: '身份证号有误' }).waitFor();
  await page.locator('#line').fill('');
  await type(unknown.number);
  await result(page, '没有登记过');
  await page.keyboard.type(unknown.name);   // the focus is there already
  await page.keyboard.press('Enter');
  await result(page, '请通行');

  const called = person('孙立强');
  await type(called.phone);
  await page.keyboard.type(called.name);
  await page.keyboard.press('Enter');
  await page.locator('.result .who').filter({ hasText: called.name }).waitFor();

  await type('单玉梅');   // by name: on the village's roster, and the only one
  await page.locator('.roster-rows').filter({ hasText: '单玉梅' }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.result .who').filter({ hasText: '单玉梅' }).waitFor();

  const began = Date.now();
  await page.keyboard.press('w');   // an old neighbour without anything: two keys
  await page.locator('.roster-rows li').nth(1).waitFor();
  const neighbour = (await page.locator('.roster-rows li b').nth(1).innerText()).trim();
  await page.keyboard.press('2');
  await page.locator('.result .who').filter({ hasText: neighbour }).waitFor();
  assert.ok(Date.now() - began < 5_000, 'two keys, and under ten seconds with a guard who looks up');

  await page.getByRole('button', { name: 'W', exact: true }).click();   // and two taps
  await page.locator('.roster-rows button').filter({ hasText: neighbour === '王桂兰' ? '王建国' : '王桂兰' }).click();
  await page.locator('.result .who').filter({ hasText: neighbour === '王桂兰' ? '王建国' : '王桂兰' }).waitFor();

  await page.getByLabel('多人或车辆').check();
  await page.getByLabel('车牌（步行不填）').fill('冀F12345');
  await page.getByLabel('共几人').fill('2');
  await type(first.number);
  await page.locator('.vehicle .hint').filter({ hasText: '还差 1 人' }).waitFor();
  await type(unknown.number);
  await page.getByRole('button', { name: /2 人一起登记/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.result .who').filter({ hasText: '2 人' }).waitFor();
  await page.getByLabel('多人或车辆').uncheck();

  await page.getByRole('checkbox', { name: '测体温' }).check();
  await type(called.phone);
  await page.keyboard.type(called.name);
  await page.keyboard.press('Enter');
  await page.keyboard.type('376');
  await page.keyboard.press('Enter');
  await page.locator('#line-hint').filter({ hasText: '请复测' }).waitFor();
  await page.keyboard.type('37.5');
  await page.keyboard.press('Enter');
  await result(page, '请核对');
  assert.match(await page.locator('.result').innerText(), /体温 37\.5 ℃/);
  assert.ok((await page.locator('.result').getAttribute('class')).includes('stop'));
  await recent(page).first().filter({ hasText: '37.5 ℃ 发热' }).waitFor();
  await page.getByRole('checkbox', { name: '测体温' }).uncheck();

  const own = person('李秀兰');
  const scan = await api.post(`${town.url}/api/v1/scans`, { ...asResident(await registered(own)), data: { code: town.codes.G1.any, direction: 'in' } });
  assert.equal(scan.status(), 201);
  await recent(page).first().filter({ hasText: '自己扫码' }).waitFor();
  await page.getByRole('checkbox', { name: '测体温' }).check();
  await page.locator('#temperature').fill('36.6');
  await recent(page).first().getByRole('button', { name: '给李*记体温' }).click();   // one tap
  await recent(page).first().filter({ hasText: '36.6 ℃' }).waitFor();
  assert.equal(await page.locator('#temperature').inputValue(), '');
  await page.getByRole('checkbox', { name: '测体温' }).uncheck();

  await type(unknown.number);
  await result(page, '请通行');
  await page.getByRole('button', { name: '登错了，撤销' }).click();
  await result(page, '已撤销');
  await recent(page).first().filter({ hasText: '已撤销' }).waitFor();

  await page.locator('.standing.good').filter({ hasText: '已全部上传' }).waitFor();   // nothing is left on the device
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('an outage with a reload in it: amber, never green, and everything arrives once', async () => {
  const cable = await startCable(new URL(town.url).port);
  const { context, page, complaints } = await openDesk('G1', { url: cable.url });
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.reload();   // by now the page and all of its files are kept
  await page.locator('#line').waitFor();
  await page.waitForTimeout(1_000);
  const known = person('周树林'), fresh = person('吴玉兰');
  await registered(known);
  cable.pull();
  await page.locator('#line').fill(known.number);
  await page.keyboard.press('Enter');
  await result(page, '已存，未上传');
  assert.ok((await page.locator('.result').getAttribute('class')).includes('wait'));
  await page.locator('.standing.wait').filter({ hasText: '1 条未上传' }).waitFor();

  await page.reload();
  await page.locator('#line').waitFor();
  assert.match(await page.locator('.bar').innerText(), /东内堡村口/);
  await page.locator('.standing').filter({ hasText: '1 条未上传' }).waitFor();
  await page.locator('#line').fill(fresh.number);
  await page.keyboard.press('Enter');
  await page.locator('#line-hint').filter({ hasText: '请同时输入姓名' }).waitFor();
  await page.keyboard.type(fresh.name);
  await page.keyboard.press('Enter');
  await page.locator('.result .who').filter({ hasText: fresh.name }).waitFor();
  await result(page, '已存，未上传');
  const stranger = person('郑海涛');
  await page.locator('#line').fill(stranger.number);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');   // nobody knows the name: it will be refused, and said why
  await page.locator('.standing').filter({ hasText: '3 条未上传' }).waitFor();
  assert.deepEqual(await axe(page), []);

  cable.mend();
  await page.locator('.standing.wrong').filter({ hasText: '1 条被退回' }).waitFor({ timeout: 30_000 });
  assert.doesNotMatch(await page.locator('.standing').innerText(), /未上传/);
  await page.locator('.standing').click();
  const row = page.locator('tbody tr');
  await row.filter({ hasText: '没有登记过' }).waitFor();
  await row.getByRole('button', { name: '补姓名再传' }).click();
  await page.getByRole('textbox', { name: '姓名' }).fill(stranger.name);
  await page.keyboard.press('Enter');
  await page.locator('.standing.good').waitFor();
  const shown = await page.evaluate(async () => (await (await fetch('/api/v1/gate/recent?site=G1')).json()).scans.map((scan) => scan.name));
  for (const name of ['周*', '吴*', '郑*']) assert.equal(shown.filter((one) => one === name).length, 1, name);
  const left = await page.evaluate(() => new Promise((resolve) => { indexedDB.open('chayan-gate').onsuccess = (event) => { event.target.result.transaction('scans').objectStore('scans').count().onsuccess = (count) => resolve(count.target.result); }; }));
  assert.equal(left, 0, 'what has arrived does not stay on the tablet');
  assert.deepEqual(complaints.filter((words) => !/ERR_|net::|Failed to load resource/.test(words)), []);
  await context.close();
  cable.close();
});

test('the code on the tablet changes, opens the check-in page, and such a scan has evidence screen', async () => {
  const { context, page, complaints } = await openDesk();
  await page.getByRole('link', { name: '出示码' }).click();
  await page.locator('.digits').filter({ hasText: /^\d{3} \d{3}$/ }).waitFor();
  await page.locator('label.way.in').click();
  const assets = new URL('../', new URL(await page.locator('script[type=module]').getAttribute('src'), town.url)).pathname;
  await page.addScriptTag({ url: `${assets}vendor/jsqr.js` });
  const readCode = () => page.evaluate(async () => {
    const picture = new Image();
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(document.querySelector('.code svg')))}`;
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 450;
    const brush = canvas.getContext('2d');
    brush.drawImage(picture, 0, 0, 450, 450);
    return globalThis.jsQR(brush.getImageData(0, 0, 450, 450).data, 450, 450).data;
  });
  const url = await readCode(), digits = (await page.locator('.digits').innerText()).replace(' ', '');
  assert.equal(new URL(url).pathname, `/s/${town.codes.G1.in}/${digits}`);
  const phone = await newPhone(browser), who = person('冯春梅');
  await phone.page.goto(town.url + new URL(url).pathname);
  await fillPerson(phone.page, who);
  await phone.page.getByRole('button', { name: '登记并进入' }).click();
  await phone.page.locator('h1', { hasText: '已登记' }).waitFor();
  await phone.context.close();
  await page.locator('.digits').filter({ hasNotText: `${digits.slice(0, 3)} ${digits.slice(3)}` }).waitFor({ timeout: 35_000 });
  assert.notEqual(await readCode(), url);
  assert.deepEqual(await axe(page), []);
  await page.getByRole('link', { name: '登记', exact: true }).click();
  await recent(page).filter({ hasText: '冯*' }).filter({ hasText: '扫屏幕码' }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the paper log is checked as it is typed and sent with the times on the paper', async () => {
  const { context, page, complaints } = await openDesk('G2');
  await page.getByRole('link', { name: '补录' }).click();
  const yesterday = new Date(Date.now() + 8 * 3_600_000 - 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel('日期').fill(yesterday);
  await page.getByLabel('第 1 行时间').focus();
  const typeRow = async (cells) => { for (const cell of cells) { await page.keyboard.type(cell); await page.keyboard.press('Enter'); } };
  const one = person('蒋永明'), two = person('沈金凤');
  await typeRow(['742', one.number, one.name, '365', '']);
  await typeRow(['7:45', two.phone, two.name, '', '冀F54321']);
  await typeRow(['25:00', one.number, '', '', '']);
  await page.locator('.row-fault').nth(2).filter({ hasText: '时间如 7:42' }).waitFor();
  assert.equal(await page.getByLabel('第 3 行时间').getAttribute('aria-invalid'), 'true');
  assert.equal(await page.locator('tbody tr').count(), 4);
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: '登记 2 行' }).click();
  await page.locator('.said').filter({ hasText: '2 行已登记' }).waitFor();
  await page.locator('.standing.good').waitFor();
  const passages = await api.get(`${town.url}/api/v1/sites/G2/passages?case=${town.case}&from=${yesterday}T00:00:00%2B08:00&to=${yesterday}T23:59:00%2B08:00`, { headers: { Authorization: `Bearer ${town.tracer}` } });
  assert.deepEqual((await passages.json()).passages.map((row) => row.first), [`${yesterday}T07:42:00+08:00`, `${yesterday}T07:45:00+08:00`].map((at) => new Date(at).toISOString().replace('.000', '')));
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a device begins a shift by its link, in English too, and hands over', async () => {
  const { url } = await asStaff('manager', 'POST', '/api/v1/sites/G2/devices');
  const { context, page, complaints } = await newDesk(browser, { locale: 'en-GB' });
  await page.goto(`${town.url}/gate?lang=en#${new URL(url).hash.slice(1)}`);
  await page.getByLabel('Name of who is on duty').fill('李卫国');
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.locator('#line').waitFor();
  assert.ok(!page.url().includes(new URL(url).hash.slice(1)), 'the secret does not stay in the address');
  assert.match(await page.locator('.bar').innerText(), /北门卡口/);
  await page.locator('.bar .word').filter({ hasText: /^Today's word [\u4e00-\u9fff]{2}$/ }).waitFor();
  assert.ok(await page.locator('.bar .place').isDisabled());
  const who = person('韩庆生');
  await page.locator('#line').fill(who.number);
  await page.keyboard.press('Enter');
  await result(page, 'Not registered yet');
  await page.keyboard.type(who.name);
  await page.keyboard.press('Enter');
  await result(page, 'Please pass');
  await page.getByRole('link', { name: 'Hand over' }).click();
  await page.locator('.figures > div').filter({ hasText: 'Of those, mine' }).filter({ hasText: '1' }).waitFor();
  await page.locator('.note.good').waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: 'Hand over and log out' }).click();
  await page.locator('dialog input[type=password]').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a phone in a guard\'s hand: nothing stands beyond its edge', async () => {
  for (const width of [320, 375]) {
    const { context, page, complaints } = await openDesk('G1', { viewport: { width, height: 700 } });
    for (const view of ['entry', 'vehicles', 'screen', 'paper', 'shift']) {
      await page.evaluate((hash) => { location.hash = hash; }, `#${view}`);
      await page.locator(`main.${view}`).waitFor();
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${view} at ${width}`);
      const small = await page.evaluate(() => [...document.querySelectorAll('main button, .bar a, .bar button')].filter((one) => one.offsetParent && !one.classList.contains('skip') && one.getBoundingClientRect().height < 44).map((one) => one.textContent));
      assert.deepEqual(small, [], `${view} at ${width}`);
    }
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(complaints, []);
    await context.close();
  }
});

test('a session that ends, or a token of another tab, costs no scan', async () => {
  const { context, page } = await newDesk(browser);
  await page.goto(`${town.url}/gate`);
  await logIn(page, town.logins.guard);
  await page.getByRole('button', { name: '远处' }).click();
  const line = page.getByLabel('个人码、身份证号');
  const enter = async (number) => { await line.fill(idNumber(number)); await line.press('Enter'); };
  const standing = (words) => page.locator('.standing').filter({ hasText: words }).waitFor();
  let refusals = 1;
  await page.route('**/api/v1/gate/scans', (route) => (refusals-- > 0
    ? route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify({ status: 403, code: 'forbidden', detail: '您的角色无权这样做' }) }) : route.continue()));
  await asStaff('guard', 'POST', '/api/v1/gate/scans', { scans: [{ subject: { document: { type: 'id', number: idNumber(71) }, name: '何秋月' }, site: 'L2', direction: 'in' }] });
  await enter(71);
  await page.locator('.result.wait').waitFor();   // amber: it is kept
  await standing('已全部上传');                    // and goes out by itself
  // A phone that registered as a resident's, whose guard's session is over: it asks to log in, and then sends what waited.
  await context.addCookies([{ name: '__Host-chayan', value: await registered({ name: '何秋月', number: idNumber(71), phone: phoneNumber(71) }), url: town.url, secure: true, httpOnly: true, sameSite: 'Lax' }]);
  await context.clearCookies({ name: '__Host-session' });
  await enter(71);
  await logIn(page, town.logins.guard);
  await page.locator('.result:not(.wait):not(.idle)').waitFor();
  await standing('已全部上传');
  await page.goto(`${town.url}/sites`);
  await page.getByRole('button', { name: '退出' }).first().waitFor();
  await context.close();
});

test('whoever is picked of the roster is measured too, and a number that is cut short is none', async () => {
  const { context, page } = await newDesk(browser);
  await page.goto(`${town.url}/gate`);
  await logIn(page, town.logins.guard);
  await page.getByRole('button', { name: '东内堡村口' }).click();
  await page.getByRole('checkbox', { name: '测体温' }).check();
  await page.getByRole('button', { name: 'W', exact: true }).click();
  await page.locator('.roster-rows button').first().click();
  await page.locator('#line-hint').filter({ hasText: '请测体温' }).waitFor();
  await page.keyboard.type('366');
  await page.keyboard.press('Enter');
  await page.locator('.result.pass').waitFor();
  await page.getByLabel('个人码、身份证号').fill(idNumber(72).slice(0, 15));
  await page.keyboard.press('Enter');
  await page.locator('#line-hint').filter({ hasText: '还差 3 位' }).waitFor();
  await context.close();
});

test('what is typed and not sent is there after a look at another view', async () => {
  const { context, page } = await newDesk(browser);
  await page.goto(`${town.url}/gate`);
  await logIn(page, town.logins.guard);
  await page.getByRole('button', { name: '远处' }).click();
  await page.getByRole('link', { name: '补录' }).click();
  await page.getByLabel('第 1 行姓名').fill('何秋月');
  await page.getByRole('link', { name: '登记', exact: true }).click();
  await page.getByLabel('多人或车辆').check();
  await page.getByLabel('车牌').fill('冀F12345');
  await page.getByRole('link', { name: '补录' }).click();
  assert.equal(await page.getByLabel('第 1 行姓名').inputValue(), '何秋月');
  await page.getByRole('link', { name: '登记', exact: true }).click();
  assert.equal(await page.getByLabel('车牌').inputValue(), '冀F12345');
  await context.close();
});

test('who is on the ledger and scans with their own phone is told to their gate at once, and a note closes it', async () => {
  const one = person('孙立国'), credential = await registered(one);
  const until = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+Z/, 'Z');
  const made = await asStaff('tracer', 'POST', `/api/v1/ledger/lists?document=x&measure=home&until=${until}`, `name,document_number\n${one.name},${one.number}\n`, 'text/csv');
  await asStaff('second', 'POST', `/api/v1/ledger/lists/${made.id}/approve`);
  const { context, page, complaints } = await openDesk('G1');
  const tag = page.getByRole('button', { name: /台账提醒/ });
  await page.waitForTimeout(500);
  assert.equal(await tag.isVisible(), false);
  const scan = (site) => api.post(`${town.url}/api/v1/scans`, { ...asResident(credential), data: { code: town.codes[site].any, direction: 'in' } });
  assert.equal((await (await scan('G2')).json()).verdict, 'see_staff');   // of another gate: not this one's
  assert.equal((await (await scan('G1')).json()).verdict, 'see_staff');
  await tag.filter({ hasText: '台账提醒 1' }).waitFor({ timeout: 3_000 });
  assert.deepEqual(await axe(page), []);
  await tag.click();
  const dialog = page.getByRole('dialog', { name: '台账提醒' });
  const words = await dialog.innerText();
  assert.ok(/孙\*/.test(words) && words.includes('应居家隔离') && !words.includes(one.number), words);
  assert.deepEqual(await axe(page), []);
  await dialog.getByLabel('做了什么').fill('已联系社区专班');
  await dialog.getByRole('button', { name: '已处置' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await tag.isVisible(), false);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a vehicle is a plate and one tap, counts once in ten minutes, and waits for the net like a scan', async () => {
  const cable = await startCable(new URL(town.url).port);
  const { context, page, complaints } = await openDesk('K1', { url: cable.url });
  await page.getByRole('link', { name: '车辆' }).click();
  const plate = page.getByLabel('车牌'), counts = page.getByRole('group', { name: '车上共几人' });
  await plate.and(page.locator(':focus')).waitFor();
  await counts.getByRole('button', { name: '2 人' }).click();   // whose?
  await page.locator('#plate-hint').filter({ hasText: '请先写车牌' }).waitFor();
  await plate.fill('冀f·12345');
  await counts.getByRole('button', { name: '2 人' }).click();
  await result(page, '已记');
  assert.match(await page.locator('.result').innerText(), /冀F12345 · 2 人[\s\S]*进 \d\d:\d\d/);
  await plate.and(page.locator(':focus')).waitFor();
  await page.keyboard.type('冀F12345');   // by keyboard alone: plate, Enter, digit
  await page.keyboard.press('Enter');
  await page.keyboard.press('3');
  await page.locator('.result').filter({ hasText: '10 分钟内已记过' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.locator('label.way.out').click();
  await plate.fill('冀F54321');
  await page.getByLabel('更多人数').fill('32');
  await page.getByRole('button', { name: '记下' }).click();
  await page.locator('.result').filter({ hasText: '冀F54321 · 32 人' }).waitFor();
  await plate.fill('!');
  await counts.getByRole('button', { name: '1 人' }).click();
  await result(page, '没有登上');
  await page.locator('.standing.wrong').filter({ hasText: '1 条被退回' }).waitFor();
  cable.pull();
  await plate.fill('冀F67890');
  await counts.getByRole('button', { name: '1 人' }).click();
  await result(page, '已存，未上传');
  await page.locator('.standing').filter({ hasText: '1 条未上传' }).waitFor();
  cable.mend();
  await page.locator('.standing').filter({ hasNotText: '未上传' }).waitFor({ timeout: 30_000 });
  await page.getByRole('link', { name: '交班' }).click();
  await page.locator('.figures div').filter({ hasText: '车辆（车次）' }).filter({ hasText: '3' }).waitFor();
  await page.locator('tbody tr').getByRole('button', { name: '去掉' }).click();
  await page.locator('.standing.good').waitFor();
  assert.deepEqual(complaints.filter((words) => !/ERR_|net::|Failed to load resource/.test(words)), []);
  await context.close();
  cable.close();
});

test('whoever goes out though their household did already is told to the guard, who may let them pass and say why', async () => {
  const day = (ahead) => new Date(Date.now() + (8 + 24 * ahead) * 3600e3).toISOString().slice(0, 10);
  const rule = await asStaff('manager', 'POST', '/api/v1/outing-rules', { division: village, from: day(0), until: day(2), people: 1, days: 2 });
  const [one, two] = [person('邢桂英'), person('邢海军')];
  for (const who of [one, two]) await registered(who, { division: village, address: '幸福路 9 号' });
  const { context, page, complaints } = await openDesk('G1');
  const goOut = async (who) => { await page.locator('#line').fill(who.number); await page.keyboard.press('Enter'); };
  await page.locator('label.way.out').click();
  await goOut(one);
  await result(page, '请通行');
  await goOut(two);
  await result(page, '请核对');
  await page.locator('.result .reason').filter({ hasText: /本户的出行名额已用：邢\* \d\d-\d\d/ }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: '特殊情况，可以出去' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('原因').fill('看病');
  assert.deepEqual(await axe(page), []);
  await dialog.getByRole('button', { name: '记下' }).click();
  await page.locator('.result').filter({ hasText: '已记为特殊情况' }).waitFor();
  await asStaff('manager', 'DELETE', `/api/v1/outing-rules/${rule.id}`);
  await page.locator('label.way.in').click();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a group of which somebody is refused: who is to be stopped or has a fever is told first, by name', async () => {
  const [listed, stranger, other] = [person('孙立业'), person('钱立业'), person('赵立业')];
  await registered(listed);
  const until = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+Z/, 'Z');
  const made = await asStaff('tracer', 'POST', `/api/v1/ledger/lists?document=x&measure=home&until=${until}`, `name,document_number\n${listed.name},${listed.number}\n`, 'text/csv');
  await asStaff('second', 'POST', `/api/v1/ledger/lists/${made.id}/approve`);
  const { context, page, complaints } = await openDesk('G2', { viewport: { width: 375, height: 700 } });
  const enter = async (number) => { await page.locator('#line').fill(number); await page.keyboard.press('Enter'); };
  await page.getByLabel('多人或车辆').check();
  await page.getByLabel('车牌（步行不填）').fill('冀F24680');
  await enter(listed.number);
  await enter(listed.number);
  await page.locator('#line-hint').filter({ hasText: '已在同行里' }).waitFor();
  await page.locator('#line').fill('');
  await enter(stranger.number);
  await page.getByRole('button', { name: /2 人一起登记/ }).waitFor();
  const sent = page.waitForRequest('**/api/v1/gate/vehicles');
  let release = () => {};
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/api/v1/gate/scans', async (route) => { await held; await route.continue(); });
  await page.keyboard.press('Enter');
  await page.locator('.result.idle').filter({ hasText: '正在登记 2 人' }).waitFor();   // nothing green while it is asked
  release();
  await page.locator('.result .reason').filter({ hasText: /第 1 位 .*应居家隔离/ }).waitFor();
  await page.locator('.result').filter({ hasText: '1 人已登记，1 人没登上' }).waitFor();
  const { checks } = (await sent).postDataJSON();
  assert.deepEqual([checks[0].plate, checks[0].people, checks[0].direction], ['冀F24680', 2, 'in']);
  assert.deepEqual(await axe(page), []);

  await page.getByRole('checkbox', { name: '测体温' }).check();   // strangers, and one has a fever
  for (const [who, degrees] of [[stranger, '36.5'], [other, '38.4']]) {
    await page.locator('#line').fill(who.number);
    await page.locator('#temperature').fill(degrees);
    await page.keyboard.press('Enter');
    if (degrees === '38.4') await page.keyboard.press('Enter');
  }
  await page.getByRole('button', { name: /2 人一起登记/ }).click();
  await page.locator('.result.stop .reason').filter({ hasText: /第 2 位 .*体温 38\.4 ℃/ }).waitFor();
  await page.getByRole('checkbox', { name: '测体温' }).uncheck();
  assert.deepEqual(complaints, []);
  await context.close();
});
