// SPDX-License-Identifier: Apache-2.0
// What can be said of a password before the server judges it. The server has the list of what is guessed first; nothing here is a measure of strength.
import { t } from '../common/texts.js';

/** What is surely wrong with it, or ''. @param {string} password @param {string} login */
export function passwordFault(password, login) {
  const bytes = new TextEncoder().encode(password).length;
  if (bytes < 12) return t('password.short', { left: 12 - bytes });
  if (bytes > 128) return t('password.long');
  return login && password.toLowerCase().includes(login.toLowerCase()) && login.length > 3 && password.length - login.length < 6 ? t('password.is_login') : '';
}

const letters = 'abcdefghjkmnpqrstuvwxyz23456789';   // none that is mistaken for another when it is read out

/** Three times five characters, 74 bits. */
export function makePassword() {
  const group = () => {
    let text = '';
    while (text.length < 5) {
      const [byte] = crypto.getRandomValues(new Uint8Array(1));
      if (byte < 256 - (256 % letters.length)) text += letters[byte % letters.length];
    }
    return text;
  };
  return [group(), group(), group()].join('-');
}
