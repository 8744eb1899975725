// SPDX-License-Identifier: Apache-2.0
// One statement of who somebody is, masked, as those who decide about it see it. Any thread with its own reader.
#pragma once

#include <string>
#include <utility>

#include "domain/people.hpp"
#include "service/vault.hpp"
#include "storage/store.hpp"

namespace chayan::service {

/// The birth date is told by its year.
struct StatementView {
    std::string id, person;                      ///< public
    const char* source = "";                     ///< phone, guard, roster
    domain::Instant at;
    bool seen = false;                           ///< staff have seen its document
    bool corrected = false;                      ///< its phone says something else by now
    std::string name, document_type, document_number, phone, birth_year, sex, division;
    std::string link_to, link_reason;            ///< public id of the statement that it was joined to, and why; empty: to nobody
};
/// Two statements side by side, as those who say whether they are one person see them: masked, but for the characters of the names and the few digits in which
/// they differ, for these are what is asked about. Never a whole name, nor numbers that have nothing in common.
std::pair<StatementView, StatementView> view_pair(storage::Connection& reader, const Vault& vault, const domain::People& people, domain::RegistrationId one,
                                                  domain::RegistrationId other);

/// What is missing or cannot be opened is left empty.
StatementView view_statement(storage::Connection& reader, const Vault& vault, const domain::People& people, domain::RegistrationId one);

}  // namespace chayan::service
