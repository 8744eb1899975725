// SPDX-License-Identifier: Apache-2.0
// Answers: JSON, and problems (RFC 9457) in the reader's language. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "api/api.hpp"
#include "api/json.hpp"
#include "kit/result.hpp"

namespace chayan::api {

int status_of(kit::Errc kind);
/// For Retry-After; 0: none. Whoever was turned away in one second comes back in different ones.
std::uint32_t retry_after_s(const kit::Error& error, std::uint64_t request_id);
http::Response problem(int status, const kit::Error& error, std::string_view accept_language, std::uint64_t request_id, const service::Clock* clock);

/// As answers tell moments: in UTC. What is no moment stays, and is refused where it is read.
std::optional<std::string> in_utc(std::optional<std::string> moment);

/// Sends JSON. Requires: the call was not answered before.
void answer(Call& call, int status, JsonText& text);
void answer(Call& call, int status, JsonText& text, std::vector<http::Header> headers);
void refuse(Parts& parts, Call& call, const kit::Error& error);
/// The same as a page, for people.
void refuse_page(Parts& parts, Call& call, const kit::Error& error);

/// What the pages of residents have in common, by what the office says of itself now: some 50 ms.
void make_fixed_parts(Parts& parts);

/// What opens the caller's session: the bearer token or else the cookie's; empty when there is neither.
std::string_view session_token(const http::Head& head);

// The handlers of the table, by resource.
void show_gate_worker(Parts& parts, Call& call);
void show_asset(Parts& parts, Call& call);
void show_staff_page(Parts& parts, Call& call);
void show_api_page(Parts& parts, Call& call);
void show_session(Parts& parts, Call& call);
/// A site's code as people type it, or the address that holds it: either case, with spaces and hyphens; O is 0, I and L are 1.
std::string folded_code(std::string_view typed);
void propose_list(Parts& parts, Call& call);
void list_lists(Parts& parts, Call& call);
void approve_list(Parts& parts, Call& call);
void refuse_list(Parts& parts, Call& call);
void undo_list(Parts& parts, Call& call);
void list_entries(Parts& parts, Call& call);
void list_handed(Parts& parts, Call& call);
void hand_entry(Parts& parts, Call& call);
void show_entry(Parts& parts, Call& call);
void check_entry(Parts& parts, Call& call);
void undo_entry(Parts& parts, Call& call);
void list_alerts(Parts& parts, Call& call);
void listen_for_alerts(Parts& parts, Call& call);
void close_alert(Parts& parts, Call& call);
void count_records(Parts& parts, Call& call);
void list_records(Parts& parts, Call& call);
void open_record(Parts& parts, Call& call);
void show_record(Parts& parts, Call& call);
void step_record(Parts& parts, Call& call);
void reveal_record(Parts& parts, Call& call);
void list_places(Parts& parts, Call& call);
void set_capacity(Parts& parts, Call& call);
void add_vehicles(Parts& parts, Call& call);
void show_counts(Parts& parts, Call& call);
void show_brief(Parts& parts, Call& call);
void freeze_brief(Parts& parts, Call& call);
void list_briefs(Parts& parts, Call& call);
void show_frozen_brief(Parts& parts, Call& call);
void add_report(Parts& parts, Call& call);
void list_site_reports(Parts& parts, Call& call);
void list_reports(Parts& parts, Call& call);
void set_camera(Parts& parts, Call& call);
void show_camera(Parts& parts, Call& call);
void find_playback(Parts& parts, Call& call);
void add_outing_rule(Parts& parts, Call& call);
void list_outing_rules(Parts& parts, Call& call);
void remove_outing_rule(Parts& parts, Call& call);
void except_outing(Parts& parts, Call& call);
void show_home(Parts& parts, Call& call);
void show_no_page(Parts& parts, Call& call);
void register_at_home(Parts& parts, Call& call);
void show_check_in(Parts& parts, Call& call);
void check_in(Parts& parts, Call& call);
void show_code(Parts& parts, Call& call);
void add_registration(Parts& parts, Call& call);
void add_scan(Parts& parts, Call& call);
void add_batch(Parts& parts, Call& call);
void void_scan(Parts& parts, Call& call);
void open_session(Parts& parts, Call& call);
void confirm_session(Parts& parts, Call& call);
void close_session(Parts& parts, Call& call);
void list_sessions(Parts& parts, Call& call);
void end_session(Parts& parts, Call& call);
void change_password(Parts& parts, Call& call);
void begin_otp(Parts& parts, Call& call);
void finish_otp(Parts& parts, Call& call);
void begin_duty(Parts& parts, Call& call);
void set_up(Parts& parts, Call& call);
void list_operators(Parts& parts, Call& call);
void add_operator(Parts& parts, Call& call);
void change_operator(Parts& parts, Call& call);
void list_sites(Parts& parts, Call& call);
void search_sites(Parts& parts, Call& call);
void show_site(Parts& parts, Call& call);
void add_site(Parts& parts, Call& call);
void change_site(Parts& parts, Call& call);
void replace_code(Parts& parts, Call& call);
void show_traffic(Parts& parts, Call& call);
void show_activity(Parts& parts, Call& call);
void check_code(Parts& parts, Call& call);
void list_divisions(Parts& parts, Call& call);
void list_devices(Parts& parts, Call& call);
void pair_device(Parts& parts, Call& call);
void renew_device(Parts& parts, Call& call);
void revoke_device(Parts& parts, Call& call);
void show_audit(Parts& parts, Call& call);
void verify_audit(Parts& parts, Call& call);
void show_access(Parts& parts, Call& call);
JsonText status_of_service(Parts& parts, storage::Connection& reader);
void show_status(Parts& parts, Call& call);
void show_upkeep(Parts& parts, Call& call);
void show_retention(Parts& parts, Call& call);
void show_assessment(Parts& parts, Call& call);
void list_settings(Parts& parts, Call& call);
void show_office(Parts& parts, Call& call);
void change_office(Parts& parts, Call& call);
void add_gate_scans(Parts& parts, Call& call);
void show_word(Parts& parts, Call& call);
void list_cases(Parts& parts, Call& call);
void show_case(Parts& parts, Call& call);
void list_exports(Parts& parts, Call& call);
void open_case(Parts& parts, Call& call);
void change_case(Parts& parts, Call& call);
void list_questions(Parts& parts, Call& call);
void run_question(Parts& parts, Call& call);
void mark_contacts(Parts& parts, Call& call);
void list_contacts(Parts& parts, Call& call);
void list_marks(Parts& parts, Call& call);
void tell_visit(Parts& parts, Call& call);
void show_poster(Parts& parts, Call& call);
void print_posters(Parts& parts, Call& call);
void list_visits(Parts& parts, Call& call);
void withdraw_visit(Parts& parts, Call& call);
void import_divisions(Parts& parts, Call& call);
void import_sites(Parts& parts, Call& call);
void import_people(Parts& parts, Call& call);
void import_scans(Parts& parts, Call& call);
void search_people(Parts& parts, Call& call);
void show_trajectory(Parts& parts, Call& call);
void show_passages(Parts& parts, Call& call);
void trace(Parts& parts, Call& call);
void find_shared_places(Parts& parts, Call& call);
void list_presets(Parts& parts, Call& call);
void reveal_person(Parts& parts, Call& call);
void disclose(Parts& parts, Call& call);
void write_narrative(Parts& parts, Call& call);
void list_forms(Parts& parts, Call& call);
void add_form(Parts& parts, Call& call);
void change_form(Parts& parts, Call& call);
void remove_form(Parts& parts, Call& call);
void list_gate_sites(Parts& parts, Call& call);
void show_screen(Parts& parts, Call& call);
void add_observation(Parts& parts, Call& call);
void list_recent(Parts& parts, Call& call);
void search_roster(Parts& parts, Call& call);
void show_shift(Parts& parts, Call& call);
void verify_document(Parts& parts, Call& call);
void list_reviews(Parts& parts, Call& call);
void decide_review(Parts& parts, Call& call);
void undo_review(Parts& parts, Call& call);
void split_person(Parts& parts, Call& call);
void show_history(Parts& parts, Call& call);
void show_me(Parts& parts, Call& call);
void correct_me(Parts& parts, Call& call);
void withdraw_me(Parts& parts, Call& call);
void list_my_scans(Parts& parts, Call& call);
void export_me(Parts& parts, Call& call);
void show_my_card(Parts& parts, Call& call);
void list_dependants(Parts& parts, Call& call);
void add_dependant(Parts& parts, Call& call);
void remove_dependant(Parts& parts, Call& call);

}  // namespace chayan::api
