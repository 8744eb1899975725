// SPDX-License-Identifier: Apache-2.0
// The last scans of each site, in memory, so that a guard's desk may look every few seconds without a question to the store. Empty after a start: nobody needs what was before.
// note() is the write thread's, after each commit; the rest may be called from any thread.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "domain/scan.hpp"
#include "kit/guarded.hpp"
#include "service/writer.hpp"

namespace chayan::service {

/// A scan, and the temperature that counts: what staff read last, else the scan's own.
struct LastScan : domain::Scan {
    bool is_read = false;   ///< staff added the temperature
};

class LastScans {
public:
    /// Scans that were made in the last last_scans_s_max; imports are history. Some 50 ns each.
    void note(const Facts& facts);
    void note_reading(const domain::ScanKey& scan, std::int16_t temperature_dc);
    /// Of a site, at or after `since`, the newest to arrive first; at most last_scans_max.
    std::vector<LastScan> of(domain::SiteId site, domain::Instant since);

private:
    /// A ring: `next` is where the oldest lies once it is full.
    struct Ring {
        std::vector<LastScan> scans;
        std::size_t next = 0;
    };
    static LastScan* find(Ring& ring, const domain::ScanKey& key);
    using Rings = std::unordered_map<std::uint32_t, Ring>;   // by site
    kit::Guarded<Rings> rings_;
};

}  // namespace chayan::service
