// SPDX-License-Identifier: Apache-2.0
// Alerts as they are stored: whoever listens is told that there is a new one, and asks for it.
const again_ms = 15_000;   // until a stream that was refused is asked for once more
const settle_ms = 1_500;   // by then whoever asked listens
const renew_ms = 60_000;

/** @param {() => void} told called at each alert @returns {() => void} ends it */
export function listenForAlerts(told) {
  /** @type {EventSource | null} */
  let stream = null;
  let timer = 0, settled = 0;
  const renewed = setInterval(() => { if (!document.hidden) told(); }, renew_ms);   // and whatever the stream missed
  const listen = () => {
    const mine = new EventSource('/api/v1/alerts/stream');
    stream = mine;
    settled = window.setTimeout(told, settle_ms);   // what came between the list and this
    mine.addEventListener('alert', told);
    mine.addEventListener('error', () => {
      if (mine.readyState !== EventSource.CLOSED || stream !== mine) return;   // it begins again by itself
      timer = window.setTimeout(listen, again_ms);
    });
  };
  listen();
  return () => { clearTimeout(timer); clearTimeout(settled); clearInterval(renewed); stream?.close(); stream = null; };
}
