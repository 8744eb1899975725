// SPDX-License-Identifier: Apache-2.0
// Work in parts that need not wait for each other. The domain makes no threads: whoever has some lends them.
#pragma once

#include <cstddef>
#include <functional>

namespace chayan::domain {

/// Calls part(0) … part(parts - 1), each once and perhaps at the same time, and returns when all are done; throws what a part threw.
using RunParts = std::function<void(std::size_t parts, const std::function<void(std::size_t)>& part)>;

inline void run_in_turn(std::size_t parts, const std::function<void(std::size_t)>& part) {
    for (std::size_t i = 0; i < parts; ++i) part(i);
}

}  // namespace chayan::domain
