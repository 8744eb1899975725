// SPDX-License-Identifier: Apache-2.0
// An answer in the terms of a form: which value of a row goes under which header, and why one can't. Query threads; a table is one thread's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "service/answer_table.hpp"
#include "service/blank_form.hpp"
#include "service/directory.hpp"
#include "service/form_writer.hpp"
#include "service/shown.hpp"

namespace chayan::service {

/// Why a column of a form stays empty.
enum class FormGap : std::uint8_t {
    header_unknown,   ///< nobody has said what it means
    not_asked,        ///< the disclosure does not name that field of a person
    no_data,          ///< no scan tells it, or this question does not
};
const char* word_of(FormGap gap);

/// What a form is filled from besides the rows.
struct FormGround {
    std::shared_ptr<const Directory> directory;
    const domain::TimeZone& zone;
    domain::Instant at;                      ///< when it is filled
    Shown how;                               ///< the fields that the disclosure names
};

class FormSource {
public:
    /// The rows of `table`'s first part. Requires: both outlive it.
    FormSource(const AnswerTable& table, const FormGround& ground);
    /// Nothing where it can be filled.
    std::optional<FormGap> gap(const std::optional<domain::FormField>& field) const;
    FormValue value(domain::FormField field, domain::FormDialect dialect, const Row& row, std::uint64_t number) const;
    /// The township of a row's person, or the next wider division that is known; digits 0: none is.
    domain::DivisionCode township_of(const Row& row) const;
    /// "北城区街道"; the code where it has no name; 未登记区划 for none.
    std::string name_of(domain::DivisionCode township) const;

private:
    std::optional<std::size_t> column(const std::string& name) const;
    std::string text(const Row& row, const std::string& name) const;
    const std::vector<std::string>* list(const Row& row, const std::string& name) const;
    std::string person_text(const Row& row, const char* name) const { return text(row, prefix_ + name); }
    std::string moment(const Row& row, const char* name, domain::FormDialect dialect) const;
    std::string address(const Row& row) const;
    /// The division that the first `digits` of a home's code name; empty where it is not known.
    std::string division_name(const Row& row, std::size_t digits) const;
    std::string places(const Row& row) const;
    std::string later_degree(const Row& row) const;
    std::string summary(const Row& row) const;
    std::string date_part(const Row& row, domain::FormField part) const;
    FormValue age(const Row& row) const;
    FormValue minutes(const Row& row) const;

    const AnswerTable& table_;
    const FormGround& ground_;
    std::string prefix_;   ///< of a person's columns
};

}  // namespace chayan::service
