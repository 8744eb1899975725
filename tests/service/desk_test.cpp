// SPDX-License-Identifier: Apache-2.0
#include "service/desk.hpp"

#include "kit/limits.hpp"
#include "service/stage.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

struct Desk : Stage {
    kit::Result<CaseView> opened(const std::string& number, const std::string& title = "聚集性疫情", const std::string& purpose = "流行病学调查",
                                 const std::optional<std::string>& expires = {}) {
        return (*this)->cases.open_case(caller, number, title, purpose, expires);
    }
    kit::Result<CaseView> changed(const CaseChange& change) { return (*this)->cases.change_case(caller, "1", change); }
    kit::Result<CaseView> set_state(const std::string& word) {
        CaseChange change;
        change.state = word;
        return changed(change);
    }
    bool is_open(const std::string& number = "1") { return static_cast<bool>((*this)->cases.require_open(reader(), number)); }
    Caller caller = operator_of(storage::Role::tracer);
};

}  // namespace

TEST_CASE("a case is opened once, with its words sealed, and found after a restart") {
    Desk desk;
    const auto made = desk.opened("定疾控-2026-1");
    REQUIRE(made);
    CHECK(made->title == "聚集性疫情");
    CHECK(std::string(made->state) == "open");
    CHECK(made->opened == morning);
    const auto twice = desk.opened("定疾控-2026-1");
    CHECK(refusal(twice) == "case_taken");
    CHECK(twice.error().kind == kit::Errc::conflict);
    REQUIRE(desk.opened("2"));
    desk.restart();
    const auto found = desk->cases.find_case(desk.reader(), "定疾控-2026-1");
    REQUIRE(found);
    CHECK(found->purpose == "流行病学调查");
    CHECK_FALSE(desk->cases.find_case(desk.reader(), "3"));
    CHECK(desk->cases.cases(desk.reader()).size() == 2);
    const auto row = desk.reader().desk().find_case("定疾控-2026-1");
    CHECK(row->title.find("聚集") == std::string::npos);
    CHECK(row->purpose.find("调查") == std::string::npos);
    CHECK(row->by == desk.caller.id);
    CHECK(desk.reader().audit().last()->action == "case_opened");
}

TEST_CASE("each word of a case has its limits, and is told at its field") {
    static_assert(kit::case_number_chars_max == 64 && kit::case_title_chars_max == 200);
    Desk desk;
    const auto pointer = [](const auto& result) { return result ? "" : result.error().fields.at(0).pointer; };
    CHECK(pointer(desk.opened("")) == "/number");
    CHECK(pointer(desk.opened(std::string(65, '1'))) == "/number");
    CHECK(pointer(desk.opened("1\n2")) == "/number");
    CHECK(pointer(desk.opened("1", "")) == "/title");
    CHECK(pointer(desk.opened("1", std::string(601, 't'))) == "/title");
    CHECK(pointer(desk.opened("1", "t", "")) == "/purpose");
    CHECK(pointer(desk.opened("1", "t", "p\x7f")) == "/purpose");
    CHECK(refusal(desk.opened("1", "t", "p", "tomorrow")) == "time_malformed");
    CHECK(refusal(desk.opened("1", "t", "p", text_of(morning))) == "time_past");
    CHECK(desk->cases.cases(desk.reader()).empty());
    CHECK(desk.opened(std::string(64, '1'), std::string(600, 't'), "p", text_of(morning + 1)));
}

TEST_CASE("a question needs a case that is there, open, and has not expired") {
    Desk desk;
    CHECK_FALSE(desk.is_open());
    CHECK_FALSE(desk.is_open(""));
    REQUIRE(desk.opened("1", "t", "p", text_of(morning + 100)));
    CHECK(desk.is_open());
    CHECK_FALSE(desk.is_open("2"));
    desk.clock.pass(99);
    CHECK(desk.is_open());
    const auto state = [&] { return std::string(desk->cases.find_case(desk.reader(), "1")->state); };
    CHECK(state() == "open");
    desk.clock.pass(1);
    CHECK_FALSE(desk.is_open());
    CHECK(state() == "closed");   // it says what holds
    CHECK(std::string(desk->cases.cases(desk.reader()).at(0).state) == "closed");
    CaseChange change;
    change.expires = text_of(morning + 1000);
    REQUIRE(desk.changed(change));
    CHECK(desk.is_open());
    CHECK(state() == "open");
    for (const char* word : {"hold", "closed"}) {
        REQUIRE(desk.set_state(word));
        CHECK_FALSE(desk.is_open());
    }
    REQUIRE(desk.set_state("open"));
    CHECK(desk.is_open());
    const auto refused = desk->cases.require_open(desk.reader(), "2");
    CHECK(refused.error().kind == kit::Errc::forbidden);
}

TEST_CASE("a change touches what it names and nothing else, or nothing at all") {
    Desk desk;
    CHECK(refusal(desk.set_state("hold")) == "case_unknown");
    REQUIRE(desk.opened("1", "t", "p", text_of(morning + 100)));
    CaseChange change;
    change.title = "new";
    const auto made = desk.changed(change);
    REQUIRE(made);
    CHECK(made->title == "new");
    CHECK(made->purpose == "p");
    CHECK(made->expires == morning + 100);
    CHECK(refusal(desk.set_state("ajar")) == "case_state_unknown");
    change.title = "newer";
    change.state = "ajar";
    CHECK_FALSE(desk.changed(change));
    change.state = "hold";
    change.purpose = "";
    CHECK_FALSE(desk.changed(change));
    change.purpose = "p";
    change.expires = "never";
    CHECK_FALSE(desk.changed(change));
    const auto kept = desk->cases.find_case(desk.reader(), "1");
    CHECK(kept->title == "new");
    CHECK(std::string(kept->state) == "open");
    CHECK(desk.reader().audit().last()->seq == 2);   // refusals leave no line
}
