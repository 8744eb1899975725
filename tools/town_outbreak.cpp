// SPDX-License-Identifier: Apache-2.0
#include "town_outbreak.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>

#include "town_chance.hpp"
#include "town_csv.hpp"

namespace chayan::town {
namespace {

constexpr std::uint64_t of_infection = 41;          // a stream of chance
constexpr std::int64_t latent_s = 12 * 3600;        // from being infected to infecting; short, so that three days have a second degree
constexpr std::uint32_t minutes_to_infect = 1'500;  // together, for certain; a shift of eight hours infects one in three
constexpr std::uint32_t index_households = 200;     // among these the index case is sought

/// Somebody who infects, somewhere.
struct Presence {
    std::uint32_t carrier;
    domain::Instant begin, end;
};

/// Where the carriers of one degree are, by place.
using Sources = std::unordered_map<std::uint32_t, std::vector<Presence>>;

bool is_venue(const Layout& layout, const Stay& stay) {
    const auto& place = layout.places()[stay.place];
    return !place.is_gate && place.category != domain::Category::isolation;
}

void for_everyone(const Options& options, const Grid& grid, const Layout& layout,
                  const std::function<bool(const Household&, const std::vector<std::vector<Stay>>&)>& take) {
    Households households(options, grid, layout);
    const Days days(options, layout, grid);
    while (const auto household = households.next())
        if (!take(*household, days.stays_of(*household))) return;
}

/// Who of the first households spends most time at most places in the first half of the history: somebody with something to tell.
std::optional<std::uint32_t> find_index(const Options& options, const Grid& grid, const Layout& layout) {
    std::optional<std::uint32_t> found;
    std::int64_t most = 0;
    const auto half = options.start() + options.days * day_s / 2;
    for_everyone(options, grid, layout, [&](const Household& household, const std::vector<std::vector<Stay>>& stays) {
        for (std::size_t seat = 0; seat < stays.size(); ++seat) {
            std::set<std::uint32_t> places;
            std::int64_t seconds = 0;
            for (const auto& stay : stays[seat]) {
                if (!is_venue(layout, stay) || stay.begin >= half) continue;
                places.insert(stay.place);
                seconds += stay.end - stay.begin;
            }
            const auto score = seconds * static_cast<std::int64_t>(places.size());
            if (score <= most) continue;
            most = score;
            found = household.people[seat].number;
        }
        return household.number + 1 < index_households;
    });
    return found;
}

/// The first infection of `person` by somebody who was at the same places.
std::optional<Infection> meet(const Options& options, const Layout& layout, std::uint32_t person, const std::vector<Stay>& stays, const Sources& sources) {
    std::optional<Infection> first;
    for (const auto& stay : stays) {
        const auto here = sources.find(stay.place);
        if (here == sources.end() || !is_venue(layout, stay)) continue;
        for (const auto& other : here->second) {
            const auto begin = std::max(stay.begin, other.begin);
            const auto together = std::min({stay.end, other.end, options.end}) - begin;
            Chance chance{options.seed, of_infection, person, other.carrier, static_cast<std::uint64_t>(begin.s)};
            if (together <= 0 || chance.below(minutes_to_infect) >= static_cast<std::uint64_t>(together) / 60) continue;
            const auto at = begin + chance.between(0, together - 1);
            if (!first || at < first->at) first = Infection{person, other.carrier, at, stay.place, 0};
        }
    }
    return first;
}

/// By place those infected there who drew the lowest numbers: at one office alone there may be thousands.
using Drawn = std::map<std::uint32_t, std::map<std::uint64_t, Infection>>;

/// One of each place in turn, until there are `count_max`; by moment.
std::vector<Infection> choose(const Drawn& drawn, std::size_t count_max) {
    std::vector<Infection> chosen;
    for (std::size_t turn = 0, before = count_max; chosen.size() != before; ++turn) {
        before = chosen.size();
        for (const auto& [place, here] : drawn)
            if (turn < here.size() && chosen.size() < count_max) chosen.push_back(std::next(here.begin(), static_cast<std::ptrdiff_t>(turn))->second);
    }
    std::sort(chosen.begin(), chosen.end(), [](const Infection& a, const Infection& b) { return std::tie(a.at, a.person) < std::tie(b.at, b.person); });
    return chosen;
}

/// Those whom the sources infect, at most `count_max` of them, at as many places as there are; apart from `spared`.
std::vector<Infection> spread(const Options& options, const Grid& grid, const Layout& layout, const Sources& sources,
                              const std::map<std::uint32_t, domain::Instant>& spared, std::size_t count_max) {
    Drawn drawn;
    for_everyone(options, grid, layout, [&](const Household& household, const std::vector<std::vector<Stay>>& stays) {
        for (std::size_t seat = 0; seat < stays.size(); ++seat) {
            const auto person = household.people[seat].number;
            const auto infection = spared.contains(person) ? std::nullopt : meet(options, layout, person, stays[seat], sources);
            if (!infection) continue;
            auto& here = drawn[infection->place];
            here.emplace(Chance{options.seed, of_infection, person}.next(), *infection);
            if (here.size() > count_max) here.erase(std::prev(here.end()));
        }
        return true;
    });
    return choose(drawn, count_max);
}

/// Where those are who infect from the given moment on.
Sources sources_of(const Options& options, const Grid& grid, const Layout& layout, const std::map<std::uint32_t, domain::Instant>& since) {
    Sources sources;
    const auto last = since.empty() ? 0 : since.rbegin()->first;
    for_everyone(options, grid, layout, [&](const Household& household, const std::vector<std::vector<Stay>>& stays) {
        for (std::size_t seat = 0; seat < stays.size(); ++seat) {
            const auto carrier = since.find(household.people[seat].number);
            if (carrier == since.end()) continue;
            for (const auto& stay : stays[seat])
                if (stay.end > carrier->second) sources[stay.place].push_back({carrier->first, std::max(stay.begin, carrier->second), stay.end});
        }
        return household.people.back().number < last;
    });
    return sources;
}

}  // namespace

std::vector<Infection> infect(const Options& options, const Grid& grid, const Layout& layout) {
    const auto index = options.outbreak == 0 ? std::nullopt : find_index(options, grid, layout);
    if (!index) return {};
    std::vector<Infection> infections{{*index, *index, options.start(), 0, 0}};
    std::map<std::uint32_t, domain::Instant> spared{{*index, options.start()}};
    auto carriers = spared;
    for (int degree = 1; degree <= 2; ++degree) {
        const auto left = options.outbreak - infections.size();
        const auto count_max = degree == 1 ? (left + 2) / 3 : left;     // a third meets the index case, the others whom it infected
        const auto found = spread(options, grid, layout, sources_of(options, grid, layout, carriers), spared, count_max);
        carriers.clear();
        for (auto infection : found) {
            infection.degree = degree;
            infections.push_back(infection);
            spared.emplace(infection.person, infection.at);
            carriers.emplace(infection.person, infection.at + latent_s);
        }
    }
    return infections;
}

void write_infections(const std::string& path, const std::vector<Infection>& infections, const Layout& layout) {
    CsvFile file(path, "ref,infected_by,at,place,degree");
    const auto ref_of = [](std::uint32_t number) {
        Person person;
        person.number = number;
        return person.ref();
    };
    for (const auto& infection : infections) {
        const bool is_index = infection.degree == 0;
        file.row({ref_of(infection.person), is_index ? "" : ref_of(infection.by), domain::format_rfc3339(infection.at),
                  is_index ? std::string_view() : std::string_view(layout.sites()[layout.places()[infection.place].first_site].ref),
                  std::to_string(infection.degree)});
    }
    file.close();
}

}  // namespace chayan::town
