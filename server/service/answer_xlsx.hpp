// SPDX-License-Identifier: Apache-2.0
// An answer as XLSX: a cover sheet that says what this is, then a sheet for each part, split where a sheet is full. Every text is a text
// cell, so nothing is run and no digit is lost; case and operator stand in the header of every sheet (SECURITY T14, T20). Query threads.
//
// libxlsxwriter keeps its rows in temporary files, in clear. They go to `scratch`, a folder in memory (tmpfs), never to a disk:
// where it has too little room the answer is refused, and CSV and NDJSON are there still.
#pragma once

#include <cstdint>
#include <string>

#include "domain/time.hpp"
#include "service/answer_table.hpp"
#include "service/answer_text.hpp"

namespace chayan::service {

/// Who takes the answer, when, and for what.
struct Imprint {
    std::string case_title, case_purpose;   ///< or empty
    std::string login;
    domain::Instant at;
};

struct XlsxSettings {
    std::string scratch;                    ///< a folder in memory
    const domain::TimeZone& zone;
    std::uint64_t sheet_rows_max = 1'048'576;   ///< with the header; the format's own limit
};

/// Errors: scratch_short (503), cell_too_long (422), export_unwanted, those of `put`. Throws std::runtime_error when the library fails.
kit::Status write_xlsx(const AnswerTable& table, const Imprint& imprint, const XlsxSettings& settings, const Wanted& wanted, const PutBytes& put);

}  // namespace chayan::service
