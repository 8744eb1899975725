// SPDX-License-Identifier: Apache-2.0
// What a day came to outlives its scans.
#include "service/day_counts.hpp"

#include "service/stage.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace chayan;
using namespace chayan::service;
using service::testing::Stage;
using service::testing::someone;

namespace {

struct Town {
    Town() {
        stage.divisions("code,name,parent\n130682,定州市,\n");
        stage.sites("ref,name,category,division\nA,东门,village,130682\nB,西门,traffic,130682\n");
        stage->tracing.load({});
        for (unsigned i = 0; i < 3; ++i) people.push_back(stage.registered(someone(i)));
    }
    /// Scans of one local day, 1 to 3 of them.
    void pass(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            stage.clock.pass(600);
            REQUIRE(stage.scan(people[i], i == 0 ? "A" : "B", "in"));
        }
    }
    void next_day() { stage.clock.set({stage.clock.now().s - stage.clock.now().s % 86'400 + 86'400}); }
    DayCounts counts() { return {stage->writer, stage->vault, stage.clock, stage->board, stage->tracing, stage.zone()}; }
    domain::Day today() { return stage.zone().local_day(stage.clock.now()); }

    Stage stage;
    std::vector<domain::RegistrationId> people;
};

}  // namespace

TEST_CASE("a day is kept once no scan of it can come any more") {
    Town town;
    const auto first = town.today();
    town.pass(3);
    auto counts = town.counts();
    for (int day = 1; day <= 8; ++day) {
        town.next_day();
        counts.keep(town.stage.reader());
        CHECK(DayCounts::kept(town.stage.reader(), first).has_value() == (day >= 8));
    }
    const auto rows = DayCounts::kept(town.stage.reader(), first).value();
    REQUIRE(rows.size() == 2);
    CHECK((rows[0].site == town.stage.site("A") && rows[0].people == 1 && rows[1].people == 2));
    std::uint32_t visits = 0;
    for (const auto& row : rows)
        for (const auto hour : row.visits) visits += hour;
    CHECK(visits == 3);
    CHECK(!DayCounts::kept(town.stage.reader(), town.today()));
}

TEST_CASE("a day whose scans are gone is left as it was kept") {
    Town town;
    const auto first = town.today();
    town.pass(3);
    for (int day = 1; day <= 8; ++day) town.next_day();
    auto counts = town.counts();
    counts.keep(town.stage.reader());
    const auto before = DayCounts::kept(town.stage.reader(), first);
    std::size_t erased = 0;
    for (const auto& file : std::filesystem::recursive_directory_iterator(town.stage.folder.path))
        if (file.path().filename() == domain::format_date(first) + ".key") erased += std::filesystem::remove(file.path()) ? 1U : 0U;
    REQUIRE(erased == 1);
    town.stage.restart();
    town.stage->tracing.load({});
    town.next_day();
    auto later = town.counts();
    later.keep(town.stage.reader());
    CHECK(DayCounts::kept(town.stage.reader(), first) == before);
    CHECK(before->size() == 2);
}
