// SPDX-License-Identifier: Apache-2.0
// The end of a day's key, for good. Blocking; house thread.
#pragma once

#include <string>

#include "domain/time.hpp"

namespace chayan::service::key_files {

/// The mark first, so that no end of the program leaves a key that seems lost; then the file is overwritten and removed. Twice is once. Throws StoreError.
void destroy_day_key(const std::string& directory, domain::Day day);

}  // namespace chayan::service::key_files
