// SPDX-License-Identifier: Apache-2.0
#include "service/recent_scans.hpp"

#include <algorithm>

#include "kit/limits.hpp"

namespace chayan::service {

using domain::Scan;
using domain::ScanKey;

namespace {

bool is_same(const Scan& scan, const ScanKey& key) { return static_cast<const ScanKey&>(scan) == key; }

bool is_earlier_than(domain::Instant at, const Scan& scan) { return at < scan.at; }
bool is_before(const Scan& scan, domain::Instant at) { return scan.at < at; }

/// The order of one person's scans (CONTRACT 5).
bool comes_before(const ScanKey& a, const ScanKey& b, const domain::Sites& sites) {
    if (a.at != b.at) return a.at < b.at;
    if (a.direction != b.direction) return a.direction < b.direction;
    return sites[a.site].ref < sites[b.site].ref;
}

}  // namespace

void RecentScans::add(const Scan& scan) {
    auto& scans = scans_[scan.registration];
    // Sorted by time: scans mostly come in order, so this is nearly always the end.
    scans.insert(std::upper_bound(scans.begin(), scans.end(), scan.at, is_earlier_than), scan);
    ++count_;
}

void RecentScans::remove(const ScanKey& key) {
    const auto found = scans_.find(key.registration);
    if (found == scans_.end()) return;
    count_ -= std::erase_if(found->second, [&](const Scan& scan) { return is_same(scan, key); });
    if (found->second.empty()) scans_.erase(found);
}

void RecentScans::void_scan(const ScanKey& key) {
    auto known = find(key);
    CHECK(known);
    remove(key);
    known->voided = true;
    add(*known);
}

std::optional<Scan> RecentScans::find(const ScanKey& key) const {
    if (const auto found = scans_.find(key.registration); found != scans_.end())
        for (auto at = std::lower_bound(found->second.begin(), found->second.end(), key.at, is_before);
             at != found->second.end() && at->at == key.at; ++at)
            if (is_same(*at, key)) return *at;
    return index_ ? index_->find(key) : std::nullopt;
}

std::vector<Scan> RecentScans::scans(const domain::People& people, domain::PersonNo person, domain::Instant from, domain::Instant to) const {
    std::vector<Scan> found;
    const auto fits = [&](const Scan& scan) { return from <= scan.at && scan.at <= to; };
    for (const auto registration : people.registrations_of(person)) {
        const auto recent = scans_.find(registration);
        if (recent != scans_.end()) {
            const auto& scans = recent->second;
            std::copy(std::lower_bound(scans.begin(), scans.end(), from, is_before),
                      std::upper_bound(scans.begin(), scans.end(), to, is_earlier_than), std::back_inserter(found));
        }
        if (!index_) continue;
        // A voided scan may be in both: what is recent is newer.
        for (const auto& scan : index_->scans_of(registration)) {
            if (!fits(scan)) continue;
            const bool is_known = std::any_of(found.begin(), found.end(), [&](const Scan& other) { return is_same(other, scan); });
            if (!is_known) found.push_back(scan);
        }
    }
    return found;
}

void RecentScans::forget_indexed() {
    if (!index_) return;
    count_ = 0;
    for (auto at = scans_.begin(); at != scans_.end();) {
        std::erase_if(at->second, [&](const Scan& scan) {
            const auto indexed = index_->find(scan);
            return indexed && indexed->voided == scan.voided;
        });
        count_ += at->second.size();
        at = at->second.empty() ? scans_.erase(at) : std::next(at);
    }
}

bool is_repeat(const ScanKey& scan, const std::vector<Scan>& earlier, const domain::Sites& sites) {
    const Scan* previous = nullptr;
    for (const auto& other : earlier) {
        const bool counts = !other.voided && sites[other.site].place == sites[scan.site].place && comes_before(other, scan, sites);
        if (counts && (previous == nullptr || comes_before(*previous, other, sites))) previous = &other;
    }
    return previous != nullptr && previous->direction == scan.direction && scan.at - previous->at <= kit::repeat_s_max;
}

}  // namespace chayan::service
