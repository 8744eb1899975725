// SPDX-License-Identifier: Apache-2.0
// The running service: makes every thread, waits for signals, drains. Main thread.
#pragma once

#include <string>

#include "app/config.hpp"
#include "app/installation.hpp"

namespace chayan::app {

/// Until SIGTERM or SIGINT (drains; a second one ends at once). SIGHUP takes up the certificate that lies there now. Requires: set_up and the lock. Returns the exit code.
int serve(const Place& place, const Config& config);

/// `site export`.
std::string export_sites_of(const Place& place, const Config& config);

}  // namespace chayan::app
