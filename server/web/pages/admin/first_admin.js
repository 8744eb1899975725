// SPDX-License-Identifier: Apache-2.0
// The first page of the first start: who administers. It is opened by the link that the service printed, once and within 15 minutes.
import { ApiError, bridge, patch, post } from '../common/api.js';
import { Fault } from '../common/fault.js';
import { html, useEffect, useState } from '../common/html.js';
import { language, otherLanguage, t } from '../common/texts.js';
import { Copyable, Field, isElsewhere, useSending } from './state.js';
import { passwordFault } from './passwords.js';

/** @param {{secret: string}} properties */
export function FirstAdmin({ secret }) {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [manages, setManages] = useState(true);
  const [tried, setTried] = useState(false);
  const faults = { login: login ? '' : t('required'), password: passwordFault(password, login), again: password === again ? '' : t('password.differs') };
  const sending = useSending(async () => {
    await post('/api/v1/setup', { secret, login, password }, { quiet: true });
    const opened = await post('/api/v1/session', { login, password }, { quiet: true });
    bridge.csrf = opened.csrf;
    if (manages) await patch(`/api/v1/operators/${encodeURIComponent(login)}`, { roles: ['admin', 'manager'] }, { quiet: true });
    location.replace('/admin#setup/office');
  });
  const isOver = sending.error instanceof ApiError && sending.error.code === 'link_over';
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    setTried(true);
    if (!faults.login && !faults.password && !faults.again) sending.run();
  };
  useEffect(() => { document.title = t('welcome.heading'); }, []);
  return html`
    <header class="bar"><b>${t('product')}</b><span class="where">${t('welcome.title')}</span>
      <a href=${otherLanguage()} lang=${language === 'zh' ? 'en' : 'zh-CN'}>${t('other_language')}</a></header>
    <main id="main" class="welcome">
      <h1>${t('welcome.heading')}</h1>
      <p>${t('welcome.lead')}</p>
      ${isOver ? html`<${LinkOver} />` : html`
        <form onSubmit=${submit} novalidate>
          <${Field} label=${t('login.name')} name="login" value=${login} onInput=${(/** @type {any} */ event) => setLogin(event.target.value.trim())} error=${sending.error} fault=${tried ? faults.login : ''}
            hint=${t('operator.login_hint')} autocomplete="username" autocapitalize="none" spellcheck=${false} autofocus />
          <${Field} label=${t('login.password')} name="password" type="password" value=${password} onInput=${(/** @type {any} */ event) => setPassword(event.target.value)} error=${sending.error}
            fault=${tried ? faults.password : ''} hint=${t('password.rules')} autocomplete="new-password" />
          <${Field} label=${t('password.again')} name="again" type="password" value=${again} onInput=${(/** @type {any} */ event) => setAgain(event.target.value)} fault=${tried ? faults.again : ''}
            autocomplete="new-password" />
          <label class="choice"><input type="checkbox" checked=${manages} onChange=${(/** @type {any} */ event) => setManages(event.target.checked)} /> <span>${t('welcome.manages')}</span></label>
          ${isElsewhere(sending.error, ['login', 'password']) && html`<${Fault} error=${sending.error} />`}
          <div class="actions"><button class="primary" type="submit" disabled=${sending.busy}>${t('welcome.button')}</button></div>
        </form>`}
      <details class="restore"><summary>${t('restore.heading')}</summary>
        <p>${t('restore.lead')}</p><${Copyable} text="chayan restore --data DIR FILE" /><p class="muted">${t('restore.after')}</p></details>
    </main>`;
}

function LinkOver() {
  return html`
    <div class="note wait" role="alert">
      <p><b>${t('link_over.heading')}</b></p><p>${t('link_over.lead')}</p>
      <${Copyable} text="chayan operator add --data DIR --login NAME --role admin,manager --password-file FILE" />
      <div class="actions"><a class="button" href="/admin">${t('login.button')}</a></div>
    </div>`;
}
