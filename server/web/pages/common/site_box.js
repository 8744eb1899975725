// SPDX-License-Identifier: Apache-2.0
// A field that finds a site.
import { html, useEffect, useState } from './html.js';
import { Fault } from './parts.js';
import { t } from './texts.js';

/** @typedef {{ref: string, name: string, category: string, division_name: string}} Site */

/**
 * Chooses a site by its words or its ref.
 * @param {{value: string, onChoose: (ref: string) => void, id: string, find: (text: string) => Promise<{sites: Site[], count: number}>,
 *   nameOf: (ref: string) => string}} of find: those that the words fit; nameOf: what is chosen already
 */
export function SiteBox({ value, onChoose, id, find, nameOf }) {
  const [text, setText] = useState('');
  const [found, setFound] = useState(/** @type {{sites: Site[], count: number} | null} */ (null));
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  useEffect(() => {
    if (!text.trim()) { setFound(null); return undefined; }
    const timer = setTimeout(() => find(text.trim()).then((sites) => { setFound(sites); setError(null); }, setError), 200);
    return () => clearTimeout(timer);
  }, [text]);
  const choose = (/** @type {string} */ ref) => { setText(''); setFound(null); onChoose(ref); };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();   // the form around it is not meant yet
    if (found?.sites.length) choose(found.sites[0].ref);
  };
  return html`<div class="site-box">
    ${value ? html`<p class="chosen"><b>${nameOf(value)}</b> <span class="muted">${value}</span></p>` : null}
    <input id=${id} type="search" autocomplete="off" placeholder=${t('site.placeholder')} value=${text} onInput=${(/** @type {any} */ event) =>
      setText(event.target.value)} onKeyDown=${key} />
    ${error ? html`<${Fault} error=${error} />` : null}
    ${found ? html`<ul class="choices" aria-label=${t('site.found', { count: found.count })}>${found.sites.slice(0, 12).map((site) => html`<li key=${site.ref}>
      <button type="button" onClick=${() => choose(site.ref)}><b>${site.name}</b> <span class="muted">
        ${site.ref} · ${t(`category.${site.category}`)} · ${site.division_name}</span></button></li>`)}
      ${found.count === 0 ? html`<li class="muted">${t('site.none')}</li>` : found.count > 12 ? html`<li class="muted">${t('site.more',
        { count: found.count - 12 })}</li>` : null}</ul>` : null}
  </div>`;
}
