// SPDX-License-Identifier: Apache-2.0
// The guard's desk without a net: the page and its files are kept, nothing that anybody asked or was told is. `assets` stands before this text: the digest of what belongs together.
const scope = /** @type {any} */ (self);
const shelf = `gate ${assets}`;

scope.addEventListener('install', () => scope.skipWaiting());

scope.addEventListener('activate', (/** @type {any} */ event) => {
  event.waitUntil((async () => {
    // The set before stays: a page that was opened with it may still ask for a file.
    const old = (await caches.keys()).filter((name) => name.startsWith('gate ') && name !== shelf);
    await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
    await scope.clients.claim();
  })());
});

/** The newest answer of an address replaces the ones before, whatever it varies by: the desk opens as it was seen last. @param {Request} request @param {Response} answer */
async function keep(request, answer) {
  if (answer.ok) {
    const headers = new Headers(answer.headers);
    headers.delete('Vary');
    await (await caches.open(shelf)).put(request, new Response(answer.clone().body, { headers }));
  }
  return answer;
}

/** A file never changes under its address. @param {Request} request */
async function fileOf(request) {
  return (await caches.match(request)) ?? keep(request, await fetch(request));
}

/** The page as it is now; without a net as it was. @param {Request} request */
async function pageOf(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(4_000) });
    if (answer.status < 500) return keep(request, answer);
  } catch { /* no net */ }
  const found = (await caches.match(request)) ?? (await caches.match(request, { ignoreSearch: true }));
  return found ?? fetch(request);
}

scope.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (url.pathname.startsWith('/assets/')) event.respondWith(fileOf(request));
  else if (request.mode === 'navigate' && url.pathname === '/gate') event.respondWith(pageOf(request));
});

// The page tells what it had loaded before this worker was there.
scope.addEventListener('message', (/** @type {any} */ event) => {
  event.waitUntil(Promise.all(event.data.map(async (/** @type {string} */ address) => {
    const request = new Request(address);
    if (!(await caches.match(request))) await keep(request, await fetch(request)).catch(() => undefined);
  })));
});
