// SPDX-License-Identifier: Apache-2.0
// What goes by its age, in any store: exactly what ended in a stretch of time, with all that belongs to it, and no number twice.
#include "storage/ended.hpp"

#include "storage/ledger.hpp"
#include "storage/memory_store.hpp"
#include "storage/outing.hpp"
#include "storage/register.hpp"
#include "storage/retention.hpp"
#include "storage/samples.hpp"
#include "storage/sqlite/sqlite_store.hpp"
#include "storage/tally.hpp"

#include <catch2/catch.hpp>

namespace chayan::storage {
namespace {

struct OverSqlite {
    BareFolder folder;
    std::unique_ptr<Store> store = sqlite::open({folder.path, {}, 0});
};
struct OverValues {
    std::unique_ptr<Store> store = make_memory_store();
};

constexpr domain::Instant first{morning}, end{morning + 864'000};
constexpr domain::Interval ended{first, end};

RecordRow record() {
    RecordRow row{0, domain::RegisterKind::fever, {1}, morning - 1'000'000, {2}, "s", "p", {}, {}};
    row.standing.state = domain::RecordState::found;
    return row;
}

/// One row of a kind that ended at that moment.
std::uint64_t put(Connection& to, EndedKind kind, domain::Instant at) {
    if (kind == EndedKind::vehicle_check) return to.tally().append(VehicleCheckRow{0, {1}, at, at, domain::Direction::in, 2, {3}, "plate", blind(1)});
    if (kind == EndedKind::outing) {
        static std::uint8_t number = 0;
        OutingRow row;
        row.household = blind(1);
        row.scan = blind(++number);
        row.day = {static_cast<std::int32_t>(at.s / 86'400)};
        row.sealed = "sealed";
        CHECK(to.outings().append(row));
        return to.outings().find(row.scan)->id;
    }
    if (kind == EndedKind::alert) return to.ledger().append(AlertRow{0, {1}, at, at, domain::Verdict::call, "sealed", {}, {}, {}});
    if (kind == EndedKind::record) {
        const auto id = to.registers().append(record());
        StepRow step;
        step.record = id;
        step.at = at;
        step.by = {2};
        step.standing.state = domain::RecordState::cleared;
        step.place = "";
        step.note = "note";
        to.registers().append(step);
        return id;
    }
    LedgerListRow list;
    list.until = kind == EndedKind::ledger_list ? at : domain::ever_after;
    list.sealed = "sealed";
    const auto id = to.ledger().append(list);
    if (kind == EndedKind::ledger_list) return id;
    const auto entry = to.ledger().append(LedgerEntryRow{0, id, 1, {1}, {domain::Measure::home, domain::Outcome::open, at, false}}).value();
    to.ledger().append(LedgerActRow{entry, {domain::Measure::home, domain::Outcome::here, at, false}, {3}, morning, "note"});
    return entry;
}

constexpr EndedKind kinds[] = {EndedKind::vehicle_check, EndedKind::outing, EndedKind::alert, EndedKind::record, EndedKind::ledger_entry, EndedKind::ledger_list};

}  // namespace

TEMPLATE_TEST_CASE("of each kind goes exactly what ended within the stretch, in pieces, and its numbers are given to nobody else", "", OverSqlite, OverValues) {
    for (const auto kind : kinds) {
        TestType world;
        world.store->write([](Connection& to) { to.registry().append(registration(1)); });
        const std::int64_t unit = kind == EndedKind::outing ? 86'400 : 1;   // an outing knows its day alone
        std::uint64_t last = 0;
        world.store->write([&](Connection& to) {
            for (const auto at : {first - unit, first, first + 5 * unit, end - unit, end}) last = put(to, kind, at);
        });
        const auto reader = world.store->reader();
        CHECK(reader->retention().count_all(kind) == 5);
        CHECK(reader->retention().count_ended(kind, ended) == 3);
        for (const std::uint64_t left : {2U, 1U, 0U})
            world.store->write([&](Connection& to) { CHECK(to.retention().remove_ended(kind, ended, 2) == (left == 2 ? 2U : left)); });
        CHECK(world.store->reader()->retention().count_ended(kind, ended) == 0);
        CHECK(world.store->reader()->retention().count_all(kind) == 2);
        world.store->write([&](Connection& to) { CHECK(to.retention().remove_ended(kind, {first, end + unit}, 100) == 1); });   // the newest of all
        if constexpr (std::is_same_v<TestType, OverSqlite>) {
            world.store->write([&](Connection& to) { CHECK(put(to, kind, first) == last + 1); });
            CHECK(world.store->check().empty());
        }
    }
}

TEMPLATE_TEST_CASE("an entry that was undone ended then, and a list stays while it has an entry", "", OverSqlite, OverValues) {
    TestType world;
    auto& store = *world.store;
    store.write([](Connection& to) {
        to.registry().append(registration(1));
        const auto entry = put(to, EndedKind::ledger_entry, domain::ever_after);
        to.ledger().append(LedgerActRow{entry, {domain::Measure::home, domain::Outcome::open, domain::ever_after, true}, {3}, morning + 50, "undone"});
        LedgerListRow list;
        list.until = morning;
        list.sealed = "sealed";
        const auto other = to.ledger().append(list);
        (void)to.ledger().append(LedgerEntryRow{0, other, 1, {1}, {domain::Measure::home, domain::Outcome::open, domain::ever_after, false}});
    });
    CHECK(store.reader()->retention().count_ended(EndedKind::ledger_entry, {morning, morning + 50}) == 0);
    CHECK(store.reader()->retention().count_ended(EndedKind::ledger_entry, {morning, morning + 51}) == 1);
    CHECK(store.reader()->retention().count_ended(EndedKind::ledger_list, {morning, morning + 51}) == 0);
    CHECK(store.reader()->retention().needed_statements(morning) == std::vector<domain::RegistrationId>{{1}});
}

TEMPLATE_TEST_CASE("a case's papers go some time after it is closed or over, and not when it is opened again", "", OverSqlite, OverValues) {
    TestType world;
    auto& store = *world.store;
    const auto keep = [&](const char* number, CaseState state, std::optional<domain::Instant> expires) {
        store.write([&](Connection& to) {
            to.desk().put(CaseRow{number, "t", "p", state, expires, {1}, morning});
            MarkRow mark;
            mark.case_number = number;
            mark.statement = {1};
            mark.at = morning;
            mark.note = "note";
            (void)to.desk().append(mark);
        });
    };
    store.write([](Connection& to) { to.registry().append(registration(1)); });
    keep("open", CaseState::open, {});
    keep("closed", CaseState::closed, {});
    keep("over", CaseState::open, morning + 100);
    keep("later", CaseState::hold, morning + 101);
    store.write([](Connection& to) { to.retention().note_case_ends(morning + 100); });
    store.write([](Connection& to) { to.retention().note_case_ends(morning + 500); });   // the first moment counts
    const auto count = [&](domain::Instant to) { return store.reader()->retention().count_ended(EndedKind::case_paper, {morning, to}); };
    CHECK(count(morning + 100) == 0);
    CHECK(count(morning + 101) == 2);
    CHECK(count(morning + 501) == 3);
    keep("closed", CaseState::open, {});   // with another mark
    store.write([](Connection& to) { to.retention().note_case_ends(morning + 600); });
    CHECK(count(morning + 601) == 2);
    store.write([](Connection& to) { CHECK(to.retention().remove_ended(EndedKind::case_paper, {morning, morning + 601}, 10) == 2); });
    CHECK(store.reader()->desk().count_marks("over") == 0);
    CHECK(store.reader()->desk().count_marks("closed") == 2);
    CHECK(store.reader()->desk().count_marks("open") == 1);
}

TEMPLATE_TEST_CASE("people whom something names after all stay as they are", "", OverSqlite, OverValues) {
    TestType world;
    auto& store = *world.store;
    const GoingPeople all{{{1}, {2}}, {{1}}, {}};
    std::uint64_t roster = 0;
    store.write([&](Connection& to) {
        to.registry().append(registration(1));
        to.registry().append(registration(2));
        to.registry().put_roster_ref(blind(7), {2});
        roster = to.retention().append(RosterRow{0, "basis", morning + 10, {1}, morning});
        to.retention().put_on_roster({2}, roster);
    });
    CHECK(store.reader()->retention().rosters(morning + 10).front().second == 1);
    store.write([&](Connection& to) { CHECK_FALSE(to.retention().remove_people(all, morning + 9)); });
    CHECK(store.reader()->registry().registration({1}));
    store.write([&](Connection& to) { CHECK(to.retention().remove_people(all, morning + 10)); });
    CHECK_FALSE(store.reader()->registry().registration({2}));
    CHECK_FALSE(store.reader()->registry().roster_ref(blind(7)));
    CHECK(store.reader()->registry().last_registration() == domain::RegistrationId{2});
    CHECK(store.reader()->retention().rosters(morning + 10).empty());
    CHECK(store.check().empty());
}

TEST_CASE("nothing but forgetting takes what is append-only") {
    BareFolder folder;
    {
        auto store = sqlite::open({folder.path, {}, 0});
        store->write([](Connection& to) {
            to.registry().append(registration(1));
            (void)put(to, EndedKind::record, first);
            (void)put(to, EndedKind::ledger_entry, first);
            for (std::uint64_t seq = 1; seq <= 3; ++seq) to.audit().append(audit(seq));
            to.retention().cut_audit({1, morning, 1, {}, {}});
        });
        CHECK(store->reader()->audit().read(1, 10).size() == 2);
    }
    const auto path = folder.path + "/chayan.db";
    CHECK_THROWS(run_sql(path, "DELETE FROM audit WHERE seq = 2"));
    CHECK_THROWS(run_sql(path, "DELETE FROM record_step"));
    CHECK_THROWS(run_sql(path, "DELETE FROM ledger_act"));
}

}  // namespace chayan::storage
