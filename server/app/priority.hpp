// SPDX-License-Identifier: Apache-2.0
// Who goes first on few cores: the gate before a tracer's question. Any thread, for itself.
#pragma once

namespace chayan::app {

/// The calling thread takes from now on what the others leave it, some tenth of a core where they leave none.
void give_way();

}  // namespace chayan::app
