// SPDX-License-Identifier: Apache-2.0
// An office's form as we keep it: the sheet that was recognised, down to its header, what a line below it looks like, and what each column means. Nothing else of
// the file that was sent is in it: no rows, other sheets, formulas, links, pictures, names of authors. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/form_fields.hpp"
#include "domain/time.hpp"
#include "kit/result.hpp"

namespace chayan::service {

struct FormColumn {
    unsigned index = 0;                          ///< 0 is A
    std::string header;                          ///< as it stands there
    std::optional<domain::FormField> field{};    ///< none: it stays empty
};

using Span = std::pair<unsigned, unsigned>;      ///< first and last

struct BlankForm {
    std::string sheet, title;                    ///< the sheet's name; the first text above the header, or empty
    unsigned header_row = 0;                     ///< 1 is the first
    std::vector<FormColumn> columns;             ///< those with a header, from the left
    domain::FormDialect dialect = domain::FormDialect::office;

    // How it looks: XML that we wrote from elements and attributes of a closed list.
    std::string styles, theme;                   ///< parts of the workbook; or empty
    std::string begin, rows, end;                ///< of the sheet: before its rows, those down to the header, after its merged cells
    std::vector<std::string> merges;             ///< "A1:N1", down to the header
    std::string line;                            ///< attributes of a line: ` ht="30" customHeight="1"`
    std::vector<unsigned> line_styles;           ///< by column
    std::vector<Span> line_merges;               ///< columns that each line joins
    unsigned lines = 1;                          ///< blank ones that it had, form_lines_max at most
    std::optional<Span> print_titles, print_columns;   ///< rows that each page repeats; the columns that are printed

    // What was not kept, to be told.
    unsigned rows_left_out = 0;                  ///< rows with text below the header
    unsigned sheets_left_out = 0;
};

/// "A" to "XFD".
std::string column_letters(unsigned index);
/// Nothing for anything else.
std::optional<unsigned> column_of(std::string_view letters);

/// Reads a workbook that somebody sent (.xlsx): of its visible sheets the one with most headers that we know. Errors (422): form_not_xlsx, form_malformed (no XML
/// as such files have it, or a document type), form_macros, form_too_large, form_header_unknown (fewer than two headers in its first 30 rows). Takes 30 MB and some 50 ms at most.
kit::Result<BlankForm> read_form(std::string_view xlsx);

/// The form as a workbook of its own; read_form gives the same form back.
std::string blank_file(const BlankForm& form, domain::Instant at);

}  // namespace chayan::service
