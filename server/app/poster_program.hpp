// SPDX-License-Identifier: Apache-2.0
// Runs qrgen, which lies beside our own program, as a child: with an empty environment, no open files but its own three, and bounds of memory and
// time. Any thread that may block.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kit/result.hpp"

namespace chayan::app {

/// A service::PrintPosters; one child at a time, and the next waits a moment for its turn: whoever picks a second site leaves the first one's poster
/// printing. Errors: posters_missing (503) where there is no qrgen, posters_busy (503) while another one prints on, poster_refused (422) where it says
/// no, posters_failed (503) where it ends otherwise, takes too long, or is not `wanted` any more.
kit::Result<std::string> print_posters(const std::vector<std::string>& arguments, const std::string& list, const std::function<bool()>& wanted);

/// Is there a qrgen to run?
bool has_poster_program();

}  // namespace chayan::app
