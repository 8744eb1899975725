// SPDX-License-Identifier: Apache-2.0
// The 16 characters on a poster (CONTRACT 3): 24 bits site number, 2 bits direction, 6 bits revision, 48 bits MAC, in
// Crockford base32, lower case. Only packing here; the MAC is passed in. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/ids.hpp"

namespace chayan::domain {

/// What a poster says of direction: `any` lets the resident choose.
enum class PosterDirection : std::uint8_t { any = 0, in = 1, out = 2, pass = 3 };
const char* word_of(PosterDirection direction);

struct SiteCode {
    SiteId site;                 ///< 1 to 2^24 - 1
    PosterDirection direction = PosterDirection::any;
    std::uint8_t revision = 0;   ///< 0 to 63
    friend bool operator==(const SiteCode&, const SiteCode&) = default;
};

using SiteCodeMac = std::array<std::uint8_t, 6>;

/// The four bytes that the MAC covers, big endian.
std::array<std::uint8_t, 4> pack(const SiteCode& code);
std::string format_site_code(const SiteCode& code, const SiteCodeMac& mac);

struct UnverifiedSiteCode {
    SiteCode code;
    SiteCodeMac mac;
};
/// Exactly 16 characters of the lower-case alphabet 0123456789abcdefghjkmnpqrstvwxyz; nothing else is accepted (one
/// encoding for one code; pages may fold what people type before). The MAC is not checked here.
std::optional<UnverifiedSiteCode> parse_site_code(std::string_view text);

/// Crockford base32, lower case, for other opaque values: bits are taken from the front, the last character is filled with zero bits.
std::string encode_base32(const std::uint8_t* bytes, std::size_t count);
/// Nothing unless every character is of the alphabet, the length fits `count` bytes, and filling bits are zero.
bool decode_base32(std::string_view text, std::uint8_t* bytes, std::size_t count);

}  // namespace chayan::domain
