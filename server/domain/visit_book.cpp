// SPDX-License-Identifier: Apache-2.0
#include "domain/visit_book.hpp"

#include <iterator>
#include <limits>

#include "kit/check.hpp"

namespace chayan::domain {

HeldVisit held(PersonNo person, const Visit& visit, Presence presence) {
    const auto length = visit.end - visit.begin;
    CHECK(visit.begin.s >= 0 && visit.begin.s <= std::numeric_limits<std::uint32_t>::max());
    CHECK(length >= 0 && length <= 24 * 3600);
    return {static_cast<std::uint32_t>(visit.begin.s), person, static_cast<std::uint32_t>(length), visit.site, presence == Presence::gate, false};
}

HeldVisit held_repeat(PersonNo person, SiteId site, Instant at) {
    auto mark = held(person, {site, at, at, EndedBy::scanned}, Presence::venue);
    mark.is_repeat = true;
    return mark;
}

std::optional<VisitBook::Packed> VisitBook::Base::pack(SiteId place, const HeldVisit& visit) const {
    if (place.value >= place_count() || visit.person.value >> 24 != 0) return std::nullopt;
    const auto first = doors.begin() + first_door[place.value];
    const auto last = doors.begin() + first_door[place.value + 1];
    const auto door = std::lower_bound(first, last, visit.site);
    if (door == last || *door != visit.site || static_cast<std::size_t>(door - first) >= doors_max) return std::nullopt;
    return Packed{visit.begin_s % day_s} << begin_shift | Packed{visit.person.value} << person_shift | Packed{visit.length_s} << length_shift |
           static_cast<Packed>(door - first) << door_shift | (visit.is_at_gate ? 2U : 0U) | (visit.is_repeat ? 1U : 0U);
}

VisitBook::Filler::Filler(const Sites& sites, std::size_t visits) : base_(std::make_shared<Base>()) {
    auto& base = *base_;
    base.length_max.resize(sites.size());
    base.first_door.resize(sites.size() + 1);
    for (std::uint32_t id = 1; id < sites.size(); ++id)
        if (sites.contains({id})) ++base.first_door[sites[{id}].place.value + 1];
    for (std::size_t place = 1; place < base.first_door.size(); ++place) base.first_door[place] += base.first_door[place - 1];
    base.doors.resize(base.first_door.back());
    auto next = base.first_door;
    for (std::uint32_t id = 1; id < sites.size(); ++id)
        if (sites.contains({id})) base.doors[next[sites[{id}].place.value]++] = {id};
    entries_.reserve(visits);
}

void VisitBook::Filler::append(SiteId place, const HeldVisit& visit) {
    if (const auto packed = base_->pack(place, visit)) entries_.push_back({place.value, visit.begin_s / day_s, *packed});
    else unpackable_.push_back({place, visit});
}

void VisitBook::Filler::append(std::vector<Filler> others) {
    auto count = entries_.size();
    for (const auto& other : others) count += other.entries_.size();
    entries_.reserve(count);
    for (auto& other : others) {
        entries_.insert(entries_.end(), other.entries_.begin(), other.entries_.end());
        other.entries_ = {};
        unpackable_.insert(unpackable_.end(), other.unpackable_.begin(), other.unpackable_.end());
    }
}

void VisitBook::Filler::note_ends() {
    auto& base = *base_;
    base.block_end.resize(base.visits.size() / block + 1);
    for (std::uint32_t place = 0; place < base.place_count(); ++place)
        for (auto s = base.first_segment[place]; s < base.first_segment[place + 1]; ++s)
            for (auto i = base.segments[s].first; i < base.segments[s + 1].first; ++i) {
                const auto visit = base.unpack(base.visits[i], base.segments[s].day * day_s, {place});
                const auto end = std::min<std::int64_t>(visit.end_s(), std::numeric_limits<std::uint32_t>::max());
                base.block_end[i / block] = std::max(base.block_end[i / block], static_cast<std::uint32_t>(end));
                base.length_max[place] = std::max(base.length_max[place], visit.length_s);
            }
}

VisitBook VisitBook::Filler::finish(const RunParts& run) {
    auto& base = *base_;
    CHECK(entries_.size() < std::numeric_limits<std::uint32_t>::max());
    // Counted by place and day, so that each visit goes to its segment at once and only a segment remains to be sorted.
    std::vector<std::uint32_t> number_of_day(std::numeric_limits<std::uint32_t>::max() / day_s + 2);
    for (const auto& entry : entries_) number_of_day[entry.day] = 1;
    std::vector<std::uint32_t> days;
    for (std::uint32_t day = 0; day < number_of_day.size(); ++day)
        if (number_of_day[day] != 0) number_of_day[day] = static_cast<std::uint32_t>(days.size()), days.push_back(day);
    const auto slot_of = [&](const Entry& entry) { return std::size_t{entry.place} * days.size() + number_of_day[entry.day]; };
    std::vector<std::uint32_t> next(base.place_count() * days.size() + 1);
    for (const auto& entry : entries_) ++next[slot_of(entry) + 1];
    for (std::size_t i = 1; i < next.size(); ++i) next[i] += next[i - 1];
    for (std::size_t place = 0; place < base.place_count(); ++place) {
        base.first_segment.push_back(static_cast<std::uint32_t>(base.segments.size()));
        for (std::size_t day = 0; day < days.size(); ++day) {
            const auto slot = place * days.size() + day;
            if (next[slot] != next[slot + 1]) base.segments.push_back({days[day], next[slot]});
        }
    }
    base.first_segment.push_back(static_cast<std::uint32_t>(base.segments.size()));
    base.segments.push_back({std::numeric_limits<std::uint32_t>::max(), static_cast<std::uint32_t>(entries_.size())});
    base.visits.resize(entries_.size());
    for (const auto& entry : entries_) base.visits[next[slot_of(entry)]++] = entry.packed;
    entries_ = {};
    constexpr std::size_t parts = 16;   // a busy place has a segment for each day
    run(parts, [&](std::size_t part) {
        for (auto s = part; s + 1 < base.segments.size(); s += parts)
            std::sort(base.visits.begin() + base.segments[s].first, base.visits.begin() + base.segments[s + 1].first);
    });
    note_ends();
    VisitBook book;
    book.base_ = base_;
    book.dead_.grow_to_hold(base.visits.size() / 64);
    book.unpackable_count_ = unpackable_.size();
    book.change({}, std::move(unpackable_));
    return book;
}

VisitBook::VisitBook() {
    auto base = std::make_shared<Base>();
    base->first_segment = base->first_door = {0};
    base->segments = {{std::numeric_limits<std::uint32_t>::max(), 0}};
    base_ = std::move(base);
}

std::size_t VisitBook::place_count() const { return std::max(base_->place_count(), added_.size()); }

bool VisitBook::kill(const PlacedVisit& removed) {
    const auto packed = base_->pack(removed.place, removed.visit);
    if (!packed) return false;
    const auto last = base_->segments.begin() + base_->first_segment[removed.place.value + 1];
    const auto day = removed.visit.begin_s / day_s;
    const auto segment = std::lower_bound(base_->segments.begin() + base_->first_segment[removed.place.value], last, day,
                                          [](const Segment& one, std::uint32_t wanted) { return one.day < wanted; });
    if (segment == last || segment->day != day) return false;
    const auto end = base_->visits.begin() + (segment + 1)->first;
    for (auto found = std::lower_bound(base_->visits.begin() + segment->first, end, *packed); found != end && *found == *packed; ++found) {
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
        std::vector<HeldVisit> out, in, kept, now;
        for (; gone != removed.end() && gone->place == place; ++gone) {
            if (!kill(*gone)) out.push_back(gone->visit);
        }
        for (; come != added.end() && come->place == place; ++come) in.push_back(come->visit);
        if (out.empty() && in.empty()) continue;
        added_.grow_to_hold(place.value);
        auto& slot = added_.edit(place.value);
        if (slot) std::set_difference(slot->begin(), slot->end(), out.begin(), out.end(), std::back_inserter(kept));
        CHECK(kept.size() + out.size() == (slot ? slot->size() : 0));
        std::merge(kept.begin(), kept.end(), in.begin(), in.end(), std::back_inserter(now));
        added_count_ = added_count_ + in.size() - out.size();
        slot = std::make_shared<const std::vector<HeldVisit>>(std::move(now));
    }
}

std::vector<PlacedVisit> VisitBook::all() const {
    std::vector<PlacedVisit> every;
    every.reserve(base_->visits.size() + added_count_ - dead_count_);
    for (std::uint32_t place = 0; place < place_count(); ++place) {
        const auto begin = static_cast<std::ptrdiff_t>(every.size());
        for_each_in_base({place}, [&](const HeldVisit& visit) { every.push_back({{place}, visit}); });
        const auto middle = static_cast<std::ptrdiff_t>(every.size());
        if (place < added_.size() && added_[place]) {
            for (const auto& visit : *added_[place]) every.push_back({{place}, visit});
        }
        std::inplace_merge(every.begin() + begin, every.begin() + middle, every.end());
    }
    return every;
}

VisitBook VisitBook::merged(const Sites& sites) const {
    Filler filler(sites, base_->visits.size() + added_count_ - dead_count_);
    for (std::uint32_t place = 0; place < place_count(); ++place) {
        for_each_in_base({place}, [&](const HeldVisit& visit) { filler.append({place}, visit); });
        if (place >= added_.size() || !added_[place]) continue;
        for (const auto& visit : *added_[place]) filler.append({place}, visit);
    }
    return filler.finish();
}

std::size_t VisitBook::memory_bytes() const {
    const auto bytes_of = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
    return bytes_of(base_->first_segment) + bytes_of(base_->segments) + bytes_of(base_->visits) + bytes_of(base_->block_end) +
           bytes_of(base_->length_max) + bytes_of(base_->first_door) + bytes_of(base_->doors) + dead_.memory_bytes() + added_.memory_bytes() +
           added_count_ * sizeof(HeldVisit);
}

}  // namespace chayan::domain
