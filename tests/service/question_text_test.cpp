// SPDX-License-Identifier: Apache-2.0
#include "service/question_text.hpp"

#include <catch2/catch.hpp>

#include "domain/worlds.hpp"

using namespace chayan;
using namespace chayan::service;
using domain::worlds::Random;

namespace {

/// Text as no field of ours should have it, and as one might.
std::string some_text(Random& random) {
    constexpr const char* texts[] = {"S1", "北门 卡口", "a=b", "\\", "\n", "\t", "\\n", "x\ty\nz", "冀F12345", "2020-02-03T00:00:00Z", "=", "kind=places\n"};
    return texts[random.below(std::size(texts))];
}
std::optional<std::string> perhaps(Random& random) { return random.below(2) == 0 ? std::nullopt : std::optional(some_text(random)); }
std::optional<std::int64_t> perhaps_number(Random& random) {
    return random.below(2) == 0 ? std::nullopt : std::optional<std::int64_t>(random.below(1'000'000));
}
std::vector<std::string> some_texts(Random& random) {
    std::vector<std::string> texts(random.below(4));
    for (auto& text : texts) text = some_text(random);
    return texts;
}
std::vector<TraceSubject> some_subjects(Random& random) {
    std::vector<TraceSubject> subjects(random.below(4));
    for (auto& subject : subjects) {
        auto* members = &subject.person;
        if (random.below(3) == 0) members = &subject.site;
        else if (random.below(2) == 0) members = &subject.plate;
        *members = some_text(random);
        subject.from = perhaps(random);
        subject.to = perhaps(random);
    }
    return subjects;
}
TraceRequest some_trace(Random& random) {
    TraceRequest request;
    request.index = some_subjects(random);
    request.preset = perhaps(random);
    if (random.below(2) == 0) request.anchor = random.below(2) == 0 ? TraceAnchor{some_text(random), {}} : TraceAnchor{{}, some_text(random)};
    request.from = perhaps(random);
    request.to = perhaps(random);
    request.direction = some_text(random);
    request.degree = 1 + random.below(3);
    request.linger_s = perhaps_number(random);
    request.min_overlap_s = perhaps_number(random);
    request.accumulate = perhaps(random);
    if (random.below(2) == 0) request.categories = some_texts(random);
    request.divisions = some_texts(random);
    request.sites = some_texts(random);
    request.known_at = perhaps(random);
    request.evidence = some_texts(random);
    request.identity = perhaps(random);
    request.crowd_half = perhaps_number(random);
    request.limit = perhaps_number(random);
    request.explain = random.below(2) == 0;
    return request;
}
KeptQuestion some_question(Random& random) {
    const bool is_until_now = random.below(2) == 0;
    switch (random.below(4)) {
        case 0: return {PassagesQuestion{some_text(random), {}, some_text(random), some_text(random), perhaps(random)}, is_until_now};
        case 1: return {TrajectoryQuestion{some_text(random), {}, some_text(random), some_text(random), perhaps(random)}, is_until_now};
        case 2: return {some_trace(random), is_until_now};
        default: return {SharedPlacesRequest{{}, some_subjects(random), perhaps(random), perhaps(random), perhaps(random), some_texts(random), perhaps_number(random)}, is_until_now};
    }
}

}  // namespace

TEST_CASE("what is read back is the question that was written") {
    for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
        Random random(seed);
        const auto kept = some_question(random);
        const auto text = text_of(kept);
        CAPTURE(seed, text);
        const auto read = read_question_text(text);
        REQUIRE(read);
        CHECK(read->is_until_now == kept.is_until_now);
        REQUIRE(read->question.index() == kept.question.index());
        CHECK(text_of(*read) == text);
        if (const auto* trace = std::get_if<TraceRequest>(&kept.question)) {
            const auto& again = std::get<TraceRequest>(read->question);
            CHECK(again.index.size() == trace->index.size());
            CHECK(again.categories == trace->categories);
            CHECK(again.divisions == trace->divisions);
            CHECK(again.sites == trace->sites);
            CHECK(again.known_at == trace->known_at);
            CHECK(again.evidence == trace->evidence);
            CHECK(again.identity == trace->identity);
            CHECK(again.crowd_half == trace->crowd_half);
            CHECK(again.anchor.has_value() == trace->anchor.has_value());
            CHECK(again.direction == trace->direction);
            CHECK(again.explain == trace->explain);
            for (std::size_t i = 0; i < trace->index.size(); ++i) {
                CHECK(again.index[i].person == trace->index[i].person);
                CHECK(again.index[i].site == trace->index[i].site);
                CHECK(again.index[i].plate == trace->index[i].plate);
                CHECK(again.index[i].to == trace->index[i].to);
            }
        }
    }
}

TEST_CASE("the case of a question is put in, and is no part of its text") {
    KeptQuestion kept{PassagesQuestion{"S1", "2020-1", "a", "b"}};
    const auto text = text_of(kept);
    CHECK(text == "kind=passages\nsite=S1\nfrom=a\nto=b\n");
    set_case(kept.question, "2020-2");
    CHECK(text_of(kept) == text);
    CHECK(case_of(kept.question) == "2020-2");
}

TEST_CASE("what is cut short or has too much is no question") {
    TraceRequest request;
    request.index = {{"p", {}, {}, {}, {}}};
    request.from = "a";
    request.to = "b";
    const KeptQuestion whole{request};
    const auto text = text_of(whole);
    REQUIRE(read_question_text(text));
    for (std::size_t size = 0; size < text.size(); ++size) {
        CAPTURE(size);
        const auto read = read_question_text(text.substr(0, size));
        CHECK((!read || text_of(*read) == text.substr(0, size)));
    }
    CHECK_FALSE(read_question_text(""));
    CHECK_FALSE(read_question_text(text + "x"));
    CHECK_FALSE(read_question_text(text + "more=1\n"));
    CHECK_FALSE(read_question_text("kind=people\n"));
    CHECK_FALSE(read_question_text("kind=passages\nsite=S1\nfrom=a\n"));
    CHECK_FALSE(read_question_text("kind=passages\nsite=S1\nfrom=a\nto=b\\\n"));
    CHECK_FALSE(read_question_text("kind=contacts\nperson=p\ndirection=forward\ndegree=1\n"));   // a subject of three parts
    CHECK_FALSE(read_question_text("kind=contacts\ndirection=forward\ndegree=one\n"));
    CHECK_FALSE(read_question_text("kind=contacts\ndirection=forward\ndegree=1\ncategories=2\ncategory=shop\n"));
}
