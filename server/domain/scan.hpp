// SPDX-License-Identifier: Apache-2.0
// A scan: who (a registration), where (a site), when (a second), which way. These four are its identity: the same four
// again are the same scan (CONTRACT 5). Pure values; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

#include "domain/ids.hpp"
#include "domain/time.hpp"

namespace chayan::domain {

/// In the order that scans of one second are taken: out, in, pass (CONTRACT 5).
enum class Direction : std::uint8_t { out = 0, in = 1, pass = 2 };
std::optional<Direction> find_direction(std::string_view word);
const char* word_of(Direction direction);

/// The evidence that somebody was there; `old_poster` is a static code of an earlier revision.
enum class Source : std::uint8_t { static_code = 0, screen = 1, staff = 2, import = 3, old_poster = 4 };
/// "static", "screen", "staff", "import" (an old poster is "static" too; it is told by a flag).
const char* word_of(Source source);

/// A phone that a resident holds showed it; what staff or an import recorded says nothing about phones.
bool is_from_phone(Source source);

struct ScanKey {
    RegistrationId registration;
    SiteId site;
    Instant at;
    Direction direction = Direction::in;
    friend auto operator<=>(const ScanKey&, const ScanKey&) = default;
};

struct Scan : ScanKey {
    Source source = Source::static_code;
    VehicleId vehicle;                    ///< none: on foot, or not said
    std::int32_t delay_s = 0;             ///< received − at; 0 when the server's second counts
    std::int16_t temperature_dc = 0;      ///< tenths of a degree Celsius; 0: not taken
    bool voided = false;
};

}  // namespace chayan::domain
