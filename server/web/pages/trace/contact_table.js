// SPDX-License-Identifier: Apache-2.0
// Contacts as rows: groups by place and hour, reasons and the second degree folded in under their row.
import { html } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock, duration } from '../common/time.js';
import { strongest } from './groups.js';
import { markStates } from './marking.js';
import { Mark, documentOf, span } from './parts.js';
import { go } from './state.js';
import { markOf, personOf, siteName } from './store.js';
import { Table, useNarrow } from './table.js';

/** @typedef {import('./groups.js').Line} Line @typedef {import('./groups.js').Contact} Contact */

/** Why we believe it, in some words. @param {Contact} contact */
export function whyOf(contact) {
  const best = strongest(contact);
  const words = !best ? contact.sites.map(siteName).join('、') : best.kind === 'company' ? t('why.company') : best.overlap_s
    ? t(`why.${best.ended_by ?? 'scanned'}`) : t('why.gap', { gap: duration(best.gap_s) });
  const more = contact.sites.length - 1;
  return [contact.degree > 1 ? t(contact.via.length > 2 ? 'why.via_many' : 'why.via', { names: contact.via.slice(0, 2).map((one) =>
    personOf(one).name).join('、'), count: contact.via.length }) : '', words, more > 0 ? t('why.more', { count: more }) : ''].filter(Boolean).join(' · ');
}

/** @param {string[]} kinds */
const kindOf = (kinds) => (kinds.includes('company') ? 'company' : kinds.includes('venue') ? 'venue' : 'gate');
export const Kind = (/** @type {{kinds: string[]}} */ { kinds }) => html`<span class=${`tag kind-${kindOf(kinds)}`}>${t(`kind.${kindOf(kinds)}`)}</span>`;

/** @param {import('./groups.js').Group} group */
function headingOf(group) {
  if (group.key === 'company') return t('group.company', { count: group.rows.length });
  const crowd = group.crowd === null ? '' : t('group.crowd', { crowd: Math.round(group.crowd) });
  return [siteName(group.place), dayAndClock(group.hour), crowd, t('group.count', { count: group.rows.length })].filter(Boolean).join(' · ');
}

/**
 * @param {{lines: Line[], folded: Map<string, Contact[]>, open: Set<string>, onOpen: (open: Set<string>) => void, picked: Set<string>, onPick: (picked:
 *   Set<string>) => void,
 *   marking: import('./marking.js').Marking, state: import('./state.js').State}} of
 */
export function ContactTable({ lines, folded, open, onOpen, picked, onPick, marking, state }) {
  const narrow = useNarrow();
  const hasDocuments = lines.some((line) => line.kind === 'contact' && line.contact.person.document);   // an answer that tells of many may name them alone
  const flip = (/** @type {Set<string>} */ set, /** @type {string} */ key, /** @type {boolean} */ wanted) => { const next = new Set(set);
    if (wanted) next.add(key); else next.delete(key); return next; };
  const unfold = (/** @type {string} */ id, /** @type {boolean} */ wanted) => {
    // The second degree first, the reasons with the next key: both at once would push the neighbours away.
    const key = wanted ? (folded.has(id) && !open.has(`fold ${id}`) ? `fold ${id}` : id) : (open.has(id) ? id : `fold ${id}`);
    onOpen(flip(open, key, wanted));
  };
  const pressed = (/** @type {KeyboardEvent} */ event, /** @type {any} */ line) => {
    if (line.kind === 'group') return false;
    const id = line.contact.person.id;
    const people = picked.size ? [...picked] : [id];
    const mark = markStates[Number(event.key) - 1];
    if (mark) marking.mark(people, mark);
    else if (event.key === 'a') marking.take(people);
    else if (event.key === 'x' || event.key === ' ') onPick(flip(picked, id, !picked.has(id)));
    else if (event.key === 'ArrowRight') unfold(id, true);
    else if (event.key === 'ArrowLeft') unfold(id, false);
    else if (event.key === 'i') go({ index: id, place: '' });
    else if (event.key === 't') go({ view: 'trajectory', index: id });
    else return false;
    return true;
  };
  const columns = [['pick', ''], ['kind', t('column.kind')], ['name', t('column.name')], ...(hasDocuments ? [['document', t('column.document')], ['phone',
    t('column.phone')]] : []), ['total', t('column.total')], ['longest', t('column.longest')],
    ['times', t('column.times')], ['when', t('column.when')], ['why', t('column.why')], ['mark', t('column.mark')]].map(([key, title]) => ({ key, title: title
      || t('column.pick'), class: ['total', 'longest', 'times'].includes(key) ? 'number' : key === 'pick' ? 'pick' : '' }));
  const cell = (/** @type {any} */ content, name = '') => html`<div role="gridcell" class=${name}>${content}</div>`;
  const drawContact = (/** @type {any} */ line) => {
    const { contact, depth } = line;
    const id = contact.person.id;
    const mark = markOf(state.case, contact);
    const box = html`<input type="checkbox" tabindex="-1" aria-label=${t('column.pick_one', { name: contact.person.name })} checked=${picked.has(id)}
      onChange=${() => onPick(flip(picked, id, !picked.has(id)))} />`;
    const fold = line.folded ? html`<button type="button" class="fold" tabindex="-1" aria-expanded=${String(open.has(`fold ${id}`))} aria-label=${t('fold',
      { count: line.folded })} onClick=${() => onOpen(flip(open, `fold ${id}`, !open.has(`fold ${id}`)))}>${open.has(`fold ${id}`) ? '▾' : '▸'} ${line.folded}
      </button>` : null;
    const kind = depth ? html`<span class="tag">${t('degree.short', { degree: contact.degree })}</span>` : html`<${Kind} kinds=${contact.kinds} />`;
    const person = html`<a tabindex="-1" href="#" onClick=${(/** @type {Event} */ event) => { event.preventDefault(); go({ who: id }); }}>${contact.person.name}
      </a>${contact.new ? html` <span class="tag new">${t('new')}</span>` : null}`;
    const why = html`<button type="button" class="plain" tabindex="-1" aria-expanded=${String(open.has(id))} onClick=${() => onOpen(flip(open, id,
      !open.has(id)))} title=${t('why.show')}>${whyOf(contact)}</button>`;
    const marked = html`<${Mark} state=${mark?.state} />${mark?.assigned ? html` <span class="muted">${mark.assigned}</span>` : null}`;
    if (narrow) {
      return html`${cell(box, 'pick')}<div role="gridcell" class=${`card depth-${Math.min(2, depth)}`}><div class="first">${kind} <b>${person}</b> ${fold}
        <span class="number">${duration(contact.total_s)}</span></div>
        <div class="second muted">${why}${marked}</div></div>`;
    }
    return html`${cell(box, 'pick')}${cell(kind, `depth-${Math.min(2, depth)}`)}${cell(html`${person} ${fold}`)}${hasDocuments
      ? html`${cell(documentOf(contact.person))}${cell(contact.person.phone ?? '')}` : null}${cell(contact.total_s || !contact.kinds.includes('company')
      ? duration(contact.total_s) : '–', 'number')}
      ${cell(contact.longest_s ? duration(contact.longest_s) : '–', 'number')}${cell(contact.episodes, 'number')}${cell(span(contact.first,
        contact.last))}${cell(why)}${cell(marked)}`;
  };
  const drawEpisode = (/** @type {any} */ line) => {
    const one = line.episode;
    const words = [one.place ? siteName(one.place) : '', one.overlap_s || one.kind !== 'company' ? span(one.begin, one.end) : dayAndClock(one.begin),
      t(`kind.${one.kind}`), one.overlap_s ? duration(one.overlap_s) : one.kind === 'company' ? t('why.apart', { gap: duration(one.gap_s) }) : t('why.gap',
      { gap: duration(one.gap_s) }),
      one.ended_by ? t(`ended.${one.ended_by}`) : '', one.crowd === undefined ? '' : t('group.crowd', { crowd: Math.round(one.crowd) }), t('why.with',
        { name: personOf(one.through).name })];
    return html`<div role="gridcell" class="episode" aria-colspan=${columns.length}>${words.filter(Boolean).join(' · ')}</div>`;
  };
  const draw = (/** @type {any} */ line) => (line.kind === 'group' ? html`<div role="gridcell" aria-colspan=${columns.length}><b>${headingOf(line)}</b></div>`
    : line.kind === 'episode' ? drawEpisode(line) : drawContact(line));
  return html`<${Table} label=${t('contacts.table')} columns=${columns} rows=${lines} rowHeight=${narrow ? 58 : 32} hidesHead=${narrow}
    template=${narrow ? '36px 1fr' : `36px 84px minmax(96px,.8fr) ${hasDocuments ? 'minmax(150px,1.2fr) minmax(96px,.8fr) '
      : ''}92px 92px 58px minmax(196px,1.2fr) minmax(190px,2fr) minmax(120px,.9fr)`} minWidth=${narrow ? 0 : hasDocuments ? 1110 : 860}
    keyOf=${(/** @type {Line} */ line) => `${line.kind} ${line.key}`} isHeading=${(/** @type {Line} */ line) => line.kind === 'group'}
      classOf=${(/** @type {any} */ line) => (line.kind === 'contact' && picked.has(line.contact.person.id) ? 'chosen' : line.kind)}
    expandedOf=${(/** @type {any} */ line) => (line.kind === 'contact' ? open.has(line.contact.person.id) || open.has(`fold ${line.contact.person.id}`)
      : undefined)}
    draw=${draw} onOpen=${(/** @type {any} */ line) => go({ who: line.contact.person.id })} onKey=${pressed} />`;
}
