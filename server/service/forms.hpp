// SPDX-License-Identifier: Apache-2.0
// The office's forms: blank workbooks that tracers upload once, and what their columns mean. A form with the same header row is taken to mean what the last one was said
// to. They are everybody's who traces: at night a colleague has to find what was uploaded by day. Threads that may block.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/blank_form.hpp"
#include "service/writer.hpp"

namespace chayan::service {

struct FormView {
    std::string id;                      ///< 16 hexadecimal digits
    domain::Instant at;
    std::string title, sheet;
    unsigned header_row = 0;
    std::vector<FormColumn> columns;
    unsigned rows_left_out = 0, sheets_left_out = 0;   ///< of an upload; else 0
};

/// By column letters: our word for what it means, or nothing.
using FormMapping = std::map<std::string, std::optional<std::string>>;

class Forms {
public:
    /// Requires: what is passed outlives it.
    Forms(Writer& writer, Vault& vault, const Clock& clock) : writer_(writer), vault_(vault), clock_(clock) {}

    /// Keeps the blank form of a workbook. Errors: those of read_form (422), forms_full (409).
    kit::Result<FormView> add(const Caller& caller, std::string_view xlsx);
    std::vector<FormView> list(storage::Connection& reader) const;
    /// Errors: form_unknown (404), form_column_unknown, form_field_unknown (422) with the column.
    kit::Result<FormView> change(const Caller& caller, const std::string& id, const FormMapping& mapping);
    /// Error form_unknown (404).
    kit::Status remove(const Caller& caller, const std::string& id);
    /// The form to be filled, its columns as they are said to mean. Error form_unknown (404). Throws std::runtime_error when what is kept can't be opened.
    kit::Result<BlankForm> find(storage::Connection& reader, const std::string& id) const;

private:
    std::optional<FormView> view_of(const storage::FormRow& row) const;
    Writer& writer_;
    Vault& vault_;
    const Clock& clock_;
};

}  // namespace chayan::service
