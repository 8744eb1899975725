// SPDX-License-Identifier: Apache-2.0
#include "domain/scan_book.hpp"

#include <algorithm>
#include <span>
#include <tuple>

#include "kit/check.hpp"

namespace chayan::domain {
namespace {

// 8 bytes a scan; as numbers they sort by (at, direction, site):
// at 32 | direction 2 | site 24 | source 3 | voided 1 | has an extra 1 | spare 1.
using Packed = std::uint64_t;
constexpr std::int64_t at_max = (std::int64_t{1} << 32) - 1;
constexpr std::uint64_t voided_bit = 4, extra_bit = 2, key_mask = ~std::uint64_t{0x3f};

Packed pack_key(const ScanKey& key) {
    return static_cast<Packed>(key.at.s) << 32 | static_cast<Packed>(key.direction) << 30 | static_cast<Packed>(key.site.value) << 6;
}

bool has_extra(const Scan& scan) { return !scan.vehicle.is_none() || scan.delay_s != 0 || scan.temperature_dc != 0; }

bool fits(const ScanKey& key) {
    return key.at.s >= 0 && key.at.s <= at_max && key.site.value < 1U << 24 && !key.registration.is_none();
}

Packed pack(const Scan& scan) {
    return pack_key(scan) | static_cast<Packed>(scan.source) << 3 | (scan.voided ? voided_bit : 0) | (has_extra(scan) ? extra_bit : 0);
}

Scan unpack(Packed packed, RegistrationId registration) {
    Scan scan;
    scan.registration = registration;
    scan.at = {static_cast<std::int64_t>(packed >> 32)};
    scan.direction = static_cast<Direction>(packed >> 30 & 3);
    scan.site = {static_cast<std::uint32_t>(packed >> 6 & 0xffffff)};
    scan.source = static_cast<Source>(packed >> 3 & 7);
    scan.voided = (packed & voided_bit) != 0;
    return scan;
}

/// What only some scans have.
struct Extra {
    std::uint32_t position;
    std::uint32_t vehicle;
    std::int32_t delay_s;
    std::int16_t temperature_dc;
};

bool is_before(const ScanKey& a, const ScanKey& b) { return pack_key(a) < pack_key(b); }

}  // namespace

struct ScanBook::Base {
    std::vector<std::uint32_t> begin;         // by registration, and one more: where its scans begin in `packed`
    std::vector<Packed> packed;
    std::vector<Extra> extras;                // by position
    std::vector<std::uint32_t> with_vehicle;  // positions by (vehicle, at); an entry's vehicle stands in its extra

    std::span<const Packed> of(RegistrationId registration) const {
        if (registration.value + 1 >= begin.size()) return {};
        return std::span(packed).subspan(begin[registration.value], begin[registration.value + 1] - begin[registration.value]);
    }
    const Extra& extra_at(std::size_t position) const {
        const auto found = std::lower_bound(extras.begin(), extras.end(), position,
                                            [](const Extra& extra, std::size_t wanted) { return extra.position < wanted; });
        CHECK(found != extras.end() && found->position == position);
        return *found;
    }
    Scan scan_at(std::size_t position, RegistrationId registration) const {
        Scan scan = unpack(packed[position], registration);
        if ((packed[position] & extra_bit) == 0) return scan;
        const auto& extra = extra_at(position);
        scan.vehicle = {extra.vehicle};
        scan.delay_s = extra.delay_s;
        scan.temperature_dc = extra.temperature_dc;
        return scan;
    }
    /// Its position, or nothing.
    std::optional<std::size_t> find(const ScanKey& key) const {
        const auto own = of(key.registration);
        const auto found = std::lower_bound(own.begin(), own.end(), pack_key(key));
        if (found == own.end() || (*found & key_mask) != pack_key(key)) return std::nullopt;
        return begin[key.registration.value] + static_cast<std::size_t>(found - own.begin());
    }
    RegistrationId registration_at(std::size_t position) const {
        const auto after = std::upper_bound(begin.begin(), begin.end(), position);
        return {static_cast<std::uint64_t>(after - begin.begin()) - 1};
    }
};

/// Fills a base in order of registration.
class ScanBook::BaseWriter {
public:
    explicit BaseWriter(std::size_t scans) : base_(std::make_shared<Base>()) { base_->packed.reserve(scans); }

    void append(const Scan& scan) {
        while (base_->begin.size() <= scan.registration.value) base_->begin.push_back(static_cast<std::uint32_t>(base_->packed.size()));
        if (has_extra(scan)) {
            const auto position = static_cast<std::uint32_t>(base_->packed.size());
            base_->extras.push_back({position, scan.vehicle.value, scan.delay_s, scan.temperature_dc});
            if (!scan.vehicle.is_none()) vehicles_.emplace_back(scan.vehicle.value, scan.at.s, position);
        }
        base_->packed.push_back(pack(scan));
    }
    std::shared_ptr<const Base> finish() {
        base_->begin.push_back(static_cast<std::uint32_t>(base_->packed.size()));
        std::sort(vehicles_.begin(), vehicles_.end());
        base_->with_vehicle.reserve(vehicles_.size());
        for (const auto& [vehicle, at, position] : vehicles_) base_->with_vehicle.push_back(position);
        base_->begin.shrink_to_fit();
        base_->extras.shrink_to_fit();
        base_->packed.shrink_to_fit();
        return base_;
    }

private:
    std::shared_ptr<Base> base_;
    std::vector<std::tuple<std::uint32_t, std::int64_t, std::uint32_t>> vehicles_;
};

ScanBook::ScanBook() : base_(BaseWriter(0).finish()) {}

ScanBook::ScanBook(std::vector<Scan> scans) {
    CHECK(scans.size() < std::uint64_t{1} << 32);
    // By registration in the order of arrival (counting sort), then each registration by key; stable, so that the first stands.
    std::vector<std::uint32_t> begin(1);
    for (const auto& scan : scans) {
        CHECK(fits(scan));
        if (begin.size() <= scan.registration.value + 1) begin.resize(scan.registration.value + 2);
        ++begin[scan.registration.value + 1];
    }
    for (std::size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
    std::vector<std::uint32_t> order(scans.size());
    auto next = begin;
    for (std::uint32_t i = 0; i < scans.size(); ++i) order[next[scans[i].registration.value]++] = i;

    BaseWriter writer(scans.size());
    for (std::size_t r = 0; r + 1 < begin.size(); ++r) {
        const auto own = std::span(order).subspan(begin[r], begin[r + 1] - begin[r]);
        std::sort(own.begin(), own.end(), [&scans](std::uint32_t a, std::uint32_t b) {
            return std::tuple(pack_key(scans[a]), a) < std::tuple(pack_key(scans[b]), b);
        });
        for (std::size_t i = 0; i < own.size(); ++i) {
            if (i > 0 && pack_key(scans[own[i]]) == pack_key(scans[own[i - 1]])) continue;
            writer.append(scans[own[i]]);
        }
    }
    base_ = writer.finish();
    count_ = base_->packed.size();
}

const std::vector<Scan>* ScanBook::overlay_of(RegistrationId registration) const {
    return registration.value < overlay_.size() ? overlay_[registration.value].get() : nullptr;
}

std::optional<Scan> ScanBook::find(const ScanKey& key) const {
    if (!fits(key)) return std::nullopt;
    if (const auto* overlay = overlay_of(key.registration)) {
        const auto found = std::lower_bound(overlay->begin(), overlay->end(), key, is_before);
        if (found != overlay->end() && pack_key(*found) == pack_key(key)) return *found;
    }
    const auto position = base_->find(key);
    return position ? std::optional(base_->scan_at(*position, key.registration)) : std::nullopt;
}

void ScanBook::append_scans_of(RegistrationId registration, std::vector<Scan>& scans) const {
    append_scans_of(registration, Instant{0}, Instant{at_max}, scans);
}

void ScanBook::append_scans_of(RegistrationId registration, Instant from, Instant to, std::vector<Scan>& scans) const {
    if (to.s < 0 || from > to) return;
    static const std::vector<Scan> nothing;
    const auto* overlay = overlay_of(registration);
    const auto& added = overlay ? *overlay : nothing;
    auto newer = std::lower_bound(added.begin(), added.end(), from, [](const Scan& scan, Instant at) { return scan.at < at; });
    const auto end = std::upper_bound(newer, added.end(), to, [](Instant at, const Scan& scan) { return at < scan.at; });
    const auto own = base_->of(registration);
    const auto at_of = [](Packed packed) { return static_cast<std::int64_t>(packed >> 32); };
    const auto first = std::partition_point(own.begin(), own.end(), [&](Packed packed) { return at_of(packed) < from.s; });
    for (auto at = first; at != own.end() && at_of(*at) <= to.s; ++at) {
        const auto key = *at & key_mask;
        while (newer != end && pack_key(*newer) < key) scans.push_back(*newer++);
        if (newer != end && pack_key(*newer) == key) {
            scans.push_back(*newer++);
        } else {
            scans.push_back(base_->scan_at(base_->begin[registration.value] + static_cast<std::size_t>(at - own.begin()), registration));
        }
    }
    scans.insert(scans.end(), newer, end);
}

std::vector<ScanKey> ScanBook::scans_with(VehicleId vehicle, Instant from, Instant to) const {
    std::vector<ScanKey> keys;
    const auto at_of = [this](std::uint32_t position) { return static_cast<std::int64_t>(base_->packed[position] >> 32); };
    auto found = std::lower_bound(base_->with_vehicle.begin(), base_->with_vehicle.end(), 0, [&](std::uint32_t position, int) {
        return std::tuple(base_->extra_at(position).vehicle, at_of(position)) < std::tuple(vehicle.value, from.s);
    });
    for (; found != base_->with_vehicle.end() && at_of(*found) <= to.s && base_->extra_at(*found).vehicle == vehicle.value; ++found) {
        keys.push_back(unpack(base_->packed[*found], base_->registration_at(*found)));
    }
    if (vehicle.value < carried_.size() && carried_[vehicle.value]) {
        for (const auto& key : *carried_[vehicle.value]) {
            if (key.at >= from && key.at <= to) keys.push_back(key);
        }
    }
    return keys;
}

std::uint64_t ScanBook::registration_count() const { return std::max(base_->begin.size() - 1, overlay_.size()); }

void ScanBook::put_in_overlay(const Scan& scan) {
    overlay_.grow_to_hold(scan.registration.value);
    auto& held = overlay_.edit(scan.registration.value);
    std::vector<Scan> changed = held ? *held : std::vector<Scan>{};
    const auto place = std::lower_bound(changed.begin(), changed.end(), static_cast<const ScanKey&>(scan), is_before);
    if (place != changed.end() && pack_key(*place) == pack_key(scan)) {
        *place = scan;
    } else {
        changed.insert(place, scan);
        ++overlay_count_;
    }
    held = std::make_shared<const std::vector<Scan>>(std::move(changed));
}

bool ScanBook::add(const Scan& scan) {
    CHECK(fits(scan));
    if (find(scan)) return false;
    put_in_overlay(scan);
    if (!scan.vehicle.is_none()) {
        carried_.grow_to_hold(scan.vehicle.value);
        auto& held = carried_.edit(scan.vehicle.value);
        std::vector<ScanKey> changed = held ? *held : std::vector<ScanKey>{};
        changed.push_back(scan);
        held = std::make_shared<const std::vector<ScanKey>>(std::move(changed));
    }
    ++count_;
    return true;
}

bool ScanBook::set_voided(const ScanKey& key) {
    auto scan = find(key);
    if (!scan || scan->voided) return false;
    scan->voided = true;
    put_in_overlay(*scan);
    return true;
}

ScanBook ScanBook::merged() const {
    BaseWriter writer(count_);
    std::vector<Scan> own;
    for (std::uint64_t r = 0; r < registration_count(); ++r) {
        own.clear();
        append_scans_of({r}, own);
        for (const auto& scan : own) writer.append(scan);
    }
    ScanBook book;
    book.base_ = writer.finish();
    book.count_ = count_;
    return book;
}

std::size_t ScanBook::memory_bytes() const {
    const auto bytes_of = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
    return bytes_of(base_->begin) + bytes_of(base_->packed) + bytes_of(base_->extras) + bytes_of(base_->with_vehicle) +
           overlay_.memory_bytes() + carried_.memory_bytes() + overlay_count_ * (sizeof(Scan) + 3 * sizeof(void*));
}

}  // namespace chayan::domain
