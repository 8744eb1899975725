// SPDX-License-Identifier: Apache-2.0
// Who is forgotten: people of whom nothing is left but who they are. Together go all statements that are bound to each other (of one person, or of phones that persons
// share, whatever was merged or split on the way), so that nothing that stays names somebody who went. Pure; any thread.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "domain/ids.hpp"
#include "domain/time.hpp"
#include "storage/ended.hpp"
#include "storage/rows.hpp"

namespace chayan::service {

struct PeopleKept {
    domain::Instant since;                                          ///< who was registered at or after this is kept
    std::function<bool(domain::RegistrationId)> is_needed;          ///< a scan, an entry, a record, a case or a roster has this statement
    std::function<bool(domain::RegistrationId)> has_withdrawn;      ///< asked for erasure: its age keeps it no longer
};

/// Groups of statements of which none is kept, at most `most` statements together and one group at least, by their first statement. Events name those whose persons they
/// merged or split. Cost: some 100 ns a statement.
std::vector<storage::GoingPeople> people_to_go(std::span<const storage::Placement> placements, std::span<const storage::PersonEvent> events, const PeopleKept& kept,
                                               std::size_t most);

}  // namespace chayan::service
