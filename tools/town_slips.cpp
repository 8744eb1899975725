// SPDX-License-Identifier: Apache-2.0
#include "town_slips.hpp"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace chayan::town {
namespace {

constexpr std::string_view dot = "·";
constexpr std::array<std::string_view, 7> other_dots{"•", "・", "．", "‧", ".", " ", ""};

bool is_digit(char character) { return character >= '0' && character <= '9'; }

char other_digit(char digit, Chance& chance) {
    if (!is_digit(digit)) return static_cast<char>('0' + chance.below(10));
    return static_cast<char>('0' + (static_cast<std::uint32_t>(digit - '0') + 1 + chance.below(9)) % 10);
}

/// Each ASCII digit as the character of that place in `digits`, which has three bytes for each.
std::string in_digits(std::string_view text, std::string_view digits) {
    std::string result;
    for (const auto character : text) {
        if (is_digit(character)) result.append(digits.substr(static_cast<std::size_t>(character - '0') * 3, 3));
        else result.push_back(character);
    }
    return result;
}

void replace(std::string& text, std::string_view what, std::string_view by) {
    const auto at = text.find(what);
    if (at != std::string::npos) text.replace(at, what.size(), by);
}

}  // namespace

std::string fifteen_digits(const std::string& document) { return document.substr(0, 6) + document.substr(8, 9); }

std::string with_wrong_digits(std::string digits, std::size_t first, int count, Chance& chance) {
    const auto at = first + chance.below(digits.size() - first);
    digits[at] = other_digit(digits[at], chance);
    if (count == 1) return digits;
    auto second = first + chance.below(digits.size() - first - 1);
    if (second >= at) ++second;
    digits[second] = other_digit(digits[second], chance);
    return digits;
}

std::string with_neighbours_swapped(std::string digits, std::size_t first, Chance& chance) {
    std::vector<std::size_t> places;
    for (auto at = first; at + 1 < digits.size(); ++at)
        if (digits[at] != digits[at + 1] && is_digit(digits[at + 1])) places.push_back(at);
    if (places.empty()) return {};
    const auto at = places[chance.below(places.size())];
    std::swap(digits[at], digits[at + 1]);
    return digits;
}

std::string with_wrong_digit_of_date(domain::Day day, domain::Day latest, Chance& chance) {
    constexpr std::array<std::size_t, 6> places{2, 3, 5, 6, 8, 9};    // of YYYY-MM-DD
    const auto date = domain::format_date(day);
    for (;;) {
        auto wrong = date;
        const auto at = places[chance.below(places.size())];
        wrong[at] = other_digit(wrong[at], chance);
        const auto other = domain::parse_date(wrong);
        if (other && *other <= latest) return wrong;
    }
}

std::string with_month_and_day_swapped(domain::Day day) {
    const auto date = domain::format_date(day);
    auto swapped = date.substr(0, 5) + date.substr(8, 2) + "-" + date.substr(5, 2);
    return swapped != date && domain::parse_date(swapped) ? swapped : std::string();
}

std::string lunar_date(domain::Day day, Chance& chance) { return domain::format_date({day.number - static_cast<std::int32_t>(chance.between(20, 50))}); }

std::string with_other_dot(std::string name, Chance& chance) {
    replace(name, dot, other_dots[chance.below(other_dots.size())]);
    return name;
}

std::string door_otherwise(const std::string& door, Chance& chance) {
    constexpr std::string_view wide = "０１２３４５６７８９", spoken = "〇一二三四五六七八九";
    const auto way = chance.below(4);
    if (way == 0) return in_digits(door, wide);
    if (way == 1) return in_digits(door, spoken);
    auto other = door;
    if (way == 2) {
        replace(other, "号楼", "-");
        replace(other, "单元", "-");
        replace(other, "室", "");
        replace(other, "号", "");
        return other;
    }
    if (door.find("号楼") == std::string::npos) return "门牌" + door;
    replace(other, "号楼", "栋");
    replace(other, "室", "");
    return other;
}

}  // namespace chayan::town
