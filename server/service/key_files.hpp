// SPDX-License-Identifier: Apache-2.0
// Keys as files: a directory 0700 with files 0600, written so that a crash leaves the whole key or none. Throws
// std::runtime_error with a sentence that says what to do; where a system call failed it is a StoreError. Blocking; start, house
// and write thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "domain/time.hpp"
#include "service/crypto.hpp"

namespace chayan::service::key_files {

/// The data key and the tweak key of one local day.
using DayKeyBytes = std::array<std::uint8_t, 64>;

/// Makes the directory and the first keys; returns the recovery key (groups of letters, to be printed once: its public
/// half stays, the private half is kept nowhere). Refuses a directory that holds keys.
std::string create(const std::string& directory);
crypto::Key load_master(const std::string& directory);
std::map<domain::Day, DayKeyBytes> load_day_keys(const std::string& directory);
/// Days whose key was destroyed on purpose: their rows stay closed for ever, and that is no damage.
std::set<domain::Day> destroyed_days(const std::string& directory);
/// Makes and syncs the file before it returns: a row must never outlive the loss of its key. Refuses a day whose key was destroyed.
DayKeyBytes make_day_key(const std::string& directory, domain::Day day);
/// The IANA name of the zone whose days the day keys are of; nothing before it was pinned.
std::optional<std::string> pinned_zone(const std::string& directory);
/// Once for an installation: a row sealed by the days of one zone can't be opened by those of another.
void pin_zone(const std::string& directory, const std::string& name);

/// How many days the service last kept scans, where it has run; 0: nobody noted it.
std::int64_t noted_scan_days(const std::string& directory);
/// For commands that are given no settings. Writes only when it changed.
void note_scan_days(const std::string& directory, std::int64_t days);

/// The files of a key directory by their names in it, "day/2026-02-02.key" among them; wiped at the end by whoever holds it last.
using Folder = std::map<std::string, std::string>;
/// All of them but what is half-written.
Folder read_folder(const std::string& directory);
/// Makes the directory; of a day before `first` a mark that its key is destroyed instead of the key. Returns how many keys
/// that were. Names that are none of ours are refused. Requires: the directory is not there or empty.
std::size_t write_folder(const std::string& directory, const Folder& folder, domain::Day first);
void wipe(Folder& folder);

}  // namespace chayan::service::key_files
