// SPDX-License-Identifier: Apache-2.0
// Whose service it is: the name and hotline that posters and the privacy notice tell, the filing number below the pages.
import { get, patch } from '../common/api.js';
import { say } from '../common/dom.js';
import { Fault } from '../common/fault.js';
import { html, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { Field, isElsewhere, useAnswer, useSending } from './state.js';

/** @param {{session: import('../common/session.js').Session}} properties */
export function Office({ session }) {
  return html`<h1>${t('section.office')}</h1><p class="muted">${t('office.lead')}</p>
    ${session.scope && html`<p class="note wait">${t('office.not_yours')}</p>`}
    <${OfficeForm} members=${['name', 'hotline', 'filing']} />`;
}

/** @param {{members: string[], done?: () => void}} properties */
export function OfficeForm({ members, done }) {
  const office = useAnswer(() => get('/api/v1/office'), []);
  const [typed, setTyped] = useState(/** @type {Record<string, string>} */ ({}));   // over what is kept, and no more: an answer that comes late undoes nothing
  const valueOf = (/** @type {string} */ member) => typed[member] ?? office.value[member] ?? '';
  const sending = useSending(async () => {
    const free = members.filter((member) => !office.value.fixed.includes(member));
    await patch('/api/v1/office', Object.fromEntries(free.map((member) => [member, valueOf(member).trim()])));
    say(t('saved'));
    await office.reload();
    setTyped({});
    done?.();
  });
  if (!office.value) return office.error ? html`<${Fault} error=${office.error} retry=${office.reload} />` : html`<p class="muted">${t('loading')}</p>`;
  return html`
    <form class="narrow" onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); sending.run(); }}>
      ${members.map((member) => {
        const fixed = office.value.fixed.includes(member);
        return html`<${Field} key=${member} label=${t(`office.${member}`)} name=${member} value=${valueOf(member)} readonly=${fixed} error=${sending.error} maxlength="40"
          onInput=${(/** @type {any} */ event) => setTyped((before) => ({ ...before, [member]: event.target.value }))} hint=${fixed ? t('office.fixed') : t(`office.${member}_hint`)} />`;
      })}
      ${isElsewhere(sending.error, members) && html`<${Fault} error=${sending.error} />`}
      <div class="actions"><button class="primary" type="submit" disabled=${sending.busy || members.every((member) => office.value.fixed.includes(member))}>${t('save')}</button></div>
    </form>`;
}
