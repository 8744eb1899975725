// SPDX-License-Identifier: Apache-2.0
// Who is watched: the ledger's entries in force and who is in isolation, by the person that each is of now. The writer compares every scan with it. Write thread only.
#pragma once

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
    /// was to last. Whoever is isolated where `is_there` holds is where they should be. Cost: a binary search; after the ledger or who is who changed, some 0.1 µs an entry first, after the ledger
    /// did also its reading (some 1 µs an entry).
    Found find(storage::Connection& connection, const domain::People& people, domain::PersonNo person, const std::function<bool(domain::SiteId)>& is_there,
               domain::Instant at, domain::Instant now);
    /// Which person an entry's statement is of may be another now.
    void people_changed() { is_placed_ = false; }
    /// What was read may have been taken back.
    void forget() { read_at_.reset(); }

private:
    void read(storage::Connection& connection);

    std::optional<std::pair<std::uint64_t, std::uint64_t>> read_at_;   // changes() of both books when entries_ were read
    struct Kept {
        Watched watched;
        domain::Instant from;    // of isolation: what was before is no breach of it
    };
    std::vector<Kept> entries_;
    std::vector<std::pair<domain::PersonNo, std::uint32_t>> by_person_;   // sorted; place in entries_
    bool is_placed_ = false;
};

}  // namespace chayan::service
