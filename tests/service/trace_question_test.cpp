// SPDX-License-Identifier: Apache-2.0
#include "service/trace_question.hpp"

#include "kit/limits.hpp"
#include "service/stage.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

constexpr domain::Interval window{morning, morning + 3600};

TraceRequest asked(const std::function<void(TraceRequest&)>& change = [](TraceRequest&) {}) {
    TraceRequest request;
    request.index.resize(1);
    change(request);
    return request;
}

std::string fault(const std::function<void(TraceRequest&)>& change) {
    const auto question = read_question(asked(change), window);
    if (question) return {};
    const auto& error = question.error();
    return error.fields.empty() ? error.code : error.fields[0].pointer + " " + error.fields[0].code;
}

}  // namespace

TEST_CASE("a question that says nothing more is forward, of degree 1, without linger, bound or limit") {
    const auto question = read_question(asked(), window);
    REQUIRE(question);
    CHECK(question->window == window);
    CHECK(question->direction == domain::TraceDirection::forward);
    CHECK(question->degree == 1);
    CHECK_FALSE(question->linger_s);
    CHECK(question->min_overlap_s == 0);
    CHECK(question->accumulate == domain::Accumulate::total);
    CHECK(question->categories.empty());
    CHECK_FALSE(question->limit);
}

TEST_CASE("each member is taken within its bounds and told when it is not") {
    constexpr std::int64_t year_s = 366LL * 86'400;
    CHECK(fault([](TraceRequest& r) { r.index.clear(); }) == "/index missing");
    CHECK(fault([](TraceRequest& r) { r.index.resize(kit::trace_index_max); }).empty());
    CHECK(fault([](TraceRequest& r) { r.index.resize(kit::trace_index_max + 1); }) == "/index too_many");
    CHECK(fault([](TraceRequest& r) { r.direction = "backward"; }).empty());
    CHECK(fault([](TraceRequest& r) { r.direction = ""; }) == "/direction trace_direction_unknown");
    for (const std::int64_t bad : {std::int64_t{0}, std::int64_t{4}, std::int64_t{-1}, std::int64_t{257}, std::int64_t{1} << 32U})
        CHECK(fault([&](TraceRequest& r) { r.degree = bad; }) == "/degree degree_range");
    for (const std::int64_t good : {std::int64_t{0}, year_s}) {
        CHECK(fault([&](TraceRequest& r) { r.linger_s = good; }).empty());
        CHECK(fault([&](TraceRequest& r) { r.min_overlap_s = good; }).empty());
    }
    for (const std::int64_t bad : {std::int64_t{-1}, year_s + 1, std::int64_t{1} << 32U}) {
        CHECK(fault([&](TraceRequest& r) { r.linger_s = bad; }) == "/linger_s duration_range");
        CHECK(fault([&](TraceRequest& r) { r.min_overlap_s = bad; }) == "/min_overlap_s duration_range");
    }
    for (const char* good : {"total", "longest", "day"}) CHECK(fault([&](TraceRequest& r) { r.accumulate = good; }).empty());
    CHECK(fault([](TraceRequest& r) { r.accumulate = "sum"; }) == "/accumulate accumulate_unknown");
    CHECK(fault([](TraceRequest& r) { r.categories = {"shop", "药店"}; }).empty());
    CHECK(fault([](TraceRequest& r) { r.categories = {"shop", "casino"}; }) == "/categories category_unknown");
    for (const std::int64_t good : {1, 1'000'000}) CHECK(fault([&](TraceRequest& r) { r.limit = good; }).empty());
    for (const std::int64_t bad : {0, 1'000'001, -1}) CHECK(fault([&](TraceRequest& r) { r.limit = bad; }) == "/limit limit_range");
}

TEST_CASE("degree two and three need a bound, and each of the three bounds does") {
    for (const std::int64_t degree : {2, 3}) {
        const auto of_degree = [&](const std::function<void(TraceRequest&)>& change) {
            return fault([&](TraceRequest& r) {
                r.degree = degree;
                change(r);
            });
        };
        CHECK(of_degree([](TraceRequest&) {}) == "unbounded");
        CHECK(of_degree([](TraceRequest& r) { r.linger_s = 1; }) == "unbounded");
        CHECK(of_degree([](TraceRequest& r) { r.min_overlap_s = 1; }).empty());
        CHECK(of_degree([](TraceRequest& r) { r.limit = 1; }).empty());
        CHECK(of_degree([](TraceRequest& r) { r.categories = {"shop"}; }).empty());
    }
}

TEST_CASE("an index is exactly one of a person, a site with its time, or a plate") {
    Stage stage;
    stage.divisions("code,name\n130682,定州\n");
    stage.sites("ref,name,category,division\nA,商店,shop,130682\n");
    const auto who = stage.registered(someone(1));
    REQUIRE(stage.scan(who, {stage.code("A"), "in", {}, {}, "冀F12345"}));
    const auto directory = stage.directory();
    const auto caller = operator_of(storage::Role::tracer);
    const auto read = [&](const TraceSubject& subject) {
        return read_subject(subject, window, *directory, caller, stage.reader(), stage->vault,
                            [](const std::string& id) { return id == "me" ? std::optional(domain::PersonNo{7}) : std::nullopt; });
    };
    CHECK(refusal(read({})) == "index_kind");
    CHECK(refusal(read({"me", "A", {}, {}, {}})) == "index_kind");
    CHECK(refusal(read({"me", {}, {}, {}, "冀F12345"})) == "index_kind");
    CHECK(refusal(read({{}, "A", {}, {}, "冀F12345"})) == "index_kind");
    CHECK(std::get<domain::PersonNo>(**read({"me", {}, {}, {}, {}})).value == 7);
    CHECK(refusal(read({"you", {}, {}, {}, {}})) == "person_unknown");
    CHECK(std::get<domain::IndexVehicle>(**read({{}, {}, {}, {}, "冀 F12345"})).vehicle.value == 1);
    CHECK_FALSE(*read({{}, {}, {}, {}, "冀F99999"}));   // never seen: nobody, and no error
    CHECK(refusal(read({{}, {}, {}, {}, ""})) == "plate_empty");
    const auto whole = std::get<domain::IndexSite>(**read({{}, "A", {}, {}, {}}));
    CHECK(whole.site == stage.site("A"));
    CHECK(whole.interval == window);
    const auto part = std::get<domain::IndexSite>(**read({{}, "A", text_of(morning + 1), text_of(morning + 2), {}}));
    CHECK(part.interval == domain::Interval{morning + 1, morning + 2});
    CHECK(refusal(read({{}, "A", text_of(morning + 2), text_of(morning + 2), {}})) == "window_empty");
    CHECK(refusal(read({{}, "A", "noon", {}, {}})) == "time_malformed");
    CHECK(refusal(read({{}, "A", {}, "noon", {}})) == "time_malformed");
    CHECK(refusal(read({{}, "Z", {}, {}, {}})) == "site_unknown");
}
