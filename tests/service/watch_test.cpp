// SPDX-License-Identifier: Apache-2.0
#include "service/watch.hpp"

#include "service/ledger_texts.hpp"
#include "service/stage.hpp"
#include "storage/ledger.hpp"
#include "storage/register.hpp"
#include "storage/samples.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace chayan;
using service::testing::Stage;
using domain::Measure;
using domain::Outcome;
using domain::PersonNo;
using service::Watch;

namespace {

constexpr domain::Instant now{1'580'000'000};

/// May an entry of `entered` be of `person`: is a human asked whether two of their statements, of one document under two names, are of one?
bool may_be(storage::Connection& connection, const domain::People& people, PersonNo entered, PersonNo person) {
    for (const auto& row : connection.links().reviews(storage::ReviewState::open)) {
        const auto a = people.person_of(row.a), b = people.person_of(row.b);
        if (row.kind == storage::ReviewKind::conflict && row.a.value % 2 == row.b.value % 2 && ((a == entered && b == person) || (b == entered && a == person))) return true;
    }
    return false;
}

/// What the watch must say of somebody who scans at a site, entry by entry and record by record.
domain::Verdict naive(storage::Connection& connection, const domain::People& people, PersonNo person, domain::SiteId site, domain::Instant at) {
    auto verdict = domain::Verdict::pass;
    const auto take = [&](PersonNo entered, domain::Verdict said) {
        if (entered == person) verdict = std::max(verdict, said);
        else if (may_be(connection, people, entered, person)) verdict = std::max(verdict, std::min(said, domain::Verdict::call));
    };
    for (const auto& list : connection.ledger().lists()) {
        if (list.state != storage::ListState::approved) continue;
        for (const auto& entry : connection.ledger().entries(list.id, 0, 10'000))
            take(people.person_of(entry.registration), domain::verdict_of(entry.state, at));
    }
    connection.registers().read(domain::RegisterKind::isolation, [&](const storage::RecordRow& row) {
        const bool is_in = (row.closed.s == 0 || at < row.closed) && row.opened <= at;   // until somebody is released, whatever it was to last
        if (is_in && (row.standing.site.is_none() || row.standing.site != site)) take(people.person_of(row.registration), row.standing.is_approved ? domain::Verdict::stop : domain::Verdict::call);
    });
    return verdict;
}

}  // namespace

TEST_CASE("the watch says of everybody what their most severe entry in force says, whatever changed since") {
    std::mt19937 chance(130'682);
    const auto up_to = [&](std::uint32_t most) { return std::uniform_int_distribution<std::uint32_t>(0, most)(chance); };
    for (int world = 0; world < 30; ++world) {
        const storage::BareFolder folder;
        const auto store = storage::sqlite::open({folder.path, {}, 0});
        domain::People people;
        constexpr std::uint32_t persons = 12;
        for (std::uint32_t i = 1; i <= 3 * persons; ++i) people.place({i}, {1 + up_to(persons - 1)}, {i});
        Watch watch;
        store->write([&](storage::Connection& connection) {
            for (std::uint64_t i = 1; i <= 3 * persons; ++i) {   // entries are of registrations that are there
                auto row = storage::registration(i);
                row.document = storage::blind(static_cast<std::uint8_t>(i % 2));   // two documents among all
                connection.registry().append(row);
            }
            auto& book = connection.ledger();
            std::vector<std::uint64_t> entries, lists, records;
            for (int step = 0; step < 60; ++step) {
                const auto act = up_to(7);
                if (act == 0 || lists.empty()) lists.push_back(book.append(storage::LedgerListRow{}));
                const auto list = lists[up_to(static_cast<std::uint32_t>(lists.size()) - 1)];
                const domain::LedgerState state{static_cast<Measure>(up_to(3)), static_cast<Outcome>(up_to(4)), now + static_cast<std::int64_t>(up_to(20)) - 10, up_to(4) == 0};
                if (act == 1) book.decide(list, static_cast<storage::ListState>(up_to(3)), {1}, now);
                else if (act == 2) { if (const auto id = book.append(storage::LedgerEntryRow{0, list, static_cast<std::uint32_t>(step), {1 + up_to(3 * persons - 1)}, state})) entries.push_back(*id); }
                else if (act == 3 && !entries.empty()) book.append(storage::LedgerActRow{entries[up_to(static_cast<std::uint32_t>(entries.size()) - 1)], state, {1}, now, {}});
                else if (act == 4) {
                    people.place({3 * persons + 1 + static_cast<std::uint32_t>(step)}, {1 + up_to(persons - 1)}, {3 * persons + 1 + static_cast<std::uint32_t>(step)});
                    watch.people_changed();
                }
                else if (act == 5) {
                    storage::RecordRow row;
                    row.kind = domain::RegisterKind::isolation;
                    row.registration = {1 + up_to(3 * persons - 1)};
                    row.opened = now + static_cast<std::int64_t>(up_to(20)) - 15;
                    row.standing = {domain::RecordState::in, {130'682'000'000, 6}, {up_to(2)}, {}, 0, {}, now + static_cast<std::int64_t>(up_to(20)) - 10, now};
                    row.standing.is_approved = up_to(1) == 0;
                    records.push_back(connection.registers().append(row));
                } else if (act == 6 && !records.empty()) {
                    storage::StepRow row{records[up_to(static_cast<std::uint32_t>(records.size()) - 1)], domain::StepKind::moved, now, {1}, {}, {}, {}};
                    row.standing = {up_to(1) == 0 ? domain::RecordState::in : domain::RecordState::released, {130'682'000'000, 6}, {up_to(2)}, {}, 0, {}, now + 5, now, up_to(1) == 0};
                    connection.registers().append(row);
                }
                if (act == 7) {
                    storage::ReviewRow row;
                    row.a = {1 + up_to(3 * persons - 2)};
                    row.b = {row.a.value + 1 + up_to(static_cast<std::uint32_t>(3 * persons - 1 - row.a.value))};
                    row.id = storage::blind(static_cast<std::uint8_t>(0));
                    row.id[0] = static_cast<std::uint8_t>(row.a.value), row.id[1] = static_cast<std::uint8_t>(row.b.value);
                    row.state = static_cast<storage::ReviewState>(up_to(3) == 0 ? 1 + up_to(2) : 0);
                    row.kind = static_cast<storage::ReviewKind>(up_to(2) == 0 ? 0 : 1);
                    connection.links().put(row);
                }
                const domain::SiteId scanned_at{1 + up_to(1)};
                for (std::uint32_t person = 0; person <= persons; ++person)
                    for (const auto at : {now - 11, now, now + 5}) {
                        const auto found = watch.find(connection, people, {person}, [&](domain::SiteId kept_at) { return kept_at == scanned_at; }, at, at);
                        const auto wanted = person == 0 ? domain::Verdict::pass : naive(connection, people, {person}, scanned_at, at);
                        REQUIRE(found.verdict == wanted);
                        REQUIRE(found.by.has_value() == (wanted != domain::Verdict::pass));
                        if (found.by && found.by->record == 0) REQUIRE(domain::verdict_of(found.by->state, at) >= wanted);
                    }
            }
        });
    }
}

TEST_CASE("what is sealed of an alert opens only where and when it was made") {
    Stage stage;
    storage::AlertRow row{0, {3}, now, now + 5, domain::Verdict::stop, {}, {}, {}, {}};
    row.sealed = seal_alert(stage->vault, row, {{17}, 42});
    const auto opened = open_alert(stage->vault, row);
    REQUIRE(opened);
    CHECK(opened->registration == domain::RegistrationId{17});
    CHECK(opened->entry == 42);
    row.sealed = seal_alert(stage->vault, row, {{17}, 0, 9});
    CHECK(open_alert(stage->vault, row)->record == 9);
    row.sealed = seal_alert(stage->vault, row, {{17}, 42});
    for (const auto change : {0, 1, 2, 3}) {
        auto other = row;
        if (change == 0) other.site = {4};
        if (change == 1) other.at = now + 1;
        if (change == 2) other.verdict = domain::Verdict::call;
        if (change == 3) other.sealed.back() = static_cast<char>(other.sealed.back() ^ 1);
        CHECK_FALSE(open_alert(stage->vault, other));
    }
}

TEST_CASE("a command that fails leaves nobody watched who was not before") {
    Stage stage;
    stage.divisions("code,name\n130682,定州\n");
    stage.sites("ref,name,category,division\nA,东门,shop,130682\n");
    const auto who = stage.registered(service::testing::someone(1));
    const auto scans = [&](service::WriteContext& context, std::int64_t second) {
        service::ScanIntake intake;
        intake.key = {who, stage.site("A"), stage->clock.now() + second, domain::Direction::in};
        intake.received = stage->clock.now();
        return context.take(intake).verdict;
    };
    const auto enters = [&](service::WriteContext& context) {
        auto& book = context.store().ledger();
        storage::LedgerListRow list;
        list.state = storage::ListState::approved;
        const auto id = book.append(list);
        (void)book.append(storage::LedgerEntryRow{0, id, 2, who, {Measure::central, Outcome::open, stage->clock.now() + 1000, false}});
    };
    auto seen = domain::Verdict::pass;
    CHECK(stage.write([&](service::WriteContext& context) -> kit::Status { (void)scans(context, -900); return kit::Done{}; }));
    CHECK_FALSE(stage.write([&](service::WriteContext& context) -> kit::Status {
        enters(context);
        CHECK(scans(context, -900) == domain::Verdict::stop);   // a retry: the watch is read inside, and must not outlive what is taken back
        return kit::Error{kit::Errc::conflict, "busy"};
    }));
    CHECK(stage.write([&](service::WriteContext& context) -> kit::Status { seen = scans(context, -500); return kit::Done{}; }));
    CHECK(seen == domain::Verdict::pass);
    CHECK(stage.reader().ledger().alerts(false, 0, 10).empty());
    CHECK(stage.write([&](service::WriteContext& context) -> kit::Status { enters(context); return kit::Done{}; }));
    CHECK(stage.write([&](service::WriteContext& context) -> kit::Status { seen = scans(context, -300); return kit::Done{}; }));
    CHECK(seen == domain::Verdict::stop);
    CHECK(stage.reader().ledger().alerts(false, 0, 10).size() == 1);
}
