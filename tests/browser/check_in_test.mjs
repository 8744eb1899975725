// SPDX-License-Identifier: Apache-2.0
// Residents at the gate, in a real browser: what they see, tap and are told, with script and without.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { fillPerson, idNumber, newPhone, phoneNumber, startBrowser, startTown } from './support.mjs';

let town, browser, people = 0;
before(async () => { [town, browser] = await Promise.all([startTown(), startBrowser()]); });
after(async () => { await browser?.close(); await town?.close(); });

const person = (name) => ({ name, number: idNumber(++people), phone: phoneNumber(people) });
const poster = (ref, direction = 'any') => `${town.url}/s/${town.codes[ref][direction]}`;

async function passages(ref) {
  const to = new Date(Date.now() + 60_000), from = new Date(Date.now() - 3_600_000);
  const { context } = await newPhone(browser);
  const path = `/api/v1/sites/${ref}/passages?case=${town.case}&from=${from.toISOString()}&to=${to.toISOString()}`;
  const answer = await context.request.get(town.url + path, { headers: { Authorization: `Bearer ${town.tracer}` } });
  assert.equal(answer.status(), 200);
  const rows = (await answer.json()).passages;
  await context.close();
  return rows;
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with script' : 'without script';

  test(`the first scan registers, the next is one tap, and the tracer sees both, ${how}`, async () => {
    const site = javaScriptEnabled ? 'S1' : 'S2', who = person(javaScriptEnabled ? '王建国' : '李秀兰');
    const { context, page, complaints } = await newPhone(browser, { javaScriptEnabled });
    await page.goto(poster(site, 'in'));
    assert.match(await page.locator('header').innerText(), javaScriptEnabled ? /商超[^]*国大商场\s*进/ : /北街超市\s*进/);
    await fillPerson(page, who);
    await page.getByRole('button', { name: '登记并进入' }).click();
    assert.equal(await page.locator('#result h1').innerText(), '已登记 · 进');
    assert.match(await page.locator('main').innerText(), javaScriptEnabled ? /王\*/ : /李\*/);
    assert.doesNotMatch(await page.content(), new RegExp(who.name));   // who looks over a shoulder reads no name

    await page.goto(poster(site, 'out'));
    await page.getByRole('button', { name: `${who.name} 出，点这里` }).click();
    assert.equal(await page.locator('#result h1').innerText(), '已登记 · 出');
    const rows = await passages(site);
    assert.deepEqual(rows.map((row) => row.scans), [2]);
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test('the clock goes on, and a result that was left open says so', async () => {
  const { context, page } = await newPhone(browser);
  await page.clock.install();
  await page.goto(poster('P1'));
  await fillPerson(page, person('张春梅'));
  await page.getByRole('button', { name: '登记并进入' }).click();
  const first = await page.locator('#clock').innerText();
  assert.match(first, /^\d\d:\d\d:\d\d$/);
  await page.clock.runFor(3_000);
  assert.notEqual(await page.locator('#clock').innerText(), first);
  assert.equal(await page.locator('.result.stale').count(), 0);
  await page.clock.runFor(300_000);
  assert.equal(await page.locator('.result.stale').count(), 1);
  assert.match(await page.locator('#stale').innerText(), /5 分钟前/);
  await context.close();
});

test('a number is checked while it is typed, in words that say what to do', async () => {
  const { context, page } = await newPhone(browser);
  await page.goto(poster('S1'));
  const number = page.getByLabel('身份证号', { exact: true }), fault = page.locator('#number-fault');
  const good = idNumber(77);
  for (const [typed, words] of [[good.slice(0, 17), /还差 1 位/], [good + '1', /多了 1 位/], [good.slice(0, 17) + (good[17] === '0' ? '1' : '0'), /有一位不对/], [good.toLowerCase(), /^$/]]) {
    await number.fill(typed);
    await number.blur();
    assert.match(await fault.innerText(), words, typed);
  }
  await page.getByLabel('手机号').fill('1421234');
  await page.getByLabel('手机号').blur();
  assert.match(await page.locator('#phone-fault').innerText(), /还差 4 位/);
  await context.close();
});

test('what is wrong comes back beside its field with everything that was typed', async () => {
  const { context, page } = await newPhone(browser, { javaScriptEnabled: false });
  await page.goto(poster('S1'));
  await fillPerson(page, { name: '<b>"王', number: '13068219680412001', phone: '14212345678' });
  await page.getByRole('button', { name: '登记并进入' }).click();
  assert.match(await page.locator('#number-fault').innerText(), /18 位/);
  assert.match(await page.locator('#name-fault').innerText(), /不能用的字符/);
  assert.equal(await page.getByLabel('姓名', { exact: true }).inputValue(), '<b>"王');
  assert.equal(await page.getByLabel('手机号').inputValue(), '14212345678');
  await context.close();
});

test('reloading the result, or coming back to it, asks for the page and scans nobody again', async () => {
  const { context, page } = await newPhone(browser);
  await page.goto(poster('G2', 'in'));
  await fillPerson(page, person('胡志明'));
  let posts = 0;
  page.on('request', (request) => { if (request.method() === 'POST') posts += 1; });
  await page.getByRole('button', { name: '登记并进入' }).click();
  await page.locator('#result').waitFor();
  await page.reload();
  await page.getByRole('button', { name: '胡志明 进，点这里' }).waitFor();
  await page.goto(town.url + '/');
  await page.goBack();
  await page.getByRole('button', { name: '胡志明 进，点这里' }).waitFor();
  assert.equal(posts, 1);
  assert.deepEqual((await passages('G2')).map((row) => row.scans), [1]);
  await context.close();
});

/** Holds every form that the page sends: `sent` counts them, `answer` says what becomes of each. */
async function holdForms(page, answer) {
  const forms = { sent: 0 };
  await page.route('**/s/**', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    forms.sent += 1;
    return answer(route, forms.sent);
  });
  return forms;
}

test('a second tap while the first is under way sends nothing', async () => {
  const { context, page } = await newPhone(browser);
  await page.goto(poster('O1'));
  await fillPerson(page, person('赵志强'));
  await page.getByRole('button', { name: '登记并进入' }).click();
  await page.locator('#result').waitFor();
  await page.goto(poster('O1'));
  const forms = await holdForms(page, async (route) => {
    await new Promise((resolve) => { setTimeout(resolve, 1_000); });
    await route.continue();
  });
  const { x, y } = await page.getByRole('button', { name: /出，点这里/ }).boundingBox();
  await page.mouse.click(x + 20, y + 20);   // a locator's click would wait for the first
  await page.waitForTimeout(200);
  await page.mouse.click(x + 20, y + 20);
  await page.locator('#result').waitFor();
  assert.equal(forms.sent, 1);
  await context.close();
});

test('a registration that found no net says so, keeps what was typed, and can be sent again', async () => {
  const { context, page } = await newPhone(browser);
  await page.goto(poster('O1'));
  await fillPerson(page, person('冯立新'));
  const forms = await holdForms(page, (route, number) => (number === 1 ? route.abort('aborted') : route.continue()));
  await page.getByRole('button', { name: '登记并进入' }).click();
  assert.match(await page.locator('form .note').innerText(), /网络不通，没有登记上。填的内容还在/);
  assert.equal(await page.getByLabel('姓名', { exact: true }).inputValue(), '冯立新');
  await page.getByRole('button', { name: '登记并进入' }).click();
  await page.locator('#result').waitFor();
  assert.equal(forms.sent, 2);
  await context.close();
});

test('a mistake is undone with one tap, and the scan can be made again', async () => {
  const { context, page } = await newPhone(browser);
  await page.goto(poster('K1', 'in'));
  await fillPerson(page, person('孙玉珍'));
  await page.getByRole('button', { name: '登记并进入' }).click();
  await page.getByRole('button', { name: '登错了，撤销' }).click();
  assert.match(await page.locator('h1.lead').innerText(), /已撤销/);
  assert.deepEqual(await passages('K1'), []);
  await page.getByRole('button', { name: '返回' }).click();
  await page.waitForTimeout(1_100);   // the same second again would be the same scan
  await page.getByRole('button', { name: /进，点这里/ }).click();
  assert.equal(await page.locator('#result h1').innerText(), '已登记 · 进');
  assert.equal((await passages('K1')).length, 1);
  await context.close();
});

test('who registers at home taps once at the gate, and a code can be typed with its mistakes', async () => {
  const { context, page } = await newPhone(browser);
  await page.goto(town.url + '/');
  await fillPerson(page, person('周桂芳'));
  await page.getByRole('button', { name: '登记', exact: true }).click();
  assert.match(await page.locator('.good').innerText(), /已登记/);
  const code = town.codes.G1.in;
  await page.getByLabel('海报上的场所码').fill(`${code.slice(0, 4).toUpperCase()} ${code.slice(4, 8)}-${code.slice(8)}`);
  await page.getByRole('button', { name: '打开' }).click();
  assert.equal(new URL(page.url()).pathname, `/s/${code}`);
  assert.match(await page.locator('header').innerText(), /村口 · 定州市留早镇东内堡村/);
  await page.getByRole('button', { name: '周桂芳 进村，点这里' }).click();
  assert.equal(await page.locator('#result h1').innerText(), '已登记 · 进');
  await page.goto(`${town.url}/?code=xyz`);
  assert.match(await page.locator('.note').innerText(), /16 位/);
  await context.close();
});

test('another person on the same phone registers under “not me”', async () => {
  const { context, page } = await newPhone(browser);
  await page.goto(poster('S1'));
  await fillPerson(page, person('吴海燕'));
  await page.getByRole('button', { name: '登记并离开' }).click();
  await page.locator('#result').waitFor();
  await page.goto(poster('S1'));
  await page.getByRole('link', { name: '不是我' }).click();
  await fillPerson(page, person('郑永福'));
  await page.getByRole('button', { name: '登记并进入' }).click();
  await page.locator('#result').waitFor();
  await page.goto(poster('S1'));
  assert.match(await page.locator('.who').innerText(), /郑永福/);
  await context.close();
});

test('a poster that is not valid says what to do', async () => {
  const { context, page } = await newPhone(browser);
  const answer = await page.goto(`${town.url}/s/0123456789abcdef`);
  assert.equal(answer.status(), 404);
  assert.match(await page.locator('main').innerText(), /重扫，或找工作人员/);
  await context.close();
});

test('it reads English for whoever asks, by the browser or by the link', async () => {
  const { context, page } = await newPhone(browser, { locale: 'en-GB' });
  await page.goto(poster('S1', 'in'));
  await page.getByRole('button', { name: 'Register and enter' }).waitFor();
  await page.getByRole('link', { name: '中文' }).click();
  await page.getByRole('button', { name: '登记并进入' }).waitFor();
  await page.getByRole('link', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Register and enter' }).waitFor();
  await context.close();
});

test('one response is all that is fetched', async () => {
  const { context, page, complaints } = await newPhone(browser);
  const answers = [];
  page.on('response', (answer) => answers.push(answer));
  await page.goto(poster('S1'), { waitUntil: 'networkidle' });
  assert.deepEqual(answers.map((answer) => new URL(answer.url()).pathname), [`/s/${town.codes.S1.any}`]);
  assert.equal(answers[0].headers()['content-encoding'], 'gzip');   // how small it is stands in tests/contract
  assert.equal(answers[0].headers()['cache-control'], 'no-store');
  assert.deepEqual(complaints, []);
  await context.close();
});

for (const [width, fontSize] of [[320, 16], [360, 32], [375, 16], [1280, 16]]) {
  test(`nothing is cut at ${width} px with text of ${fontSize} px, and what is tapped is 60 px high`, async () => {
    const { context, page } = await newPhone(browser, { viewport: { width, height: 640 } });
    const whose = person('阿卜杜热西提·买买提');
    const check = async (what) => {
      await page.evaluate((size) => { document.documentElement.style.setProperty('font-size', `${size * 1.125}px`); }, fontSize);
      const found = await page.evaluate(() => ({
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        low: [...document.querySelectorAll('button, input:not([type=hidden]), select')].filter((one) => one.offsetParent && one.getBoundingClientRect().height < 60).map((one) => one.outerHTML),
      }));
      assert.deepEqual(found, { overflow: 0, low: [] }, what);
    };
    await page.goto(poster('S1'));
    await check('register');
    await fillPerson(page, whose);
    await page.getByRole('button', { name: '登记并进入' }).click();
    await page.locator('#result').waitFor();
    await check('result');
    await page.goto(poster('S1'));
    await check('pass');
    await page.goto(town.url + '/?as=new');
    await check('home');
    await context.close();
  });
}

test('where the site asks for it residents say the temperature that they took, from the net or without', async () => {
  const desk = await newPhone(browser);
  const asked = async (method, path, data, token) => {
    const answer = await desk.context.request[method](town.url + path, { data, headers: token ? { Authorization: `Bearer ${token}` } : {} });
    assert.ok(answer.ok(), `${path} ${answer.status()}`);
    return answer.json();
  };
  const session = async (role) => (await asked('post', '/api/v1/session', town.logins[role])).token;
  await asked('patch', '/api/v1/sites/D1', { asks_temperature: true }, await session('manager'));
  const guard = await session('guard');
  const taken = async () => (await asked('get', '/api/v1/gate/recent?site=D1', undefined, guard)).scans.map((one) => one.temperature ?? null);
  const { context, page, complaints } = await newPhone(browser);
  await page.goto(poster('D1', 'in'));
  const who = person('何秋月');
  await fillPerson(page, who);
  const field = page.getByLabel('本人体温');
  await field.fill('46');
  await page.getByRole('button', { name: '登记并进入' }).click();
  await page.locator('#temperature-fault').filter({ hasText: '34.0 至 43.0' }).waitFor();
  await field.fill('３６。８');
  await page.getByRole('button', { name: '登记并进入' }).click();
  await page.locator('.pass').waitFor();
  assert.deepEqual(await taken(), [36.8]);
  await page.goto(poster('D1', 'out'));
  await field.fill('365');
  await context.setOffline(true);
  await page.getByRole('button', { name: new RegExp(`^${who.name} .*点这里`) }).click();
  await page.locator('.kept').waitFor();
  await context.setOffline(false);
  for (let tries = 0; tries < 400 && (await taken()).length < 2; tries += 1) await page.waitForTimeout(50);
  assert.deepEqual(await taken(), [36.5, 36.8]);
  await page.goto(poster('S1', 'in'));
  assert.equal(await field.count(), 0);
  assert.deepEqual(complaints.filter((words) => !/ERR_INTERNET_DISCONNECTED/.test(words)), []);
  await context.close();
  await desk.context.close();
});
