// SPDX-License-Identifier: Apache-2.0
#include "domain/visit_book.hpp"

#include <iterator>
#include <limits>

#include "kit/check.hpp"

namespace chayan::domain {

HeldVisit::HeldVisit(PersonNo person, const Visit& visit, Presence presence) : begin_(0), person_(person.value) {
    const auto length = visit.end - visit.begin;
    CHECK(visit.begin.s >= 0 && visit.begin.s <= std::numeric_limits<std::uint32_t>::max());
    CHECK(length >= 0 && length <= 24 * 3600 && visit.site.value < 1U << 24);
    begin_ = static_cast<std::uint32_t>(visit.begin.s);
    rest_ = static_cast<std::uint64_t>(visit.site.value) << 21 | static_cast<std::uint64_t>(length) << 4 |
            static_cast<std::uint64_t>(visit.ended_by) << 2 | (presence == Presence::gate ? 2U : 0U);
}

HeldVisit::HeldVisit(PersonNo person, SiteId site, Instant at)
    : HeldVisit(person, Visit{site, at, at, EndedBy::scanned}, Presence::venue) {
    rest_ |= 1;
}

VisitBook::VisitBook() : base_(make_base({})) {}

VisitBook::VisitBook(std::vector<PlacedVisit> visits) {
    // By place first, counted, so that what remains to be sorted fits the cache better.
    std::vector<std::size_t> next(1);
    for (const auto& [place, visit] : visits) {
        if (next.size() <= place.value + 1) next.resize(place.value + 2);
        ++next[place.value + 1];
    }
    for (std::size_t i = 1; i < next.size(); ++i) next[i] += next[i - 1];
    std::vector<PlacedVisit> by_place(visits.size());
    const auto first = next;
    for (const auto& placed : visits) by_place[next[placed.place.value]++] = placed;
    visits = {};
    for (std::size_t i = 0; i + 1 < first.size(); ++i) {
        std::sort(by_place.begin() + static_cast<std::ptrdiff_t>(first[i]), by_place.begin() + static_cast<std::ptrdiff_t>(first[i + 1]));
    }
    base_ = make_base(by_place);
    dead_.grow_to_hold(base_->visits.size() / 64);
}

std::shared_ptr<const VisitBook::Base> VisitBook::make_base(std::span<const PlacedVisit> sorted) {
    auto base = std::make_shared<Base>();
    base->visits.reserve(sorted.size());
    base->block_end.resize(sorted.size() / block + 1);
    for (const auto& [place, visit] : sorted) {
        const auto position = base->visits.size();
        while (base->first.size() <= place.value) base->first.push_back(position);
        base->length_max.resize(base->first.size());
        auto& length = base->length_max[place.value];
        length = std::max(length, static_cast<std::uint32_t>(visit.end_s() - visit.begin_s()));
        auto& latest = base->block_end[position / block];
        const auto end = std::min<std::int64_t>(visit.end_s(), std::numeric_limits<std::uint32_t>::max());
        latest = std::max(latest, static_cast<std::uint32_t>(end));
        base->visits.push_back(visit);
    }
    base->first.push_back(base->visits.size());
    return base;
}

std::size_t VisitBook::place_count() const { return std::max(base_->first.size() - 1, added_.size()); }

bool VisitBook::kill(const PlacedVisit& removed) {
    if (removed.place.value + 1 >= base_->first.size()) return false;
    const auto begin = base_->visits.begin() + static_cast<std::ptrdiff_t>(base_->first[removed.place.value]);
    const auto end = base_->visits.begin() + static_cast<std::ptrdiff_t>(base_->first[removed.place.value + 1]);
    for (auto found = std::lower_bound(begin, end, removed.visit); found != end && *found == removed.visit; ++found) {
        const auto position = static_cast<std::size_t>(found - base_->visits.begin());
        if (is_dead(position)) continue;
        dead_.edit(position / 64) |= std::uint64_t{1} << position % 64;
        ++dead_count_;
        return true;
    }
    return false;
}

void VisitBook::change(std::vector<PlacedVisit> removed, std::vector<PlacedVisit> added) {
    std::sort(removed.begin(), removed.end());
    std::sort(added.begin(), added.end());
    auto gone = removed.begin();
    auto come = added.begin();
    while (gone != removed.end() || come != added.end()) {
        const SiteId place = come == added.end() || (gone != removed.end() && gone->place < come->place) ? gone->place : come->place;
        std::vector<HeldVisit> out, in, kept, held;
        for (; gone != removed.end() && gone->place == place; ++gone) {
            if (!kill(*gone)) out.push_back(gone->visit);
        }
        for (; come != added.end() && come->place == place; ++come) in.push_back(come->visit);
        if (out.empty() && in.empty()) continue;
        added_.grow_to_hold(place.value);
        auto& slot = added_.edit(place.value);
        if (slot) std::set_difference(slot->begin(), slot->end(), out.begin(), out.end(), std::back_inserter(kept));
        CHECK(kept.size() + out.size() == (slot ? slot->size() : 0));
        std::merge(kept.begin(), kept.end(), in.begin(), in.end(), std::back_inserter(held));
        added_count_ = added_count_ + in.size() - out.size();
        slot = std::make_shared<const std::vector<HeldVisit>>(std::move(held));
    }
}

std::vector<PlacedVisit> VisitBook::all() const {
    std::vector<PlacedVisit> held;
    held.reserve(base_->visits.size() + added_count_ - dead_count_);
    for (std::size_t place = 0; place < place_count(); ++place) {
        const SiteId id{static_cast<std::uint32_t>(place)};
        const auto begin = static_cast<std::ptrdiff_t>(held.size());
        if (place + 1 < base_->first.size()) {
            for (auto i = base_->first[place]; i < base_->first[place + 1]; ++i) {
                if (!is_dead(i)) held.push_back({id, base_->visits[i]});
            }
        }
        const auto middle = static_cast<std::ptrdiff_t>(held.size());
        if (place < added_.size() && added_[place]) {
            for (const auto& visit : *added_[place]) held.push_back({id, visit});
        }
        std::inplace_merge(held.begin() + begin, held.begin() + middle, held.end());
    }
    return held;
}

VisitBook VisitBook::merged() const {
    VisitBook book;
    book.base_ = make_base(all());
    book.dead_.grow_to_hold(book.base_->visits.size() / 64);
    return book;
}

std::size_t VisitBook::memory_bytes() const {
    const auto bytes_of = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
    return bytes_of(base_->first) + bytes_of(base_->visits) + bytes_of(base_->block_end) + bytes_of(base_->length_max) +
           dead_.memory_bytes() + added_.memory_bytes() + added_count_ * sizeof(HeldVisit);
}

}  // namespace chayan::domain
