// SPDX-License-Identifier: Apache-2.0
// The six registers: what a new record wants to know, and what each step does.

/** A field of a form. `place` is somewhere in words, or one of the sites for isolation. @typedef {'person' | 'subject' | 'cadre' | 'hospital' | 'shelter' | 'site' |
 *   'found_at' | 'temperature' | 'until' | 'deadline' | 'result' | 'division' | 'note' | 'ground' | 'any_note'} FieldName */

/** In the order of the tabs. @type {string[]} */
export const kinds = ['fever', 'isolation', 'round', 'report', 'finding', 'certificate'];

/** What opens a record by hand. @type {Record<string, FieldName[]>} */
export const opening = {
  fever: ['person', 'found_at', 'temperature', 'site', 'division', 'any_note'],
  isolation: ['person', 'shelter', 'until', 'division', 'ground'],
  round: ['subject', 'cadre', 'division', 'any_note'],
  report: ['subject', 'cadre', 'site', 'division', 'any_note'],
  finding: ['subject', 'cadre', 'deadline', 'site', 'division', 'any_note'],
  certificate: ['subject', 'cadre', 'division', 'any_note'],
};

/** What a step needs, and no more. @type {Record<string, FieldName[]>} */
export const needs = {
  sent: ['hospital'], tested: ['result'], isolated: ['shelter', 'until'], cleared: ['note'], measured: ['temperature'],
  extended: ['until'], moved: ['shelter'], visited: ['note'], looked: ['note'], settled: ['note'], mended: ['note'], again: ['note'], refused: ['note'],
  handed: ['division'], noted: ['note'],
};

/** What leaves a record where it is, and so stands after the steps that lead on. In isolation a reading is the day's work. @param {string} kind */
export const aside = (kind) => (kind === 'isolation' ? ['handed', 'noted'] : ['measured', 'handed', 'noted']);

/** Steps that end a record: they are asked about in another colour. */
export const ending = ['cleared', 'released', 'visited', 'settled', 'confirmed', 'issued', 'refused'];
