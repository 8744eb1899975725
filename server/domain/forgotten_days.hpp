// SPDX-License-Identifier: Apache-2.0
// The contact index without the scans of days that are forgotten. Pure; any thread.
#pragma once

#include <memory>
#include <vector>

#include "domain/contact_index.hpp"

namespace chayan::domain {

/// Cost: as ContactIndex::build, in parts for `run`.
std::shared_ptr<const ContactIndex> without_days(const ContactIndex& index, const std::vector<Interval>& days, const RunParts& run = run_in_turn);

}  // namespace chayan::domain
