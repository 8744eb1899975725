// SPDX-License-Identifier: Apache-2.0
// Which records of a table are one person: candidates by blocking, weights by EM without labels, clusters that never chain past a hard
// conflict. The comparisons and weights are those by which statements are matched. Pure; one thread a call.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "domain/linkage.hpp"

namespace chayan::domain {

struct LinkedPair {
    std::uint32_t a = 0, b = 0;        ///< positions of records, a < b
    PairDecision decision = PairDecision::reject;
    Agreements agreements{};
    LinkScore score;
};

struct Linkage {
    std::vector<std::uint32_t> cluster_of;   ///< by record: the position of the first record of its cluster
    std::vector<LinkedPair> pairs;           ///< likelier than one in a thousand, by a, then b; to review one for each two clusters
    LinkModel model;
    std::uint64_t candidates = 0;            ///< pairs that were compared
    std::uint64_t too_common = 0;            ///< keys that so many records share that they tell nothing (block_max)
};

/// Records that share a key are compared when there are no more of them: a key of more tells too little for what it costs.
inline constexpr std::size_t block_max = 120;

/// Values that more records share than are compared, taken out of all of them: a switchboard, a column filled down. A document stays where those are of few names.
struct CommonValues {
    std::size_t values = 0, records = 0;
};
CommonValues drop_common(std::vector<Comparand>& records, LinkField field);

/// Told how much of the whole is done, 0 to 1.
using LinkProgress = std::function<void(double)>;

/// Deterministic: the same records give the same answer, in whatever order. Cost: some 3 µs for each candidate pair, 8 bytes for each; a record has some tens. Requires: fewer than
/// 2^32 records.
Linkage link_records(std::vector<Comparand> records, const LinkThresholds& thresholds, const LinkProgress& progress);

}  // namespace chayan::domain
