// SPDX-License-Identifier: Apache-2.0
// Contacts by place and hour: what stands in the list, in its order. Pure, but for what sites are called and the town's clock.
import { date, moment, clock } from '../common/time.js';

/**
 * @typedef {{through: string, kind: string, place?: string, begin: string, end: string, overlap_s: number, gap_s: number, ended_by?: string, crowd?: number}}
 *   Episode
 * @typedef {{person: import('./store.js').Person, degree: number, via: string[], episodes: number, kinds: string[], total_s: number, longest_s: number, first:
 *   string, last: string,
 *   sites: string[], mark?: {state: string, assigned?: string}, explain?: Episode[], new?: boolean}} Contact
 * @typedef {{kind: 'group', key: string, place: string, hour: string, rows: Contact[], crowd: number | null}} Group
 * @typedef {Group | {kind: 'contact', key: string, contact: Contact, depth: number, folded: number} | {kind: 'episode', key: string, contact: Contact, episode:
 *   Episode}} Line
 */

/** What an episode weighs beside the others of one contact: time together, then how near. @param {Episode} one */
const weight = (one) => (one.kind === 'company' ? 1e9 : one.overlap_s || -one.gap_s - 1);

/** The strongest reason, and the first of equal ones. @param {Contact} contact @returns {Episode | null} */
export function strongest(contact) {
  let best = null;
  for (const one of contact.explain ?? []) if (!best || weight(one) > weight(best)) best = one;
  return best;
}

const hours = new Map();
/** The local hour of a moment, as a moment; worked out once for ten minutes, which no zone's hours part. @param {string} at */
export function hourOf(at) {
  const key = at.slice(0, 15);
  let hour = hours.get(key);
  if (!hour) hours.set(key, hour = moment(date(at), `${clock(at, false).slice(0, 2)}:00`));
  return hour;
}

/**
 * Degree 1 by company, then by place and hour of the strongest reason; groups stand where their first row stands, rows in the answer's order.
 * @param {Contact[]} contacts @returns {Group[]}
 */
export function groupsOf(contacts) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const contact of contacts) {
    if (contact.degree !== 1) continue;
    const best = strongest(contact);
    const isCompany = contact.kinds.includes('company');
    const place = isCompany ? '' : best?.place ?? contact.sites[0] ?? '';
    const hour = isCompany ? '' : hourOf(best?.begin ?? contact.first);
    const key = isCompany ? 'company' : `${place} ${hour}`;
    let group = groups.get(key);
    if (!group) groups.set(key, group = { kind: 'group', key, place, hour, rows: [], crowd: null });
    group.rows.push(contact);
    if (best?.crowd !== undefined && !isCompany) group.crowd = Math.max(group.crowd ?? 0, best.crowd);
  }
  return [...groups.values()];
}

/**
 * Rows of later degrees by whom they came through: each once, under the one of the degree before who stands first in the answer.
 * @param {Contact[]} contacts @returns {Map<string, Contact[]>} by person
 */
export function foldedOf(contacts) {
  const place = new Map(contacts.map((contact, at) => [contact.person.id, at]));
  const folded = new Map();
  for (const contact of contacts) {
    if (contact.degree < 2) continue;
    const through = contact.via.reduce((best, one) => ((place.get(one) ?? Infinity) < (place.get(best) ?? Infinity) ? one : best), contact.via[0]);
    if (!folded.has(through)) folded.set(through, []);
    folded.get(through).push(contact);
  }
  return folded;
}

/**
 * @param {Group[]} groups @param {Map<string, Contact[]>} folded @param {Set<string>} open keys of contacts whose reasons are shown, "fold ID" of those whose
 *   degree 2 is
 * @returns {Line[]}
 */
export function linesOf(groups, folded, open) {
  /** @type {Line[]} */
  const lines = [];
  const add = (/** @type {Contact} */ contact, /** @type {number} */ depth) => {
    const id = contact.person.id;
    const under = folded.get(id) ?? [];
    lines.push({ kind: 'contact', key: id, contact, depth, folded: under.length });
    if (open.has(id)) (contact.explain ?? []).forEach((episode, at) => lines.push({ kind: 'episode', key: `${id} ${at}`, contact, episode }));
    if (open.has(`fold ${id}`)) under.forEach((one) => add(one, depth + 1));
  };
  for (const group of groups) {
    lines.push(group);
    group.rows.forEach((contact) => add(contact, 0));
  }
  return lines;
}

/** What stands in the graph when not everybody can: company, then by the answer's order degree by degree; of later degrees only whose way is drawn.
 * @param {Contact[]} contacts @param {number} most @returns {Contact[]} */
export function chosenForGraph(contacts, most) {
  const chosen = /** @type {Contact[]} */ ([]);
  const drawn = new Set();
  for (const contact of contacts) {
    if (chosen.length >= most) break;
    if (contact.degree > 1 && !contact.via.some((one) => drawn.has(one))) continue;
    chosen.push(contact);
    drawn.add(contact.person.id);
  }
  return chosen;
}
