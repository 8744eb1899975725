// SPDX-License-Identifier: Apache-2.0
#include "domain/han.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "domain/han_table.hpp"
#include "domain/text.hpp"
#include "kit/check.hpp"

namespace chayan::domain {

extern const std::string_view readings_csv;

namespace {

constexpr int letter_points = 4, ending_points = 3, corner_points = 6, stroke_points = 24, alike_points_min = 31;
constexpr std::size_t code_letters_max = 5, corner_count = 4;

/// How names have characters read; empty where Unihan's syllable serves.
struct Reading {
    std::string_view as_surname, otherwise;
};
using Readings = std::map<std::u32string, Reading, std::less<>>;

/// Up to the next `end`, which is dropped with it.
std::string_view take(std::string_view& rest, char end) {
    const auto taken = rest.substr(0, rest.find(end));
    rest.remove_prefix(std::min(rest.size(), taken.size() + 1));
    return taken;
}

/// Made at first use: some sixty, of one or two characters each.
const Readings& readings() {
    static const auto table = [] {
        Readings made;
        auto rest = readings_csv;
        take(rest, '\n');
        while (!rest.empty()) {
            auto line = take(rest, '\n');
            const auto points = decode_utf8(take(line, ','));
            CHECK(points && (points->size() == 1 || points->size() == 2));
            const auto as_surname = take(line, ',');
            made[{points->begin(), points->end()}] = {as_surname, line};
        }
        return made;
    }();
    return table;
}

const HanSign* sign_of(char32_t point) { return point >= han_first && point <= han_last ? &han_signs[point - han_first] : nullptr; }

/// Unihan's; empty where it has none.
std::string_view syllable_of(char32_t point) {
    if (const auto* sign = sign_of(point)) return han_syllables[sign->sound];
    const auto found = std::ranges::lower_bound(han_others, point, {}, other_point);
    return found != han_others.end() && other_point(*found) == point ? han_syllables[other_sound(*found)] : std::string_view{};
}

std::string_view reading_of(std::u32string_view characters, std::string_view Reading::*column) {
    const auto found = readings().find(characters);
    return found == readings().end() ? std::string_view{} : found->second.*column;
}

struct Surname {
    std::string_view sound;
    std::size_t length;
};

/// A surname at the beginning that names read in a way of their own; of no length when it is none.
Surname surname_of(std::u32string_view name) {
    if (name.size() > 2)
        if (const auto both = reading_of(name.substr(0, 2), &Reading::as_surname); !both.empty()) return {both, 2};
    const auto one = reading_of(name.substr(0, 1), &Reading::as_surname);
    return {one, one.empty() ? 0U : 1U};
}

/// A Cangjie code, last letter first.
struct Code {
    std::array<char, code_letters_max> letters{};
    std::size_t size = 0;
};

Code unpacked(std::uint32_t shape) {
    Code code;
    for (; shape != 0; shape >>= 5U) code.letters[code.size++] = static_cast<char>(shape & 31U);
    return code;
}

/// How many letters both have in the same order (the longest common subsequence).
int common_letters(const Code& a, const Code& b) {
    std::array<std::array<int, code_letters_max + 1>, code_letters_max + 1> best{};   // of the first i letters and the first j
    for (std::size_t i = 0; i < a.size; ++i)
        for (std::size_t j = 0; j < b.size; ++j)
            best[i + 1][j + 1] = a.letters[i] == b.letters[j] ? best[i][j] + 1 : std::max(best[i][j + 1], best[i + 1][j]);
    return best[a.size][b.size];
}

int code_points_of(const Code& a, const Code& b) {
    const int common = common_letters(a, b);
    const int left_over = static_cast<int>(a.size + b.size) - 2 * common;
    const std::size_t shorter = std::min(a.size, b.size);
    std::size_t beginning = 0;
    while (beginning < shorter && a.letters[a.size - 1 - beginning] == b.letters[b.size - 1 - beginning]) ++beginning;
    std::size_t ending = 0;
    while (beginning + ending < shorter && a.letters[ending] == b.letters[ending]) ++ending;
    return letter_points * (common - left_over) + ending_points * static_cast<int>(ending);
}

int corner_points_of(std::uint16_t a, std::uint16_t b) {
    if (a == no_corners || b == no_corners) return 0;
    int equal = 0;
    for (std::size_t i = 0; i < corner_count; ++i) equal += ((a ^ b) >> (4 * i) & 15) == 0 ? 1 : 0;
    return corner_points * equal;
}

int stroke_points_of(std::uint32_t a, std::uint32_t b) { return stroke_points * static_cast<int>(std::min(a, b)) / static_cast<int>(std::max(a, b)); }

}  // namespace

std::string sound_of(std::string_view folded_name) {
    const auto points = decode_utf8(folded_name);
    if (!points) return std::string(folded_name);
    const std::u32string_view name(points->data(), points->size());
    const auto surname = surname_of(name);
    std::string sound(surname.sound);
    const auto say = [&sound](std::string_view syllables) { sound.append(sound.empty() ? "" : " ").append(syllables); };
    bool after_foreign = false;   // its characters stay together
    for (std::size_t i = surname.length; i < name.size(); ++i) {
        auto syllable = i == 0 ? std::string_view{} : reading_of(name.substr(i, 1), &Reading::otherwise);
        if (syllable.empty()) syllable = syllable_of(name[i]);
        const bool foreign = syllable.empty();
        if (!foreign)
            say(syllable);
        else if (const auto text = encode_utf8({name[i]}); after_foreign)
            sound += text;
        else
            say(text);
        after_foreign = foreign;
    }
    return sound;
}

bool look_alike(char32_t a, char32_t b) {
    const auto* one = sign_of(a);
    const auto* other = sign_of(b);
    if (a == b || one == nullptr || other == nullptr || one->shape == 0 || other->shape == 0) return false;
    return code_points_of(unpacked(one->shape), unpacked(other->shape)) + corner_points_of(one->corners, other->corners) +
               stroke_points_of(one->strokes, other->strokes) >=
           alike_points_min;
}

}  // namespace chayan::domain
