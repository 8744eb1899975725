// SPDX-License-Identifier: Apache-2.0
#include "town_days.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace chayan::town {
namespace {

using domain::Category;
using domain::Direction;
using domain::Instant;

constexpr std::int64_t minute = 60, hour = 3600;
constexpr std::uint64_t of_day = 21, of_walk = 22;   // streams of chance, by what they decide

/// Working hours after local midnight; the night shift's end lies in the next day.
struct Hours {
    std::int64_t from, to;
};

std::optional<Hours> hours_of(const Person& person, std::int64_t day) {
    const auto weekday = (day + 3) % 7;    // 0: Monday
    switch (person.job) {
        case Job::none: return std::nullopt;
        case Job::pupil: return weekday < 5 ? std::optional(Hours{7 * hour + 50 * minute, 16 * hour + 30 * minute}) : std::nullopt;
        case Job::school: return weekday < 5 ? std::optional(Hours{7 * hour + 30 * minute, 17 * hour}) : std::nullopt;
        case Job::office: return weekday < 5 ? std::optional(Hours{8 * hour + 30 * minute, 17 * hour + 30 * minute}) : std::nullopt;
        case Job::shop: case Job::care:
            if ((day + person.number) % 7 == 0) return std::nullopt;
            return person.shift == Shift::early ? Hours{8 * hour + 5 * minute, 13 * hour + 50 * minute} : Hours{14 * hour, 19 * hour + 30 * minute};
        case Job::enterprise: break;
    }
    if (weekday == 6) return std::nullopt;
    switch (person.shift) {
        case Shift::day: return Hours{8 * hour, 17 * hour + 30 * minute};
        case Shift::early: return Hours{6 * hour, 14 * hour};
        case Shift::late: return Hours{14 * hour, 22 * hour};
        case Shift::night: return Hours{20 * hour, 29 * hour + 30 * minute};
    }
    return std::nullopt;
}

/// One person on the way, from one place to the next; time only goes on.
class Walk {
public:
    Walk(const Layout& layout, const Household& household, Chance& chance, std::vector<Stay>& stays, Instant now)
        : layout_(layout), household_(household), chance_(chance), stays_(stays), now_(now) {}

    Instant now() const { return now_; }
    void wait(std::int64_t seconds) { now_ = now_ + seconds; }
    void wait_until(Instant moment) { now_ = std::max(now_ + 1, moment); }

    /// Through the entrance of one's home, if somebody stands there.
    void pass_entrance(Direction direction, bool is_by_car = false) {
        const auto place = layout_.entrance(household_.home);
        if (household_.is_guarded) pass(place, layout_.door(place, chance_), direction, is_by_car);
    }
    /// In a car through the traffic station: the lane out of town or the one into it.
    void pass_station(bool is_homewards) {
        pass(household_.station, layout_.places()[household_.station].first_site + (is_homewards ? 1 : 0), Direction::pass, true);
    }
    void stay(std::uint32_t place, Instant until) {
        // A place to walk through, such as a park, is left at another time than one entered it; that one is not scanned there.
        if (layout_.places()[place].is_gate) return pass(place, layout_.door(place, chance_), Direction::pass, false);
        until = std::max(until, now_ + 2 * minute);
        stays_.push_back({place, layout_.door(place, chance_), layout_.door(place, chance_), now_, until});
        now_ = until + chance_.between(1, 3) * minute;
    }
    void stay(std::uint32_t place, std::int64_t minutes) { stay(place, now_ + minutes * minute + chance_.between(0, 59)); }

private:
    void pass(std::uint32_t place, std::uint32_t site, Direction direction, bool is_by_car) {
        stays_.push_back({place, site, site, now_, now_, direction, is_by_car});
        now_ = now_ + chance_.between(120, 180);
    }
    const Layout& layout_;
    const Household& household_;
    Chance& chance_;
    std::vector<Stay>& stays_;
    Instant now_;
};

/// The car of a household on a day: who leaves by it, leaves and comes back with the others.
struct Ride {
    Instant leaves, returns;
    bool goes_shopping = false;     ///< all together, on a day off
    std::uint32_t shop = 0;
};

/// A household's day. The moments are those of its people; a car's are shared, a few seconds apart.
class HouseholdDay {
public:
    HouseholdDay(const Layout& layout, const Household& household, std::uint32_t unit, std::uint64_t seed, std::int64_t day)
        : layout_(layout), household_(household), unit_(unit), seed_(seed), day_(day), midnight_{day * day_s - local_offset_s} {
        Chance chance{seed, of_day, household.number, static_cast<std::uint64_t>(day)};
        ride_.leaves = midnight_ + 7 * hour + chance.between(0, 15) * minute;
        ride_.returns = midnight_ + 18 * hour + chance.between(0, 1'800);
        const bool is_weekend = (day + 3) % 7 >= 5;
        ride_.goes_shopping = is_weekend && household.people.size() > 1 && !household.plate.empty() && chance.percent(15);
        if (!ride_.goes_shopping) return;
        ride_.leaves = midnight_ + 14 * hour + chance.between(0, 7'200);
        ride_.shop = layout.pick(Category::shop, unit, chance);
    }

    void live(std::size_t seat, std::vector<Stay>& stays) const {
        const auto& person = household_.people[seat];
        Chance chance{seed_, of_walk, person.number, static_cast<std::uint64_t>(day_)};
        if (person.is_isolated) return isolate(stays);
        const auto hours = hours_of(person, day_);
        if (ride_.goes_shopping && !hours) return shop_together(seat, chance, stays);
        if (hours && chance.percent(96)) return work(seat, *hours, chance, stays);
        if (!hours && chance.percent(person.group == Group::elder || person.group == Group::child ? 12 : 24)) run_errand(chance, stays);
    }

private:
    Walk walk_from(Instant moment, Chance& chance, std::vector<Stay>& stays) const {
        if (!stays.empty()) moment = std::max(moment, stays.back().end + 5 * minute);   // a long day reaches into the next
        return {layout_, household_, chance, stays, moment};
    }

    /// All day at the same place; each morning's scan is made by its staff.
    void isolate(std::vector<Stay>& stays) const {
        Chance whole{seed_, of_walk, household_.number};
        const auto place = layout_.pick(Category::isolation, unit_, whole);
        const auto site = layout_.places()[place].first_site;
        const auto begin = midnight_ + 9 * hour + static_cast<std::int64_t>(household_.number) % 1'800;
        stays.push_back({place, site, site, begin, begin + day_s});
    }

    bool is_in_car(const Person& person) const {
        return !household_.plate.empty() && person.shift == Shift::day && person.job != Job::none && person.job != Job::pupil &&
               household_.number % 3 != 0;
    }

    void work(std::size_t seat, Hours hours, Chance& chance, std::vector<Stay>& stays) const {
        const auto& person = household_.people[seat];
        const auto starts = midnight_ + hours.from - chance.between(60, 720);
        const auto ends = midnight_ + hours.to + chance.between(0, 900);
        const bool by_car = is_in_car(person);
        const bool by_bus = !by_car && person.goes_by_bus;
        auto walk = walk_from(by_car ? ride_.leaves + static_cast<std::int64_t>(seat) * 7 : starts - (by_bus ? 45 : 22) * minute, chance, stays);
        walk.pass_entrance(Direction::out, by_car);
        if (by_car) {
            walk.wait_until(ride_.leaves + 6 * minute + static_cast<std::int64_t>(seat) * 7);
            walk.pass_station(false);
        }
        if (by_bus) ride_bus(walk, chance);
        walk.wait_until(starts);
        walk.stay(person.workplace, ends);
        if (by_car) {
            walk.wait_until(ride_.returns + static_cast<std::int64_t>(seat) * 7);
            walk.pass_station(true);
            walk.wait_until(ride_.returns + 6 * minute + static_cast<std::int64_t>(seat) * 7);
        } else {
            if (by_bus) ride_bus(walk, chance);
            if (hours.to < 19 * hour && person.job != Job::pupil && chance.percent(22)) {
                walk.wait(chance.between(3, 9) * minute);
                walk.stay(layout_.pick(Category::shop, unit_, chance), chance.between(8, 35));
            }
            walk.wait(chance.between(4, 12) * minute);
        }
        walk.pass_entrance(Direction::in, by_car);
    }

    void ride_bus(Walk& walk, Chance& chance) const { walk.stay(layout_.pick(Category::vehicle, unit_, chance), chance.between(8, 30)); }

    void shop_together(std::size_t seat, Chance& chance, std::vector<Stay>& stays) const {
        const auto apart = static_cast<std::int64_t>(seat) * 7;
        auto walk = walk_from(ride_.leaves + apart, chance, stays);
        walk.pass_entrance(Direction::out, true);
        walk.wait_until(ride_.leaves + 6 * minute + apart);
        walk.pass_station(false);
        walk.wait_until(ride_.leaves + 15 * minute + apart);
        walk.stay(ride_.shop, ride_.leaves + 65 * minute + apart);
        walk.wait_until(ride_.leaves + 75 * minute + apart);
        walk.pass_station(true);
        walk.wait_until(ride_.leaves + 85 * minute + apart);
        walk.pass_entrance(Direction::in, true);
    }

    void run_errand(Chance& chance, std::vector<Stay>& stays) const {
        struct Errand {
            std::uint32_t share;
            Category category;
            std::int64_t minutes_min, minutes_max;
        };
        constexpr std::array<Errand, 7> errands{{{58, Category::shop, 8, 50}, {10, Category::pharmacy, 4, 15}, {8, Category::office, 15, 60},
                                                 {5, Category::clinic, 30, 120}, {13, Category::other, 10, 60}, {4, Category::transit, 15, 40},
                                                 {2, Category::hotel, 540, 720}}};
        auto walk = walk_from(midnight_ + 9 * hour + chance.between(0, 7 * hour), chance, stays);
        walk.pass_entrance(Direction::out);
        walk.wait(chance.between(4, 20) * minute);
        if (chance.percent(12)) ride_bus(walk, chance);
        for (bool again = true; again; again = chance.percent(25)) {
            auto at = chance.below(100);
            const auto* errand = errands.data();
            while (at >= errand->share) at -= errand++->share;
            if (errand->category == Category::hotel) walk.wait_until(midnight_ + 20 * hour + chance.between(0, hour));   // for the night, home in the morning
            else if (walk.now() > midnight_ + 18 * hour) break;
            walk.stay(layout_.pick(errand->category, unit_, chance), chance.between(errand->minutes_min, errand->minutes_max));
            walk.wait(chance.between(3, 15) * minute);
        }
        walk.pass_entrance(Direction::in);
    }

    const Layout& layout_;
    const Household& household_;
    std::uint32_t unit_;
    std::uint64_t seed_;
    std::int64_t day_;
    Instant midnight_;
    Ride ride_;
};

}  // namespace

std::vector<std::vector<Stay>> Days::stays_of(const Household& household) const {
    std::vector<std::vector<Stay>> stays(household.people.size());
    const auto first = (options_.start().s + local_offset_s) / day_s;
    const auto last = (options_.end.s + local_offset_s - 1) / day_s;
    for (auto day = first - 1; day <= last; ++day) {    // a night shift may reach into the first
        const HouseholdDay today(layout_, household, grid_.homes[household.home].unit, options_.seed, day);
        for (std::size_t seat = 0; seat < stays.size(); ++seat) today.live(seat, stays[seat]);
    }
    for (auto& own : stays)
        std::erase_if(own, [&](const Stay& stay) { return stay.begin < options_.start() || stay.begin >= options_.end; });
    return stays;
}

}  // namespace chayan::town
