// SPDX-License-Identifier: Apache-2.0
// A file, or what Excel copies, to /api/v1/…/import: looked at first, sent in parts with progress, and what is refused comes back as a file with its reasons.
import { ApiError, call, saveBlob } from '../common/api.js';
import { Fault } from '../common/fault.js';
import { html, useEffect, useRef, useState } from '../common/html.js';
import { t } from '../common/texts.js';
import { NoTable, csvFile, parseTable, partsOf, readTable } from './csv.js';

/** @typedef {import('./csv.js').Table} Table */
/** @typedef {import('./csv.js').TablePart} TablePart */
/** @typedef {{line: number, column: string, code: string, reason: string, cells: string[]}} Refused */
/** @typedef {{doing: 'sending' | 'stopped' | 'done', part: number, parts: number, rowsDone: number, counts: Record<string, number>, refused: Refused[], error: unknown}} Progress */

const shown_rows = 5, shown_refused = 200;

/**
 * @param {{what: 'divisions' | 'sites' | 'people' | 'scans', partBytes?: number, done?: () => void, demo?: {text: string, lead: string} | null}} properties demo: a table made up for trying out
 */
export function TableImport({ what, partBytes = 8_000_000, done, demo = null }) {
  const [table, setTable] = useState(/** @type {Table | null} */ (null));
  const [name, setName] = useState('');
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [progress, setProgress] = useState(/** @type {Progress | null} */ (null));
  const [terms, setTerms] = useState({ basis: '', until: '' });
  const stopping = useRef(/** @type {AbortController | null} */ (null));
  useEffect(() => () => stopping.current?.abort(), []);   // whoever leaves stops what is not sent yet
  const take = async (/** @type {() => Table | Promise<Table>} */ read, /** @type {string} */ from) => {
    setProgress(null);
    setProblem(null);
    try {
      setTable(await read());
      setName(from);
    } catch (error) {
      setTable(null);
      setProblem(error instanceof NoTable ? new Error(t(error.message)) : error);
    }
  };
  const send = async () => {
    if (!table) return;
    stopping.current = new AbortController();
    const last = await sendTable(what, what === 'people' ? `?${new URLSearchParams(terms)}` : '', table, partBytes, setProgress, stopping.current.signal, progress?.doing === 'stopped' ? progress : null);
    if (last.doing === 'done') done?.();
  };
  const busy = progress?.doing === 'sending';
  return html`
    <div class="import">
      <${Source} take=${take} busy=${busy} what=${what} />
      <p class="muted">${t('import.columns')} <code>${t(`columns.${what}`)}</code> <button type="button" class="plain" onClick=${() => saveBlob(csvFile(t(`example.${what}`).split('\n').map((line) => line.split(','))), `${what}.csv`)}>${t('import.example')}</button>
        ${demo && html` <button type="button" class="plain" disabled=${busy} onClick=${() => confirm(demo.lead) && take(() => parseTable(demo.text), t('import.demo'))}>${t('import.demo')}</button>`}</p>
      <${Fault} error=${problem} />
      ${table && html`<${Preview} table=${table} name=${name} what=${what} />`}
      ${table && what === 'people' && progress?.doing !== 'done' && html`<${Terms} terms=${terms} setTerms=${setTerms} busy=${busy} />`}
      ${table && progress?.doing !== 'done' && !isHopeless(progress) && html`<div class="actions">
        <button type="button" class="primary" disabled=${busy || (what === 'people' && (!terms.basis.trim() || !terms.until))} onClick=${send}>${progress?.doing === 'stopped' ? t('import.go_on') : t('import.button', { count: table.rows.length })}</button>
        ${busy && progress.parts > 1 && html`<button type="button" onClick=${() => stopping.current?.abort()}>${t('import.stop')}</button>`}</div>`}
      ${progress && html`<${Outcome} progress=${progress} table=${table} what=${what} />`}
    </div>`;
}

/** On which legal basis a roster is kept, and until when: who was never scanned goes then. @param {{terms: {basis: string, until: string}, setTerms: (terms: {basis: string, until: string}) => void, busy: boolean}} properties */
function Terms({ terms, setTerms, busy }) {
  const today = new Date().toLocaleDateString('sv-SE');
  return html`
    <div class="field"><label for="roster-basis">${t('import.basis')}</label>
      <input id="roster-basis" maxlength="100" required value=${terms.basis} disabled=${busy} aria-describedby="roster-why" onInput=${(/** @type {any} */ event) => setTerms({ ...terms, basis: event.target.value })} /></div>
    <div class="field"><label for="roster-until">${t('import.until')}</label>
      <input id="roster-until" type="date" required min=${today} value=${terms.until} disabled=${busy} aria-describedby="roster-why" onInput=${(/** @type {any} */ event) => setTerms({ ...terms, until: event.target.value })} />
      <p class="muted" id="roster-why">${t('import.terms')}</p></div>`;
}

/** @param {{take: (read: () => Table | Promise<Table>, from: string) => void, busy: boolean, what: string}} properties */
function Source({ take, busy, what }) {
  const [over, setOver] = useState(false);
  const [pasting, setPasting] = useState(false);
  const [text, setText] = useState('');
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const takeFile = (/** @type {File | undefined} */ file) => file && take(() => readTable(file), file.name);
  const drop = (/** @type {DragEvent} */ event) => { event.preventDefault(); setOver(false); if (!busy) takeFile(event.dataTransfer?.files[0]); };
  return html`
    <div class=${`drop ${over ? 'over' : ''}`} onDragOver=${(/** @type {DragEvent} */ event) => { event.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)} onDrop=${drop}>
      <p>${t('import.drop')}</p>
      <input ref=${input} type="file" id=${`file-${what}`} class="only-read" accept=".csv,.tsv,.txt,.xlsx,text/csv" disabled=${busy}
        onChange=${(/** @type {any} */ event) => { takeFile(event.target.files[0]); event.target.value = ''; }} aria-label=${t('import.choose')} />
      <p><label class="button" for=${`file-${what}`}>${t('import.choose')}</label> <button type="button" disabled=${busy} aria-expanded=${pasting ? 'true' : 'false'} onClick=${() => setPasting(!pasting)}>${t('import.paste')}</button></p>
    </div>
    ${pasting && html`<div class="field"><label for=${`paste-${what}`}>${t('import.paste_label')}</label>
      <textarea id=${`paste-${what}`} rows="6" value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)} spellcheck=${false}></textarea>
      <div class="actions"><button type="button" disabled=${busy} onClick=${() => take(() => parseTable(text), t('import.pasted'))}>${t('import.look')}</button></div></div>`}`;
}

/** Names of columns that the import takes besides those that the page names (service/imports.cpp, service/site_import.cpp). */
const also = new Set(['区划代码', '上级代码', '检测点编号', '检测点名称', '类型', '所属区划', '场所', '方式', '默认停留分钟', '开放时间', '关闭时间', '询问体温', '身份证号', '电话', '住址', '地址', '检测点编号',
  'code', 'name', 'parent', 'ref', 'category', 'division', 'place', 'address', 'longitude', 'latitude', 'presence', 'dwell_min', 'opens', 'closes', 'asks_temperature', 'document_type',
  'document_number', 'phone', 'birth_date', 'sex', 'household', 'workplace', 'site', 'at', 'direction', 'temperature', 'plate', 'url']);

/** @param {{table: Table, name: string, what: string}} properties */
function Preview({ table, name, what }) {
  const known = new Set(t(`columns.${what}`).split(','));
  const unknown = table.header.map((cell) => cell.trim()).filter((cell) => cell && !known.has(cell) && !also.has(cell.toLowerCase()));
  return html`
    <p><b>${name}</b> · ${t('import.rows', { count: table.rows.length })}</p>
    ${unknown.length > 0 && html`<p class="note wait">${t('import.unknown', { columns: unknown.join('、') })}</p>`}
    <div class="wide-table" tabindex="0" role="region" aria-label=${t('import.preview')}><table class="preview">
      <thead><tr><th></th>${table.header.map((cell) => html`<th>${cell}</th>`)}</tr></thead>
      <tbody>${table.rows.slice(0, shown_rows).map((row) => html`<tr><td class="muted">${row.line}</td>${row.cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>
    ${table.rows.length > shown_rows && html`<p class="muted">${t('import.and_more', { count: table.rows.length - shown_rows })}</p>`}`;
}

/** The header itself was refused: the same file again would be too. @param {Progress | null} progress */
const isHopeless = (progress) => progress?.doing === 'stopped' && progress.rowsDone === 0 && progress.error instanceof ApiError && ['csv_header_missing', 'csv_header_twice'].includes(progress.error.code);

/** Which columns are missing or stand twice, by name. @param {unknown} error @param {string} what */
function headerWords(error, what) {
  const fields = error instanceof ApiError ? error.fields : [];
  const english = { divisions: 'code,name,parent', sites: 'ref,name,category,division', people: 'ref,name', scans: 'ref,document_type,document_number,site,at,direction' }[what]?.split(',') ?? [];
  const own = t(`columns.${what}`).split(',');
  const names = fields.map((one) => own[english.indexOf(one.pointer.replace('/', ''))] ?? one.pointer.replace('/', ''));
  return `${names.join('、')}：${fields[0]?.detail ?? ''}`;
}

/** @param {{progress: Progress, table: Table | null, what: string}} properties */
function Outcome({ progress, table, what }) {
  const words = what === 'people' ? ['new', 'matched', 'review'] : ['new', 'changed', 'unchanged'];
  const counted = words.filter((word) => progress.counts[word] !== undefined).map((word) => `${t(`import.${word}`)} ${progress.counts[word].toLocaleString('en-US')}`);
  const total = table?.rows.length ?? 0, refused = progress.refused;
  const save = () => saveBlob(csvFile([[...(table?.header ?? []), t('import.reason')], ...refused.map((row) => [...row.cells, row.reason])]), `${what}.rejected.csv`);
  return html`
    ${progress.doing === 'sending' && html`<p role="status"><progress max=${total} value=${progress.rowsDone}></progress> ${t('import.sending', { done: progress.rowsDone, total })}</p>`}
    ${isHopeless(progress) ? html`<div class="note wrong" role="alert">${t('import.header', { fault: headerWords(progress.error, what) })}</div>` : progress.doing === 'stopped' && html`<div class="note wait" role="alert">${t('import.stopped', { done: progress.rowsDone, total })} ${progress.error ? html`<${Fault} error=${progress.error} />` : ''}</div>`}
    ${progress.doing === 'done' && html`<p class=${`note ${refused.length > 0 ? 'wait' : 'good'}`} role="status"><b>${t('import.done')}</b> ${counted.join(' · ')}${refused.length > 0 ? ` · ${t('import.refused', { count: refused.length })}` : ''}</p>`}
    ${refused.length > 0 && html`
      <div class="actions"><button type="button" onClick=${save}>${t('import.save_refused', { count: refused.length })}</button></div>
      <div class="wide-table" tabindex="0" role="region" aria-label=${t('import.reason')}><table class="refused"><thead><tr><th>${t('import.line')}</th><th>${t('import.column')}</th><th>${t('import.reason')}</th><th>${t('import.row')}</th></tr></thead>
        <tbody>${refused.slice(0, shown_refused).map((row) => html`<tr><td>${row.line}</td><td>${row.column}</td><td>${row.reason}</td><td class="muted cut">${row.cells.filter(Boolean).join(' ')}</td></tr>`)}</tbody></table></div>
      ${refused.length > shown_refused && html`<p class="muted">${t('import.and_more', { count: refused.length - shown_refused })}</p>`}`}`;
}

/**
 * Sends part after part. What was refused is told with the lines of the file that somebody has before them.
 * @param {string} what @param {string} query @param {Table} table @param {number} bytes @param {(progress: Progress) => void} tell @param {AbortSignal} signal @param {Progress | null} from where it stopped
 * @returns {Promise<Progress>}
 */
async function sendTable(what, query, table, bytes, tell, signal, from) {
  const parts = partsOf(table, bytes);
  /** @type {Progress} */
  let progress = { doing: 'sending', part: 0, parts: parts.length, rowsDone: 0, counts: {}, refused: [], ...(from ?? {}), error: null };
  progress.doing = 'sending';
  const end = (/** @type {Partial<Progress>} */ how) => { progress = { ...progress, ...how }; tell(progress); return progress; };
  tell(progress);
  for (const part of parts.slice(progress.part)) {
    if (signal.aborted) return end({ doing: 'stopped' });
    try {
      const told = await call('POST', `/api/v1/${what}/import${query}`, part.text, { type: 'text/csv' });
      progress = withPart(progress, part, told, true);
      tell(progress);
    } catch (error) {
      // What it did before it stopped is durable and told beside the problem; the same part again changes nothing of that.
      const report = error instanceof ApiError ? /** @type {any} */ (error.problem) : {};
      if (Array.isArray(report.rejected)) progress = withPart(progress, part, report, false);
      return end({ doing: 'stopped', error });
    }
  }
  return end({ doing: 'done' });
}

/** @param {Progress} progress @param {TablePart} part @param {any} told @param {boolean} whole @returns {Progress} */
function withPart(progress, part, told, whole) {
  const counts = { ...progress.counts };
  for (const word of ['new', 'changed', 'unchanged', 'matched', 'review']) if (told[word] !== undefined) counts[word] = (counts[word] ?? 0) + told[word];
  const refused = told.rejected.map((/** @type {any} */ row) => {
    const own = part.byLine.get(row.line);
    return { ...row, line: own?.line ?? row.line, cells: own?.cells ?? [] };
  });
  return { ...progress, part: progress.part + (whole ? 1 : 0), rowsDone: progress.rowsDone + (whole ? part.rows.length : 0), counts, refused: whole ? [...progress.refused, ...refused] : progress.refused };
}
