// SPDX-License-Identifier: Apache-2.0
// What stays of the recovery key is recovery.pub, its open half: backups are sealed to it, and damage to it nobody would see before a restore. So
// a digest of it under the master key lies beside it. Throws as key_files.hpp does; start, and whoever backs up or checks.
#pragma once

#include <string>

namespace chayan::service::key_files {

/// Notes what recovery.pub is: for folders that an earlier build made. Nothing when it was noted.
void pin_recovery_half(const std::string& directory);
/// False when recovery.pub is not the one that was noted: what is sealed to it nobody can ever open. True where nothing was noted yet.
bool is_recovery_half_whole(const std::string& directory);

}  // namespace chayan::service::key_files
