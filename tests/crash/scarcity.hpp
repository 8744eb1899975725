// SPDX-License-Identifier: Apache-2.0
// Memory that runs out: in this program every allocation of C++ and of SQLite is counted, and one of them, or all from it on, can be made to fail.
#pragma once

#include <cstdint>

namespace chayan::crash {

/// While it lives, on this thread alone. One at a time.
class Scarcity {
public:
    enum class Lasts : std::uint8_t { once, for_ever };
    /// The `nth` allocation from now on fails: 1 is the next.
    Scarcity(std::uint64_t nth, Lasts lasts);
    ~Scarcity();
    Scarcity(const Scarcity&) = delete;
    Scarcity& operator=(const Scarcity&) = delete;

    /// It came to that.
    bool has_struck() const;
    /// Of this one's time; stays readable.
    std::uint64_t allocations() const;
    /// There is memory again.
    void end();
};

}  // namespace chayan::crash
