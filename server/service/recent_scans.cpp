// SPDX-License-Identifier: Apache-2.0
#include "service/recent_scans.hpp"

#include <algorithm>

#include "kit/limits.hpp"

namespace chayan::service {

using domain::Scan;
using domain::ScanKey;

namespace {

bool is_same(const Scan& scan, const ScanKey& key) { return static_cast<const ScanKey&>(scan) == key; }

/// The order of one person's scans (CONTRACT 5).
bool comes_before(const ScanKey& a, const ScanKey& b, const domain::Sites& sites) {
    if (a.at != b.at) return a.at < b.at;
    if (a.direction != b.direction) return a.direction < b.direction;
    return sites[a.site].ref < sites[b.site].ref;
}

}  // namespace

void RecentScans::add(const Scan& scan) {
    scans_[scan.registration].push_back(scan);
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
        for (const auto& scan : found->second)
            if (is_same(scan, key)) return scan;
    return index_ ? index_->find(key) : std::nullopt;
}

std::vector<Scan> RecentScans::scans(const domain::People& people, domain::PersonNo person, domain::Instant from, domain::Instant to) const {
    std::vector<Scan> found;
    const auto fits = [&](const Scan& scan) { return from <= scan.at && scan.at <= to; };
    for (const auto registration : people.registrations_of(person)) {
        const auto recent = scans_.find(registration);
        if (recent != scans_.end()) std::copy_if(recent->second.begin(), recent->second.end(), std::back_inserter(found), fits);
        if (!index_) continue;
        // A voided scan may be in both: what is recent is newer.
        for (const auto& scan : index_->scans_of(registration)) {
            const bool is_newer = std::any_of(found.begin(), found.end(), [&](const Scan& other) { return is_same(other, scan); });
            if (fits(scan) && !is_newer) found.push_back(scan);
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
