// SPDX-License-Identifier: Apache-2.0
#include "domain/worlds.hpp"

#include <algorithm>
#include <sstream>
#include <tuple>

namespace chayan::domain::worlds {

SiteId add_site(Sites& sites, const std::string& ref, Presence presence, std::int32_t dwell_s, SiteId place) {
    const SiteId id{std::max<std::uint32_t>(1, static_cast<std::uint32_t>(sites.size()))};
    SiteRules rules;
    rules.ref = ref;
    rules.place = place.is_none() ? id : place;
    rules.category = presence == Presence::gate ? Category::community : Category::shop;
    rules.stays = {StayRule{{}, presence, dwell_s, -1, -1}};
    rules.division = *parse_division_code(id.value % 2 == 0 ? "130682100" : "130682101200");   // the two doors of a place in two
    sites.put(id, rules);
    return id;
}

Scan scan(std::uint64_t registration, SiteId site, std::int64_t after_start_s, Direction direction) {
    Scan made;
    made.registration = {registration};
    made.site = site;
    made.at = start + after_start_s;
    made.direction = direction;
    return made;
}

Town make_town(std::uint32_t persons) {
    Town town;
    auto& sites = town.world.sites;
    town.door = add_site(sites, "S-2", Presence::venue, 1800);
    town.back_door = add_site(sites, "S-1", Presence::venue, 600, town.door);  // the ref sorts before its elder's
    town.office = add_site(sites, "O", Presence::venue, 3600);
    town.gate = add_site(sites, "G-1", Presence::gate, 300);
    town.lane = add_site(sites, "G-2", Presence::gate, 120, town.gate);
    for (std::uint32_t i = 1; i <= persons; ++i) town.world.people.place({i}, {i}, {i});
    return town;
}

oracle::World random_world(std::uint64_t seed) {
    Random random(seed);
    auto town = make_town(0);
    auto& world = town.world;
    auto rules = world.sites[town.office];
    rules.category = Category::office;
    rules.stays[0].closes_s = 9 * 3600;
    rules.stays.push_back({start + 40000, random.below(2) == 0 ? Presence::gate : Presence::venue, 0, -1, 86400});
    rules.stays[0].opens_s = 8 * 3600 + 1800;
    rules.latitude = 38.5;
    rules.longitude = 115.0;
    world.sites.put(town.office, rules);
    auto gate = world.sites[town.gate];
    gate.latitude = 38.6;   // 11.1 km from the office: two minutes and a quarter at 300 km/h
    gate.longitude = 115.0;
    world.sites.put(town.gate, gate);
    const std::uint32_t registrations = 6 + random.below(10);
    for (std::uint32_t r = 1; r <= registrations; ++r) {
        const std::uint32_t holder = r > 2 && random.below(4) == 0 ? 1 + random.below(2) : r;
        const bool corrects = holder != r && random.below(3) == 0;
        world.people.place({r}, {r}, {holder}, corrects ? start : Instant{}, random.below(2) == 0);
        if (random.below(5) == 0) mark_seen(world.people, {r});
    }
    if (random.below(2) == 0) world.people.merge({3}, {4});
    if (random.below(2) == 0) {
        world.people.merge({5}, {1});
        if (random.below(2) == 0) world.people.split({{5}}, {random.below(2) == 0 ? 5 : registrations + 1});
    }
    const std::uint32_t span = random.below(3) == 0 ? 900 : random.below(2) == 0 ? 7200 : 3 * 86400;
    const std::uint32_t scans = 20 + random.below(span == 900 ? 40 : 120);
    for (std::uint32_t i = 0; i < scans; ++i) {
        auto made = scan(1 + random.below(registrations), {1 + random.below(5)}, random.below(span), static_cast<Direction>(random.below(3)));
        made.source = static_cast<Source>(random.below(5));
        if (random.below(4) == 0) made.vehicle = {1 + random.below(3)};
        if (random.below(6) == 0) made.delay_s = static_cast<std::int32_t>(random.below(7200));
        made.voided = random.below(10) == 0;
        world.scans.push_back(made);
        if (random.below(8) == 0) {
            auto again = world.scans[random.below(static_cast<std::uint32_t>(world.scans.size()))];
            const auto later = random.below(3) == 0 ? 0 : 30 + random.below(60);
            again.at = again.at + later;
            if (random.below(2) == 0) again.site = {1 + random.below(5)};
            world.scans.push_back(again);
        }
    }
    return world;
}

TraceQuestion random_question(Random& random, const oracle::World& world) {
    const auto moment = [&] { return world.scans[random.below(static_cast<std::uint32_t>(world.scans.size()))].at + random.below(600); };
    TraceQuestion question;
    const auto subjects = 1 + random.below(2);
    for (std::uint32_t i = 0; i < subjects; ++i) {
        const auto kind = random.below(5);
        if (kind < 3) question.index.push_back(PersonNo{1 + random.below(world.people.person_count() - 1)});
        if (kind == 3) {
            const auto from = moment();
            question.index.push_back(IndexSite{{1 + random.below(5)}, {from, from + 1 + random.below(3600)}});
        }
        if (kind == 4) question.index.push_back(IndexVehicle{{1 + random.below(3)}});
    }
    question.window = {start - 1000, start + 4 * 86400};
    if (random.below(2) == 0) {
        const auto a = moment(), b = moment();
        question.window = {std::min(a, b), std::max(a, b) + 1};
    }
    if (random.below(3) == 0) question.direction = TraceDirection::backward;
    question.degree = static_cast<std::uint8_t>(1 + random.below(3));
    if (random.below(2) == 0) question.linger_s = random.below(3) == 0 ? 0 : static_cast<std::int32_t>(random.below(1200));
    if (random.below(2) == 0) question.min_overlap_s = static_cast<std::int32_t>(random.below(3600));
    question.accumulate = static_cast<Accumulate>(random.below(3));
    if (random.below(4) == 0) question.categories = {random.below(2) == 0 ? Category::shop : Category::community, Category::office};
    if (random.below(4) == 0) {
        constexpr const char* codes[] = {"130682100", "130682101", "130682101200", "130682101201", "130682", "130683"};
        for (std::uint32_t i = 1 + random.below(2); i > 0; --i)
            if (const auto code = parse_division_code(codes[random.below(std::size(codes))])) question.divisions.push_back(*code);
    }
    if (random.below(4) == 0) {
        for (std::uint32_t i = 1 + random.below(2); i > 0; --i) question.sites.push_back({1 + random.below(5)});
    }
    if (random.below(3) == 0) question.limit = random.below(4);
    question.explain = random.below(2) == 0;
    if (random.below(5) == 0)
        for (std::uint32_t i = 1 + random.below(3); i > 0; --i) question.evidence.push_back(static_cast<Source>(random.below(5)));
    if (random.below(5) == 0) question.without_flags = static_cast<Flags>(1 + random.below(31));
    if (random.below(4) == 0) question.identity = static_cast<IdentityFloor>(1 + random.below(2));
    if (random.below(4) == 0) question.crowd_half = 1 + random.below(20);
    return question;
}

std::shared_ptr<const ContactIndex> build(const oracle::World& world) {
    const auto index = ContactIndex::build(world.scans, std::make_shared<People>(world.people), std::make_shared<Sites>(world.sites), world.zone);
    return world.told.empty() ? index : with_told(*index, world.told);
}

namespace {

auto sortable(const Visit& visit) { return std::tuple(visit.begin, visit.site, visit.end, visit.ended_by); }

std::string words(std::vector<Visit> visits) {
    std::sort(visits.begin(), visits.end(), [](const Visit& a, const Visit& b) { return sortable(a) < sortable(b); });
    std::ostringstream text;
    for (const auto& visit : visits) {
        text << "site " << visit.site.value << " [" << visit.begin - start << ", " << visit.end - start << ") " << word_of(visit.ended_by) << '\n';
    }
    return text.str();
}

std::string words(const std::vector<ToldScan>& told) {
    std::ostringstream text;
    for (const auto& [scan, repeated] : told) {
        text << scan.registration.value << ' ' << scan.site.value << ' ' << scan.at - start << ' ' << word_of(scan.direction) << ' '
             << static_cast<int>(scan.source) << ' ' << scan.vehicle.value << ' ' << scan.delay_s << ' ' << scan.voided << ' ' << repeated << '\n';
    }
    return text.str();
}

std::string words(const std::vector<Passage>& passages) {
    std::ostringstream text;
    for (const auto& row : passages) {
        text << row.person.value << ' ' << row.first - start << ' ' << row.last - start << ' ' << row.scans << '\n';
    }
    return text.str();
}

std::string words(const TraceQuestion& q) {
    std::ostringstream text;
    text << "[" << q.window.from - start << ", " << q.window.to - start << ") degree " << int{q.degree} << " linger " << q.linger_s.value_or(-1)
         << " min " << q.min_overlap_s << " by " << static_cast<int>(q.accumulate) << " direction " << static_cast<int>(q.direction)
         << " limit " << (q.limit ? static_cast<int>(*q.limit) : -1) << " categories " << q.categories.size() << " divisions";
    for (const auto division : q.divisions) text << ' ' << division.number << '/' << int{division.digits};
    text << " sites";
    for (const auto site : q.sites) text << ' ' << site.value;
    text << " without " << static_cast<int>(q.without_flags) << " evidence";
    for (const auto one : q.evidence) text << ' ' << static_cast<int>(one);
    text << " identity " << static_cast<int>(q.identity) << " crowd " << q.crowd_half.value_or(0);
    text << '\n';
    return text.str();
}

std::vector<Interval> intervals_of(const oracle::World& world) {
    const Instant middle = world.scans.empty() ? start : world.scans[world.scans.size() / 2].at;
    return {{start, start + 4 * 86400}, {middle, middle + 1}, {middle - 50, middle}, {middle + 1, middle + 600}};
}

/// `scans`, `visits`, `passages`, `trace` answer like the functions of the oracle and the index of these names.
template <class Scans, class Visits, class Passages, class Trace>
std::vector<std::string> tell_all(const oracle::World& world, const std::vector<TraceQuestion>& questions, Scans scans, Visits visits,
                                  Passages passages, Trace trace) {
    std::vector<std::string> told;
    for (std::uint32_t person = 1; person < world.people.person_count(); ++person) {
        told.push_back("person " + std::to_string(person) + '\n' + words(scans(PersonNo{person})) + words(visits(PersonNo{person})));
    }
    for (std::uint32_t site = 1; site < world.sites.size(); ++site) {
        for (const auto& interval : intervals_of(world)) {
            told.push_back("passages at " + std::to_string(site) + '\n' + words(passages(SiteId{site}, interval)));
        }
    }
    for (const auto& question : questions) told.push_back(words(question) + oracle::print(trace(question)));
    return told;
}

}  // namespace

std::vector<std::string> tell(const oracle::World& world, const std::vector<TraceQuestion>& questions) {
    return tell_all(
        world, questions, [&](PersonNo person) { return oracle::told_scans(world, person); },
        [&](PersonNo person) { return oracle::visits(world, person); },
        [&](SiteId site, Interval interval) { return oracle::passages(world, site, interval); },
        [&](const TraceQuestion& question) { return oracle::trace(world, question); });
}

std::vector<std::string> tell(const ContactIndex& index, const oracle::World& world, const std::vector<TraceQuestion>& questions) {
    return tell_all(
        world, questions, [&](PersonNo person) { return index.told_scans(person); },
        [&](PersonNo person) { return index.visits_of(person); },
        [&](SiteId site, Interval interval) { return index.passages(site, interval, nullptr); },
        [&](const TraceQuestion& question) { return oracle::told(*index.trace(question)); });
}

std::string difference(const std::vector<std::string>& told, const std::vector<std::string>& meant, const oracle::World& world) {
    if (told.size() != meant.size()) return "not the same subjects";
    for (std::size_t i = 0; i < told.size(); ++i) {
        if (told[i] != meant[i]) return "told:\n" + told[i] + "meant:\n" + meant[i] + "in this world:\n" + oracle::print(world);
    }
    return {};
}

}  // namespace chayan::domain::worlds
