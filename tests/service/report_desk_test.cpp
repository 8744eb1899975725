// SPDX-License-Identifier: Apache-2.0
#include "service/report_desk.hpp"

#include "service/stage.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

constexpr std::int64_t day_s = 86'400;

template <class T>
T good(kit::Result<T> result) {
    REQUIRE(result);
    return *std::move(result);
}

/// 08:00 of 2026-02-02; reports are due at 17:00.
struct Firms : Stage {
    Firms() {
        divisions("code,name\n130682,定州\n130682001,南城\n130682002,北城\n");
        sites("ref,name,category,division,place\nF1,砖厂,enterprise,130682001,\nF1-2,砖厂后门,enterprise,130682001,F1\nF2,酒厂,enterprise,130682002,\nS,商店,shop,130682001,\n");
        (*this)->tracing.load({});
        south.scope = domain::parse_division_code("130682001").value();
    }
    std::string report(const std::string& ref, domain::ReportNumbers numbers, const std::string& day = {}, const std::string& note = {}) {
        return refusal(desk.add(manager, ref, {day, numbers, note}));
    }
    ReportDay day_of(const std::string& ref, const std::string& day = {}) { return good(desk.day_of(manager, reader(), ref, day)); }
    void pass_at(unsigned number, const std::string& ref, domain::Instant at) {
        if (who.size() <= number) who.resize(number + 1);
        if (who[number].value == 0) who[number] = registered(someone(number));
        REQUIRE(scan(who[number], ref, "in", at));
    }
    std::vector<std::string> refs(const Caller& caller, const ReportFilter& filter) {
        std::vector<std::string> found;
        for (const auto& view : good(desk.list(caller, reader(), filter)).enterprises) found.push_back(view.site->ref);
        return found;
    }

    std::vector<domain::RegistrationId> who;
    Caller manager = operator_of(storage::Role::manager), south = manager;
    ReportDesk desk{(*this)->writer, (*this)->vault, clock, (*this)->board, (*this)->tracing, (*this)->staff, zone(), 17 * 3600};
};

}  // namespace

TEST_CASE("the newest report of a day counts, and zero is a report") {
    Firms firms;
    CHECK(firms.day_of("F1").reports.empty());
    CHECK(firms.report("F1", {30, 20, 1, 4}, "", "一人请假").empty());
    firms.clock.pass(60);
    CHECK(firms.report("F1", {0, 0, 0, 0}).empty());
    const auto day = firms.day_of("F1");
    REQUIRE(day.reports.size() == 2);
    CHECK(day.reports[0].numbers == domain::ReportNumbers{});
    CHECK(day.reports[0].note.empty());
    CHECK(day.reports[1].numbers == domain::ReportNumbers{30, 20, 1, 4});
    CHECK(day.reports[1].note == "一人请假");
    CHECK(day.reports[0].at == day.reports[1].at + 60);
    CHECK(firms.reader().audit().last()->action == "site_reported");
}

TEST_CASE("a report is of an open enterprise of one's own, at its first door, and of the last week") {
    Firms firms;
    CHECK(firms.report("S", {}) == "report_no_enterprise");
    CHECK(firms.report("F1-2", {}) == "report_no_enterprise");
    CHECK(firms.report("NONE", {}) == "site_unknown");
    CHECK(refusal(firms.desk.add(firms.south, "F2", {})) == "site_unknown");
    CHECK(refusal(firms.desk.day_of(firms.south, firms.reader(), "F2", "")) == "site_unknown");
    CHECK(firms.report("F1", {}, "2026-01-26").empty());
    CHECK(firms.report("F1", {}, "2026-01-25") == "report_day_old");
    CHECK(firms.report("F1", {}, "2026-02-03") == "report_day_future");
    CHECK(firms.report("F1", {}, "yesterday") == "date_malformed");
    CHECK(firms.report("F1", {1, 2, 0, 0}) == "report_present");
    CHECK(firms.report("F1", {}, "", std::string(201, 'x')) == "text_too_long");
    CHECK(firms.report("F1", {}, "", std::string(200, 'x')).empty());
}

TEST_CASE("a report is overdue from the minute on in which it was due, until there is one") {
    Firms firms;
    firms.clock.set(morning + 9 * 3600 - 1);
    CHECK(firms.day_of("F1").due == morning + 9 * 3600);
    CHECK_FALSE(firms.day_of("F1").is_overdue);
    firms.clock.pass(1);
    CHECK(firms.day_of("F1").is_overdue);
    CHECK(firms.report("F1", {}).empty());
    CHECK_FALSE(firms.day_of("F1").is_overdue);
}

TEST_CASE("late is what first came after it was due; a correction of what came in time is not") {
    Firms firms;
    firms.clock.set(morning + 9 * 3600);
    CHECK(firms.report("F1", {}).empty());
    firms.clock.pass(1);
    CHECK(firms.report("F1", {5, 5, 0, 0}).empty());
    CHECK(firms.report("F2", {}).empty());
    const auto list = good(firms.desk.list(firms.manager, firms.reader(), {}));
    REQUIRE(list.enterprises.size() == 2);
    CHECK_FALSE(list.enterprises[0].is_late);
    CHECK(list.enterprises[0].report->numbers.staff == 5);
    CHECK(list.enterprises[1].is_late);
}

TEST_CASE("those without a report stand first, and a list holds the caller's alone") {
    Firms firms;
    CHECK(firms.refs(firms.manager, {}) == std::vector<std::string>{"F1", "F2"});
    CHECK(firms.report("F1", {}).empty());
    CHECK(firms.refs(firms.manager, {}) == std::vector<std::string>{"F2", "F1"});
    CHECK(firms.refs(firms.manager, {"", "", "missing"}) == std::vector<std::string>{"F2"});
    CHECK(firms.refs(firms.manager, {"2026-02-01", "", "missing"}) == std::vector<std::string>{"F1", "F2"});
    CHECK(firms.refs(firms.manager, {"", "南城", "all"}) == std::vector<std::string>{"F1"});
    CHECK(firms.refs(firms.south, {}) == std::vector<std::string>{"F1"});
    CHECK(firms.refs(firms.south, {"", "130682002", ""}).empty());
    const auto list = good(firms.desk.list(firms.manager, firms.reader(), {"", "", "missing"}));
    CHECK(std::pair(list.open, list.reported) == std::pair<std::size_t, std::size_t>(2, 1));
    CHECK(refusal(firms.desk.list(firms.manager, firms.reader(), {"", "130682003", ""})) == "division_unknown");
    CHECK(refusal(firms.desk.list(firms.manager, firms.reader(), {"", "", "late"})) == "report_state_unknown");
    CHECK(refusal(firms.desk.list(firms.manager, firms.reader(), {"2026-02-03", "", ""})) == "report_day_future");
}

TEST_CASE("scans suggest who is there today and how many came at most on one day of the week before, each once at whatever door") {
    Firms firms;
    for (const unsigned number : {1U, 2U, 3U}) firms.pass_at(number, "F1", morning - 2 * day_s);
    firms.pass_at(3, "F1-2", morning - 2 * day_s + 600);
    firms.pass_at(4, "F1-2", morning - 2 * day_s);
    firms.pass_at(1, "F1", morning - 60);
    firms.pass_at(2, "S", morning - 60);
    CHECK(firms.day_of("F1").suggested == domain::ReportNumbers{4, 1, 0, 0});
    CHECK(firms.day_of("F1", "2026-01-31").suggested == domain::ReportNumbers{4, 4, 0, 0});   // more than ever before: nobody is at work who is not on the staff
    CHECK(firms.day_of("F2").suggested == domain::ReportNumbers{});
    CHECK(firms.report("F1", {50, 4, 0, 0}, "2026-02-01").empty());
    CHECK(firms.day_of("F1").suggested == domain::ReportNumbers{50, 1, 0, 0});   // somebody has counted them
}

TEST_CASE("fevers are suggested by whoever knows of them") {
    Firms firms;
    firms.pass_at(1, "F1", morning - 60);
    firms.pass_at(2, "F1", morning - 60);
    std::int64_t fevers = 1;
    domain::Day asked;
    ReportDesk desk{firms->writer, firms->vault, firms.clock, firms->board, firms->tracing, firms->staff, firms.zone(), 0,
                    [&](storage::Connection&, domain::SiteId site, domain::Day day) {
                        asked = day;
                        return site == firms.site("F1") ? fevers : std::int64_t{0};   // each door is asked about
                    }};
    const auto suggested = [&] { return good(desk.day_of(firms.manager, firms.reader(), "F1", "")).suggested.fever; };
    CHECK(suggested() == 1);
    CHECK(domain::format_date(asked) == "2026-02-02");
    fevers = 3;
    CHECK(suggested() == 2);   // no more than there are: what is suggested is good as it stands
}

TEST_CASE("a note opens only as what was said that day of that site") {
    Firms firms;
    storage::ReportRow row{0, {1}, {18'000}, {7}, morning, {}, {}};
    row.note = seal_note(firms->vault, row, "一人请假");
    CHECK(open_note(firms->vault, row) == "一人请假");
    for (const int change : {0, 1, 2, 3}) {
        auto other = row;
        if (change == 0) other.site = {2};
        if (change == 1) other.day = {18'001};
        if (change == 2) other.by = {8};
        if (change == 3) other.note.back() = static_cast<char>(other.note.back() ^ 1);
        CHECK_FALSE(open_note(firms->vault, other));
    }
}
