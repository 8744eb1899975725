// SPDX-License-Identifier: Apache-2.0
#include "service/last_scans.hpp"

#include <algorithm>

#include "kit/limits.hpp"

namespace chayan::service {

LastScan* LastScans::find(Ring& ring, const domain::ScanKey& key) {
    const auto found = std::find_if(ring.scans.begin(), ring.scans.end(), [&](const LastScan& scan) { return static_cast<const domain::ScanKey&>(scan) == key; });
    return found == ring.scans.end() ? nullptr : &*found;
}

void LastScans::note(const Facts& facts) {
    if (facts.scans.empty() && facts.voids.empty()) return;
    rings_.with([&](Rings& rings) {
        for (const auto& scan : facts.scans) {
            if (scan.source == domain::Source::import || scan.delay_s > kit::last_scans_s_max) continue;
            auto& ring = rings[scan.site.value];
            if (ring.scans.size() < kit::last_scans_max) {
                ring.scans.push_back({scan});
                continue;
            }
            ring.scans[ring.next] = {scan};
            ring.next = (ring.next + 1) % ring.scans.size();
        }
        for (const auto& key : facts.voids)
            if (auto* scan = find(rings[key.site.value], key)) scan->voided = true;
    });
}

void LastScans::note_reading(const domain::ScanKey& key, std::int16_t temperature_dc) {
    rings_.with([&](Rings& rings) {
        auto* scan = find(rings[key.site.value], key);
        if (scan == nullptr) return;
        scan->temperature_dc = temperature_dc;
        scan->is_read = true;
    });
}

std::vector<LastScan> LastScans::of(domain::SiteId site, domain::Instant since) {
    return rings_.with([&](Rings& rings) {
        std::vector<LastScan> scans;
        const auto found = rings.find(site.value);
        if (found == rings.end()) return scans;
        const auto& ring = found->second;
        for (std::size_t back = 1; back <= ring.scans.size(); ++back) {
            const auto& scan = ring.scans[(ring.next + ring.scans.size() - back) % ring.scans.size()];
            if (scan.at >= since) scans.push_back(scan);
        }
        return scans;
    });
}

}  // namespace chayan::service
