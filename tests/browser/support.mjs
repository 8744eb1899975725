// SPDX-License-Identifier: Apache-2.0
// What the browser's tests share: a town that serves, Debian's chromium as a phone, invented people. CHAYAN_NODE_MODULES names the folder
// that the build filled by the lock file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const require = createRequire(path.join(process.env.CHAYAN_NODE_MODULES, 'here.js'));
const { chromium } = require('playwright-core');
const here = path.dirname(fileURLToPath(import.meta.url));

/** @returns {Promise<{url: string, codes: object, case: string, tracer: string, logins: Record<string, {login: string, password: string}>, close: () => Promise<void>}>} */
export async function startTown(program = path.join(here, 'town.py'), ...words) {
  const child = spawn(process.env.CHAYAN_PYTHON ?? 'python3', ['-B', program, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => { throw new Error('the town did not start'); })]);
  return {
    ...JSON.parse(line),
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** A browser without a net but this machine's. */
export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHAYAN_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--ignore-certificate-errors', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** A phone of its own: a context with no cookies, and one page. `complaints` collects what the page's console and policy say. */
export async function newPhone(browser, options = {}) {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true, locale: 'zh-CN', viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, ...options,
  });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => {
    // A refusal is an answer: the browser notes its status, which the test looks at.
    if (['error', 'warning'].includes(message.type()) && !/status of [45]\d\d/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { context, page, complaints };
}

/** A desk of its own, in the language wanted. */
export function newDesk(browser, options = {}) {
  return newPhone(browser, { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1, ...options });
}

/** Fills the form to log in, once it is there. */
export async function logIn(page, { login, password }) {
  await page.locator('dialog input[autocomplete=username]').fill(login);
  await page.locator('dialog input[type=password]').fill(password);
  await page.locator('dialog button[type=submit]').click();
}

/** What axe-core finds wrong with the page as it stands, by rule and element: [] when nothing. */
export async function axe(page) {
  // By the protocol, for the page's policy lets no script in that is not the service's own.
  await page.evaluate(await readFile(path.join(process.env.CHAYAN_NODE_MODULES, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}`));
}

/** The ID number of the number-th invented person: region 130682, a made-up day. */
export function idNumber(number) {
  const body = `13068219${70 + (number % 30)}0${1 + (number % 9)}1${number % 10}${String(number % 490).padStart(3, '0')}`;
  const sum = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2].reduce((all, weight, i) => all + weight * Number(body[i]), 0);
  return body + '10X98765432'[sum % 11];
}

export function phoneNumber(number) {
  return `142${String(10_000_000 + number)}`;
}

/** Fills the form of a person as a thumb would. */
export async function fillPerson(page, { name, number, phone }) {
  await page.getByLabel('姓名', { exact: true }).fill(name);
  await page.getByLabel('身份证号', { exact: true }).fill(number);
  await page.getByLabel('手机号').fill(phone);
}
