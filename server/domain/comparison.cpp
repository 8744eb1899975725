// SPDX-License-Identifier: Apache-2.0
#include "domain/comparison.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "domain/document.hpp"
#include "domain/han.hpp"
#include "domain/name.hpp"
#include "domain/phone.hpp"
#include "domain/similarity.hpp"
#include "domain/text.hpp"
#include "kit/check.hpp"

namespace chayan::domain {
namespace {

using enum LinkField;
using enum Agreement;

constexpr std::array<const char*, link_field_count> field_words{"name", "given_name", "surname", "birth_date", "sex", "document",
                                                                "phone", "address", "street", "locality", "postcode", "region", "household"};
constexpr std::array<const char*, agreement_count + 1> agreement_words{"equal", "crossed", "sound", "alike", "slip", "near", "close", "part", "differs", "missing"};

// Jaro-Winkler from which on words are near or close: the levels of Splink's name comparisons, which its figures rest on.
constexpr double near_min = 0.92, close_min = 0.80;
constexpr double address_near_min = 0.90;
constexpr std::size_t document_digits_min = 4, phone_digits_min = 7;

std::u32string points_of(std::string_view utf8) {
    const auto points = decode_utf8(utf8);
    return points ? std::u32string(points->begin(), points->end()) : std::u32string();
}

std::u32string compatible(std::string_view utf8) {   // NFKC without case
    UErrorCode error = U_ZERO_ERROR;
    const auto* nfkc = icu::Normalizer2::getNFKCCasefoldInstance(error);
    const auto folded = nfkc->normalize(icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size()))), error);
    CHECK(U_SUCCESS(error));
    std::string text;
    folded.toUTF8String(text);
    return points_of(text);
}

/// Letters and digits alone.
std::u32string bare(std::string_view utf8) {
    auto points = compatible(utf8);
    std::erase_if(points, [](char32_t point) { return u_isalnum(static_cast<UChar32>(point)) == 0; });
    return points;
}

std::u32string digits_of(std::string_view utf8) {
    auto points = bare(utf8);
    std::erase_if(points, [](char32_t point) { return point < '0' || point > '9'; });
    return points;
}

std::u32string sex_form(std::string_view utf8) {
    const auto text = bare(utf8);
    if (text.empty()) return text;
    if (text.front() == U'男' || text.front() == 'm') return U"m";
    if (text.front() == U'女' || text.front() == 'f' || text.front() == 'w') return U"f";
    return text;
}

/// × and * stand for an X that a keyboard lacks.
std::string with_x(std::string_view typed) {
    std::string text(typed);
    for (const std::string_view cross : {"×", "*", "✕", "╳"})
        if (text.ends_with(cross)) text = text.substr(0, text.size() - cross.size()) + "X";
    return text;
}

bool is_latin(const std::u32string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char32_t point) { return point < 0x250; });
}

void take_names(const LinkValues& values, Comparand& into) {
    std::array<std::string, 3> folded;
    for (const auto field : {name, given_name, surname}) {
        const auto position = static_cast<std::size_t>(field);
        if (values[position].empty()) continue;
        const auto parsed = parse_name(values[position]);   // its separators made one; what is no name is compared as it is
        folded[position] = fold_name(parsed ? *parsed : Name{values[position]});
        into.folded[position] = points_of(folded[position]);
    }
    if (!folded[0].empty()) {
        into.sound = sound_of(folded[0]);
        return;
    }
    // In one order, so that halves in each other's place meet.
    std::pair halves{sound_of(folded[1]), sound_of(folded[2])};
    if (halves.first.empty() || halves.second.empty()) return;
    if (halves.second < halves.first) std::swap(halves.first, halves.second);
    into.sound = halves.first + ' ' + halves.second;
}

/// A number that a spreadsheet has rounded is many people's, and a word or a dash in its place is nobody's.
bool is_telling(const std::u32string& number, std::size_t digits_min) {
    const auto exponent = number.find(U"e+");
    if (exponent != std::u32string::npos) return false;
    const auto is_digit = [](char32_t point) { return point >= '0' && point <= '9'; };
    const auto digits = static_cast<std::size_t>(std::count_if(number.begin(), number.end(), is_digit));
    const bool all_same = !number.empty() && std::all_of(number.begin(), number.end(), [&](char32_t point) { return point == number.front(); });
    return digits >= digits_min && !all_same;
}

void take_document(std::string_view typed, Day today, Comparand& into) {
    if (!is_telling(compatible(typed), document_digits_min)) return;
    auto& folded = into.folded[static_cast<std::size_t>(document)];
    const auto number = parse_document(DocumentType::id, with_x(typed), {}, today);
    into.is_identity_number = static_cast<bool>(number);
    folded = number ? points_of(number->number) : bare(with_x(typed));
    for (auto& point : folded)
        if (point == 'x') point = 'X';
}

/// The eight digits of an identity number that say when somebody was born.
std::u32string birth_in(const std::u32string& number) {
    if (number.size() != 18) return {};
    const auto birth = number.substr(6, 8);
    const bool is_date = (birth[0] == '1' || birth[0] == '2') && std::all_of(birth.begin(), birth.end(), [](char32_t c) { return c >= '0' && c <= '9'; });
    return is_date ? birth : std::u32string();
}

Agreement compare_words(const std::u32string& a, const std::u32string& b, double near_from) {
    if (a == b) return equal;
    const double similar = jaro_winkler(a, b);
    return similar >= near_from ? near : similar >= close_min ? close : differs;
}

bool is_han(const std::u32string& text) {
    return std::any_of(text.begin(), text.end(), [](char32_t point) { return u_hasBinaryProperty(static_cast<UChar32>(point), UCHAR_UNIFIED_IDEOGRAPH) != 0; });
}

/// One home written in two ways is one home; a village's other house is no home of one's own.
Agreement compare_homes(const Home& a, const Home& b) {
    const bool one_in_other = !a.place.empty() && !b.place.empty() && (a.place.ends_with(b.place) || b.place.ends_with(a.place));
    if (a.numbers.empty() || b.numbers.empty()) return a.place == b.place && !a.place.empty() ? part : one_in_other ? part : differs;   // a village, or a city: no home
    if (a.numbers == b.numbers && a.place == b.place) return equal;
    if (a.numbers == b.numbers && one_in_other) return near;
    if (a.numbers == b.numbers && (a.place.empty() || b.place.empty())) return close;
    return a.place == b.place && !a.place.empty() ? part : differs;
}

Agreement compare_digits(const std::u32string& a, const std::u32string& b) {
    if (a == b) return equal;
    const auto slips = edit_distance(a, b, 2);
    return slips == 1 ? slip : slips == 2 ? near : differs;
}

bool are_alike(char32_t a, char32_t b) {
    return look_alike(a, b) || sound_of(encode_utf8({a})) == sound_of(encode_utf8({b}));
}

/// Han names of two to four characters: one character more or less, or another one, is another name for most; only shape and sound tell a slip.
Agreement compare_han(const Comparand& a, const Comparand& b) {
    const auto& x = a[name];
    const auto& y = b[name];
    if (!a.sound.empty() && a.sound == b.sound) return sound;
    if (x.size() == y.size()) {
        std::size_t differing = 0, where = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            if (x[i] == y[i]) continue;
            ++differing;
            where = i;
        }
        if (differing == 1 && are_alike(x[where], y[where])) return alike;
        if (differing == 1 && x.size() > 3) return near;   // long names of minorities and of the old elite
        if (differing == 2 && x.size() == 3 && x[0] == y[0] && x[1] == y[2] && x[2] == y[1]) return slip;
    } else if (std::min(x.size(), y.size()) >= 2 && edit_distance(x, y, 1) == 1) {
        return close;
    }
    return x.front() == y.front() ? part : differs;
}

Agreement compare_names(const Comparand& a, const Comparand& b) {
    const auto& x = a[name];
    const auto& y = b[name];
    if (x.empty() || y.empty()) return missing;
    if (x == y) return equal;
    if (is_latin(x) && is_latin(y)) return compare_words(x, y, near_min);
    return compare_han(a, b);
}

const Home& home(const Comparand& record, LinkField field) { return record.homes[field == street ? 1 : 0]; }

/// Two fields that are filled in each other's place agree crosswise. Han halves that sound the same do too.
void compare_halves(const Comparand& a, const Comparand& b, LinkField first, LinkField second, Agreements& into) {
    const auto one = [&](LinkField of_a, LinkField of_b) {
        const auto& x = a[of_a];
        const auto& y = b[of_b];
        if (x.empty() || y.empty()) return missing;
        const bool of_name = first == given_name;
        if (!of_name && is_han(x) && is_han(y)) return compare_homes(home(a, of_a), home(b, of_b));
        const auto found = compare_words(x, y, of_name ? near_min : address_near_min);
        if (of_name && found == differs && !is_latin(x) && sound_of(encode_utf8({x.begin(), x.end()})) == sound_of(encode_utf8({y.begin(), y.end()}))) return sound;
        return found;
    };
    auto& of_first = into[static_cast<std::size_t>(first)];
    auto& of_second = into[static_cast<std::size_t>(second)];
    of_first = one(first, first);
    of_second = one(second, second);
    if (of_first <= near && of_second <= near) return;
    const auto there = one(first, second), back = one(second, first);
    const bool both = there <= near && back <= near;
    const bool one_alone = (there <= near && back == missing && of_first != equal && of_second != equal) ||
                           (back <= near && there == missing && of_first != equal && of_second != equal);
    if (!both && !one_alone) return;
    of_first = crossed;   // one alone counts there, whichever side it stands on
    of_second = both ? crossed : missing;
}

/// Of eight digits.
std::optional<Day> date_in(const std::u32string& digits) {
    if (digits.size() != 8) return std::nullopt;
    const auto part = [&](std::size_t begin, std::size_t length) {
        unsigned number = 0;
        for (auto i = begin; i < begin + length; ++i) number = number * 10 + static_cast<unsigned>(digits[i] - '0');
        return number;
    };
    return day_of(static_cast<int>(part(0, 4)), part(4, 2), part(6, 2));
}

/// Who gives the day of the lunar calendar as if it were the other's says one that is earlier by so much: new year falls between 21 January and 20 February,
/// and a leap month comes when it has run ahead.
bool may_be_lunar(const std::u32string& a, const std::u32string& b) {
    constexpr std::int32_t days_min = 18, days_max = 53;
    const auto x = date_in(a), y = date_in(b);
    const auto days = x && y ? std::abs(x->number - y->number) : 0;
    return days >= days_min && days <= days_max;
}

Agreement compare_births(const std::u32string& a, const std::u32string& b) {
    if (a.empty() || b.empty()) return missing;
    const bool are_swapped = a.size() == 8 && b.size() == 8 && a.substr(0, 4) == b.substr(0, 4) && a.substr(4, 2) == b.substr(6, 2) && a.substr(6, 2) == b.substr(4, 2);
    if (are_swapped && a != b) return slip;
    const auto found = compare_digits(a, b);
    return found > slip && may_be_lunar(a, b) ? close : found;
}

Agreement compare_plain(const Comparand& a, const Comparand& b, LinkField field) {
    const auto& x = a[field];
    const auto& y = b[field];
    if (x.empty() || y.empty()) return missing;
    switch (field) {
        case document: return compare_digits(x, y);
        case phone: case postcode: case household: {
            const auto found = compare_digits(x, y);
            return found == near ? differs : found;
        }
        case locality: return compare_words(x, y, near_min);
        default: return x == y ? equal : differs;
    }
}

}  // namespace

std::optional<LinkField> find_link_field(std::string_view word) {
    const auto found = std::find(field_words.begin(), field_words.end(), word);
    if (found == field_words.end()) return std::nullopt;
    return static_cast<LinkField>(found - field_words.begin());
}

const char* word_of(LinkField field) { return field_words[static_cast<std::size_t>(field)]; }
const char* word_of(Agreement agreement) { return agreement_words[static_cast<std::size_t>(agreement)]; }

Comparand comparand_of(const LinkValues& values, Day today) {
    Comparand made;
    const auto typed = [&](LinkField field) -> const std::string& { return values[static_cast<std::size_t>(field)]; };
    const auto put = [&](LinkField field, std::u32string text) { made.folded[static_cast<std::size_t>(field)] = std::move(text); };
    take_names(values, made);
    take_document(typed(document), today, made);
    put(birth_date, digits_of(typed(birth_date)));
    if (made[birth_date].empty()) put(birth_date, birth_in(made[document]));
    constexpr std::int32_t grown_up_days = 18 * 366;
    const auto born = date_in(made[birth_date]);
    made.is_grown_up = born && today.number - born->number >= grown_up_days;
    put(sex, sex_form(typed(sex)));
    const auto number = parse_phone(typed(phone));
    if (number || is_telling(compatible(typed(phone)), phone_digits_min)) put(phone, number ? points_of(number->e164) : digits_of(typed(phone)));
    for (const auto field : {address, street, locality, postcode, region, household}) put(field, bare(typed(field)));
    made.homes = {home_of(compatible(typed(address))), home_of(compatible(typed(street)))};
    return made;
}

Agreements compare(const Comparand& a, const Comparand& b) {
    Agreements found;
    found.fill(missing);
    found[static_cast<std::size_t>(name)] = compare_names(a, b);
    compare_halves(a, b, given_name, surname, found);
    compare_halves(a, b, street, address, found);
    for (const auto field : {sex, document, phone, locality, postcode, region, household}) found[static_cast<std::size_t>(field)] = compare_plain(a, b, field);
    const bool is_told_by_documents = at(found, document) <= near && !birth_in(a[document]).empty() && !birth_in(b[document]).empty();
    if (!is_told_by_documents) found[static_cast<std::size_t>(birth_date)] = compare_births(a[birth_date], b[birth_date]);
    return found;
}

bool have_different_identities(const Comparand& a, const Comparand& b) {
    return a.is_identity_number && b.is_identity_number && a[document] != b[document];
}

}  // namespace chayan::domain
