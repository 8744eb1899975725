// SPDX-License-Identifier: Apache-2.0
#include "domain/address.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace chayan::domain {
namespace {

/// What a number is of, or what stands between two.
constexpr std::u32string_view units[] = {U"号楼", U"单元", U"楼层", U"号院", U"室", U"号", U"栋", U"幢", U"座", U"户", U"门", U"楼", U"层", U"房", U"院", U"排"};
/// What kind of place it is: people leave it out.
constexpr std::u32string_view kinds[] = {U"村民委员会", U"居民委员会", U"村委会", U"居委会", U"社区", U"小区", U"家园", U"村", U"庄园"};
/// Units above the place: what stands up to the last of them is the same for a whole town.
constexpr std::u32string_view above[] = {U"省", U"市", U"县", U"街道", U"镇", U"乡"};

/// Says that a number follows, and nothing else.
constexpr std::u32string_view plates[] = {U"门牌号", U"门牌"};

std::optional<std::uint64_t> digit_of(char32_t point) {
    constexpr std::u32string_view han = U"〇一二三四五六七八九";
    if (point >= '0' && point <= '9') return point - '0';
    if (point == U'零') return 0;
    const auto at = han.find(point);
    return at == std::u32string_view::npos ? std::nullopt : std::optional<std::uint64_t>(at);
}
std::uint64_t power_of(char32_t point) { return point == U'十' ? 10 : point == U'百' ? 100 : 0; }

std::u32string decimal(std::uint64_t number) {
    const auto text = std::to_string(number);
    return {text.begin(), text.end()};
}

/// The number that begins here and how many characters it takes. 601, 六〇一 and 六百零一 are one; nothing where there is none.
std::optional<std::u32string> take_number(std::u32string_view& rest) {
    std::uint64_t sum = 0, run = 0;
    std::size_t length = 0, digits = 0;
    bool has_power = false;
    for (; length < rest.size() && length < 12; ++length) {
        if (const auto digit = digit_of(rest[length])) {
            run = run * 10 + *digit;
            ++digits;
        } else if (const auto power = power_of(rest[length]); power != 0) {
            sum += (digits == 0 ? 1 : run) * power;
            run = 0;
            digits = 0;
            has_power = true;
        } else {
            break;
        }
    }
    if (length == 0 || (length == 1 && has_power && rest[0] == U'百')) return std::nullopt;
    rest.remove_prefix(length);
    return decimal(sum + run);
}

template <std::size_t n>
std::size_t longest_prefix(std::u32string_view text, const std::u32string_view (&words)[n]) {
    std::size_t longest = 0;
    for (const auto word : words)
        if (text.starts_with(word)) longest = std::max(longest, word.size());
    return longest;
}

std::u32string_view innermost(std::u32string_view place) {
    constexpr std::size_t shortest = 2;   // a place of one character is rather the end of a longer word
    std::size_t from = 0;
    for (const auto word : above)
        for (auto at = place.find(word); at != std::u32string_view::npos; at = place.find(word, at + 1))
            if (const auto end = at + word.size(); end + shortest <= place.size()) from = std::max(from, end);
    place.remove_prefix(from);
    for (const auto kind : kinds)
        if (place.size() >= kind.size() + shortest && place.ends_with(kind)) return place.substr(0, place.size() - kind.size());
    return place;
}

}  // namespace

Home home_of(std::u32string_view address) {
    Home home;
    std::u32string words;
    for (auto rest = address; !rest.empty();) {
        if (const auto number = take_number(rest)) {
            home.numbers += (home.numbers.empty() ? U"" : U"-") + *number;
            rest.remove_prefix(longest_prefix(rest, units));
            continue;
        }
        if (const auto plate = longest_prefix(rest, plates); plate > 0) {
            rest.remove_prefix(plate);
            continue;
        }
        const auto point = rest.front();
        rest.remove_prefix(1);
        const bool is_between = point == ' ' || point == '-' || point == ',' || point == '.' || point == '#' || point == '(' || point == ')' || point == '/';
        if (!is_between) words += point;
    }
    home.place = innermost(words);
    return home;
}

}  // namespace chayan::domain
