// SPDX-License-Identifier: Apache-2.0
// A form with rows in it, as a workbook: the sheet as the office made it, lines for the rows, and a second sheet that says what this is. Put together in memory; nothing
// lies on a disk. Any thread; values.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "service/blank_form.hpp"

namespace chayan::service {

struct FormValue {
    std::string text;         ///< empty: the cell stays empty
    bool is_number = false;   ///< else a text cell, whatever it looks like
};
using FormLine = std::vector<FormValue>;   ///< one for each of the form's columns

struct FormCover {
    std::vector<std::array<std::string, 2>> lines;   ///< the second sheet: what, and its value
    std::string footer;                              ///< of the pages, where the form has neither header nor footer of its own
};

/// Error cell_too_long (422).
kit::Result<std::string> filled_file(const BlankForm& form, const std::vector<FormLine>& lines, const FormCover& cover, domain::Instant at);

/// A form without any look, for templates that are a header and nothing else.
BlankForm plain_form(const std::string& sheet, std::vector<FormColumn> columns, domain::FormDialect dialect);

}  // namespace chayan::service
