// SPDX-License-Identifier: Apache-2.0
#include "service/totp.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>

#include "kit/check.hpp"

namespace chayan::service::totp {
namespace {

constexpr std::int64_t step_s = 30;
constexpr std::size_t secret_bytes = 20;
constexpr std::uint32_t modulus = 1'000'000;   // six digits

}  // namespace

std::string make_secret() {
    std::array<unsigned char, secret_bytes> bytes;
    CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
    return {bytes.begin(), bytes.end()};
}

std::string code(std::string_view secret, std::uint64_t step) {
    std::array<unsigned char, 8> counter;
    for (std::size_t i = 0; i < counter.size(); ++i) counter[i] = static_cast<unsigned char>(step >> (8 * (7 - i)));
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    CHECK(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), digest.data(), &size) != nullptr);
    // RFC 4226, 5.3: the last four bits say where the 31 bits are taken from.
    const std::size_t offset = digest[size - 1] & 0x0FU;
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = (number << 8U) | digest[offset + i];
    const auto digits = std::to_string((number & 0x7FFFFFFFU) % modulus);
    return std::string(6 - digits.size(), '0') + digits;
}

std::optional<std::uint64_t> find_step(std::string_view secret, std::string_view digits, domain::Instant now, std::uint64_t used) {
    const auto current = static_cast<std::uint64_t>(now.s / step_s);
    std::optional<std::uint64_t> found;
    for (const auto step : {current - 1, current, current + 1}) {
        const auto wanted = code(secret, step);
        const bool fits = digits.size() == wanted.size() && CRYPTO_memcmp(digits.data(), wanted.data(), wanted.size()) == 0;
        if (fits && step > used) found = step;
    }
    return found;
}

std::string to_base32(std::string_view bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string text;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char c : bytes) {
        held = (held << 8U) | static_cast<unsigned char>(c);
        bits += 8;
        for (; bits >= 5; bits -= 5) text.push_back(alphabet[(held >> (bits - 5)) & 31U]);
    }
    if (bits > 0) text.push_back(alphabet[(held << (5 - bits)) & 31U]);
    return text;
}

std::string uri(std::string_view login, std::string_view secret) {
    return "otpauth://totp/Chayan:" + std::string(login) + "?secret=" + to_base32(secret) + "&issuer=Chayan";
}

}  // namespace chayan::service::totp
