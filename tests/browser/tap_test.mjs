// SPDX-License-Identifier: Apache-2.0
// A resident's tap beyond the plain one: without a net, with a family, in a car, refused, in large letters, for those who hear the page, and without script.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { axe, fillPerson, idNumber, newPhone, phoneNumber, startBrowser, startTown } from './support.mjs';

let town, browser, people = 400;
before(async () => { [town, browser] = await Promise.all([startTown(), startBrowser()]); });
after(async () => { await browser?.close(); await town?.close(); });

const person = (name) => ({ name, number: idNumber(++people), phone: phoneNumber(people) });
const poster = (ref, direction = 'any') => `${town.url}/s/${town.codes[ref][direction]}`;

/** A phone whose holder passed once, at the last site of the list. */
async function knownPhone(name, options = {}) {
  const phone = await newPhone(browser, options);
  await phone.page.goto(`${poster('L2', 'in')}?lang=zh`);
  await fillPerson(phone.page, person(name));
  await phone.page.getByRole('button', { name: '登记并进入' }).click();
  await phone.page.locator('#result').waitFor();
  return phone;
}

/** What this phone has recorded, newest first, as the service keeps it. */
async function recorded({ context }) {
  return (await (await context.request.get(`${town.url}/api/v1/me/scans`)).json()).scans;
}

const waiting = (page) => page.evaluate(() => new Promise((resolve) => {
  const asked = indexedDB.open('chayan', 1);
  asked.onsuccess = () => { const all = asked.result.transaction('taps').objectStore('taps').getAll(); all.onsuccess = () => { asked.result.close(); resolve(all.result); }; };
}));

test('a tap without a net is kept with its time, shown amber, and goes out by itself once', async () => {
  const phone = await knownPhone('王建国'), { context, page } = phone;
  await page.goto(poster('S1'));
  await context.setOffline(true);
  await page.getByRole('button', { name: '王建国 出，点这里' }).click();
  await page.locator('.kept').waitFor();
  const shown = await page.locator('main').innerText();
  for (const words of ['已存下，未上传', '国大商场', '王* · 出', '请给工作人员看']) assert.ok(shown.includes(words), `${words} in ${shown}`);
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('#result')).backgroundColor), 'rgb(138, 90, 0)');   // amber, never green
  const [kept] = await waiting(page);
  assert.equal((await recorded(phone)).length, 1);
  await page.waitForTimeout(1_500);
  await context.setOffline(false);
  await page.locator('.pass').waitFor();
  assert.equal(await page.locator('#result h1').innerText(), '已登记 · 出');
  const scans = await recorded(phone);
  assert.deepEqual(scans.filter((scan) => scan.site.ref === 'S1').map((scan) => [scan.direction, scan.at]), [['out', kept.scan.at]]);
  assert.equal(scans.length, 2);
  assert.deepEqual(await waiting(page), []);
  await context.close();
});

/** The phone's clock is set while the page is open: what a script reads of the date moves, its steady clock does not. */
const setClock = (page, hours) => page.evaluate((ms) => {
  const real = Date.now.bind(Date);
  Date.now = () => real() + ms;
}, hours * 3_600_000);

for (const hours of [-3, 3]) {
  test(`a tap is recorded at its second though the phone's clock was set by ${hours} hours while the page was open`, async () => {
    const phone = await knownPhone('周文斌'), { context, page } = phone;
    await page.goto(poster('S1'));
    await setClock(page, hours);
    await page.getByRole('button', { name: '周文斌 进，点这里' }).click();
    await page.locator('.pass').waitFor();
    const [scan] = (await recorded(phone)).filter((one) => one.site.ref === 'S1');
    assert.ok(Math.abs(Date.parse(scan.at) - Date.now()) < 10_000, scan.at);
    assert.deepEqual(await waiting(page), []);
    await context.close();
  });

  test(`likewise without a net, and it is one scan (${hours} hours)`, async () => {
    const phone = await knownPhone('周文武'), { context, page } = phone;
    await page.goto(poster('S1'));
    await setClock(page, hours);
    await context.setOffline(true);
    const tapped = Date.now();
    await page.getByRole('button', { name: '周文武 进，点这里' }).click();
    await page.locator('.kept').waitFor();
    await page.waitForTimeout(4_000);
    await context.setOffline(false);
    await page.locator('.pass').waitFor();
    const scans = (await recorded(phone)).filter((one) => one.site.ref === 'S1');
    assert.equal(scans.length, 1);
    assert.ok(Math.abs(Date.parse(scans[0].at) - tapped) < 3_000, scans[0].at);
    assert.deepEqual(await waiting(page), []);
    await context.close();
  });
}

test('my record says what still waits in this browser, and leads to where it is sent', async () => {
  const phone = await knownPhone('吴桂花'), { context, page } = phone;
  await page.goto(poster('S2'));
  await page.route('**/*', (route) => (route.request().method() === 'POST' ? route.abort('internetdisconnected') : route.continue()));
  await page.getByRole('button', { name: '吴桂花 进，点这里' }).click();
  await page.locator('.kept').waitFor();
  await page.goto(`${town.url}/me?lang=zh`);
  assert.equal(await page.locator('.note.wait').innerText(), '有 1 条记录还在这部手机里，没有传上去。 去首页补传');
  await page.unroute('**/*');
  await page.locator('.note.wait a').click();
  await page.locator('#unsent').getByText('刚才的 1 条已补传').waitFor();
  assert.deepEqual((await recorded(phone)).map((scan) => scan.site.ref).sort(), ['L2', 'S2']);
  await page.goto(`${town.url}/me?lang=zh`);
  await page.getByRole('heading', { name: '我的记录' }).waitFor();
  assert.equal(await page.locator('.note.wait').count(), 0);
  await context.close();
});

test('what waits survives the page, is counted on the next one, and is sent from there', async () => {
  const phone = await knownPhone('李秀兰'), { context, page } = phone;
  await page.goto(poster('S2'));
  await page.route('**/*', (route) => (route.request().method() === 'POST' ? route.abort('internetdisconnected') : route.continue()));
  await page.getByRole('button', { name: '李秀兰 进，点这里' }).click();
  await page.locator('.kept').waitFor();
  await page.goto(poster('P1'));
  await page.locator('#unsent p').waitFor();
  assert.match(await page.locator('#unsent').innerText(), /有 1 条记录还没传上去，有网后自动补传/);
  await page.unroute('**/*');
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await page.waitForFunction(() => document.getElementById('unsent').textContent === '');
  assert.deepEqual((await recorded(phone)).map((scan) => scan.site.ref).sort(), ['L2', 'S2']);
  await context.close();
});

test('a tap whose answer was lost is one scan, though it is sent again', async () => {
  const phone = await knownPhone('张春梅'), { context, page } = phone;
  await page.goto(poster('S1'));
  let lost = 0;
  await page.route('**/s/**', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.continue();
    lost += 1;
    await route.fetch();                      // it arrives
    return route.abort('connectionreset');   // and nobody hears of it
  });
  await page.getByRole('button', { name: '张春梅 进，点这里' }).click();
  await page.locator('.pass').waitFor();
  assert.equal(lost, 1);
  assert.deepEqual((await recorded(phone)).map((scan) => [scan.site.ref, scan.direction]).sort(), [['L2', 'in'], ['S1', 'in']]);
  await context.close();
});

test('a slow net is given six seconds, then the tap is shown as kept until the answer comes', async () => {
  const { context, page } = await knownPhone('赵志强');
  await page.goto(poster('O1'));
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/*', async (route) => { if (route.request().method() === 'POST') await held; await route.continue(); });
  await page.getByRole('button', { name: '赵志强 进，点这里' }).click();
  assert.equal(await page.getByRole('button', { name: '正在登记…' }).count(), 1);
  await page.locator('.kept').waitFor({ timeout: 8_000 });
  release();
  await page.locator('.pass').waitFor();
  await context.close();
});

test('a kept tap that was a mistake is undone before it counts', async () => {
  const phone = await knownPhone('孙玉珍'), { context, page } = phone;
  await page.goto(poster('S1'));
  await context.setOffline(true);
  await page.getByRole('button', { name: '孙玉珍 进，点这里' }).click();
  await page.locator('.kept').waitFor();
  await page.getByRole('button', { name: '登错了，撤销' }).click();
  assert.equal(await page.locator('h1').innerText(), '已撤销，这次不算');
  await context.setOffline(false);
  for (let tries = 0; tries < 400 && (await waiting(page)).length > 0; tries += 1) await page.waitForTimeout(50);
  assert.deepEqual(await waiting(page), []);
  const scans = await recorded(phone);   // it may have arrived, so it was sent and voided
  assert.deepEqual(scans.filter((scan) => scan.site.ref === 'S1' && !scan.voided), []);
  await context.close();
});

/** A server that has no time now: the first posts to what matches are answered so, and whoever asks again is heard. */
async function refuseFirst(page, pattern, statuses) {
  const left = [...statuses];
  await page.route(pattern, (route) => {
    if (route.request().method() !== 'POST' || !left.length) return route.continue();
    const status = left.shift();
    return route.fulfill({ status, headers: { 'Retry-After': '1' }, contentType: 'application/problem+json', body: JSON.stringify({ status, code: status === 429 ? 'scans_too_often' : 'busy', detail: '请 1 秒后再试' }) });
  });
  return left;
}

test('a tap that came too often, or while the server was busy, is kept and goes out by itself once', async () => {
  for (const status of [429, 503]) {
    const phone = await knownPhone(status === 429 ? '何建华' : '罗秀兰'), { context, page } = phone;
    await page.goto(poster('S1'));
    const left = await refuseFirst(page, '**/*', [status, status]);
    await page.getByRole('button', { name: / 进，点这里/ }).click();
    await page.locator('.kept').waitFor();
    const [kept] = await waiting(page);
    await page.locator('.pass').waitFor({ timeout: 20_000 });
    assert.equal(left.length, 0);
    const scans = await recorded(phone);
    assert.deepEqual(scans.filter((scan) => scan.site.ref === 'S1').map((scan) => [scan.direction, scan.at]), [['in', kept.scan.at]]);
    assert.deepEqual(await waiting(page), []);
    await context.close();
  }
});

test('an undoing that came too often is asked for again, and the scan does not count', async () => {
  const phone = await knownPhone('梁志明'), { context, page } = phone;
  await page.goto(poster('S1'));
  await context.setOffline(true);
  await page.getByRole('button', { name: '梁志明 进，点这里' }).click();
  await page.locator('.kept').waitFor();
  await page.getByRole('button', { name: '登错了，撤销' }).click();
  const left = await refuseFirst(page, '**/void', [429]);
  await context.setOffline(false);
  for (let tries = 0; tries < 400 && (left.length > 0 || (await waiting(page)).length > 0); tries += 1) await page.waitForTimeout(50);
  assert.equal(left.length, 0);
  assert.deepEqual(await waiting(page), []);
  assert.deepEqual((await recorded(phone)).filter((scan) => scan.site.ref === 'S1' && !scan.voided), []);
  await context.close();
});

test('what the server refuses later is said with its reason until somebody has read it', async () => {
  const { context, page } = await knownPhone('周桂芳');
  await page.goto(poster('G1', 'in'));
  await page.evaluate(() => new Promise((resolve) => {   // a tap of nine days ago, as a phone that lay in a drawer has it
    const asked = indexedDB.open('chayan', 1);
    asked.onsuccess = () => {
      const work = asked.result.transaction('taps', 'readwrite'), form = document.getElementById('tap');
      const at = new Date(Date.now() - 9 * 86_400_000).toISOString().slice(0, 19) + 'Z';
      work.objectStore('taps').put({ key: 'old', holder: document.body.dataset.holder, site: '东内堡村口', when: '07:42', scan: { code: form.dataset.code, direction: 'in', at, self: true, dependants: [] } });
      work.oncomplete = () => { asked.result.close(); resolve(); };
    };
  }));
  await page.reload();
  await page.getByRole('button', { name: '知道了' }).waitFor();
  assert.match(await page.locator('#unsent').innerText(), /07:42 东内堡村口 没有被接受： 时间太早/);
  await page.getByRole('button', { name: '知道了' }).click();
  await page.waitForFunction(() => document.getElementById('unsent').textContent === '');
  await page.reload();
  await page.waitForTimeout(300);
  assert.equal(await page.locator('#unsent').innerText(), '');
  await context.close();
});

test('what waits never goes out under the name of whoever registers on the phone next', async () => {
  const phone = await knownPhone('吴海燕'), { context, page } = phone;
  await page.goto(poster('S1'));
  await page.route('**/api/v1/scans/batch', (route) => route.abort('internetdisconnected'));
  let forms = 0;
  await page.route('**/s/**', (route) => (route.request().method() === 'POST' && forms++ === 0 ? route.abort('internetdisconnected') : route.continue()));
  await page.getByRole('button', { name: '吴海燕 进，点这里' }).click();
  await page.locator('.kept').waitFor();
  await page.goto(poster('S2'));
  await page.getByRole('link', { name: '不是我' }).click();
  await fillPerson(page, person('郑永福'));
  await page.getByRole('button', { name: '登记并进入' }).click();
  await page.locator('.pass').waitFor();
  await page.unroute('**/api/v1/scans/batch');
  await page.goto(poster('P1'));
  await page.waitForFunction(() => document.getElementById('unsent').textContent !== '');
  assert.match(await page.locator('#unsent').innerText(), /另有 1 条是这部手机上另一位登记的/);
  assert.deepEqual((await recorded(phone)).map((scan) => scan.site.ref), ['S2']);
  assert.equal((await waiting(page)).length, 1);
  await context.close();
});

for (const javaScriptEnabled of [true, false]) {
  test(`a family passes on one phone, ${javaScriptEnabled ? 'and the button says how many' : 'without script too'}`, async () => {
    const phone = await knownPhone('冯立新', { javaScriptEnabled }), { context, page, complaints } = phone;
    await page.goto(poster('G1', 'in'));
    for (const [name, relation, number] of [['李秀兰', '母亲', ''], ['冯小雨', '孩子', idNumber(++people)]]) {
      if (javaScriptEnabled) await page.getByText('带老人或孩子').click();
      else await page.locator('#more').evaluate((details) => { details.open = true; });
      await page.getByLabel('老人或孩子的姓名').fill(name);
      await page.getByLabel('是您的').selectOption(relation);
      await page.getByLabel('他们的身份证号（没有可不填）').fill(number);
      await page.getByRole('button', { name: '先加上这位' }).click();
      await page.getByRole('checkbox', { name: `${name}（${relation}）` }).waitFor();
    }
    const boxes = page.getByRole('checkbox');
    assert.deepEqual(await boxes.evaluateAll((all) => all.map((one) => one.checked)), [true, true, true]);   // whom one just added passes too
    await page.getByRole('checkbox', { name: '李秀兰（母亲）' }).uncheck();
    await page.getByRole('button', { name: javaScriptEnabled ? '2 人进村，点这里' : '勾选的人进村，点这里' }).click();
    assert.match(await page.locator('#result').innerText(), /冯\* 等 2 人/);
    const scans = (await recorded(phone)).filter((scan) => scan.site.ref === 'G1');
    assert.deepEqual(scans.map((scan) => scan.who === 'self').sort(), [false, true]);
    await page.goto(poster('G1', 'out'));
    assert.deepEqual(await boxes.evaluateAll((all) => all.map((one) => one.checked)), [true, false, false]);   // nobody passes because they did yesterday
    await page.getByRole('checkbox', { name: '冯立新' }).uncheck();
    if (javaScriptEnabled) {
      assert.equal(await page.getByRole('button', { name: '请先勾选谁通过' }).isDisabled(), true);
      await page.getByRole('checkbox', { name: '冯小雨（孩子）' }).check();
      await page.getByRole('button', { name: '冯小雨 出村，点这里' }).click();
      assert.match(await page.locator('#result').innerText(), /冯\*\s/);
    } else {
      await page.getByRole('button', { name: '冯立新 出村' }).click();
      assert.match(await page.locator('.note').innerText(), /请至少选一个人/);
    }
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test('who comes along on the very first visit is registered in the same act', async () => {
  const { context, page } = await newPhone(browser);
  await page.goto(poster('S1', 'in'));
  await fillPerson(page, person('何长庆'));
  await page.getByText('带老人或孩子').click();
  await page.getByLabel('老人或孩子的姓名').fill('何小宝');
  await page.getByLabel('出生日期').fill('2019-06-01');
  await page.getByRole('button', { name: '登记并进入' }).click();
  assert.match(await page.locator('#result').innerText(), /何\* 等 2 人/);
  await page.getByRole('button', { name: '登错了，撤销' }).click();
  await page.locator('h1.lead').waitFor();
  const scans = await recorded({ context });
  assert.deepEqual(scans.map((scan) => scan.voided), [true, true]);   // one undoing is for all of them
  await context.close();
});

test('a plate goes with the tap, is asked about when it looks odd, and is offered the next time', async () => {
  const { context, page } = await knownPhone('宋建军');
  await page.goto(poster('G2', 'in'));
  await page.getByText('带车通过').click();
  const plate = page.getByLabel('车牌号');
  await plate.fill('冀F123');
  await plate.blur();
  assert.match(await page.locator('#plate-fault').innerText(), /7 或 8 位/);
  await plate.fill('冀f12345');
  await plate.blur();
  assert.equal(await page.locator('#plate-fault').innerText(), '');
  await page.getByRole('button', { name: '冀F12345 · 宋建军 进，点这里' }).click();
  assert.match(await page.locator('#result').innerText(), /冀F12345/);
  await page.goto(poster('G2', 'out'));
  assert.equal(await plate.inputValue(), '');   // nobody drives because they did yesterday
  await page.getByText('带车通过').click();
  await page.getByRole('button', { name: '冀F12345 · 宋建军 出，点这里' }).waitFor();
  assert.equal(await plate.inputValue(), '冀f12345');
  await page.getByText('带车通过').click();
  await page.getByRole('button', { name: '宋建军 出，点这里' }).waitFor();   // and without the car again
  await context.close();
});

test('a poster that was replaced while the page was open is refused with the reason, and the tap is not kept', async () => {
  const { context, page } = await knownPhone('罗平');
  await page.goto(poster('S1'));
  await page.evaluate(() => { document.getElementById('tap').action = '/s/0123456789abcdef'; document.getElementById('tap').dataset.code = '0123456789abcdef'; });
  await page.getByRole('button', { name: '罗平 进，点这里' }).click();
  assert.match(await page.locator('h1.lead').innerText(), /无效的场所码/);
  assert.deepEqual(await waiting(page), []);
  await context.close();
});

test("a hotel's log-in page instead of the answer does not pass for one", async () => {
  const { context, page } = await knownPhone('梁超');
  await page.goto(poster('S1'));
  await page.route('**/*', (route) => (route.request().method() === 'POST' ? route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>已登记</h1><form>WiFi</form>' }) : route.continue()));
  await page.getByRole('button', { name: '梁超 进，点这里' }).click();
  await page.locator('.kept').waitFor();
  assert.equal((await waiting(page)).length, 1);
  await page.unroute('**/*');
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await page.locator('.pass').waitFor();
  await context.close();
});

test('an expired undoing goes away, and Enter in a field sends nothing', async () => {
  const { context, page } = await newPhone(browser);
  await page.clock.install();
  await page.goto(poster('S1', 'in'));
  await fillPerson(page, person('谢静'));
  await page.getByLabel('手机号').press('Enter');
  await page.waitForTimeout(200);
  assert.equal(await page.locator('#result').count(), 0);
  await page.getByRole('button', { name: '登记并进入' }).click();
  await page.locator('#undo').waitFor();
  await page.clock.runFor(601_000);
  assert.equal(await page.locator('#undo').isVisible(), false);
  await context.close();
});

test('large letters are one tap, stay, and need no script; reading aloud says the page', async () => {
  const { context, page } = await knownPhone('唐树林');
  await page.addInitScript(() => {
    globalThis.heard = [];
    speechSynthesis.speak = (speech) => globalThis.heard.push([speech.lang, speech.text]);
  });
  await page.goto(poster('S1', 'in'));
  const size = () => page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
  const plain = await size();
  assert.equal(plain, 18);
  await page.getByRole('button', { name: '朗读' }).click();
  const [[lang, said]] = await page.evaluate(() => globalThis.heard);
  assert.equal(lang, 'zh-CN');
  assert.match(said, /国大商场[^]*唐树林[^]*唐树林 进，点这里/);
  await page.getByRole('link', { name: '大字版' }).click();
  assert.equal(await size(), plain * 1.4);
  await page.reload();
  assert.equal(await size(), plain * 1.4);
  await page.getByRole('button', { name: /进，点这里/ }).click();
  await page.locator('.pass').waitFor();
  assert.match((await page.evaluate(() => globalThis.heard)).at(-1)[1], /已登记 · 进/);   // who chose large letters hears the result
  await page.getByRole('link', { name: '标准字' }).click();
  assert.equal(await size(), plain);
  await context.close();
  const without = await newPhone(browser, { javaScriptEnabled: false });
  await without.page.goto(poster('S1', 'in'));
  await without.page.getByRole('link', { name: '大字版' }).click();
  await without.page.goto(poster('S2', 'in'));
  assert.equal(await without.page.locator('html.large').count(), 1);
  await without.context.close();
});

for (const [locale, width, large] of [['zh-CN', 360, false], ['en-GB', 320, true]]) {
  test(`axe and the policy have nothing to say of any screen, in ${locale} at ${width} px`, async () => {
    const { context, page, complaints } = await newPhone(browser, { locale, viewport: { width, height: 640 } });
    const look = async (what) => assert.deepEqual(await axe(page), [], what);
    await page.goto(poster('S1') + (large ? '?view=large' : ''));
    await page.locator('#more summary').click();
    await page.locator('#drive summary').click();
    await page.locator('#number').fill('1306');
    await page.locator('#number').blur();
    await page.locator('.notice summary').click();
    await look('register');
    await page.locator('#number').fill(idNumber(++people));
    await page.locator('#name').fill('韩金');
    await page.locator('#phone').fill(phoneNumber(people));
    await page.locator('#more_name').fill('韩宝');
    await page.locator('.buttons button').first().click();
    await page.locator('#result').waitFor();
    await look('result');
    await page.goto(poster('S1', 'out'));
    await look('pass');
    await page.route('**/*', (route) => (route.request().method() === 'POST' ? route.abort('internetdisconnected') : route.continue()));
    await page.locator('.buttons button').click();
    await page.locator('.kept').waitFor();
    await look('kept');
    await page.goto(town.url + '/');
    await look('home');
    await page.goto(`${town.url}/s/0123456789abcdef`);
    await look('message');
    assert.deepEqual(complaints.filter((words) => !/ERR_INTERNET_DISCONNECTED/.test(words)), []);
    await context.close();
  });
}
