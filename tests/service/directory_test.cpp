// SPDX-License-Identifier: Apache-2.0
#include "service/directory.hpp"

#include "service/stage.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

TEST_CASE("a division is found by code, by its only name, and after it was renamed") {
    Divisions divisions;
    const auto code = [](const char* text) { return *domain::parse_division_code(text); };
    divisions.put({code("130682"), "定州", {}});
    divisions.put({code("130682000000"), "定州全境", {}});   // the same number with other digits
    divisions.put({code("130683"), "城关", {}});
    CHECK(divisions.find("130682")->name == "定州");
    CHECK(divisions.find("130682000000")->name == "定州全境");
    CHECK(divisions.find("城关")->code == code("130683"));
    divisions.put({code("130684"), "城关", {}});
    CHECK(divisions.find("城关") == nullptr);
    divisions.put({code("130684"), "新城", {}});
    CHECK(divisions.find("城关")->code == code("130683"));
    CHECK(divisions.find("新城")->code == code("130684"));
    CHECK(divisions.find("1306") == nullptr);
    CHECK(divisions.find("") == nullptr);
    CHECK(divisions.size() == 4);
}

TEST_CASE("a directory read from the store is the one that was published, and older ones do not change") {
    Stage stage;
    stage.divisions("code,name\n130682,定州\n");
    stage.sites("ref,name,category,division\nA,东门,shop,130682\n");
    const auto who = stage.registered(someone(1));
    const auto older = stage.directory();
    stage.sites("ref,name,category,division,place\nB,西门,shop,130682,A\nA,正门,shop,130682,\n");
    (void)stage.registered(someone(2));
    CHECK(older->site("A")->name == "东门");
    CHECK(older->site("B") == nullptr);
    CHECK_FALSE(older->may_scan({2}));
    const auto check = [&] {
        const auto directory = stage.directory();
        CHECK(directory->site("A")->name == "正门");
        CHECK(directory->site("B")->place == directory->site("A")->id);
        CHECK(directory->site("C") == nullptr);
        CHECK(directory->site(domain::SiteId{0}) == nullptr);
        CHECK(directory->site(domain::SiteId{99}) == nullptr);
        CHECK((*directory->sites)[stage.site("B")].ref == "B");
        CHECK(directory->divisions->size() == 1);
        CHECK(directory->may_scan(who));
        CHECK(directory->may_scan({2}));
        CHECK_FALSE(directory->may_scan({3}));
        CHECK_FALSE(directory->may_scan({0}));
    };
    check();
    stage.restart();
    check();
}
