// SPDX-License-Identifier: Apache-2.0
#include "domain/document.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "domain/text.hpp"

namespace chayan::domain {
namespace {

using kit::Error;

constexpr const char* type_words[] = {"id", "passport", "hkmo", "tw", "fpr", "other"};
constexpr int years_max = 130;
constexpr std::size_t other_points_max = 40;

Error wrong(const char* code) { return kit::invalid_field("/number", code); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

/// Provinces of GB/T 2260 that were ever issued (DOMAIN 1.1), with the residence permits of 81 to 83.
bool has_province(std::string_view number) {
    constexpr std::string_view provinces = "1112131415212223313233343536374142434445465051525354616263646571818283";
    for (std::size_t i = 0; i < provinces.size(); i += 2)
        if (number.substr(0, 2) == provinces.substr(i, 2)) return true;
    return false;
}

/// Half width, upper case, without spaces and hyphens.
std::optional<std::string> normalise(std::string_view text) {
    auto half = to_half_width(text);
    if (!half) return std::nullopt;
    std::erase_if(*half, [](char c) { return c == ' ' || c == '-'; });
    for (auto& c : *half)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return half;
}

/// The value of digits. Requires: all are digits.
int value_of(std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

/// YYYYMMDD, `years` later; nothing when that is no date.
std::optional<Day> date_in(std::string_view eight_digits, int years = 0) {
    return day_of(value_of(eight_digits.substr(0, 4)) + years, static_cast<unsigned>(value_of(eight_digits.substr(4, 2))),
                  static_cast<unsigned>(value_of(eight_digits.substr(6, 2))));
}

/// What a spreadsheet made of a number: an exponent, a decimal point, an apostrophe, or zeros where digits were.
bool is_rounded(std::string_view number) {
    if (number.find("E+") != std::string_view::npos || number.find('.') != std::string_view::npos || number.starts_with('\'')) return true;
    return number.size() == 18 && all_digits(number) && number.ends_with("000") && id_check_character(number.substr(0, 17)) != number[17];
}

/// Has somebody with this birth date lived more than 130 years? The 130th birthday itself still passes.
bool is_too_old(std::string_view eight_digits, Day today) {
    const auto last = date_in(eight_digits, years_max);
    const auto leap = day_of(value_of(eight_digits.substr(0, 4)) + years_max, 3, 1);  // born on 29 February: that year has none
    return last.value_or(*leap) < today;
}

/// Birth date, checksum: what the 18-digit forms share.
kit::Result<std::string> check_18(const std::string& number, std::size_t birth_at, Day today) {
    const auto birth = date_in(std::string_view(number).substr(birth_at, 8));
    if (!birth) return wrong("document_date");
    if (*birth > today) return wrong("document_future");
    if (is_too_old(std::string_view(number).substr(birth_at, 8), today)) return wrong("document_age");
    if (id_check_character(std::string_view(number).substr(0, 17)) != number[17]) return wrong("document_checksum");
    return number;
}

kit::Result<std::string> check_id(std::string number, Day today) {
    if (is_rounded(number)) return wrong("document_rounded");
    // Before the length, which would count the bytes of a Cyrillic Х.
    const auto body = std::string_view(number).substr(0, std::min<std::size_t>(number.size(), 17));
    const bool is_plain = std::all_of(number.begin(), number.end(), [](char c) { return is_digit(c) || is_upper(c); });
    if (!is_plain || !all_digits(body) || (number.size() == 18 && !is_digit(number[17]) && number[17] != 'X')) return wrong("document_characters");
    if (number.size() == 15) {
        // Sequences 996 to 999 marked people of a hundred years and more, born 18xx: a guess would be wrong.
        if (number.substr(12) >= "996") return wrong("document_date");
        number.insert(6, "19");
        number.push_back(*id_check_character(number));
    }
    if (number.size() != 18) return wrong("document_length");
    if (!has_province(number)) return wrong("document_region");
    return check_18(number, 6, today);
}

kit::Result<std::string> check_fpr(const std::string& number, Day today) {
    if (number.size() == 15) {
        const bool fits = std::all_of(number.begin(), number.begin() + 3, is_upper) && all_digits(std::string_view(number).substr(3));
        return fits ? kit::Result<std::string>(number) : wrong("document_format");
    }
    if (number.size() != 18) return wrong("document_length");
    if (number[0] != '9' || !all_digits(std::string_view(number).substr(0, 17)) || (!is_digit(number[17]) && number[17] != 'X'))
        return wrong("document_format");
    return check_18(number, 6, today);
}

/// Letters, digits and Han: a soldier's card reads 军字第1234567号.
kit::Result<std::string> check_free(const std::string& number) {
    const auto points = decode_utf8(number).value_or(std::vector<char32_t>{});
    if (points.size() > other_points_max) return wrong("document_length");
    const bool fits = std::all_of(points.begin(), points.end(), [](char32_t point) {
        const bool is_han = (point >= 0x3400 && point <= 0x9FFF) || (point >= 0x20000 && point <= 0x323AF);
        return is_han || (point < 0x80 && (is_digit(static_cast<char>(point)) || is_upper(static_cast<char>(point))));
    });
    return fits ? kit::Result<std::string>(number) : wrong("document_characters");
}

kit::Result<std::string> check_other(DocumentType type, const std::string& number) {
    const auto rest = std::string_view(number).substr(1);
    switch (type) {
        case DocumentType::hkmo: {
            const bool fits = (number[0] == 'H' || number[0] == 'M') && all_digits(rest) && (rest.size() == 8 || rest.size() == 10);
            return fits ? kit::Result<std::string>(number) : wrong("document_format");
        }
        case DocumentType::tw: {
            const bool new_form = number.size() == 8 && all_digits(number);
            const bool old_form = number.size() >= 10 && number.size() <= 12 && all_digits(std::string_view(number).substr(0, 10)) &&
                                  std::all_of(number.begin() + 10, number.end(), [](char c) { return is_digit(c) || is_upper(c); });
            return new_form || old_form ? kit::Result<std::string>(number) : wrong("document_format");
        }
        case DocumentType::passport:
            if (number.size() < 5 || number.size() > 17) return wrong("document_length");
            break;
        default: return check_free(number);
    }
    const bool plain = std::all_of(number.begin(), number.end(), [](char c) { return is_digit(c) || is_upper(c); });
    return plain ? kit::Result<std::string>(number) : wrong("document_characters");
}

bool issues_abroad(DocumentType type) { return type == DocumentType::passport || type == DocumentType::other; }

}  // namespace

std::optional<DocumentType> find_document_type(std::string_view word) {
    for (std::size_t i = 0; i < std::size(type_words); ++i)
        if (word == type_words[i]) return static_cast<DocumentType>(i + 1);
    return std::nullopt;
}

const char* word_of(DocumentType type) { return type_words[static_cast<std::size_t>(type) - 1]; }

kit::Result<Document> parse_document(DocumentType type, std::string_view number, std::string_view country, Day today) {
    const auto normal = normalise(number);
    if (!normal) return wrong("document_characters");
    if (normal->empty()) return wrong("document_empty");
    auto checked = type == DocumentType::id    ? check_id(*normal, today)
                   : type == DocumentType::fpr ? check_fpr(*normal, today)
                                               : check_other(type, *normal);
    if (!checked) return checked.error();
    Document document{type, *std::move(checked), {}};
    const auto issuer = normalise(country);
    const bool fits = issuer && (issuer->empty() || (issuer->size() == 3 && std::all_of(issuer->begin(), issuer->end(), is_upper)));
    if (!fits) return kit::invalid_field("/country", "country_malformed");
    if (issues_abroad(type)) document.country = issuer->empty() ? "CHN" : *issuer;
    return document;
}

std::optional<char> id_check_character(std::string_view seventeen_digits) {
    if (seventeen_digits.size() != 17 || !all_digits(seventeen_digits)) return std::nullopt;
    constexpr std::array<int, 17> weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};  // 2^(18-i) mod 11
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * (seventeen_digits[i] - '0');
    return "10X98765432"[sum % 11];
}

std::optional<Day> birth_date_of(const Document& document) {
    const bool carries = document.type == DocumentType::id || document.type == DocumentType::fpr;
    if (!carries || document.number.size() != 18) return std::nullopt;
    return date_in(std::string_view(document.number).substr(6, 8));
}

Sex sex_of(const Document& document) {
    const bool carries = document.type == DocumentType::id || document.type == DocumentType::fpr;
    if (!carries || document.number.size() != 18) return Sex::unknown;
    return (document.number[16] - '0') % 2 == 1 ? Sex::male : Sex::female;
}

std::string mask_document_number(std::string_view number) {
    auto points = decode_utf8(number).value_or(std::vector<char32_t>{});
    const bool is_long = points.size() == 18;
    const std::size_t head = is_long ? 6 : 1;
    const std::size_t tail = is_long ? 4 : 2;
    const bool is_short = points.size() <= head + tail;
    for (std::size_t i = 0; i < points.size(); ++i)
        if (is_short || (i >= head && i + tail < points.size())) points[i] = '*';
    return encode_utf8(points);
}

}  // namespace chayan::domain
