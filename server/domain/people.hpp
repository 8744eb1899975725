// SPDX-License-Identifier: Apache-2.0
// A person is a set of registrations. Kept as events (placed, merged, split) and held here as an array from registration
// to person and back. Copies share their chunks: publish a copy, go on changing the original. Pure; one thread changes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "domain/chunked_vector.hpp"
#include "domain/ids.hpp"
#include "domain/time.hpp"

namespace chayan::domain {

class People {
public:
    /// A new registration of `person` (a new or a known one; of whoever it was merged into). `holder` is the registration whose
    /// phone scans for it (its own id for whoever holds the phone). `corrected`: it is what the holder says since then, not a
    /// dependant's. Requires: registration is new; a holder is its own holder; none of the three is none; `corrected` after 1970.
    void place(RegistrationId registration, PersonNo person, RegistrationId holder, Instant corrected = {}, bool has_document = false);
    /// All registrations of `from` become `into`'s; `from` redirects to `into` from then on. Requires: both exist, differ and
    /// were not merged away.
    void merge(PersonNo from, PersonNo into);
    /// `registrations` leave their person and become `person` (a new number, or one that had been merged away).
    /// Requires: each exists; `person` is not none and has no registrations.
    void split(const std::vector<RegistrationId>& registrations, PersonNo person);

    /// None for a registration that does not exist.
    PersonNo person_of(RegistrationId registration) const;
    /// Whose phone: equal for registrations that scan from one phone. None for a registration that does not exist.
    RegistrationId holder_of(RegistrationId registration) const;
    /// All registrations that scan from the phone of `registration`, itself included; by id, ascending. Empty when unknown.
    std::vector<RegistrationId> of_one_phone(RegistrationId registration) const;
    /// It says who holds the phone: the holder's first statement or a correction of it. False: a dependant's, or unknown.
    bool is_of_holder(RegistrationId registration) const;
    /// What whoever holds that phone had said of themselves before `at`: the last correction, else the first statement. A change
    /// holds for what is later than it (CONTRACT 4), so a scan keeps its registration. Cost: the registrations of the phone.
    RegistrationId statement_before(Instant at, RegistrationId registration) const;
    /// Follows merges: the person that `person` is today; none if never seen.
    PersonNo resolve(PersonNo person) const;
    /// By id, ascending; empty for none or a merged-away person.
    const std::vector<RegistrationId>& registrations_of(PersonNo person) const;
    /// One more than the largest number seen: the size for an array by person.
    std::uint32_t person_count() const { return static_cast<std::uint32_t>(members_.size()); }
    /// How many registrations were placed.
    std::uint64_t registration_count() const { return registration_count_; }

    friend std::optional<bool> has_document(const People& people, PersonNo person);
    friend void mark_seen(People& people, RegistrationId registration);
    friend bool is_seen(const People& people, RegistrationId registration);
    friend void say_distinct(People& people, RegistrationId a, RegistrationId b, bool are_distinct);
    friend bool may_be_one(const People& people, PersonNo a, PersonNo b);
    friend void forget(People& people, const std::vector<RegistrationId>& registrations, const std::vector<PersonNo>& persons);

private:
    struct Place {
        PersonNo person;
        std::uint32_t corrected_s = 0;  // 0: no correction
        RegistrationId holder;
        RegistrationId next_of_phone;   // the registrations of one phone are a ring through their holder; none: a ring of one
    };
    struct Member {
        std::vector<RegistrationId> registrations;
        PersonNo merged_into;           // none: itself
        bool is_seen = false;
        bool has_document = false;
        bool is_split = false;          // registrations left or came back; has_document may be too much then
    };
    using Distinct = std::unordered_map<RegistrationId, std::vector<RegistrationId>>;
    Member& member(PersonNo person);

    ChunkedVector<Place> places_;           // by registration
    ChunkedVector<Member, 256> members_;    // by person
    std::uint64_t registration_count_ = 0;
    ChunkedVector<std::uint8_t> seen_;      // by registration
    std::shared_ptr<const Distinct> distinct_ = std::make_shared<Distinct>();   // few: copied when it changes
};

/// Has any statement of who `person` is today a document? Nothing when registrations were split off, or came back, on the way there: then
/// what was placed in them may be elsewhere, and each has to be asked.
std::optional<bool> has_document(const People& people, PersonNo person);

/// Staff saw the document that this statement gives.
void mark_seen(People& people, RegistrationId registration);
bool is_seen(const People& people, RegistrationId registration);

/// A human said that these two are not of one person, or takes it back.
void say_distinct(People& people, RegistrationId a, RegistrationId b, bool are_distinct = true);
/// False when a human said of any two of their statements that they are not of one person. Cost: the statements of the one with fewer.
bool may_be_one(const People& people, PersonNo a, PersonNo b);

/// As if they had never been: `registrations` are all there are of `persons`, whatever was merged or split on the way there, and of the phones they scan from. Nothing of
/// them is found any more; the numbers must not be given out again.
void forget(People& people, const std::vector<RegistrationId>& registrations, const std::vector<PersonNo>& persons);

}  // namespace chayan::domain
