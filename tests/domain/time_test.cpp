// SPDX-License-Identifier: Apache-2.0
#include "domain/time.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <random>
#include <string>

using namespace chayan::domain;

namespace {

Instant at(std::string_view text) { return *parse_rfc3339(text); }

/// The calendar day by day, as a child would count it.
struct Calendar {
    int year = 1800;
    unsigned month = 1, day = 1;
    void step() {
        static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        const bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
        if (++day <= lengths[month - 1] + (month == 2 && leap ? 1U : 0U)) return;
        day = 1;
        if (++month <= 12) return;
        month = 1;
        ++year;
    }
};

}  // namespace

TEST_CASE("moments are read with any offset and written in UTC") {
    struct Row {
        const char* text;
        const char* written;
    };
    for (const auto& row : {
             Row{"2026-02-03T04:05:06Z", "2026-02-03T04:05:06Z"},
             Row{"2026-02-03t04:05:06z", "2026-02-03T04:05:06Z"},
             Row{"2026-02-03T04:05:06+08:00", "2026-02-02T20:05:06Z"},
             Row{"2026-02-03T04:05:06-08:00", "2026-02-03T12:05:06Z"},
             Row{"2026-02-03T04:05:06-00:00", "2026-02-03T04:05:06Z"},
             Row{"2026-02-03T04:05:06+23:59", "2026-02-02T04:06:06Z"},
             Row{"2026-02-03T04:05:06.9Z", "2026-02-03T04:05:06Z"},
             Row{"2026-02-03T04:05:06.123456789+05:30", "2026-02-02T22:35:06Z"},
             Row{"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"},
             Row{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
             Row{"2000-02-29T23:59:59Z", "2000-02-29T23:59:59Z"},
             Row{"1900-01-01T00:00:00Z", "1900-01-01T00:00:00Z"},
             Row{"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
         }) {
        CAPTURE(row.text);
        const auto moment = parse_rfc3339(row.text);
        REQUIRE(moment);
        CHECK(format_rfc3339(*moment) == row.written);
    }
    CHECK(at("1970-01-01T00:00:00Z").s == 0);
    CHECK(at("1969-12-31T23:59:59Z").s == -1);
    CHECK(at("2020-02-26T00:00:00Z").s == 1'582'675'200);
}

TEST_CASE("what is no moment is refused") {
    for (const auto& text : {
             std::string{}, std::string("2026-02-30T04:05:06Z"), std::string("2026-02-30T25:61:61Z"), std::string("2026-02-29T00:00:00Z"),
             std::string("1900-02-29T00:00:00Z"), std::string("2026-02-03T24:00:00Z"), std::string("2026-02-03T23:60:00Z"),
             std::string("2016-12-31T23:59:60Z"), std::string("2026-02-03T04:05:06+99:99"), std::string("2026-02-03T04:05:06+24:00"),
             std::string("2026-02-03T04:05:06+23:60"), std::string("2026-02-03T04:05:06+24:00\0", 26), std::string("2026-02-03T04:05:06"),
             std::string("2026-02-03T04:05:06 Z"), std::string("2026-02-03 04:05:06Z"), std::string("2026-02-03T04:05:06.Z"),
             std::string("2026-02-03T04:05:06.1234567890Z"), std::string("2026-02-03T04:05Z"), std::string("2026-2-3T04:05:06Z"),
             std::string(" 2026-02-03T04:05:06Z"), std::string("2026-02-03T04:05:06Z "), std::string("2026-02-03T04:05:06Z\n"),
             std::string("2026-00-03T04:05:06Z"), std::string("2026-13-03T04:05:06Z"), std::string("2026-02-00T04:05:06Z"),
             std::string("1899-12-31T23:59:59Z"), std::string("1900-01-01T00:00:00+08:00"), std::string("9999-12-31T23:59:59-01:00"),
             std::string("10000-01-01T00:00:00Z"), std::string("-2026-02-03T04:05:06Z"), std::string("2026-02-03T04:05:06+0800"),
             std::string("2026-02-03T04:05:06+8"), std::string("٢٠٢٦-02-03T04:05:06Z"), std::string("1582675200"), std::string("0"),
             std::string("1000000000000000000"), std::string("-9223372036854775808")}) {
        CAPTURE(text);
        const auto moment = parse_rfc3339(text);
        REQUIRE_FALSE(moment);
        CHECK(std::string(moment.error().code) == "time_malformed");
    }
}

TEST_CASE("days are counted as a calendar turned page by page") {
    Calendar calendar;
    const auto first = day_of(1800, 1, 1)->number;
    for (std::int32_t number = first; calendar.year < 2201; ++number, calendar.step()) {
        const auto day = day_of(calendar.year, calendar.month, calendar.day);
        REQUIRE(day);
        REQUIRE(day->number == number);
        char text[32];
        std::snprintf(text, sizeof text, "%04d-%02u-%02u", calendar.year, calendar.month, calendar.day);
        REQUIRE(format_date(*day) == text);
        REQUIRE(parse_date(text) == day);
    }
    CHECK(day_of(1970, 1, 1)->number == 0);
}

TEST_CASE("a date is YYYY-MM-DD between 1800 and 9999") {
    CHECK(parse_date("1800-01-01"));
    CHECK(parse_date("9999-12-31"));
    for (const std::string text : {"1799-12-31", "0000-01-01", "2026-02-29", "2026-04-31", "2026-1-01", "20260101", "2026-01-01 ", "2026/01/01", "",
                                   "2026-01-011", "2026-00-01", "2026-01-00"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_date(text));
    }
    CHECK_FALSE(day_of(2023, 2, 29));
    CHECK_FALSE(day_of(2023, 0, 1));
    CHECK_FALSE(day_of(2023, 13, 1));
}

TEST_CASE("any second between 1900 and 9999 is written and read back") {
    std::mt19937_64 random(19'000'101);
    std::uniform_int_distribution<std::int64_t> seconds(-2'208'988'800, 253'402'300'799);
    for (int i = 0; i < 20'000; ++i) {
        const Instant moment{seconds(random)};
        const auto text = format_rfc3339(moment);
        const auto read = parse_rfc3339(text);
        CAPTURE(moment.s, text);
        REQUIRE(read);
        REQUIRE(*read == moment);
    }
}

TEST_CASE("Shanghai's day begins at 16:00 UTC, also when its clocks were changed") {
    const auto zone = TimeZone::find("Asia/Shanghai");
    REQUIRE(zone);
    CHECK(zone->offset_s(at("2020-02-26T00:00:00Z")) == 8 * 3600);
    CHECK(format_date(zone->local_day(at("2020-02-25T15:59:59Z"))) == "2020-02-25");
    CHECK(format_date(zone->local_day(at("2020-02-25T16:00:00Z"))) == "2020-02-26");
    CHECK(zone->local_second(at("2020-02-25T16:00:00Z")) == 0);
    CHECK(zone->local_second(at("2020-02-25T15:59:59Z")) == 86'399);
    CHECK(zone->on_local_day(at("2020-02-26T03:00:00Z"), 21 * 3600) == at("2020-02-26T13:00:00Z"));
    CHECK(zone->on_local_day(at("2020-02-26T03:00:00Z"), 86'400) == at("2020-02-26T16:00:00Z"));
    // Summer time of 1988: from 17 April, 02:00, to 11 September, 02:00.
    CHECK(zone->offset_s(at("1988-04-16T17:59:59Z")) == 8 * 3600);
    CHECK(zone->offset_s(at("1988-04-16T18:00:00Z")) == 9 * 3600);
    CHECK(zone->offset_s(at("1988-09-10T16:59:59Z")) == 9 * 3600);
    CHECK(zone->offset_s(at("1988-09-10T17:00:00Z")) == 8 * 3600);
    CHECK(zone->offset_s(at("1900-01-01T00:00:00Z")) == 8 * 3600 + 343);
}

TEST_CASE("local time of day and the moment it names agree, in zones that change their clocks too") {
    std::mt19937_64 random(130'682);
    std::uniform_int_distribution<std::int64_t> seconds(at("1975-01-01T00:00:00Z").s, at("2035-01-01T00:00:00Z").s);
    for (const std::string name : {"Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "UTC"}) {
        const auto zone = TimeZone::find(name);
        REQUIRE(zone);
        for (int i = 0; i < 2000; ++i) {
            const Instant moment{seconds(random)};
            const auto second = zone->local_second(moment);
            CAPTURE(name, moment.s);
            REQUIRE(second >= 0);
            REQUIRE(second < 86'400);
            REQUIRE(std::int64_t{zone->local_day(moment).number} * 86'400 + second == moment.s + zone->offset_s(moment));
            // An hour that comes twice has two moments; at noon there is one.
            const auto noon = zone->on_local_day(moment, 43'200);
            REQUIRE(zone->local_day(noon) == zone->local_day(moment));
            REQUIRE(zone->local_second(noon) == 43'200);
            const auto next = zone->on_local_day(moment, 86'400);
            REQUIRE(zone->local_day(next).number == zone->local_day(moment).number + 1);
            REQUIRE(zone->local_second(next) == 0);
        }
    }
}

TEST_CASE("a zone that does not exist is nothing") {
    CHECK_FALSE(TimeZone::find("Asia/Dingzhou"));
    CHECK_FALSE(TimeZone::find(""));
    CHECK_FALSE(TimeZone::find("Etc/Unknown"));
}

TEST_CASE("a fixed offset holds at all times") {
    const auto zone = TimeZone::fixed(-3600);
    CHECK(zone.offset_s(Instant{-5'000'000'000}) == -3600);
    CHECK(zone.local_second(Instant{0}) == 82'800);
    CHECK(zone.local_day(Instant{0}).number == -1);
}
