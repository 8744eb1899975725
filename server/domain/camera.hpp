// SPDX-License-Identifier: Apache-2.0
// Where a camera's recording of a moment is looked at: an address with places for that moment. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "domain/time.hpp"
#include "kit/result.hpp"

namespace chayan::domain {

/// An https address without a name or password in it, in ASCII, of at most kit::camera_template_chars_max characters, with {at} or {unix} behind its host at least once and no
/// other braces; white space around is dropped. Error camera_template.
kit::Result<std::string> parse_camera_template(std::string_view text);

/// {at} becomes RFC 3339 in UTC, {unix} the seconds since 1970. Requires: what parse_camera_template gave.
std::string playback_address(std::string_view good_template, Instant at);

}  // namespace chayan::domain
