// SPDX-License-Identifier: Apache-2.0
// Says a short word aloud, where the browser can and the guard wants it.
import { language } from '../common/texts.js';
import { desk } from './state.js';

export const canSpeak = 'speechSynthesis' in window;

/** @param {string} words */
export function speak(words) {
  if (!canSpeak || !desk.speaks) return;
  speechSynthesis.cancel();   // the last person's word is nobody's any more
  const spoken = new SpeechSynthesisUtterance(words);
  spoken.lang = language === 'zh' ? 'zh-CN' : 'en';
  spoken.rate = 1.1;
  speechSynthesis.speak(spoken);
}
