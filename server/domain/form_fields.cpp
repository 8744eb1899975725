// SPDX-License-Identifier: Apache-2.0
#include "domain/form_fields.hpp"

#include <algorithm>
#include <unordered_map>

#include "domain/csv.hpp"
#include "domain/text.hpp"
#include "kit/check.hpp"

namespace chayan::domain {

/// schema/form_fields.csv, embedded at build.
extern const std::string_view form_fields_csv;

namespace {

constexpr const char* field_words[] = {
    "number", "name", "family_name", "given_name", "sex", "age", "birth_date", "birth_day", "birth_month", "birth_year", "document_type",
    "document_number", "phone", "address", "township", "district", "region", "division", "workplace", "relation", "degree", "first", "last", "place", "manner", "minutes",
    "summary", "person_id", "case_number", "related", "report_date", "disease", "note"};
static_assert(std::size(field_words) == form_fields_count);

using Meanings = std::unordered_map<std::string, HeaderMeaning>;

std::vector<std::string> parts_of(std::string_view list) {
    std::vector<std::string> parts;
    while (!list.empty()) {
        const auto part = list.substr(0, list.find(';'));
        parts.emplace_back(part);
        list.remove_prefix(std::min(list.size(), part.size() + 1));
    }
    return parts;
}

bool is_dropped(char32_t point) {
    constexpr char32_t marks[] = {U'*', U':', U'、', U'/', U'\\', U'.', U',', U'。', U'，', U'_', U'-', U'—', U'·', U'#', U'※', U'★', U'"', U'\'', U'“', U'”'};
    return point <= 0x20 || point == 0xA0 || point == 0x3000 || point == 0xFEFF || (point >= 0x2000 && point <= 0x200F) ||
           std::find(std::begin(marks), std::end(marks), point) != std::end(marks);
}

/// How much deeper in brackets what follows `point` stands.
int step_of(char32_t point) {
    constexpr char32_t begins[] = {U'(', U'[', U'【', U'〔', U'{', U'<', U'《'};
    constexpr char32_t ends[] = {U')', U']', U'】', U'〕', U'}', U'>', U'》'};
    if (std::find(std::begin(begins), std::end(begins), point) != std::end(begins)) return 1;
    return std::find(std::begin(ends), std::end(ends), point) != std::end(ends) ? -1 : 0;
}

/// False when a header would name two fields.
bool add_meanings(Meanings& meanings, const std::vector<FormFieldRule>& rules) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const auto add = [&](const std::vector<std::string>& headers, FormDialect dialect) {
            return std::all_of(headers.begin(), headers.end(), [&](const std::string& header) {
                auto folded = folded_header(header);
                return !folded.empty() && meanings.emplace(std::move(folded), HeaderMeaning{static_cast<FormField>(i), dialect}).second;
            });
        };
        if (!add(rules[i].zh, FormDialect::office) || !add(rules[i].sormas, FormDialect::sormas) || !add(rules[i].godata, FormDialect::godata)) return false;
    }
    return true;
}

}  // namespace

std::optional<std::vector<FormFieldRule>> parse_form_field_rules(std::string_view csv) {
    static const std::vector<std::string> columns{"field", "person_field", "zh", "sormas", "godata"};
    CsvReader reader(csv);
    const auto header = reader.next();
    if (!header || header->fault != nullptr || header->fields != columns) return std::nullopt;
    std::vector<FormFieldRule> rules;
    while (const auto row = reader.next()) {
        const bool is_next = row->fault == nullptr && row->fields.size() == columns.size() && rules.size() < form_fields_count && row->fields[0] == field_words[rules.size()];
        if (!is_next) return std::nullopt;
        rules.push_back({row->fields[0], row->fields[1], parts_of(row->fields[2]), parts_of(row->fields[3]), parts_of(row->fields[4])});
    }
    Meanings meanings;
    return rules.size() == form_fields_count && add_meanings(meanings, rules) ? std::optional(std::move(rules)) : std::nullopt;
}

const std::vector<FormFieldRule>& form_field_rules() {
    static const auto rules = [] {
        auto read = parse_form_field_rules(form_fields_csv);
        CHECK(read);   // the table is a part of the program
        return *std::move(read);
    }();
    return rules;
}

const std::string& word_of(FormField field) { return form_field_rules()[static_cast<std::size_t>(field)].word; }

std::optional<FormField> find_form_field(std::string_view word) {
    const auto* found = std::find(std::begin(field_words), std::end(field_words), word);
    return found == std::end(field_words) ? std::nullopt : std::optional(static_cast<FormField>(found - field_words));
}

std::string folded_header(std::string_view header) {
    const auto half = to_half_width(header);
    const auto points = half ? decode_utf8(*half) : std::nullopt;
    if (!points) return {};
    std::vector<char32_t> kept;
    int depth = 0;
    for (const auto point : *points) {
        const int step = step_of(point);
        depth = std::max(0, depth + step);
        if (step != 0 || depth > 0 || is_dropped(point)) continue;
        kept.push_back(point >= U'A' && point <= U'Z' ? point + 32 : point);
    }
    return encode_utf8(kept);
}

std::optional<HeaderMeaning> find_header(std::string_view header) {
    static const auto meanings = [] {
        Meanings all;
        CHECK(add_meanings(all, form_field_rules()));
        return all;
    }();
    const auto found = meanings.find(folded_header(header));
    return found == meanings.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace chayan::domain
