// SPDX-License-Identifier: Apache-2.0
// Visits of a case that somebody told of, sealed as a case keeps them. A visit is a statement's, the oldest of whoever it is told of, and goes where that
// goes when persons become one or are parted. Any thread with its own reader.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/people.hpp"
#include "domain/told_visits.hpp"
#include "service/vault.hpp"
#include "storage/store.hpp"

namespace chayan::service {

/// What is sealed of one.
struct ToldOf {
    domain::RegistrationId statement;
    domain::SiteId site;
    domain::Interval span;
    std::string note;
};

void seal_visit(const Vault& vault, storage::ToldVisitRow& row, const ToldOf& told);
/// Nothing when the row was altered.
std::optional<ToldOf> open_visit(const Vault& vault, const storage::ToldVisitRow& row);

/// Those of a case that counted at `moment` (`ever_after`: that count), of the persons of `people`. Cost: some 3 µs each.
std::vector<domain::ToldVisit> told_visits_of(storage::Connection& reader, const Vault& vault, const domain::People& people, std::string_view case_number,
                                              domain::Instant moment);

}  // namespace chayan::service
