// SPDX-License-Identifier: Apache-2.0
// Operators: who works here, as what, and for which division. Duty devices are their sites' managers' and do not stand here.
import { get, patch, path, post } from '../common/api.js';
import { say } from '../common/dom.js';
import { Fault } from '../common/fault.js';
import { html, useMemo, useState } from '../common/html.js';
import { enrol } from '../common/session.js';
import { t } from '../common/texts.js';
import { Modal } from './modal.js';
import { ScopePicker, useDivisions } from './divisions.js';
import { makePassword, passwordFault } from './passwords.js';
import { Field, isElsewhere, useAnswer, useSending } from './state.js';

export const roles = ['admin', 'manager', 'guard', 'tracer', 'auditor'];

/** @typedef {{login: string, roles: string[], scope: string | null, disabled: boolean, otp: boolean}} Operator */
/** @typedef {{kind: 'new' | 'edit' | 'password' | 'own_password', operator?: Operator}} Doing */

/** @param {{session: import('../common/session.js').Session}} properties */
export function Operators({ session }) {
  const list = useAnswer(async () => /** @type {Operator[]} */ ((await get('/api/v1/operators')).operators), []);
  const { tree, error: noTree } = useDivisions();
  const [sought, setSought] = useState('');
  const [doing, setDoing] = useState(/** @type {Doing | null} */ (null));
  const close = (/** @type {boolean} */ changed) => { setDoing(null); if (changed) list.reload(); };
  const shown = useMemo(() => (list.value ?? []).filter((operator) => matches(operator, sought, tree)), [list.value, sought, tree]);
  return html`
    <h1>${t('section.operators')}</h1>
    <p class="muted">${t('operators.lead')}</p>
    <div class="tools">
      <input type="search" aria-label=${t('operators.search')} placeholder=${t('operators.search')} value=${sought} onInput=${(/** @type {any} */ event) => setSought(event.target.value)} />
      <button type="button" class="primary" onClick=${() => setDoing({ kind: 'new' })}>${t('operators.add')}</button>
    </div>
    <${Fault} error=${list.error ?? noTree} retry=${list.reload} />
    ${!list.value && !list.error && html`<p class="muted">${t('loading')}</p>`}
    ${list.value && html`<${List} shown=${shown} tree=${tree} own=${session.login} act=${setDoing} changed=${list.reload} />`}
    ${doing?.kind === 'new' && html`<${NewOperator} session=${session} tree=${tree} close=${close} />`}
    ${doing?.kind === 'edit' && html`<${EditOperator} operator=${doing.operator} session=${session} tree=${tree} close=${close} />`}
    ${doing?.kind === 'password' && html`<${NewPassword} operator=${doing.operator} close=${close} />`}
    ${doing?.kind === 'own_password' && html`<${OwnPassword} session=${session} close=${close} />`}`;
}

/** @param {Operator} operator @param {string} sought @param {import('./divisions.js').DivisionTree} tree */
function matches(operator, sought, tree) {
  const words = [operator.login, ...operator.roles.map((role) => t(`role.${role}`)), operator.scope ? tree.name(operator.scope) : t('operator.scope_all'), operator.scope ?? ''];
  return words.some((word) => word.toLowerCase().includes(sought.trim().toLowerCase()));
}

/** @param {{shown: Operator[], tree: import('./divisions.js').DivisionTree, own: string, act: (doing: Doing) => void, changed: () => void}} properties */
function List({ shown, tree, own, act, changed }) {
  if (shown.length === 0) return html`<p class="note">${t('operators.none')}</p>`;
  return html`
    <div class="wide-table" tabindex="0" role="region" aria-label=${t('section.operators')}><table class="operators">
      <thead><tr><th>${t('login.name')}</th><th>${t('operator.roles')}</th><th>${t('operator.scope')}</th><th>${t('operator.otp')}</th><th>${t('operator.state')}</th><th><span class="only-read">${t('operator.acts')}</span></th></tr></thead>
      <tbody>${shown.map((operator) => html`<${OperatorRow} key=${operator.login} operator=${operator} tree=${tree} isOwn=${operator.login === own} act=${act} changed=${changed} />`)}</tbody>
    </table></div>`;
}

/** @param {{operator: Operator, tree: import('./divisions.js').DivisionTree, isOwn: boolean, act: (doing: Doing) => void, changed: () => void}} properties */
function OperatorRow({ operator, tree, isOwn, act, changed }) {
  const sending = useSending(async (/** @type {any} */ change, /** @type {string} */ words) => {
    await patch(path`/api/v1/operators/${operator.login}`, change);
    say(words);
    changed();
  });
  const login = operator.login;
  return html`
    <tr class=${operator.disabled ? 'disabled' : ''}>
      <td><b>${login}</b>${isOwn && html` <span class="tag">${t('operator.you')}</span>`}</td>
      <td>${operator.roles.map((role) => html`<span class="tag role">${t(`role.${role}`)}</span> `)}</td>
      <td>${operator.scope ? html`${tree.name(operator.scope)} <span class="muted">${operator.scope}</span>` : t('operator.scope_all')}</td>
      <td data-label=${t('operator.otp')}>${operator.otp ? t('operator.otp_yes') : html`<span class="muted">${t('operator.otp_no')}</span>`}</td>
      <td>${operator.disabled ? html`<span class="tag wrong">${t('operator.disabled')}</span>` : html`<span class="tag good">${t('operator.active')}</span>`}</td>
      <td class="acts">
        <button type="button" aria-label=${`${t('operator.change')} ${login}`} onClick=${() => act({ kind: 'edit', operator })}>${t('operator.change')}</button>
        ${isOwn ? html`<button type="button" onClick=${() => act({ kind: 'own_password', operator })}>${t('operator.own_password')}</button>
          ${!operator.otp && html`<button type="button" onClick=${() => enrol().then(changed)}>${t('operator.enrol')}</button>`}`
        : html`<button type="button" aria-label=${`${t('operator.new_password')} ${login}`} onClick=${() => act({ kind: 'password', operator })}>${t('operator.new_password')}</button>
          ${operator.otp && html`<button type="button" aria-label=${`${t('operator.reset_otp')} ${login}`} disabled=${sending.busy}
            onClick=${() => confirm(t('operator.reset_otp_sure', { login })) && sending.run({ reset_otp: true }, t('operator.otp_was_reset', { login }))}>${t('operator.reset_otp')}</button>`}
          <button type="button" disabled=${sending.busy} aria-label=${`${t(operator.disabled ? 'operator.enable' : 'operator.disable')} ${login}`}
            onClick=${() => (operator.disabled || confirm(t('operator.disable_sure', { login }))) && sending.run({ disabled: !operator.disabled }, t(operator.disabled ? 'operator.was_enabled' : 'operator.was_disabled', { login }))}>
            ${t(operator.disabled ? 'operator.enable' : 'operator.disable')}</button>`}
        <${Fault} error=${sending.error} />
      </td>
    </tr>`;
}

/** @param {{chosen: string[], change: (chosen: string[]) => void, fault: string}} properties */
function RoleChoice({ chosen, change, fault }) {
  const turn = (/** @type {string} */ role) => change(chosen.includes(role) ? chosen.filter((one) => one !== role) : roles.filter((one) => one === role || chosen.includes(one)));
  return html`
    <fieldset class="field roles" aria-invalid=${fault ? 'true' : undefined}><legend>${t('operator.roles')}</legend>
      ${roles.map((role) => html`<label class="choice"><input type="checkbox" name="role" value=${role} checked=${chosen.includes(role)} onChange=${() => turn(role)} /> <span><b>${t(`role.${role}`)}</b> <span class="muted">${t(`role.${role}_does`)}</span></span></label>`)}
      ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    </fieldset>`;
}

/** @param {{password: string, set: (password: string) => void, login: string, error: unknown, tried: boolean}} properties */
function PasswordToHandOver({ password, set, login, error, tried }) {
  return html`
    <${Field} label=${t('operator.password')} name="password" value=${password} onInput=${(/** @type {any} */ event) => set(event.target.value)} error=${error} fault=${tried ? passwordFault(password, login) : ''}
      hint=${t('operator.password_hint')} autocomplete="off" spellcheck=${false} class="secret-field" />
    <p><button type="button" onClick=${() => set(makePassword())}>${t('password.make')}</button></p>`;
}

/** @param {{session: import('../common/session.js').Session, tree: import('./divisions.js').DivisionTree, close: (changed: boolean) => void}} properties */
function NewOperator({ session, tree, close }) {
  const within = session.scope?.code ?? '';
  const [login, setLogin] = useState('');
  const [chosen, setChosen] = useState(/** @type {string[]} */ ([]));
  const [scope, setScope] = useState(within);
  const [password, setPassword] = useState(makePassword);
  const [tried, setTried] = useState(false);
  const sending = useSending(async () => {
    await post('/api/v1/operators', { login, roles: chosen, scope, password });
    say(t('operator.was_added', { login }));
    close(true);
  });
  const submit = () => {
    setTried(true);
    if (login && chosen.length > 0 && !passwordFault(password, login)) sending.run();
  };
  return html`
    <${Modal} heading=${t('operators.add')} close=${() => close(false)} submit=${submit} button=${t('operators.add_button')} busy=${sending.busy}>
      <${Field} label=${t('login.name')} name="login" value=${login} onInput=${(/** @type {any} */ event) => setLogin(event.target.value.trim())} error=${sending.error} fault=${tried && !login ? t('required') : ''}
        hint=${t('operator.login_hint')} autocomplete="off" autocapitalize="none" spellcheck=${false} />
      <${RoleChoice} chosen=${chosen} change=${setChosen} fault=${tried && chosen.length === 0 ? t('operator.roles_missing') : ''} />
      <${ScopePicker} tree=${tree} value=${scope} within=${within} change=${setScope} error=${sending.error} />
      <${PasswordToHandOver} password=${password} set=${setPassword} login=${login} error=${sending.error} tried=${tried} />
      ${isElsewhere(sending.error, ['login', 'password']) && html`<${Fault} error=${sending.error} />`}
    <//>`;
}

/** @param {{operator: Operator, session: import('../common/session.js').Session, tree: import('./divisions.js').DivisionTree, close: (changed: boolean) => void}} properties */
function EditOperator({ operator, session, tree, close }) {
  const [chosen, setChosen] = useState(operator.roles);
  const [scope, setScope] = useState(operator.scope ?? '');
  const isLess = operator.login === session.login && (operator.roles.some((role) => !chosen.includes(role)) || (scope !== (operator.scope ?? '') && scope !== ''));
  const sending = useSending(async () => {
    if (isLess && !confirm(t('operator.less_sure'))) return;
    await patch(path`/api/v1/operators/${operator.login}`, { roles: chosen, scope });
    say(t('saved'));
    if (operator.login === session.login) location.reload();
    else close(true);
  });
  return html`
    <${Modal} heading=${t('operator.change_heading', { login: operator.login })} close=${() => close(false)} submit=${() => chosen.length > 0 && sending.run()} button=${t('save')} busy=${sending.busy}>
      <${RoleChoice} chosen=${chosen} change=${setChosen} fault=${chosen.length === 0 ? t('operator.roles_missing') : ''} />
      <${ScopePicker} tree=${tree} value=${scope} within=${session.scope?.code ?? ''} change=${setScope} error=${sending.error} />
      <${Fault} error=${sending.error} />
    <//>`;
}

/** @param {{operator: Operator, close: (changed: boolean) => void}} properties */
function NewPassword({ operator, close }) {
  const [password, setPassword] = useState(makePassword);
  const [tried, setTried] = useState(false);
  const sending = useSending(async () => {
    await patch(path`/api/v1/operators/${operator.login}`, { password });
    say(t('operator.password_changed', { login: operator.login }));
    close(true);
  });
  const submit = () => {
    setTried(true);
    if (!passwordFault(password, operator.login)) sending.run();
  };
  return html`
    <${Modal} heading=${t('operator.password_heading', { login: operator.login })} close=${() => close(false)} submit=${submit} button=${t('save')} busy=${sending.busy}>
      <p>${t('operator.password_lead')}</p>
      <${PasswordToHandOver} password=${password} set=${setPassword} login=${operator.login} error=${sending.error} tried=${tried} />
      ${isElsewhere(sending.error, ['password']) && html`<${Fault} error=${sending.error} />`}
    <//>`;
}

/** @param {{session: import('../common/session.js').Session, close: (changed: boolean) => void}} properties */
function OwnPassword({ session, close }) {
  const [typed, setTyped] = useState({ old: '', password: '', again: '', otp: '' });
  const [tried, setTried] = useState(false);
  const set = (/** @type {string} */ name) => (/** @type {any} */ event) => setTyped({ ...typed, [name]: event.target.value });
  const sending = useSending(async () => {
    await post('/api/v1/session/password', { password: typed.old, new_password: typed.password, ...(typed.otp ? { otp: typed.otp.trim() } : {}) }, { quiet: true });
    say(t('operator.own_password_changed'));
    close(false);
  });
  const differs = typed.password !== typed.again ? t('password.differs') : '', fault = passwordFault(typed.password, session.login);
  const submit = () => {
    setTried(true);
    if (!fault && !differs) sending.run();
  };
  return html`
    <${Modal} heading=${t('operator.own_password')} close=${() => close(false)} submit=${submit} button=${t('save')} busy=${sending.busy}>
      <input type="text" name="username" autocomplete="username" value=${session.login} hidden readonly />
      <${Field} label=${t('password.old')} name="old" type="password" autocomplete="current-password" value=${typed.old} onInput=${set('old')} />
      ${session.otp && html`<${Field} label=${t('login.otp')} name="otp" inputmode="numeric" autocomplete="one-time-code" maxlength="6" value=${typed.otp} onInput=${set('otp')} />`}
      <${Field} label=${t('password.new')} name="password" type="password" autocomplete="new-password" value=${typed.password} onInput=${set('password')} error=${sending.error} fault=${tried ? fault : ''} hint=${t('password.rules')} />
      <${Field} label=${t('password.again')} name="again" type="password" autocomplete="new-password" value=${typed.again} onInput=${set('again')} fault=${tried ? differs : ''} />
      ${isElsewhere(sending.error, ['password']) && html`<${Fault} error=${sending.error} />`}
    <//>`;
}
