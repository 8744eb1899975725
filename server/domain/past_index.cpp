// SPDX-License-Identifier: Apache-2.0
#include "domain/past_index.hpp"

#include <algorithm>
#include <set>

#include "domain/contact_index_state.hpp"
#include "kit/check.hpp"

namespace chayan::domain {
namespace {

/// The rules that had been made by `at`; a site's first ones hold for whatever was before them.
std::shared_ptr<const Sites> sites_at(const Sites& now, Instant at) {
    auto then = std::make_shared<Sites>();
    for (SiteId id{1}; id.value < now.size(); ++id.value) {
        if (!now.contains(id)) continue;
        auto rules = now[id];
        rules.stays.erase(std::find_if(rules.stays.begin() + 1, rules.stays.end(), [at](const StayRule& rule) { return rule.since > at; }), rules.stays.end());
        then->put(id, std::move(rules));
    }
    return then;
}

}  // namespace

std::shared_ptr<const ContactIndex> as_known_at(const ContactIndex& now, const Past& past, const RunParts& run) {
    CHECK(past.people != nullptr);
    const auto& state = *now.state_;
    const std::set<ScanKey> voided_since(past.voided_since.begin(), past.voided_since.end());
    ScanBook::Collector known;
    std::vector<Scan> own;
    for (RegistrationId registration{1}; registration.value < state.scans.registration_count(); ++registration.value) {
        own.clear();
        state.scans.append_scans_of(registration, own);
        for (auto& scan : own) {
            if (scan.at + scan.delay_s > past.at) continue;
            if (scan.voided && voided_since.contains(scan)) scan.voided = false;
            known.add(scan);
        }
    }
    return ContactIndex::build(std::move(known), past.people, sites_at(*state.sites, past.at), state.zone, run);
}

}  // namespace chayan::domain
