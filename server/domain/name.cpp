// SPDX-License-Identifier: Apache-2.0
#include "domain/name.hpp"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "domain/text.hpp"
#include "kit/check.hpp"

namespace chayan::domain {

extern const std::string_view variants_csv, surnames_csv;

namespace {

using kit::invalid_field;
using Points = std::vector<char32_t>;

constexpr std::size_t name_points_max = 60;
constexpr std::size_t name_bytes_max = 1024;  // nothing longer can be 60 code points, four bytes each, however composed
constexpr std::size_t han_points_max = 30;
constexpr char32_t separator = 0xB7;

UChar32 icu(char32_t point) { return static_cast<UChar32>(point); }
bool is_han(char32_t point) { return u_hasBinaryProperty(icu(point), UCHAR_UNIFIED_IDEOGRAPH) != 0 || point == 0x3007; }

bool is_separator(char32_t point) {
    return point == separator || point == 0x2022 || point == 0x30FB || point == 0xFF0E || point == 0x2027 || point == 0x2E31 || point == 0xFF65;
}
bool is_inner(char32_t point) { return point == ' ' || point == separator || point == '\'' || point == 0x2019 || point == '-' || point == '.'; }
bool is_mark(char32_t point) { return (U_GET_GC_MASK(icu(point)) & U_GC_M_MASK) != 0; }
/// Hangul fillers count as letters for Unicode and show nothing: a name of them would be blank.
bool is_invisible(char32_t point) { return u_hasBinaryProperty(icu(point), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0; }
bool is_letter(char32_t point) { return (u_isalpha(icu(point)) != 0 && !is_mark(point)) || point == 0x3007; }

/// Compatible forms made one (NFKC: full width, ligatures, presentation forms), so that nothing is shown that only looks alike.
Points compatible(std::string_view utf8) {
    UErrorCode error = U_ZERO_ERROR;
    icu::UnicodeString composed;
    const auto* nfkc = icu::Normalizer2::getNFKCInstance(error);
    nfkc->normalize(icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size()))), composed, error);
    CHECK(U_SUCCESS(error));
    std::string text;
    composed.toUTF8String(text);
    return decode_utf8(text).value();
}

/// Trimmed, single spaces, one separator (a full stop between Han is one too), compatible forms made one.
/// Requires: UTF-8 of at most name_bytes_max.
Points tidy(std::string_view utf8) {
    Points out;
    for (const Points points = compatible(utf8); auto point : points) {
        if (is_separator(point)) point = separator;
        if (point == ' ' && (out.empty() || out.back() == ' ')) continue;
        out.push_back(point);
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    for (std::size_t i = 1; i + 1 < out.size(); ++i)
        if (out[i] == '.' && is_han(out[i - 1]) && is_han(out[i + 1])) out[i] = separator;
    return out;
}

bool is_mixed(const Points& points) {
    bool latin = false;
    bool alike = false;
    for (const auto point : points) {
        UErrorCode error = U_ZERO_ERROR;
        const auto script = uscript_getScript(icu(point), &error);
        latin |= script == USCRIPT_LATIN;
        alike |= script == USCRIPT_CYRILLIC || script == USCRIPT_GREEK;
    }
    return latin && alike;
}

const char* fault_of(const Points& points) {
    std::size_t letters = 0;
    std::size_t marks_in_a_row = 0;
    bool all_han = true;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto point = points[i];
        marks_in_a_row = is_mark(point) ? marks_in_a_row + 1 : 0;
        const bool inside = i > 0 && (i + 1 < points.size() || point == '.');
        const bool good = is_letter(point) || (is_mark(point) && i > 0 && marks_in_a_row <= 2) || (is_inner(point) && inside);
        if (!good || is_invisible(point)) return "name_characters";
        letters += is_letter(point) ? 1U : 0U;
        all_han &= is_han(point) || point == separator;
    }
    if (letters == 0) return "name_characters";
    if (all_han && (letters < 2 || points.size() > han_points_max)) return "name_length";
    return is_mixed(points) ? "name_mixed" : nullptr;
}

/// One code point to the one it is compared as: our table first, then ICU's traditional to simplified. Made once.
const std::unordered_map<char32_t, char32_t>& folds() {
    static const auto table = [] {
        icu::UnicodeString all;
        for (UChar32 point = 0x3400; point <= 0x9FFF; ++point)
            if (is_han(static_cast<char32_t>(point))) all.append(point);
        icu::UnicodeString simple = all;
        UErrorCode error = U_ZERO_ERROR;
        const std::unique_ptr<icu::Transliterator> rules(
            icu::Transliterator::createInstance("Traditional-Simplified", UTRANS_FORWARD, error));
        CHECK(U_SUCCESS(error) && rules);
        rules->transliterate(simple);
        CHECK(simple.length() == all.length());  // one for one; a rule that is not would need another way
        std::unordered_map<char32_t, char32_t> map;
        for (std::int32_t i = 0; i < all.length(); ++i)
            if (simple[i] != all[i]) map[all[i]] = simple[i];
        for (auto rest = variants_csv.substr(variants_csv.find('\n') + 1); !rest.empty();) {
            const auto line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(rest.size(), line.size() + 1));
            const auto pair = decode_utf8(line);
            CHECK(pair && pair->size() == 3 && (*pair)[1] == ',');
            map[(*pair)[0]] = (*pair)[2];
        }
        // What ICU makes of one character may be a variant itself (頴 → 颕 → 颖): follow to the end, at most twice more.
        for (auto& [from, to] : map)
            for (int step = 0; step < 2; ++step)
                if (const auto next = map.find(to); next != map.end()) to = next->second;
        return map;
    }();
    return table;
}

const std::unordered_set<std::string>& long_surnames() {
    static const auto table = [] {
        std::unordered_set<std::string> set;
        for (auto rest = surnames_csv; !rest.empty();) {
            const auto line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(rest.size(), line.size() + 1));
            set.emplace(line);
        }
        return set;
    }();
    return table;
}

}  // namespace

kit::Result<Name> parse_name(std::string_view utf8) {
    if (utf8.size() > name_bytes_max) return invalid_field("/name", "name_length");
    if (!decode_utf8(utf8)) return invalid_field("/name", "name_malformed");
    const auto points = tidy(utf8);
    if (points.empty()) return invalid_field("/name", "name_empty");
    if (points.size() > name_points_max) return invalid_field("/name", "name_length");
    if (const char* fault = fault_of(points)) return invalid_field("/name", fault);
    return Name{encode_utf8(points)};
}

std::string fold_name(const Name& name) {
    UErrorCode error = U_ZERO_ERROR;
    const auto* nfkc = icu::Normalizer2::getNFKCCasefoldInstance(error);
    const auto folded = nfkc->normalize(icu::UnicodeString::fromUTF8(name.shown), error);
    CHECK(U_SUCCESS(error));
    std::string text;
    folded.toUTF8String(text);
    Points out;
    const auto points = decode_utf8(text);
    CHECK(points);
    for (const auto point : *points) {
        if (is_inner(point)) continue;
        const auto found = folds().find(point);
        out.push_back(found == folds().end() ? point : found->second);
    }
    return encode_utf8(out);
}

std::string mask_name(const Name& name) {
    auto points = decode_utf8(name.shown).value_or(Points{});
    if (points.empty()) return "*";
    std::size_t kept = 1;
    if (points.size() > 2 && long_surnames().contains(encode_utf8({points[0], points[1]}))) kept = 2;
    points.resize(std::min(points.size(), kept));
    return encode_utf8(points) + "*";
}

}  // namespace chayan::domain
