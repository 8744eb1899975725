// SPDX-License-Identifier: Apache-2.0
// Whoever started the service and waits for word of it: systemd's protocol (sd_notify), a datagram to the socket in $NOTIFY_SOCKET.
// Written out here: libsystemd would bring a dozen libraries for it. Without that variable nothing is said. Main thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace chayan::app {

class Supervisor {
public:
    /// Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID.
    Supervisor();
    /// Whether there is one: what is printed then goes into a log that is kept.
    bool is_there() const { return !socket_.empty(); }
    void ready() const;
    void reloading() const;
    void stopping() const;
    /// How often it wants a sign of life; nothing when it doesn't.
    std::optional<std::chrono::milliseconds> interval() const { return interval_; }
    /// A sign of life, if `beats` has grown since the last one: whoever counts them is alive, not merely this thread.
    void alive(std::uint64_t beats);

private:
    void tell(const std::string& words) const;
    std::string socket_;
    std::optional<std::chrono::milliseconds> interval_;
    std::optional<std::uint64_t> beats_;
};

}  // namespace chayan::app
