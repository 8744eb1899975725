// SPDX-License-Identifier: Apache-2.0
#include "domain/scan_book.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>
#include <tuple>

#include "kit/check.hpp"

namespace chayan::domain {
namespace {

/// Numbers of 7 bytes, side by side.
class PackedScans {
public:
    static constexpr std::size_t bytes_each = 7;

    void reserve(std::size_t count) { bytes_.reserve(count * bytes_each + spare); }
    void shrink_to_fit() { bytes_.shrink_to_fit(); }
    void push_back(std::uint64_t value) {
        bytes_.resize(bytes_.size() + bytes_each);
        std::memcpy(bytes_.data() + size_++ * bytes_each, &value, bytes_each);
    }
    std::uint64_t operator[](std::size_t position) const {
        std::uint64_t value = 0;
        std::memcpy(&value, bytes_.data() + position * bytes_each, sizeof value);   // one byte more, which is there
        return value & ~std::uint64_t{0} >> 8;
    }
    std::size_t size() const { return size_; }
    std::size_t memory_bytes() const { return bytes_.capacity(); }

private:
    static constexpr std::size_t spare = 1;
    std::size_t size_ = 0;
    std::vector<unsigned char> bytes_ = std::vector<unsigned char>(spare);
};

// 7 bytes a scan; as numbers they sort by (at, direction, site):
// seconds since 2000 31 | direction 2 | site 19 | source 3 | has an extra 1.
using Packed = std::uint64_t;
constexpr unsigned at_bits = 31, site_bits = 19, source_bits = 3;
constexpr unsigned site_shift = source_bits + 1, direction_shift = site_shift + site_bits, at_shift = direction_shift + 2;
static_assert(at_shift + at_bits == 8 * PackedScans::bytes_each);
constexpr std::int64_t year_2000 = 946'684'800;
constexpr Packed extra_bit = 1, key_mask = ~Packed{0} << site_shift;

/// The others are few, and held in the overlay for good.
bool is_packable(const ScanKey& key) {
    return key.at.s >= year_2000 && key.at.s - year_2000 < std::int64_t{1} << at_bits && key.site.value < 1U << site_bits;
}

/// Requires: it is packable.
Packed pack_key(const ScanKey& key) {
    return static_cast<Packed>(key.at.s - year_2000) << at_shift | static_cast<Packed>(key.direction) << direction_shift |
           static_cast<Packed>(key.site.value) << site_shift;
}

bool has_extra(const Scan& scan) { return scan.voided || !scan.vehicle.is_none() || scan.delay_s != 0 || scan.temperature_dc != 0; }

bool fits(const ScanKey& key) {
    constexpr std::int64_t year_2106 = std::int64_t{1} << 32;
    return key.at.s >= 0 && key.at.s < year_2106 && key.site.value < 1U << 24 && !key.registration.is_none();
}

Packed pack(const Scan& scan) { return pack_key(scan) | static_cast<Packed>(scan.source) << 1 | (has_extra(scan) ? extra_bit : 0); }

std::int64_t at_of(Packed packed) { return year_2000 + static_cast<std::int64_t>(packed >> at_shift); }

Scan unpack(Packed packed, RegistrationId registration) {
    Scan scan;
    scan.registration = registration;
    scan.at = {at_of(packed)};
    scan.direction = static_cast<Direction>(packed >> direction_shift & 3);
    scan.site = {static_cast<std::uint32_t>(packed >> site_shift & ((1U << site_bits) - 1))};
    scan.source = static_cast<Source>(packed >> 1 & ((1U << source_bits) - 1));
    return scan;
}

/// What only some scans have.
struct Extra {
    std::uint32_t position;
    std::uint32_t vehicle;
    std::int32_t delay_s;
    std::int16_t temperature_dc;
    bool voided;
};

auto order_of(const ScanKey& key) { return std::tuple(key.at, key.direction, key.site); }
bool is_before(const ScanKey& a, const ScanKey& b) { return order_of(a) < order_of(b); }

}  // namespace

struct ScanBook::Base {
    std::vector<std::uint32_t> begin;         // by registration, and one more: where its scans begin in `packed`
    PackedScans packed;
    std::vector<Extra> extras;                // by position
    std::vector<std::uint32_t> with_vehicle;  // positions by (vehicle, at); an entry's vehicle stands in its extra

    /// Where the scans of a registration begin and end.
    std::pair<std::size_t, std::size_t> range_of(RegistrationId registration) const {
        if (registration.value + 1 >= begin.size()) return {0, 0};
        return {begin[registration.value], begin[registration.value + 1]};
    }
    /// The first of [from, to) that is not below `wanted`.
    std::size_t lower_bound(std::size_t from, std::size_t to, Packed wanted) const {
        while (from < to) {
            const auto middle = from + (to - from) / 2;
            if (packed[middle] < wanted) from = middle + 1;
            else to = middle;
        }
        return from;
    }
    const Extra& extra_at(std::size_t position) const {
        const auto found = std::lower_bound(extras.begin(), extras.end(), position,
                                            [](const Extra& extra, std::size_t wanted) { return extra.position < wanted; });
        CHECK(found != extras.end() && found->position == position);
        return *found;
    }
    Scan scan_at(std::size_t position, RegistrationId registration) const {
        const auto held = packed[position];
        Scan scan = unpack(held, registration);
        if ((held & extra_bit) == 0) return scan;
        const auto& extra = extra_at(position);
        scan.vehicle = {extra.vehicle};
        scan.delay_s = extra.delay_s;
        scan.temperature_dc = extra.temperature_dc;
        scan.voided = extra.voided;
        return scan;
    }
    /// Its position, or nothing.
    std::optional<std::size_t> find(const ScanKey& key) const {
        if (!is_packable(key)) return std::nullopt;
        const auto [from, to] = range_of(key.registration);
        const auto found = lower_bound(from, to, pack_key(key));
        if (found == to || (packed[found] & key_mask) != pack_key(key)) return std::nullopt;
        return found;
    }
    RegistrationId registration_at(std::size_t position) const {
        const auto after = std::upper_bound(begin.begin(), begin.end(), position);
        return {static_cast<std::uint64_t>(after - begin.begin()) - 1};
    }
};

/// Fills a book whose scans come in order of registration and key: those that can be packed go to its base.
class ScanBook::Filler {
public:
    explicit Filler(std::size_t scans) : base_(std::make_shared<Base>()) { base_->packed.reserve(scans); }

    void append(const Scan& scan) {
        if (!is_packable(scan)) {
            unpackable_.push_back(scan);
            return;
        }
        while (base_->begin.size() <= scan.registration.value) base_->begin.push_back(static_cast<std::uint32_t>(base_->packed.size()));
        if (has_extra(scan)) {
            const auto position = static_cast<std::uint32_t>(base_->packed.size());
            base_->extras.push_back({position, scan.vehicle.value, scan.delay_s, scan.temperature_dc, scan.voided});
            if (!scan.vehicle.is_none()) vehicles_.emplace_back(scan.vehicle.value, scan.at.s, position);
        }
        base_->packed.push_back(pack(scan));
    }
    ScanBook finish() {
        base_->begin.push_back(static_cast<std::uint32_t>(base_->packed.size()));
        std::sort(vehicles_.begin(), vehicles_.end());
        base_->with_vehicle.reserve(vehicles_.size());
        for (const auto& [vehicle, at, position] : vehicles_) base_->with_vehicle.push_back(position);
        base_->begin.shrink_to_fit();
        base_->extras.shrink_to_fit();
        base_->packed.shrink_to_fit();
        ScanBook book(base_);
        book.count_ = base_->packed.size();
        for (const auto& scan : unpackable_) book.add_for_good(scan);
        return book;
    }

private:
    std::shared_ptr<Base> base_;
    std::vector<Scan> unpackable_;
    std::vector<std::tuple<std::uint32_t, std::int64_t, std::uint32_t>> vehicles_;
};

struct ScanBook::Collector::State {
    struct Entry {
        Packed packed;
        std::uint32_t registration;
        std::uint32_t extra;   // which of the piece's extras; of those without one any
    };
    /// What was collected in one place, in the order of arrival.
    struct Piece {
        std::vector<Entry> entries;
        std::vector<Scan> extras;   // those that have one, whole
    };
    std::vector<Piece> pieces{1};   // by arrival; the last takes what comes
    std::vector<Scan> unpackable;

    std::size_t count() const {
        std::size_t count = 0;
        for (const auto& piece : pieces) count += piece.entries.size();
        return count;
    }
};

ScanBook::Collector::Collector(std::size_t expected) : state_(std::make_unique<State>()) { state_->pieces.back().entries.reserve(expected); }
ScanBook::Collector::Collector(const std::vector<Scan>& scans) : Collector() {
    for (const auto& scan : scans) add(scan);
}
ScanBook::Collector::~Collector() = default;
ScanBook::Collector::Collector(Collector&&) noexcept = default;
ScanBook::Collector& ScanBook::Collector::operator=(Collector&&) noexcept = default;

std::size_t ScanBook::Collector::count() const { return state_->count() + state_->unpackable.size(); }

void ScanBook::Collector::add(const Scan& scan) {
    auto& state = *state_;
    CHECK(fits(scan) && scan.registration.value < std::numeric_limits<std::uint32_t>::max());
    if (!is_packable(scan)) {
        state.unpackable.push_back(scan);
        return;
    }
    auto& piece = state.pieces.back();
    piece.entries.push_back({pack(scan), static_cast<std::uint32_t>(scan.registration.value), static_cast<std::uint32_t>(piece.extras.size())});
    if (has_extra(scan)) piece.extras.push_back(scan);
}

void ScanBook::Collector::append(Collector later) {
    auto& state = *state_;
    auto& more = *later.state_;
    for (auto& piece : more.pieces) state.pieces.push_back(std::move(piece));
    state.unpackable.insert(state.unpackable.end(), more.unpackable.begin(), more.unpackable.end());
}

ScanBook ScanBook::Collector::finish(const RunParts& run) {
    auto& state = *state_;
    CHECK(state.count() < std::numeric_limits<std::uint32_t>::max());
    // By registration in the order of arrival (counting sort), then each registration by key; stable, so that the first stands.
    struct Own {
        Packed packed;
        const Scan* extra;
    };
    std::vector<std::uint32_t> begin{0};   // by registration, and one more
    for (const auto& piece : state.pieces)
        for (const auto& entry : piece.entries) {
            if (begin.size() <= entry.registration + std::size_t{1}) begin.resize(entry.registration + std::size_t{2});
            ++begin[entry.registration + std::size_t{1}];
        }
    for (std::size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
    std::vector<Own> sorted(state.count());
    auto next = begin;
    for (auto& piece : state.pieces) {
        for (const auto& entry : piece.entries) sorted[next[entry.registration]++] = {entry.packed, piece.extras.data() + entry.extra};
        piece.entries = {};
    }
    next = {};

    const auto is_before = [](const Own& a, const Own& b) { return (a.packed & key_mask) < (b.packed & key_mask); };
    const auto of = [&](std::size_t r) { return std::span(sorted).subspan(begin[r], begin[r + 1] - begin[r]); };
    constexpr std::size_t parts = 16;
    const auto registrations = begin.size() - 1;
    run(parts, [&](std::size_t part) {
        for (auto r = registrations * part / parts; r < registrations * (part + 1) / parts; ++r) {
            const auto own = of(r);
            if (!std::is_sorted(own.begin(), own.end(), is_before)) std::stable_sort(own.begin(), own.end(), is_before);   // a log is in order, nearly
        }
    });
    Filler filler(sorted.size());
    for (std::size_t r = 0; r < registrations; ++r) {
        const auto own = of(r);
        for (std::size_t i = 0; i < own.size(); ++i) {
            if (i > 0 && !is_before(own[i - 1], own[i])) continue;
            const auto is_plain = (own[i].packed & extra_bit) == 0;
            filler.append(is_plain ? unpack(own[i].packed, {r}) : *own[i].extra);
        }
    }
    auto book = filler.finish();
    for (const auto& scan : state.unpackable) book.add_for_good(scan);
    return book;
}

ScanBook::ScanBook() : ScanBook(Filler(0).finish()) {}
ScanBook::ScanBook(std::shared_ptr<const Base> base) : base_(std::move(base)) {}

const std::vector<Scan>* ScanBook::overlay_of(RegistrationId registration) const {
    return registration.value < overlay_.size() ? overlay_[registration.value].get() : nullptr;
}

std::optional<Scan> ScanBook::find(const ScanKey& key) const {
    if (!fits(key)) return std::nullopt;
    if (const auto* overlay = overlay_of(key.registration)) {
        const auto found = std::lower_bound(overlay->begin(), overlay->end(), key, is_before);
        if (found != overlay->end() && order_of(*found) == order_of(key)) return *found;
    }
    const auto position = base_->find(key);
    return position ? std::optional(base_->scan_at(*position, key.registration)) : std::nullopt;
}

void ScanBook::append_scans_of(RegistrationId registration, std::vector<Scan>& scans) const {
    append_scans_of(registration, Instant{0}, Instant{std::numeric_limits<std::uint32_t>::max()}, scans);
}

void ScanBook::append_scans_of(RegistrationId registration, Instant from, Instant to, std::vector<Scan>& scans) const {
    if (to.s < 0 || from > to) return;
    static const std::vector<Scan> nothing;
    const auto* overlay = overlay_of(registration);
    const auto& added = overlay ? *overlay : nothing;
    auto newer = std::lower_bound(added.begin(), added.end(), from, [](const Scan& scan, Instant at) { return scan.at < at; });
    const auto end = std::upper_bound(newer, added.end(), to, [](Instant at, const Scan& scan) { return at < scan.at; });
    const auto [own_begin, own_end] = base_->range_of(registration);
    const auto earliest = std::clamp<std::int64_t>(from.s - year_2000, 0, (std::int64_t{1} << at_bits) - 1);
    for (auto at = base_->lower_bound(own_begin, own_end, static_cast<Packed>(earliest) << at_shift); at != own_end; ++at) {
        const auto scan = base_->scan_at(at, registration);
        if (scan.at > to) break;
        while (newer != end && is_before(*newer, scan)) scans.push_back(*newer++);
        if (newer != end && order_of(*newer) == order_of(scan)) scans.push_back(*newer++);
        else if (scan.at >= from) scans.push_back(scan);
    }
    scans.insert(scans.end(), newer, end);
}

std::vector<ScanKey> ScanBook::scans_with(VehicleId vehicle, Instant from, Instant to) const {
    std::vector<ScanKey> keys;
    const auto moment_of = [this](std::uint32_t position) { return at_of(base_->packed[position]); };
    auto found = std::lower_bound(base_->with_vehicle.begin(), base_->with_vehicle.end(), 0, [&](std::uint32_t position, int) {
        return std::tuple(base_->extra_at(position).vehicle, moment_of(position)) < std::tuple(vehicle.value, from.s);
    });
    for (; found != base_->with_vehicle.end() && moment_of(*found) <= to.s && base_->extra_at(*found).vehicle == vehicle.value; ++found) {
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
    if (place != changed.end() && order_of(*place) == order_of(scan)) {
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

void ScanBook::add_for_good(const Scan& scan) {
    if (add(scan)) ++unpackable_count_;
}

bool ScanBook::set_voided(const ScanKey& key) {
    auto scan = find(key);
    if (!scan || scan->voided) return false;
    scan->voided = true;
    put_in_overlay(*scan);
    return true;
}

ScanBook ScanBook::merged() const {
    Filler filler(count_);
    std::vector<Scan> own;
    for (std::uint64_t r = 0; r < registration_count(); ++r) {
        own.clear();
        append_scans_of({r}, own);
        for (const auto& scan : own) filler.append(scan);
    }
    return filler.finish();
}

std::size_t ScanBook::memory_bytes() const {
    const auto bytes_of = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
    return bytes_of(base_->begin) + base_->packed.memory_bytes() + bytes_of(base_->extras) + bytes_of(base_->with_vehicle) +
           overlay_.memory_bytes() + carried_.memory_bytes() + overlay_count_ * (sizeof(Scan) + 3 * sizeof(void*));
}

}  // namespace chayan::domain
