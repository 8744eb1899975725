// SPDX-License-Identifier: Apache-2.0
// What questions about who is who, and their answers, do to persons. Who may answer is Reviews' matter. Write thread.
#pragma once

#include <set>
#include <vector>

#include "kit/result.hpp"
#include "service/linker.hpp"

namespace chayan::service {

/// After `statement` was placed: asks whether it is of these persons too, the likeliest first (link_reviews_max). Returns how many questions it asked.
std::size_t ask_about(WriteContext& context, const Vault& vault, domain::RegistrationId statement, const std::vector<Likely>& likely);

/// Both persons become one, since the rules found these two statements to be of one person: told as a review in state `same` of nobody's, which undoing takes back as it does a human's.
/// Nothing where a human says otherwise.
void join_by_rules(WriteContext& context, const Vault& vault, domain::RegistrationId one, const Likely& other);

/// An open one about two statements, by an id that is the same however often it is asked. Not kept yet.
storage::ReviewRow new_review(const Vault& vault, domain::RegistrationId a, domain::RegistrationId b, domain::Instant at);

/// Two documents that both were given: no rule would ever make one person of them.
bool give_two_documents(WriteContext& context, const storage::ReviewRow& row);

/// Both persons become one, the older staying: ids that were handed on go on naming it. Notes the event in the row. Error review_contradicts (409).
kit::Status make_one(WriteContext& context, storage::ReviewRow& row, domain::OperatorId by, const char* reason);

/// What takes that merge back: whatever it had brought, and whoever came to them since. Nothing when other ties hold both together, or they parted in another way. Reads all
/// events of persons: decisions are seldom taken back.
void part_again(WriteContext& context, const storage::ReviewRow& row, const storage::PersonEvent& merge, domain::OperatorId by);

/// Says that those who leave are not those who stay, by two of them of whom nobody was asked yet; else what was said of the first two is replaced. Not kept yet.
storage::ReviewRow split_review(WriteContext& context, const Vault& vault, const std::vector<domain::RegistrationId>& all,
                                const std::set<domain::RegistrationId>& leaving);

/// Without this review nobody says that they are two.
bool is_said_here_alone(const domain::People& people, const storage::ReviewRow& row);

}  // namespace chayan::service
