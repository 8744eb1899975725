// SPDX-License-Identifier: Apache-2.0
// `chayan backup` and `chayan restore`, and what the running service does when it is asked for a backup. Main thread; the handler
// belongs to the control thread.
#pragma once

#include <string>

#include "app/config.hpp"
#include "app/control.hpp"
#include "app/house.hpp"
#include "app/installation.hpp"

namespace chayan::app {

/// Asks the running service, else does it itself under the lock. Progress on a terminal. Errors and exceptions as make_backup.
kit::Status run_backup(const Place& place, const Config& config, const std::string& file);
struct RestoreCommand {
    std::string file;
    std::string recovery_key_file;   ///< as ask_recovery_key
    bool accept_clock = false;
    std::string keys_file;           ///< empty: FILE.keys
};
/// Tells on stderr how many keys it dropped. Errors as restore_backup and ask_recovery_key.
kit::Status run_restore(const Place& place, const Config& config, const RestoreCommand& command);

/// Answers `backup PATH`: an errand of the house. Requires: all outlive the control thread.
Control::Handler backup_handler(House& house, Installation& installation, const Place& place, const Config& config);

/// What the settings want each night. Requires: both outlive it.
NightlyBackup nightly_of(Installation& installation, const Place& place, const Config& config);

}  // namespace chayan::app
