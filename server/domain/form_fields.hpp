// SPDX-License-Identifier: Apache-2.0
// What the columns of an office's form mean: headers as such forms write them, the property names of SORMAS and Go.Data, and the fields of ours
// that go there. The words are data (schema/form_fields.csv, embedded at build). Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chayan::domain {

/// In the order of the table's rows.
enum class FormField : std::uint8_t {
    number, name, family_name, given_name, sex, age, birth_date, birth_day, birth_month, birth_year, document_type, document_number, phone, address,
    township, district, region, division, workplace, relation, degree, first, last, place, manner, minutes, summary, person_id, case_number, related, report_date, disease, note,
};
inline constexpr std::size_t form_fields_count = static_cast<std::size_t>(FormField::note) + 1;

/// Whose words a form's headers are: how dates and codes are written in its cells.
enum class FormDialect : std::uint8_t { office, sormas, godata };

struct FormFieldRule {
    std::string word;                          ///< "document_number"
    std::string person_field;                  ///< what a disclosure has to name before it is told: "document"; empty: nothing
    std::vector<std::string> zh, sormas, godata;   ///< headers; the first of `zh` is its name
};

/// The embedded table, one row for each FormField.
const std::vector<FormFieldRule>& form_field_rules();
/// A table of that form; nothing when any of it is wrong: a field missing, doubled or out of order, a header that names two fields.
std::optional<std::vector<FormFieldRule>> parse_form_field_rules(std::string_view csv);

const std::string& word_of(FormField field);
/// By our word; nothing for another.
std::optional<FormField> find_form_field(std::string_view word);

/// A header as two are compared: half-width, lower case, without white space, line breaks, what stands in brackets, and marks such as '*' and ':'.
std::string folded_header(std::string_view header);

struct HeaderMeaning {
    FormField field = FormField::note;
    FormDialect dialect = FormDialect::office;
};
/// Nothing for a header that is not known.
std::optional<HeaderMeaning> find_header(std::string_view header);

}  // namespace chayan::domain
