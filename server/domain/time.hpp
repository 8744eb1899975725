// SPDX-License-Identifier: Apache-2.0
// Seconds since 1970 in UTC, RFC 3339 in and out, and local days of the installation's time zone. Pure: "now" is always an
// argument; the time zone is a table made once at start. Any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kit/result.hpp"

namespace chayan::domain {

/// A moment, whole seconds since 1970-01-01T00:00:00Z without leap seconds.
struct Instant {
    std::int64_t s = 0;
    friend constexpr auto operator<=>(Instant, Instant) = default;
    constexpr Instant operator+(std::int64_t seconds) const { return {s + seconds}; }
    constexpr Instant operator-(std::int64_t seconds) const { return {s - seconds}; }
    constexpr std::int64_t operator-(Instant other) const { return s - other.s; }
};

/// Later than every moment that is told.
inline constexpr Instant ever_after{253'402'300'800};

/// A half-open interval [from, to).
struct Interval {
    Instant from;
    Instant to;
    friend constexpr bool operator==(Interval, Interval) = default;
};

/// RFC 3339 with any offset, upper or lower case T and Z, a fraction of up to 9 digits that is cut off (towards the past).
/// Refuses what is not a date or a time of day (30 February, hour 25, offset +99:99), a leap second (:60), years before
/// 1900 or after 9999, anything before or after. Error code "time_malformed". O(1).
kit::Result<Instant> parse_rfc3339(std::string_view text);
/// "2026-02-03T04:05:06Z". Requires: 1900 <= year <= 9999.
std::string format_rfc3339(Instant at);

/// A calendar day, counted from 1970-01-01.
struct Day {
    std::int32_t number = 0;
    friend constexpr auto operator<=>(Day, Day) = default;
};
/// YYYY-MM-DD that is a real date between 1800 and 9999, else nothing.
std::optional<Day> parse_date(std::string_view text);
std::string format_date(Day day);
/// Nothing unless year, month, day name a real date of the Gregorian calendar.
std::optional<Day> day_of(int year, unsigned month, unsigned day);

/// Local time as a table of offsets, read once from ICU's data. Immutable; any thread; O(log transitions) a call.
class TimeZone {
public:
    /// An IANA name such as "Asia/Shanghai"; nothing when unknown.
    static std::optional<TimeZone> find(const std::string& name);
    /// A fixed offset, for tests.
    static TimeZone fixed(std::int32_t offset_s);

    std::int32_t offset_s(Instant at) const;
    Day local_day(Instant at) const;
    /// Seconds since local midnight, 0 to 86,399.
    std::int32_t local_second(Instant at) const;
    /// The moment `second` (0 to 86,400) seconds of local clock time into the local day of `at`: 86,400 is the next local midnight.
    Instant on_local_day(Instant at, std::int32_t second) const;

private:
    struct Transition {
        std::int64_t from_s;
        std::int32_t offset_s;
    };
    std::vector<Transition> transitions_;  // sorted; the first holds since ever
};

}  // namespace chayan::domain
