// SPDX-License-Identifier: Apache-2.0
// The few primitives that the vault is made of, over OpenSSL, with contexts cached for each thread. Any thread. Failures of
// the library are ours: CHECK.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace chayan::service::crypto {

using Key = std::array<std::uint8_t, 32>;
using Block = std::array<std::uint8_t, 16>;

/// HKDF-SHA-256 (RFC 5869) without salt; `label` separates the keys.
Key derive(const Key& master, std::string_view label);
/// HMAC-SHA-256.
std::array<std::uint8_t, 32> mac(const Key& key, std::string_view bytes);
/// AES-256 on single blocks (ECB), also in bulk and in place.
Block encrypt(const Key& key, const Block& block);
Block decrypt(const Key& key, const Block& block);
void encrypt(const Key& key, std::span<Block> blocks);
void decrypt(const Key& key, std::span<Block> blocks);
/// AES-256-GCM: 12 random bytes of nonce, the text, 16 bytes of tag.
std::string seal(const Key& key, std::string_view associated, std::string_view text);
std::optional<std::string> open(const Key& key, std::string_view associated, std::string_view sealed);

}  // namespace chayan::service::crypto
