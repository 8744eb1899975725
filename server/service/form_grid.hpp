// SPDX-License-Identifier: Apache-2.0
// The cells of a sheet that somebody sent, and where in them the header of a form stands. Values; used by the reader of forms alone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "service/blank_form.hpp"
#include "service/form_package.hpp"

namespace chayan::service {

struct GridCell {
    unsigned column = 0, style = 0;
    std::string text;            ///< of a formula what it gave last; empty: none
    bool is_number = false;
};

struct GridRow {
    unsigned number = 0;         ///< 1 is the first
    pugi::xml_node node;
    std::vector<GridCell> cells; ///< from the left
    bool has_text() const;
};

/// Columns and rows, ends included.
struct GridArea {
    unsigned first_row = 0, last_row = 0, first_column = 0, last_column = 0;
};

struct FormGrid {
    std::vector<GridRow> rows;   ///< downwards, those that are there
    std::vector<GridArea> merged;

    /// Errors: form_malformed (out of order, beyond what a sheet has), form_too_large (a text beyond form_columns_max within the rows of a header).
    static kit::Result<FormGrid> read(const pugi::xml_node& sheet, const FormPackage& package);
    const GridRow* row(unsigned number) const;
    /// Empty for a number, and where there is nothing.
    std::string text(unsigned row, unsigned column) const;
    /// The merged area that covers it; null when none does.
    const GridArea* area_of(unsigned row, unsigned column) const;
};

struct FormHeader {
    unsigned row = 0;
    std::vector<FormColumn> columns;
    domain::FormDialect dialect = domain::FormDialect::office;
    std::size_t known = 0;       ///< columns that name a field
};
/// The row with most headers that we know, the lower of equals. A header may reach down from rows above (merged), and be made of the two that stand over a column
/// ("首次接触" over "时间").
FormHeader find_form_header(const FormGrid& grid);

/// "B3" or "A1:N2"; nothing for anything that no sheet has.
std::optional<GridArea> area_of_text(std::string_view text);

}  // namespace chayan::service
