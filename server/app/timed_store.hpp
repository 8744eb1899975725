// SPDX-License-Identifier: Apache-2.0
// A store that notes how long each of its commits took: what a keeper of the service wants to know of the disk. Threads as the store it wraps.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "storage/store.hpp"

namespace chayan::app {

/// How many took at most so long. Any thread.
class CommitTimes {
public:
    /// In seconds; the last bucket holds what took longer.
    static constexpr std::array<double, 12> bounds_s{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5};
    struct Counts {
        std::array<std::uint64_t, bounds_s.size() + 1> in_bucket{};
        double sum_s = 0;
    };
    void note(double seconds) noexcept;
    Counts counts() const;

private:
    std::array<std::atomic<std::uint64_t>, bounds_s.size() + 1> in_bucket_{};
    std::atomic<std::uint64_t> sum_us_{0};
};

/// The same store; `times` outlives it.
std::unique_ptr<storage::Store> timed(std::unique_ptr<storage::Store> store, CommitTimes& times);

}  // namespace chayan::app
