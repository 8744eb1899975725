// SPDX-License-Identifier: Apache-2.0
// The linker: whose a new statement is, and what it says of those who are known. Candidates come by keyed blind indexes, so that the table is not opened and the cost of one
// statement does not grow with it; they are compared and weighed as `chayan link` does (domain/comparison, domain/linkage). Where more than one person is concerned, all
// statements that surely have to do with each other are grouped anew (domain/matching), so that the order in which they came decides nothing. Write thread.
#pragma once

#include <string>
#include <vector>

#include "domain/linkage.hpp"
#include "domain/registration.hpp"
#include "service/vault.hpp"
#include "service/writer.hpp"

namespace chayan::service {

/// Another statement, and what it and one at hand say of each other.
struct Likely {
    domain::PersonNo person;
    domain::RegistrationId statement;
    domain::PairDecision decision = domain::PairDecision::reject;
    storage::ReviewKind kind = storage::ReviewKind::likely;
    double weight = 0;
    std::string reasons;
};

/// Two statements; none: the new one.
struct LikelyPair {
    domain::RegistrationId one;
    Likely other;
};

/// What becomes of a new statement and, for its sake, of others.
struct Arrangement {
    std::vector<std::vector<domain::RegistrationId>> leaving;   ///< of a person who stays: each of these is a person of its own from now on
    Likely joined;                        ///< the surest of the statements that it is one person with; none: a new person
    std::vector<LikelyPair> joins;        ///< whose persons become one besides, in this order
    std::vector<LikelyPair> parted;       ///< who were one person and may be: to be asked about
    std::vector<Likely> likely;           ///< whom else the new one may be, the likeliest first: likewise
    std::vector<domain::PersonNo> persons;   ///< as they are: those that it will be one with
    std::size_t candidates = 0;           ///< statements that were compared with it
};

/// `row` has the statement's keys and holder. A statement that its phone corrected since is nobody's any more. Cost: link_opened_max statements opened, link_group_max of them grouped, at
/// most; where they do not suffice nobody else is moved, and what is in doubt is asked.
Arrangement arrange(WriteContext& context, const Vault& vault, const domain::Statement& statement, const storage::RegistrationRow& row);

/// Writes the keys by which the statement is found. Requires: it was appended.
void append_link_keys(WriteContext& context, const Vault& vault, const domain::Statement& statement, const storage::RegistrationRow& row);

/// The keys of a statement: what its name sounds like with its birth date and with its division, and birth date with division.
std::vector<storage::LinkKey> link_keys(const Vault& vault, const domain::Statement& statement);

/// The key of whose roster row says that they live in this division: whom a guard at its gate may look for. Nobody is matched by it.
storage::LinkKey home_key(const Vault& vault, domain::DivisionCode division);
/// A roster of before there were such keys gets them, once. As fill_link_keys.
void fill_home_keys(Writer& writer, const Vault& vault, storage::Connection& reader);

/// A store of before there were keys gets them, all or none, before anything is matched; some 20 µs a registration, told in the log. Blocks; any thread but the write thread.
void fill_link_keys(Writer& writer, const Vault& vault, storage::Connection& reader);

}  // namespace chayan::service
