// SPDX-License-Identifier: Apache-2.0
#include "service/reviews.hpp"

#include <catch2/catch.hpp>

#include "kit/limits.hpp"
#include "service/bureau.hpp"
#include "service/review_acts.hpp"

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using domain::RegistrationId;
using storage::ReviewState;

namespace {

/// One document under two names: two persons and the question about them.
struct Conflict {
    explicit Conflict(Bureau& bureau)
        : a(bureau.registered(someone(1))), b(bureau.registered(bureau.under_another_name(1, 2))), review(bureau.review_of(a, b)) {}
    RegistrationId a, b;
    std::string review;
};

}  // namespace

TEST_CASE("a merge and its undoing give each their own trace back, told by scans and visits, also over a restart") {
    Bureau bureau;
    const Conflict two(bureau);
    REQUIRE_FALSE(two.review.empty());
    REQUIRE(bureau.scan(two.a, "A", "in", morning - 900));
    REQUIRE(bureau.scan(two.b, "A", "out", morning - 600));
    REQUIRE(bureau.scan(two.b, "A", "out", morning - 570));   // a repeat of one, or a lone exit of two
    const auto apart = bureau.traces();
    CHECK(apart.at(1).scans.size() == 1);
    CHECK(bureau.decide(two.review, "same") == "");
    const auto together = bureau.traces();
    CHECK(together.at(1) == together.at(2));
    CHECK(together.at(1).scans.size() == 3);
    CHECK(together.at(1).visits.front().ended_by == domain::EndedBy::scanned);
    CHECK(bureau.undo(two.review) == "");
    CHECK(bureau.traces() == apart);
    bureau.restart();
    CHECK(bureau.traces() == apart);
    CHECK(bureau.state_of(two.review) == ReviewState::open);
    CHECK(bureau.decide(two.review, "same") == "");
    bureau.restart();
    CHECK(bureau.traces() == together);
}

TEST_CASE("a split and its undoing likewise") {
    Bureau bureau;
    const auto a = bureau.registered(someone(1));
    auto elsewhere = someone(1);
    elsewhere.phone = someone(2).phone;
    const auto b = bureau.registered(elsewhere), c = bureau.registered(without_phone(someone(1)));
    REQUIRE(bureau.sets() == Sets{{1, 2, 3}});
    for (const auto who : {a, b, c}) REQUIRE(bureau.scan(who, "A", "in", morning - 900 + 100 * static_cast<std::int64_t>(who.value)));
    const auto together = bureau.traces();
    const auto review = bureau.split(a, {b});
    CHECK(bureau.sets() == Sets{{1, 3}, {2}});
    CHECK(bureau.traces().at(2).scans.size() == 1);
    CHECK(bureau.traces().at(1).scans.size() == 2);
    CHECK(bureau.state_of(review) == ReviewState::distinct);
    bureau.restart();
    CHECK(bureau.sets() == Sets{{1, 3}, {2}});
    CHECK(bureau.undo(review) == "");
    CHECK(bureau.state_of(review) == ReviewState::settled);
    CHECK(bureau.traces() == together);
    CHECK(bureau.undo(review) == "review_open");
    bureau.restart();
    CHECK(bureau.traces() == together);
}

TEST_CASE("whoever joined since goes with the side they were joined to: statements, whom a human joined to it, whom the rules did") {
    Bureau bureau;
    const Conflict two(bureau);
    CHECK(bureau.decide(two.review, "same") == "");
    auto of_a = someone(1), of_b = bureau.under_another_name(1, 2);
    of_a.phone = someone(3).phone;
    of_b.phone = someone(4).phone;
    const auto joined_a = bureau.registered(of_a), joined_b = bureau.registered(of_b);
    SECTION("statements") {
        CHECK(bureau.undo(two.review) == "");
        CHECK(bureau.sets() == Sets{{1, 3}, {2, 4}});
    }
    SECTION("one whom a human joined to the second") {
        auto third = bureau.under_another_name(1, 5);
        const auto c = bureau.registered(third);
        REQUIRE_FALSE(bureau.are_one(c, two.a));
        const auto asked = bureau.review_of(c, joined_b).empty() ? bureau.review_of(c, two.b) : bureau.review_of(c, joined_b);
        const auto other = bureau.review_of(c, two.a).empty() ? bureau.review_of(c, joined_a) : bureau.review_of(c, two.a);
        const bool is_of_b = !asked.empty();
        REQUIRE((is_of_b || !other.empty()));
        CHECK(bureau.decide(is_of_b ? asked : other, "same") == "");
        CHECK(bureau.sets() == Sets{{1, 2, 3, 4, 5}});
        CHECK(bureau.undo(two.review) == "");
        CHECK(bureau.sets() == (is_of_b ? Sets{{1, 3}, {2, 4, 5}} : Sets{{1, 3, 5}, {2, 4}}));
    }
    SECTION("one whom the rules took in with a statement of the second") {
        auto known_by_phone = without_document(of_b);
        known_by_phone.phone = someone(6).phone;
        const auto c = bureau.registered(known_by_phone);
        REQUIRE_FALSE(bureau.are_one(c, two.b));
        of_b.phone = known_by_phone.phone;
        const auto bridge = bureau.registered(of_b);
        REQUIRE(bureau.are_one(c, bridge));
        REQUIRE(bureau.sets() == Sets{{1, 2, 3, 4, 5, 6}});
        CHECK(bureau.undo(two.review) == "");
        CHECK(bureau.sets() == Sets{{1, 3}, {2, 4, 5, 6}});
    }
    bureau.restart();
    CHECK(bureau.are_one(two.a, joined_a));
    CHECK(bureau.are_one(two.b, joined_b));
    CHECK_FALSE(bureau.are_one(two.a, two.b));
}

TEST_CASE("two whom two reviews hold together stay one until both are taken back") {
    Bureau bureau;
    const auto a = bureau.registered(someone(1)), b = bureau.registered(bureau.under_another_name(1, 2)), c = bureau.registered(bureau.under_another_name(1, 3));
    const auto ab = bureau.review_of(a, b), bc = bureau.review_of(b, c), ac = bureau.review_of(a, c);
    for (const auto& review : {ab, bc, ac}) REQUIRE_FALSE(review.empty());
    CHECK(bureau.decide(ab, "same") == "");
    CHECK(bureau.decide(bc, "same") == "");
    CHECK(bureau.state_of(ac) == ReviewState::settled);
    CHECK(bureau.decide(ac, "distinct") == "review_settled");
    CHECK(bureau.undo(ab) == "");
    CHECK(bureau.sets() == Sets{{1}, {2, 3}});
    CHECK(bureau.state_of(ac) == ReviewState::open);
    CHECK(bureau.undo(bc) == "");
    CHECK(bureau.sets() == Sets{{1}, {2}, {3}});
}

TEST_CASE("accepting two candidates for one statement makes one person of three, or is refused, and never two owners") {
    Bureau bureau;
    const auto a = bureau.registered(someone(1)), b = bureau.registered(bureau.under_another_name(1, 2));
    const auto c = bureau.registered(bureau.under_another_name(1, 3));   // may be either
    const auto ab = bureau.review_of(a, b), bc = bureau.review_of(b, c), ac = bureau.review_of(a, c);
    CHECK(bureau.decide(ac, "same") == "");
    SECTION("nobody minds") {
        CHECK(bureau.decide(bc, "same") == "");
        CHECK(bureau.sets() == Sets{{1, 2, 3}});
        CHECK(bureau.state_of(ab) == ReviewState::settled);
    }
    SECTION("somebody said that the two are not one") {
        CHECK(bureau.decide(ab, "distinct") == "");
        CHECK(bureau.decide(bc, "same") == "review_settled");   // a is c, and not b
        CHECK(bureau.sets() == Sets{{1, 3}, {2}});
        CHECK(bureau.state_of(bc) == ReviewState::settled);
    }
}

TEST_CASE("what the rules have answered is no question any more") {
    Bureau bureau;
    SECTION("a phone corrects a name, and both statements are its own") {
        const auto who = bureau.registered(someone(1));
        CHECK(bureau.correct_name(who, name_of(2)) == "");
        CHECK(bureau.sets() == Sets{{1, 2}});
        CHECK(bureau.rows().empty());
    }
    SECTION("a statement with the document takes in whom only a name and a phone were known of") {
        auto roster = without_document(someone(1));
        roster.birth_date = "1950-01-01";
        roster.phone = "14398765432";   // far from the other's: one digit away it would be a slip
        const auto b = bureau.registered(roster);
        const auto a = bureau.registered(someone(1));
        auto bridge = someone(1);
        bridge.phone = roster.phone;
        REQUIRE_FALSE(bureau.are_one(a, b));
        REQUIRE(bureau.rows().size() == 1);
        (void)bureau.registered(bridge);
        CHECK(bureau.are_one(a, b));
        CHECK(bureau.rows().empty());
        CHECK(bureau.state_of(bureau.review_of(a, b)) == ReviewState::settled);
    }
}

TEST_CASE("what the rules joined is told as a review of nobody's, and whoever takes it back parts both for good") {
    Bureau bureau;
    auto roster = without_document(someone(1));
    roster.phone = "14398765432";
    const auto b = bureau.registered(roster), a = bureau.registered(someone(1));
    REQUIRE_FALSE(bureau.are_one(a, b));
    auto both = someone(1);
    both.phone = roster.phone;
    const auto bridge = bureau.registered(both);
    REQUIRE(bureau.sets() == Sets{{1, 2, 3}});
    const auto found = bureau.rows(ReviewState::same);
    REQUIRE(found.size() == 1);
    CHECK(found[0].by.is_none());
    CHECK(bureau.undo(public_id(found[0].id)) == "");
    CHECK(bureau.sets() == Sets{{1}, {2, 3}});
    CHECK(bureau.state_of(public_id(found[0].id)) == ReviewState::distinct);
    both.phone = someone(2).phone;
    (void)bureau.registered(both);
    bureau.restart();
    CHECK_FALSE(bureau.are_one(bridge, b));
    CHECK(bureau.are_one(bridge, a));
    both.phone = roster.phone;   // the bridge once more
    (void)bureau.registered(both);
    CHECK_FALSE(bureau.are_one(bridge, b));
}

TEST_CASE("a statement that fits two who exclude each other leaves its person with its scans, and a human's word brings both back") {
    Bureau bureau;
    const auto roster = bureau.registered(without_document(someone(1))), a = bureau.registered(someone(1));
    REQUIRE(bureau.are_one(roster, a));
    REQUIRE(bureau.scan(roster, "A", "in", morning - 900));
    auto invented = someone(2);
    invented.name = someone(1).name;
    invented.phone = someone(1).phone;
    const auto c = bureau.registered(invented);
    CHECK(bureau.sets() == Sets{{1}, {2}, {3}});
    CHECK(bureau.traces().at(2).scans.empty());
    const auto asked = bureau.review_of(roster, a);
    REQUIRE_FALSE(asked.empty());
    CHECK(bureau.state_of(asked) == ReviewState::open);
    CHECK_FALSE(bureau.review_of(roster, c).empty());
    bureau.restart();
    CHECK(bureau.sets() == Sets{{1}, {2}, {3}});
    CHECK(bureau.decide(asked, "same") == "");
    CHECK(bureau.sets() == Sets{{1, 2}, {3}});
    CHECK(bureau.traces().at(2).scans.size() == 1);
    invented.phone = someone(1).phone;
    (void)bureau.registered(invented);   // again: of whom a human has said anything the rules move nobody
    CHECK(bureau.sets() == Sets{{1, 2}, {3, 4}});
    CHECK(bureau.undo(asked) == "");
    CHECK(bureau.sets() == Sets{{1}, {2}, {3, 4}});
}

TEST_CASE("nobody is asked again what a human has answered") {
    Bureau bureau;
    SECTION("of those who state the same again") {
        const Conflict two(bureau);
        CHECK(bureau.decide(two.review, "distinct") == "");
        for (unsigned i = 0; i < 6; ++i) {
            auto more = i % 2 == 0 ? someone(1) : bureau.under_another_name(1, 2);
            more.phone = someone(10 + i).phone;
            (void)bureau.registered(more);
        }
        CHECK(bureau.sets().size() == 2);
        CHECK(bureau.rows().empty());
        CHECK(bureau.undo(two.review) == "");
        CHECK(bureau.rows().size() == 1);
    }
    SECTION("when one takes on the document of the other") {
        const auto b = bureau.registered(bureau.under_another_name(1, 2)), a = bureau.registered(without_document(someone(1)));
        REQUIRE(bureau.write([&](WriteContext& context) -> kit::Status {
            Likely likely;
            likely.statement = b;
            CHECK(ask_about(context, bureau->vault, a, {likely}) == 1);
            return kit::Done{};
        }));
        CHECK(bureau.decide(bureau.review_of(a, b), "distinct") == "");
        const auto with_document = bureau.registered(someone(1));
        REQUIRE(bureau.are_one(with_document, a));
        CHECK(bureau.review_of(with_document, b).empty());
        CHECK(bureau.rows().empty());
    }
}

TEST_CASE("splits of splits are taken back in any order") {
    Bureau bureau;
    const Conflict two(bureau);
    auto of_a = someone(1), of_b = bureau.under_another_name(1, 2);
    of_a.phone = someone(3).phone;
    of_b.phone = someone(4).phone;
    const auto a2 = bureau.registered(of_a);
    CHECK(bureau.decide(two.review, "same") == "");
    const auto b2 = bureau.registered(of_b);
    REQUIRE(bureau.sets() == Sets{{1, 2, 3, 4}});
    const auto first = bureau.split(two.a, {a2, b2}), second = bureau.split(two.a, {two.b});
    REQUIRE(bureau.sets() == Sets{{1}, {2}, {3, 4}});
    CHECK(bureau.undo(first) == "");
    CHECK(bureau.sets() == Sets{{1, 3, 4}, {2}});
    CHECK(bureau.undo(second) == "");
    CHECK(bureau.sets() == Sets{{1, 2, 3, 4}});
    CHECK(bureau.undo(two.review) == "");   // what was said before all of them
    CHECK(bureau.sets() == Sets{{1, 3}, {2, 4}});
}

TEST_CASE("a split of two whom a human had joined, taken back, leaves them joined by that human's word") {
    Bureau bureau;
    const Conflict two(bureau);
    CHECK(bureau.decide(two.review, "same") == "");
    CHECK(bureau.split(two.a, {two.b}) == two.review);   // there is no other pair to ask about
    CHECK(bureau.state_of(two.review) == ReviewState::distinct);
    CHECK(bureau.sets() == Sets{{1}, {2}});
    CHECK(bureau.undo(two.review) == "");
    CHECK(bureau.state_of(two.review) == ReviewState::same);
    CHECK(bureau.sets() == Sets{{1, 2}});
    CHECK(bureau.undo(two.review) == "");
    CHECK(bureau.state_of(two.review) == ReviewState::open);
    CHECK(bureau.sets() == Sets{{1}, {2}});
}

TEST_CASE("a split that others say too is not taken back before they are") {
    Bureau bureau;
    const auto a = bureau.registered(someone(1)), b = bureau.registered(bureau.under_another_name(1, 2));
    const auto apart = bureau.review_of(a, b);
    CHECK(bureau.decide(apart, "distinct") == "");
    auto more = someone(1), third = bureau.under_another_name(1, 3);
    more.phone = third.phone;
    const auto leaves = bureau.registered(more), c = bureau.registered(third);
    REQUIRE(bureau.sets() == Sets{{1, 3}, {2}, {4}});
    const auto split = bureau.split(a, {leaves});
    REQUIRE_FALSE(bureau.review_of(leaves, c).empty());
    CHECK(bureau.decide(bureau.review_of(leaves, c), "same") == "");
    CHECK(bureau.decide(bureau.review_of(b, c), "same") == "");
    REQUIRE(bureau.sets() == Sets{{1}, {2, 3, 4}});
    CHECK(bureau.undo(split) == "review_contradicts");
    CHECK(bureau.state_of(split) == ReviewState::distinct);
    CHECK(bureau.sets() == Sets{{1}, {2, 3, 4}});
    CHECK(bureau.undo(apart) == "");
    CHECK(bureau.undo(split) == "");
    CHECK(bureau.sets() == Sets{{1, 2, 3, 4}});
}

TEST_CASE("a pair in an open case comes first, then who scanned most lately, then the likeliest; a manager is told of no case") {
    Bureau bureau;
    const auto tracer = operator_of(storage::Role::tracer, 8);
    REQUIRE(bureau->cases.open_case(tracer, "1", "t", "p", {}));
    std::vector<RegistrationId> first, second;
    std::vector<std::string> reviews;
    for (unsigned i = 0; i < 4; ++i) {
        first.push_back(bureau.registered(someone(10 * i)));
        second.push_back(bureau.registered(bureau.under_another_name(10 * i, 10 * i + 1)));
        reviews.push_back(bureau.review_of(first[i], second[i]));
    }
    for (int i = 0; i < 3; ++i) REQUIRE(bureau.scan(second[2], "A", "in", morning - 1000 + 100 * i));
    REQUIRE(bureau.scan(first[1], "A", "in", morning - 1000));
    const auto order = [&](const Caller& caller) {
        const auto page = bureau->reviews.list(caller, bureau.reader(), "", "", "", "");
        REQUIRE(page);
        std::vector<std::size_t> found;
        for (const auto& view : page->reviews) found.push_back(static_cast<std::size_t>(std::find(reviews.begin(), reviews.end(), view.id) - reviews.begin()));
        return found;
    };
    using Order = std::vector<std::size_t>;
    CHECK(order(tracer) == Order{2, 1, 0, 3});
    const auto id = bureau->vault.person_id(bureau.person_of(second[3]));
    REQUIRE(bureau->tracing.trajectory(tracer, bureau.reader(), {id, "1", text_of(morning - 86'400), text_of(morning), {}}));
    CHECK(order(tracer) == Order{3, 2, 1, 0});
    const auto in_case = [&](const Caller& caller) { return bureau->reviews.list(caller, bureau.reader(), "", "", "1", "")->reviews[0].in_case; };
    CHECK(in_case(tracer));
    CHECK_FALSE(in_case(bureau.manager));
    CHECK(bureau.decide(reviews[3], "distinct") == "");   // its line in the log is of no case, and the last about them
    const auto undone = bureau->reviews.undo(tracer, bureau.reader(), reviews[3]);
    REQUIRE(undone);
    CHECK(undone->in_case);
    CHECK(order(tracer) == Order{3, 2, 1, 0});
    CaseChange closing;
    closing.state = "closed";
    REQUIRE(bureau->cases.change_case(tracer, "1", closing));
    CHECK(order(tracer) == Order{2, 1, 0, 3});
}

TEST_CASE("history names whoever was thought to be of the person then, also who left since, and knows the future of nobody") {
    Bureau bureau;
    const auto tracer = operator_of(storage::Role::tracer, 8);
    REQUIRE(bureau->cases.open_case(tracer, "1", "t", "p", {}));
    const auto a = bureau.registered(someone(1));
    bureau.clock.pass(100);
    auto more = someone(1);
    more.phone = someone(2).phone;
    const auto b = bureau.registered(more);
    const auto person = bureau->vault.person_id(bureau.person_of(a));
    bureau.clock.pass(100);
    (void)bureau.split(a, {b});
    const auto then = [&](RegistrationId one, domain::Instant at) {
        const auto told = bureau->reviews.history(tracer, bureau.reader(), bureau->vault.person_id(bureau.person_of(one)), "1", text_of(at));
        REQUIRE(told);
        Sets sets;
        for (const auto& part : told->then) {
            std::set<std::uint64_t> set;
            for (const auto& statement : part.statements) set.insert(open_statement_id(bureau->vault, statement)->value);
            sets.insert(set);
        }
        return sets;
    };
    for (const auto one : {a, b}) {
        CHECK(then(one, morning + 100) == Sets{{1, 2}});
        CHECK(then(one, morning + 199) == Sets{{1, 2}});
    }
    CHECK(then(a, morning + 99) == Sets{{1}});
    CHECK(then(b, morning + 99) == Sets{});   // nobody yet
    CHECK(then(a, morning + 200) == Sets{{1}});
    CHECK(then(b, morning + 200) == Sets{{2}});
    CHECK(bureau->vault.person_id(bureau.person_of(a)) == person);
}

TEST_CASE("whoever asks for what is not there, or not theirs, leaves a line") {
    Bureau bureau;
    const Conflict two(bureau);
    auto elsewhere = operator_of(storage::Role::manager, 9);
    elsewhere.scope = *domain::parse_division_code("130683");
    const auto lines = bureau.reader().audit().last()->seq;
    CHECK(refusal(bureau->reviews.decide(elsewhere, bureau.reader(), two.review, "same", "")) == "review_unknown");
    CHECK(refusal(bureau->reviews.undo(bureau.manager, bureau.reader(), std::string(26, '0'))) == "review_unknown");
    SplitRequest request{bureau->vault.person_id(bureau.person_of(two.a)), "two people", {}};
    CHECK(refusal(bureau->reviews.split(elsewhere, bureau.reader(), request)) == "person_unknown");
    std::vector<std::string> told;
    for (const auto& row : bureau.reader().audit().read(lines + 1, 100)) told.push_back(row.action);
    CHECK(told == std::vector<std::string>(3, "review_outside"));
}
