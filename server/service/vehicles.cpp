// SPDX-License-Identifier: Apache-2.0
#include "service/vehicles.hpp"

#include <cmath>
#include <set>

#include "domain/plate.hpp"
#include "kit/limits.hpp"
#include "service/register_texts.hpp"

namespace chayan::service {

using kit::Errc;
using kit::Error;
using kit::invalid_field;

namespace {

/// Of a day: a copy of the file shows which checks of one day were of one vehicle, and no more.
storage::Blind token_of(const Vault& vault, const storage::VehicleCheckRow& row, domain::Instant at, const std::string& plate) {
    const auto day = at.s / 86'400;
    return vault.blind(BlindKind::vehicle_check, std::to_string(row.site.value) + '/' + std::to_string(static_cast<int>(row.direction)) + '/' + std::to_string(day) + '/' + plate);
}

}  // namespace

/// What fits, before the store is asked.
struct Vehicles::Accepted {
    storage::VehicleCheckRow row;
    std::string ref, plate;
};

kit::Result<Vehicles::Accepted> Vehicles::accept(const Caller& caller, const Directory& directory, const VehicleCheck& check) const {
    const auto* site = caller.find_site(directory, check.site);
    if (site == nullptr) return Error{Errc::not_found, "site_unknown"};
    if (site->closed) return Error{Errc::gone, "site_closed"};
    Accepted accepted;
    accepted.ref = site->ref;
    auto& row = accepted.row;
    row.site = site->id;
    row.by = caller.id;
    row.received = clock_.now();
    auto plate = domain::parse_plate(check.plate);
    if (!plate) return invalid_field("/plate", plate.error().code);
    accepted.plate = std::move(plate->text);
    if (!check.people) return invalid_field("/people", "missing");
    if (!(*check.people >= 1 && *check.people <= kit::vehicle_people_max && std::floor(*check.people) == *check.people)) return invalid_field("/people", "vehicle_people");
    row.people = static_cast<std::int32_t>(*check.people);
    const auto direction = domain::find_direction(check.direction.value_or(""));
    if (!direction) return invalid_field("/direction", "direction_missing");
    row.direction = *direction;
    row.at = row.received;
    if (check.at) {
        const auto at = domain::parse_rfc3339(*check.at);
        if (!at) return invalid_field("/at", "time_malformed");
        if (*at > row.received + settings_.ahead_s_max) return invalid_field("/at", "time_ahead");
        if (*at < row.received - settings_.age_days_max * 86'400) return invalid_field("/at", "time_old");
        row.at = *at;
    }
    row.sealed = seal_plate(vault_, row, accepted.plate);
    row.token = token_of(vault_, row, row.at, accepted.plate);
    return accepted;
}

kit::Result<std::vector<kit::Result<CheckedVehicle>>> Vehicles::check(const Caller& caller, const std::vector<VehicleCheck>& checks) {
    const auto directory = board_.load();
    std::vector<kit::Result<Accepted>> accepted;
    accepted.reserve(checks.size());
    for (const auto& check : checks) accepted.push_back(accept(caller, *directory, check));
    std::vector<std::optional<storage::VehicleCheckRow>> known(checks.size());
    std::vector<std::uint64_t> ids(checks.size());
    auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        auto& book = context.store().tally();
        for (std::size_t i = 0; i < accepted.size(); ++i) {
            if (!accepted[i]) continue;
            const auto& [row, ref, plate] = *accepted[i];
            known[i].reset();
            const domain::Interval near{row.at - kit::vehicle_check_s, row.at + kit::vehicle_check_s + 1};
            std::set<storage::Blind> tokens;   // of two days about midnight
            for (const auto at : {near.from, row.at, near.to}) tokens.insert(token_of(vault_, row, at, plate));
            for (const auto& token : tokens)
                for (const auto& other : book.checks_with(token, near)) known[i] = other;
            if (known[i] && row.at > known[i]->at && row.people != known[i]->people) {
                // Whoever looks again has counted again. A retry of the first look is no later than it.
                known[i]->people = row.people;
                known[i]->sealed = seal_plate(vault_, *known[i], plate);
                book.correct(*known[i]);
            }
            ids[i] = known[i] ? known[i]->id : book.append(row);
        }
        return kit::Done{};
    }, false, std::max(kit::command_scans, checks.size()));
    if (!status) return status.error();
    std::vector<kit::Result<CheckedVehicle>> results;
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        if (!accepted[i]) {
            results.emplace_back(accepted[i].error());
            continue;
        }
        const auto& row = known[i] ? *known[i] : accepted[i]->row;
        results.emplace_back(CheckedVehicle{std::to_string(ids[i]), accepted[i]->ref, row.at, row.direction, row.people, known[i].has_value()});
    }
    return results;
}

}  // namespace chayan::service
