// SPDX-License-Identifier: Apache-2.0
#include "domain/outing.hpp"

#include <set>
#include <utility>
#include <vector>

#include "domain/address.hpp"
#include "domain/text.hpp"
#include "kit/limits.hpp"

namespace chayan::domain {
namespace {

bool is_digit(char32_t point) { return point >= '0' && point <= '9'; }

/// "幸福路 3 号" is 幸福路3号; only between two numbers a space parts something.
std::u32string without_gaps(const std::vector<char32_t>& points) {
    std::u32string text;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const bool is_between = i > 0 && i + 1 < points.size() && is_digit(points[i - 1]) && is_digit(points[i + 1]);
        if (points[i] != ' ' || is_between) text += points[i];
    }
    return text;
}

}  // namespace

kit::Status check_outing_limit(const OutingLimit& limit, Day today) {
    if (limit.people < 1 || limit.people > kit::outing_people_max) return kit::invalid_field("/people", "outing_people");
    if (limit.days < 1 || limit.days > kit::outing_days_max) return kit::invalid_field("/days", "outing_days");
    const bool is_good = limit.from <= limit.until && limit.until >= today && limit.until.number - limit.from.number < kit::outing_rule_days_max;
    if (!is_good) return kit::invalid_field("/until", "outing_period");
    return kit::Done{};
}

bool is_home_gate(Category category) { return category == Category::village || category == Category::community; }

const PastOuting* what_used_up(const OutingLimit& limit, std::span<const PastOuting> before, Day day, std::uint64_t person) {
    std::set<std::pair<Day, std::uint64_t>> used;
    const PastOuting* newest = nullptr;
    for (const auto& one : before) {
        if (one.day < limit.since(day) || one.day > day) continue;
        if (one.day == day && one.person == person) break;   // told what they were told the first time: who was turned back is not let pass by coming again
        used.emplace(one.day, one.person);
        newest = &one;
    }
    return std::cmp_less(used.size(), limit.people) ? nullptr : newest;
}

std::string household_key(const std::optional<DivisionCode>& division, std::string_view address) {
    const auto plain = to_half_width(address);
    const auto points = plain ? decode_utf8(*plain) : std::nullopt;
    if (!division || !points) return {};
    const auto home = home_of(without_gaps(*points));
    if (home.numbers.empty()) return {};
    const auto text = [](const std::u32string& part) { return encode_utf8({part.begin(), part.end()}); };
    return std::string(DivisionText(*division)) + '/' + text(home.place) + '/' + text(home.numbers);
}

std::string roster_household_key(const std::optional<DivisionCode>& division, std::string_view household) {
    const auto plain = to_half_width(household);
    const auto points = plain ? decode_utf8(*plain) : std::nullopt;
    if (!points) return {};
    const auto number = without_gaps(*points);
    if (number.empty()) return {};
    return "roster/" + (division ? std::string(DivisionText(*division)) : std::string()) + '/' + encode_utf8({number.begin(), number.end()});
}

}  // namespace chayan::domain
