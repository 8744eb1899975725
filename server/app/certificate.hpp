// SPDX-License-Identifier: Apache-2.0
// A self-signed certificate for the first start, ECDSA P-256, ten years. Main thread.
#pragma once

#include <string>

namespace chayan::app {

/// Writes certificate and key (0600). Throws std::runtime_error with a sentence.
void make_certificate(const std::string& certificate_path, const std::string& key_path);

}  // namespace chayan::app
