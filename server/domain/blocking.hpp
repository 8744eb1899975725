// SPDX-License-Identifier: Apache-2.0
// Which records are worth comparing: those that share a key. A key is one or more fields, or parts of them, that two records of one person mostly
// agree in; the union over many keys misses hardly anybody, however a record is damaged (DOMAIN 4.2). Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "domain/comparison.hpp"

namespace chayan::domain {

struct CandidatePairs {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;   ///< a < b, ascending, each once
    std::uint64_t too_common = 0;                                 ///< keys with more than `block_max` records, which were left out
};

/// Cost: some 20 keys of 16 bytes a record and 8 bytes a pair, sorted.
CandidatePairs find_candidates(std::span<const Comparand> records, std::size_t block_max);

}  // namespace chayan::domain
