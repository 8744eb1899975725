// SPDX-License-Identifier: Apache-2.0
// Which records are worth comparing: those that share a key. A key is one or more fields, or parts of them, that two records of one person mostly
// agree in; the union over many keys misses hardly anybody, however a record is damaged (DOMAIN 4.2). Pure; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/comparison.hpp"

namespace chayan::domain {

/// Calls `take` with every key of a record: the number of its rule and the parts, UTF-8. A record without a part of a rule has no such key.
/// At most blocking_rule_count, each rule once. Cost: some microseconds.
void visit_blocking_keys(const Comparand& record, const std::function<void(std::uint8_t rule, std::string_view key)>& take);

struct CandidatePairs {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;   ///< a < b, ascending, each once
    std::uint64_t too_common = 0;                                 ///< keys with more than `block_max` records, which were left out
};
CandidatePairs find_candidates(std::span<const Comparand> records, std::size_t block_max);

}  // namespace chayan::domain
