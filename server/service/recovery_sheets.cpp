// SPDX-License-Identifier: Apache-2.0
#include "service/recovery_sheets.hpp"

#include <openssl/crypto.h>
#include <sodium.h>

#include <algorithm>
#include <utility>

#include "domain/site_code.hpp"
#include "kit/check.hpp"

namespace chayan::service::recovery {
namespace {

using kit::Errc;
using kit::Error;

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t data_size = group_size - 1, text_size = groups * group_size;
constexpr std::size_t half_text_size = 52;   // 32 bytes
constexpr std::size_t whole_key_size = 52;
static_assert((groups - 2) * data_size == half_text_size);

/// In GF(32), modulo x^5 + x^2 + 1.
constexpr unsigned times_two(unsigned value) { return (value << 1U) ^ (value & 16U ? 0x25U : 0U); }

unsigned value_of(char c) {
    const auto at = alphabet.find(c);
    return at == std::string_view::npos ? 32U : static_cast<unsigned>(at);
}

/// Each symbol times another power of a generator: one that is wrong, or two that are swapped, change the sum.
unsigned check_of(std::string_view data, std::size_t group, int sheet) {
    std::array<unsigned, data_size + 2> symbols{};
    for (std::size_t i = 0; i < data_size; ++i) symbols[i] = value_of(data[i]) & 31U;
    symbols[data_size] = static_cast<unsigned>(group + 1);
    symbols[data_size + 1] = group == 0 ? 0U : static_cast<unsigned>(sheet);   // the first group is what says which sheet it is
    unsigned sum = 0;
    for (std::size_t i = symbols.size(); i-- > 0;) sum = times_two(sum) ^ symbols[i];
    return times_two(sum);   // none of them weighs as much as the check itself
}

bool is_group_right(std::string_view group, std::size_t number, int sheet) {
    const bool are_known = std::all_of(group.begin(), group.end(), [](char c) { return value_of(c) < 32U; });
    return group.size() == group_size && are_known && check_of(group, number, sheet) == value_of(group[data_size]);
}

char folded(char c) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return c == 'o' ? '0' : c == 'i' || c == 'l' ? '1' : c;
}
bool is_gap(char c) { return c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n'; }

void wipe(std::string& text) { sodium_memzero(text.data(), text.size()); }

std::string set_text(std::uint16_t set) { return {alphabet[(set >> 10U) & 31U], alphabet[(set >> 5U) & 31U], alphabet[set & 31U]}; }

/// 20 bits over all of a sheet: four characters.
std::string digest_of(int number, std::uint16_t set, const crypto::Key& half) {
    crypto::Sha256 hash;
    hash.add("chayan recovery sheet" + std::to_string(number) + set_text(set));
    hash.add({reinterpret_cast<const char*>(half.data()), half.size()});
    const auto digest = hash.finish();
    return domain::encode_base32(digest.data(), digest.size()).substr(0, data_size);
}

std::vector<std::size_t> wrong_groups(const std::vector<std::string>& typed, int sheet) {
    std::vector<std::size_t> wrong;
    for (std::size_t i = 0; i < typed.size(); ++i)
        if (!is_group_right(typed[i], i, sheet)) wrong.push_back(i);
    return wrong;
}

Error groups_wrong(const std::vector<std::size_t>& wrong) {
    Error error{Errc::invalid, "sheet_groups_wrong"};
    for (const auto group : wrong) error.fields.push_back({std::to_string(group + 1), "sheet_group_wrong"});
    return error;
}

}  // namespace

Sheet::Sheet(Sheet&& other) noexcept : number_(other.number_), set_(other.set_), half_(other.half_) { sodium_memzero(other.half_.data(), other.half_.size()); }
Sheet& Sheet::operator=(Sheet&& other) noexcept {
    std::swap(number_, other.number_);
    std::swap(set_, other.set_);
    std::swap(half_, other.half_);
    return *this;
}
Sheet::~Sheet() { sodium_memzero(half_.data(), half_.size()); }

Sheet sheet_of(const key_bundle::RecoveryKey& key, int number) {
    CHECK(number == 1 || number == 2);
    const auto named = crypto::derive(key.bytes(), "recovery set");
    const auto set = static_cast<std::uint16_t>((named[0] << 8U | named[1]) & 0x7FFFU);
    auto half = crypto::derive(key.bytes(), "recovery sheet 1");
    if (number == 2)
        for (std::size_t i = 0; i < half.size(); ++i) half[i] ^= key.bytes()[i];
    Sheet sheet(number, set, half);
    sodium_memzero(half.data(), half.size());
    return sheet;
}

std::array<std::string, groups> format(const Sheet& sheet) {
    auto half = domain::encode_base32(sheet.half().data(), sheet.half().size());
    std::array<std::string, groups> text;
    text[0] = alphabet[static_cast<std::size_t>(sheet.number())] + set_text(sheet.set());
    for (std::size_t i = 0; i < groups - 2; ++i) text[i + 1] = half.substr(i * data_size, data_size);
    text[groups - 1] = digest_of(sheet.number(), sheet.set(), sheet.half());
    wipe(half);
    for (std::size_t i = 0; i < groups; ++i) text[i].push_back(alphabet[check_of(text[i], i, sheet.number())]);
    return text;
}

std::vector<std::string> groups_of(std::string_view typed) {
    std::vector<std::string> found;
    std::string all;
    bool is_inside = false;
    for (const char c : typed) {
        if (is_gap(c)) {
            is_inside = false;
            continue;
        }
        if (!is_inside) found.emplace_back();
        is_inside = true;
        found.back().push_back(folded(c));
        all.push_back(folded(c));
    }
    if (found.size() == groups) return found;
    found.clear();
    if (all.size() != text_size) return found;
    for (std::size_t at = 0; at < all.size(); at += group_size) found.push_back(all.substr(at, group_size));
    wipe(all);
    return found;
}

bool looks_like_sheet(std::string_view typed) {
    const auto count = std::count_if(typed.begin(), typed.end(), [](char c) { return !is_gap(c); });
    return count > static_cast<std::ptrdiff_t>(whole_key_size) + 8;
}

kit::Result<Sheet> parse(std::string_view typed) {
    auto text = groups_of(typed);
    if (text.empty()) return Error{Errc::invalid, "sheet_malformed"};
    const bool is_second = is_group_right(text[0], 0, 0) ? text[0][0] == '2' : wrong_groups(text, 2).size() < wrong_groups(text, 1).size();
    const int number = is_second ? 2 : 1;
    if (const auto wrong = wrong_groups(text, number); !wrong.empty()) return groups_wrong(wrong);
    if (text[0][0] != alphabet[static_cast<std::size_t>(number)]) return groups_wrong({0});
    std::string joined;
    joined.reserve(half_text_size);
    for (std::size_t i = 1; i < groups - 1; ++i) joined.append(text[i], 0, data_size);
    crypto::Key half{};
    const bool is_whole = domain::decode_base32(joined, half.data(), half.size());
    wipe(joined);
    const auto set = static_cast<std::uint16_t>(value_of(text[0][1]) << 10U | value_of(text[0][2]) << 5U | value_of(text[0][3]));
    Sheet sheet(number, set, half);
    sodium_memzero(half.data(), half.size());
    const bool fits = is_whole && digest_of(number, set, sheet.half()) == text[groups - 1].substr(0, data_size);
    for (auto& group : text) wipe(group);
    if (!fits) return Error{Errc::invalid, "sheet_wrong"};
    return sheet;
}

kit::Result<key_bundle::RecoveryKey> join(const Sheet& one, const Sheet& other) {
    if (one.set() != other.set()) return Error{Errc::conflict, "sheets_differ"};
    if (one.number() == other.number()) return Error{Errc::conflict, "sheets_same"};
    auto key = one.half();
    for (std::size_t i = 0; i < key.size(); ++i) key[i] ^= other.half()[i];
    auto text = domain::encode_base32(key.data(), key.size());
    sodium_memzero(key.data(), key.size());
    auto joined = key_bundle::RecoveryKey::parse(text);
    wipe(text);
    return joined;
}

bool opens(const key_bundle::RecoveryKey& key, std::string_view open_half) {
    CHECK(sodium_init() >= 0);
    std::array<std::uint8_t, crypto_box_PUBLICKEYBYTES> made{};
    return open_half.size() == made.size() && crypto_scalarmult_base(made.data(), key.bytes().data()) == 0 && CRYPTO_memcmp(made.data(), open_half.data(), made.size()) == 0;
}

}  // namespace chayan::service::recovery
