// SPDX-License-Identifier: Apache-2.0
#include "service/devices.hpp"

#include <algorithm>

#include "domain/name.hpp"
#include "kit/limits.hpp"
#include "service/audit.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

}  // namespace

Devices::Devices(Writer& writer, const Clock& clock, Vault& vault, DirectoryBoard& board, Staff& staff, Access& access)
    : writer_(writer), clock_(clock), vault_(vault), board_(board), staff_(staff), access_(access) {}

std::optional<storage::OperatorRow> Devices::find(const Caller& caller, const std::string& id) {
    const auto row = staff_.book.with([&](StaffBook& book) { return book.find(id); });
    if (!row || row->site.is_none()) return std::nullopt;
    const auto directory = board_.load();
    const auto* site = directory->site(row->site);
    return site != nullptr && caller.may_see(site->division) ? row : std::nullopt;
}

PairedDevice Devices::link_to(const storage::OperatorRow& row) {
    PairedDevice paired{row.login, Vault::random_token(), clock_.now() + kit::pairing_link_s_max};
    staff_.book.with([&](StaffBook& book) {
        std::erase_if(book.links, [&](const auto& entry) { return entry.second.until <= clock_.now() || entry.second.device == row.id; });
        book.links[vault_.blind(BlindKind::session_token, paired.secret)] = {row.id, paired.until};
    });
    return paired;
}

kit::Result<PairedDevice> Devices::pair(const Caller& caller, const std::string& ref) {
    const auto directory = board_.load();
    const auto* site = caller.find_site(*directory, ref);
    if (site == nullptr) return Error{Errc::not_found, "site_unknown"};
    storage::OperatorRow row;
    row.roles = static_cast<std::uint8_t>(storage::Role::guard);
    row.scope = site->division;
    row.site = site->id;
    const auto made = std::make_shared<storage::OperatorRow>();
    const std::lock_guard lock(staff_.changing);
    const auto status = run_and_wait(writer_, [row, made, ref, by = caller.id](WriteContext& context) mutable -> kit::Status {
        row.id = domain::OperatorId{context.store().staff().last_operator().value + 1};
        row.login = "device:" + std::to_string(row.id.value);   // no person's login has a colon
        context.store().staff().put(row);
        context.audit({by, "device_paired", {}, audit_detail({{"device", row.login}, {"site", ref}})});
        *made = row;
        return kit::Done{};
    });
    if (!status) return status.error();
    staff_.book.with([&](StaffBook& book) { book.put(*made); });
    return link_to(*made);
}

kit::Result<PairedDevice> Devices::renew(const Caller& caller, const std::string& id) {
    const auto row = find(caller, id);
    if (!row) return Error{Errc::not_found, "device_unknown"};
    if (row->disabled) return Error{Errc::gone, "device_revoked"};
    return link_to(*row);
}

kit::Result<std::vector<DeviceView>> Devices::of_site(const Caller& caller, const std::string& ref) {
    const auto directory = board_.load();
    const auto* site = caller.find_site(*directory, ref);
    if (site == nullptr) return Error{Errc::not_found, "site_unknown"};
    return staff_.book.with([&](StaffBook& book) -> kit::Result<std::vector<DeviceView>> {
        std::vector<storage::OperatorRow> rows;
        for (const auto& [number, row] : book.operators)
            if (row.site == site->id) rows.push_back(row);
        std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
        std::vector<DeviceView> views;
        for (const auto& row : rows) {
            const bool on_duty = std::any_of(book.sessions.begin(), book.sessions.end(), [&](const auto& entry) {
                return entry.second.operator_id == row.id && clock_.now() - entry.second.created < kit::session_s_max;
            });
            views.push_back({row.login, row.disabled.has_value(), on_duty && !row.disabled});
        }
        return views;
    });
}

kit::Status Devices::revoke(const Caller& caller, const std::string& id) {
    const std::lock_guard lock(staff_.changing);
    auto row = find(caller, id);
    if (!row) return Error{Errc::not_found, "device_unknown"};
    if (row->disabled) return kit::Done{};
    row->disabled = clock_.now();
    auto status = run_and_wait(writer_, [row = *row, by = caller.id](WriteContext& context) -> kit::Status {
        context.store().staff().put(row);
        context.store().staff().end_sessions_of(row.id, {});
        context.audit({by, "device_revoked", {}, audit_detail({{"device", row.login}})});
        return kit::Done{};
    });
    if (!status) return status;
    staff_.book.with([&](StaffBook& book) {
        book.put(*row);
        std::erase_if(book.sessions, [&](const auto& entry) { return entry.second.operator_id == row->id; });
        std::erase_if(book.links, [&](const auto& entry) { return entry.second.device == row->id; });
    });
    return status;
}

kit::Result<Duty> Devices::begin_duty(const std::string& secret, const std::string& name) {
    if (!domain::parse_name(name)) return kit::invalid_field("/name", "on_duty_name");
    const auto blind = vault_.blind(BlindKind::session_token, secret);
    const auto row = staff_.book.with([&](StaffBook& book) -> std::optional<storage::OperatorRow> {
        const auto found = book.links.find(blind);
        const bool good = found != book.links.end() && !found->second.device.is_none() && clock_.now() < found->second.until;
        if (!good) return std::nullopt;
        const auto device = found->second.device;
        book.links.erase(found);   // one use, whatever comes of it
        return book.operators.at(device.value);
    });
    if (!row || row->disabled) return Error{Errc::gone, "link_over"};
    const auto session = access_.start_session(*row, name, "duty_begun");
    if (!session) return session.error();
    const auto directory = board_.load();
    const auto* site = directory->site(row->site);
    return Duty{*session, site != nullptr ? site->ref : std::string{}, clock_.now() + kit::session_s_max};
}

}  // namespace chayan::service
