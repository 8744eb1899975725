// SPDX-License-Identifier: Apache-2.0
// `chayan inventory`: what would have to be handed over, column by column (SECURITY S60).
#pragma once

#include <string>

#include "app/config.hpp"

namespace chayan::app {

/// CSV: table,column,kind,level,form,retention,days; days 0: as long as the service runs, or as long as something refers to it.
std::string inventory(const Config& config);

}  // namespace chayan::app
