// SPDX-License-Identifier: Apache-2.0
// Time-based one-time passwords, RFC 6238: HMAC-SHA-1, 30 seconds, 6 digits, as every authenticator app knows them. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/time.hpp"

namespace chayan::service::totp {

/// 20 random bytes, the length that RFC 4226 recommends.
std::string make_secret();
/// The digits of one step of 30 seconds since 1970.
std::string code(std::string_view secret, std::uint64_t step);
/// The step that `digits` belong to: now's, or one before or after it, and later than `used`, so that no code serves twice.
/// Nothing otherwise. Constant time in the digits.
std::optional<std::uint64_t> find_step(std::string_view secret, std::string_view digits, domain::Instant now, std::uint64_t used);
/// RFC 4648 base32, as people type it into an app.
std::string to_base32(std::string_view bytes);
/// otpauth://… for a QR code.
std::string uri(std::string_view login, std::string_view secret);

}  // namespace chayan::service::totp
