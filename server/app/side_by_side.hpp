// SPDX-License-Identifier: Apache-2.0
// Lends threads to work in parts, as domain/run_parts.hpp asks for it. Any thread; blocks until all parts are done.
#pragma once

#include <cstddef>
#include <functional>

namespace chayan::app {

/// A domain::RunParts with as many threads as there are cores, the calling one among them. The threads give way to others.
void side_by_side(std::size_t parts, const std::function<void(std::size_t)>& part);

}  // namespace chayan::app
