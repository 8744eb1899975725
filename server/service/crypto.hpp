// SPDX-License-Identifier: Apache-2.0
// The few primitives that the vault is made of, over OpenSSL, with contexts cached for each thread. Any thread. Failures of
// the library are ours: CHECK.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace chayan::service::crypto {

using Key = std::array<std::uint8_t, 32>;
using Block = std::array<std::uint8_t, 16>;

/// HKDF-SHA-256 (RFC 5869) without salt; `label` separates the keys.
Key derive(const Key& master, std::string_view label);
/// What HMAC-SHA-256 gives. It has no `==`, which would stop at the first byte that differs (SECURITY S56).
class Mac {
public:
    explicit Mac(const std::array<std::uint8_t, 32>& bytes) : bytes_(bytes) {}
    /// Does it begin with these bytes, one to 32? In the same time wherever they differ.
    bool begins_with(std::span<const std::uint8_t> given) const;
    const std::array<std::uint8_t, 32>& bytes() const { return bytes_; }
    bool operator==(const Mac&) const = delete;

private:
    std::array<std::uint8_t, 32> bytes_;
};
/// HMAC-SHA-256.
Mac mac(const Key& key, std::string_view bytes);
/// AES-256 on single blocks (ECB), also in bulk and in place.
Block encrypt(const Key& key, const Block& block);
Block decrypt(const Key& key, const Block& block);
void encrypt(const Key& key, std::span<Block> blocks);
void decrypt(const Key& key, std::span<Block> blocks);
/// AES-256-GCM: 12 random bytes of nonce, the text, 16 bytes of tag.
std::string seal(const Key& key, std::string_view associated, std::string_view text);
std::optional<std::string> open(const Key& key, std::string_view associated, std::string_view sealed);

/// 32 random bytes.
Key random_key();

/// SHA-256 of bytes that come in pieces. One thread at a time.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    void add(std::string_view bytes);
    /// Once, at the end.
    std::array<std::uint8_t, 32> finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// AES-256-CTR over a stream from its beginning; encrypting and decrypting are one act. The key must be used for one stream only. One thread
/// at a time.
class StreamCipher {
public:
    explicit StreamCipher(const Key& key);
    StreamCipher(StreamCipher&&) noexcept;
    StreamCipher& operator=(StreamCipher&&) noexcept;
    ~StreamCipher();
    /// The next bytes, in place.
    void apply(std::span<std::uint8_t> bytes);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace chayan::service::crypto
