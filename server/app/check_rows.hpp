// SPDX-License-Identifier: Apache-2.0
// What `check` reads besides scans, registrations and the audit log: every other sealed text is opened, and sites' places are
// looked for. Sentences without personal data. Main thread.
#pragma once

#include <string>
#include <vector>

#include "service/vault.hpp"
#include "storage/store.hpp"

namespace chayan::app {

/// Reasons of voids and plates.
std::vector<std::string> check_voids_and_vehicles(storage::Connection& reader, const service::Vault& vault);
/// Lists, acts and alerts.
std::vector<std::string> check_ledger(storage::Connection& reader, const service::Vault& vault);
/// Records, steps and vehicles of the desk.
std::vector<std::string> check_registers(storage::Connection& reader, const service::Vault& vault);
/// Cases, what they keep, and operators' second factors.
std::vector<std::string> check_cases_and_operators(storage::Connection& reader, const service::Vault& vault);
/// Notes of enterprises' reports, addresses of cameras, and whose outings there were.
std::vector<std::string> check_site_papers(storage::Connection& reader, const service::Vault& vault);
/// Each site has rules of stay, and its place is there and names itself.
std::vector<std::string> check_sites(storage::Connection& reader, const service::Vault& vault);

}  // namespace chayan::app
