// SPDX-License-Identifier: Apache-2.0
// What the service runs with. Settings live in a file that only the machine's administrator writes: here they are shown, with how to change each.
import { get } from '../common/api.js';
import { Fault } from '../common/fault.js';
import { html, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { Copyable, useAnswer } from './state.js';

/** @typedef {{section: string, key: string, value: string, default: string}} Setting */

export function Settings() {
  const settings = useAnswer(async () => /** @type {Setting[]} */ ((await get('/api/v1/settings')).settings), []);
  const [open, setOpen] = useState('');
  if (!settings.value) return html`<h1>${t('section.settings')}</h1>${settings.error ? html`<${Fault} error=${settings.error} retry=${settings.reload} />` : html`<p class="muted">${t('loading')}</p>`}`;
  const sections = [...new Set(settings.value.map((setting) => setting.section))];
  return html`
    <h1>${t('section.settings')}</h1>
    <p class="muted">${t('settings.lead')}</p>
    <${Copyable} text="chayan serve --data DIR --config FILE.toml" />
    ${sections.map((section) => html`
      <section key=${section} class="settings">
        <h2>${t(`settings.${section}`)} <code>[${section}]</code></h2>
        <table><thead><tr><th>${t('settings.key')}</th><th>${t('settings.value')}</th><th class="wide">${t('settings.default')}</th><th><span class="only-read">${t('settings.change')}</span></th></tr></thead>
          <tbody>${(settings.value ?? []).filter((setting) => setting.section === section).map((setting) => html`<${Row} setting=${setting} open=${open} setOpen=${setOpen} />`)}</tbody></table>
      </section>`)}`;
}

/** @param {{setting: Setting, open: string, setOpen: (name: string) => void}} properties */
function Row({ setting, open, setOpen }) {
  const name = `${setting.section}.${setting.key}`, isOpen = open === name, isOwn = setting.value !== setting.default;
  return html`
    <tr>
      <td><code>${setting.key}</code><br /><span class="muted">${t(`setting.${name}`)}</span></td>
      <td class="value">${isOwn ? html`<b><code>${setting.value}</code></b> <span class="tag wait">${t('settings.changed')}</span>` : html`<code>${setting.value}</code>`}</td>
      <td class="value muted wide"><code>${setting.default}</code></td>
      <td><button type="button" aria-expanded=${isOpen ? 'true' : 'false'} aria-label=${`${t('settings.change')} ${setting.key}`} onClick=${() => setOpen(isOpen ? '' : name)}>${t('settings.change')}</button></td>
    </tr>
    ${isOpen && html`<tr class="how"><td colspan="4"><p>${t('settings.how')}</p><${Copyable} text=${`[${setting.section}]\n${setting.key} = ${setting.value}`} /></td></tr>`}`;
}
