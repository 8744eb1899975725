// SPDX-License-Identifier: Apache-2.0
// Certificate, backups and disk, in one line each, above the pages of those who may act or know whom to call; nothing while nothing needs doing.
import { get } from './api.js';
import { el, fill } from './dom.js';
import { session } from './session.js';
import { t } from './texts.js';

const again_ms = 3_600_000;   // asked anew when somebody comes back to the page after so long

/** @typedef {{what: 'certificate' | 'backup' | 'disk', urgent: boolean, days: number | null, free?: number}} Need */

/** @param {Need} need */
function words({ what, days, free }) {
  if (what === 'disk') return t('upkeep.disk', { free: ((free ?? 0) / 1e9).toFixed(1) });
  if (days === null) return t(`upkeep.${what}.none`);
  if (what === 'certificate' && days < 0) return t('upkeep.certificate.over');
  return t(`upkeep.${what}`, { days });
}

/** @param {boolean} isAdmin @param {{name: string, hotline: string} | null} office */
function whom(isAdmin, office) {
  if (isAdmin) return el('a', { href: '/admin#status' }, t('upkeep.how'));
  return t('upkeep.tell') + (office?.hotline ? t('upkeep.call', { name: office.name, hotline: office.hotline }) : '');
}

/** Empty until something needs doing, and for those who can do nothing about it. */
export function upkeepLines() {
  const lines = el('div', { class: 'upkeep', role: 'status' });
  const roles = session?.roles ?? [], isAdmin = roles.includes('admin');
  if (!isAdmin && !roles.includes('manager')) return lines;
  let asked = 0;
  const ask = async () => {
    asked = Date.now();
    const { upkeep } = /** @type {{upkeep: Need[]}} */ (await get('/api/v1/upkeep', { quiet: true }));
    const office = upkeep.length && !isAdmin ? await get('/api/v1/office', { quiet: true }).catch(() => null) : null;
    fill(lines, ...upkeep.map((need) => el('p', { class: `note ${need.urgent ? 'wrong' : 'wait'}` }, el('b', null, words(need)), ' ', whom(isAdmin, office))));
  };
  const askIfSeen = () => { if (!document.hidden && Date.now() - asked > again_ms) ask().catch(() => undefined); };   // a page works without it
  document.addEventListener('visibilitychange', askIfSeen);
  askIfSeen();
  return lines;
}
