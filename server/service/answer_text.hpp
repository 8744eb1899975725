// SPDX-License-Identifier: Apache-2.0
// Answers as text: one JSON document, NDJSON, CSV. The names are those of the columns in all three. Query threads.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "service/answer_table.hpp"

namespace chayan::service {

/// Takes the next bytes of an answer; an error ends it.
using PutBytes = std::function<kit::Status(std::string_view)>;

/// {head…, "part":[rows…], …, tail…}. Never fails: what can't be told is not in a table.
std::string json_document(const AnswerTable& table);

/// One JSON object and a line feed for each row. Errors: those of `put`, export_unwanted.
kit::Status write_ndjson(const AnswerPart& part, const Wanted& wanted, const PutBytes& put);

/// UTF-8 with BOM, CRLF, a header of the columns' names. Texts are quoted, numbers and flags are not: a reader that takes "quoted is text"
/// gets every identity and phone number digit for digit. Formulas are defused, control characters replaced. Errors as write_ndjson.
kit::Status write_csv(const AnswerPart& part, const Wanted& wanted, const PutBytes& put);

}  // namespace chayan::service
