// SPDX-License-Identifier: Apache-2.0
// Tracers' answers in the form that `format` names (CONTRACT 6): JSON at once; NDJSON, CSV and XLSX as an export, spooled and streamed.
// Query and desk lanes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/api.hpp"
#include "service/answers.hpp"
#include "service/exports.hpp"

namespace chayan::api {

/// Asks for the caller, masked, and answers. Requires: the call was not answered before.
void answer_question(Parts& parts, Call& call, const service::Question& question);

/// The same for any table. `ask` runs at most once, and after what must be durable before it. `kind` names it in the audit log and the
/// file's name; `case_number` is empty where a question needs none; `known_parts`: what `part` may name. Refuses: format_unknown, part_unknown (422), and as Exports.
void answer_in_form(Parts& parts, Call& call, const char* kind, const std::string& case_number, const std::vector<std::string_view>& known_parts,
                    const std::function<kit::Result<service::AnswerTable>()>& ask);

/// The office's form that an answer is written into, as a disclosure names it.
struct WantedForm {
    std::optional<std::string> form;    ///< an id, "sormas" or "godata"
    std::optional<std::string> split;   ///< "township": a file for each
};

/// Asks for the caller, with the fields of `how` in full, and hands the answer over in the form that `format` names, or written into the office's own.
void disclose_answer(Parts& parts, Call& call, const service::Question& question, service::Shown how, service::Handover handover, const WantedForm& wanted);

/// An answer that `write` puts into words, as JSON {"text": …} or, by format=txt, as it stands: an export, and with a handover a disclosure.
void answer_in_words(Parts& parts, Call& call, const service::Question& question, service::Shown how, std::optional<service::Handover> handover,
                     const std::function<std::string(const service::AnswerTable&)>& write);

}  // namespace chayan::api
