// SPDX-License-Identifier: Apache-2.0
#include "service/ledger_texts.hpp"

#include <charconv>

namespace chayan::service {
namespace {

std::string place_of(const storage::AlertRow& row) {
    return std::to_string(row.site.value) + '/' + std::to_string(row.at.s) + '/' + std::to_string(row.received.s) + '/' + std::to_string(static_cast<int>(row.verdict));
}

std::optional<std::uint64_t> read_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// What a list's texts are bound to.
std::string bond_of(const storage::LedgerListRow& row, ListText which) {
    return std::to_string(row.by.value) + '/' + std::to_string(row.at.s) + '/' + std::to_string(row.rows) + (which == ListText::document ? "/document" : "/file");
}

std::string bond_of(const storage::LedgerActRow& row) { return std::to_string(row.entry) + '/' + std::to_string(row.by.value) + '/' + std::to_string(row.at.s); }

}  // namespace

storage::Bytes seal_text(const Vault& vault, const storage::LedgerListRow& row, ListText which, std::string_view text) {
    return vault.seal(SealKind::ledger_text, bond_of(row, which), text);
}
std::optional<std::string> open_text(const Vault& vault, const storage::LedgerListRow& row, ListText which) {
    return vault.open(SealKind::ledger_text, bond_of(row, which), which == ListText::document ? row.sealed : row.file);
}

storage::Bytes seal_note(const Vault& vault, const storage::LedgerActRow& row, std::string_view note) { return vault.seal(SealKind::ledger_text, bond_of(row), note); }
std::optional<std::string> open_note(const Vault& vault, const storage::LedgerActRow& row) { return vault.open(SealKind::ledger_text, bond_of(row), row.note); }

storage::Bytes seal_note(const Vault& vault, std::uint64_t alert, std::string_view note) { return vault.seal(SealKind::ledger_text, "alert/" + std::to_string(alert), note); }
std::optional<std::string> open_note(const Vault& vault, const storage::AlertRow& row) { return vault.open(SealKind::ledger_text, "alert/" + std::to_string(row.id), row.note); }

storage::Bytes seal_alert(const Vault& vault, const storage::AlertRow& row, const AlertOf& of) {
    return vault.seal(SealKind::alert, place_of(row), std::to_string(of.registration.value) + ' ' + std::to_string(of.entry));
}

std::optional<AlertOf> open_alert(const Vault& vault, const storage::AlertRow& row) {
    const auto text = vault.open(SealKind::alert, place_of(row), row.sealed);
    const auto space = text ? text->find(' ') : std::string::npos;
    if (space == std::string::npos) return std::nullopt;
    const auto registration = read_number(std::string_view(*text).substr(0, space)), entry = read_number(std::string_view(*text).substr(space + 1));
    return registration && entry ? std::optional(AlertOf{{*registration}, *entry}) : std::nullopt;
}

}  // namespace chayan::service
