// SPDX-License-Identifier: Apache-2.0
// What the program runs on and with, for whoever answers for it. Any thread; reads files.
#pragma once

#include <vector>

#include "app/config.hpp"
#include "app/installation.hpp"
#include "service/status.hpp"

namespace chayan::app {

/// Disk, clock and certificate as they are now. Some 0.1 ms.
service::Machine look_at_machine(const Place& place);
/// Every setting as `--print-config` prints it, beside its default.
std::vector<service::Setting> settings_of(const Config& config);

}  // namespace chayan::app
