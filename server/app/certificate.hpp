// SPDX-License-Identifier: Apache-2.0
// The certificate that phones are shown: a self-signed one for the first start, ECDSA P-256, ten years (main thread), and what the present one says (any thread).
#pragma once

#include <optional>
#include <string>

#include "service/status.hpp"

namespace chayan::app {

/// Writes certificate and key (0600). Throws std::runtime_error with a sentence.
void make_certificate(const std::string& certificate_path, const std::string& key_path);
/// The file with the key of session tickets, so that phones resume their sessions after a restart; made when it is not there. Likewise.
std::string ticket_key(const std::string& keys);
/// Of the first in the file, which is the service's own; nothing when it can't be read.
std::optional<service::Machine::Certificate> read_certificate(const std::string& certificate_path);

}  // namespace chayan::app
