// SPDX-License-Identifier: Apache-2.0
// Reads codes by the camera: the browser's own reader where there is one, else jsQR. The picture never leaves this page.
import { el, fill, openDialog } from '../common/dom.js';
import { t } from '../common/texts.js';

/** @typedef {(picture: HTMLVideoElement) => Promise<string>} Reader gives '' where nothing is read */

/** @returns {Promise<Reader>} */
async function makeReader() {
  const Detector = /** @type {any} */ (window).BarcodeDetector;
  if (Detector && (await Detector.getSupportedFormats()).includes('qr_code')) {
    const detector = new Detector({ formats: ['qr_code'] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? '';
  }
  if (!(/** @type {any} */ (window).jsQR)) {
    await new Promise((resolve, reject) => {
      const script = el('script', { src: new URL('../vendor/jsqr.js', import.meta.url).href, onload: resolve, onerror: () => reject(new Error(t('camera.none'))) });
      document.head.append(script);
    });
  }
  const canvas = document.createElement('canvas');
  const brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
  return async (video) => {
    const scale = Math.min(1, 640 / Math.max(video.videoWidth, video.videoHeight, 1));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (!canvas.width || !canvas.height) return '';
    brush.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = brush.getImageData(0, 0, canvas.width, canvas.height);
    return /** @type {any} */ (window).jsQR(data, canvas.width, canvas.height)?.data ?? '';
  };
}

/** Opens the camera over the page and gives each code once. @param {(text: string) => void} take */
export function openCamera(take) {
  const video = el('video', { playsinline: true, muted: true, autoplay: true, 'aria-label': t('camera.picture') });
  const fault = el('p', { class: 'fault', role: 'alert' });
  /** @type {MediaStream | null} */
  let stream = null;
  const dialog = openDialog(t('camera.heading'), (own) => [video, fault, el('p', { class: 'muted' }, t('camera.lead')), el('div', { class: 'actions' }, el('button', { type: 'button', onclick: () => own.close() }, t('close')))]);
  dialog.classList.add('camera');
  dialog.addEventListener('close', () => stream?.getTracks().forEach((track) => track.stop()));
  (async () => {
    const reader = await makeReader();
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    video.srcObject = stream;
    let last = '', lastAt = 0;
    const look = async () => {
      if (!dialog.open) return;
      const text = await reader(video).catch(() => '');
      if (text && (text !== last || Date.now() - lastAt > 3_000)) {
        [last, lastAt] = [text, Date.now()];
        dialog.close();
        take(text);
        return;
      }
      setTimeout(look, 120);
    };
    await look();
  })().catch((error) => fill(fault, error?.name === 'NotAllowedError' ? t('camera.refused') : t('camera.none')));
}
