// SPDX-License-Identifier: Apache-2.0
// The contact index as it was at a past moment: so that a decision can be explained later by what was known when it was taken. Pure; any thread.
#pragma once

#include <memory>
#include <vector>

#include "domain/contact_index.hpp"

namespace chayan::domain {

/// What the index of today does not say of then.
struct Past {
    Instant at;                              ///< what was received in this second was known
    std::shared_ptr<const People> people;    ///< who was thought to be who
    std::vector<ScanKey> voided_since;       ///< voided after `at`
};

/// `now` without the scans received after `past.at` and without the rules of stay since then; a site's place, hours aside, is today's. Cost: as
/// ContactIndex::build, in parts for `run`.
std::shared_ptr<const ContactIndex> as_known_at(const ContactIndex& now, const Past& past, const RunParts& run = run_in_turn);

}  // namespace chayan::domain
