// SPDX-License-Identifier: Apache-2.0
#include "domain/site_report.hpp"

#include "kit/limits.hpp"

namespace chayan::domain {
namespace {

kit::Status check_number(const char* pointer, std::int64_t number) {
    if (number < 0 || number > kit::report_people_max) return kit::invalid_field(pointer, "report_number");
    return kit::Done{};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

kit::Status check_report(const ReportNumbers& numbers) {
    if (auto status = check_number("/staff", numbers.staff); !status) return status;
    if (auto status = check_number("/present", numbers.present); !status) return status;
    if (auto status = check_number("/fever", numbers.fever); !status) return status;
    if (auto status = check_number("/elsewhere", numbers.elsewhere); !status) return status;
    if (numbers.present > numbers.staff) return kit::invalid_field("/present", "report_present");
    if (numbers.fever > numbers.staff) return kit::invalid_field("/fever", "report_fever");
    if (numbers.elsewhere > numbers.staff - numbers.present) return kit::invalid_field("/elsewhere", "report_elsewhere");
    return kit::Done{};
}

kit::Status check_report_day(Day day, Day today) {
    if (day > today) return kit::invalid_field("/day", "report_day_future");
    if (day.number < today.number - kit::report_days_back_max) return kit::invalid_field("/day", "report_day_old");
    return kit::Done{};
}

std::optional<std::int32_t> parse_clock_time(std::string_view text) {
    if (text.size() != 5 || text[2] != ':' || !is_digit(text[0]) || !is_digit(text[1]) || !is_digit(text[3]) || !is_digit(text[4])) return std::nullopt;
    const auto hour = (text[0] - '0') * 10 + (text[1] - '0'), minute = (text[3] - '0') * 10 + (text[4] - '0');
    return hour < 24 && minute < 60 ? std::optional(hour * 3600 + minute * 60) : std::nullopt;
}

}  // namespace chayan::domain
