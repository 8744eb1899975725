// SPDX-License-Identifier: Apache-2.0
// Time is an argument: whoever needs "now" is given a Clock, and only app has the real one. Any thread.
#pragma once

#include <cstdint>

#include "domain/time.hpp"

namespace chayan::service {

class Clock {
public:
    virtual ~Clock() = default;
    virtual domain::Instant now() const = 0;
};

/// For how long something takes: never set back.
class MonotonicClock {
public:
    virtual ~MonotonicClock() = default;
    virtual std::int64_t now_ns() const = 0;
};

}  // namespace chayan::service
