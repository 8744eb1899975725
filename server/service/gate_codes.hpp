// SPDX-License-Identifier: Apache-2.0
// What is shown at a gate and authorises recording a scan, nothing else: personal codes, picks from a site's roster, the digits of its screen. Keyed by the vault. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/ids.hpp"
#include "domain/time.hpp"
#include "service/vault.hpp"

namespace chayan::service {

/// A personal code, printed or saved by whoever holds the phone, for themselves or a dependant: it lets staff record a scan of them, and nothing else.
std::string card_of(const Vault& vault, domain::RegistrationId registration);
std::optional<domain::RegistrationId> open_card(const Vault& vault, std::string_view text);
/// What a row of a site's roster is picked by: likewise, at that site alone.
std::string roster_card_of(const Vault& vault, domain::RegistrationId registration, domain::SiteId site);
std::optional<domain::RegistrationId> open_roster_card(const Vault& vault, std::string_view text, domain::SiteId site);

/// The six digits that a site's screen shows from a multiple of kit::screen_window_s on, and until the next.
std::string screen_digits(const Vault& vault, domain::SiteId site, domain::Instant at);
/// Did the screen show them at that time, or one window before or after? Constant time.
bool is_on_screen(const Vault& vault, domain::SiteId site, domain::Instant at, std::string_view digits);

}  // namespace chayan::service
