// SPDX-License-Identifier: Apache-2.0
// `chayan sunset`: closes an installation down for good. Main thread.
#pragma once

#include <string>

#include "app/config.hpp"
#include "app/installation.hpp"

namespace chayan::app {

/// Where it stands that an installation is being closed down; from then on no other command works on the folder.
std::string sunset_mark(const Place& place);
/// Throws with a sentence when it was closed down, or is being.
void refuse_if_closed(const Place& place);

/// Counts, destroys every key and leaves DIR/sunset.json and DIR/sunset.txt. Ended at any point it goes on when it is called again. Requires: nobody runs on the folder. Throws
/// with a sentence.
void close_down(const Place& place, const Config& config);

}  // namespace chayan::app
