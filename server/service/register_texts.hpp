// SPDX-License-Identifier: Apache-2.0
// What is sealed of the desk's registers and of vehicles, each bound to what never changes of its row; open_… gives nothing when that was altered. An empty text stays empty. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "service/vault.hpp"
#include "storage/register.hpp"
#include "storage/tally.hpp"

namespace chayan::service {

enum class RecordText : std::uint8_t { subject, place };
/// A place is the same text in a record and in the steps that named it.
storage::Bytes seal_text(const Vault& vault, const storage::RecordRow& row, RecordText which, std::string_view text);
std::optional<std::string> open_text(const Vault& vault, const storage::RecordRow& row, RecordText which, const storage::Bytes& sealed);

storage::Bytes seal_note(const Vault& vault, const storage::StepRow& row, std::string_view note);
std::optional<std::string> open_note(const Vault& vault, const storage::StepRow& row);

storage::Bytes seal_plate(const Vault& vault, const storage::VehicleCheckRow& row, std::string_view plate);
std::optional<std::string> open_plate(const Vault& vault, const storage::VehicleCheckRow& row);

}  // namespace chayan::service
