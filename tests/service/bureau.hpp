// SPDX-License-Identifier: Apache-2.0
// A stage where people are registered, joined and parted: two shops to scan at, somebody who decides, and what may happen on any day.
// Everybody on it is invented.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "domain/worlds.hpp"
#include "service/stage.hpp"

namespace chayan::service::testing {

/// Persons as sets of registrations, whatever their numbers.
using Sets = std::set<std::set<std::uint64_t>>;
Sets sets_of(const domain::People& people);

/// What a person's trajectory is made of.
struct Trace {
    std::vector<std::tuple<std::string, bool, bool>> scans;   ///< id, repeated, voided
    std::vector<domain::Visit> visits;
    friend bool operator==(const Trace&, const Trace&) = default;
};

struct Bureau : Stage {
    Bureau();
    void restart();
    domain::StatementFields with_name(domain::StatementFields fields, const std::string& name) const;
    /// The second as every name in the first's document: a conflict.
    domain::StatementFields under_another_name(unsigned number, unsigned other) const;

    std::vector<storage::ReviewRow> rows(storage::ReviewState state = storage::ReviewState::open);
    /// Of two statements; its public id. Empty: nobody asked.
    std::string review_of(domain::RegistrationId a, domain::RegistrationId b);
    storage::ReviewState state_of(const std::string& review);
    /// The refusal; empty when it was done.
    std::string decide(const std::string& review, const char* decision);
    std::string undo(const std::string& review);
    /// The review that undoes it.
    std::string split(domain::RegistrationId one_of_them, const std::vector<domain::RegistrationId>& leaving);
    std::string correct_name(domain::RegistrationId who, const std::string& name);
    domain::RegistrationId last() const;
    bool are_one(domain::RegistrationId a, domain::RegistrationId b) { return person_of(a) == person_of(b); }
    Sets sets() { return sets_of(*directory()->people); }
    /// By registration: that of its person.
    std::map<std::uint64_t, Trace> traces();

    Caller manager = operator_of(storage::Role::manager, 7);
};

std::string public_id(const storage::Blind& review);

/// What happens in a bureau on one day or another: statements of few people with their errors, corrections, dependants, rosters, scans, decisions, splits, and
/// what takes them back.
class Days {
public:
    Days(Bureau& bureau, domain::worlds::Random& random) : bureau_(bureau), random_(random) {}
    void register_somebody();
    void scan_somebody();
    /// Nothing of it is a human's decision: statements, corrections, dependants, rosters.
    void pass_without_decisions();
    void decide_something();
    void take_something_back();
    void split_somebody();
    /// Any of these.
    void pass();

private:
    domain::StatementFields some_statement();
    domain::RegistrationId somebody();

    Bureau& bureau_;
    domain::worlds::Random& random_;
    unsigned rosters_ = 0;
};

}  // namespace chayan::service::testing
