// SPDX-License-Identifier: Apache-2.0
// What any store must do: run against the one over SQLite and against plain values.
#include "storage/memory_store.hpp"
#include "storage/samples.hpp"
#include "storage/sqlite/sqlite_store.hpp"

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

using domain::Direction;
using domain::ScanSeq;
using Seqs = std::vector<std::uint64_t>;

void append(Store& store, const std::vector<ScanRow>& rows) {
    store.write([&](Connection& connection) { connection.scans().append(rows); });
}
Seqs seqs(const std::vector<ScanRow>& rows) {
    Seqs numbers;
    for (const auto& row : rows) numbers.push_back(row.seq.value);
    return numbers;
}
Seqs ids(const std::vector<RegistrationRow>& rows) {
    Seqs numbers;
    for (const auto& row : rows) numbers.push_back(row.id.value);
    return numbers;
}
Seqs read(Connection& connection, std::uint64_t after, std::uint64_t upto, std::size_t batches = 1'000'000) {
    Seqs numbers;
    connection.scans().read({after}, {upto}, [&](std::span<const ScanRow> rows) {
        for (const auto& row : rows) numbers.push_back(row.seq.value);
        return --batches > 0;
    });
    return numbers;
}

}  // namespace

#define STORE_TEST(sentence) TEMPLATE_TEST_CASE(sentence, "", OverSqlite, OverValues)

STORE_TEST("a transaction is there wholly after write, and not at all when its body throws") {
    TestType world;
    auto& store = *world.store;
    append(store, {scan(1), scan(2)});
    REQUIRE_THROWS_AS(store.write([](Connection& connection) {
        const ScanRow rows[] = {scan(3)};
        connection.scans().append(rows);
        connection.registry().append(registration(1));
        throw std::runtime_error("a reason");
    }), std::runtime_error);
    const auto reader = store.reader();
    REQUIRE(reader->scans().last() == ScanSeq{2});
    REQUIRE(reader->registry().last_registration().is_none());
    append(store, {scan(3)});   // the number that was taken back is free
    REQUIRE(reader->scans().last() == ScanSeq{3});
}

STORE_TEST("a reader sees what is committed and nothing of what is under way") {
    TestType world;
    const auto reader = world.store->reader();
    world.store->write([&](Connection& connection) {
        const ScanRow rows[] = {scan(1)};
        connection.scans().append(rows);
        REQUIRE(connection.scans().last() == ScanSeq{1});
        REQUIRE(reader->scans().last().is_none());
    });
    REQUIRE(reader->scans().last() == ScanSeq{1});
}

STORE_TEST("an attempt that is refused or throws is undone alone") {
    TestType world;
    world.store->write([](Connection& connection) {
        connection.sites().put(site(1));
        REQUIRE_FALSE(connection.attempt([&] {
            connection.sites().put(site(2));
            return false;
        }));
        REQUIRE_THROWS_AS(connection.attempt([&]() -> bool {
            connection.sites().put(site(3));
            throw std::runtime_error("a reason");
        }), std::runtime_error);
        REQUIRE(connection.attempt([&] {
            connection.sites().put(site(4));
            return true;
        }));
    });
    const auto sites = world.store->reader()->sites().sites();
    REQUIRE(sites.size() == 2);
    REQUIRE(sites[0].id.value == 1);
    REQUIRE(sites[1].id.value == 4);
}

STORE_TEST("an attempt within an attempt is undone with it, or alone") {
    TestType world;
    const auto put = [](Connection& connection, std::uint32_t id, bool keep) {
        connection.sites().put(site(id));
        return keep;
    };
    world.store->write([&](Connection& connection) {
        (void)connection.attempt([&] {
            (void)connection.attempt([&] { return put(connection, 1, true); });
            return put(connection, 2, false);
        });
        (void)connection.attempt([&] {
            (void)connection.attempt([&] { return put(connection, 3, false); });
            return put(connection, 4, true);
        });
    });
    const auto sites = world.store->reader()->sites().sites();
    REQUIRE(sites.size() == 1);
    REQUIRE(sites[0].id.value == 4);
}

STORE_TEST("a rule of the store that an attempt breaks spares the transaction") {
    TestType world;
    world.store->write([](Connection& connection) {
        connection.staff().put(staff(1, "li"));
        REQUIRE_THROWS_AS(connection.attempt([&] {
            connection.staff().put(staff(2, "li"));
            return true;
        }), StoreError);
        connection.staff().put(staff(3, "wu"));
    });
    REQUIRE(world.store->reader()->staff().operators().size() == 2);
}

STORE_TEST("scans come back as they were, in order, within the bounds, in batches that can be stopped") {
    TestType world;
    std::vector<ScanRow> rows;
    for (std::uint64_t seq = 1; seq <= 20'000; ++seq) rows.push_back(scan(seq));
    rows[4] = {{5}, {0xFF'FFFF}, {-1}, Direction::pass, domain::Source::old_poster, -32'768, -120, blind(0xFF)};
    rows[5].temperature_dc = 0;
    rows[5].delay_s = 0;
    append(*world.store, rows);
    const auto reader = world.store->reader();
    std::size_t next = 0;
    reader->scans().read({}, {20'000}, [&](std::span<const ScanRow> batch) {
        for (const auto& row : batch) {
            const auto& put = rows.at(next++);
            REQUIRE(std::tie(row.seq, row.site, row.at, row.direction, row.source, row.temperature_dc, row.delay_s, row.sealed) ==
                    std::tie(put.seq, put.site, put.at, put.direction, put.source, put.temperature_dc, put.delay_s, put.sealed));
        }
        return true;
    });
    REQUIRE(next == rows.size());
    REQUIRE(read(*reader, 2, 5) == Seqs{3, 4, 5});
    REQUIRE(read(*reader, 19'999, ~0ULL >> 1U) == Seqs{20'000});
    REQUIRE(read(*reader, 20'000, 30'000).empty());
    const auto first = read(*reader, 0, 20'000, 1);
    REQUIRE(first.size() < 20'000);
    REQUIRE(first.front() == 1);
}

STORE_TEST("a number of the log is never taken twice") {
    TestType world;
    append(*world.store, {scan(1)});
    REQUIRE_THROWS_AS(append(*world.store, {scan(2), scan(1)}), StoreError);
    REQUIRE(world.store->reader()->scans().last() == ScanSeq{1});
}

STORE_TEST("recent scans are found by site, second and direction, the newest first, as long as they were received since") {
    TestType world;
    auto other_way = scan(4, 7, 100);
    other_way.direction = Direction::out;
    append(*world.store, {scan(1, 7, 100), scan(2, 8, 100), scan(3, 7, 101), other_way, scan(5, 7, 100)});
    const auto reader = world.store->reader();
    const auto received = morning + 107;
    REQUIRE(seqs(reader->scans().find_recent({7}, morning + 100, Direction::in, received)) == Seqs{5, 1});
    REQUIRE(reader->scans().find_recent({7}, morning + 100, Direction::in, received + 1).empty());
    REQUIRE(reader->scans().find_recent({9}, morning + 100, Direction::in, {}).empty());
}

STORE_TEST("a recent scan is found behind rows that seem older, and behind a gap") {
    TestType world;
    std::vector<ScanRow> rows{scan(1, 7, 0), scan(2, 7, 50'000)};
    for (std::uint64_t seq = 3; seq < 2'000; ++seq) rows.push_back(scan(seq, 3, -500'000));   // as if the clock had been wrong
    for (std::uint64_t seq = 100'000; seq < 100'050; ++seq) rows.push_back(scan(seq, 3, 50'001));
    append(*world.store, rows);
    REQUIRE(seqs(world.store->reader()->scans().find_recent({7}, morning + 50'000, Direction::in, morning + 40'000)) == Seqs{2});
}

STORE_TEST("a recent scan is found behind more rows than are read at once, all received since") {
    TestType world;
    std::vector<ScanRow> rows{scan(1, 7, 0)};
    for (std::uint64_t seq = 2; seq < 40'000; ++seq) rows.push_back(scan(seq, 3, 1));
    append(*world.store, rows);
    REQUIRE(seqs(world.store->reader()->scans().find_recent({7}, morning, Direction::in, morning)) == Seqs{1});
}

STORE_TEST("what came in is counted from a row on and since a moment, imported history apart") {
    TestType world;
    REQUIRE(world.store->reader()->scans().received({}, {}).count == 0);
    REQUIRE(world.store->reader()->scans().received({}, {}).upto.is_none());
    auto imported = scan(4, 7, 900);
    imported.source = domain::Source::import;
    append(*world.store, {scan(1, 7, 0), scan(2, 7, 300), scan(3, 8, 299), imported});
    const auto reader = world.store->reader();
    const auto all = reader->scans().received({}, {});
    REQUIRE(all.count == 3);
    REQUIRE(all.upto == ScanSeq{4});
    REQUIRE(all.last == morning + 299 + 7);   // the newest row, not the latest moment
    REQUIRE(reader->scans().received({}, morning + 307).count == 1);
    REQUIRE(reader->scans().received({2}, morning + 306).count == 1);
    const auto nothing = reader->scans().received({3}, {});
    REQUIRE(nothing.count == 0);
    REQUIRE_FALSE(nothing.last);
}

STORE_TEST("what came in today is counted over more rows than are read at once, behind any that seem older") {
    TestType world;
    std::vector<ScanRow> rows;
    for (std::uint64_t seq = 1; seq <= 50'000; ++seq) rows.push_back(scan(seq, 3, seq > 10'000 && seq % 1'000 != 0 ? 86'400 : 0));
    append(*world.store, rows);
    REQUIRE(world.store->reader()->scans().received({}, morning + 86'400).count == 40'000 - 40);
}

STORE_TEST("a scan is voided once, the first time counts, and who scanned for someone is kept") {
    TestType world;
    append(*world.store, {scan(1), scan(2)});
    world.store->write([](Connection& connection) {
        connection.scans().append_staff({2}, {9});
        connection.scans().append_void({{2}, morning + 5, {9}, std::string("a\0b", 3)});
        connection.scans().append_void({{2}, morning + 6, {8}, "again"});
        connection.scans().append_void({{1}, morning + 7, {}, ""});
    });
    const auto reader = world.store->reader();
    const auto voids = reader->scans().voids();
    REQUIRE(voids.size() == 2);
    REQUIRE(voids[0].scan == ScanSeq{1});
    REQUIRE(voids[0].by.is_none());
    REQUIRE(voids[1].at == morning + 5);
    REQUIRE(voids[1].reason == std::string("a\0b", 3));
    REQUIRE(reader->scans().staff_of({2})->value == 9);
    REQUIRE_FALSE(reader->scans().staff_of({1}));
    REQUIRE_THROWS_AS(world.store->write([](Connection& connection) { connection.scans().append_void({{3}, morning, {}, ""}); }), StoreError);
}

STORE_TEST("registrations are found by what they are known by, the oldest first") {
    TestType world;
    auto full = registration(2, 5);
    full.document = blind(4);
    full.phone = blind(6);
    full.holder = {1};
    full.is_correction = true;
    full.origin = Origin::guard;
    full.by = {3};
    full.notice_version = 2;
    auto later = registration(3);
    later.document = blind(4);
    world.store->write([&](Connection& connection) {
        for (const auto& row : {registration(1), full, later}) connection.registry().append(row);
    });
    const auto reader = world.store->reader();
    auto& registry = reader->registry();
    const auto found = registry.registration({2});
    REQUIRE(found);
    REQUIRE(found->is_correction);
    REQUIRE(std::tie(found->id, found->person, found->holder, found->origin, found->at, found->by, found->notice_version, found->name,
                     found->document, found->phone, found->profile) ==
            std::tie(full.id, full.person, full.holder, full.origin, full.at, full.by, full.notice_version, full.name, full.document,
                     full.phone, full.profile));
    REQUIRE_FALSE(registry.registration({4}));
    REQUIRE(ids(registry.with_document(blind(4))) == Seqs{2, 3});
    REQUIRE(ids(registry.with_phone(blind(6))) == Seqs{2});
    REQUIRE(ids(registry.with_name(blind(1))) == Seqs{1, 2, 3});
    REQUIRE(registry.with_document(blind(0)).empty());   // of the one who gave none
    REQUIRE(registry.last_registration().value == 3);
    REQUIRE(registry.last_person().value == 5);
}

STORE_TEST("statements are found one by one: by id, person by person, or under another name") {
    TestType world;
    using By = StatementQuery::By;
    struct Said {
        std::uint32_t person;
        std::uint8_t name, document, phone;   // 0: not given
    };
    // By id from 1: two names on document 4, one person's statements apart from each other, and phones with and without a document.
    const std::vector<Said> all{{7, 1, 4, 6}, {5, 2, 4, 6}, {7, 1, 4, 0}, {3, 1, 4, 6}, {7, 1, 0, 6}, {9, 1, 0, 6}, {7, 1, 0, 6}, {9, 1, 8, 6}};
    world.store->write([&](Connection& connection) {
        std::uint64_t id = 0;
        for (const auto& said : all) {
            auto row = registration(++id, said.person);
            row.name = blind(said.name);
            if (said.document != 0) row.document = blind(said.document);
            if (said.phone != 0) row.phone = blind(said.phone);
            connection.registry().append(row);
        }
    });
    const auto reader = world.store->reader();
    auto& registry = reader->registry();
    const auto walk = [&](By by, std::uint8_t key, std::uint8_t name) {   // by id, or the first of each person
        const StatementQuery query{by, blind(key), blind(name)};
        const bool is_by_id = by == By::document || by == By::phone_and_name;
        Seqs found;
        for (auto next = registry.next_statement(query, {}); next;
             next = registry.next_statement(query, is_by_id ? *next : StatementPlace{{}, next->person}))
            found.push_back(next->registration.value);
        return found;
    };
    REQUIRE(walk(By::document, 4, 0) == Seqs{1, 2, 3, 4});
    REQUIRE(walk(By::phone_and_name, 6, 1) == Seqs{1, 4, 5, 6, 7, 8});
    REQUIRE(walk(By::document_and_name, 4, 1) == Seqs{4, 1});       // persons 3, 7
    REQUIRE(walk(By::document_and_name, 4, 2) == Seqs{2});
    REQUIRE(walk(By::document_and_name, 4, 3).empty());
    REQUIRE(walk(By::phone_and_name_alone, 6, 1) == Seqs{5, 6});    // persons 7, 9
    REQUIRE(walk(By::phone_and_name_with_document, 6, 1) == Seqs{4, 1, 8});
    const StatementQuery of_one{By::document_and_name, blind(4), blind(1)};
    REQUIRE(registry.next_statement(of_one, {{1}, {7}})->registration.value == 3);
    REQUIRE_FALSE(registry.next_statement(of_one, {{3}, {7}}));
    REQUIRE(registry.next_statement({By::phone_and_name_alone, blind(6), blind(1)}, {{5}, {7}})->registration.value == 7);
    REQUIRE_FALSE(registry.next_statement({By::phone_and_name_with_document, blind(6), blind(1)}, {{1}, {7}}));
    for (const auto& name : {blind(1), blind(2), blind(3)}) REQUIRE(registry.next_statement({By::document_not_name, blind(4), name}, {}));
    REQUIRE_FALSE(registry.next_statement({By::document_not_name, blind(8), blind(1)}, {}));
    REQUIRE(registry.next_statement({By::document_not_name, blind(8), blind(0)}, {})->registration.value == 8);
}

STORE_TEST("placements and registrations are read whole, by number") {
    TestType world;
    world.store->write([](Connection& connection) {
        for (std::uint64_t id = 1; id <= 5'000; ++id) connection.registry().append(registration(id, static_cast<std::uint32_t>(6'000 - id)));
    });
    std::uint64_t placements = 0;
    const auto reader = world.store->reader();
    reader->registry().read_placements([&](std::span<const Placement> rows) {
        for (const auto& row : rows) {
            ++placements;
            REQUIRE((row.registration.value == placements && row.person.value == 6'000 - placements && row.holder.value == placements));
        }
    });
    REQUIRE(placements == 5'000);
    std::uint64_t whole = 0;
    reader->registry().read_registrations([&](std::span<const RegistrationRow> rows) {
        for (const auto& row : rows) REQUIRE(row.id.value == ++whole);
    });
    REQUIRE(whole == 5'000);
}

STORE_TEST("a placement says since when it corrects what its holder had said") {
    TestType world;
    auto correction = registration(2);
    correction.holder = {1};
    correction.is_correction = true;
    correction.at = morning + 5;
    auto dependant = registration(3);
    dependant.holder = {1};
    dependant.document = blind(4);
    world.store->write([&](Connection& connection) {
        for (const auto& row : {registration(1), correction, dependant}) connection.registry().append(row);
    });
    std::vector<std::int64_t> corrected;
    std::vector<bool> documented;
    world.store->reader()->registry().read_placements([&](std::span<const Placement> rows) {
        for (const auto& row : rows) corrected.push_back(row.corrected.s);
        for (const auto& row : rows) documented.push_back(row.has_document);
    });
    REQUIRE(corrected == std::vector<std::int64_t>{0, morning.s + 5, 0});
    REQUIRE(documented == std::vector<bool>{false, false, true});
}

STORE_TEST("events of persons are numbered in order and kept as they were") {
    TestType world;
    world.store->write([](Connection& connection) {
        connection.registry().append(PersonEvent{0, PersonEventKind::merge, {4}, {3}, {}, morning, {}, "same_document"});
        connection.registry().append(PersonEvent{0, PersonEventKind::split, {3}, {9}, {{1}, {0xFF'FFFF'FFFF}}, morning + 1, {2}, "sealed"});
    });
    const auto reader = world.store->reader();
    const auto events = reader->registry().person_events();
    REQUIRE(events.size() == 2);
    REQUIRE(events[0].seq < events[1].seq);
    REQUIRE(events[0].registrations.empty());
    REQUIRE(events[1].kind == PersonEventKind::split);
    REQUIRE(events[1].registrations == std::vector<domain::RegistrationId>{{1}, {0xFF'FFFF'FFFF}});
    REQUIRE(events[1].by.value == 2);
    REQUIRE(reader->registry().last_person().value == 9);   // also of a person whom only an event made
}

STORE_TEST("an event is found by the number that it was given, with the last registration of its time") {
    TestType world;
    std::uint64_t number = 0;
    world.store->write([&](Connection& connection) {
        connection.registry().append(PersonEvent{0, PersonEventKind::merge, {4}, {3}, {{7}}, morning, {}, "rule", {7}});
        number = connection.registry().append(PersonEvent{0, PersonEventKind::split, {3}, {4}, {{7}}, morning, {2}, "rule", {8}});
    });
    const auto reader = world.store->reader();
    const auto event = reader->registry().person_event(number);
    REQUIRE((event && event->kind == PersonEventKind::split && event->upto.value == 8));
    REQUIRE(reader->registry().person_event(number - 1)->upto.value == 7);
    REQUIRE_FALSE(reader->registry().person_event(number + 1));
}

STORE_TEST("of each of the first persons with a key the oldest statement is found") {
    TestType world;
    const LinkKey key{1, 2}, other{1, 3};
    REQUIRE_FALSE(world.store->reader()->links().has_keys());
    world.store->write([&](Connection& connection) {
        for (const auto& [person, one] : {std::pair(5, 9), {5, 8}, {2, 7}, {6, 6}}) connection.links().append(key, {{static_cast<std::uint64_t>(one)}, {static_cast<std::uint32_t>(person)}});
        connection.links().append(key, {{7}, {2}});   // again
        connection.links().append(other, {{10}, {1}});
    });
    const auto reader = world.store->reader();
    const auto numbers = [&](const LinkKey& of, std::size_t count) {
        std::vector<std::pair<std::uint32_t, std::uint64_t>> found;
        for (const auto& place : reader->links().with_key(of, count)) found.emplace_back(place.person.value, place.registration.value);
        return found;
    };
    using Found = std::vector<std::pair<std::uint32_t, std::uint64_t>>;
    REQUIRE(numbers(key, 9) == Found{{2, 7}, {5, 8}, {6, 6}});
    REQUIRE(numbers(key, 2) == Found{{2, 7}, {5, 8}});
    REQUIRE(numbers(other, 9) == Found{{1, 10}});
    REQUIRE(numbers(LinkKey{}, 9).empty());
    const auto placed = [&](std::uint32_t person, std::size_t count) {
        std::vector<std::uint64_t> found;
        for (const auto& place : reader->links().placed_with_key(key, {person}, count)) found.push_back(place.registration.value);
        return found;
    };
    REQUIRE(placed(5, 9) == std::vector<std::uint64_t>{8, 9});
    REQUIRE(placed(5, 1) == std::vector<std::uint64_t>{8});
    REQUIRE(placed(1, 9).empty());
    REQUIRE(reader->links().has_keys());
}

STORE_TEST("a document and a phone tell one statement for each name, and a name how many have it") {
    TestType world;
    const auto said = [](std::uint64_t id, std::uint8_t name) {
        auto row = registration(id);
        row.name = blind(name);
        row.document = blind(50);
        row.phone = blind(60);
        return row;
    };
    world.store->write([&](Connection& connection) {
        for (const auto& row : {said(1, 9), said(2, 9), said(3, 4), said(4, 5)}) connection.registry().append(row);
        connection.registry().append(registration(5));
    });
    const auto reader = world.store->reader();
    auto& links = reader->links();
    const auto names = [&](const std::vector<StatementPlace>& places) {
        std::vector<Blind> found;
        for (const auto& place : places) found.push_back(reader->registry().registration(place.registration)->name);
        return found;
    };
    REQUIRE(names(links.names_with_document(blind(50), 9)) == std::vector{blind(4), blind(5), blind(9)});
    REQUIRE(names(links.names_with_phone(blind(60), 2)) == std::vector{blind(4), blind(5)});
    REQUIRE(links.names_with_phone(blind(50), 9).empty());
    REQUIRE(links.count_with_name(blind(9), 100) == 2);
    REQUIRE(links.count_with_name(blind(9), 1) == 1);
}

STORE_TEST("a review is found by its id, its pair in either order, its state and either side, and the last word on a pair stands") {
    TestType world;
    const auto review = [](std::uint64_t a, std::uint64_t b, ReviewState state) {
        ReviewRow row;
        row.a = {a};
        row.b = {b};
        row.id = blind(static_cast<std::uint8_t>(10 * a + b));
        row.state = state;
        row.kind = ReviewKind::conflict;
        row.weight = -1.5;
        row.reasons = "document equal";
        row.at = morning;
        row.note = Bytes("\0sealed", 7);
        row.event = 3;
        return row;
    };
    world.store->write([&](Connection& connection) {
        for (const auto& row : {review(1, 2, ReviewState::open), review(1, 3, ReviewState::open), review(2, 3, ReviewState::distinct)}) connection.links().put(row);
        auto decided = review(1, 2, ReviewState::same);
        decided.decided = morning + 60;
        decided.by = {4};
        connection.links().put(decided);
    });
    const auto reader = world.store->reader();
    auto& links = reader->links();
    const auto found = links.review_of({2}, {1});
    REQUIRE((found && found->state == ReviewState::same && found->kind == ReviewKind::conflict && found->weight == -1.5 && found->reasons == "document equal"));
    REQUIRE((found->at == morning && found->decided == morning + 60 && found->by.value == 4 && found->note == Bytes("\0sealed", 7) && found->event == 3));
    REQUIRE(links.review(blind(23))->state == ReviewState::distinct);
    REQUIRE_FALSE(links.review(blind(99)));
    REQUIRE_FALSE(links.review_of({1}, {4}));
    REQUIRE(links.reviews(ReviewState::open).size() == 1);
    REQUIRE(links.reviews(ReviewState::settled).empty());
    REQUIRE(links.reviews_with({3}).size() == 2);
}

STORE_TEST("that a document was seen is kept as it was first") {
    TestType world;
    world.store->write([](Connection& connection) {
        for (const std::uint64_t id : {1U, 2U}) connection.registry().append(registration(id));
        connection.links().put(VerificationRow{{2}, morning, {4}});
        connection.links().put(VerificationRow{{1}, morning + 1, {5}});
        connection.links().put(VerificationRow{{2}, morning + 2, {6}});
    });
    REQUIRE(world.store->reader()->links().verification({2})->by.value == 4);
    REQUIRE_FALSE(world.store->reader()->links().verification({3}));
    REQUIRE(world.store->reader()->links().verifications() == std::vector<VerificationRow>{{{1}, morning + 1, {5}}, {{2}, morning, {4}}});
}

STORE_TEST("vehicles, roster references and revoked credentials are kept") {
    TestType world;
    world.store->write([](Connection& connection) {
        auto& registry = connection.registry();
        registry.append(registration(1));
        registry.append(registration(2));
        registry.append(VehicleRow{{1}, blind(5), "plate"});
        registry.put_roster_ref(blind(8), {1});
        registry.put_roster_ref(blind(8), {2});
        registry.revoke({{2}, morning, true});
        registry.revoke({{2}, morning + 9, false});
    });
    const auto reader = world.store->reader();
    auto& registry = reader->registry();
    REQUIRE(registry.vehicle(blind(5))->id.value == 1);
    std::vector<VehicleRow> vehicles;
    registry.read_vehicles([&](const VehicleRow& row) { vehicles.push_back(row); });
    REQUIRE(vehicles.size() == 1);
    REQUIRE((vehicles[0].id.value == 1 && vehicles[0].plate == blind(5) && vehicles[0].sealed == "plate"));
    REQUIRE_FALSE(registry.vehicle(blind(6)));
    REQUIRE(registry.last_vehicle().value == 1);
    REQUIRE(registry.roster_ref(blind(8))->value == 2);
    REQUIRE_FALSE(registry.roster_ref(blind(9)));
    REQUIRE(registry.revocations() == std::vector<Revocation>{{{2}, morning, true}});
    REQUIRE_THROWS_AS(world.store->write([](Connection& c) { c.registry().append(VehicleRow{{2}, blind(5), ""}); }), StoreError);
    REQUIRE_THROWS_AS(world.store->write([](Connection& c) { c.registry().put_roster_ref(blind(1), {77}); }), StoreError);
}

}  // namespace chayan::storage
