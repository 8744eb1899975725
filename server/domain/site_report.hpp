// SPDX-License-Identifier: Apache-2.0
// What an enterprise reports of its day: how many work there, are there, run a fever, are elsewhere. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/time.hpp"
#include "kit/result.hpp"

namespace chayan::domain {

/// People, 人. Zero is an answer too: "nobody has a fever" is said, not left out.
struct ReportNumbers {
    std::int64_t staff = 0;       ///< who work there
    std::int64_t present = 0;     ///< of them, at work that day
    std::int64_t fever = 0;       ///< of them, with a fever, wherever they are
    std::int64_t elsewhere = 0;   ///< of them, out of the district
    friend bool operator==(const ReportNumbers&, const ReportNumbers&) = default;
};

/// Errors: report_number (each from 0 to kit::report_people_max), report_present, report_fever (more than the staff), report_elsewhere (more than those who are not at work).
kit::Status check_report(const ReportNumbers& numbers);

/// Of a day up to today, and no more than kit::report_days_back_max back. Errors: report_day_future, report_day_old.
kit::Status check_report_day(Day day, Day today);

/// "17:00" as seconds since midnight, from 00:00 to 23:59; nothing for another text.
std::optional<std::int32_t> parse_clock_time(std::string_view text);

}  // namespace chayan::domain
