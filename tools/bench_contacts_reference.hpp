// SPDX-License-Identifier: Apache-2.0
// What the contact index is measured against: the straightforward way to keep visits in memory and ask who met whom. Visits lie
// sorted by place and begin; a question collects every pair of visits that overlap, sorts the pairs by person, and adds them up.
// No plates, shared phones, gates, late scans, voids or changes. Immutable once made; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace chayan::bench {

struct PlainVisit {
    std::uint32_t person, place, begin, end;
};

struct PlainContact {
    std::uint32_t person, degree;
    std::int64_t total_s;            ///< union of the overlaps
    std::uint32_t first, last;       ///< of the overlaps
};

class PlainVisits {
public:
    explicit PlainVisits(std::vector<PlainVisit> visits);
    /// Everybody who met one of `index` in all of the time, longest first, then by person; from `degree` 2 on those who met the first
    /// `limit` of the degree before, from when those had been met. Only the first `limit` of each degree are returned.
    std::vector<PlainContact> contacts(const std::vector<std::uint32_t>& index, std::uint32_t degree, std::optional<std::uint32_t> limit) const;

    const std::vector<PlainVisit>& by_place() const { return by_place_; }
    /// Pairs of visits that the last question of this thread has looked at.
    static std::size_t pairs_of_last();

private:
    struct Followed {
        std::uint32_t person, from;
    };
    std::vector<PlainContact> met(const std::vector<Followed>& followed, std::uint32_t degree, const std::vector<std::uint32_t>& found) const;

    std::vector<PlainVisit> by_place_, by_person_;
    std::vector<std::size_t> first_of_place_, first_of_person_;   // and one more
    std::uint32_t length_max_ = 0;
};

}  // namespace chayan::bench
