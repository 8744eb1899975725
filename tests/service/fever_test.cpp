// SPDX-License-Identifier: Apache-2.0
// Fevers write themselves down with the scan: both or neither.
#include "service/fever.hpp"

#include "service/stage.hpp"
#include "storage/register.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::service;
using service::testing::Stage;
using service::testing::someone;
using service::testing::text_of;

namespace {

struct Gate {
    Gate() {
        stage.divisions("code,name,parent\n130682,定州市,\n");
        stage.sites("ref,name,category,division\nA,东门,village,130682\nB,南门,clinic,130682\n");
    }
    /// The newest record is closed as cleared.
    void clear() {
        REQUIRE(stage.write([&](WriteContext& context) -> kit::Status {
            auto& book = context.store().registers();
            const auto record = *book.find(records().back().id);
            auto standing = record.standing;
            standing.state = domain::RecordState::cleared;
            standing.due = {};
            book.append(storage::StepRow{record.id, domain::StepKind::cleared, context.now(), {7}, standing, {}, {}});
            return kit::Done{};
        }));
    }
    /// As a tablet without a net sends it later.
    GateRequest of_before(unsigned who, double temperature, std::int64_t seconds) {
        auto asked = request(who, temperature);
        asked.at = text_of(stage.clock.now() - seconds);
        return asked;
    }
    std::vector<storage::RecordRow> records() {
        std::vector<storage::RecordRow> rows;
        stage.reader().registers().read(domain::RegisterKind::fever, [&](const storage::RecordRow& row) { rows.push_back(row); });
        return rows;
    }
    GateRequest request(unsigned who, double temperature, const std::string& ref = "A") {
        GateRequest asked;
        asked.document = someone(who);
        asked.document->phone.clear();
        asked.site = ref;
        asked.direction = "in";
        asked.temperature = temperature;
        return asked;
    }
    Stage stage;
    const Caller guard = service::testing::operator_of(storage::Role::guard);
};

}  // namespace

TEST_CASE("a hot scan opens one record of its person, where and when it was") {
    Gate gate;
    REQUIRE(gate.stage.gate(gate.guard, {gate.request(1, 37.2), gate.request(2, 37.3)}).size() == 2);
    auto records = gate.records();
    REQUIRE(records.size() == 1);
    CHECK((records[0].standing.site == gate.stage.site("A") && records[0].standing.found == domain::FoundAt::village && records[0].standing.temperature_dc == 373));
    CHECK(records[0].opened_by == gate.guard.id);
    gate.stage.clock.pass(300);
    REQUIRE(gate.stage.gate(gate.guard, {gate.request(2, 38.9, "B")}).front());
    records = gate.records();
    REQUIRE(records.size() == 1);
    CHECK((records[0].standing.temperature_dc == 389 && records[0].standing.site == gate.stage.site("A")));
    CHECK(gate.stage.reader().registers().steps(records[0].id).size() == 2);
}

TEST_CASE("the same scan sent again writes nothing down again") {
    Gate gate;
    auto asked = gate.request(3, 38.0);
    asked.at = text_of(gate.stage.clock.now());
    for (int i = 0; i < 3; ++i) REQUIRE(gate.stage.gate(gate.guard, {asked}).front());
    REQUIRE(gate.records().size() == 1);
    CHECK(gate.stage.reader().registers().steps(gate.records()[0].id).size() == 1);
}

TEST_CASE("a scan that is not stored leaves no fever behind") {
    Gate gate;
    gate.stage->store.kind = storage::StoreError::Kind::full;
    gate.stage->store.fails = true;
    CHECK(!gate.stage.gate(gate.guard, {gate.request(4, 39.0)}).front());
    gate.stage->store.fails = false;
    gate.stage.clock.pass(120);
    CHECK(gate.records().empty());
    REQUIRE(gate.stage.gate(gate.guard, {gate.request(4, 39.0)}).front());
    CHECK(gate.records().size() == 1);
}

TEST_CASE("a record that was closed is closed: the next fever is another") {
    Gate gate;
    REQUIRE(gate.stage.gate(gate.guard, {gate.request(5, 38.0)}).front());
    gate.clear();
    gate.stage.clock.pass(600);
    REQUIRE(gate.stage.gate(gate.guard, {gate.request(5, 38.0)}).front());
    CHECK(gate.records().size() == 2);
}

TEST_CASE("a reading that comes late never overwrites a newer one, nor brings back who was cleared since") {
    Gate gate;
    REQUIRE(gate.stage.gate(gate.guard, {gate.request(6, 37.5)}).front());
    gate.stage.clock.pass(60);
    REQUIRE(gate.stage.gate(gate.guard, {gate.of_before(6, 39.9, 3 * 3600)}).front());
    REQUIRE(gate.records().size() == 1);
    CHECK(gate.records()[0].standing.temperature_dc == 375);
    gate.clear();
    gate.stage.clock.pass(60);
    REQUIRE(gate.stage.gate(gate.guard, {gate.of_before(6, 38.8, 2 * 3600)}).front());
    CHECK(gate.records().size() == 1);
    gate.stage.clock.pass(3600);
    REQUIRE(gate.stage.gate(gate.guard, {gate.request(6, 38.8)}).front());
    CHECK(gate.records().size() == 2);
}

TEST_CASE("what is due of a fever that comes late is due from when it came") {
    Gate gate;
    REQUIRE(gate.stage.gate(gate.guard, {gate.of_before(7, 38.1, 5 * 86'400)}).front());
    REQUIRE(gate.records().size() == 1);
    CHECK(gate.records()[0].opened == gate.stage.clock.now() - 5 * 86'400);
    CHECK(gate.records()[0].standing.due == gate.stage.clock.now() + 3600);
}

TEST_CASE("what a phone says of somebody whom a guard has measured changes nothing") {
    Gate gate;
    REQUIRE(gate.stage.gate(gate.guard, {gate.request(8, 37.6)}).front());
    const auto record = gate.records()[0];
    for (const bool is_by_staff : {false, true}) {
        gate.stage.clock.pass(60);
        REQUIRE(gate.stage.write([&](WriteContext& context) -> kit::Status {
            const auto* site = context.directory().site(gate.stage.site("A"));
            note_temperature(context.store(), *context.directory().people, {record.registration, site, context.now(), context.now(), 420, is_by_staff ? gate.guard.id : domain::OperatorId{}}, 373, false);
            return kit::Done{};
        }));
        CHECK(gate.records()[0].standing.temperature_dc == (is_by_staff ? 420 : 376));
    }
}
