// SPDX-License-Identifier: Apache-2.0
#include "domain/site_report.hpp"

#include "kit/limits.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::domain;

namespace {

std::string told(const kit::Status& status) { return status ? "" : status.error().fields.at(0).pointer + ' ' + status.error().code; }
std::string told(std::int64_t staff, std::int64_t present, std::int64_t fever, std::int64_t elsewhere) { return told(check_report({staff, present, fever, elsewhere})); }

}  // namespace

TEST_CASE("a report of nothing is a report, and so is the largest factory's") {
    CHECK(told(0, 0, 0, 0).empty());
    CHECK(told(kit::report_people_max, kit::report_people_max, kit::report_people_max, 0).empty());
    CHECK(told(10, 7, 10, 3).empty());
}

TEST_CASE("each number lies between nobody and the largest factory") {
    for (const auto bad : {std::int64_t{-1}, kit::report_people_max + 1, INT64_MIN, INT64_MAX}) {
        CHECK(told(bad, 0, 0, 0) == "/staff report_number");
        CHECK(told(10, bad, 0, 0) == "/present report_number");
        CHECK(told(10, 0, bad, 0) == "/fever report_number");
        CHECK(told(10, 0, 0, bad) == "/elsewhere report_number");
    }
}

TEST_CASE("no more are at work, feverish or elsewhere than there are") {
    CHECK(told(10, 10, 0, 0).empty());
    CHECK(told(10, 11, 0, 0) == "/present report_present");
    CHECK(told(10, 0, 10, 0).empty());
    CHECK(told(10, 0, 11, 0) == "/fever report_fever");
    CHECK(told(10, 4, 0, 6).empty());
    CHECK(told(10, 4, 0, 7) == "/elsewhere report_elsewhere");
}

TEST_CASE("a day is reported on from its beginning, and for a week after") {
    const Day today{18'300};
    CHECK(told(check_report_day(today, today)).empty());
    CHECK(told(check_report_day({today.number + 1}, today)) == "/day report_day_future");
    CHECK(told(check_report_day({today.number - kit::report_days_back_max}, today)).empty());
    CHECK(told(check_report_day({today.number - kit::report_days_back_max - 1}, today)) == "/day report_day_old");
}

TEST_CASE("a time of day is read as a clock shows it") {
    CHECK(parse_clock_time("00:00") == 0);
    CHECK(parse_clock_time("17:00") == 61'200);
    CHECK(parse_clock_time("23:59") == 86'340);
    for (const auto* bad : {"24:00", "17:60", "1700", "7:00", "17:0", "17:000", "ab:cd", "", "17-00", "+7:00"}) {
        INFO(bad);
        CHECK_FALSE(parse_clock_time(bad));
    }
}
