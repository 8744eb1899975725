// SPDX-License-Identifier: Apache-2.0
#include "service/ingest.hpp"

#include <algorithm>
#include <cmath>

#include "domain/flags.hpp"
#include "domain/plate.hpp"
#include "kit/limits.hpp"
#include "service/gate_codes.hpp"
#include "service/registrar.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;
using kit::invalid_field;

Error busy() { return {Errc::busy, "busy", {}, kit::retry_after_s}; }

kit::Result<std::string> read_plate(const std::optional<std::string>& text) {
    if (!text) return std::string{};
    auto plate = domain::parse_plate(*text);
    if (!plate) return invalid_field("/plate", plate.error().code);
    return std::move(plate->text);
}

/// `at` as given, or the server's second; within the bounds.
kit::Result<domain::Instant> read_time(const std::optional<std::string>& text, domain::Instant now, std::int64_t ahead_s_max, domain::Instant oldest) {
    if (!text) return now;
    const auto at = domain::parse_rfc3339(*text);
    if (!at) return invalid_field("/at", "time_malformed");
    if (*at > now + ahead_s_max) return invalid_field("/at", "time_ahead");
    if (*at < oldest) return invalid_field("/at", "time_old");
    return at;
}

kit::Result<domain::Direction> read_direction(const std::optional<std::string>& text) {
    if (!text) return invalid_field("/direction", "direction_missing");
    const auto direction = domain::find_direction(*text);
    if (!direction) return invalid_field("/direction", "direction_unknown");
    return *direction;
}

/// What the poster says wins; a resident who says otherwise is told.
kit::Result<domain::Direction> agree(domain::PosterDirection poster, const std::optional<std::string>& text) {
    if (poster == domain::PosterDirection::any) return read_direction(text);
    const auto printed = *domain::find_direction(domain::word_of(poster));
    if (!text) return printed;
    auto stated = read_direction(text);
    if (stated && *stated != printed) return invalid_field("/direction", "direction_contradicts");
    return stated;
}

/// The screen shows them now, or did when the scan says that it was made: a phone without a net sends it later, and a retry is the same scan.
bool was_on_screen(const Vault& vault, domain::SiteId site, std::string_view digits, const std::optional<std::string>& at, domain::Instant now) {
    if (is_on_screen(vault, site, now, digits)) return true;
    const auto made = domain::parse_rfc3339(at.value_or(""));
    return made && is_on_screen(vault, site, *made, digits);
}

kit::Result<ScanIntake> fill(ScanIntake scan, const std::optional<double>& temperature, const std::optional<std::string>& plate) {
    const auto tenths = read_temperature(temperature);
    if (!tenths) return tenths.error();
    auto text = read_plate(plate);
    if (!text) return text.error();
    scan.temperature_dc = *tenths;
    scan.plate = *std::move(text);
    return scan;
}

}  // namespace

kit::Result<std::int16_t> read_temperature(const std::optional<double>& celsius, const char* pointer) {
    if (!celsius) return std::int16_t{0};
    if (!std::isfinite(*celsius)) return invalid_field(pointer, "temperature_range");
    const auto tenths = std::lround(std::clamp(*celsius, -1000.0, 1000.0) * 10);
    if (tenths < kit::temperature_dc_min || tenths > kit::temperature_dc_max) return invalid_field(pointer, "temperature_range");
    return static_cast<std::int16_t>(tenths);
}

std::optional<storage::ScanRow> find_row(storage::Connection& reader, Vault& vault, const domain::ScanKey& key, domain::Instant received_since) {
    const auto rows = reader.scans().find_recent(key.site, key.at, key.direction, received_since);
    const auto opened = vault.open(rows);
    std::optional<storage::ScanRow> row;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (opened[i] && opened[i]->registration == key.registration) row = rows[i];
    return row;
}

/// A scan that may go to the writer from a gate, perhaps of somebody to be registered first.
struct Ingest::Accepted {
    ScanIntake scan;
    std::optional<domain::Statement> newcomer;
};

Ingest::Ingest(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, domain::TimeZone zone, ScanSettings settings)
    : writer_(writer), vault_(vault), clock_(clock), board_(board), zone_(std::move(zone)), settings_(settings) {}

Error Ingest::shed(Error error, std::size_t scans) const {
    const bool is_full = std::string_view(error.code) == "disk_full";
    if (throttle_ != nullptr && error.kind == Errc::busy) throttle_->note_shed(is_full ? Shed::scans_disk_full : Shed::scans, scans);
    return error;
}

Error Ingest::failed_code(domain::RegistrationId credential, Error error) const {
    if (throttle_ != nullptr) throttle_->charge_failed_code(credential);
    return error;
}

kit::Result<ScanIntake> Ingest::accept(const Directory& directory, domain::RegistrationId registration, const ScanRequest& request) const {
    const auto slash = request.code.find('/');
    const auto code = vault_.open_site_code(std::string_view(request.code).substr(0, slash));
    const auto* site = code ? directory.site(code->site) : nullptr;
    if (site == nullptr || code->revision > site->revision) return failed_code(registration, {Errc::not_found, "code_unknown"});
    const auto now = clock_.now();
    const auto digits = slash == std::string::npos ? std::string_view{} : std::string_view(request.code).substr(slash + 1);
    if (slash != std::string::npos) {
        if (digits.size() != 6 || digits.find_first_not_of("0123456789") != std::string_view::npos) return failed_code(registration, {Errc::not_found, "code_unknown"});
        if (!was_on_screen(vault_, code->site, digits, request.at, now)) return failed_code(registration, {Errc::forbidden, "stale_screen"});
    }
    if (site->closed) return Error{Errc::gone, "site_closed"};
    const bool is_old = code->revision < site->revision;
    if (is_old && (!site->old_until || now >= *site->old_until)) return Error{Errc::gone, "code_replaced"};
    const auto direction = agree(code->direction, request.direction);
    if (!direction) return direction.error();
    const auto at = read_time(request.at, now, settings_.ahead_s_max, now - settings_.age_days_max * 86'400);
    if (!at) return at.error();
    if (const auto wait_s = throttle_ != nullptr ? throttle_->take_at_site(code->site, registration) : 0; wait_s > 0) return Error{Errc::too_often, "site_too_often", {}, wait_s};
    ScanIntake scan;
    scan.key = {registration, code->site, *at, *direction};
    scan.source = is_old ? domain::Source::old_poster : digits.empty() ? domain::Source::static_code : domain::Source::screen;
    scan.received = now;
    return fill(std::move(scan), request.temperature, request.plate);
}

kit::Result<std::vector<ScanIntake>> Ingest::accept_all(const Directory& directory, domain::RegistrationId credential,
                                                        const ScanRequest& request) const {
    if (!request.self && request.dependants.empty()) return invalid_field("/self", "nobody_scanned");
    if (request.dependants.size() > kit::dependants_max) return invalid_field("/dependants", "too_many_dependants");
    const auto scan = accept(directory, credential, request);
    if (!scan) return scan.error();
    std::vector<ScanIntake> scans;
    if (request.self) scans.push_back(*scan);
    for (const auto& id : request.dependants) {
        const auto dependant = open_dependant_id(vault_, id);
        const auto& people = *directory.people;
        const bool is_own = dependant && directory.may_scan(*dependant) && !people.is_of_holder(*dependant) && people.holder_of(*dependant) == people.holder_of(credential);
        if (!is_own) return invalid_field("/dependants", "unknown_dependant");
        const bool is_twice = std::any_of(scans.begin(), scans.end(), [&](const auto& other) { return other.key.registration == *dependant; });
        if (is_twice) return invalid_field("/dependants", "dependant_twice");
        scans.push_back(*scan);
        scans.back().key.registration = *dependant;
        if (scans.size() > 1) scans.back().temperature_dc = 0;   // one reading is of one person, the first who passes
    }
    return scans;
}

ScanReceipt Ingest::receipt(const ScanIntake& scan, const ScanOutcome& outcome, const Directory& directory) const {
    ScanReceipt receipt;
    receipt.known = outcome.known;
    auto key = scan.key;
    key.registration = outcome.registration;
    receipt.id = vault_.scan_id(key);
    receipt.site = directory.site(scan.key.site)->ref;
    receipt.at = scan.key.at;
    receipt.direction = scan.key.direction;
    receipt.repeated = outcome.repeated;
    receipt.voided = outcome.voided;
    receipt.evidence = domain::word_of(outcome.source);
    // A phone is told nothing but whom to see: whose document it named is not known at a gate, and why is nobody's there.
    const bool is_of_phone = domain::is_from_phone(scan.source);
    if (outcome.verdict != Verdict::pass) receipt.verdict = is_of_phone ? Verdict::see_staff : outcome.verdict;
    if (!is_of_phone && outcome.by) receipt.ledger = LedgerWord{outcome.by->entry, outcome.by->record, outcome.by->state};
    domain::Scan told;
    static_cast<domain::ScanKey&>(told) = scan.key;
    told.source = outcome.source;   // a retry is told what its first scan was told
    told.delay_s = outcome.delay_s;
    auto flags = domain::plain_flags(told, (*directory.sites)[scan.key.site], zone_);
    if (outcome.travelled_fast) flags |= bit(domain::Flag::impossible_travel);
    if (outcome.burst) flags |= bit(domain::Flag::burst);
    receipt.flags = domain::words_of(flags);
    return receipt;
}

Ingest::Receipts Ingest::receipts(std::span<const ScanIntake> scans, std::span<const ScanOutcome> outcomes, const Directory& directory) const {
    Receipts all;
    for (std::size_t i = 0; i < scans.size(); ++i) all.push_back(receipt(scans[i], outcomes[i], directory));
    return all;
}

void Ingest::scan(domain::RegistrationId credential, const ScanRequest& request, ScanDone done) {
    const auto directory = board_.load();
    auto accepted = accept_all(*directory, credential, request);
    if (!accepted) return done(accepted.error());
    auto shared = std::make_shared<ScanDone>(std::move(done));
    const bool taken = writer_.submit_scans(*accepted, [this, shared, directory, scans = *accepted](const auto& outcomes) {
        if (outcomes) (*shared)(receipts(scans, *outcomes, *directory));
        else (*shared)(shed(outcomes.error(), scans.size()));
    });
    if (!taken) (*shared)(shed(busy(), accepted->size()));
}

void Ingest::batch(domain::RegistrationId credential, const std::vector<ScanRequest>& requests, BatchDone done) {
    const auto directory = board_.load();
    std::vector<kit::Result<Receipts>> results(requests.size(), busy());
    std::vector<ScanIntake> scans;
    struct Place {
        std::size_t item, begin, count;
    };
    std::vector<Place> places;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        auto accepted = accept_all(*directory, credential, requests[i]);
        const bool fits = accepted && scans.size() + accepted->size() <= kit::batch_people_max;
        if (!fits) {
            results[i] = accepted ? Error{Errc::invalid, "batch_people"} : accepted.error();
            continue;
        }
        places.push_back({i, scans.size(), accepted->size()});
        scans.insert(scans.end(), accepted->begin(), accepted->end());
    }
    if (scans.empty()) return done(std::move(results));
    auto shared = std::make_shared<BatchDone>(std::move(done));
    auto shared_results = std::make_shared<std::vector<kit::Result<Receipts>>>(std::move(results));
    const bool taken = writer_.submit_scans(scans, [this, shared, shared_results, directory, scans, places](const auto& outcomes) {
        if (!outcomes) shed(outcomes.error(), scans.size());
        for (const auto& [item, begin, count] : places) {
            if (outcomes) (*shared_results)[item] = receipts(std::span(scans).subspan(begin, count), std::span(*outcomes).subspan(begin, count), *directory);
            else (*shared_results)[item] = outcomes.error();
        }
        (*shared)(std::move(*shared_results));
    });
    if (taken) return;
    shed(busy(), scans.size());
    (*shared)(std::move(*shared_results));
}

kit::Result<Ingest::Accepted> Ingest::accept_at_gate(const Directory& directory, const Caller& caller, const GateRequest& request) const {
    const auto* site = caller.find_site(directory, request.site);
    if (site == nullptr) return Error{Errc::not_found, "site_unknown"};
    if (site->closed) return Error{Errc::gone, "site_closed"};
    const auto now = clock_.now();
    auto scan = intake_of_history({}, *site, request, now - settings_.age_days_max * 86'400);
    if (!scan) return scan.error();
    scan->source = domain::Source::staff;
    scan->by = caller.id;
    Accepted accepted{*std::move(scan), std::nullopt};
    if (request.credential) {
        const auto registration = vault_.open_credential(*request.credential);
        if (!registration || !directory.may_scan(*registration)) return Error{Errc::not_found, "unknown_person"};
        accepted.scan.key.registration = *registration;
        accepted.scan.by_credential = true;
        return accepted;
    }
    if (request.card) {
        const auto personal = open_card(vault_, *request.card);
        const auto picked = personal ? personal : open_roster_card(vault_, *request.card, site->id);
        if (!picked || !directory.may_scan(*picked) || !directory.may_scan(directory.people->holder_of(*picked))) return Error{Errc::not_found, "unknown_card"};
        accepted.scan.key.registration = *picked;
        accepted.scan.by_credential = personal && directory.people->is_of_holder(*picked);
        return accepted;
    }
    const auto& fields = request.document ? *request.document : *request.phone;
    domain::StatementFields named = fields;
    const bool has_name = !fields.name.empty();
    if (!has_name) named.name = "无名";  // only the document is looked for
    const auto today = zone_.local_day(now);
    auto statement = domain::parse_statement(named, today, false);
    if (!statement) return statement.error();
    accepted.newcomer = *std::move(statement);
    if (!has_name) accepted.newcomer->name.shown.clear();
    return accepted;
}

void Ingest::gate(const Caller& caller, storage::Connection& reader, const std::vector<GateRequest>& requests, GateDone done) {
    const auto directory = board_.load();
    struct Work {
        std::vector<kit::Result<ScanReceipt>> results;
        std::vector<std::pair<std::size_t, Accepted>> accepted;
        std::vector<ScanOutcome> outcomes;
        std::vector<bool> unknown;
    };
    auto work = std::make_shared<Work>();
    work->results.assign(requests.size(), busy());
    for (std::size_t i = 0; i < requests.size(); ++i) {
        auto accepted = accept_at_gate(*directory, caller, requests[i]);
        if (accepted) work->accepted.emplace_back(i, *std::move(accepted));
        else work->results[i] = accepted.error();
    }
    (void)reader;
    if (work->accepted.empty()) return done(std::move(work->results));
    auto shared = std::make_shared<GateDone>(std::move(done));
    Command command;
    command.weight = std::max(command.weight, work->accepted.size());
    command.apply = [this, work, caller](WriteContext& context) -> kit::Status {
        work->outcomes.assign(work->accepted.size(), {});
        work->unknown.assign(work->accepted.size(), false);
        for (std::size_t n = 0; n < work->accepted.size(); ++n) {
            auto& accepted = work->accepted[n].second;
            if (accepted.newcomer) {
                const auto& who = *accepted.newcomer;
                const bool has_name = !who.name.shown.empty();
                const auto& people = *context.directory().people;
                auto registration = who.document
                    ? find_by_document(context.store(), vault_, people, *who.document, has_name ? std::optional(who.name) : std::nullopt)
                    : find_by_phone(context.store(), vault_, people, *who.phone, who.name);
                if (!registration && has_name)
                    registration = register_statement(context, vault_, who, {storage::Origin::guard, caller.id, 0}).registration;
                work->unknown[n] = !registration;
                if (!registration) continue;
                accepted.scan.key.registration = *registration;
            }
            work->unknown[n] = context.directory().people->person_of(accepted.scan.key.registration).is_none();   // forgotten since the card was read
            if (work->unknown[n]) continue;
            work->outcomes[n] = context.take(accepted.scan);
        }
        return kit::Done{};
    };
    command.done = [this, work, shared, directory](const kit::Status& status) {
        if (!status) shed(status.error(), work->accepted.size());
        for (std::size_t n = 0; n < work->accepted.size(); ++n) {
            auto& result = work->results[work->accepted[n].first];
            if (!status) result = status.error();
            else if (work->unknown[n]) result = Error{Errc::not_found, "unknown_person"};
            else result = receipt(work->accepted[n].second.scan, work->outcomes[n], *directory);
        }
        (*shared)(std::move(work->results));
    };
    if (writer_.submit(std::move(command))) return;
    shed(busy(), work->accepted.size());
    (*shared)(std::move(work->results));
}

void Ingest::void_scan(std::variant<domain::RegistrationId, Caller> who, storage::Connection& reader, const domain::ContactIndex* index,
                       const std::string& id, const std::string& reason, std::function<void(kit::Status)> done) {
    const Error unknown{Errc::not_found, "scan_unknown"}, late{Errc::conflict, "void_late"};
    const auto key = vault_.open_scan_id(id);
    const auto* credential = std::get_if<domain::RegistrationId>(&who);
    if (!key) return done(unknown);
    const auto directory = board_.load();
    const auto phone_of = [&](domain::RegistrationId registration) { return directory->people->holder_of(registration); };
    if (credential != nullptr && phone_of(*credential) != phone_of(key->registration)) return done(unknown);
    if (reason.size() > 3 * kit::reason_chars_max) return done(invalid_field("/reason", "text_too_long"));
    const auto now = clock_.now();
    auto received_since = now - kit::own_void_s_max;
    if (credential == nullptr) received_since = std::max(now - kit::shift_s_max, std::get<Caller>(who).on_duty_since);
    const auto known = index != nullptr ? index->find(*key) : std::nullopt;
    if (index != nullptr) {
        if (!known || domain::is_from_phone(known->source) != (credential != nullptr)) return done(unknown);
        if (known->voided && credential != nullptr) return done(kit::Done{});
        if (known->at + known->delay_s < received_since) return done(late);
        received_since = known->at + known->delay_s;
    }
    const auto row = find_row(reader, vault_, *key, received_since);
    if (!row) return done(late);
    const auto staff = reader.scans().staff_of(row->seq);
    const bool is_own = credential != nullptr ? !staff && domain::is_from_phone(row->source) : staff == std::get<Caller>(who).id;
    if (!is_own) return done(unknown);
    storage::VoidRow voided{row->seq, now, credential == nullptr ? std::get<Caller>(who).id : domain::OperatorId{},
                            vault_.seal(SealKind::reason, std::to_string(row->seq.value), reason)};
    Command command;
    command.apply = [voided, key = *key](WriteContext& context) -> kit::Status {
        if (!context.void_scan(key)) return kit::Done{};
        context.store().scans().append_void(voided);
        context.audit({voided.by, "scan_voided", {}, {}});
        return kit::Done{};
    };
    auto shared = std::make_shared<std::function<void(kit::Status)>>(std::move(done));
    command.done = [shared](const kit::Status& status) { (*shared)(status); };
    if (!writer_.submit(std::move(command))) (*shared)(busy());
}

kit::Result<ScanIntake> Ingest::intake_of_history(domain::RegistrationId registration, const storage::SiteRow& site,
                                                  const GateRequest& request, domain::Instant oldest) const {
    const auto direction = read_direction(request.direction);
    if (!direction) return direction.error();
    const auto now = clock_.now();
    const auto at = read_time(request.at, now, settings_.ahead_s_max, oldest);
    if (!at) return at.error();
    ScanIntake scan;
    scan.key = {registration, site.id, *at, *direction};
    scan.source = domain::Source::import;
    scan.received = now;
    return fill(std::move(scan), request.temperature, request.plate);
}

}  // namespace chayan::service
