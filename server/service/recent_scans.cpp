// SPDX-License-Identifier: Apache-2.0
#include "service/recent_scans.hpp"

#include <algorithm>

#include "domain/flags.hpp"
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
    const auto added = scans.insert(std::upper_bound(scans.begin(), scans.end(), scan.at, is_earlier_than), scan);
    added->voided |= early_voids_.contains(scan);
    ++count_;
}

void RecentScans::remove(const ScanKey& key) {
    const auto found = scans_.find(key.registration);
    if (found == scans_.end()) return;
    count_ -= std::erase_if(found->second, [&](const Scan& scan) { return is_same(scan, key); });
    if (found->second.empty()) scans_.erase(found);
}

void RecentScans::set_voided(const ScanKey& key, bool voided) {
    auto known = find(key);
    if (voided && !known) {
        early_voids_.insert(key);
        return;
    }
    early_voids_.erase(key);
    if (!known) return;
    remove(key);
    known->voided = voided;
    add(*known);
}

bool RecentScans::is_voided(const ScanKey& key) const {
    const auto known = find(key);
    return known ? known->voided : early_voids_.contains(key);
}

std::optional<Scan> RecentScans::find(const ScanKey& key) const {
    if (const auto found = scans_.find(key.registration); found != scans_.end())
        for (auto at = std::lower_bound(found->second.begin(), found->second.end(), key.at, is_before);
             at != found->second.end() && at->at == key.at; ++at)
            if (is_same(*at, key)) return *at;
    auto indexed = index_ ? index_->find(key) : std::nullopt;
    if (indexed) indexed->voided |= early_voids_.contains(key);
    return indexed;
}

std::vector<Scan> RecentScans::scans(std::span<const domain::RegistrationId> registrations, domain::Instant from, domain::Instant to) const {
    std::vector<Scan> found, indexed;
    for (const auto registration : registrations) {
        const auto recent = scans_.find(registration);
        if (recent != scans_.end()) {
            const auto& scans = recent->second;
            std::copy(std::lower_bound(scans.begin(), scans.end(), from, is_before),
                      std::upper_bound(scans.begin(), scans.end(), to, is_earlier_than), std::back_inserter(found));
        }
        if (!index_) continue;
        // A voided scan may be in both: what is recent is newer.
        indexed.clear();
        index_->append_scans_of(registration, from, to, indexed);
        for (const auto& scan : indexed) {
            const bool is_known = std::any_of(found.begin(), found.end(), [&](const Scan& other) { return is_same(other, scan); });
            if (is_known) continue;
            found.push_back(scan);
            found.back().voided |= early_voids_.contains(scan);
        }
    }
    return found;
}

void RecentScans::set_index(std::shared_ptr<const domain::ContactIndex> index, std::size_t count_max) {
    if (index == index_) return;   // during a long rebuild nothing could be dropped, and each commit would look for it in vain
    index_ = std::move(index);
    if (index_) {
        std::erase_if(early_voids_, [&](const ScanKey& key) {
            const auto indexed = index_->find(key);
            return indexed && indexed->voided;
        });
    }
    if (index_ && count_ > count_max) forget_indexed();
}

void RecentScans::forget_indexed() {
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

namespace {

/// The last one that counts before `scan` in the person's order; null when there is none.
template <typename Fits>
const Scan* find_previous(const ScanKey& scan, const std::vector<Scan>& earlier, const domain::Sites& sites, const Fits& fits) {
    const Scan* previous = nullptr;
    for (const auto& other : earlier) {
        if (other.voided || !fits(other) || !comes_before(other, scan, sites)) continue;
        if (previous == nullptr || comes_before(*previous, other, sites)) previous = &other;
    }
    return previous;
}

}  // namespace

bool has_travelled_fast(const ScanKey& scan, const std::vector<Scan>& earlier, const domain::Sites& sites) {
    const auto* previous = find_previous(scan, earlier, sites, [](const Scan&) { return true; });
    return previous != nullptr && domain::is_impossible_travel(*previous, scan, sites);
}

bool is_burst(const ScanKey& scan, const std::vector<Scan>& earlier) {
    const auto of_minute = std::count_if(earlier.begin(), earlier.end(), [&](const Scan& other) {
        return scan.at - other.at < 60 && !is_same(other, scan);
    });
    return static_cast<std::size_t>(of_minute) >= kit::burst_count_min;
}

bool is_repeat(const ScanKey& scan, const std::vector<Scan>& earlier, const domain::Sites& sites) {
    const auto place = sites[scan.site].place;
    const auto* previous = find_previous(scan, earlier, sites, [&](const Scan& other) { return sites[other.site].place == place; });
    return previous != nullptr && previous->direction == scan.direction && scan.at - previous->at <= kit::repeat_s_max;
}

}  // namespace chayan::service
