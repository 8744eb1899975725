// SPDX-License-Identifier: Apache-2.0
// The invented people of the benches' city. Pure; any thread.
#pragma once

#include <cstdint>

#include "domain/registration.hpp"

namespace chayan::bench {

/// What the number-th person states: a name that some hundred others share, a document and a phone of their own. Requires: below 5,000,000.
domain::Statement person(std::uint64_t number);

}  // namespace chayan::bench
