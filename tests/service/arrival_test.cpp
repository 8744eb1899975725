// SPDX-License-Identifier: Apache-2.0
// Who belongs together does not hang on the order in which statements came.
#include "service/bureau.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using domain::StatementFields;
using storage::ReviewState;

namespace {

/// By position among the statements, whenever each came.
struct Outcome {
    Sets persons;
    std::set<Sets> asked;   ///< of each question both persons
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::string text_of(const Sets& sets) {
    std::string text;
    for (const auto& set : sets) {
        text += '{';
        for (const auto one : set) text += std::to_string(one) + ' ';
        text.back() = '}';
    }
    return text;
}

std::string text_of(const Outcome& outcome) {
    auto text = text_of(outcome.persons) + " asked:";
    for (const auto& pair : outcome.asked) text += ' ' + text_of(pair);
    return text;
}

Outcome arrived(const std::vector<StatementFields>& statements, const std::vector<std::size_t>& order) {
    Stage stage;
    stage.divisions("code,name\n130682,定州\n");
    std::vector<std::uint64_t> position{0};   // by registration
    REQUIRE(stage.write([&](WriteContext& context) -> kit::Status {
        for (const auto i : order) {
            const auto statement = domain::parse_statement(statements[i], stage.zone().local_day(morning), false);
            REQUIRE(statement);
            REQUIRE(register_statement(context, stage->vault, *statement, {storage::Origin::roster, {}, 0}).registration.value == position.size());
            position.push_back(i);
        }
        return kit::Done{};
    }));
    const auto people = stage.directory()->people;
    const auto of_person = [&](domain::RegistrationId one) {
        std::set<std::uint64_t> set;
        for (const auto other : people->registrations_of(people->person_of(one))) set.insert(position[other.value]);
        return set;
    };
    Outcome outcome;
    for (std::uint64_t id = 1; id < position.size(); ++id) outcome.persons.insert(of_person({id}));
    for (const auto& row : stage.reader().links().reviews(ReviewState::open)) outcome.asked.insert({of_person(row.a), of_person(row.b)});
    return outcome;
}

/// How many of so many orders come to something else than the first, and the first of these; empty: none.
std::string differing(const std::vector<StatementFields>& statements, int shuffles, domain::worlds::Random& random, bool with_questions = true) {
    std::vector<std::size_t> order(statements.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto expected = arrived(statements, order);
    int differ = 0;
    std::string first;
    for (int i = 0; i < shuffles; ++i) {
        for (std::size_t n = order.size(); n > 1; --n) std::swap(order[n - 1], order[random.below(static_cast<std::uint32_t>(n))]);
        const auto found = arrived(statements, order);
        const bool is_same = found.persons == expected.persons && (!with_questions || found.asked == expected.asked);
        if (is_same) continue;
        if (differ++ != 0) continue;
        first = ", for one\nexpected " + text_of(expected) + "\nfound    " + text_of(found) + "\norder   ";
        for (const auto one : order) first += ' ' + std::to_string(one);
    }
    return differ == 0 ? "" : std::to_string(differ) + first;
}

StatementFields said(const std::string& name, const std::string& document, const std::string& phone, const std::string& birth = {}, const std::string& address = {}) {
    StatementFields fields;
    fields.name = name;
    fields.document_number = document;
    fields.document_type = document.empty() ? "" : document.size() == 18 ? "id" : "passport";
    fields.phone = phone;
    fields.birth_date = birth;
    fields.address = address;
    return fields;
}

std::string id_of(const std::string& birth, unsigned serial) {
    auto digits = "130682" + birth + std::to_string(100 + serial);
    return digits + *domain::id_check_character(digits);
}

const std::string home = "兴定社区7号楼1单元101室";

}  // namespace

TEST_CASE("200 orders of hard statements make the same persons and ask about the same ones") {
    domain::worlds::Random random(7);
    const auto father = id_of("19500101", 1), son = id_of("19780512", 3), twin = id_of("20130305", 5), other_twin = id_of("20130305", 7);
    const std::map<std::string, std::vector<StatementFields>> sets{
        {"a bridge: by document to one, by phone, name and birth date to another",
         {said("王建华", father, "14200000001"), said("王建华", "", "14300000002", "1950-01-01"), said("王建华", father, "14300000002"), said("王建华", "", "14300000002"),
          said("王建华", "", "14400000003", "1950-01-01", home), said("王建华", father, "", "", home), said("李国强", son, "14200000001"), said("李国强", "", "14200000001"),
          said("李国强", "E12345678", "14200000009"), said("李国强", "", "14200000009", "1978-05-12"), said("李国强", son, "14200000009"), said("王建华", father, "14200000007")}},
        {"father and son of one name, twins on one phone, a roster without documents",
         {said("赵德福", father, "14200000011"), said("赵德福", son, "14200000011"), said("赵德福", "", "14200000011"), said("赵德福", "", "14200000011", "1950-01-01"),
          said("赵德福", "", "14200000011", "1978-05-12"), said("张子轩", twin, "14200000011"), said("张子萱", other_twin, "14200000011"),
          said("张子轩", "", "14200000011", "2013-03-05"), said("张子萱", "", "14200000011", "2013-03-05", home), said("张子轩", "", "14200000011", "", home),
          said("赵德福", "", "14200000011", "", home), said("张子轩", twin, "14200000012")}},
        {"namesakes of one birth date, a digit wrong, a phone that was handed on, documents of two types",
         {said("刘桂英", id_of("19600606", 2), "14200000021"), said("刘桂英", id_of("19600606", 4), "14200000022"), said("刘桂英", "", "14200000021", "1960-06-06"),
          said("刘桂英", "", "", "1960-06-06", home), said("刘桂英", "", "14200000023", "1960-06-06", home), said("刘桂英", id_of("19600606", 2), "14200000023"),
          said("陈志强", "", "14200000021", "1985-09-09"), said("刘桂英", "", "14200000021", "1960-06-07"), said("刘桂英", "E55555555", "14200000021"),
          said("刘桂英", "", "14200000021"), said("陈志强", id_of("19850909", 1), "14200000021"), said("陈志强", "E66666666", "14200000021", "1985-09-09")}},
    };
    for (const auto& [what, statements] : sets) {
        CAPTURE(what);
        CHECK(differing(statements, 200, random) == "");
    }
}

TEST_CASE("nor does it in small worlds of few names, phones, documents, birth dates and homes") {
    const auto seed = static_cast<std::uint64_t>(Catch::rngSeed());
    CAPTURE(seed);
    domain::worlds::Random random(seed);
    const std::vector<std::string> names{"王建华", "王建华", "李国强", "张子轩", "张子萱"}, births{"1950-01-01", "1978-05-12", "2013-03-05", "1950-01-02"};
    constexpr int worlds = 60, shuffles = 5;
    for (int world = 0; world < worlds; ++world) {
        std::vector<StatementFields> statements;
        const auto count = 4 + random.below(9);
        while (statements.size() < count) {
            const auto birth = births[random.below(4)];
            auto bare = birth;
            std::erase(bare, '-');
            const auto way = random.below(8);
            auto one = said(names[random.below(5)], way < 3 ? id_of(bare, 1 + random.below(2)) : way == 3 ? "E1234567" + std::to_string(random.below(2)) : "",
                            random.below(5) == 0 ? "" : "1420000000" + std::to_string(random.below(3)), way < 4 || random.below(2) == 0 ? "" : birth,
                            random.below(3) == 0 ? home : "");
            if (one.document_number.empty() && one.phone.empty() && one.address.empty()) continue;
            statements.push_back(one);
        }
        std::string stated;
        for (const auto& one : statements)
            stated += '\n' + one.name + ' ' + one.document_number + ' ' + one.phone + ' ' + one.birth_date + ' ' + one.address;
        CAPTURE(world, stated);
        CHECK(differing(statements, shuffles, random, false) == "");
    }
}

TEST_CASE("who said much already is joined by nobody who contradicts any of it, however much that is") {
    for (const std::size_t repeated : {0U, 1U, 10U, 11U, 12U, 13U, 23U, 24U, 25U, 95U, 96U, 97U, 130U}) {
        CAPTURE(repeated);
        std::vector<StatementFields> statements(repeated, said("王建华", "", "14200000001"));
        for (const std::string birth : {"1950-01-01", "1985-09-09"}) statements.push_back(said("王建华", "", "14200000001", birth));
        for (const auto& document : {id_of("19600606", 2), id_of("19600606", 4)}) statements.push_back(said("刘桂英", document, "14200000022", "", home));
        for (std::size_t i = 0; i < repeated; ++i) statements.insert(statements.end() - 1, said("刘桂英", "", "14200000022"));
        std::vector<std::size_t> order(statements.size());
        std::iota(order.begin(), order.end(), 0U);
        const auto found = arrived(statements, order);
        for (const auto& [a, b] : {std::pair{repeated, repeated + 1}, {repeated + 2, statements.size() - 1}}) {
            const auto is_one = [&](const auto& person) { return person.contains(a) && person.contains(b); };
            CHECK(std::none_of(found.persons.begin(), found.persons.end(), is_one));
        }
    }
}

TEST_CASE("an invented document takes nobody's number over, however the statements are parted") {
    Bureau bureau;
    const auto victim = bureau.registered(said("王建华", "", "14200000001"));
    const auto number = bureau->board.load()->people->person_of(victim);
    (void)bureau.registered(said("王建华", "E12345678", "14200000001"));
    (void)bureau.registered(said("王建华", id_of("19500101", 1), "14200000001"));
    CHECK(bureau->board.load()->people->person_of(victim) == number);
}
