// SPDX-License-Identifier: Apache-2.0
// What open cases hold: scans that a case has asked about are kept as long as it is open, so that it can be asked again. Threads that may block, with their own reader.
#pragma once

#include <string>
#include <vector>

#include "domain/time.hpp"
#include "service/vault.hpp"
#include "storage/store.hpp"

namespace chayan::service {

struct Hold {
    domain::Interval window;     ///< of a question that the case keeps
    std::string case_number;
};

/// Of the cases that are not closed and have not expired. Cost: some 5 µs for each question that they keep.
std::vector<Hold> holds_of(storage::Connection& reader, const Vault& vault, domain::Instant now);
/// The case that holds something of a day; nullptr: none.
const std::string* find_holder(const std::vector<Hold>& holds, domain::Interval day);

/// Whom the questions of those cases name, by the numbers that were told then.
std::vector<domain::PersonNo> held_people(storage::Connection& reader, const Vault& vault, domain::Instant now);

}  // namespace chayan::service
