// SPDX-License-Identifier: Apache-2.0
#include "service/words.hpp"

#include "domain/contact_preset.hpp"
#include "domain/site.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>

using namespace chayan::service;

namespace {

/// Every code that the headers of the server, its services and its rules name; written down here a second time on purpose.
constexpr const char* codes[] = {
    // http
    "malformed_head", "malformed_host", "malformed_target", "unexpected_body", "method_not_allowed", "timeout", "body_too_large", "target_too_long",
    "content_encoding", "media_type", "expectation", "unknown_host", "head_too_large", "internal", "transfer_encoding", "unknown_method", "http_version", "not_found",
    // who asks
    "unauthenticated", "session_unknown", "forbidden", "csrf_missing", "reauthenticate", "login_failed", "login_too_often", "login_taken", "login_malformed",
    "password_short", "password_long", "password_common", "role_unknown",
    // whether now
    "busy", "disk_full", "starting", "calls_too_often", "scans_too_often", "site_too_often",
    // bodies
    "malformed_body", "duplicate_member", "unknown_member", "wrong_type", "missing", "batch_too_large",
    // registrations
    "registration_invalid", "notice_changed", "name_empty", "name_length", "name_characters", "name_mixed", "name_malformed", "document_missing",
    "document_type_unknown", "document_empty", "document_length", "document_characters", "document_region", "document_date", "document_future", "document_age",
    "document_checksum", "document_rounded", "document_format", "country_malformed", "phone_missing", "phone_empty", "phone_characters", "phone_length",
    "phone_not_mobile", "date_malformed", "date_future", "birth_date_contradicts", "sex_unknown", "sex_contradicts", "division_malformed", "division_unknown",
    "text_too_long", "text_characters", "text_malformed",
    // scans
    "code_unknown", "code_replaced", "site_closed", "site_unknown", "stale_screen", "time_ahead", "time_old", "time_malformed", "direction_missing",
    "direction_unknown", "direction_contradicts", "temperature_range", "plate_empty", "plate_length", "plate_characters", "unknown_dependant", "unknown_person",
    "unknown_card", "reading_late", "reading_method", "initials_malformed", "roster_name", "roster_too_often", "subject_kind", "scan_unknown", "void_late",
    // cases and questions
    "no_case", "case_taken", "case_unknown", "case_invalid", "case_state_unknown", "time_past", "search_empty", "search_too_many", "window_malformed", "window_empty",
    "person_unknown", "trace_invalid", "unbounded", "too_many", "degree_range", "duration_range", "accumulate_unknown", "evidence_unknown", "identity_unknown", "category_unknown", "limit_range", "index_kind", "trace_direction_unknown",
    "preset_unknown", "anchor_kind", "anchor_ahead", "known_at_ahead", "case_visits_full", "crowd_half_range", "notice_empty", "sheet_unknown", "poster_format_unknown", "lang_unknown", "one_poster", "poster_direction_unknown", "poster_refused", "posters_busy", "posters_failed", "posters_missing", "visit_long", "visit_ahead", "visit_unknown", "visit_old", "past_busy",
    // imports
    "csv_not_utf8", "csv_empty", "csv_header_missing", "csv_header_twice", "csv_quote", "csv_characters", "csv_field_long", "csv_columns", "number_malformed", "history_person", "history_ahead", "history_old", "division_ambiguous", "index_outside",
    "ref_twice",
    // backups
    "backup_exists", "backup_running", "backup_stopped", "backup_foreign", "backup_truncated", "backup_damaged", "backup_newer", "backup_mismatch",
    "keys_missing", "keys_foreign", "keys_newer", "keys_damaged", "keys_of_another", "keys_older", "recovery_key_malformed", "recovery_key_wrong", "sheet_malformed", "sheet_groups_wrong", "sheet_group_wrong", "sheet_wrong", "sheet_missing",
    "sheets_same", "sheets_differ", "recovery_key_not_ours",
    "recovery_key_needed", "folder_not_empty", "time_zone_differs", "numbers_exhausted",
    "presence_unknown", "dwell_range", "hours_malformed", "place_unknown", "place_nested", "place_presence", "division_parent",
    // one's own rights
    "dependant_twice", "too_many_dependants", "too_many_corrections", "batch_people", "page_limit_range", "cursor_unknown", "kept_retention", "kept_for_scans",
    "kept_for_cases", "kept_as_proof",
    // answers that are handed on, and people in full
    "format_unknown", "part_unknown", "export_busy", "export_too_long", "export_unwanted", "cell_too_long", "disk_short", "scratch_short",
    "field_unknown", "query_kind", "disclosure_too_long",
};

/// The bytes of U+3000 to U+9FFF and of full-width forms begin so.
bool has_chinese(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xe3 && static_cast<unsigned char>(c) <= 0xef; });
}

}  // namespace

TEST_CASE("who names a category that is not there is told which there are") {
    for (const auto& rule : chayan::domain::category_rules()) {
        CAPTURE(rule.word);
        CHECK(sentence("category_unknown", Language::en).find(rule.word) != std::string_view::npos);
    }
}

TEST_CASE("who names a preset that is not there is told which there are") {
    for (const auto& preset : chayan::domain::contact_presets()) {
        CAPTURE(preset.word);
        for (const auto language : {Language::zh, Language::en}) CHECK(sentence("preset_unknown", language).find(preset.word) != std::string_view::npos);
    }
}

TEST_CASE("every code has a sentence in both languages, each in its own") {
    for (const std::string code : codes) {
        CAPTURE(code);
        CHECK(has_sentence(code));
        const auto zh = sentence(code, Language::zh);
        const auto en = sentence(code, Language::en);
        CHECK(has_chinese(zh));
        CHECK_FALSE(has_chinese(en));
        CHECK(zh.ends_with("。"));
        CHECK(en.ends_with('.'));
        CHECK(zh.find(code) == std::string_view::npos);
    }
}

TEST_CASE("no two codes say the same to whoever reads Chinese, but for what is empty or missing") {
    std::set<std::string_view> seen;
    for (const std::string code : codes) {
        if (code == "phone_empty") continue;   // to a person the same as phone_missing
        CAPTURE(code);
        CHECK(seen.insert(sentence(code, Language::zh)).second);
    }
}

TEST_CASE("a code without words of its own gets a general sentence") {
    CHECK_FALSE(has_sentence("no_such_code"));
    CHECK_FALSE(has_sentence(""));
    CHECK(has_chinese(sentence("no_such_code", Language::zh)));
    CHECK_FALSE(sentence("no_such_code", Language::en).empty());
}

TEST_CASE("the language is the one of Chinese and English that the reader would rather have") {
    for (const std::string header : {"", "zh", "zh-CN,zh;q=0.9", "zh-CN,zh;q=0.9,en;q=0.8", "fr", "de, ja;q=0.5", "*", "en;q=0", "en;q=0.4,zh;q=0.5", "en;q=0.001, zh;q=0.002",
                                     "fr, zh;q=0.1", "en;q=0, zh;q=0", ",,,", ";q=1", "q=1", "en;q=x, zh;q=1"}) {
        CAPTURE(header);
        CHECK(preferred_language(header) == Language::zh);
    }
    for (const std::string header : {"en", "en-GB,en;q=0.9", "en-US,en;q=0.9,zh;q=0.8", "fr, en;q=0.1", "zh;q=0.4,en;q=0.5", "zh;q=0,en;q=0.1", "zh-TW;q=0.9, en", "de,en;q=0.7,*;q=0.3"}) {
        CAPTURE(header);
        CHECK(preferred_language(header) == Language::en);
    }
}
