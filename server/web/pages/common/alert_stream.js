// SPDX-License-Identifier: Apache-2.0
// Alerts as they are stored: whoever listens is told that there is a new one, and asks for it.
const again_ms = 15_000;   // until a stream that was refused is asked for once more

/** @param {() => void} told called at each alert @returns {() => void} ends it */
export function listenForAlerts(told) {
  /** @type {EventSource | null} */
  let stream = null;
  let timer = 0;
  const listen = () => {
    const mine = new EventSource('/api/v1/alerts/stream');
    stream = mine;
    mine.addEventListener('alert', told);
    mine.addEventListener('error', () => {
      if (mine.readyState !== EventSource.CLOSED || stream !== mine) return;   // it begins again by itself
      timer = window.setTimeout(listen, again_ms);
    });
  };
  listen();
  return () => { clearTimeout(timer); stream?.close(); stream = null; };
}
