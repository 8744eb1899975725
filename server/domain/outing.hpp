// SPDX-License-Identifier: Apache-2.0
// How many of a household may go out, and whether one more may: 每户每两天一人. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/division.hpp"
#include "domain/ids.hpp"
#include "domain/site.hpp"
#include "domain/time.hpp"
#include "kit/result.hpp"

namespace chayan::domain {

/// So many outings of a household within `days` days, today among them. Whoever goes out twice on one day went out once.
struct OutingLimit {
    Day from, until;                    ///< both included
    std::int64_t people = 1;
    std::int32_t days = 1;
    friend bool operator==(const OutingLimit&, const OutingLimit&) = default;
    bool holds_on(Day day) const { return from <= day && day <= until; }
    /// The first day that counts for an outing on `day`.
    Day since(Day day) const { return {day.number - days + 1}; }
};

/// Errors: outing_people, outing_days, outing_period (it ends before it begins, has ended, or is longer than kit::outing_rule_days_max days).
kit::Status check_outing_limit(const OutingLimit& limit, Day today);

/// Where people go out of their homes' village or community; nowhere else.
bool is_home_gate(Category category);

/// Somebody who went out before, by a number that is the same for the same person.
struct PastOuting {
    Day day;
    std::uint64_t person = 0;
};
/// Null when `person` may go out on `day`: fewer outings than `people` count before, or did when they went the first time that day. Else the newest of these.
/// Requires: `before` in the order in which they went.
const PastOuting* what_used_up(const OutingLimit& limit, std::span<const PastOuting> before, Day day, std::uint64_t person);

/// One text that is the same for all who say that they live in one home: its division and what of the address tells it apart, however that is written. Empty without both, and where the
/// address has no number: all of a village would be one household.
std::string household_key(const std::optional<DivisionCode>& division, std::string_view address);
/// As an office numbers it in a roster (户号): another's address is no matter then. Width and gaps do not count.
std::string roster_household_key(const std::optional<DivisionCode>& division, std::string_view household);

}  // namespace chayan::domain
