// SPDX-License-Identifier: Apache-2.0
// The office's own forms: kept blank, and what their columns mean.
import { call, del, get, patch, path } from '../common/api.js';
import { say } from '../common/dom.js';
import { html, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { dayAndClock } from '../common/time.js';
import { AskForm, Dialog, Fault } from './parts.js';
import { forget, useAnswer } from './store.js';

export const formFields = ['number', 'name', 'family_name', 'given_name', 'sex', 'age', 'birth_date', 'birth_day', 'birth_month', 'birth_year', 'document_type',
  'document_number', 'phone', 'address', 'township', 'district', 'region', 'division', 'workplace', 'relation',
  'degree', 'first', 'last', 'place', 'manner', 'minutes', 'summary', 'person_id', 'case_number', 'related', 'report_date', 'disease', 'note'];

export const useForms = () => useAnswer('forms', () => get('/api/v1/forms'));
/** @param {any} form */
export const formName = (form) => form.title || form.sheet;

/** @param {{form: any, onClose: () => void}} of */
function Columns({ form, onClose }) {
  const send = async (/** @type {FormData} */ values) => {
    const columns = /** @type {Record<string, string | null>} */ ({});
    for (const column of form.columns) { const wanted = String(values.get(column.column)) || null; if (wanted !== column.field) columns[column.column] = wanted;
      }
    if (Object.keys(columns).length) await patch(path`/api/v1/forms/${form.id}`, { columns });
    forget('forms');
    onClose();
  };
  return html`<${Dialog} heading=${formName(form)} onClose=${onClose} wide><p>${t('forms.columns_lead')}</p><${AskForm} button=${t('save')} onCancel=${onClose}
    send=${send}>${() => html`
    <table><thead><tr><th scope="col">${t('forms.column')}</th><th scope="col">${t('forms.header')}</th><th scope="col">${t('forms.means')}</th></tr></thead>
      <tbody>${form.columns.map((/** @type {any} */ column) => html`<tr><td>${column.column}</td><td>${column.header}</td>
      <td><select name=${column.column} aria-label=${`${column.column} ${column.header}`}><option value="">${t('forms.empty')}</option>
        ${formFields.map((field) => html`<option value=${field} selected=${field === column.field}>${t(`form.${field}`)}</option>`)}</select></td></tr>`)}
        </tbody></table>`}</${AskForm}></${Dialog}>`;
}

export function Forms() {
  const { data, error } = useForms();
  const [shown, show] = useState('');
  const [fault, setFault] = useState(/** @type {Error | null} */ (null));
  const upload = async (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const file = input.files?.[0];
    if (!file) return;
    setFault(null);
    try {
      const form = await call('POST', '/api/v1/forms', file, { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' });
      forget('forms');
      say(form.left_out && (form.left_out.rows || form.left_out.sheets) ? t('forms.kept_without', { rows: form.left_out.rows, sheets: form.left_out.sheets })
        : t('forms.kept'));
      show(form.id);
    } catch (error_) {
      setFault(/** @type {Error} */ (error_));
    }
    input.value = '';
  };
  const remove = (/** @type {any} */ form) => { del(path`/api/v1/forms/${form.id}`).then(() => { forget('forms'); say(t('forms.removed'));
    }, (/** @type {Error} */ error_) => setFault(error_)); };
  const form = data?.forms.find((/** @type {any} */ one) => one.id === shown);
  return html`<section class="card-box"><h2>${t('forms.heading')}</h2><p class="muted">${t('forms.lead')}</p><${Fault} error=${error ?? fault} />
    <ul class="plain">${(data?.forms ?? []).map((/** @type {any} */ one) => html`<li><b>${formName(one)}</b> <span class="muted">
      ${dayAndClock(one.at)} · ${t('forms.known', { known: one.columns.filter((/** @type {any} */ column) => column.field).length, all: one.columns.length })}
      </span> <button type="button" onClick=${() => show(one.id)}>${t('forms.columns')}</button> <button type="button" onClick=${() => remove(one)}>
      ${t('forms.remove')}</button></li>`)}</ul>
    <label class="button upload">${t('forms.add')}<input type="file" class="only-read" accept=".xlsx" onChange=${upload} /></label>
    ${form ? html`<${Columns} form=${form} onClose=${() => show('')} />` : null}</section>`;
}
