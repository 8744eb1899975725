// SPDX-License-Identifier: Apache-2.0
// How answers tell of the days of scans that are forgotten or held.
#pragma once

#include "api/json.hpp"
#include "service/retention_view.hpp"

namespace chayan::api {

/// Members of an object: clock_ahead_s, held, next_days.
void write_forgetting(JsonText& text, const service::RetentionDays& days);

}  // namespace chayan::api
