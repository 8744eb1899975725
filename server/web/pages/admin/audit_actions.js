// SPDX-License-Identifier: Apache-2.0
// The words of the audit log by what they are about, in the order of the choice above it. A test holds them against the server's table.
/** @type {{key: string, actions: string[]}[]} */
export const actionGroups = [
  { key: 'questions', actions: ['people_searched', 'trajectory_asked', 'passages_asked', 'trace_asked', 'shared_places_asked', 'history_asked', 'playback_asked', 'question_refused', 'question_outside'] },
  { key: 'in_full', actions: ['reveal_asked', 'revealed', 'reveals_unusual', 'export_asked', 'exported', 'disclosure_asked', 'disclosed', 'notice_made'] },
  { key: 'cases', actions: ['case_opened', 'case_changed', 'contacts_marked', 'follow_up_listed', 'marks_listed', 'questions_listed', 'visit_told', 'visits_listed', 'visit_withdrawn'] },
  { key: 'ledger', actions: ['ledger_proposed', 'ledger_approved', 'ledger_refused', 'ledger_undone', 'ledger_listed', 'entry_read', 'entry_checked', 'entry_undone', 'entry_handed', 'handed_listed', 'alerts_listed', 'alert_closed'] },
  { key: 'desk', actions: ['register_listed', 'record_read', 'record_opened', 'record_stepped', 'capacity_set', 'brief_frozen', 'brief_exported'] },
  { key: 'identity', actions: ['reviews_listed', 'review_decided', 'review_undone', 'review_outside', 'person_split', 'document_seen'] },
  { key: 'staff', actions: ['login', 'login_failed', 'logout', 'session_ended', 'session_confirmed', 'call_refused', 'operator_added', 'operator_changed'] },
  { key: 'places', actions: ['divisions_imported', 'sites_imported', 'site_added', 'site_changed', 'site_closed', 'site_opened', 'site_code_replaced', 'device_paired', 'device_revoked', 'duty_begun', 'roster_asked', 'temperature_added', 'scan_voided', 'camera_set', 'camera_removed', 'site_reported', 'outing_rule_added', 'outing_rule_removed', 'outing_excepted'] },
  { key: 'data', actions: ['people_imported', 'scans_imported', 'form_added', 'form_changed', 'form_removed', 'office_changed', 'backed_up', 'restored', 'recovery_proved', 'keys_rotated', 'scans_forgotten', 'rows_forgotten', 'forgetting_paused', 'audit_verified'] },
  { key: 'residents', actions: ['access_report_asked', 'dependant_removed', 'own_data_exported', 'own_data_withdrawn', 'own_statement_corrected'] },
];
