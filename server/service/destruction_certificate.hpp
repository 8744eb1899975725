// SPDX-License-Identifier: Apache-2.0
// What is left of an installation that was closed down: how much there was, signed. Values and texts; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/time.hpp"
#include "storage/census.hpp"

namespace chayan::service {

/// Counted before anything is destroyed.
struct Remains {
    std::string version, time_zone;
    domain::Instant begun;
    storage::Census census;
    std::optional<domain::Day> first_day, last_day;   ///< of the scans that were ever kept
    std::uint64_t day_keys = 0;                       ///< that are destroyed now
    std::uint64_t days_forgotten = 0, scans_forgotten = 0;   ///< before
    std::uint64_t key_files = 0;
};

/// Members of a JSON object, on one line. Kept while keys are being destroyed, so that whoever goes on after an end tells the same.
std::string count_text(const Remains& remains);

struct Certificate {
    std::string json;   ///< {"statement":{…},"public_key":"…","signature":"…"}: Ed25519 over the statement's bytes as they stand there, from { to }
    std::string page;   ///< the same for people, in both languages, with the statement's SHA-256
};
/// Signs with a key made for it, of which only the public half is left. `counts`: of count_text.
Certificate certify(const std::string& counts, domain::Instant finished);

}  // namespace chayan::service
