// SPDX-License-Identifier: Apache-2.0
// Sockets that whoever started the service has opened for it and keeps open while it restarts: systemd's protocol (sd_listen_fds), by
// $LISTEN_PID and $LISTEN_FDS. Main thread, before any other is made.
#pragma once

#include <vector>

namespace chayan::app {

/// Their descriptors, once: the variables are gone afterwards, so that no child takes them for its own. Empty: none, or they are another
/// process's. Throws std::runtime_error with a sentence when there are more than a service has ports.
std::vector<int> take_inherited_sockets();

}  // namespace chayan::app
