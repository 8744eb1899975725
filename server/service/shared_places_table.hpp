// SPDX-License-Identifier: Apache-2.0
// The places that cases share, as a table: persons by id alone, so that nothing is masked or told. Any thread.
#pragma once

#include "service/answer_table.hpp"
#include "service/tracing.hpp"

namespace chayan::service {

/// Requires: `tracing` outlives the table.
AnswerTable table_of_shared_places(const Tracing& tracing, SharedPlacesView view, const SharedPlacesRequest& request);

}  // namespace chayan::service
