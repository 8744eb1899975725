// SPDX-License-Identifier: Apache-2.0
// Every limit with its reason. Constants only; any layer may read them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chayan::kit {

// Bodies (CONTRACT 6).
inline constexpr std::size_t body_bytes_max = 4 * 1024;             // one form or one scan
inline constexpr std::size_t batch_body_bytes_max = 256 * 1024;     // 500 scans of an offline queue or a gate
inline constexpr std::size_t question_body_bytes_max = 8 * 1024 * 1024;  // traces over thousands of persons, imports
inline constexpr std::size_t bodies_bytes_max = 128 * 1024 * 1024;  // all bodies beyond a form together: 16 imports or 500 batches at once
inline constexpr std::size_t batch_count_max = 500;                 // scans in one batch
inline constexpr std::size_t json_depth_max = 8;                    // SECURITY S26
inline constexpr std::size_t json_members_max = 32;                 // of one object, SECURITY S26
inline constexpr std::size_t json_faults_told_max = 20;             // of one body: more help nobody, and 198 KB were answered with 11 MB

// Scans (CONTRACT 5).
inline constexpr std::int64_t scan_ahead_s_max = 120;               // a phone's clock may be that far ahead
inline constexpr std::int64_t scan_age_days_max = 7;                // an offline queue
inline constexpr std::int64_t late_s_min = 5 * 60;                  // SECURITY T1: flagged `late` above this
inline constexpr std::int64_t repeat_s_max = 60;                    // CONTRACT 5
inline constexpr std::int64_t own_void_s_max = 10 * 60;             // a resident undoes a scan
inline constexpr std::int64_t shift_s_max = 8 * 3600;               // a guard's own shift, as long as a session may last
inline constexpr std::int32_t temperature_dc_min = 340;             // DOMAIN 1.9: tenths of a degree Celsius
inline constexpr std::int32_t temperature_dc_max = 430;
inline constexpr std::size_t sites_page_max = 500;                // a site with its codes is some 700 bytes
inline constexpr std::int64_t silent_s_max = 28 * 86'400;         // so far back the last visit of a silent site is looked for
inline constexpr std::int64_t old_code_s_max = 90 * 86'400;         // an old poster has been taken down by then, or never will be
inline constexpr std::size_t burst_count_min = 10;                  // scans of one registration within a minute: flagged `burst`
inline constexpr double travel_kmh_max = 300;                       // SECURITY T2: faster is flagged `impossible_travel`
inline constexpr std::int64_t travel_s_max = 3600;                  // a county is crossed in less: older scans can't be too fast
inline constexpr double travel_km_min = 5;                          // below this, map errors would flag honest people

inline constexpr std::int64_t screen_window_s = 30;                 // CONTRACT 3: how long a gate's screen shows the same digits
inline constexpr std::int64_t screen_form_s_max = 10 * 60;           // a first form takes that long; a page left open is no proof of being here
inline constexpr std::int32_t fever_dc_min = 373;                   // DOMAIN 1.9: the form asks below 37.3 °C, or not

// The guard's desk.
inline constexpr std::size_t last_scans_max = 24;                   // of a site, in memory: what a guard sees at a glance; 1.5 KB
inline constexpr std::int64_t last_scans_s_max = 2 * 3600;          // older ones are nobody's who still stands there
inline constexpr std::int64_t roster_days = 14;                     // back from now: who came in them is at home at a site
inline constexpr std::uint32_t roster_passes_min = 3;               // so often, over more than a day; a visitor comes and goes
inline constexpr std::size_t roster_people_max = 6'000;             // of one site: the largest village or community has so many, and each costs 20 µs
inline constexpr std::size_t roster_rows_max = 40;                  // of one answer: more nobody reads while somebody waits
inline constexpr std::size_t gate_sites_max = 60;                   // of one list: more are found by their names
inline constexpr std::size_t roster_initials_max = 6;
inline constexpr std::size_t roster_name_bytes_max = 60;            // 20 Han
inline constexpr std::int64_t roster_kept_s = 30 * 60;              // in memory, without names: 500 gates would read 2,000 people each all the time
inline constexpr std::size_t rosters_kept_max = 512;                // some 20 MB
inline constexpr std::size_t roster_looks_minute_max = 30;          // of one operator: a queue of ten people, each looked for three times
inline constexpr std::size_t roster_looks_hour_max = 400;           // whoever copies a village by its letters is stopped, and seen in the audit log

// The writer.
inline constexpr std::size_t queue_scans_max = 16'384;              // 0.3 s at 49,000 scans/s: a full queue answers 503 at once
inline constexpr std::size_t commit_scans_max = 10'000;             // keeps one commit below some 20 ms
inline constexpr std::size_t command_scans = 10;                    // what a command counts for, in a queue of its own and in a commit
inline constexpr std::size_t import_slice_rows = 500;               // DESIGN 3: an import never holds the writer for long
inline constexpr std::uint32_t retry_after_s = 2;                   // for 503
inline constexpr std::size_t reserve_bytes = 20 * 1024 * 1024;      // SECURITY R4: some 2,000 questions on a full disk

// One phone: its registrations are walked for each of its scans that was corrected, and a page shows them all.
inline constexpr std::size_t dependants_max = 10;                   // three generations of one household; more is a bus driver with a list of strangers
inline constexpr std::size_t corrections_max = 10;                  // of a typing error, then a name, then a number; more is somebody trying names
inline constexpr std::size_t batch_people_max = 1'000;              // all people of one batch: a sixteenth of the writer's queue
inline constexpr std::size_t own_scans_page_max = 500;              // one page of one's own scans

// Text that people type.
inline constexpr std::size_t relation_chars_max = 30;
inline constexpr std::size_t address_chars_max = 200;
inline constexpr std::size_t reason_chars_max = 200;
inline constexpr std::size_t case_number_chars_max = 64;
inline constexpr std::size_t case_title_chars_max = 200;
inline constexpr std::size_t site_name_chars_max = 100;
inline constexpr std::size_t ref_chars_max = 64;
inline constexpr std::size_t office_name_chars_max = 40;            // one line at the foot of a poster
inline constexpr std::size_t hotline_chars_max = 40;                // two numbers and when they are answered
inline constexpr std::size_t filing_chars_max = 40;                 // 冀ICP备12345678号-1, and the number of the public security filing
inline constexpr std::size_t login_chars_max = 64;
inline constexpr std::size_t password_chars_min = 12;               // SECURITY S36
inline constexpr std::size_t password_chars_max = 128;

// Sessions (SECURITY S42).
inline constexpr std::int64_t session_idle_s_max = 15 * 60;
inline constexpr std::int64_t session_s_max = 8 * 3600;
inline constexpr std::int64_t confirmed_s_max = 15 * 60;            // CONTRACT 6: reveal, export, import
inline constexpr std::int64_t setup_link_s_max = 15 * 60;           // SECURITY S38
inline constexpr std::int64_t pairing_link_s_max = 10 * 60;         // long enough to carry a tablet to the gate
inline constexpr std::size_t passwords_waiting_max = 8;             // SECURITY T13: half a second of Argon2; more are told to wait
inline constexpr std::size_t names_waiting_max = 64;               // some 50 µs each: a page waits 3 ms at most, then goes without

// The audit log.
inline constexpr std::size_t audit_page_max = 500;
inline constexpr std::size_t audit_looked_max = 100'000;            // lines that one call looks at, 2 µs each: who looks for the needle asks on
inline constexpr std::size_t access_report_max = 1'000;             // newest lines about one resident
inline constexpr std::int64_t checkpoint_s = 3600;                  // SECURITY S58
inline constexpr std::uint64_t checkpoint_lines = 1'000;            // or after so many, so that a busy hour can't be cut off whole

// Questions.
inline constexpr std::size_t trace_index_max = 10'000;              // index persons of one question
inline constexpr std::size_t shared_places_cases_max = 1'000;       // of one question: each place is looked at in slots from each of their visits on
inline constexpr std::size_t trace_followed_max = 20'000;           // persons whose contacts one degree seeks: some 20 s of a query thread
inline constexpr std::size_t trace_encounters_max = 44'000'000;     // 12 bytes each: 0.6 GB. 1,000 persons of a city meet 35 million
inline constexpr std::size_t trace_episodes_max = 1'000'000;        // explained one by one: some 200 bytes of answer each
inline constexpr std::size_t trace_looks_max = 200'000;             // at persons one by one, some 20 µs each: what evidence there is, how crowded it was
inline constexpr std::size_t posters_max = 1'000;                   // of one PDF: 1.4 s and 4 MB
inline constexpr std::size_t poster_bytes_max = 64U << 20U;         // of what qrgen may write: a lane board as a picture has 10 MB
inline constexpr std::uint64_t poster_memory_max = 768U << 20U;     // address space of qrgen; under 300 MB it can't load its fonts
inline constexpr std::int64_t poster_s_max = 60;                    // and its time: 1,000 posters take 1.4 s of a core that the gate may need itself
inline constexpr std::size_t trace_filter_max = 1'000;              // categories, divisions, sites of one question, each: every site is held against them
inline constexpr std::size_t search_people_max = 1'000;             // a search that fits more is told to narrow

// What a case keeps.
inline constexpr std::size_t case_questions_max = 500;              // several tracers' of some weeks; whoever asks by machine can't fill the disk. The oldest go: the audit log keeps each answer's digest
inline constexpr std::uint64_t case_questions_bytes_max = 64ULL << 20U;   // with who was found: 500 answers of 40,000 people
inline constexpr std::size_t kept_people_max = 100'000;             // of one answer, some 3 bytes each: of a longer one only the digest is kept
inline constexpr std::size_t questions_page_max = 100;
inline constexpr std::int64_t told_visit_days_max = 62;               // back from now: what is older is a mistyped year, and nobody's scans are kept so long
inline constexpr std::size_t case_visits_max = 10'000;                // that one case was told of: each question in it opens them, 3 µs each
inline constexpr std::uint64_t case_marks_max = 100'000;            // of one case, 20,000 contacts five times: each trace in it reads them, 20 ms

// Who is who.
inline constexpr std::size_t link_candidates_max = 12;              // of each key: whoever repeats a stranger's name cannot make matching slow
inline constexpr std::size_t link_opened_max = 8 * link_candidates_max;   // statements that one registration opens, some 10 µs each
inline constexpr std::size_t link_group_max = 24;                   // that are grouped anew for its sake: 1 ms at worst; whoever repeats a name and phone moves nobody beyond
inline constexpr std::size_t link_reviews_max = 3;                  // a statement asks about no more persons than that
inline constexpr std::size_t link_reviews_waiting_max = 8;          // open ones about one statement: a stranger who repeats it asks no more
inline constexpr std::size_t parted_statements_max = 100;           // of one document or phone: a split must not make whoever repeats it slow
inline constexpr std::size_t reviews_page_max = 200;

// A restore leaves out so many numbers of each kind: more than the original can have given out since the backup was made, so that
// none is issued twice. Each is a small share of its kind's bits: some sixty restores of restores, then one is refused.
inline constexpr std::uint64_t skip_scans = 1ULL << 32U;            // two years at 5 million a day, of 38 bits; no memory
inline constexpr std::uint64_t skip_registrations = 1ULL << 22U;    // a county of 1.2 million three times over; 16 MB of the index, 0.2 s of a start
inline constexpr std::uint64_t skip_persons = 1ULL << 22U;          // likewise, of 30 bits
inline constexpr std::uint64_t skip_person_events = 1ULL << 32U;
inline constexpr std::uint64_t skip_vehicles = 1ULL << 22U;         // of 32 bits
inline constexpr std::uint64_t skip_sites = 1ULL << 14U;            // a city has some 3,000; of 24 bits
inline constexpr std::uint64_t skip_operators = 1ULL << 16U;
inline constexpr std::uint64_t skip_audit_lines = 1ULL << 32U;

// Backups.
inline constexpr std::size_t key_folder_bytes_max = 4 * 1024 * 1024;   // day keys of 400 days take 26 KB, certificate chains some more
inline constexpr std::size_t manifest_bytes_max = 1024 * 1024;         // a line a day
inline constexpr std::uint64_t backup_free_bytes_min = 64ULL * 1024 * 1024;   // left for scans while a backup's copy lies beside the data
inline constexpr std::int64_t restore_behind_s_max = 3600;             // two machines' clocks; a zone mistaken for another is more

// Answers that are handed on (CONTRACT 6: format).
inline constexpr std::uint64_t export_rows_max = 2'000'000;         // every person of a prefecture once; bounds time, disk and scratch
inline constexpr std::size_t exports_at_once_max = 2;               // one query thread fewer than there are: questions go on
inline constexpr std::size_t answer_piece_bytes = 64 * 1024;        // written and read at once
inline constexpr std::uint64_t spool_free_bytes_min = 256ULL * 1024 * 1024;  // an export never takes the disk that scans need

// People in full.
inline constexpr std::size_t recipient_chars_max = 200;
inline constexpr std::size_t ledger_share_percent_max = 1;              // of all people, that one list may watch: in 2022 a city gave 1,317 people red codes to keep them from a bank
inline constexpr std::int64_t step_repeat_s = 60;                       // the same step of the same record and operator within it is a retry
inline constexpr std::int64_t late_watch_s = 32 * 86'400;                // an isolation that is over for so long is forgotten by the watch: longer than a scan may be late
inline constexpr std::int64_t ledger_share_span_s = 86'400;             // within which the lists of one who proposes count as one
inline constexpr std::size_t ledger_rows_free = 20;                     // as many a list may hold however few people are known
inline constexpr std::int64_t ledger_days_max = 366;                    // a list ends
inline constexpr std::size_t ledger_page_max = 500;
inline constexpr std::int64_t register_days_max = 366;                  // an isolation or a term ends
inline constexpr std::size_t register_page_max = 100;                   // a screen of records, with room to scroll
inline constexpr std::size_t register_subject_chars_max = 120;          // an address, what was reported
inline constexpr std::uint32_t isolation_places_max = 100'000;          // beds of one place
inline constexpr std::size_t vehicle_checks_max = 100;                  // of one request, as scans
inline constexpr int vehicle_people_max = 99;                           // a coach has half as many seats
inline constexpr std::int64_t vehicle_check_s = 600;                    // the same plate, gate and direction within it is one check: queue, barrier and a second look
inline constexpr std::size_t silent_sites_max = 50;                     // that a brief names
inline constexpr std::int64_t brief_series_days = 14;                   // a fortnight, as a chart
inline constexpr std::size_t briefs_max = 500;                          // frozen ones that a list tells: a year and more of one division
inline constexpr std::int64_t small_number_max = 4;                     // as small a number may be of somebody who can be told (issue: hidden outside one's scope)
inline constexpr std::int64_t alert_wait_s_max = 25;                    // an answer that waits for an alert: below what proxies allow
inline constexpr std::size_t disclosed_people_max = 20'000;         // registrations: each is told, by a row in one transaction, 0.1 s in all
inline constexpr std::int64_t reveals_span_s = 3'600;               // an operator's reveals are counted over an hour
inline constexpr std::size_t reveals_usual_max = 30;                // one call every two minutes; more leaves a line of its own, and stops nobody

// Forms of the office: a workbook that somebody sends, which holds no data. The largest of those that were seen takes 200 KB unpacked.
inline constexpr std::size_t form_bytes_max = 1024 * 1024;          // as it is sent
inline constexpr std::size_t form_entries_max = 200;                // of the archive
inline constexpr std::size_t form_unpacked_bytes_max = 16 * 1024 * 1024;   // of all entries; a deflated stream can hold a thousand times itself
inline constexpr std::size_t form_markup_max = 400'000;             // '<' and '=' of one part: its tree takes some 30 MB at most
inline constexpr std::size_t form_cell_bytes_max = 100'000;         // a cell of a workbook has 32,767 characters at most
inline constexpr std::size_t form_text_bytes_max = 8 * 1024 * 1024; // of all cells of a sheet
inline constexpr std::size_t form_header_bytes_max = 1'000;         // of one column; 250 Han
inline constexpr std::size_t form_kept_bytes_max = 1024 * 1024;     // of the file that is kept
inline constexpr unsigned form_header_row_max = 30;                 // titles and notes stand above the header
inline constexpr unsigned form_columns_max = 200;
inline constexpr unsigned form_lines_max = 200;                     // blank lines that a form keeps
inline constexpr std::size_t form_sheets_max = 20;
inline constexpr std::size_t forms_max = 200;                       // of one installation, each up to a megabyte
inline constexpr std::size_t form_rows_max = 20'000;                // of one answer in a form: it is put together in memory
inline constexpr std::size_t form_answer_bytes_max = 64 * 1024 * 1024;   // all workbooks of one answer, packed
inline constexpr std::size_t form_files_max = 1'000;                // of one answer: a prefecture has some 300 townships

// A person's days in words.
inline constexpr std::int64_t narrative_days_max = 62;              // each day has a line; scans are kept for 28 unless a case holds them
inline constexpr std::size_t notice_crowd_min = 10;                 // a place that fewer people passed that day is not named: whoever knows it would know who

// Enterprises' daily reports, cameras and outings.
inline constexpr std::int32_t report_days_back_max = 7;             // a correction comes within the week; what is older has been counted upwards
inline constexpr std::int64_t report_people_max = 100'000;          // of one enterprise: the largest factory of the province has fewer
inline constexpr std::size_t camera_template_chars_max = 500;       // an address of a recorder, with its channel
inline constexpr std::int64_t outing_people_max = 20;               // of one household at once
inline constexpr std::int32_t outing_days_max = 14;                 // "one person every two days"; a fortnight is no outing any more
inline constexpr std::int32_t outing_rule_days_max = 92;            // a rule ends
inline constexpr std::size_t outing_rules_max = 1'000;              // of one installation: every gate's scan towards the street is held against them

}  // namespace chayan::kit
