// SPDX-License-Identifier: Apache-2.0
// `chayan rotate`: the key files under a new wrapping key (service/key_wrapping.hpp). By the running service, or under the lock.
#pragma once

#include <string>

#include "app/config.hpp"
#include "app/control.hpp"
#include "app/installation.hpp"
#include "kit/result.hpp"

namespace chayan::app {

/// Leaves a line in the audit log as soon as the new key is there: from then on an end at any moment is finished by the next start, or by another rotation.
/// `where`: a new file for the wrapping key; empty: where the last one lay. Throws std::runtime_error with a sentence.
kit::Status rotate_keys(Installation& installation, const Place& place, const std::string& where);
/// Asks the running service, else does it itself. Exceptions as rotate_keys.
kit::Status run_rotation(const Place& place, const Config& config, const std::string& where);
/// Answers `rotate PATH`, where PATH may be empty. Requires: the installation outlives the control thread.
Control::Handler rotation_handler(Installation& installation, const Place& place);

}  // namespace chayan::app
