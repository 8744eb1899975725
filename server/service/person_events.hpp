// SPDX-License-Identifier: Apache-2.0
// Persons become one or part again: events that are kept, never undone but by another event. Reviews follow: what a merge answers is settled, whoever made it, and
// what a split asks again is open. Write thread.
#pragma once

#include <vector>

#include "service/writer.hpp"

namespace chayan::service {

/// All statements of `from` are `into`'s from now on. Returns the event's number. Requires: both stand for themselves and differ.
std::uint64_t merge_persons(WriteContext& context, domain::PersonNo from, domain::PersonNo into, domain::OperatorId by, const char* reason);

/// These statements leave whoever they are with and become `person`, who has none. Likewise. Each takes its own scans with it.
std::uint64_t split_person(WriteContext& context, const std::vector<domain::RegistrationId>& statements, domain::PersonNo person, domain::OperatorId by,
                           const char* reason);

/// Nobody need say any more what a merge, or another's word, has answered about these statements; what an undoing asks again is open again, but for what a human said meanwhile.
void settle_reviews(WriteContext& context, const std::vector<domain::RegistrationId>& statements);

}  // namespace chayan::service
