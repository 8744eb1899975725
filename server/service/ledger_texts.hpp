// SPDX-License-Identifier: Apache-2.0
// What is sealed of the ledger, each bound to the row that it stands in; open_… gives nothing when the row was altered. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "service/vault.hpp"
#include "storage/ledger.hpp"

namespace chayan::service {

enum class ListText : std::uint8_t { document, file };
storage::Bytes seal_text(const Vault& vault, const storage::LedgerListRow& row, ListText which, std::string_view text);
std::optional<std::string> open_text(const Vault& vault, const storage::LedgerListRow& row, ListText which);

storage::Bytes seal_note(const Vault& vault, const storage::LedgerActRow& row, std::string_view note);
std::optional<std::string> open_note(const Vault& vault, const storage::LedgerActRow& row);

/// What was done about an alert.
storage::Bytes seal_note(const Vault& vault, std::uint64_t alert, std::string_view note);
std::optional<std::string> open_note(const Vault& vault, const storage::AlertRow& row);

/// Whose scan an alert is of, and by which entry of the ledger or record of isolation.
struct AlertOf {
    domain::RegistrationId registration;
    std::uint64_t entry = 0, record = 0;
    bool by_staff = false;               ///< a guard saw who it was; false: a phone says so
};
storage::Bytes seal_alert(const Vault& vault, const storage::AlertRow& row, const AlertOf& of);
std::optional<AlertOf> open_alert(const Vault& vault, const storage::AlertRow& row);

}  // namespace chayan::service
