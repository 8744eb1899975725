// SPDX-License-Identifier: Apache-2.0
// What a case keeps, in any store: questions, and marks of its contacts.
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

QuestionRow question(std::uint8_t n, const std::string& case_number = "2020-1", std::int64_t second = 0) {
    QuestionRow row;
    row.id = blind(n);
    row.case_number = case_number;
    row.kind = QuestionKind::contacts;
    row.key = blind(7);
    row.by = {3};
    row.asked = row.asked_last = morning + second;
    row.count = 20'000;
    row.is_complete = false;
    row.digest.fill(n);
    row.question = std::string("sealed \0 words", 14);
    row.has_people = true;
    row.people = std::string("\0\x01", 2);
    return row;
}

template <class... Rows>
void append(Store& store, const Rows&... rows) {
    store.write([&](Connection& connection) { (connection.desk().append(rows), ...); });
}

std::vector<std::uint8_t> ids_of(Store& store, const std::string& case_number = "2020-1", std::uint64_t before = 0, std::size_t count = 100) {
    std::vector<std::uint8_t> ids;
    for (const auto& row : store.reader()->desk().questions(case_number, before, count)) ids.push_back(row.id[0]);
    return ids;
}

using Ids = std::vector<std::uint8_t>;

}  // namespace

#define STORE_TEST(sentence) TEMPLATE_TEST_CASE(sentence, "", OverSqlite, OverValues)

STORE_TEST("a kept question comes back as it was, with its people only where it is named") {
    TestType world;
    const auto row = question(1);
    auto bare = question(2);
    bare.has_people = false;
    bare.people.clear();
    bare.kind = QuestionKind::passages;
    append(*world.store, row, bare);
    const auto reader = world.store->reader();
    const auto found = reader->desk().find_question(row.id);
    REQUIRE(found);
    CHECK(found->number > 0);
    CHECK(found->case_number == row.case_number);
    CHECK(found->kind == row.kind);
    CHECK(found->key == row.key);
    CHECK(found->by == row.by);
    CHECK(found->asked == row.asked);
    CHECK(found->asked_last == row.asked);
    CHECK(found->times == 1);
    CHECK(found->count == row.count);
    CHECK_FALSE(found->is_complete);
    CHECK(found->digest == row.digest);
    CHECK(found->question == row.question);
    CHECK(found->has_people);
    CHECK(found->people == row.people);
    const auto listed = reader->desk().questions("2020-1", 0, 10);
    REQUIRE(listed.size() == 2);
    CHECK(listed[1].people.empty());
    CHECK(listed[1].has_people);
    CHECK(listed[1].question == row.question);
    CHECK_FALSE(listed[0].has_people);
    CHECK(listed[0].kind == QuestionKind::passages);
    CHECK_FALSE(reader->desk().find_question(blind(3)));
    CHECK_THROWS_AS(append(*world.store, question(1)), StoreError);   // an id is given out once
}

STORE_TEST("questions are listed with the newest first, from below any of them, each case's alone") {
    TestType world;
    append(*world.store, question(1), question(2), question(3, "2020-2"), question(4));
    CHECK(ids_of(*world.store) == Ids{4, 2, 1});
    CHECK(ids_of(*world.store, "2020-1", 0, 2) == Ids{4, 2});
    const auto second = world.store->reader()->desk().find_question(blind(2));
    CHECK(ids_of(*world.store, "2020-1", second->number) == Ids{1});
    CHECK(ids_of(*world.store, "2020-2") == Ids{3});
    CHECK(ids_of(*world.store, "2020").empty());
}

STORE_TEST("the newest with a key is found, and asking it again counts it") {
    TestType world;
    auto other = question(2);
    other.key = blind(9);
    append(*world.store, question(1), question(3), other, question(4, "2020-2"));
    CHECK(world.store->reader()->desk().latest_question("2020-1", blind(7))->id == blind(3));
    CHECK(world.store->reader()->desk().latest_question("2020-1", blind(9))->id == blind(2));
    CHECK_FALSE(world.store->reader()->desk().latest_question("2020-3", blind(7)));
    world.store->write([](Connection& connection) {
        connection.desk().ask_again(blind(3), morning + 60);
        connection.desk().ask_again(blind(3), morning + 30);   // a clock that was set back
        connection.desk().ask_again(blind(8), morning + 60);   // gone: nothing
    });
    const auto again = world.store->reader()->desk().find_question(blind(3));
    CHECK(again->times == 3);
    CHECK(again->asked == morning);
    CHECK(again->asked_last == morning + 60);
    CHECK(world.store->reader()->desk().find_question(blind(1))->times == 1);
}

STORE_TEST("of a case the questions asked last stay: so many, and of so many bytes together, but always one") {
    TestType world;
    const auto bytes = question(1).question.size() + question(1).people.size();
    const auto keep = [&](std::size_t count, std::uint64_t most) {
        world.store->write([&](Connection& connection) { connection.desk().keep_questions("2020-1", count, most); });
        return ids_of(*world.store);
    };
    append(*world.store, question(1, "2020-1", 1), question(2, "2020-1", 2), question(3, "2020-1", 3), question(4, "2020-1", 4), question(5, "2020-2"));
    world.store->write([](Connection& connection) { connection.desk().ask_again(blind(1), morning + 9); });
    CHECK(keep(4, 4 * bytes) == Ids{4, 3, 2, 1});
    CHECK(keep(3, 4 * bytes) == Ids{4, 3, 1});   // the first was asked again
    CHECK(keep(3, 3 * bytes) == Ids{4, 3, 1});
    CHECK(keep(3, 3 * bytes - 1) == Ids{4, 1});
    CHECK(keep(1, 0) == Ids{1});
    CHECK(ids_of(*world.store, "2020-2") == Ids{5});
}

STORE_TEST("visits that a case was told of are kept in their order, also withdrawn, of which the first withdrawing stands") {
    TestType world;
    world.store->write([&](Connection& connection) {
        auto& desk = connection.desk();
        desk.append(ToldVisitRow{blind(1), "2020-1", {3}, morning, std::string("\0a", 2)});
        desk.append(ToldVisitRow{blind(2), "2020-2", {3}, morning, "b"});
        desk.append(ToldVisitRow{blind(3), "2020-1", {4}, morning + 9, "c"});
        desk.withdraw_visit(blind(1), morning + 20, {5});
        desk.withdraw_visit(blind(1), morning + 30, {6});
        desk.withdraw_visit(blind(9), morning + 20, {5});   // none
    });
    const auto rows = world.store->reader()->desk().told_visits("2020-1");
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].id == blind(1));
    CHECK(rows[0].case_number == "2020-1");
    CHECK(rows[0].by.value == 3);
    CHECK(rows[0].at == morning);
    CHECK(rows[0].sealed == std::string("\0a", 2));
    CHECK(rows[0].withdrawn == morning + 20);
    CHECK(rows[0].withdrawn_by.value == 5);
    CHECK(rows[1].id == blind(3));
    CHECK(rows[1].withdrawn.s == 0);
    CHECK(world.store->reader()->desk().told_visits("2020").empty());
    CHECK_THROWS_AS(world.store->write([](Connection& connection) { connection.desk().append(ToldVisitRow{blind(3), "2020-1", {4}, morning, "d"}); }), StoreError);
}

STORE_TEST("marks of a contact are all kept, the newest counts, and each case has its own") {
    TestType world;
    std::vector<std::uint64_t> numbers;
    world.store->write([&](Connection& connection) {
        auto& desk = connection.desk();
        numbers.push_back(desk.append(MarkRow{0, "2020-1", {7}, MarkState::to_call, {}, {3}, morning, std::string("\0", 1)}));
        numbers.push_back(desk.append(MarkRow{0, "2020-1", {5}, MarkState::isolated, {}, {3}, morning, "b"}));
        numbers.push_back(desk.append(MarkRow{0, "2020-2", {7}, MarkState::reached, {}, {3}, morning, "c"}));
        numbers.push_back(desk.append(MarkRow{0, "2020-1", {7}, MarkState::not_contact, {4}, {2}, morning + 9, "d"}));
    });
    CHECK(std::is_sorted(numbers.begin(), numbers.end()));
    const auto reader = world.store->reader();
    const auto latest = reader->desk().latest_marks("2020-1");
    REQUIRE(latest.size() == 2);
    CHECK(latest[0].statement.value == 5);
    CHECK(latest[0].count == 1);
    CHECK(latest[1].statement.value == 7);
    CHECK(latest[1].number == numbers[3]);
    CHECK(latest[1].state == MarkState::not_contact);
    CHECK(latest[1].assigned.value == 4);
    CHECK(latest[1].count == 2);
    const auto all = reader->desk().marks_of("2020-1", {7});
    REQUIRE(all.size() == 2);
    CHECK(all[0].note == std::string("\0", 1));
    CHECK(all[0].number == numbers[0]);
    CHECK(all[1].by.value == 2);
    CHECK(all[1].at == morning + 9);
    CHECK(all[1].case_number == "2020-1");
    CHECK(reader->desk().latest_mark("2020-1", {7})->number == numbers[3]);
    CHECK(reader->desk().latest_mark("2020-2", {7})->state == MarkState::reached);
    CHECK_FALSE(reader->desk().latest_mark("2020-2", {5}));
    CHECK(reader->desk().count_marks("2020-1") == 3);
    CHECK(reader->desk().count_marks("2020-3") == 0);
}

TEST_CASE("nobody changes a mark that was made") {
    BareFolder folder;
    sqlite::open({folder.path, {}, 0})->write([](Connection& connection) { (void)connection.desk().append(MarkRow{0, "1", {7}, MarkState::to_call, {}, {3}, morning, "a"}); });
    CHECK_THROWS(run_sql(folder / "chayan.db", "UPDATE contact_mark SET state = 1"));
}

}  // namespace chayan::storage
