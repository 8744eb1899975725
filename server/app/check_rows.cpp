// SPDX-License-Identifier: Apache-2.0
#include "app/check_rows.hpp"

#include <map>

#include "service/camera_desk.hpp"
#include "service/kept_questions.hpp"
#include "service/ledger_texts.hpp"
#include "service/marks.hpp"
#include "service/outings.hpp"
#include "service/register_texts.hpp"
#include "service/report_desk.hpp"
#include "service/told_visits.hpp"

namespace chayan::app {

using service::SealKind;

namespace {

/// Kept questions of that case that can't be opened, or whose found people can't.
std::size_t damaged_questions(storage::Connection& reader, const service::Vault& vault, const std::string& case_number) {
    std::size_t damaged = 0;
    std::uint64_t before = 0;
    constexpr std::size_t at_once = 100;
    for (bool has_more = true; has_more;) {
        const auto rows = reader.desk().questions(case_number, before, at_once);
        has_more = rows.size() == at_once;
        for (const auto& row : rows) {
            before = row.number;
            const auto whole = row.has_people ? reader.desk().find_question(row.id) : row;
            const bool is_whole = whole && service::open_question(vault, *whole) && (!row.has_people || service::open_people(vault, *whole));
            damaged += is_whole ? 0U : 1U;
        }
    }
    return damaged;
}

}  // namespace

std::vector<std::string> check_voids_and_vehicles(storage::Connection& reader, const service::Vault& vault) {
    std::vector<std::string> problems;
    for (const auto& row : reader.scans().voids())
        if (const auto scan = std::to_string(row.scan.value); !vault.open(SealKind::reason, scan, row.reason))
            problems.push_back("the reason why scan row " + scan + " was voided is damaged");
    reader.registry().read_vehicles([&](const storage::VehicleRow& row) {
        const auto id = std::to_string(row.id.value);
        const auto plate = vault.open(SealKind::plate, id, row.sealed);
        if (!plate || vault.blind(service::BlindKind::plate, *plate) != row.plate) problems.push_back("vehicle " + id + " is damaged");
    });
    return problems;
}

std::vector<std::string> check_cases_and_operators(storage::Connection& reader, const service::Vault& vault) {
    std::vector<std::string> problems;
    std::size_t damaged = 0, questions = 0, marks = 0, visits = 0;   // a case is named by what somebody typed: only how many
    for (const auto& row : reader.desk().cases()) {
        const bool is_whole = vault.open(SealKind::case_text, row.number + "/title", row.title) && vault.open(SealKind::case_text, row.number + "/purpose", row.purpose);
        damaged += is_whole ? 0U : 1U;
        questions += damaged_questions(reader, vault, row.number);
        for (const auto& latest : reader.desk().latest_marks(row.number))
            for (const auto& mark : reader.desk().marks_of(row.number, latest.statement)) marks += service::open_note(vault, mark) ? 0U : 1U;
        for (const auto& visit : reader.desk().told_visits(row.number)) visits += service::open_visit(vault, visit) ? 0U : 1U;
    }
    if (damaged > 0) problems.push_back("the texts of cases are damaged: " + std::to_string(damaged));
    if (questions > 0) problems.push_back("questions that cases keep are damaged: " + std::to_string(questions));
    if (visits > 0) problems.push_back("visits that cases were told of are damaged: " + std::to_string(visits));
    if (marks > 0) problems.push_back("marks of contacts are damaged: " + std::to_string(marks));
    for (const auto& row : reader.staff().operators())
        if (!row.otp.empty() && !vault.open(SealKind::otp, row.login, row.otp))
            problems.push_back("the second factor of operator " + std::to_string(row.id.value) + " is damaged");
    return problems;
}

std::vector<std::string> check_ledger(storage::Connection& reader, const service::Vault& vault) {
    std::vector<std::string> problems;
    std::size_t acts = 0, alerts = 0;
    constexpr std::size_t at_once = 500;
    for (const auto& bare : reader.ledger().lists()) {
        const auto row = reader.ledger().find_list(bare.id).value();
        const bool is_whole = service::open_text(vault, row, service::ListText::document) && (row.file.empty() || service::open_text(vault, row, service::ListText::file));
        if (!is_whole) problems.push_back("list " + std::to_string(row.id) + " of the ledger is damaged");
        for (const auto& entry : reader.ledger().entries(row.id, 0, row.rows))
            for (const auto& act : reader.ledger().acts(entry.id)) acts += service::open_note(vault, act) ? 0U : 1U;
    }
    std::uint64_t before = 0;
    for (bool has_more = true; has_more;) {
        const auto rows = reader.ledger().alerts(false, before, at_once);
        has_more = rows.size() == at_once;
        for (const auto& row : rows) {
            before = row.id;
            const bool is_whole = service::open_alert(vault, row) && (row.note.empty() || service::open_note(vault, row));
            alerts += is_whole ? 0U : 1U;
        }
    }
    if (acts > 0) problems.push_back("acts of the ledger are damaged: " + std::to_string(acts));
    if (alerts > 0) problems.push_back("alerts are damaged: " + std::to_string(alerts));
    return problems;
}

std::vector<std::string> check_registers(storage::Connection& reader, const service::Vault& vault) {
    std::size_t records = 0, steps = 0, vehicles = 0;
    auto& book = reader.registers();
    for (const auto kind : domain::register_kinds) {
        std::vector<std::uint64_t> ids;
        book.read(kind, [&](const storage::RecordRow& row) { ids.push_back(row.id); });
        for (const auto id : ids) {
            const auto row = book.find(id).value();
            const bool is_whole = service::open_text(vault, row, service::RecordText::subject, row.subject) && service::open_text(vault, row, service::RecordText::place, row.place);
            records += is_whole ? 0U : 1U;
            for (const auto& step : book.steps(id))
                steps += service::open_text(vault, row, service::RecordText::place, step.place) && service::open_note(vault, step) ? 0U : 1U;
        }
    }
    reader.tally().read_plates([&](const storage::VehicleCheckRow& row) { vehicles += service::open_plate(vault, row) ? 0U : 1U; });
    std::vector<std::string> problems;
    if (records > 0) problems.push_back("records of the registers are damaged: " + std::to_string(records));
    if (steps > 0) problems.push_back("steps of the registers are damaged: " + std::to_string(steps));
    if (vehicles > 0) problems.push_back("vehicles are damaged: " + std::to_string(vehicles));
    return problems;
}

std::vector<std::string> check_site_papers(storage::Connection& reader, const service::Vault& vault) {
    std::vector<std::string> problems;
    std::size_t reports = 0, cameras = 0;
    constexpr std::size_t at_once = 500;
    std::uint64_t after = 0;
    for (bool has_more = true; has_more;) {
        const auto rows = reader.reports().reports_after(after, at_once);
        has_more = rows.size() == at_once;
        for (const auto& row : rows) {
            after = row.id;
            reports += row.note.empty() || service::open_note(vault, row) ? 0U : 1U;
        }
    }
    for (const auto& row : reader.cameras().cameras()) cameras += service::open_camera(vault, row) ? 0U : 1U;
    std::size_t outings = 0;
    after = 0;
    for (bool has_more = true; has_more;) {
        const auto rows = reader.outings().outings_after(after, at_once);
        has_more = rows.size() == at_once;
        for (const auto& row : rows) {
            after = row.id;
            const bool is_whole = service::open_outing(vault, row) && (row.reason.empty() || service::open_reason(vault, row));
            outings += is_whole ? 0U : 1U;
        }
    }
    if (outings > 0) problems.push_back("outings are damaged: " + std::to_string(outings));
    if (reports > 0) problems.push_back("notes of enterprises' reports are damaged: " + std::to_string(reports));
    if (cameras > 0) problems.push_back("addresses of cameras are damaged: " + std::to_string(cameras));
    return problems;
}

std::vector<std::string> check_sites(storage::Connection& reader, const service::Vault&) {
    std::vector<std::string> problems;
    std::map<std::uint32_t, std::uint32_t> place_of;
    for (const auto& row : reader.sites().sites()) {
        place_of[row.id.value] = row.place.value;
        if (row.stays.empty()) problems.push_back("site " + std::to_string(row.id.value) + " has lost its rules of stay");
    }
    for (const auto& [site, place] : place_of) {
        const auto found = place_of.find(place);
        if (found == place_of.end()) problems.push_back("site " + std::to_string(site) + " belongs to a place that is not there");
        else if (found->second != place) problems.push_back("site " + std::to_string(site) + " belongs to a place that belongs to another itself");
    }
    return problems;
}

}  // namespace chayan::app
