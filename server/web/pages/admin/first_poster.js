// SPDX-License-Identifier: Apache-2.0
// One site's poster, seen before it is printed: that it comes at all shows that the fonts are there.
import { get, path, request, save } from '../common/api.js';
import { Fault } from '../common/fault.js';
import { html, useEffect, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { Field, useAnswer, useSending } from './state.js';

const sheets = ['a4', 'a3', 'a5x2', 'a6x4'];

/** The first sites by number. @returns {Promise<{ref: string, name: string}[]>} */
const loadSites = async () => (await get('/api/v1/sites?closed=false&limit=500')).sites;

/** A site, by its number: chosen from the first that there are, or typed. @param {{value: string, change: (next: string | ((current: string) => string)) => void}} properties */
export function SiteChoice({ value, change }) {
  const { value: sites, error } = useAnswer(loadSites, []);
  useEffect(() => { if (sites && sites.length > 0) change((current) => current || sites[0].ref); }, [sites]);   // what was typed meanwhile stays
  return html`
    <${Field} label=${t('poster.site')} name="site" value=${value} list="sites" autocomplete="off" spellcheck=${false} onInput=${(/** @type {any} */ event) => change(event.target.value.trim())}
      hint=${sites?.find((site) => site.ref === value)?.name ?? t('poster.site_hint')} />
    <${Fault} error=${error} />
    <datalist id="sites">${(sites ?? []).map((site) => html`<option value=${site.ref}>${site.name}</option>`)}</datalist>`;
}

/** The picture of a poster, as an address for <img>, and how to ask again. @param {string} ref */
export function usePosterPicture(ref) {
  const [tries, setTries] = useState(0);
  const [picture, setPicture] = useState(/** @type {{url: string, error: unknown}} */ ({ url: '', error: null }));
  useEffect(() => {
    const stop = new AbortController();
    let url = '';
    setPicture({ url: '', error: null });
    if (ref) {
      request('GET', path`/api/v1/sites/${ref}/poster?format=svg&sheet=a4&lang=zh%2Ben`, undefined, { signal: stop.signal }).then((answer) => answer.blob()).then((blob) => {
        if (stop.signal.aborted) return;
        url = URL.createObjectURL(blob);
        setPicture({ url, error: null });
      }).catch((error) => { if (!stop.signal.aborted) setPicture({ url: '', error }); });
    }
    return () => { stop.abort(); if (url) URL.revokeObjectURL(url); };
  }, [ref, tries]);
  return { ...picture, retry: () => setTries(tries + 1) };
}

/** @param {{known: import('./setup.js').Known}} properties */
export function FirstPoster({ known }) {
  const [ref, setRef] = useState('');
  const [asked, setAsked] = useState('');
  const [sheet, setSheet] = useState('a4');
  const picture = usePosterPicture(asked);
  useEffect(() => { const timer = setTimeout(() => setAsked(ref), 400); return () => clearTimeout(timer); }, [ref]);
  const sending = useSending(async () => save(await request('GET', path`/api/v1/sites/${ref}/poster?format=pdf&sheet=${sheet}&lang=zh%2Ben`), `poster-${ref}.pdf`));
  return html`
    <div class="poster">
      <div>
        <${SiteChoice} value=${ref} change=${setRef} />
        <${Field} label=${t('poster.sheet')} name="sheet" as="select" value=${sheet} onChange=${(/** @type {any} */ event) => setSheet(event.target.value)}>${sheets.map((one) => html`<option value=${one}>${t(`sheet.${one}`)}</option>`)}<//>
        <div class="actions"><button type="button" class="primary" disabled=${!ref || sending.busy} onClick=${() => sending.run()}>${t('poster.print')}</button></div>
        <${Fault} error=${sending.error} /><${Fault} error=${picture.error} retry=${picture.retry} />
        <p class="muted">${t('poster.address', { address: known.status.address })}</p>
      </div>
      ${picture.url && html`<img class="sheet" src=${picture.url} alt=${t('poster.picture', { ref: asked })} />`}
    </div>`;
}
