// SPDX-License-Identifier: Apache-2.0
// The linker: who else a new statement may be, where no exact rule says so. Candidates come by keyed blind indexes, so that the table is not opened and the cost of one
// statement does not grow with it; they are compared and weighed as `chayan link` does (domain/comparison, domain/linkage). Write thread.
#pragma once

#include <string>
#include <vector>

#include "domain/linkage.hpp"
#include "domain/registration.hpp"
#include "service/vault.hpp"
#include "service/writer.hpp"

namespace chayan::service {

/// Somebody whom a statement may be, by the one of their statements that fits best.
struct Likely {
    domain::PersonNo person;
    domain::RegistrationId statement;
    domain::PairDecision decision = domain::PairDecision::reject;
    storage::ReviewKind kind = storage::ReviewKind::likely;
    double weight = 0;
    std::string reasons;
};

struct Likelihood {
    std::vector<Likely> persons;
    std::size_t candidates = 0;   ///< statements that were compared
};

/// Everybody whom the statement is or may be, the likeliest first; those that are rejected are not told. `row` has its keys. A statement that its phone corrected since is nobody's
/// any more. `fits_several`: an exact rule fits several persons, so that
/// nobody but a human may choose. Bounded: so many candidates of each key (link_candidates_max), each opened once.
Likelihood find_likely(WriteContext& context, const Vault& vault, const domain::Statement& statement, const storage::RegistrationRow& row, bool fits_several);

/// What is said there of birth date or sex is not what is said here (domain::contradict). False when it cannot be opened. Cost: some 20 µs.
bool contradicts(WriteContext& context, const Vault& vault, const domain::Statement& statement, domain::RegistrationId other);

/// Writes the keys by which the statement is found. Requires: it was appended.
void append_link_keys(WriteContext& context, const Vault& vault, const domain::Statement& statement, const storage::RegistrationRow& row);

/// The keys of a statement: what its name sounds like with its birth date and with its division, and birth date with division.
std::vector<storage::LinkKey> link_keys(const Vault& vault, const domain::Statement& statement);

/// A store of before there were keys gets them, all or none, before anything is matched; some 20 µs a registration, told in the log. Blocks; any thread but the write thread.
void fill_link_keys(Writer& writer, const Vault& vault, storage::Connection& reader);

}  // namespace chayan::service
