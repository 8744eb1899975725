// SPDX-License-Identifier: Apache-2.0
#include "service/kept_questions.hpp"

#include <catch2/catch.hpp>

#include "domain/worlds.hpp"
#include "kit/limits.hpp"
#include "service/crypto.hpp"
#include "service/follow_up.hpp"
#include "service/stage.hpp"

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using domain::worlds::Random;

namespace {

const std::string from = text_of(morning - 86'400), to = text_of(morning + 86'400);

/// A tracer with an open case; the first of six people was at the shop with the next two.
struct Desk : Stage {
    Desk() {
        divisions("code,name\n130682,定州\n");
        sites("ref,name,category,division\nA,商店,shop,130682\nB,药店,pharmacy,130682\n");
        for (unsigned i = 0; i < 6; ++i) who.push_back(registered(someone(i)));
        clock.set(morning + 7'200);
        for (std::size_t i = 0; i < 3; ++i) REQUIRE(scan(who[i], "A", "in", morning + static_cast<std::int64_t>(i) * 60));
        REQUIRE((*this)->cases.open_case(caller, "1", "t", "p", {}));
        (*this)->tracing.load({});
    }
    std::string id_of(std::size_t i) { return (*this)->vault.person_id(person_of(who[i])); }
    TraceRequest question(std::size_t person = 0) {
        TraceRequest request;
        request.case_number = "1";
        request.index = {{id_of(person), {}, {}, {}, {}}};
        request.from = from;
        request.to = to;
        return request;
    }
    TraceView trace(const TraceRequest& request, Shown how = Shown::masked) {
        auto view = (*this)->tracing.trace(caller, reader(), request, how);
        REQUIRE(view);
        return *std::move(view);
    }
    std::vector<storage::QuestionRow> rows() { return reader().desk().questions("1", 0, 1'000); }
    std::string last_detail() {
        const auto row = reader().audit().last();
        return (*this)->vault.open(SealKind::audit_detail, std::to_string(row->seq), row->detail).value_or("");
    }
    Caller caller = operator_of(storage::Role::tracer);
    std::vector<domain::RegistrationId> who;
};

std::string sha256(const std::string& text) {
    crypto::Sha256 hash;
    hash.add(text);
    return hex(hash.finish());
}

FoundPeople some_people(Random& random, std::size_t count) {
    FoundPeople people;
    std::uint64_t next = random.below(1'000);
    for (std::size_t i = 0; i < count; ++i) {
        people.emplace_back();
        for (std::uint32_t n = 0; n <= random.below(8) / 6; ++n) people.back().push_back({next += 1 + random.below(100)});
    }
    return people;
}

}  // namespace

TEST_CASE("the people of an answer are read back as they were, in some three bytes each") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        Random random(seed);
        const auto people = some_people(random, random.below(300));
        CAPTURE(seed);
        auto shuffled = people;
        for (std::size_t i = 1; i < shuffled.size(); ++i) std::swap(shuffled[i], shuffled[random.below(static_cast<std::uint32_t>(i))]);
        const auto text = people_text(shuffled);
        const auto read = read_people_text(text);
        REQUIRE(read);
        CHECK(*read == people);
        CHECK(text.size() <= 10 + people.size() * 3);
    }
    const FoundPeople far{{{1}, {(1ULL << 40U) - 1}}, {{1ULL << 39U}}};
    CHECK(read_people_text(people_text(far)) == far);
    CHECK(read_people_text("") == FoundPeople{});
    CHECK_FALSE(read_people_text("\x80"));          // a number that does not end
    CHECK_FALSE(read_people_text("\x03"));          // more were said to follow
    CHECK_FALSE(read_people_text("\x03\x7f\x01"));
    CHECK_FALSE(read_people_text(std::string(11, '\xff')));
}

TEST_CASE("a digest is of ids and measures in lines that anybody can make from the answer") {
    Desk desk;
    const auto view = desk.trace(desk.question());
    REQUIRE(view.persons.size() == 2);
    std::string lines = "contacts\n";
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& one = view.answer.contacts[i];
        lines += view.persons[i].id + "\t1\t1\tvenue\t" + std::to_string(one.total_s) + '\t' + std::to_string(one.longest_s) + '\t' + text_of(one.first) + '\t' +
                 text_of(one.last) + '\n';
    }
    CHECK(hex(sum_of(view).digest) == sha256(lines + "true\t0\n"));
    const auto passages = desk->tracing.passages(desk.caller, desk.reader(), {"A", "1", from, to, {}});
    REQUIRE(passages);
    lines = "passages\n";
    for (const auto& row : *passages) lines += row.person_id + '\t' + text_of(row.first) + '\t' + text_of(row.last) + '\t' + std::to_string(row.scans) + '\n';
    CHECK(hex(sum_of(*passages).digest) == sha256(lines));
    const auto path = desk->tracing.trajectory(desk.caller, desk.reader(), {desk.id_of(1), "1", from, to, {}});
    REQUIRE(path);
    REQUIRE(path->visits.size() == 1);
    REQUIRE(path->scans.size() == 1);
    lines = "trajectory\n" + desk.id_of(1) + "\nA\t" + text_of(path->visits[0].begin) + '\t' + text_of(path->visits[0].end) + "\tdwell\n" + path->scans[0].id + "\tA\t" +
            text_of(path->scans[0].at) + "\tin\tfalse\tfalse\tlate\tstatic\n";
    CHECK(hex(sum_of(*path).digest) == sha256(lines));
}

TEST_CASE("who is shown in full changes no digest, and one more contact does") {
    Desk desk;
    const auto before = sum_of(desk.trace(desk.question())).digest;
    CHECK(sum_of(desk.trace(desk.question(), Shown::in_full)).digest == before);
    REQUIRE(desk.scan(desk.who[3], "A", "in", morning + 200));
    CHECK(sum_of(desk.trace(desk.question())).digest != before);
}

TEST_CASE("each question is kept with its line of the audit log, in one commit; a search is not kept") {
    Desk desk;
    const auto commits = desk->store.commits.load();
    const auto view = desk.trace(desk.question());
    CHECK(desk->store.commits == commits + 1);
    REQUIRE(desk.rows().size() == 1);
    CHECK(desk.last_detail().ends_with("digest=" + hex(sum_of(view).digest)));
    REQUIRE(desk->tracing.passages(desk.caller, desk.reader(), {"A", "1", from, to, {}}));
    REQUIRE(desk->tracing.trajectory(desk.caller, desk.reader(), {desk.id_of(1), "1", from, to, {}}));
    REQUIRE(desk->tracing.shared_places(desk.caller, desk.reader(), {"1", {{desk.id_of(0), {}, {}, {}, {}}, {desk.id_of(1), {}, {}, {}, {}}}, from, to, {}, {}, {}}));
    SearchRequest search;
    search.case_number = "1";
    search.fields.phone = someone(0).phone;
    REQUIRE(desk->tracing.search(desk.caller, desk.reader(), search));
    CHECK(desk->store.commits == commits + 5);
    const auto rows = desk.rows();
    REQUIRE(rows.size() == 4);
    using storage::QuestionKind;
    CHECK(rows[3].kind == QuestionKind::contacts);
    CHECK(rows[2].kind == QuestionKind::passages);
    CHECK(rows[1].kind == QuestionKind::trajectory);
    CHECK(rows[0].kind == QuestionKind::places);
    CHECK(rows[3].count == 2);
    CHECK(rows[3].is_complete);
    CHECK(rows[3].by == desk.caller.id);
    CHECK(rows[3].asked == desk.clock.now());
    CHECK(rows[3].digest == sum_of(view).digest);
    CHECK(rows[3].has_people);
    CHECK_FALSE(rows[2].has_people);
    const auto whole = desk.reader().desk().find_question(rows[3].id);
    CHECK(open_people(desk->vault, *whole) == FoundPeople{{desk.who[1]}, {desk.who[2]}});
    const auto kept = open_question(desk->vault, rows[3]);
    REQUIRE(kept);
    CHECK(std::get<TraceRequest>(kept->question).index[0].person == desk.id_of(0));
    CHECK(case_of(kept->question) == "1");
}

TEST_CASE("the same question with the same answer is counted, with another answer kept anew") {
    Desk desk;
    (void)desk.trace(desk.question());
    desk.clock.pass(60);
    (void)desk.trace(desk.question());
    auto in_another_zone = desk.question();
    in_another_zone.from = "2026-02-01T08:00:00+08:00";
    REQUIRE(domain::parse_rfc3339(*in_another_zone.from)->s == domain::parse_rfc3339(from)->s);
    (void)desk.trace(in_another_zone);
    REQUIRE(desk.rows().size() == 1);
    CHECK(desk.rows()[0].times == 3);
    CHECK(desk.rows()[0].asked_last == desk.clock.now());
    CHECK(desk.rows()[0].asked == desk.clock.now() - 60);
    (void)desk.trace(desk.question(1));
    CHECK(desk.rows().size() == 2);
    REQUIRE(desk.scan(desk.who[3], "A", "in", morning + 200));
    (void)desk.trace(desk.question());
    REQUIRE(desk.rows().size() == 3);
    CHECK(desk.rows()[0].count == 3);
    CHECK(desk.rows()[0].times == 1);
}

TEST_CASE("a preset asked twice is one question, though the second in which its window ends is another") {
    Desk desk;
    auto request = desk.question();
    request.preset = "who";
    request.anchor = TraceAnchor{text_of(morning), {}};
    request.from.reset();
    request.to.reset();
    const auto first = desk.trace(request);
    desk.clock.pass(1);
    const auto second = desk.trace(request);
    CHECK(first.asked.to != second.asked.to);
    REQUIRE(desk.rows().size() == 1);
    const auto kept = open_question(desk->vault, desk.rows()[0]);
    REQUIRE(kept);
    CHECK(kept->is_until_now);
    CHECK(std::get<TraceRequest>(kept->question).to == first.asked.to);
}

TEST_CASE("on a full disk the line with the digest is written, and nothing else of the question") {
    Desk desk;
    desk->store.kind = storage::StoreError::Kind::full;
    desk->store.has_reserve = true;
    desk->store.fails = true;
    (void)desk.scan(desk.who[3], "A", "in", morning + 200);   // from here on the writer knows
    REQUIRE(desk->writer.is_full());
    const auto view = desk.trace(desk.question());
    CHECK(desk.rows().empty());
    CHECK(desk.last_detail().ends_with("digest=" + hex(sum_of(view).digest)));
    desk->store.fails = false;
}

TEST_CASE("words and people of a kept question are sealed to what was answered") {
    Desk desk;
    auto request = desk.question();
    request.index.push_back({{}, {}, {}, {}, "冀F12345"});
    (void)desk.trace(request);
    const auto row = desk.reader().desk().find_question(desk.rows()[0].id);
    REQUIRE(row);
    REQUIRE(open_question(desk->vault, *row));
    REQUIRE(open_people(desk->vault, *row));
    CHECK(row->question.find("12345") == std::string::npos);
    CHECK(row->question.find(desk.id_of(0)) == std::string::npos);
    const auto altered = [&](auto change) {
        auto other = *row;
        change(other);
        return !open_question(desk->vault, other) && !open_people(desk->vault, other);
    };
    CHECK(altered([](auto& other) { other.digest[31] ^= 1; }));
    CHECK(altered([](auto& other) { other.count += 1; }));
    CHECK(altered([](auto& other) { other.asked = other.asked + 1; }));
    CHECK(altered([](auto& other) { other.by = {8}; }));
    CHECK(altered([](auto& other) { other.case_number = "2"; }));
    CHECK(altered([](auto& other) { other.id[0] ^= 1; }));
    CHECK(altered([](auto& other) { other.is_complete = !other.is_complete; }));
    CHECK(altered([](auto& other) { other.kind = storage::QuestionKind::places; }));
    CHECK(altered([](auto& other) { std::swap(other.question, other.people); }));
    auto asked_again = *row;
    asked_again.asked_last = asked_again.asked_last + 5;
    asked_again.times = 2;
    CHECK(open_question(desk->vault, asked_again));
}

TEST_CASE("of an answer with more people than are kept only the digest is") {
    domain::People people;
    domain::TraceAnswer answer;
    for (std::uint32_t i = 1; i <= kit::kept_people_max; ++i) {
        people.place({i}, {i}, {i});
        answer.contacts.push_back({{i}, 1, 1, 1, 1, 1, 1, 0, {}, {}});
    }
    const auto found = found_people(people, answer);
    REQUIRE(found);
    CHECK(found->size() == kit::kept_people_max);
    CHECK(people_text(*found).size() <= 3 * kit::kept_people_max);
    answer.contacts.push_back(answer.contacts.front());
    CHECK_FALSE(found_people(people, answer));
}

TEST_CASE("a case keeps so many questions, and of more the oldest go") {
    Desk desk;
    auto request = desk.question();
    const auto ask = [&](std::size_t number) {
        request.to = text_of(morning + 86'400 + static_cast<std::int64_t>(number));
        const KeptQuestion kept{request};
        const auto row = kept_row(desk->vault, desk.caller.id, desk.clock.now(), kept, {});
        REQUIRE(desk.write([&](WriteContext& context) -> kit::Status {
            keep(context, row);
            return kit::Done{};
        }));
    };
    for (std::size_t i = 0; i < kit::case_questions_max; ++i) ask(i);
    CHECK(desk.rows().size() == kit::case_questions_max);
    ask(kit::case_questions_max);
    const auto rows = desk.rows();
    REQUIRE(rows.size() == kit::case_questions_max);
    CHECK(std::get<TraceRequest>(open_question(desk->vault, rows.back())->question).to == text_of(morning + 86'400 + 1));
}

TEST_CASE("the questions of a case are listed in pages, for an open case alone, and that they were looked at is written down") {
    Desk desk;
    FollowUp follow_up(desk->writer, desk->vault, desk.clock, desk->board, desk->tracing, desk->staff);
    for (std::size_t i = 0; i < 3; ++i) (void)desk.trace(desk.question(i));
    const auto list = [&](const std::string& limit, const std::string& cursor = "") { return follow_up.questions(desk.caller, desk.reader(), "1", limit, cursor); };
    const auto first = list("2");
    REQUIRE(first);
    REQUIRE(first->questions.size() == 2);
    CHECK(first->questions[0].id > "");
    CHECK(first->next == first->questions[1].id);
    CHECK(std::get<TraceRequest>(first->questions[0].kept->question).index[0].person == desk.id_of(2));
    const auto second = list("2", first->next);
    REQUIRE(second);
    CHECK(second->questions.size() == 1);
    CHECK(second->next.empty());
    CHECK(desk.reader().audit().last()->action == "questions_listed");
    CHECK(list("3")->next.empty());
    CHECK(list("")->questions.size() == 3);
    CHECK(refusal(list("0")) == "page_limit_range");
    CHECK(refusal(list(std::to_string(kit::questions_page_max + 1))) == "page_limit_range");
    CHECK(list(std::to_string(kit::questions_page_max)));
    CHECK(refusal(list("2", "x")) == "cursor_unknown");
    REQUIRE(desk->cases.open_case(desk.caller, "2", "t", "p", {}));
    CHECK(refusal(follow_up.questions(desk.caller, desk.reader(), "2", "", first->next)) == "cursor_unknown");
    CHECK(follow_up.questions(desk.caller, desk.reader(), "2", "", "")->questions.empty());
    CHECK(refusal(follow_up.questions(desk.caller, desk.reader(), "3", "", "")) == "no_case");
}
