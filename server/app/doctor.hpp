// SPDX-License-Identifier: Apache-2.0
// `chayan doctor`: what is wrong around the service, and what to do about it: clock, disk, certificate, permissions, backups, posters,
// addresses. Looks, and changes nothing. What the data itself is worth `chayan check` tells. Main thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/installation.hpp"
#include "service/status.hpp"
#include "service/words.hpp"

namespace chayan::app {

enum class Health : std::uint8_t { ok, warn, bad };

/// One line: what was looked at, and what to do unless it is well.
struct Diagnosis {
    Health health = Health::ok;
    std::string zh, en;
};

/// The folder of the nightly backups, as the settings say.
enum class BackupFolder : std::uint8_t { none, good, missing, closed, open_to_others, beside_data };

/// What was seen, for judge(): a doctor who can be shown any patient.
struct Symptoms {
    domain::Instant now;
    std::optional<domain::Instant> newest_row;       ///< when something was written last; none: nothing ever
    std::optional<domain::Instant> last_backup;
    std::optional<domain::Instant> recovery_proved;  ///< when somebody last showed that the recovery key is held
    std::string store_fault;                         ///< a sentence; empty: it can be read
    std::uint64_t store_bytes = 0;
    service::Machine machine;
    std::string pair_fault;                          ///< a sentence; empty: certificate and key fit
    std::vector<std::string> open_to_others;         ///< paths that others than the owner may read or change
    bool are_keys_beside_data = false;               ///< on the same disk
    bool does_recovery_key_lie_there = false;
    BackupFolder backup_folder = BackupFolder::none;
    bool can_set_posters = false;                    ///< one was drawn
    std::string pinned_zone;                         ///< empty: none yet
};

/// Reads files, draws a poster. Some 0.5 s.
Symptoms look_around(const Place& place, const Config& config = {});
std::vector<Diagnosis> judge(const Symptoms& symptoms, const Place& place, const Config& config);
/// Prints a line each; 0 when all is well, 1 with warnings, 2 when something is bad.
int run_doctor(const Place& place, const Config& config, service::Language language);

}  // namespace chayan::app
