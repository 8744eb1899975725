// SPDX-License-Identifier: Apache-2.0
// The ports over plain values: the contract suite runs against it too, so that what it says is known to be about the ports
// and not about SQLite. Keeps nothing. One thread.
#pragma once

#include <memory>

#include "storage/store.hpp"

namespace chayan::storage {

std::unique_ptr<Store> make_memory_store();

}  // namespace chayan::storage
