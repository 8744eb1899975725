// SPDX-License-Identifier: Apache-2.0
// The table of a trace: contacts, and where the reasons were asked for, each episode. Called by service/answers alone.
#pragma once

#include <string>
#include <vector>

#include "service/answer_table.hpp"
#include "service/tracing.hpp"

namespace chayan::service {

/// The columns of somebody whom a row names ("person.id"), and their cells: id, name and those fields. put_person returns how many cells.
std::vector<Column> person_columns(const std::string& prefix, Shown fields);
std::size_t put_person(Row& row, const MaskedPerson& person, Shown fields);

/// Requires: `tracing` outlives the table.
AnswerTable table_of_trace(const Tracing& tracing, TraceView view, Shown how);

}  // namespace chayan::service
