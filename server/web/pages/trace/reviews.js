// SPDX-License-Identifier: Apache-2.0
// Whether two statements are of one person: side by side, what differs marked, answered by one key and taken back by another.
import { call, get, path, post } from '../common/api.js';
import { say } from '../common/dom.js';
import { html, useEffect, useRef, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock } from '../common/time.js';
import { AskForm, Busy, Dialog, Fault, Field, documentOf } from './parts.js';
import { go } from './state.js';
import { forget, useAnswer } from './store.js';

const states = ['open', 'same', 'distinct', 'settled'];

/** What is compared: the name of a line, and its text of a statement. @type {[string, (one: any) => string][]} */
const lines = [
  ['name', (one) => one.name], ['document', documentOf], ['phone', (one) => one.phone ?? ''], ['birth_year', (one) => one.birth_year ?? ''], ['sex',
    (one) => (one.sex ? t(`sex.${one.sex}`) : '')], ['division', (one) => one.division ?? ''],
];

/** @param {{review: any}} of */
function Sides({ review }) {
  const { a, b } = review;
  return html`<table class="sides"><caption class="only-read">${review.question}</caption><thead><tr><td></td><th scope="col">${t('review.a')}</th>
    <th scope="col">${t('review.b')}</th></tr></thead><tbody>
    ${lines.map(([name, text]) => { const [left, right] = [text(a), text(b)]; const differs = left !== right && Boolean(left) && Boolean(right);
      return left || right ? html`<tr class=${differs ? 'differs' : ''}><th scope="row">${t(`field.${name}`)}${differs ? html` <span class="tag differs">
        ${t('review.differs')}</span>` : null}</th><td>${left || '–'}</td><td>${right || '–'}</td></tr>` : null; })}
    <tr><th scope="row">${t('review.said')}</th>${[a, b].map((one) => html`<td>${t(`source.${one.source}`)} · ${dayAndClock(one.at)}${one.seen
      ? ` · ${t('statement.seen')}` : ''}${one.corrected ? ` · ${t('statement.corrected')}` : ''}</td>`)}</tr></tbody></table>`;
}

/** @param {{state: import('./state.js').State}} of */
export function Reviews({ state }) {
  const shown = states.includes(state.state) ? state.state : 'open';
  const query = { state: shown, person: state.about, limit: 50, cursor: state.cursor };
  const { data, error, busy } = useAnswer(`reviews ${JSON.stringify(query)}`, () => get(path`/api/v1/reviews${query}`));
  const [decided, setDecided] = useState(/** @type {Record<string, any>} */ ({}));
  const [asking, setAsking] = useState(/** @type {{review: any, decision: string} | null} */ (null));
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => setDecided({}), [JSON.stringify(query)]);
  useEffect(() => { if (data && (document.activeElement === document.body
    || !document.activeElement)) /** @type {HTMLElement | null} */ (list.current?.querySelector('.review'))?.focus(); }, [data]);
  const changed = (/** @type {any} */ review, /** @type {string} */ words) => {
    setDecided((was) => ({ ...was, [review.id]: review }));
    for (const kind of ['trace ', 'trajectory ', 'history ', 'passages ', 'reviews-count']) forget(kind);
    say(words);
  };
  const decide = async (/** @type {any} */ review, /** @type {string} */ decision, note = '') => {
    const next = await post(path`/api/v1/reviews/${review.id}`, { decision, ...(note ? { note } : {}) });
    changed(next, t(`review.done.${decision}`));
  };
  const undo = (/** @type {any} */ review) => { call('POST', path`/api/v1/reviews/${review.id}/undo`).then((next) => changed(next, t('review.undone')),
    (fault) => say(fault.message, 'wrong')); };
  const pressed = (/** @type {KeyboardEvent} */ event, /** @type {any} */ review) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /** @type {HTMLElement} */ (event.target).closest('input, textarea, dialog')) return;
    const card = /** @type {HTMLElement} */ (event.currentTarget);
    const isOpen = review.state === 'open';
    if (event.key === 'j' || event.key === 'ArrowDown') /** @type {HTMLElement | null} */ (card.nextElementSibling)?.focus();
    else if (event.key === 'k' || event.key === 'ArrowUp') /** @type {HTMLElement | null} */ (card.previousElementSibling)?.focus();
    else if (event.key === 's' && isOpen) setAsking({ review, decision: 'same' });
    else if (event.key === 'd' && isOpen) setAsking({ review, decision: 'distinct' });
    else if (event.key === 'u' && !isOpen) undo(review);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<header class="answer-head"><h1>${data ? t('review.title', { count: data.count, state: t(`review.state.${shown}`) }) : t('review.heading')}</h1>
    </header>
    <div class="tools filters">${states.map((one) => html`<button type="button" aria-pressed=${String(shown === one)} onClick=${() => go({ state: one === 'open'
      ? '' : one, cursor: '' })}>${t(`review.state.${one}`)}</button>`)}
      ${state.about ? html`<button type="button" onClick=${() => go({ about: '', cursor: '' })}>${t('review.everybody')}</button>` : null}</div>
    <p class="muted">${t('review.lead')}</p><${Fault} error=${error} />${busy ? html`<${Busy} />` : null}
    ${data && !data.reviews.length ? html`<p class="note good">${t('review.none')}</p>` : null}
    <div class="reviews" ref=${list}>${(data?.reviews ?? []).map((/** @type {any} */ first) => { const review = decided[first.id] ?? first;
      const isOpen = review.state === 'open';
      return html`<article class="review" tabindex="0" key=${review.id} aria-label=${review.question} onKeyDown=${(/** @type {KeyboardEvent} */ event) =>
        pressed(event, review)}>
        <header><span class=${`tag review-${review.state}`}>${t(`review.state.${review.state}`)}</span> <b>${review.question}</b>${review.in_case ? html` <span
          class="tag">${t('review.in_case')}</span>` : null} <span class="muted">${dayAndClock(review.at)}</span></header>
        <${Sides} review=${review} /><p class="muted">${t('review.reasons')} ${review.reasons}</p>
        ${review.by ? html`<p>${t('review.decided', { by: review.by, at: dayAndClock(review.decided) })}${review.note ? ` ${review.note}` : ''}</p>` : null}
        <div class="actions tight">${isOpen ? html`<button type="button" onClick=${() => setAsking({ review, decision: 'same' })}>
          ${t('review.same')} <kbd>s</kbd></button><button type="button" onClick=${() => setAsking({ review, decision: 'distinct' })}>
          ${t('review.distinct')} <kbd>d</kbd></button>`
          : review.state === 'settled' ? null : html`<button type="button" onClick=${() => undo(review)}>${t('review.undo')} <kbd>u</kbd></button>`}
          ${state.case ? html`<button type="button" onClick=${() => go({ who: review.a.person })}>${t('review.open_a')}</button>
            ${review.b.person !== review.a.person ? html`<button type="button" onClick=${() => go({ who: review.b.person })}>${t('review.open_b')}</button>`
            : null}` : null}</div></article>`; })}</div>
    ${data?.next ? html`<p><button type="button" onClick=${() => go({ cursor: data.next })}>${t('more')}</button></p>` : null}
    ${asking ? html`<${Dialog} heading=${t(`review.${asking.decision}`)} onClose=${() => setAsking(null)}><p>${asking.review.question}</p>
      <${Sides} review=${asking.review} />
      <${AskForm} button=${t(`review.${asking.decision}`)} onCancel=${() => setAsking(null)} send=${async (/** @type {FormData} */ values) => { const { review,
        decision } = asking; await decide(review, decision, String(values.get('note')).trim()); setAsking(null); }}>
      ${(/** @type {Error | null} */ fault) => html`<${Field} label=${t('review.note')} hint=${t('review.note_hint')} error=${fault} pointer="/note">
        ${(/** @type {string} */ id) => html`<input id=${id} name="note" maxlength="200" autofocus />`}</${Field}>`}</${AskForm}></${Dialog}>` : null}`;
}
