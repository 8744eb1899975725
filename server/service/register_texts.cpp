// SPDX-License-Identifier: Apache-2.0
#include "service/register_texts.hpp"

namespace chayan::service {
namespace {

std::string bond_of(const storage::RecordRow& row, RecordText which) {
    return std::to_string(static_cast<int>(row.kind)) + '/' + std::to_string(row.registration.value) + '/' + std::to_string(row.opened.s) + '/' +
           std::to_string(row.opened_by.value) + (which == RecordText::subject ? "/subject" : "/place");
}

std::string bond_of(const storage::StepRow& row) {
    return std::to_string(row.record) + '/' + std::to_string(static_cast<int>(row.step)) + '/' + std::to_string(row.at.s) + '/' + std::to_string(row.by.value);
}

std::string bond_of(const storage::VehicleCheckRow& row) {
    return std::to_string(row.site.value) + '/' + std::to_string(row.at.s) + '/' + std::to_string(row.received.s) + '/' + std::to_string(static_cast<int>(row.direction)) + '/' +
           std::to_string(row.people) + '/' + std::to_string(row.by.value);
}

storage::Bytes seal(const Vault& vault, const std::string& bond, std::string_view text) { return text.empty() ? storage::Bytes{} : vault.seal(SealKind::register_text, bond, text); }
std::optional<std::string> open(const Vault& vault, const std::string& bond, const storage::Bytes& sealed) {
    return sealed.empty() ? std::optional(std::string{}) : vault.open(SealKind::register_text, bond, sealed);
}

}  // namespace

storage::Bytes seal_text(const Vault& vault, const storage::RecordRow& row, RecordText which, std::string_view text) { return seal(vault, bond_of(row, which), text); }
std::optional<std::string> open_text(const Vault& vault, const storage::RecordRow& row, RecordText which, const storage::Bytes& sealed) {
    return open(vault, bond_of(row, which), sealed);
}

storage::Bytes seal_note(const Vault& vault, const storage::StepRow& row, std::string_view note) { return seal(vault, bond_of(row), note); }
std::optional<std::string> open_note(const Vault& vault, const storage::StepRow& row) { return open(vault, bond_of(row), row.note); }

storage::Bytes seal_plate(const Vault& vault, const storage::VehicleCheckRow& row, std::string_view plate) { return vault.seal(SealKind::vehicle_check, bond_of(row), plate); }
std::optional<std::string> open_plate(const Vault& vault, const storage::VehicleCheckRow& row) { return vault.open(SealKind::vehicle_check, bond_of(row), row.sealed); }

}  // namespace chayan::service
