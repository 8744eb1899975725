// SPDX-License-Identifier: Apache-2.0
#include "domain/forgotten_days.hpp"

#include <algorithm>

#include "domain/contact_index_state.hpp"

namespace chayan::domain {

std::shared_ptr<const ContactIndex> without_days(const ContactIndex& index, const std::vector<Interval>& days, const RunParts& run) {
    const auto& state = *index.state_;
    const auto is_forgotten = [&days](const Scan& scan) {
        return std::any_of(days.begin(), days.end(), [&scan](const Interval& day) { return day.from <= scan.at && scan.at < day.to; });
    };
    ScanBook::Collector kept(index.scan_count());
    std::vector<Scan> own;
    for (RegistrationId registration{1}; registration.value < state.scans.registration_count(); ++registration.value) {
        own.clear();
        state.scans.append_scans_of(registration, own);
        for (const auto& scan : own)
            if (!is_forgotten(scan)) kept.add(scan);
    }
    return ContactIndex::build(std::move(kept), state.people, state.sites, state.zone, run);
}

}  // namespace chayan::domain
