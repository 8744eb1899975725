// SPDX-License-Identifier: Apache-2.0
// Who is watched: the ledger's entries in force and who is in isolation, by the person that each is of now. The writer compares every scan with it. Write thread only.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "domain/people.hpp"
#include "service/writer.hpp"
#include "storage/store.hpp"

namespace chayan::service {

class Watch {
public:
    struct Found {
        domain::Verdict verdict = domain::Verdict::pass;
        std::optional<Watched> by{};
    };
    /// The most severe of a person's entries at `now`, of somebody who scanned at `at`: an entry until it ends, isolation from when it was opened until somebody is released, whatever it
    /// was to last; an entry that ended and an isolation that is over, for scans of before that come late. Whoever is isolated where `is_there` holds is where they should be. Of somebody who may be the one that is looked for, with that document and another name, while a
    /// human has not said, and of whoever one person alone put into isolation: `call` at most. Cost: a bit, of who is watched a binary search; after the ledger or who is who changed, some 0.1 µs an entry first, after the ledger did also its reading (some 1 µs an
    /// entry), after such a doubt did the reading of those that are open.
    Found find(storage::Connection& connection, const domain::People& people, domain::PersonNo person, const std::function<bool(domain::SiteId)>& is_there,
               domain::Instant at, domain::Instant now);
    /// Which person an entry's statement is of may be another now.
    void people_changed() { is_placed_ = false; }
    /// What was read may have been taken back.
    void forget() {
        read_at_.reset();
        doubts_read_at_.reset();
    }

private:
    void read(storage::Connection& connection, domain::Instant now);
    void place(const domain::People& people);

    std::optional<std::pair<std::uint64_t, std::uint64_t>> read_at_;   // changes() of both books when entries_ were read
    struct Kept {
        Watched watched;
        domain::Instant from;    // of isolation: what was before is no breach of it
        domain::Instant over{};  // likewise: what was after neither; 0: it goes on
        bool is_approved = true; // by somebody else than who entered it
    };
    std::vector<Kept> entries_;
    struct Place {
        domain::PersonNo person;
        std::uint32_t entry;     // place in entries_
        bool is_sure;            // false: it may be somebody else's
        auto operator<=>(const Place&) const = default;
    };
    std::vector<Place> by_person_;   // sorted
    std::vector<bool> has_place_;    // by person: of a million who scan nearly nobody is watched, and one bit says so
    std::optional<std::uint64_t> doubts_read_at_;   // conflict_changes() when doubts_ were read
    std::vector<std::pair<domain::RegistrationId, domain::RegistrationId>> doubts_;
    bool is_placed_ = false;
};

}  // namespace chayan::service
