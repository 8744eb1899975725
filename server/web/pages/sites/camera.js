// SPDX-License-Identifier: Apache-2.0
// Where a site's camera plays a moment back: an address that whoever traces is sent to, with the moment in it. Nothing is recorded or shown here.
import { ApiError, get, path, post } from '../common/api.js';
import { el, field, fill, say, setFault } from '../common/dom.js';
import { t } from '../common/texts.js';

/** A part of the site's dialog, asked for when it is opened. @param {{ref: string}} site */
export function cameraOf(site) {
  const body = el('div', null, el('p', { class: 'muted' }, t('loading')));
  const draw = (/** @type {string} */ template) => {
    const input = el('input', { type: 'text', inputmode: 'url', autocomplete: 'off', spellcheck: 'false', maxlength: 500, value: template,
      placeholder: 'https://nvr.example.cn/playback?time={unix}' });
    const fault = el('p', { class: 'fault', role: 'alert' });
    fill(body, el('p', { class: 'muted' }, t('camera.lead', { at: '{at}', unix: '{unix}' })), el('form', {
      onsubmit: async (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        setFault(input, '');
        fill(fault);
        try {
          const told = await post(path`/api/v1/sites/${site.ref}/camera`, { template: input.value.trim() || null });
          input.value = told.template ?? '';
          say(t(told.template ? 'camera.kept' : 'camera.removed'));
        } catch (error) {
          if (error instanceof ApiError && error.fields.length) setFault(input, error.fields[0].detail);
          else fill(fault, error instanceof Error ? error.message : String(error));
        }
      },
    }, field(t('camera.template'), input), fault, el('div', { class: 'actions' }, el('button', { type: 'submit' }, t('camera.keep')))));
  };
  let isAsked = false;
  return el('details', {
    ontoggle: () => {
      if (isAsked) return;
      isAsked = true;
      get(path`/api/v1/sites/${site.ref}/camera`).then((told) => draw(told.template ?? ''), (error) => fill(body, el('p', { class: 'note wait' },
        error.message)));
    },
  }, el('summary', null, t('camera.heading')), body);
}
