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
    CHECK(fault([](TraceRequest& r) { r.categories = {{"shop", "药店"}}; }).empty());
    CHECK(fault([](TraceRequest& r) { r.categories = {{"shop", "casino"}}; }) == "/categories category_unknown");
    CHECK(fault([](TraceRequest& r) { r.categories = std::vector<std::string>(kit::trace_filter_max, "shop"); }).empty());
    CHECK(fault([](TraceRequest& r) { r.categories = std::vector<std::string>(kit::trace_filter_max + 1, "shop"); }) == "/categories too_many");
    for (const std::int64_t good : {1, 1'000'000}) CHECK(fault([&](TraceRequest& r) { r.limit = good; }).empty());
    for (const std::int64_t bad : {0, 1'000'001, -1}) CHECK(fault([&](TraceRequest& r) { r.limit = bad; }) == "/limit limit_range");
}

TEST_CASE("degree two and three need a bound, and each of the bounds does") {
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
        CHECK(of_degree([](TraceRequest& r) { r.categories = {{"shop"}}; }).empty());
        for (const auto& none : std::vector<void (*)(TraceRequest&)>{[](TraceRequest& r) { r.divisions = {"130682"}; }, [](TraceRequest& r) { r.sites = {"A"}; },
                                                                     [](TraceRequest& r) { r.evidence = {"staff"}; }})
            CHECK(of_degree(none) == "unbounded");
        CHECK(of_degree([](TraceRequest& r) { r.categories = std::vector<std::string>{}; }) == "unbounded");
    }
}

namespace {

/// What is spelt out at noon, four hours after `morning`.
kit::Result<TraceRequest> spelt(const std::function<void(TraceRequest&)>& change) { return spelt_out(asked(change), morning + 14'400); }

std::string fault_of(const std::function<void(TraceRequest&)>& change) {
    const auto request = spelt(change);
    if (request) return {};
    REQUIRE(request.error().code == std::string("trace_invalid"));
    return request.error().fields[0].pointer + " " + request.error().fields[0].code;
}

TraceAnchor onset(domain::Instant at) { return {text_of(at), {}}; }
TraceAnchor sample(domain::Instant at) { return {{}, text_of(at)}; }
constexpr std::int64_t day_s = 86'400;

}  // namespace

TEST_CASE("without a preset a question is spelt out with the contract's defaults") {
    const auto request = spelt([](TraceRequest& r) {
        r.from = "a";
        r.to = "b";
    });
    REQUIRE(request);
    CHECK(request->from == "a");
    CHECK(request->to == "b");
    CHECK(request->min_overlap_s == 0);
    CHECK(request->accumulate == "total");
    CHECK_FALSE(request->linger_s);
    CHECK_FALSE(request->categories);
    CHECK(fault_of([](TraceRequest& r) { r.to = "b"; }) == "/from missing");
    CHECK(fault_of([](TraceRequest& r) { r.from = "a"; }) == "/to missing");
}

TEST_CASE("a preset gives its figures, and its days are counted from the anchor") {
    const auto request = spelt([](TraceRequest& r) {
        r.preset = "who";
        r.anchor = onset(morning);
    });
    REQUIRE(request);
    CHECK(request->from == text_of(morning - 2 * day_s));
    CHECK(request->to == text_of(morning + 14'400 + 1));   // now: thirteen days after are not over
    CHECK(request->min_overlap_s == 900);
    CHECK(request->accumulate == "longest");
    CHECK(request->degree == 1);
    const auto of_a_sample = spelt([](TraceRequest& r) {
        r.preset = "who";
        r.anchor = sample(morning);
    });
    CHECK(of_a_sample->from == text_of(morning - 2 * day_s));
    CHECK(of_a_sample->to == request->to);
}

TEST_CASE("moments come in any offset and are told in UTC, to the second") {
    const auto request = spelt([](TraceRequest& r) {
        r.preset = "nhc5";
        r.anchor = TraceAnchor{"2026-02-02T08:00:00.75+08:00", {}};
        r.to = "2026-02-03T08:00:00+08:00";
    });
    REQUIRE(request);
    CHECK(request->anchor->onset == "2026-02-02T00:00:00Z");
    CHECK(request->to == "2026-02-03T00:00:00Z");
    CHECK(request->from == "2026-01-31T00:00:00Z");
}

TEST_CASE("days after the anchor that are over end the window") {
    for (const auto& [kind, days] : {std::pair{true, 13}, {false, 10}}) {
        auto request = asked([&](TraceRequest& r) {
            r.preset = "who";
            r.anchor = kind ? onset(morning) : sample(morning);
        });
        CHECK(spelt_out(request, morning + days * day_s - 1)->to == text_of(morning + days * day_s));
        CHECK(spelt_out(request, morning + days * day_s)->to == text_of(morning + days * day_s));
        CHECK(spelt_out(request, morning + 20 * day_s)->to == text_of(morning + days * day_s));
        CHECK(spelt_out(request, morning + days * day_s - 2)->to == text_of(morning + days * day_s - 1));
    }
}

TEST_CASE("a preset that ends with isolation goes on to the end of this second") {
    const auto request = spelt([](TraceRequest& r) {
        r.preset = "nhc8";
        r.anchor = onset(morning);
    });
    REQUIRE(request);
    CHECK(request->from == text_of(morning - 4 * day_s));
    CHECK(request->to == text_of(morning + 14'401));
    CHECK(request->min_overlap_s == 0);
    CHECK(request->accumulate == "total");
}

TEST_CASE("whatever the question says itself stands instead of the preset's") {
    const auto request = spelt([](TraceRequest& r) {
        r.preset = "who";
        r.anchor = onset(morning);
        r.from = text_of(morning - 1);
        r.to = text_of(morning + 1);
        r.linger_s = 0;
        r.min_overlap_s = 0;
        r.accumulate = "day";
        r.categories = std::vector<std::string>{"shop"};
        r.degree = 2;
    });
    REQUIRE(request);
    CHECK(request->from == text_of(morning - 1));
    CHECK(request->to == text_of(morning + 1));
    CHECK(request->linger_s == 0);
    CHECK(request->min_overlap_s == 0);
    CHECK(request->accumulate == "day");
    CHECK(request->categories == std::vector<std::string>{"shop"});
    CHECK(request->degree == 2);
    CHECK(request->preset == "who");
    const auto windowed = spelt([](TraceRequest& r) {   // no anchor is needed then
        r.preset = "cdc";
        r.from = "a";
        r.to = "b";
    });
    REQUIRE(windowed);
    CHECK(windowed->from == "a");
    CHECK(windowed->min_overlap_s == 900);
}

TEST_CASE("a preset bounds degree two by its least minutes, and one without any does not") {
    for (const char* word : {"who", "cdc", "grid10", "nhc5", "nhc8"}) {
        CAPTURE(word);
        auto request = spelt([&](TraceRequest& r) {
            r.preset = word;
            r.anchor = onset(morning);
            r.degree = 2;
        });
        REQUIRE(request);
        const auto question = read_question(*request, window);
        const bool is_bounded = word[0] != 'n';
        CHECK(static_cast<bool>(question) == is_bounded);
        if (!question) CHECK(question.error().code == std::string("unbounded"));
    }
}

TEST_CASE("a preset and its anchor are told what is wrong with them") {
    const auto with = [](std::optional<std::string> preset, std::optional<TraceAnchor> anchor, std::optional<std::string> from = {}, std::optional<std::string> to = {}) {
        return fault_of([=](TraceRequest& r) {
            r.preset = preset;
            r.anchor = anchor;
            r.from = from;
            r.to = to;
        });
    };
    const auto noon = morning + 14'400;
    CHECK(with("nhc99", onset(morning)) == "/preset preset_unknown");
    CHECK(with("", onset(morning)) == "/preset preset_unknown");
    CHECK(with({}, onset(morning)) == "/preset missing");
    CHECK(with({}, onset(morning), text_of(morning), text_of(morning + 1)) == "/preset missing");
    CHECK(with("nhc5", {}) == "/anchor missing");
    CHECK(with("nhc5", {}, text_of(morning)) == "/anchor missing");
    CHECK(with("nhc5", {}, {}, text_of(morning)) == "/anchor missing");
    CHECK(with("nhc5", TraceAnchor{}) == "/anchor anchor_kind");
    CHECK(with("nhc5", TraceAnchor{text_of(morning), text_of(morning)}) == "/anchor anchor_kind");
    CHECK(with("nhc5", TraceAnchor{"noon", {}}) == "/anchor time_malformed");
    CHECK(with("nhc5", onset(noon + 2 * day_s)).empty());   // the window is this very second
    CHECK(with("nhc5", onset(noon + 2 * day_s + 1)) == "/anchor anchor_ahead");
    CHECK(with("nhc5", onset(morning), text_of(noon)).empty());
    CHECK(with("nhc5", onset(morning), text_of(noon + 1)) == "/from window_empty");
}

TEST_CASE("a window about an anchor at the ends of time can still be told") {
    const auto first = spelt([](TraceRequest& r) {
        r.preset = "grid10";
        r.anchor = TraceAnchor{"1900-01-01T00:00:00Z", {}};
    });
    REQUIRE(first);
    CHECK(first->from == "1900-01-01T00:00:00Z");
    const auto last = spelt([](TraceRequest& r) {   // in a window that was given; of its own it would lie ahead
        r.preset = "who";
        r.anchor = TraceAnchor{"9999-12-31T23:59:59Z", {}};
        r.to = "9999-12-31T23:59:59Z";
    });
    REQUIRE(last);
    CHECK(last->from == "9999-12-29T23:59:59Z");
}

TEST_CASE("divisions are taken by code or name, sites by ref where the scope reaches them") {
    Stage stage;
    stage.divisions("code,name,parent\n130682,定州,\n130682100,留早镇,130682\n130682101,同名镇,130682\n130682102,同名镇,130682\n");
    stage.sites("ref,name,category,division\nA,商店,shop,130682100\nB,药店,pharmacy,130682101\n");
    auto caller = operator_of(storage::Role::tracer);
    domain::TraceQuestion question;
    const auto told = [&](std::vector<std::string> divisions, std::vector<std::string> sites = {}) {
        question = {};
        const auto status = read_places(asked([&](TraceRequest& r) {
            r.divisions = std::move(divisions);
            r.sites = std::move(sites);
        }), *stage.directory(), caller, question);
        return status ? std::string() : status.error().fields[0].pointer + " " + status.error().fields[0].code;
    };
    CHECK(told({"130682100", "留早镇", "1306"}).empty());   // one above those that are known, too
    CHECK(question.divisions == std::vector<domain::DivisionCode>{*domain::parse_division_code("130682100"), *domain::parse_division_code("130682100"),
                                                                  *domain::parse_division_code("1306")});
    CHECK(told({"130682100", "无此镇"}) == "/divisions/1 division_unknown");
    CHECK(told({"110101"}) == "/divisions/0 division_unknown");
    CHECK(told({"同名镇"}) == "/divisions/0 division_ambiguous");
    CHECK(told({}, {"B", "A"}).empty());
    CHECK(question.sites == std::vector<domain::SiteId>{stage.site("B"), stage.site("A")});
    CHECK(told({}, {"A", "Z"}) == "/sites/1 site_unknown");
    CHECK(told(std::vector<std::string>(kit::trace_filter_max, "130682")).empty());
    CHECK(told(std::vector<std::string>(kit::trace_filter_max + 1, "130682")) == "/divisions too_many");
    CHECK(told({}, std::vector<std::string>(kit::trace_filter_max, "A")).empty());
    CHECK(told({}, std::vector<std::string>(kit::trace_filter_max + 1, "A")) == "/sites too_many");
    caller.scope = *domain::parse_division_code("130682100");
    CHECK(told({"130682101"}, {"A"}).empty());   // contacts are not cut by scope, and a division tells of nobody
    CHECK(told({}, {"B"}) == "/sites/0 site_unknown");
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
