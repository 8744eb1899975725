// SPDX-License-Identifier: Apache-2.0
// What is forgotten beside scans: on which day, in which order, how much at once, and what is left of it.
#include "service/book_retention.hpp"

#include "service/audit.hpp"
#include "service/stage.hpp"
#include "storage/ledger.hpp"
#include "storage/register.hpp"
#include "storage/tally.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using storage::EndedKind;

namespace {

constexpr std::int64_t a_day = 86'400;
constexpr RetentionTimes times{7, 40, 200};

struct Town : Stage {
    Town() {
        divisions("code,name\n130682,定州市\n");
        sites("ref,name,category,division\nA,东门,village,130682\n");
        begin();
    }
    void begin() {
        (*this)->tracing.load({});
        REQUIRE((*this)->tracing.readiness());
        books.emplace((*this)->store, (*this)->writer, (*this)->vault, clock, (*this)->tracing, (*this)->board, zone(), times);
    }
    void restart() {
        books.reset();
        Stage::restart();
        begin();
    }
    void tend(bool is_clock_trusted = true) {
        (*this)->tracing.tend();
        books->step(reader(), is_clock_trusted);
    }
    /// To the first second of that local day from today on, and what the house thread does then.
    void days_later(std::int64_t days, bool is_clock_trusted = true) {
        clock.set(zone().on_local_day(clock.now() + days * a_day, 0));
        for (int second = 0; second < 3; ++second) tend(is_clock_trusted);
    }
    bool is_known(domain::RegistrationId one) {
        const bool is_kept = reader().registry().registration(one).has_value();
        CHECK(directory()->people->person_of(one).is_none() == !is_kept);   // memory and store
        return is_kept;
    }
    std::vector<storage::AuditRow> lines(const char* action) {
        std::vector<storage::AuditRow> found;
        for (const auto& row : reader().audit().read(1, 100'000))
            if (row.action == action) found.push_back(row);
        return found;
    }
    std::string told(const storage::AuditRow& row) { return (*this)->vault.open(SealKind::audit_detail, std::to_string(row.seq), row.detail).value_or("?"); }
    std::uint64_t count(EndedKind kind) { return reader().retention().count_all(kind); }
    void check_vehicle(domain::Instant at) {
        REQUIRE(write([&](WriteContext& context) -> kit::Status {
            context.store().tally().append(storage::VehicleCheckRow{0, {1}, at, at, domain::Direction::in, 1, {3}, "plate", {}});
            return kit::Done{};
        }));
    }
    AuditVerdict verdict() { return verify_audit(reader(), (*this)->vault, folder.path / "checkpoints"); }

    std::optional<BookRetention> books;
};

}  // namespace

TEST_CASE("somebody goes on the day on which a scan of the day of registering would, and is let in no more") {
    Town town;
    const auto who = town.registered(someone(0));
    const auto other = town.registered(someone(1));
    town.days_later(times.scan_days + 1);
    CHECK(town.is_known(who));
    REQUIRE(town.scan(other, "A", "in"));
    town.days_later(1);
    CHECK_FALSE(town.is_known(who));
    CHECK(town.is_known(other));
    CHECK(town->store.check().empty());
    CHECK(refusal(town.scan(who, "A", "in")) == "unauthenticated");
    REQUIRE(town.lines("rows_forgotten").size() == 1);
    CHECK(town.told(town.lines("rows_forgotten")[0]) == "kind=people\ncount=1");
    const auto again = town.registered(someone(0));
    CHECK(again.value == other.value + 1);
    town.restart();
    CHECK_FALSE(town.is_known(who));
    CHECK(town.is_known(other));
}

TEST_CASE("somebody is kept by an entry, a record, a mark, a roster, an open case's question, and by nothing that is over") {
    Town town;
    const auto who = town.registered(someone(0));
    const auto caller = operator_of(storage::Role::tracer);
    const auto id = town->vault.person_id(town.person_of(who));
    const auto begun = town.clock.now();
    std::int64_t kept_days = times.desk_days;   // after the end of what keeps them
    SECTION("an entry of the ledger") {
        REQUIRE(town.write([&](WriteContext& context) -> kit::Status {
            storage::LedgerListRow list;
            list.until = begun + 10 * a_day;
            const auto number = context.store().ledger().append(list);
            (void)context.store().ledger().append(storage::LedgerEntryRow{0, number, 1, who, {domain::Measure::home, domain::Outcome::open, begun + 10 * a_day, false}});
            return kit::Done{};
        }));
    }
    SECTION("a record") {
        REQUIRE(town.write([&](WriteContext& context) -> kit::Status {
            storage::RecordRow row{0, domain::RegisterKind::fever, who, begun, {2}, "s", "p", {}, {}};
            row.standing.state = domain::RecordState::found;
            const auto record = context.store().registers().append(row);
            storage::StepRow step;
            step.record = record;
            step.at = begun + 10 * a_day;
            step.standing.state = domain::RecordState::cleared;
            context.store().registers().append(step);
            return kit::Done{};
        }));
    }
    SECTION("a question of a case") {
        REQUIRE(town->cases.open_case(caller, "1", "t", "p", text_of(begun + 10 * a_day)));
        REQUIRE(town->tracing.trajectory(caller, town.reader(), {id, "1", text_of(begun - 2 * a_day), text_of(begun - a_day), {}}));
        kept_days = 0;
    }
    SECTION("a mark of a case") {
        REQUIRE(town->cases.open_case(caller, "1", "t", "p", text_of(begun + 10 * a_day)));
        REQUIRE(town.write([&](WriteContext& context) -> kit::Status {
            storage::MarkRow mark;
            mark.case_number = "1";
            mark.statement = who;
            mark.note = "note";
            (void)context.store().desk().append(mark);
            return kit::Done{};
        }));
    }
    SECTION("a roster") {
        REQUIRE(town.write([&](WriteContext& context) -> kit::Status {
            const auto roster = context.store().retention().append(storage::RosterRow{0, "法", begun + 10 * a_day, {1}, begun});
            context.store().retention().put_on_roster(who, roster);
            return kit::Done{};
        }));
        kept_days = 0;
    }
    town.days_later(10);
    CHECK(town.is_known(who));
    town.days_later(1);   // what is over is noted now
    CHECK(town.is_known(who) == (kept_days > 0));
    if (kept_days == 0) return;
    town.days_later(kept_days - 1);
    CHECK(town.is_known(who));
    town.days_later(2);
    CHECK_FALSE(town.is_known(who));
    CHECK(town->store.check().empty());
}

TEST_CASE("a dependant's scan keeps the phone, and the phone keeps its dependants") {
    Town town;
    const auto holder = town.registered(someone(0));
    auto fields = without_document(without_phone(someone(1)));
    fields.relation = "child";
    const auto said = domain::parse_statement(fields, town.zone().local_day(town.clock.now()), false);
    REQUIRE(said);
    const auto added = town->residents.add_dependant(holder, *said);
    REQUIRE(added);
    const auto child = *open_dependant_id(town->vault, added->id);
    town.days_later(times.scan_days);
    ScanRequest request;
    request.code = town.code("A");
    request.direction = "in";
    request.self = false;
    request.dependants = {added->id};
    REQUIRE(town.scan_all(holder, request));
    town.days_later(2);
    CHECK(town.is_known(holder));
    CHECK(town.is_known(child));
}

TEST_CASE("who was scanned since they were found to be gone stays") {
    Town town;
    const auto who = town.registered(someone(0));
    town.clock.set(town.zone().on_local_day(town.clock.now() + (times.scan_days + 2) * a_day, 0));
    town->tracing.tend();
    // The index that the house thread looks at does not know this scan; the write thread does.
    REQUIRE(town.write([&](WriteContext& context) -> kit::Status {
        CHECK_FALSE(context.is_scanned(who, town.clock.now()));
        return kit::Done{};
    }));
    REQUIRE(town.scan(who, "A", "in"));
    REQUIRE(town.write([&](WriteContext& context) -> kit::Status {
        CHECK(context.is_scanned(who, town.clock.now()));
        CHECK_FALSE(context.is_scanned(who, town.clock.now() + 1));
        return kit::Done{};
    }));
    town.tend();
    CHECK(town.is_known(who));
}

TEST_CASE("checks of vehicles go with the scans of their day, unless an open case asked about it") {
    Town town;
    const auto begin = town.zone().on_local_day(town.clock.now(), 0);
    for (const auto at : {begin - 1, begin, begin + a_day - 1, begin + a_day}) town.check_vehicle(at);
    const auto caller = operator_of(storage::Role::tracer);
    const bool is_held = GENERATE(false, true);
    if (is_held) {
        REQUIRE(town->cases.open_case(caller, "1", "t", "p", {}));
        REQUIRE(town->tracing.passages(caller, town.reader(), {"A", "1", text_of(begin + 5), text_of(begin + 6), {}}));
    }
    town.days_later(times.scan_days + 1);
    CHECK(town.count(EndedKind::vehicle_check) == 3);
    town.days_later(1);
    CHECK(town.count(EndedKind::vehicle_check) == (is_held ? 3 : 1));
    town.days_later(1);
    CHECK(town.count(EndedKind::vehicle_check) == (is_held ? 2 : 0));
}

TEST_CASE("a tenth of a kind goes in a day, or a thousand, across starts") {
    Town town;
    const auto begin = town.clock.now();
    REQUIRE(town.write([&](WriteContext& context) -> kit::Status {
        for (int i = 0; i < 12'000; ++i) context.store().tally().append(storage::VehicleCheckRow{0, {1}, begin, begin, domain::Direction::in, 1, {3}, "plate", {}});
        return kit::Done{};
    }));
    town.days_later(30);
    CHECK(town.count(EndedKind::vehicle_check) == 10'800);
    town.restart();
    for (int i = 0; i < 3; ++i) town.tend();
    CHECK(town.count(EndedKind::vehicle_check) == 10'800);
    town.days_later(1);
    CHECK(town.count(EndedKind::vehicle_check) == 9'720);
    for (int i = 0; i < 8; ++i) town.days_later(1);
    CHECK(town.count(EndedKind::vehicle_check) == 1'720);
    CHECK(town.told(town.lines("rows_forgotten").back()) == "kind=vehicle_checks\ncount=1000");
}

TEST_CASE("nothing goes by a clock that is mistrusted, and nothing is asked twice on a day") {
    Town town;
    const auto who = town.registered(someone(0));
    town.days_later(30, false);
    CHECK(town.is_known(who));
    town.days_later(1);
    CHECK_FALSE(town.is_known(who));
    CHECK(town.lines("rows_forgotten").size() == 1);
    const auto commits = town->store.commits.load();
    for (int i = 0; i < 5; ++i) town.tend();
    CHECK(town->store.commits == commits);
}

TEST_CASE("what an end leaves half done goes on, and is told once") {
    Town town;
    const auto begin = town.clock.now();
    for (int i = 0; i < 3; ++i) town.check_vehicle(begin);
    town.registered(someone(0));
    town.clock.set(town.zone().on_local_day(begin + 30 * a_day, 0));
    // The first piece was committed, and then the power went.
    REQUIRE(town.write([&](WriteContext& context) -> kit::Status {
        auto& book = context.store().retention();
        CHECK(book.remove_ended(EndedKind::vehicle_check, {{0}, begin + 1}, 2) == 2);
        book.put(storage::EndedCount{EndedKind::vehicle_check, town.zone().local_day(town.clock.now()), 2, 2, 2});
        return kit::Done{};
    }));
    town.restart();
    for (int i = 0; i < 3; ++i) town.tend();
    CHECK(town.count(EndedKind::vehicle_check) == 0);
    const auto lines = town.lines("rows_forgotten");
    REQUIRE(lines.size() == 2);
    CHECK(town.told(lines[0]) == "kind=vehicle_checks\ncount=3");
    CHECK(town.reader().retention().ended_counts().front() == storage::EndedCount{EndedKind::vehicle_check, town.zone().local_day(town.clock.now()), 3, 0, 3});
}

TEST_CASE("without space everything waits, and goes on when there is some") {
    Town town;
    const auto who = town.registered(someone(0));
    town->store.kind = storage::StoreError::Kind::full;
    town->store.fails = true;
    town.days_later(30);
    CHECK(town.is_known(who));
    town->store.fails = false;
    town.clock.pass(2);
    for (int i = 0; i < 3; ++i) town.tend();
    CHECK_FALSE(town.is_known(who));
}

TEST_CASE("the audit log verifies after its oldest part was removed, and says that it was") {
    Town town;
    const auto line = [&](const char* case_number) {
        REQUIRE(town.write([&](WriteContext& context) -> kit::Status {
            context.audit({{3}, "case_opened", case_number, {}});
            return kit::Done{};
        }));
    };
    const auto first = town.reader().audit().last()->seq;
    for (int i = 0; i < 4; ++i) line("");
    const auto written = town.clock.now();
    town.clock.pass(1);
    line("");
    const auto all = town.verdict();
    REQUIRE_FALSE(all.first_bad);
    // In the first second of a day: the lines were written within one, so their limit is passed within one as well.
    town.days_later(times.audit_days);
    CHECK(town.verdict().removed == 0);
    town.days_later(1);
    const auto cut = town.verdict();
    CHECK_FALSE(cut.first_bad);
    CHECK(cut.removed == first + 4);   // the last line stays: the writer goes on from it
    CHECK(cut.removed_to == written);
    CHECK(town.reader().audit().read(1, 1).front().seq == cut.removed + 1);
    town.restart();
    line("");
    CHECK_FALSE(town.verdict().first_bad);

    const auto anchor = *town.reader().retention().audit_anchor();
    const auto forged = [&](auto change) {
        auto other = anchor;
        change(other);
        REQUIRE(town.write([&](WriteContext& context) -> kit::Status {
            context.store().retention().cut_audit(other);
            return kit::Done{};
        }));
        return town.verdict().first_bad.has_value();
    };
    CHECK(forged([](auto& other) { ++other.count; }));
    CHECK(forged([](auto& other) { other.chain[0] ^= 1U; }));
    CHECK(forged([](auto& other) { other.at.s += 1; }));
    CHECK_FALSE(forged([](auto&) {}));
    CHECK(forged([](auto& other) { ++other.seq; }));   // one more line than was sealed
}

TEST_CASE("lines of an open case hold the audit log, and the last line stays") {
    Town town;
    const auto caller = operator_of(storage::Role::tracer);
    const auto before = town.reader().audit().last()->seq;
    REQUIRE(town->cases.open_case(caller, "1", "t", "p", {}));
    town.days_later(times.audit_days + 2);
    CHECK(town.verdict().removed == before);
    CaseChange change;
    change.state = "closed";
    REQUIRE(town->cases.change_case(caller, "1", change));
    town.days_later(1);
    CHECK(town.verdict().removed > before);
    town.days_later(10 * times.audit_days);
    CHECK(town.reader().audit().last());
    CHECK_FALSE(town.verdict().first_bad);
}
