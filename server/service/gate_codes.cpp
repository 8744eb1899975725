// SPDX-License-Identifier: Apache-2.0
#include "service/gate_codes.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "domain/site_code.hpp"
#include "kit/limits.hpp"

namespace chayan::service {
namespace {

constexpr std::size_t number_bytes = 5;
constexpr std::size_t card_bytes = number_bytes + sizeof(storage::Blind);

void put_big_endian(std::span<std::uint8_t> out, std::uint64_t value) {
    for (std::size_t i = out.size(); i-- > 0; value >>= 8U) out[i] = static_cast<std::uint8_t>(value);
}
std::uint64_t get_big_endian(std::span<const std::uint8_t> in) {
    std::uint64_t value = 0;
    for (const auto byte : in) value = (value << 8U) | byte;
    return value;
}

std::string_view text_of(std::span<const std::uint8_t> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// Of a registration's number, and of the site that it is good at where there is one.
storage::Blind mac_of(const Vault& vault, BlindKind kind, std::span<const std::uint8_t> number, domain::SiteId site) {
    std::array<std::uint8_t, number_bytes + 3> bound{};
    std::copy(number.begin(), number.end(), bound.begin());
    put_big_endian(std::span(bound).subspan(number_bytes), site.value);
    return vault.blind(kind, text_of(std::span(bound).first(site.is_none() ? number_bytes : bound.size())));
}

/// Number and MAC, after two characters that say which kind.
std::string write_card(const Vault& vault, BlindKind kind, const char* prefix, domain::RegistrationId registration, domain::SiteId site) {
    std::array<std::uint8_t, card_bytes> bytes{};
    const auto number = std::span(bytes).first(number_bytes);
    put_big_endian(number, registration.value);
    const auto mac = mac_of(vault, kind, number, site);
    std::copy(mac.begin(), mac.end(), bytes.begin() + number_bytes);
    return prefix + domain::encode_base32(bytes.data(), bytes.size());
}

std::optional<domain::RegistrationId> read_card(const Vault& vault, BlindKind kind, std::string_view prefix, std::string_view text, domain::SiteId site) {
    std::array<std::uint8_t, card_bytes> bytes{};
    if (!text.starts_with(prefix) || !domain::decode_base32(text.substr(prefix.size()), bytes.data(), bytes.size())) return std::nullopt;
    const auto number = std::span<const std::uint8_t>(bytes).first(number_bytes);
    const auto mac = mac_of(vault, kind, number, site);
    if (CRYPTO_memcmp(mac.data(), bytes.data() + number_bytes, mac.size()) != 0) return std::nullopt;
    return domain::RegistrationId{get_big_endian(number)};
}

}  // namespace

std::string card_of(const Vault& vault, domain::RegistrationId registration) { return write_card(vault, BlindKind::card, "k1", registration, {}); }
std::optional<domain::RegistrationId> open_card(const Vault& vault, std::string_view text) { return read_card(vault, BlindKind::card, "k1", text, {}); }

std::string roster_card_of(const Vault& vault, domain::RegistrationId registration, domain::SiteId site) {
    return write_card(vault, BlindKind::roster_card, "k2", registration, site);
}
std::optional<domain::RegistrationId> open_roster_card(const Vault& vault, std::string_view text, domain::SiteId site) {
    return read_card(vault, BlindKind::roster_card, "k2", text, site);
}

std::string screen_digits(const Vault& vault, domain::SiteId site, domain::Instant at) {
    std::array<std::uint8_t, 11> bytes{};
    put_big_endian(std::span(bytes).first(3), site.value);
    put_big_endian(std::span(bytes).subspan(3), static_cast<std::uint64_t>(at.s / kit::screen_window_s));
    const auto mac = vault.blind(BlindKind::screen, text_of(bytes));
    const auto number = std::to_string(get_big_endian(std::span(mac).first(8)) % 1'000'000);   // of 64 bits: even to one in 10^13
    return std::string(6 - number.size(), '0') + number;
}

bool is_on_screen(const Vault& vault, domain::SiteId site, domain::Instant at, std::string_view digits) {
    if (digits.size() != 6) return false;
    bool shows = false;
    for (const auto away : {-kit::screen_window_s, std::int64_t{0}, kit::screen_window_s}) {
        const auto shown = screen_digits(vault, site, at + away);
        const bool is_same = CRYPTO_memcmp(shown.data(), digits.data(), digits.size()) == 0;
        shows = shows || is_same;
    }
    return shows;
}

}  // namespace chayan::service
