// SPDX-License-Identifier: Apache-2.0
// The slips of a pen, a finger or an ear in one field: each takes the true text and gives a wrong one. They decide nothing about how
// often. Digits that every record of the county shares are let alone: nobody mistypes those, and no stranger's number comes out.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/time.hpp"
#include "town_chance.hpp"

namespace chayan::town {

/// The form of before 1999: no century, no check character. Requires: a document of 18.
std::string fifteen_digits(const std::string& document);

/// `count` digits from `first` on replaced by others. Requires: all are digits but perhaps the last character.
std::string with_wrong_digits(std::string digits, std::size_t first, int count, Chance& chance);

/// Two neighbours that differ, from `first` on, change places; empty when there are none. Only digits.
std::string with_neighbours_swapped(std::string digits, std::size_t first, Chance& chance);

/// One digit of the decade, year, month or day is another, and it is still a date, not after `latest`.
std::string with_wrong_digit_of_date(domain::Day day, domain::Day latest, Chance& chance);

/// Day and month the other way round; empty when that is the same or no date.
std::string with_month_and_day_swapped(domain::Day day);

/// A lunar date read as a solar one: 20 to 50 days before. A stand-in: the calendar itself is not computed.
std::string lunar_date(domain::Day day, Chance& chance);

/// The separator dot as one of its look-alikes, or left out. Requires: a name with U+00B7.
std::string with_other_dot(std::string name, Chance& chance);

/// "３号", "3" and the like for "3号"; "3-2-501" and the like for "3号楼2单元501室".
std::string door_otherwise(const std::string& door, Chance& chance);

}  // namespace chayan::town
