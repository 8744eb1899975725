// SPDX-License-Identifier: Apache-2.0
#include "domain/trace.hpp"

#include <catch2/catch.hpp>

#include "domain/worlds.hpp"

using namespace chayan::domain;
using namespace chayan::domain::worlds;

namespace {

constexpr std::int64_t hour = 3600, day = 86400;
constexpr std::uint8_t at_venue = 1, at_gate = 2, in_company = 4;

/// A town in which visits are told directly: who was where from when until when, in seconds after the start.
struct Story {
    Town town;
    TraceQuestion question;

    explicit Story(std::uint32_t persons) : town(make_town(persons)) {
        question.index = {PersonNo{1}};
        question.window = {start, start + 10 * day};
    }
    Scan& scans(std::uint64_t registration, SiteId site, std::int64_t at, Direction direction) {
        town.world.scans.push_back(scan(registration, site, at, direction));
        return town.world.scans.back();
    }
    Story& was(std::uint64_t registration, SiteId site, std::int64_t from, std::int64_t until) {
        if (from < until) scans(registration, site, from, Direction::in);
        scans(registration, site, until, Direction::out);
        return *this;
    }
    /// The answer, which must not depend on whether the scans were there at once or came one by one.
    oracle::ToldAnswer ask() const {
        Changes changes;
        changes.people = std::make_shared<People>(town.world.people);
        changes.sites = std::make_shared<Sites>(town.world.sites);
        auto grown = ContactIndex::build({}, changes.people, changes.sites, town.world.zone);
        for (const auto& scan : town.world.scans) {
            changes.scans = {scan};
            grown = grown->with(changes);
        }
        const auto answer = build(town.world)->trace(question);
        REQUIRE(answer);
        const auto told = oracle::told(*answer);
        REQUIRE(oracle::print(oracle::told(*grown->trace(question))) == oracle::print(told));
        return told;
    }
    /// Why it is not answered; empty when it is.
    std::string refused() const {
        const auto answer = build(town.world)->trace(question);
        return answer ? "" : answer.error().code;
    }
    /// The persons of the answer in order, with their degree: "1:2 2:5".
    std::string found() const {
        std::string text;
        for (const auto& contact : ask().contacts) {
            if (!text.empty()) text += ' ';
            text += std::to_string(contact.degree) + ':' + std::to_string(contact.person.value);
        }
        return text;
    }
};

}  // namespace

TEST_CASE("Who overlaps by a second is a contact, who only touches is none") {
    CHECK(Story(2).was(1, {1}, 100, 200).was(2, {1}, 199, 300).found() == "1:2");
    CHECK(Story(2).was(1, {1}, 100, 200).was(2, {1}, 200, 300).found() == "");
    CHECK(Story(2).was(1, {1}, 100, 200).was(2, {3}, 100, 200).found() == "");
}

TEST_CASE("Doors of one place meet") {
    Story story(2);
    CHECK(story.was(1, story.town.door, 100, 200).was(2, story.town.back_door, 100, 200).found() == "1:2");
    CHECK(story.ask().contacts[0].sites == std::vector{story.town.back_door});
}

TEST_CASE("With linger a gap of as much is an episode, whoever came first, and a second more is none") {
    Story story(4);
    story.was(1, {1}, 1000, 2000).was(2, {1}, 2060, 2100).was(3, {1}, 2061, 2100).was(4, {1}, 900, 940);
    story.question.linger_s = 60;
    CHECK(story.found() == "1:2 1:4");
    const auto contact = story.ask().contacts[0];
    CHECK(contact.total_s == 0);
    CHECK(contact.first == start + 2060);
    CHECK(contact.last == start + 2060);
    story.question.min_overlap_s = 1;
    CHECK(story.found() == "");
}

TEST_CASE("A linger of nothing is a linger given: who touches is a contact") {
    Story story(2);
    story.was(1, {1}, 100, 200).was(2, {1}, 200, 300);
    story.question.linger_s = 0;
    CHECK(story.found() == "1:2");
}

TEST_CASE("A lone exit within a visit is an episode only with linger") {
    Story story(2);
    story.was(1, {1}, 100, 200).was(2, {1}, 150, 150);
    CHECK(story.found() == "");
    story.question.linger_s = 0;
    CHECK(story.found() == "1:2");
}

TEST_CASE("Visits are cut to the window first, and a moment counts from its first second to before its last") {
    Story story(2);
    story.was(1, {1}, 0, 1000).was(2, {1}, 500, 1500);
    story.question.window = {start + 600, start + 700};
    CHECK(story.ask().contacts.at(0).total_s == 100);
    CHECK(story.ask().contacts.at(0).first == start + 600);
    CHECK(story.ask().contacts.at(0).last == start + 700);
    story.question.window = {start, start + 500};
    CHECK(story.found() == "");
    Story moments(2);
    moments.was(1, {1}, 300, 300).was(2, {1}, 300, 300);
    moments.question.linger_s = 0;
    moments.question.window = {start + 300, start + 301};
    CHECK(moments.found() == "1:2");
    moments.question.window = {start + 299, start + 300};
    CHECK(moments.found() == "");
}

TEST_CASE("Time together is the union of the overlaps, so nested places never count twice") {
    Story story(2);
    story.was(1, {1}, 0, 1000).was(1, {3}, 200, 800).was(2, {1}, 0, 1000).was(2, {3}, 100, 500);
    const auto contact = story.ask().contacts.at(0);
    CHECK(contact.total_s == 1000);
    CHECK(contact.longest_s == 1000);
    CHECK(contact.episode_count == 2);
}

TEST_CASE("The bound is reached by the total, by the longest stretch, or by the most within 24 hours, to the second") {
    Story story(2);
    // 600 s and 500 s that touch at another place, a pause, then 900 s a day and more after the first.
    story.was(1, {1}, 0, 600).was(2, {1}, 0, 600).was(1, {3}, 600, 1100).was(2, {3}, 600, 1100);
    story.was(1, {1}, day + 500, day + 1400).was(2, {1}, day + 500, day + 1400);
    const auto reaches = [&](Accumulate accumulate, std::int32_t min_overlap_s) {
        story.question.accumulate = accumulate;
        story.question.min_overlap_s = min_overlap_s;
        return story.found() == "1:2";
    };
    CHECK(reaches(Accumulate::total, 2000));
    CHECK_FALSE(reaches(Accumulate::total, 2001));
    CHECK(reaches(Accumulate::longest, 1100));
    CHECK_FALSE(reaches(Accumulate::longest, 1101));
    CHECK(reaches(Accumulate::day, 1100));  // the first day's, or 600 of it with 500 of the next
    CHECK_FALSE(reaches(Accumulate::day, 1101));
}

TEST_CASE("Within 24 hours means the part of a stretch that lies in them, and not a second more") {
    const auto most = [](std::int64_t begin, std::int64_t end) {
        Story story(2);
        story.was(1, {1}, 0, 600).was(2, {1}, 0, 600).was(1, {1}, begin, end).was(2, {1}, begin, end);
        story.question.accumulate = Accumulate::day;
        return story.ask().contacts.at(0).measure_s;
    };
    CHECK(most(day - 100, day + 50) == 700);    // 100 of the second
    CHECK(most(day - 100, day + 1400) == 1500);  // the second whole is more
    CHECK(most(day, day + 600) == 600);
    CHECK(most(day - 1, day + 599) == 601);
}

TEST_CASE("At a gate people are together for its dwell only, and the episode says that it was a gate") {
    Story story(2);
    const auto gate = story.town.gate;
    story.was(1, gate, 0, 4 * hour).was(2, story.town.lane, 250, 5 * hour);
    const auto contact = story.ask().contacts.at(0);
    CHECK(contact.kinds == at_gate);
    CHECK(contact.total_s == 50);
    CHECK(contact.sites == std::vector{story.town.lane});
}

TEST_CASE("One plate at one place within ten minutes is company, whatever the bound, at the later scan") {
    Story story(4);
    story.question.min_overlap_s = 99999;
    story.scans(1, {4}, 0, Direction::in).vehicle = {7};
    story.scans(2, {5}, 600, Direction::out).vehicle = {7};
    story.scans(3, {5}, 601, Direction::out).vehicle = {7};
    story.scans(4, {4}, 0, Direction::in).vehicle = {8};
    REQUIRE(story.found() == "1:2");
    const auto contact = story.ask().contacts[0];
    CHECK(contact.kinds == in_company);
    CHECK(contact.first == start + 600);
    CHECK(contact.last == start + 600);
    CHECK(contact.total_s == 0);
    story.question.window.to = start + 600;
    CHECK(story.found() == "");
    story.question.window.to = start + 601;
    CHECK(story.found() == "1:2");
    story.question.window.to = start + 1000;
    story.question.index = {PersonNo{2}};
    CHECK(story.found() == "1:3 1:1");  // 3 was at the gate with 2 besides
    story.question.index = {PersonNo{3}};
    CHECK(story.found() == "1:2");
}

TEST_CASE("No plate is not one plate") {
    Story story(2);
    story.question.min_overlap_s = 99999;
    story.scans(1, {4}, 0, Direction::in);
    story.scans(2, {4}, 0, Direction::in);
    CHECK(story.found() == "");
}

TEST_CASE("One resident's phone is company, a guard's device and an import are not") {
    const auto found = [](Source first, Source second) {
        Story story(2);
        story.town.world.people.place({3}, {3}, {1});
        story.question.min_overlap_s = 99999;
        story.scans(1, {1}, 0, Direction::in).source = first;
        story.scans(3, {2}, 5, Direction::in).source = second;
        return story.found();
    };
    for (const auto phone : {Source::static_code, Source::screen, Source::old_poster}) {
        CHECK(found(phone, Source::static_code) == "1:3");
        CHECK(found(Source::screen, phone) == "1:3");
        CHECK(found(phone, Source::staff) == "");
        CHECK(found(Source::import, phone) == "");
    }
}

TEST_CASE("Nobody is company of what they said before a correction; who scans on their phone is company of both") {
    Story story(2);
    auto& people = story.town.world.people;
    people.place({3}, {3}, {1}, start - 100);   // one phone's second statement, of a person of its own
    people.place({4}, {4}, {1});                // a dependant
    story.question.min_overlap_s = 99999;
    for (const std::uint64_t registration : {1U, 3U, 4U}) story.scans(registration, {1}, static_cast<std::int64_t>(registration), Direction::in).vehicle = {7};
    CHECK(story.found() == "1:4");
    story.question.index = {PersonNo{4}};
    CHECK(story.found() == "1:3 1:1");
}

TEST_CASE("Voided scans are nobody's company") {
    for (const bool voided : {false, true}) {
        Story story(2);
        story.scans(1, {1}, 0, Direction::in).vehicle = {7};
        story.scans(2, {1}, 0, Direction::in).vehicle = {7};
        story.town.world.scans[1].voided = voided;
        story.question.explain = true;
        const auto answer = story.ask();
        REQUIRE(answer.contacts.size() == (voided ? 0 : 1));
        if (!voided) CHECK(answer.contacts[0].episode_count == 2);  // the visits, and the scans
    }
}

TEST_CASE("A plate that was given only with a repeated scan makes company as any other") {
    Story story(2);
    story.question.min_overlap_s = 99999;
    story.scans(1, {1}, 0, Direction::in).vehicle = {7};
    story.scans(2, {1}, 5, Direction::in);
    CHECK(story.found() == "");
    story.scans(2, {1}, 45, Direction::in).vehicle = {7};
    REQUIRE(story.found() == "1:2");
    CHECK((story.ask().contacts[0].kinds & in_company) != 0);
    story.question.index = {PersonNo{2}};
    CHECK(story.found() == "1:1");
}

TEST_CASE("Several index persons are measured together, and are never contacts") {
    Story story(3);
    story.question.index = {PersonNo{1}, PersonNo{2}};
    story.was(1, {1}, 0, 600).was(2, {3}, 500, 1000).was(3, {1}, 0, 600).was(3, {3}, 300, 1000).was(2, {1}, 0, 100);
    story.question.min_overlap_s = 1000;
    REQUIRE(story.found() == "1:3");
    CHECK(story.ask().contacts[0].via == std::vector{PersonNo{1}, PersonNo{2}});
}

TEST_CASE("A merged person is one, asked for by either number, and its two halves are no contacts of each other") {
    Story story(3);
    story.was(1, {1}, 0, 600).was(2, {1}, 0, 600).was(3, {1}, 100, 500);
    story.town.world.people.merge({1}, {2});
    CHECK(story.found() == "1:3");
    story.question.index = {PersonNo{2}};
    CHECK(story.found() == "1:3");
    story.question.index = {PersonNo{3}};
    CHECK(story.found() == "1:2");
}

TEST_CASE("Company comes first, then the larger measure, then the public order") {
    Story story(5);
    story.was(1, {1}, 0, 1000).was(2, {1}, 0, 300).was(3, {1}, 0, 500).was(4, {1}, 0, 300).was(5, {1}, 0, 100);
    story.town.world.scans[0].vehicle = story.town.world.scans[8].vehicle = {7};
    CHECK(story.found() == "1:5 1:3 1:2 1:4");
    story.question.public_order = [](PersonNo person) { return 100 - person.value; };
    CHECK(story.found() == "1:5 1:3 1:4 1:2");
}

TEST_CASE("A limit keeps the first of each degree, counts the rest, and follows only those kept") {
    Story story(5);
    story.was(1, {1}, 0, 1000).was(2, {1}, 0, 600).was(3, {1}, 0, 500);
    story.was(2, {3}, 2000, 3000).was(4, {3}, 2000, 3000);                       // through 2
    story.was(3, {1}, 5000, 6000).was(5, {1}, 5000, 6000).was(2, {1}, 7000, 7100).was(3, {1}, 7000, 7100);
    story.question.degree = 2;
    story.question.limit = 1;
    const auto answer = story.ask();
    CHECK(story.found() == "1:2 2:4");  // 5 was reached through 3 alone, and 3 is no second degree: it was found at the first
    CHECK(answer.left_out == std::vector<std::uint32_t>{1, 0});
    CHECK_FALSE(answer.complete);
    story.question.limit = 2;
    CHECK(story.found() == "1:2 1:3 2:4 2:5");
    CHECK(story.ask().complete);
}

TEST_CASE("The next degree is sought from the first episode on; backward, up to the end of the last") {
    Story story(4);
    story.was(1, {1}, 1000, 2000).was(2, {1}, 1500, 1800);
    story.was(2, {3}, 100, 200).was(3, {3}, 100, 200);      // before it
    story.was(2, {3}, 3000, 3100).was(4, {3}, 3000, 3100);  // after it
    story.question.degree = 2;
    CHECK(story.found() == "1:2 2:4");
    story.question.direction = TraceDirection::backward;
    CHECK(story.found() == "1:2 2:3");
}

TEST_CASE("Exposure begins with an episode of any length, though the bound was reached later") {
    Story story(3);
    story.was(1, {1}, 0, 10).was(2, {1}, 0, 10);
    story.was(2, {3}, 100, 800).was(3, {3}, 100, 800);
    story.was(1, {1}, 5000, 6000).was(2, {1}, 5000, 6000);
    story.question.degree = 2;
    story.question.min_overlap_s = 600;
    CHECK(story.found() == "1:2 2:3");
    CHECK(story.ask().contacts[1].via == std::vector{PersonNo{2}});
}

TEST_CASE("Everyone is found once, at the lowest degree, and the third follows the second") {
    Story story(4);
    story.was(1, {1}, 0, 100).was(2, {1}, 0, 100);
    story.was(2, {1}, 200, 300).was(3, {1}, 200, 300);
    story.was(3, {1}, 400, 500).was(4, {1}, 400, 500).was(2, {3}, 400, 500).was(1, {3}, 400, 500);
    story.question.degree = 3;
    CHECK(story.found() == "1:2 2:3 3:4");
    CHECK(story.ask().left_out == std::vector<std::uint32_t>{0, 0, 0});
}

TEST_CASE("An index site stands for whoever had a visit there in its interval, from that visit's beginning on") {
    Story story(5);
    story.was(1, {1}, 1000, 2000).was(2, {2}, 1500, 1600).was(3, {1}, 2000, 2100);
    story.was(1, {3}, 100, 200).was(4, {3}, 100, 200);      // before the visit: not sought
    story.was(1, {3}, 3000, 3100).was(5, {3}, 3000, 3100);  // after it
    story.question.index = {IndexSite{{1}, {start + 1550, start + 2000}}};
    CHECK(story.found() == "0:1 0:2 1:5");
    CHECK(story.ask().contacts[0].first == start + 1000);
    story.question.direction = TraceDirection::backward;
    CHECK(story.found() == "0:1 0:2 1:4");
    story.question.index.push_back(PersonNo{1});  // who is named is followed all the time
    CHECK(story.found() == "0:1 0:2 1:4 1:5");
}

TEST_CASE("An index vehicle stands for whoever scanned with it in the window") {
    Story story(4);
    story.scans(1, {4}, 1000, Direction::pass).vehicle = {7};
    story.scans(2, {4}, 1100, Direction::pass);
    story.was(1, {3}, 100, 200).was(3, {3}, 100, 200);
    story.scans(4, {4}, 99, Direction::pass).vehicle = {7};
    story.question.window.from = start + 100;
    story.question.index = {IndexVehicle{{7}}};
    CHECK(story.found() == "0:1 1:2");  // 3 met 1 before that scan, and 4 scanned before the window
    CHECK(story.ask().contacts.at(0).first == start + 1000);
    CHECK(story.ask().contacts.at(1).total_s == 200);
}

TEST_CASE("An index vehicle stands for whoever scanned with it in the window's last second, and for nobody after it") {
    Story story(1);
    story.scans(1, {4}, 1000, Direction::pass).vehicle = {7};
    story.question.index = {IndexVehicle{{7}}};
    story.question.window.to = start + 1001;
    CHECK(story.found() == "0:1");
    story.question.window.to = start + 1000;
    CHECK(story.found().empty());
}

TEST_CASE("Categories select the visits of both, by the site that opened them") {
    Story story(3);
    story.was(1, {1}, 0, 100).was(2, {1}, 0, 100).was(1, {4}, 200, 300).was(3, {4}, 200, 300);
    story.question.categories = {Category::shop};
    CHECK(story.found() == "1:2");
    story.question.categories = {Category::community};
    CHECK(story.found() == "1:3");
    story.question.categories = {Category::hotel};
    CHECK(story.found() == "");
}

TEST_CASE("Doors of one place may be of different categories, and each visit has that of its own door") {
    Story story(2);
    auto rules = story.town.world.sites[story.town.back_door];
    rules.category = Category::pharmacy;
    story.town.world.sites.put(story.town.back_door, rules);
    story.was(1, story.town.door, 0, 100).was(2, story.town.back_door, 0, 100);
    story.question.categories = {Category::shop};
    CHECK(story.found() == "");
    story.question.categories = {Category::shop, Category::pharmacy};
    CHECK(story.found() == "1:2");
}

TEST_CASE("Divisions select visits at sites in them and below, each by its own door") {
    Story story(3);
    const auto put = [&](SiteId site, const char* division) {
        auto rules = story.town.world.sites[site];
        rules.division = *parse_division_code(division);
        story.town.world.sites.put(site, rules);
    };
    put(story.town.door, "130682100201");
    put(story.town.back_door, "130682101");
    put(story.town.office, "130682100");
    const auto asked = [&](std::vector<const char*> codes) {
        story.question.divisions.clear();
        for (const auto* code : codes) story.question.divisions.push_back(*parse_division_code(code));
        return story.found();
    };
    story.was(1, story.town.door, 0, 100).was(2, story.town.back_door, 0, 50).was(2, story.town.door, 60, 100).was(1, story.town.office, 200, 300).was(3, story.town.office, 200, 300);
    CHECK(asked({}) == "1:3 1:2");
    CHECK(asked({"130682"}) == "1:3 1:2");
    CHECK(asked({"130682100"}) == "1:3 1:2");
    CHECK(asked({"130682100201"}) == "1:2");
    CHECK(story.ask().contacts.at(0).total_s == 40);   // what was at the other door is not counted
    CHECK(asked({"130682101"}) == "");                 // there was only one of them
    CHECK(asked({"130682101", "130682100201"}) == "1:2");
    CHECK(story.ask().contacts.at(0).total_s == 90);
    CHECK(asked({"130683"}) == "");
}

TEST_CASE("Sites select visits at their places, whatever the door") {
    Story story(3);
    story.was(1, story.town.door, 0, 100).was(2, story.town.back_door, 0, 100).was(1, story.town.office, 200, 300).was(3, story.town.office, 200, 300);
    for (const auto door : {story.town.door, story.town.back_door}) {
        story.question.sites = {door};
        CHECK(story.found() == "1:2");
    }
    story.question.sites = {story.town.office};
    CHECK(story.found() == "1:3");
    story.question.sites = {story.town.office, story.town.back_door};
    CHECK(story.found() == "1:2 1:3");
    story.question.sites = {story.town.gate};
    CHECK(story.found() == "");
    story.question.sites = {{99}};   // made after the index
    CHECK(story.found() == "");
}

TEST_CASE("Categories, divisions and sites are conditions together") {
    Story story(2);
    story.was(1, story.town.door, 0, 100).was(2, story.town.door, 0, 100);
    const auto rules = story.town.world.sites[story.town.door];
    story.question.categories = {rules.category};
    story.question.divisions = {rules.division};
    story.question.sites = {story.town.door};
    CHECK(story.found() == "1:2");
    for (const auto& change : std::vector<void (*)(TraceQuestion&)>{[](TraceQuestion& q) { q.categories = {Category::hotel}; },
                                                                     [](TraceQuestion& q) { q.divisions = {*parse_division_code("130683")}; },
                                                                     [](TraceQuestion& q) { q.sites = {{3}}; }}) {
        auto other = story;
        change(other.question);
        CHECK(other.found() == "");
    }
}

TEST_CASE("Company counts wherever it was") {
    Story story(2);
    story.scans(1, story.town.gate, 0, Direction::pass).vehicle = {7};
    story.scans(2, story.town.gate, 400, Direction::pass).vehicle = {7};
    story.question.sites = {story.town.office};
    story.question.divisions = {*parse_division_code("130683")};
    CHECK(story.found() == "1:2");
}

TEST_CASE("Explained, a row tells each episode: with whom, where, when, and how close") {
    Story story(2);
    story.was(1, {1}, 0, 100).was(2, {1}, 50, 80).was(2, {2}, 130, 140);
    story.question.linger_s = 30;
    story.question.explain = true;
    const auto contact = story.ask().contacts.at(0);
    REQUIRE(contact.episodes.size() == 2);
    CHECK(contact.episodes[0] == Episode{{1}, {1}, EpisodeKind::venue, {start + 50, start + 80}, 30, 0, EndedBy::scanned, 0.3});
    CHECK(contact.episodes[1] == Episode{{1}, {1}, EpisodeKind::venue, {start + 130, start + 130}, 0, 30, EndedBy::scanned, 0.3});
    CHECK(contact.kinds == at_venue);
}

TEST_CASE("Nobody is found for a person who was never seen") {
    Story story(2);
    story.was(1, {1}, 0, 100).was(2, {1}, 0, 100);
    story.question.index = {PersonNo{99}};
    const auto answer = story.ask();
    CHECK(answer.contacts.empty());
    CHECK(answer.complete);
    CHECK(answer.left_out == std::vector<std::uint32_t>{0});
}

TEST_CASE("A question that would follow more persons, meet more encounters or explain more episodes than its bounds is refused") {
    Story story(4);
    story.was(1, {1}, 0, 100).was(2, {1}, 0, 100).was(3, {1}, 0, 100).was(3, {3}, 200, 300).was(4, {3}, 200, 300);
    story.question.degree = 2;
    REQUIRE(story.found() == "1:2 1:3 2:4");
    auto& bounds = story.question.bounds;
    bounds.followed_max = 2;
    CHECK(story.refused() == "");
    bounds.followed_max = 1;       // two are followed at the second degree
    CHECK(story.refused() == "trace_too_large");
    story.question.limit = 1;      // and now one
    CHECK(story.refused() == "");
    story.question.limit = {};
    story.question.index = {IndexSite{{1}, {start, start + 50}}};   // which stands for three
    CHECK(story.refused() == "trace_too_large");
    bounds.followed_max = 3;
    CHECK(story.refused() == "");
    story.question.index = {PersonNo{1}};
    story.question.degree = 1;
    bounds.encounters_max = 2;
    CHECK(story.refused() == "");
    bounds.encounters_max = 1;
    CHECK(story.refused() == "trace_too_large");
    bounds = {};
    bounds.episodes_max = 1;
    CHECK(story.refused() == "");
    story.question.explain = true;
    CHECK(story.refused() == "trace_too_large");
    bounds.episodes_max = 2;
    CHECK(story.refused() == "");
}

TEST_CASE("Company counts against the bound of encounters too") {
    Story story(3);
    for (const std::uint64_t rider : {1U, 2U, 3U}) story.scans(rider, {4}, 1000 + 300 * static_cast<std::int64_t>(rider), Direction::pass).vehicle = {7};
    story.question.bounds.encounters_max = 2;
    CHECK(story.refused() == "");
    story.question.bounds.encounters_max = 1;
    CHECK(story.refused() == "trace_too_large");
}

TEST_CASE("A site that was imported since the index was brought up to date has seen nobody, and ends nothing") {
    Story story(2);
    story.was(1, {1}, 0, 100).was(2, {1}, 0, 100);
    const SiteId unknown{static_cast<std::uint32_t>(story.town.world.sites.size()) + 7};
    story.question.index = {IndexSite{unknown, {start, start + day}}};
    CHECK(story.ask().contacts.empty());
    CHECK(build(story.town.world)->passages(unknown, {start, start + day}, nullptr).empty());
}

TEST_CASE("A plate's scan out stands for its own moment, not for what another scan of that second opened") {
    Story story(2);
    story.scans(1, {1}, 1000, Direction::out).vehicle = {7};
    story.scans(1, {1}, 1000, Direction::in);
    story.was(2, {1}, 1100, 1400);
    story.question.index = {IndexVehicle{{7}}};
    story.question.direction = TraceDirection::backward;
    CHECK(story.found() == "0:1");
    story.town.world.scans[0].vehicle = {};
    story.town.world.scans[1].vehicle = {7};
    CHECK(story.found() == "0:1 1:2");
}

TEST_CASE("Of thousands who qualify the first of the order are kept, whoever was met first") {
    constexpr std::uint32_t people = 10'000;
    Story story(people + 20);
    std::vector<std::pair<std::int64_t, std::uint32_t>> meant;   // longest first, then by number
    for (std::uint32_t index = people + 1; index <= people + 20; ++index) story.was(index, {1}, 0, 5'000);   // many who are followed
    for (std::uint32_t person = 1; person <= people; ++person) {
        const auto seconds = 1 + (person * 7'919) % 2'000;
        story.was(person, {1}, 0, seconds);
        meant.emplace_back(-static_cast<std::int64_t>(seconds), person);
    }
    std::sort(meant.begin(), meant.end());
    story.question.index.clear();
    for (std::uint32_t index = people + 1; index <= people + 20; ++index) story.question.index.emplace_back(PersonNo{index});
    const auto index = build(story.town.world);
    for (const std::uint32_t limit : {1U, 7U, 4'095U, 4'096U, 4'097U, 9'999U, 10'000U, 10'001U}) {
        story.question.limit = limit;
        const auto answer = index->trace(story.question);
        REQUIRE(answer);
        const auto kept = std::min(limit, people);
        REQUIRE(answer->contacts.size() == kept);
        CHECK(answer->left_out == std::vector<std::uint32_t>{people - kept});
        bool is_equal = true;
        for (std::uint32_t i = 0; i < kept; ++i)
            is_equal &= answer->contacts[i].person.value == meant[i].second && answer->contacts[i].total_s == -meant[i].first && answer->contacts[i].episode_count == 20;
        CHECK(is_equal);
    }
}
