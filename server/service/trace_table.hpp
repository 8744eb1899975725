// SPDX-License-Identifier: Apache-2.0
// The table of a trace: contacts, and where the reasons were asked for, each episode. Called by service/answers alone.
#pragma once

#include <string>
#include <vector>

#include "service/answer_table.hpp"
#include "service/tracing.hpp"

namespace chayan::service {

/// The columns of somebody whom a row names, and their cells; returns the number of cells. `in_full` is null when masked.
std::vector<Column> person_columns(Shown how);
std::size_t put_person(Row& row, const std::string& id, const std::string& name, const MaskedPerson* in_full);

/// Requires: `tracing` outlives the table.
AnswerTable table_of_trace(const Tracing& tracing, TraceView view, const TraceRequest& request, Shown how);

}  // namespace chayan::service
