// SPDX-License-Identifier: Apache-2.0
// The file of rejected rows that an import leaves beside its own: the rows as they came, each with its line and the reason in
// two columns of their own, to be mended in a spreadsheet and imported again. Main thread.
#pragma once

#include <string>

#include "service/imports.hpp"
#include "service/words.hpp"

namespace chayan::app {

/// UTF-8 with a BOM, which Excel needs. Rows are filled up to the header; what a row has more stands after the reason. The two
/// columns of an earlier round are replaced, never doubled.
std::string rejected_file(const service::ImportReport& report, service::Language language);

/// "column: sentence".
std::string reason_of(const service::RejectedRow& row, service::Language language);

/// The whole file. Throws std::runtime_error with a sentence.
std::string read_file(const std::string& path);

/// Writes FILE.rejected.csv and tells the first few on stderr; without any the file of an earlier round goes. Throws std::runtime_error with a sentence.
void write_rejected(const std::string& file, const service::ImportReport& report, service::Language language);

}  // namespace chayan::app
