// SPDX-License-Identifier: Apache-2.0
// Who was where, for the console's tests: a guard enters it at the gate, as in a town.
import { idNumber } from './support.mjs';

export const CASE = '2020-001';

const surnames = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗';
const given = ['秀英', '建国', '丽华', '志强', '桂兰', '海燕', '国庆', '淑珍', '伟明', '敏芝'];
export const nameOf = (number) => surnames[number % 20] + given[Math.floor(number / 20) % 10];

/** The local wall time some days ago, as the API wants it. */
export function at(daysAgo, hour, minute = 0) {
  const local = new Date(Date.now() + 8 * 3600e3);
  const day = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()) - daysAgo * 86_400e3;
  return new Date(day + (hour * 60 + minute) * 60e3 - 8 * 3600e3).toISOString().replace('.000Z', 'Z');
}

/** A caller without a browser page: logs in as this role. */
async function callerOf(town, context, role) {
  const answer = await context.request.post(`${town.url}/api/v1/session`, { data: town.logins[role] });
  const { token } = await answer.json();
  return async (method, path, data) => {
    const got = await context.request.fetch(town.url + path, { method, data, headers: { Authorization: `Bearer ${token}` } });
    return { status: got.status(), json: await got.json() };
  };
}

/**
 * One of the tests' towns with people in it. Number 1 was at the mall with 2 to 13, at the town hall with 14 to 19, at the supermarket with 20 to 22,
 * and in one car with 2 and 3; 2 was at school with 30 to 41.
 */
export async function people(town, browser) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const guard = await callerOf(town, context, 'guard');
  const items = [];
  const scan = (number, site, direction, when, more = {}) => items.push({
    subject: { document: { type: 'id', number: idNumber(number) }, name: nameOf(number) }, site, direction, at: when, ...more,
  });
  const stay = (number, site, day, begin, end) => {
    scan(number, site, 'in', at(day, ...begin));
    if (end) scan(number, site, 'out', at(day, ...end));
  };
  stay(1, 'S1', 3, [9, 0], [11, 30]);
  stay(1, 'O1', 2, [14, 0], [16, 0]);
  stay(1, 'P1', 2, [17, 0], null);
  stay(1, 'S2', 1, [10, 0], [10, 40]);
  for (let number = 2; number <= 13; number += 1) stay(number, 'S1', 3, [9, number * 3], [10, 20 + number * 2]);
  for (let number = 14; number <= 19; number += 1) stay(number, 'O1', 2, [14, number], number % 2 ? null : [15, 30]);
  for (let number = 20; number <= 22; number += 1) stay(number, 'S2', 1, [10, 5], [10, 35]);
  for (const number of [1, 2, 3]) scan(number, 'G2', 'pass', at(2, 8, number), { plate: '冀F12345' });
  stay(2, 'D1', 2, [8, 30], [16, 30]);
  for (let number = 30; number <= 41; number += 1) stay(number, 'D1', 2, [8, number % 20], [17, 0]);
  const { json } = await guard('POST', '/api/v1/gate/scans', { scans: items });
  const refused = json.results.filter((result) => result.status !== 201);
  if (refused.length) throw new Error(JSON.stringify(refused[0]));
  return { guard, tracer: await callerOf(town, context, 'tracer'), auditor: await callerOf(town, context, 'auditor'), second: await callerOf(town, context, 'second'), context };
}
