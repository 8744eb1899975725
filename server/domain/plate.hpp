// SPDX-License-Identifier: Apache-2.0
// Number plates, GA 36 (DOMAIN 1.6): one form to compare, and whether it is standard; farm vehicles and paper plates have
// free text. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "kit/result.hpp"

namespace chayan::domain {

struct Plate {
    std::string text;       ///< upper case, without dots, spaces, hyphens; O→0 and I→1 in the serial of a standard plate
    bool is_standard = false;
};

/// Errors: "plate_empty", "plate_length" (over 16 code points), "plate_characters" (anything but letters, digits, Han).
kit::Result<Plate> parse_plate(std::string_view text);

/// 冀F***23: the first two and the last two characters stay; of four or fewer none.
std::string mask_plate(const Plate& plate);

}  // namespace chayan::domain
