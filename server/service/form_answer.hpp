// SPDX-License-Identifier: Apache-2.0
// An answer in the office's own form: one workbook, or one for each township, so that every township is given its own people and nobody else's. SORMAS takes CSV alone,
// so its forms leave as that. Query threads; put together in memory, since no person may lie on a disk in clear.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "service/answer_xlsx.hpp"
#include "service/form_rows.hpp"

namespace chayan::service {

struct FormOrder {
    BlankForm form;
    std::string name;                        ///< its id, "sormas" or "godata"
    bool by_township = false;
    std::shared_ptr<const Directory> directory;
    Shown how;                               ///< the fields that the disclosure names
};

struct FormAnswer {
    std::string bytes;
    const char* media_type = "";
    const char* ending = "";                 ///< "xlsx", "csv", "zip"
    std::uint64_t rows = 0;
    std::string unfilled;                    ///< the columns that stay empty, each with its reason: `D;why=not_asked, H;why=no_data`
    std::string unplaced;                    ///< fields that the disclosure names and the form has no column for: `birth, phone`
};

/// What `form` has to name without an upload; nothing for another name.
std::optional<BlankForm> built_in_form(const std::string& name);

/// Fills the rows of the table's first part. Errors: export_too_long (more than form_rows_max, or files that would not fit into memory), cell_too_long (422), export_unwanted (503).
kit::Result<FormAnswer> fill_form(const FormOrder& order, const AnswerTable& table, const Imprint& imprint, const domain::TimeZone& zone, const Wanted& wanted);

}  // namespace chayan::service
