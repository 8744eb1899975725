// SPDX-License-Identifier: Apache-2.0
// `chayan recovery`: the recovery key on two sheets, and the proof that both keepers hold theirs. The key itself is written nowhere. Main thread.
#pragma once

#include <string>

#include "app/config.hpp"
#include "app/control.hpp"
#include "app/installation.hpp"
#include "kit/result.hpp"

namespace chayan::app {

/// The whole key as text, out of what people give: it, or both sheets; from a file (of two sheets one after the other, on lines of their own), else from the
/// terminal, which shows nothing of what is typed and asks again for groups that were mistyped. Errors: recovery_key_needed (no terminal), those
/// of recovery::parse and join, sheet_missing. Throws std::runtime_error when the file can't be read.
kit::Result<std::string> ask_recovery_key(const std::string& file);

struct SheetOrder {
    std::string key_file;   ///< as ask_recovery_key
    std::string out;        ///< a folder, or "-" for stdout
    int sheet = 0;          ///< 1 or 2; 0: both
};
/// PDFs to be printed, 0600. Errors: as ask_recovery_key, recovery_key_not_ours, those of print_posters. Throws std::runtime_error with a sentence.
kit::Status print_sheets(const Place& place, const SheetOrder& order);

struct Proof {
    std::string key_file;   ///< as ask_recovery_key
    std::string backup;     ///< FILE of a backup, to be opened and read to its end too; empty: none
};
/// Leaves a line in the audit log, by the running service or under the lock. Errors: as ask_recovery_key, recovery_key_not_ours, those of a restore's files.
kit::Status prove_recovery_key(const Place& place, const Config& config, const Proof& proof);
/// Answers `recovery_proved`: writes the line. Requires: the installation outlives the control thread.
Control::Handler proof_handler(Installation& installation);

}  // namespace chayan::app
