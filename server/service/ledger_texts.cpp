// SPDX-License-Identifier: Apache-2.0
#include "service/ledger_texts.hpp"

#include <algorithm>
#include <vector>

#include "kit/number.hpp"

namespace chayan::service {
namespace {

std::string place_of(const storage::AlertRow& row) {
    return std::to_string(row.site.value) + '/' + std::to_string(row.at.s) + '/' + std::to_string(row.received.s) + '/' + std::to_string(static_cast<int>(row.verdict));
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
    return vault.seal(SealKind::alert, place_of(row), std::to_string(of.registration.value) + ' ' + std::to_string(of.entry) + ' ' + std::to_string(of.record) + (of.by_staff ? " 1" : " 0"));
}

std::optional<AlertOf> open_alert(const Vault& vault, const storage::AlertRow& row) {
    const auto text = vault.open(SealKind::alert, place_of(row), row.sealed);
    if (!text) return std::nullopt;
    std::vector<std::uint64_t> numbers;
    for (std::string_view rest = *text;;) {
        const auto space = std::min(rest.find(' '), rest.size());
        const auto number = kit::read_number(rest.substr(0, space));
        if (!number) return std::nullopt;
        numbers.push_back(*number);
        if (space == rest.size()) break;
        rest.remove_prefix(space + 1);
    }
    if (numbers.size() < 2 || numbers.size() > 4) return std::nullopt;
    numbers.resize(4);   // of before a record, or who scanned, was said
    return AlertOf{{numbers[0]}, numbers[1], numbers[2], numbers[3] == 1};
}

}  // namespace chayan::service
