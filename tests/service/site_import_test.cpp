// SPDX-License-Identifier: Apache-2.0
#include "service/site_import.hpp"

#include "service/stage.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <map>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

enum Column : std::size_t { ref, name, category, division, place, address, longitude, latitude, presence, dwell_min, opens, closes, asks_temperature };
using Values = std::map<std::size_t, std::string>;

struct Town : Stage {
    Town() { divisions("code,name\n130682,定州\n130682001,南城\n130681,重名\n130683,重名\n"); }

    static Values good() { return {{ref, "A"}, {name, "东门"}, {category, "shop"}, {division, "130682"}}; }
    /// "added", "changed", "unchanged", or the column and code of the refusal.
    std::string put(const Values& values) {
        std::string told;
        REQUIRE(write([&](WriteContext& context) -> kit::Status {
            const auto change = put_site(context, [&](std::size_t column) {
                const auto found = values.find(column);
                return found == values.end() ? std::nullopt : std::optional(found->second);
            });
            if (!change) told = change.error().fields.at(0).pointer + " " + change.error().fields[0].code;
            else told = *change == SiteChange::added ? "added" : *change == SiteChange::changed ? "changed" : "unchanged";
            return kit::Done{};
        }));
        return told;
    }
    std::string put_with(std::size_t column, const std::string& value) {
        auto values = good();
        values[column] = value;
        return put(values);
    }
};

}  // namespace

TEST_CASE("each column is refused with its name and reason, and a refusal leaves nothing") {
    Town town;
    const struct {
        std::size_t column;
        const char* fault;
        std::vector<std::string> bad;
    } cases[] = {
        {ref, "ref text_malformed", {"", " ", std::string(193, 'r'), "a\x01", "a\x7f", "a\u202eb", "\u200b"}},
        {ref, "ref ref_path", {".", "..", "a/b", "/"}},
        {name, "name text_malformed", {"", std::string(301, 'n'), "a\tb", "东\u200b门", "\u3164"}},
        {address, "address text_malformed", {std::string(601, 'a'), "a\nb", "a\u2066b"}},
        {category, "category category_unknown", {"", "casino", "Shop"}},
        {division, "division division_unknown", {"", "130699", "南"}},
        {division, "division division_ambiguous", {"重名"}},
        {longitude, "longitude number_malformed", {"180.1", "-180.1", "1,5", "1.5 ", "x", "nan", "inf", "1e999"}},
        {latitude, "latitude number_malformed", {"90.01", "-90.01", "38°"}},
        {presence, "presence presence_unknown", {"door", "Gate"}},
        {dwell_min, "dwell_min dwell_range", {"-1", "1441", "1.5", "x", "nan"}},
        {opens, "opens hours_malformed", {"24:00", "7", "7:3", "07:60", "25:00", ":30", "7:30:00", "007:30", "-1:30", "noon"}},
        {closes, "closes hours_malformed", {"24:01", "7:5", "99:00"}},
        {asks_temperature, "asks_temperature yes_or_no", {"maybe", "Yes", "2"}},
        {place, "place place_unknown", {"Z"}},
    };
    for (const auto& [column, fault, bad] : cases)
        for (const auto& value : bad) {
            CAPTURE(value);
            CHECK(town.put_with(column, value) == fault);
        }
    CHECK(town.directory()->site_rows.size() <= 1);
    CHECK(town.reader().sites().sites().empty());
}

TEST_CASE("each column is taken up to its bounds, in English and in Chinese") {
    Town town;
    int number = 0;
    const auto add = [&](std::size_t column, const std::string& value) {
        auto values = Town::good();
        values[ref] = "S" + std::to_string(++number);
        values[longitude] = "114.99";
        values[latitude] = "38.52";
        values[column] = value;
        CAPTURE(value);
        CHECK(town.put(values) == "added");
        return *town.directory()->site(values[ref]);
    };
    CHECK(add(name, std::string(300, 'n')).name.size() == 300);
    CHECK(add(category, "小区(社区)").category == domain::Category::community);
    CHECK(add(category, "社区").category == domain::Category::community);
    CHECK(add(division, "南城").division == domain::parse_division_code("130682001"));
    CHECK(add(longitude, "-180").longitude == -180);
    CHECK(add(latitude, "90").latitude == 90);
    CHECK(add(presence, "通道").presence == domain::Presence::gate);
    CHECK(add(presence, "venue").presence == domain::Presence::venue);
    CHECK_FALSE(add(presence, "").presence);
    CHECK(add(dwell_min, "0").dwell_s == 0);
    CHECK(add(dwell_min, "1440").dwell_s == 86'400);
    CHECK(add(opens, "7:30").opens_s == 27'000);
    CHECK(add(opens, "00:00").opens_s == 0);
    CHECK(add(closes, "24:00").closes_s == 86'400);
    CHECK(add(closes, "").closes_s == -1);
}

TEST_CASE("a site asks for temperatures where it says so, and keeps to it until it says otherwise") {
    Town town;
    const auto asks = [&] { return town.directory()->site("A")->asks_temperature; };
    CHECK(town.put(Town::good()) == "added");
    CHECK_FALSE(asks());
    for (const auto* yes : {"yes", "true", "1", "是"}) {
        CHECK(town.put_with(asks_temperature, yes) == "changed");
        CHECK(asks());
        CHECK(town.put(Town::good()) == "unchanged");
        CHECK(town.put_with(asks_temperature, std::string(yes) == "是" ? "" : "否") == "changed");
        CHECK_FALSE(asks());
    }
}

TEST_CASE("a position is both of its numbers, or none") {
    Town town;
    auto values = Town::good();
    values[longitude] = "114.99";
    values[latitude] = "";
    CHECK(town.put(values) == "latitude position_half");
    values[latitude] = "38.52";
    CHECK(town.put(values) == "added");
    values[longitude] = "";
    CHECK(town.put(values) == "longitude position_half");
    values[latitude] = "";
    CHECK(town.put(values) == "changed");
}

TEST_CASE("white space around a ref and a name is not theirs") {
    Town town;
    auto values = Town::good();
    values[ref] = "　A 1 ";
    values[name] = " 东门　";
    CHECK(town.put(values) == "added");
    REQUIRE(town.directory()->site("A 1") != nullptr);
    CHECK(town.directory()->site("A 1")->name == "东门");
}

TEST_CASE("a site closes after it opens") {
    Town town;
    auto values = Town::good();
    values[opens] = "8:00";
    for (const char* bad : {"8:00", "7:59", "0:00"}) {
        values[closes] = bad;
        CHECK(town.put(values) == "closes hours_malformed");
    }
    values[closes] = "8:01";
    CHECK(town.put(values) == "added");
}

TEST_CASE("a place is a site that names none, and its sites have one presence") {
    Town town;
    REQUIRE(town.put(Town::good()) == "added");
    auto door = Town::good();
    door[ref] = "B";
    door[place] = "A";
    door[presence] = "gate";
    CHECK(town.put(door) == "presence place_presence");
    door[presence] = "";
    CHECK(town.put(door) == "added");
    CHECK(town.directory()->site("B")->place == town.site("A"));
    auto third = Town::good();
    third[ref] = "C";
    third[place] = "B";
    CHECK(town.put(third) == "place place_nested");
    third[place] = "C";   // itself is none
    CHECK(town.put(third) == "added");
    CHECK(town.directory()->site("C")->place == town.site("C"));
}

TEST_CASE("a place whose doors name it keeps naming none, and keeps its presence") {
    Town town;
    REQUIRE(town.put(Town::good()) == "added");
    auto door = Town::good();
    door[ref] = "B";
    door[place] = "A";
    REQUIRE(town.put(door) == "added");
    auto other = Town::good();
    other[ref] = "C";
    REQUIRE(town.put(other) == "added");
    CHECK(town.put_with(place, "C") == "place place_nested");        // B's place would name another
    CHECK(town.put_with(presence, "gate") == "presence place_presence");   // B would have another presence
}

TEST_CASE("the same row again changes nothing; a change keeps the number, the code and what was before") {
    Town town;
    REQUIRE(town.put(Town::good()) == "added");
    const auto id = town.site("A");
    const auto code = town.code("A");
    CHECK(town.put(Town::good()) == "unchanged");
    auto renamed = Town::good();
    renamed[name] = "正门";
    CHECK(town.put(renamed) == "changed");
    CHECK(town.directory()->site("A")->stays.size() == 1);   // a name is no rule of stay
    town.clock.pass(100);
    renamed[dwell_min] = "45";
    CHECK(town.put(renamed) == "changed");
    CHECK(town.put(renamed) == "unchanged");
    CHECK(town.site("A") == id);
    CHECK(town.code("A") == code);
    const auto check = [&] {
        const auto& rules = (*town.directory()->sites)[id];
        REQUIRE(rules.stays.size() == 2);
        CHECK(rules.stay(morning + 100).dwell_s == 1'800);   // holds for scans later than the change
        CHECK(rules.stay(morning + 101).dwell_s == 2'700);
        CHECK(rules.stay({0}).dwell_s == 1'800);
        CHECK(town.directory()->site("A")->name == "正门");
    };
    check();
    town.restart();
    check();
}

TEST_CASE("what is exported is imported as unchanged, with a code that opens for each direction of each open site") {
    Town town;
    auto full = Town::good();
    full[name] = "东门,\"大\"";
    full[address] = "清风街12号";
    full[longitude] = "115.0123";
    full[latitude] = "38.5";
    full[dwell_min] = "45";
    full[opens] = "7:30";
    full[closes] = "24:00";
    REQUIRE(town.put(full) == "added");
    auto door = Town::good();
    door[ref] = "B";
    door[place] = "A";
    REQUIRE(town.put(door) == "added");
    const auto csv = export_sites(*town.directory(), town->vault, "https://a.example");
    const auto report = town->imports.sites({}, csv, {});
    REQUIRE(report);
    CHECK(report->unchanged == 8);
    CHECK(report->rejected.empty());
    domain::CsvReader reader(csv);
    (void)reader.next();
    std::vector<std::string> directions;
    while (const auto row = reader.next()) {
        REQUIRE(row->fields.size() == 15);
        const auto code = town->vault.open_site_code(row->fields[13]);
        REQUIRE(code);
        CHECK(code->site == town.site(row->fields[0]));
        CHECK(domain::word_of(code->direction) == row->fields[12]);
        CHECK(row->fields[14] == "https://a.example/s/" + row->fields[13]);
        directions.push_back(row->fields[12]);
    }
    CHECK(directions == std::vector<std::string>{"any", "in", "out", "pass", "any", "in", "out", "pass"});
}

TEST_CASE("a column that is not in the file leaves what the site has, and an empty one clears it") {
    Town town;
    REQUIRE(town.put({{ref, "P"}, {name, "正门"}, {category, "shop"}, {division, "130682"}, {presence, "gate"}}) == "added");
    const Values full{{ref, "A"}, {name, "东门"}, {category, "shop"}, {division, "130682"}, {place, "P"}, {address, "清风街12号"}, {longitude, "115"},
                      {latitude, "38"}, {presence, "gate"}, {dwell_min, "45"}, {opens, "7:30"}, {closes, "21:00"}};
    REQUIRE(town.put(full) == "added");
    const auto before = *town.directory()->site("A");
    CHECK(town.put(Town::good()) == "unchanged");
    auto renamed = Town::good();
    renamed[name] = "新东门";
    CHECK(town.put(renamed) == "changed");
    const auto after = *town.directory()->site("A");
    CHECK(after.name == "新东门");
    CHECK(after.place == before.place);
    CHECK(after.address == "清风街12号");
    CHECK(after.longitude == 115);
    CHECK(after.latitude == 38);
    CHECK(after.presence == domain::Presence::gate);
    CHECK(after.dwell_s == 2'700);
    CHECK(after.opens_s == 27'000);
    CHECK(after.closes_s == 75'600);
    CHECK(after.stays == before.stays);

    auto earlier = Town::good();
    earlier[closes] = "7:30";   // against the opening time that it has
    CHECK(town.put(earlier) == "closes hours_malformed");
    auto empty = full;
    for (const auto column : {place, address, longitude, latitude, presence, dwell_min, opens, closes}) empty[column] = "";
    CHECK(town.put(empty) == "changed");
    const auto cleared = *town.directory()->site("A");
    CHECK(cleared.place == cleared.id);
    CHECK(cleared.address.empty());
    CHECK_FALSE(cleared.longitude);
    CHECK_FALSE(cleared.latitude);
    CHECK_FALSE(cleared.presence);
    CHECK_FALSE(cleared.dwell_s);
    CHECK(cleared.opens_s == -1);
    CHECK(cleared.closes_s == -1);
}

TEST_CASE("a door keeps a place outside the scope that it has already, and may choose none there") {
    Town town;
    const Importer manager{{3}, *domain::parse_division_code("130682")};
    town.sites("ref,name,category,division,place\nF,外县,shop,130681,\nA,东门,shop,130682,F\nB,西门,shop,130682,\n");
    const auto report = town->imports.sites(manager, "ref,name,category,division,place\nA,改名,shop,130682,F\nB,西门,shop,130682,F\n", {});
    REQUIRE(report);
    CHECK(report->changed == 1);
    REQUIRE(report->rejected.size() == 1);
    CHECK(report->rejected[0].line == 3);
    CHECK(town.directory()->site("A")->place == town.site("F"));
}
