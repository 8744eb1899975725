// SPDX-License-Identifier: Apache-2.0
// Repeats and flags of random scans, each held against a plain recomputation over everything that was taken before it.
#include "kit/limits.hpp"
#include "service/ingest.hpp"
#include "service/stage.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <map>
#include <set>

#include "domain/flags.hpp"
#include "domain/worlds.hpp"

using namespace chayan;
using namespace chayan::service;
using domain::is_impossible_travel;
using domain::plain_flags;
using namespace chayan::service::testing;
using domain::worlds::Random;

namespace {

struct Taken {
    std::size_t person;
    domain::ScanKey key;
    bool voided = false;
};

constexpr const char* refs[] = {"A", "B", "C", "D", "E"};
// C lies 4.4 km north of A (too near to judge), D 27.8 km, E 111 km and without hours. B is the back door of A.
constexpr const char* site_rows =
    "ref,name,category,division,place,longitude,latitude,opens,closes\n"
    "A,东门,shop,130682,,115,38,,\nB,西门,shop,130682,A,115,38,,\nC,药店,pharmacy,130682,,115,38.04,8:00,8:10\n"
    "D,车站,transit,130682,,115,38.25,,8:20\nE,医院,clinic,130682,,115,39,8:05,\n";
constexpr double latitudes[] = {38, 38, 38.04, 38.25, 39};

struct Street : Stage {
    Street() {
        divisions("code,name\n130682,定州\n");
        sites(site_rows);
        for (const char* ref : refs) ids.push_back(site(ref));
    }
    std::size_t number_of(domain::SiteId id) const { return static_cast<std::size_t>(std::find(ids.begin(), ids.end(), id) - ids.begin()); }
    std::size_t place_of(domain::SiteId id) const { return number_of(id) == 1 ? 0 : number_of(id); }
    /// CONTRACT 5: time, then out, in, pass, then the ref.
    bool is_before(const domain::ScanKey& a, const domain::ScanKey& b) const {
        return std::tuple(a.at.s, static_cast<int>(a.direction), number_of(a.site)) < std::tuple(b.at.s, static_cast<int>(b.direction), number_of(b.site));
    }
    bool is_repeat(const std::vector<Taken>& taken, const Taken& scan) const {
        const Taken* previous = nullptr;
        for (const auto& other : taken) {
            if (other.key.registration != scan.key.registration || other.voided || place_of(other.key.site) != place_of(scan.key.site) || !is_before(other.key, scan.key)) continue;
            if (previous == nullptr || is_before(previous->key, other.key)) previous = &other;
        }
        return previous != nullptr && previous->key.direction == scan.key.direction && scan.key.at - previous->key.at <= 60;
    }
    std::set<std::string> flags(const std::vector<Taken>& taken, const Taken& scan) const {
        std::set<std::string> flags;
        const Taken* previous = nullptr;
        std::size_t of_minute = 0;
        for (const auto& other : taken) {
            if (other.key.registration != scan.key.registration || other.key == scan.key || other.key.at > scan.key.at) continue;
            of_minute += scan.key.at - other.key.at < 60;
            if (other.voided || !is_before(other.key, scan.key)) continue;
            if (previous == nullptr || is_before(previous->key, other.key)) previous = &other;
        }
        if (of_minute >= 10) flags.insert("burst");
        if (previous != nullptr) {
            const double km = std::abs(latitudes[number_of(previous->key.site)] - latitudes[number_of(scan.key.site)]) * 111.19;
            const auto s = static_cast<double>(scan.key.at - previous->key.at);
            if (km >= 5 && km * 3600 > 300 * s) flags.insert("impossible_travel");
        }
        const auto minute = static_cast<double>(scan.key.at - morning) / 60;
        const auto site = number_of(scan.key.site);
        if ((site == 2 && (minute < 0 || minute >= 10)) || (site == 3 && minute >= 20) || (site == 4 && minute < 5)) flags.insert("outside_hours");
        if (clock.now() - scan.key.at > 300) flags.insert("late");
        return flags;
    }
    std::vector<domain::SiteId> ids;
};

std::set<std::string> as_set(const std::vector<std::string_view>& flags) { return {flags.begin(), flags.end()}; }

}  // namespace

TEST_CASE("repeats and flags of a phone's random scans are those of a plain recomputation, with a memory, an index, and both") {
    const auto seed = static_cast<std::uint64_t>(Catch::rngSeed());
    CAPTURE(seed);
    Random random(seed);
    Street street;
    std::vector<std::pair<std::size_t, domain::RegistrationId>> phones;   // person and registration
    for (unsigned person = 0; person < 3; ++person) {
        phones.emplace_back(person, street.registered(someone(person)));
        auto again = someone(person);
        again.phone = someone(50 + person).phone;
        if (person < 2) phones.emplace_back(person, street.registered(again));
    }
    street->tracing.load({});
    std::vector<Taken> taken;
    std::map<std::string, int> seen;
    for (int step = 0; step < 900; ++step) {
        if (random.below(150) == 0) street->tracing.tend();
        if (random.below(50) == 0) {
            street.restart();
            street->tracing.load({});
        }
        const auto [person, registration] = phones[random.below(static_cast<std::uint32_t>(phones.size()))];
        // In bursts around a moving minute, mostly in order, sometimes late or in the same second.
        const auto at = morning + step + static_cast<std::int64_t>(random.below(40)) * (random.below(4) == 0 ? -25 : 1);
        street.clock.set(morning + step + 40);
        const Taken scan{person, {registration, street.ids[random.below(random.below(3) == 0 ? 5 : 3)], at, static_cast<domain::Direction>(random.below(3))}};
        const bool is_known = std::any_of(taken.begin(), taken.end(), [&](const Taken& other) { return other.key == scan.key; });
        if (is_known) continue;
        const auto receipt = street.scan(registration, refs[street.number_of(scan.key.site)], domain::word_of(scan.key.direction), at);
        REQUIRE(receipt);
        CAPTURE(step, person, at.s - morning.s, refs[street.number_of(scan.key.site)], domain::word_of(scan.key.direction));
        CHECK(receipt->repeated == street.is_repeat(taken, scan));
        const auto told = as_set(receipt->flags);
        const auto meant = street.flags(taken, scan);
        REQUIRE(told == meant);
        for (const auto& flag : meant) ++seen[flag];
        seen["repeated"] += receipt->repeated;
        taken.push_back(scan);
        if (random.below(12) == 0) {
            const auto id = receipt->id;
            REQUIRE(street.void_scan(registration, id));
            taken.back().voided = true;
        }
    }
    for (const char* flag : {"burst", "impossible_travel", "outside_hours", "late", "repeated"}) CHECK(seen[flag] > 5);
}

TEST_CASE("a gate is told what follows from all a person's scans, a phone from its own") {
    Street street;
    const auto first = street.registered(someone(1)), second = street.registered(someone(1));
    REQUIRE(street.person_of(first) == street.person_of(second));
    REQUIRE(street.scan(first, "A", "in", morning - 30));
    const auto elsewhere = street.scan(second, "A", "in", morning);
    CHECK_FALSE(elsewhere->repeated);
    CHECK(street.scan(second, "E", "in", morning + 1)->flags.size() == 2);       // far from A, and before it opens
    CHECK(street.scan(first, "C", "in", morning + 1)->flags.empty());            // it knows nothing of E
    GateRequest gate;
    gate.document = without_phone(someone(1));
    gate.site = "A";
    gate.direction = "in";
    gate.at = text_of(morning + 20);
    const auto told = street.gate(operator_of(storage::Role::guard), {gate})[0];
    CHECK(told->repeated);
    CHECK_FALSE(street.scan(first, "A", "in", morning + 40)->repeated);
}

TEST_CASE("a child's scan is no repeat of their mother's on the same phone") {
    Street street;
    const auto mother = street.registered(someone(1));
    auto fields = without_phone(someone(2));
    fields.relation = "child";
    const auto statement = domain::parse_statement(fields, street.zone().local_day(morning), false);
    REQUIRE(statement);
    const auto child = street->residents.add_dependant(mother, *statement);
    REQUIRE(child);
    ScanRequest request;
    request.code = street.code("A");
    request.direction = "in";
    request.self = false;
    request.dependants = {child->id};
    REQUIRE(street.scan(mother, "A", "in"));
    street.clock.pass(30);
    CHECK_FALSE(street.scan_all(mother, request)->at(0).repeated);
    street.clock.pass(30);
    CHECK(street.scan_all(mother, request)->at(0).repeated);
}

TEST_CASE("nobody has travelled from where their scan was voided") {
    Street street;
    const auto who = street.registered(someone(1));
    REQUIRE(street->cases.open_case(operator_of(storage::Role::tracer), "1", "t", "p", {}));
    street->tracing.load({});
    street.clock.set(morning + 100);
    REQUIRE(street.scan(who, "A", "in", morning));
    const auto wrong = street.scan(who, "E", "in", morning + 10);
    REQUIRE(street.void_scan(who, wrong->id));
    CHECK(street.scan(who, "A", "in", morning + 90)->flags.empty());
    const auto id = street->vault.person_id(street.person_of(who));
    const auto told = street->tracing.trajectory(operator_of(storage::Role::tracer), street.reader(), {id, "1", text_of(morning), text_of(morning + 100), {}});
    REQUIRE(told);
    CHECK(told->scans.at(2).flags.empty());
}

TEST_CASE("a repeat is at most sixty seconds after the scan before it, which may be a repeat itself") {
    Street street;
    const auto who = street.registered(someone(1));
    const auto at = [&](std::int64_t after_s, const char* ref, const char* direction) {
        street.clock.set(morning + 400);
        return street.scan(who, ref, direction, morning + after_s)->repeated;
    };
    CHECK_FALSE(at(0, "A", "in"));
    CHECK(at(60, "A", "in"));
    CHECK(at(120, "B", "in"));          // the other door of the place; 120 s after the first, 60 after the repeat
    CHECK_FALSE(at(181, "A", "in"));
    CHECK_FALSE(at(200, "A", "out"));
    CHECK_FALSE(at(210, "A", "in"));    // the previous scan there has another direction
    CHECK_FALSE(at(215, "C", "in"));    // another place
    CHECK(at(216, "A", "in"));          // is no matter
}

TEST_CASE("more than ten scans in less than a minute are a burst") {
    static_assert(kit::burst_count_min == 10);
    Street street;
    const auto who = street.registered(someone(1));
    const char* const directions[] = {"in", "out"};
    const auto flags = [&](std::int64_t after_s) {
        street.clock.set(morning + after_s);
        return as_set(street.scan(who, "A", directions[after_s % 2])->flags);
    };
    for (int i = 0; i < 10; ++i) CHECK(flags(i).empty());
    CHECK(flags(59) == std::set<std::string>{"burst"});
    CHECK(flags(60).count("burst") == 1);    // 1 to 9 and 59
    CHECK(flags(61).count("burst") == 1);
    CHECK(flags(200).empty());
}

TEST_CASE("travel is impossible above 300 km/h and from 5 km on") {
    Street street;
    const auto& sites = *street.directory()->sites;
    const auto scan = [&](std::size_t site, std::int64_t after_s) {
        domain::Scan made;
        made.site = street.ids[site];
        made.at = morning + after_s;
        return made;
    };
    CHECK_FALSE(is_impossible_travel(scan(0, 0), scan(2, 0), sites));    // 4.4 km in no time
    CHECK(is_impossible_travel(scan(0, 0), scan(3, 333), sites));        // 27.8 km
    CHECK_FALSE(is_impossible_travel(scan(0, 0), scan(3, 334), sites));
    CHECK(is_impossible_travel(scan(3, 333), scan(0, 0), sites));        // in either order
    CHECK(is_impossible_travel(scan(0, 0), scan(4, 1334), sites));       // 111.2 km
    CHECK_FALSE(is_impossible_travel(scan(0, 0), scan(4, 1335), sites));
    auto without = sites;
    auto rules = without[street.ids[4]];
    rules.longitude = {};
    without.put(street.ids[4], rules);
    CHECK_FALSE(is_impossible_travel(scan(0, 0), scan(4, 1), without));
}

TEST_CASE("late is more than five minutes after the scan, and never said of an import") {
    Street street;
    const auto rules = (*street.directory()->sites)[street.ids[0]];
    domain::Scan scan;
    scan.at = morning;
    const auto flags = [&](std::int32_t delay_s, domain::Source source) {
        scan.delay_s = delay_s;
        scan.source = source;
        return as_set(domain::words_of(plain_flags(scan, rules, street.zone())));
    };
    using Flags = std::set<std::string>;
    CHECK(flags(300, domain::Source::static_code) == Flags{});
    CHECK(flags(301, domain::Source::static_code) == Flags{"late"});
    CHECK(flags(301, domain::Source::staff) == Flags{"late"});
    CHECK(flags(86'400, domain::Source::import) == Flags{});
    CHECK(flags(-120, domain::Source::screen) == Flags{});
    CHECK(flags(301, domain::Source::old_poster) == Flags{"late", "old_poster"});
}
