// SPDX-License-Identifier: Apache-2.0
// Whether the wall clock may be believed by whoever erases by it: it is held against the time that passes. A clock that jumps ahead is mistrusted until it is put right, or
// has kept step for a day. Pure; one thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "domain/time.hpp"

namespace chayan::service {

class ClockWatch {
public:
    static constexpr std::int64_t ahead_s_max = 600;         // SECURITY R9: no correction of a clock that is kept is larger
    static constexpr std::int64_t gap_s_max = 3 * 86'400;    // a weekend without power
    static constexpr std::int64_t mistrust_s = 86'400;       // a working day comes in between: somebody sees the date

    /// `up`: seconds that have passed since some moment. `newest`: the latest moment that is known to have been; long ago means that the service stood still, or that
    /// the clock is wrong.
    ClockWatch(domain::Instant now, std::int64_t up, domain::Instant newest) : now_(now), up_(up) {
        if (now - newest > gap_s_max) mistrust(now - newest);
    }
    /// True when it has just jumped ahead.
    bool look(domain::Instant now, std::int64_t up) {
        ahead_s_ = std::max<std::int64_t>(0, ahead_s_ + (now - now_) - (up - up_));
        now_ = now;
        up_ = up;
        if (is_mistrusted_ && (up >= until_up_ || ahead_s_ <= ahead_s_max)) {
            is_mistrusted_ = false;
            ahead_s_ = 0;
        }
        if (ahead_s_ <= known_ahead_s() + ahead_s_max) return false;
        mistrust(ahead_s_);
        return true;
    }
    bool is_mistrusted() const { return is_mistrusted_; }
    std::int64_t ahead_s() const { return ahead_s_; }

private:
    std::int64_t known_ahead_s() const { return is_mistrusted_ ? mistrusted_at_s_ : 0; }
    void mistrust(std::int64_t ahead_s) {
        is_mistrusted_ = true;
        ahead_s_ = mistrusted_at_s_ = ahead_s;
        until_up_ = up_ + mistrust_s;
    }
    domain::Instant now_;
    std::int64_t up_;
    std::int64_t ahead_s_ = 0, mistrusted_at_s_ = 0;
    std::int64_t until_up_ = 0;
    bool is_mistrusted_ = false;
};

}  // namespace chayan::service
