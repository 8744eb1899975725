// SPDX-License-Identifier: Apache-2.0
// What the program runs on and with, for whoever answers for it. Any thread; reads files.
#pragma once

#include <optional>
#include <vector>

#include "app/config.hpp"
#include "app/installation.hpp"
#include "service/status.hpp"

namespace chayan::app {

/// Disk, clock and posters as they are now, beside the certificate in use. Some 0.1 ms.
service::Machine look_at_machine(const Place& place, std::optional<service::Machine::Certificate> certificate);
/// Every setting as `--print-config` prints it, beside its default.
std::vector<service::Setting> settings_of(const Config& config);

}  // namespace chayan::app
