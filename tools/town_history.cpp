// SPDX-License-Identifier: Apache-2.0
#include "town_history.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

namespace chayan::town {
namespace {

using domain::Direction;

constexpr std::uint64_t of_history = 31;    // a stream of chance
constexpr std::int64_t late_s_min = 600, late_s_max = 36 * 3600;

std::string celsius(std::int64_t tenths) {
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), "%d.%d", static_cast<int>(tenths / 10), static_cast<int>(tenths % 10));
    return text.data();
}

}  // namespace

History::History(const Options& options, const Layout& layout)
    : options_(options), layout_(layout), scans_(options.out + "/scans.csv", "ref,site,at,direction,temperature,plate"),
      visits_(options.out + "/truth/visits.csv", "ref,site,place,begin,end"),
      oddities_(options.out + "/truth/oddities.csv", "ref,site,at,direction,kind,seconds") {}

void History::note(const Made& made, const char* kind, std::int64_t seconds) {
    oddities_.row({made.ref, layout_.sites()[made.site].ref, clockwork_(made.at), domain::word_of(made.direction), kind, std::to_string(seconds)});
}

/// `made` with its true moment; what the phone makes of it is added, once or twice.
void History::make_one(const Person& person, Made made, Chance& chance) {
    made.ref = person.is_twice && chance.percent(50) ? person.second_ref() : person.ref();
    const bool is_late = chance.percent(options_.late);
    const auto delay = is_late ? chance.between(late_s_min, late_s_max) : 0;
    const auto again = made.direction != Direction::out && !made.is_by_car && chance.percent(1) ? chance.between(5, again_s_max) : 0;
    made.arrives = made.at + delay;
    made.at = made.at + person.skew_s;
    if (made.at + again >= options_.end) return;    // it is still to come
    const auto add = [&] {
        if (person.skew_s != 0) note(made, "skewed", person.skew_s);
        if (is_late) note(made, "late", delay);
        made_.push_back(made);
    };
    add();
    if (again == 0) return;
    made.at = made.at + again;
    note(made, "again", again);
    add();
}

void History::make(const Person& person, const Stay& stay, Chance& chance) {
    const auto& place = layout_.places()[stay.place];
    const auto in = place.is_gate ? stay.through : place.posting == Posting::passing ? Direction::pass : Direction::in;
    make_one(person, {stay.begin, {}, stay.enter_site, in, stay.is_by_car, {}}, chance);
    if (place.is_gate || place.posting != Posting::both || stay.end >= options_.end) return;
    Made out{stay.end, {}, stay.leave_site, Direction::out, false, person.ref()};
    if (chance.percent(options_.forgotten)) note(out, "forgotten", 0);
    else make_one(person, std::move(out), chance);
}

std::string History::temperature_at(const Made& made, Chance& chance) const {
    if (!layout_.places()[layout_.sites()[made.site].place].is_gate || !chance.percent(40)) return {};
    return celsius(chance.one_in(2'000) ? chance.between(373, 389) : chance.between(360, 371));
}

void History::write(const Household& household, const Person& person, const std::vector<Stay>& stays) {
    Chance chance{options_.seed, of_history, person.number};
    made_.clear();
    for (const auto& stay : stays) {
        const auto& sites = layout_.sites();
        const auto begin = clockwork_(stay.begin);
        visits_.row({person.ref(), sites[stay.enter_site].ref, sites[layout_.places()[stay.place].first_site].ref, begin,
                     clockwork_(std::min(stay.end, options_.end))});
        make(person, stay, chance);
    }
    std::stable_sort(made_.begin(), made_.end(), [](const Made& a, const Made& b) { return a.arrives < b.arrives; });
    for (const auto& made : made_)
        scans_.row({made.ref, layout_.sites()[made.site].ref, clockwork_(made.at), domain::word_of(made.direction), temperature_at(made, chance),
                    made.is_by_car ? std::string_view(household.plate) : std::string_view()});
}

void History::close() {
    scans_.close();
    visits_.close();
    oddities_.close();
}

}  // namespace chayan::town
