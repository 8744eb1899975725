// SPDX-License-Identifier: Apache-2.0
#include "service/outings.hpp"

#include <algorithm>
#include <utility>

#include "domain/contact_index.hpp"
#include "kit/limits.hpp"
#include "service/audit.hpp"
#include "service/shown.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;
using kit::invalid_field;

constexpr std::size_t statements_opened_max = 10;   // of one person: a guard waits

std::string bond_of(const storage::OutingRow& row) {
    std::string bond = "outing ";
    bond.append(reinterpret_cast<const char*>(row.household.data()), row.household.size());
    bond.append(reinterpret_cast<const char*>(row.scan.data()), row.scan.size());
    return bond + std::to_string(row.day.number);
}

storage::Blind blind_of_scan(const Vault& vault, const std::string& id) { return vault.blind(BlindKind::household, "scan " + id); }

/// Where somebody said that they live before the rule was made, by the newest statement of then; of whoever said nothing then by the first since: nobody moves out of a rule. Empty when none
/// says it.
std::string home_of(storage::Connection& reader, const Vault& vault, const domain::People& people, domain::PersonNo person, domain::Instant made) {
    std::vector<storage::RegistrationRow> before, since;
    for (const auto one : people.registrations_of(person))
        if (auto row = reader.registry().registration(one)) (row->at <= made ? before : since).push_back(*std::move(row));
    std::reverse(before.begin(), before.end());
    std::string home;
    std::size_t opened = 0;
    for (const auto* rows : {&before, &since})
        for (const auto& row : *rows) {
            if (++opened > statements_opened_max) return home;
            const auto statement = open_statement(vault, row);
            if (!statement) continue;
            if (!statement->household.empty()) return domain::roster_household_key(statement->division, statement->household);   // what an office counted
            if (home.empty()) home = domain::household_key(statement->division, statement->address);
        }
    return home;
}

}  // namespace

std::optional<domain::ScanKey> open_outing(const Vault& vault, const storage::OutingRow& row) {
    const auto id = vault.open(SealKind::outing, bond_of(row), row.sealed);
    return id ? vault.open_scan_id(*id) : std::nullopt;
}

std::optional<std::string> open_reason(const Vault& vault, const storage::OutingRow& row) { return vault.open(SealKind::outing, "why " + bond_of(row), row.reason); }

/// One who goes out under a rule.
struct Outings::Going {
    std::size_t place = 0;               ///< among the receipts
    domain::OutingLimit limit;
    storage::OutingRow row;
    domain::PersonNo person;
    bool voided = false;
};

Outings::Outings(Writer& writer, const Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing, Staff& staff, domain::TimeZone zone)
    : writer_(writer), vault_(vault), clock_(clock), board_(board), tracing_(tracing), staff_(staff), zone_(std::move(zone)) {}

void Outings::load(storage::Connection& reader) { read_rules(reader); }

void Outings::read_rules(storage::Connection& reader) {
    const std::lock_guard lock(reading_);
    rules_.store(std::make_shared<const Rules>(reader.outings().rules()));
}

OutingRuleView Outings::view_of(const storage::OutingRule& rule) const {
    const auto* division = board_.load()->divisions->find(rule.division);
    return {rule, division == nullptr ? std::string() : division->name, staff_.login_of(rule.by)};
}

kit::Result<OutingRuleView> Outings::add(const Caller& caller, storage::Connection& reader, const NewOutingRule& rule) {
    const auto directory = board_.load();
    const auto* division = directory->divisions->find(rule.division);
    if (division == nullptr || !caller.may_see(division->code)) return invalid_field("/division", "division_unknown");
    const auto from = domain::parse_date(rule.from), until = domain::parse_date(rule.until);
    if (!from) return invalid_field("/from", "date_malformed");
    if (!until) return invalid_field("/until", "date_malformed");
    storage::OutingRule row;
    row.division = division->code;
    row.by = caller.id;
    row.at = clock_.now();
    row.limit = {*from, *until, rule.people, static_cast<std::int32_t>(std::clamp<std::int64_t>(rule.days, 0, kit::outing_days_max + 1))};
    if (auto status = domain::check_outing_limit(row.limit, zone_.local_day(row.at)); !status) return status.error();
    auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        auto& book = context.store().outings();
        if (book.rules().size() >= kit::outing_rules_max) return Error{Errc::conflict, "outing_rules_full"};
        row.id = book.append(row);
        context.audit({caller.id, "outing_rule_added", {}, audit_detail({{"rule", std::to_string(row.id)}, {"division", domain::DivisionText(row.division)}, {"people", std::to_string(row.limit.people)},
                                                                        {"days", std::to_string(row.limit.days)}, {"from", rule.from}, {"until", rule.until}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    read_rules(reader);
    return view_of(row);
}

std::vector<OutingRuleView> Outings::rules(const Caller& caller) {
    std::vector<OutingRuleView> views;
    const auto rules = rules_.load();
    for (auto rule = rules->rbegin(); rule != rules->rend(); ++rule)
        if (caller.may_see(rule->division)) views.push_back(view_of(*rule));
    return views;
}

kit::Status Outings::remove(const Caller& caller, storage::Connection& reader, std::uint64_t id) {
    const auto rules = rules_.load();
    const auto found = std::find_if(rules->begin(), rules->end(), [&](const auto& rule) { return rule.id == id && caller.may_see(rule.division); });
    if (found == rules->end()) return Error{Errc::not_found, "outing_rule_unknown"};
    auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        if (!context.store().outings().undo(id, caller.id, context.now())) return Error{Errc::not_found, "outing_rule_unknown"};
        context.audit({caller.id, "outing_rule_removed", {}, audit_detail({{"rule", std::to_string(id)}, {"division", domain::DivisionText(found->division)}})});
        return kit::Done{};
    });
    read_rules(reader);
    return status;
}

const storage::OutingRule* Outings::rule_for(const Rules& rules, const ScanReceipt& receipt) const {
    if (rules.empty() || receipt.direction != domain::Direction::out) return nullptr;
    const auto directory = board_.load();
    const auto* site = directory->site(receipt.site);
    if (site == nullptr || !domain::is_home_gate(site->category)) return nullptr;
    const auto day = zone_.local_day(receipt.at);
    const storage::OutingRule* found = nullptr;
    for (const auto& rule : rules) {   // the innermost division's, of these the newest
        if (!rule.limit.holds_on(day) || !domain::is_within(site->division, rule.division)) continue;
        if (found == nullptr || rule.division.digits >= found->division.digits) found = &rule;
    }
    return found;
}

bool Outings::concerns(const ScanReceipt& receipt) {
    const auto rules = rules_.load();
    return rule_for(*rules, receipt) != nullptr;
}

std::vector<Outings::Going> Outings::goings_of(storage::Connection& reader, std::span<const kit::Result<ScanReceipt>> receipts) {
    std::vector<Going> goings;
    const auto rules = rules_.load();
    const auto directory = board_.load();
    for (std::size_t place = 0; place < receipts.size(); ++place) {
        const auto& receipt = receipts[place];
        const auto* rule = receipt ? rule_for(*rules, *receipt) : nullptr;
        const auto key = rule != nullptr ? vault_.open_scan_id(receipt->id) : std::nullopt;
        if (!key) continue;
        Going going;
        going.place = place;
        going.limit = rule->limit;
        going.person = directory->people->person_of(key->registration);
        going.voided = receipt->voided;
        const auto home = home_of(reader, vault_, *directory->people, going.person, rule->at);
        if (home.empty()) continue;
        going.row.household = vault_.blind(BlindKind::household, "home " + home);
        going.row.scan = blind_of_scan(vault_, receipt->id);
        going.row.day = zone_.local_day(receipt->at);
        going.row.sealed = vault_.seal(SealKind::outing, bond_of(going.row), receipt->id);
        goings.push_back(std::move(going));
    }
    return goings;
}

std::vector<storage::OutingRow> Outings::counted_before(storage::Connection& store, const Going& going, const domain::ContactIndex* index) const {
    auto rows = store.outings().outings(going.row.household, going.limit.since(going.row.day), going.row.day);
    const auto own = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.scan == going.row.scan; });
    rows.erase(own, rows.end());   // one that is sent again is told what it was told
    std::erase_if(rows, [&](const storage::OutingRow& row) {
        const auto key = open_outing(vault_, row);
        const auto scan = key && index != nullptr ? index->find(*key) : std::nullopt;
        return row.excepted.s != 0 || !key || (scan && scan->voided);
    });
    return rows;
}

std::vector<std::optional<OutingWord>> Outings::words(storage::Connection& reader, std::span<const kit::Result<ScanReceipt>> receipts) {
    std::vector<std::optional<OutingWord>> words(receipts.size());
    const auto goings = goings_of(reader, receipts);
    if (goings.empty()) return words;
    const auto index = tracing_.index();   // without one, soon after a start, what was voided counts too
    const auto directory = board_.load();
    const auto person_of = [&](domain::RegistrationId one) { return directory->people->person_of(one); };
    std::vector<std::optional<domain::ScanKey>> used(goings.size());
    const auto note = [&](WriteContext& context) -> kit::Status {
        for (std::size_t i = 0; i < goings.size(); ++i) {
            const auto& going = goings[i];
            used[i].reset();
            std::vector<domain::PastOuting> before;
            std::vector<domain::ScanKey> keys;
            for (const auto& row : counted_before(context.store(), going, index ? index->get() : nullptr)) {
                keys.push_back(*open_outing(vault_, row));
                before.push_back({row.day, person_of(keys.back().registration).value});
            }
            if (const auto* last = domain::what_used_up(going.limit, before, going.row.day, going.person.value); last != nullptr)
                used[i] = keys[static_cast<std::size_t>(last - before.data())];
            if (!going.voided) context.store().outings().append(going.row);
        }
        return kit::Done{};
    };
    if (!run_and_wait(writer_, note, false, std::max(kit::command_scans, goings.size()))) return words;
    for (std::size_t i = 0; i < goings.size(); ++i) {
        auto& word = words[goings[i].place].emplace();
        if (!used[i]) continue;
        word.is_allowed = false;
        word.used = used[i]->at;
        word.name = masked(reader, vault_, *directory->people, person_of(used[i]->registration)).name;
    }
    return words;
}

kit::Status Outings::except(const Caller& caller, const std::string& scan, const std::string& reason) {
    const auto key = vault_.open_scan_id(scan);
    const auto directory = board_.load();
    const auto* site = key ? directory->site(key->site) : nullptr;
    if (site == nullptr || caller.find_site(*directory, site->ref) == nullptr) return Error{Errc::not_found, "scan_unknown"};
    if (auto status = check_written("/reason", reason, kit::reason_chars_max); !status) return status;
    const auto blind = blind_of_scan(vault_, scan);
    return run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        auto& book = context.store().outings();
        const auto row = book.find(blind);
        if (!row) return Error{Errc::not_found, "scan_unknown"};
        if (!book.except(blind, caller.id, context.now(), vault_.seal(SealKind::outing, "why " + bond_of(*row), reason))) return Error{Errc::conflict, "outing_excepted"};
        context.audit({caller.id, "outing_excepted", {}, audit_detail({{"site", site->ref}, {"reason", reason}})});
        return kit::Done{};
    });
}

}  // namespace chayan::service
