// SPDX-License-Identifier: Apache-2.0
#include "domain/time.hpp"

#include <unicode/timezone.h>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace chayan::domain {
namespace {

constexpr std::int64_t day_s = 86'400;
constexpr Instant first_formatted{-2'208'988'800};   // 1900-01-01T00:00:00Z
constexpr Instant last_formatted{253'402'300'799};   // 9999-12-31T23:59:59Z

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

unsigned month_length(int year, unsigned month) {
    constexpr unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

/// Days since 1970-01-01 (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
std::int32_t days_from_civil(int year, unsigned month, unsigned day) {
    year -= month <= 2 ? 1 : 0;
    const int era = (year >= 0 ? year : year - 399) / 400;
    const auto year_of_era = static_cast<unsigned>(year - era * 400);
    const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + static_cast<int>(day_of_era) - 719'468;
}

struct Civil {
    int year;
    unsigned month, day;
};

Civil civil_from_days(std::int32_t days) {
    days += 719'468;
    const int era = (days >= 0 ? days : days - 146'096) / 146'097;
    const auto day_of_era = static_cast<unsigned>(days - era * 146'097);
    const unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned month_index = (5 * day_of_year + 2) / 153;
    const unsigned month = month_index < 10 ? month_index + 3 : month_index - 9;
    const int year = static_cast<int>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0);
    return {year, month, day_of_year - (153 * month_index + 2) / 5 + 1};
}

std::int32_t floor_day(std::int64_t seconds) {
    return static_cast<std::int32_t>(seconds >= 0 ? seconds / day_s : -((-seconds + day_s - 1) / day_s));
}

/// Reads fixed-width fields from the front.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}
    int digits(std::size_t count) {
        if (text_.size() < count) return fail();
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (text_[i] < '0' || text_[i] > '9') return fail();
            value = value * 10 + (text_[i] - '0');
        }
        text_.remove_prefix(count);
        return value;
    }
    bool take(char c) {
        if (text_.empty() || text_.front() != c) return false;
        text_.remove_prefix(1);
        return true;
    }
    void expect(char c) {
        if (!take(c)) fail();
    }
    /// A fraction of 1 to 9 digits, thrown away.
    void fraction() {
        std::size_t count = 0;
        while (count < text_.size() && text_[count] >= '0' && text_[count] <= '9') ++count;
        if (count < 1 || count > 9) fail();
        text_.remove_prefix(std::min(count, text_.size()));
    }
    void refuse() { good_ = false; }
    bool good() const { return good_; }
    bool at_end() const { return text_.empty(); }

private:
    int fail() {
        good_ = false;
        return 0;
    }
    std::string_view text_;
    bool good_ = true;
};

std::int64_t read_offset(Scanner& in) {
    if (in.take('Z') || in.take('z')) return 0;
    const bool is_west = in.take('-');
    if (!is_west) in.expect('+');
    const int hours = in.digits(2);
    in.expect(':');
    const int minutes = in.digits(2);
    if (hours > 23 || minutes > 59) in.refuse();
    return (is_west ? -1 : 1) * (hours * 3600LL + minutes * 60LL);
}

}  // namespace

std::optional<Day> day_of(int year, unsigned month, unsigned day) {
    if (month < 1 || month > 12 || day < 1 || day > month_length(year, month)) return std::nullopt;
    return Day{days_from_civil(year, month, day)};
}

kit::Result<Instant> parse_rfc3339(std::string_view text) {
    const kit::Error malformed{kit::Errc::invalid, "time_malformed"};
    Scanner in(text);
    const int year = in.digits(4);
    in.expect('-');
    const int month = in.digits(2);
    in.expect('-');
    const int day = in.digits(2);
    if (!in.take('T') && !in.take('t')) return malformed;
    const int hour = in.digits(2);
    in.expect(':');
    const int minute = in.digits(2);
    in.expect(':');
    const int second = in.digits(2);
    if (in.take('.')) in.fraction();
    const auto offset = read_offset(in);
    const auto date = day_of(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
    if (!in.good() || !in.at_end() || !date || year < 1900 || hour > 23 || minute > 59 || second > 59) return malformed;
    const Instant at{date->number * day_s + hour * 3600 + minute * 60 + second - offset};
    if (at < first_formatted || at > last_formatted) return malformed;  // an offset may carry a good date out of range
    return at;
}

std::string format_rfc3339(Instant at) {
    const auto day = floor_day(at.s);
    const auto second = static_cast<unsigned>(at.s - day * day_s);
    const auto civil = civil_from_days(day);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02u:%02u:%02uZ", civil.year, civil.month, civil.day, second / 3600,
                  second / 60 % 60, second % 60);
    return text;
}

std::optional<Day> parse_date(std::string_view text) {
    Scanner in(text);
    const int year = in.digits(4);
    in.expect('-');
    const int month = in.digits(2);
    in.expect('-');
    const int day = in.digits(2);
    if (!in.good() || !in.at_end() || year < 1800) return std::nullopt;
    return day_of(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
}

std::string format_date(Day day) {
    const auto civil = civil_from_days(day.number);
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", civil.year, civil.month, civil.day);
    return text;
}

std::optional<TimeZone> TimeZone::find(const std::string& name) {
    const std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)));
    icu::UnicodeString id;
    if (!zone || zone->getID(id) == UNICODE_STRING_SIMPLE("Etc/Unknown")) return std::nullopt;  // what ICU makes of any other name
    const auto offset_at = [&](std::int64_t s) {
        std::int32_t raw = 0;
        std::int32_t saving = 0;
        UErrorCode error = U_ZERO_ERROR;
        zone->getOffset(static_cast<double>(s) * 1000, false, raw, saving, error);
        return (raw + saving) / 1000;
    };
    TimeZone table;
    // 1900 to 2100 in steps of a day; inside a step with a change, by halves to the second.
    std::int64_t before = first_formatted.s;
    table.transitions_.push_back({before, offset_at(before)});
    for (std::int64_t at = before + day_s; at < 4'102'444'800; before = at, at += day_s) {
        if (offset_at(at) == table.transitions_.back().offset_s) continue;
        std::int64_t low = before;
        std::int64_t high = at;
        while (high - low > 1) {
            const auto middle = low + (high - low) / 2;
            (offset_at(middle) == table.transitions_.back().offset_s ? low : high) = middle;
        }
        table.transitions_.push_back({high, offset_at(high)});
    }
    return table;
}

TimeZone TimeZone::fixed(std::int32_t offset_s) {
    TimeZone zone;
    zone.transitions_.push_back({0, offset_s});
    return zone;
}

std::int32_t TimeZone::offset_s(Instant at) const {
    const auto after = std::upper_bound(transitions_.begin() + 1, transitions_.end(), at.s,
                                        [](std::int64_t s, const Transition& transition) { return s < transition.from_s; });
    return std::prev(after)->offset_s;
}

Day TimeZone::local_day(Instant at) const { return {floor_day(at.s + offset_s(at))}; }

std::int32_t TimeZone::local_second(Instant at) const {
    const auto local = at.s + offset_s(at);
    return static_cast<std::int32_t>(local - floor_day(local) * day_s);
}

Instant TimeZone::on_local_day(Instant at, std::int32_t second) const {
    const std::int64_t local = static_cast<std::int64_t>(local_day(at).number) * day_s + second;
    // The offset in force at that local time; a second look is enough where clocks change at most by hours.
    const Instant guess{local - offset_s(at)};
    return {local - offset_s(guess)};
}

}  // namespace chayan::domain
