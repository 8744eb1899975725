// SPDX-License-Identifier: Apache-2.0
// One of the two sheets that together are an installation's recovery key: what it is, its groups to be typed, and the same as a code for a
// reader that types. What stands on it comes from `chayan recovery sheets`. One thread.
#pragma once

#include <string>
#include <string_view>

#include "qrgen/typesetter.hpp"

namespace chayan::qrgen {

/// The PDF. `text`: the number of the sheet (1 or 2) on a line of its own, then 15 groups of five characters. Throws Failure for anything else.
std::string recovery_sheet(Typesetter& typesetter, std::string_view text, const std::string& date);

}  // namespace chayan::qrgen
