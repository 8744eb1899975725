// SPDX-License-Identifier: Apache-2.0
// A tracer's questions as values, and their answers as tables: one place that says which columns an answer has, for all its forms.
// Query and desk threads, each with its own reader; blocks as Tracing does.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "service/answer_table.hpp"
#include "service/desk.hpp"
#include "service/tracing.hpp"

namespace chayan::service {

using Question = std::variant<SearchRequest, PassagesQuestion, TrajectoryQuestion, TraceRequest, SharedPlacesRequest>;

struct AnswerSum;

const std::string& case_of(const Question& question);

/// Asks, and makes a table of what comes back. Errors: Tracing's. The fields of `how` are told in full, also where a row
/// otherwise only names a person; whether that may be is the caller's to decide and to write down. `sum`, where it is given, is told what the answer comes to; of a search nothing. Requires: `tracing` outlives the table.
kit::Result<AnswerTable> ask(Tracing& tracing, const Caller& caller, storage::Connection& reader, const Question& question, Shown how = Shown::masked,
                             AnswerSum* sum = nullptr);

/// What `part` may name of its answer.
std::vector<std::string_view> parts_of(const Question& question);

AnswerTable table_of_cases(std::vector<CaseView> cases);

}  // namespace chayan::service
