// SPDX-License-Identifier: Apache-2.0
#include "domain/site_code.hpp"

#include <algorithm>

#include "kit/check.hpp"

namespace chayan::domain {
namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t code_bytes = 10;
constexpr std::size_t code_characters = 16;

}  // namespace

const char* word_of(PosterDirection direction) {
    constexpr const char* words[] = {"any", "in", "out", "pass"};
    return words[static_cast<std::size_t>(direction)];
}

std::array<std::uint8_t, 4> pack(const SiteCode& code) {
    CHECK(code.site.value < (1U << 24U) && code.revision < 64);
    const std::uint32_t bits = (code.site.value << 8U) | (static_cast<std::uint32_t>(code.direction) << 6U) | code.revision;
    return {static_cast<std::uint8_t>(bits >> 24U), static_cast<std::uint8_t>(bits >> 16U), static_cast<std::uint8_t>(bits >> 8U),
            static_cast<std::uint8_t>(bits)};
}

std::string format_site_code(const SiteCode& code, const SiteCodeMac& mac) {
    std::array<std::uint8_t, code_bytes> bytes;
    const auto packed = pack(code);
    std::copy(packed.begin(), packed.end(), bytes.begin());
    std::copy(mac.begin(), mac.end(), bytes.begin() + packed.size());
    return encode_base32(bytes.data(), bytes.size());
}

std::optional<UnverifiedSiteCode> parse_site_code(std::string_view text) {
    std::array<std::uint8_t, code_bytes> bytes;
    if (text.size() != code_characters || !decode_base32(text, bytes.data(), bytes.size())) return std::nullopt;
    UnverifiedSiteCode read;
    read.code.site.value = (static_cast<std::uint32_t>(bytes[0]) << 16U) | (static_cast<std::uint32_t>(bytes[1]) << 8U) | bytes[2];
    read.code.direction = static_cast<PosterDirection>(bytes[3] >> 6U);
    read.code.revision = bytes[3] & 0x3FU;
    std::copy(bytes.begin() + 4, bytes.end(), read.mac.begin());
    if (read.code.site.is_none()) return std::nullopt;
    return read;
}

std::string encode_base32(const std::uint8_t* bytes, std::size_t count) {
    std::string text;
    text.reserve((count * 8 + 4) / 5);
    std::uint32_t buffer = 0;
    unsigned bits = 0;
    for (std::size_t i = 0; i < count; ++i) {
        buffer = (buffer << 8U) | bytes[i];
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            text.push_back(alphabet[(buffer >> bits) & 31U]);
        }
    }
    if (bits > 0) text.push_back(alphabet[(buffer << (5 - bits)) & 31U]);
    return text;
}

bool decode_base32(std::string_view text, std::uint8_t* bytes, std::size_t count) {
    if (text.size() != (count * 8 + 4) / 5) return false;
    std::uint32_t buffer = 0;
    unsigned bits = 0;
    std::size_t written = 0;
    for (const char c : text) {
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos) return false;
        buffer = (buffer << 5U) | static_cast<std::uint32_t>(value);
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        bytes[written++] = static_cast<std::uint8_t>(buffer >> bits);
    }
    return written == count && (buffer & ((1U << bits) - 1)) == 0;
}

}  // namespace chayan::domain
