// SPDX-License-Identifier: Apache-2.0
// A daily brief as a workbook: its numbers, and the last days. Query threads.
#pragma once

#include <string>

#include "service/brief.hpp"

namespace chayan::service {

/// `sentence`: as it is pasted. `scratch`: a folder in memory. Errors: scratch_short (503).
kit::Result<std::string> brief_workbook(const BriefView& brief, const std::string& sentence, const std::string& login, domain::Instant now, const std::string& scratch, const domain::TimeZone& zone);

}  // namespace chayan::service
