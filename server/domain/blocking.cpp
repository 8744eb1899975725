// SPDX-License-Identifier: Apache-2.0
#include "domain/blocking.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "domain/han.hpp"
#include "domain/text.hpp"

namespace chayan::domain {
namespace {

using enum LinkField;

/// What keys are made of.
enum class Part : std::uint8_t {
    document, document_tail, document_end, phone, phone_tail, name_sound, given_start, surname_start, birth, birth_year, birth_month_day, sex,
    locality, postcode, address, street, household,
};
constexpr std::size_t part_count = 17;
using Parts = std::array<std::string, part_count>;

/// The tail of an identity number without region and birth; the end without region. Whoever typed one digit wrong typed the rest right.
constexpr std::size_t document_tail = 4, document_end = 12, phone_tail = 8, name_start = 3;

constexpr std::array<std::array<Part, 3>, 26> rules{{
    {Part::document, Part::document, Part::document},
    {Part::phone, Part::phone, Part::phone},
    {Part::name_sound, Part::birth, Part::birth},
    {Part::name_sound, Part::birth_year, Part::birth_year},
    {Part::name_sound, Part::birth_month_day, Part::birth_month_day},
    {Part::name_sound, Part::locality, Part::locality},
    {Part::name_sound, Part::postcode, Part::postcode},
    {Part::name_sound, Part::name_sound, Part::name_sound},
    {Part::name_sound, Part::document_tail, Part::document_tail},
    {Part::name_sound, Part::phone_tail, Part::phone_tail},
    {Part::document_tail, Part::birth, Part::birth},
    {Part::document_end, Part::document_end, Part::document_end},
    {Part::birth, Part::locality, Part::locality},
    {Part::birth, Part::surname_start, Part::sex},
    {Part::birth, Part::surname_start, Part::surname_start},
    {Part::birth, Part::given_start, Part::given_start},
    {Part::birth, Part::postcode, Part::postcode},
    {Part::surname_start, Part::postcode, Part::postcode},
    {Part::given_start, Part::postcode, Part::postcode},
    {Part::given_start, Part::surname_start, Part::locality},
    {Part::street, Part::given_start, Part::given_start},
    {Part::address, Part::surname_start, Part::surname_start},
    {Part::birth, Part::birth, Part::birth},
    {Part::address, Part::address, Part::address},
    {Part::household, Part::household, Part::household},
    {Part::name_sound, Part::household, Part::household},
}};

std::string text_of(std::u32string_view points) { return encode_utf8({points.begin(), points.end()}); }
std::string start_of(std::u32string_view points) { return text_of(points.substr(0, name_start)); }
std::string end_of(std::u32string_view points, std::size_t length) { return points.size() < length ? std::string() : text_of(points.substr(points.size() - length)); }

std::string home_key(const Home& home) { return home.place.empty() ? std::string() : text_of(home.place) + ' ' + text_of(home.numbers); }

void put_names(const Comparand& record, Parts& parts) {
    auto& surname_part = parts[static_cast<std::size_t>(Part::surname_start)];
    auto& given_part = parts[static_cast<std::size_t>(Part::given_start)];
    parts[static_cast<std::size_t>(Part::name_sound)] = record.sound;
    if (record[name].empty()) {
        surname_part = start_of(record[surname]);
        given_part = start_of(record[given_name]);
        return;
    }
    surname_part = text_of(std::u32string_view(record[name]).substr(0, 1));
    given_part = sound_of(text_of(std::u32string_view(record[name]).substr(1)));
}

Parts parts_of(const Comparand& record) {
    Parts parts;
    const auto put = [&parts](Part part, std::string text) { parts[static_cast<std::size_t>(part)] = std::move(text); };
    put_names(record, parts);
    put(Part::document, text_of(record[document]));
    put(Part::document_tail, end_of(record[document], document_tail));
    if (record[document].size() == 18) put(Part::document_end, end_of(record[document], document_end));
    put(Part::phone, text_of(record[phone]));
    put(Part::phone_tail, end_of(record[phone], phone_tail));
    const std::u32string_view birth = record[birth_date];
    put(Part::birth, text_of(birth));
    if (birth.size() == 8) {
        put(Part::birth_year, text_of(birth.substr(0, 4)));
        put(Part::birth_month_day, text_of(birth.substr(4)));
    }
    put(Part::sex, text_of(record[sex]));
    put(Part::locality, text_of(record[locality]));
    put(Part::postcode, text_of(record[postcode]));
    put(Part::address, home_key(record.homes[0]));
    put(Part::street, home_key(record.homes[1]));
    put(Part::household, text_of(record[household]));
    return parts;
}

std::uint64_t hash_of(std::uint8_t rule, std::string_view key) {   // FNV-1a
    std::uint64_t hash = 0xCBF29CE484222325 ^ rule;
    for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
    return hash;
}

/// The number of each rule and its parts; a record without a part of a rule has no such key.
void visit_keys(const Comparand& record, const std::function<void(std::uint8_t, std::string_view)>& take) {
    const auto parts = parts_of(record);
    std::string key;
    for (std::size_t rule = 0; rule < rules.size(); ++rule) {
        key.clear();
        bool is_whole = true;
        for (std::size_t i = 0; i < rules[rule].size(); ++i) {
            if (i > 0 && rules[rule][i] == rules[rule][i - 1]) continue;   // a rule of fewer parts repeats its last
            const auto& part = parts[static_cast<std::size_t>(rules[rule][i])];
            is_whole &= !part.empty();
            key += part;
            key += '\n';
        }
        if (is_whole) take(static_cast<std::uint8_t>(rule), key);
    }
}

}  // namespace

CandidatePairs find_candidates(std::span<const Comparand> records, std::size_t block_max) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> keys;
    for (std::uint32_t i = 0; i < records.size(); ++i)
        visit_keys(records[i], [&](std::uint8_t rule, std::string_view key) { keys.emplace_back(hash_of(rule, key), i); });
    std::sort(keys.begin(), keys.end());
    CandidatePairs found;
    for (std::size_t begin = 0, end = 0; begin < keys.size(); begin = end) {
        while (end < keys.size() && keys[end].first == keys[begin].first) ++end;
        if (end - begin > block_max) {
            ++found.too_common;
            continue;
        }
        for (auto x = begin; x < end; ++x)
            for (auto y = x + 1; y < end; ++y) found.pairs.emplace_back(keys[x].second, keys[y].second);
    }
    std::sort(found.pairs.begin(), found.pairs.end());
    found.pairs.erase(std::unique(found.pairs.begin(), found.pairs.end()), found.pairs.end());
    return found;
}

}  // namespace chayan::domain
