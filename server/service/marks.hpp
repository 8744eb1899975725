// SPDX-License-Identifier: Apache-2.0
// Marks: how far the contacts of a case have been followed up. A mark is made of a statement, the oldest of whoever was marked, and goes where that goes: persons
// who become one have the marks of both, of which the newest counts; who is parted from somebody has none of theirs, so that nobody is taken for reached who perhaps
// never was; and whoever is themself again has their own again. Any thread with its own reader.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/people.hpp"
#include "service/vault.hpp"
#include "storage/store.hpp"

namespace chayan::service {

/// The newest mark of each person of a case who has one.
struct CaseMarks {
    std::unordered_map<domain::PersonNo, storage::LatestMark> of_person;
    std::unordered_map<domain::OperatorId, std::string> logins;

    /// Null when there is none.
    const storage::LatestMark* find(domain::PersonNo person) const;
    /// Empty for nobody.
    const std::string& login_of(domain::OperatorId id) const;
};
/// Cost: the case's marks, some 0.2 µs each.
CaseMarks marks_of(storage::Connection& reader, const domain::People& people, std::string_view case_number);

/// "to_call", "reached", "not_contact", "isolated".
const char* word_of(storage::MarkState state);
std::optional<storage::MarkState> find_mark_state(std::string_view word);
constexpr std::size_t mark_states = 4;

/// Seals what somebody wrote to the row's other columns.
void seal_note(const Vault& vault, storage::MarkRow& row, std::string_view note);
/// Nothing when the row was altered.
std::optional<std::string> open_note(const Vault& vault, const storage::MarkRow& row);

}  // namespace chayan::service
