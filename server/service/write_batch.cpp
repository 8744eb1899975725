// SPDX-License-Identifier: Apache-2.0
#include "service/write_batch.hpp"

#include "kit/check.hpp"
#include "kit/limits.hpp"
#include "service/fever.hpp"
#include "service/ledger_texts.hpp"
#include "storage/ledger.hpp"

namespace chayan::service {
namespace {

// A plate is looked up in the store once; above this many the memory of them starts anew.
constexpr std::size_t plates_max = 50'000;

}  // namespace

WriterBooks::WriterBooks(storage::Store& store, Vault& va, DirectoryBoard& bo) : vault(va), board(bo), directory(*bo.load()) {
    const auto reader = store.reader();
    numbers.scan = reader->scans().last().value;
    numbers.registration = reader->registry().last_registration().value;
    numbers.person = reader->registry().last_person().value;
    numbers.vehicle = reader->registry().last_vehicle().value;
    if (const auto last = reader->audit().last()) {
        numbers.audit = last->seq;
        numbers.chain = last->chain;
    }
}

kit::Status WriteBatch::apply(const std::function<kit::Status(WriteContext&)>& body) {
    flush();
    const auto numbers = books_.numbers;
    const auto edits = edits_;
    kit::Status status = kit::Done{};
    const bool kept = connection_->attempt([&] {
        status = body(*this);
        if (status) flush();
        return static_cast<bool>(status);
    });
    if (!kept) {
        CHECK(edits_ == edits);  // a command must refuse before it edits
        books_.numbers = numbers;
        books_.watch.forget();
    }
    return status;
}

void WriteBatch::flush() {
    if (rows_.empty()) return;
    connection_->scans().append(rows_);
    for (const auto& [seq, by] : staff_) connection_->scans().append_staff(seq, by);
    rows_.clear();
    staff_.clear();
}

void WriteBatch::finish() {
    flush();
    compare_registered();
}

Facts WriteBatch::publish() {
    if (edited_) books_.board.store(std::make_shared<const Directory>(books_.directory));
    facts_.directory_changed = edited_;
    return std::move(facts_);
}

void WriteBatch::take_back() {
    for (const auto& key : facts_.voids) books_.recent.set_voided(key, false);
    for (const auto& scan : facts_.scans) books_.recent.remove(scan);
    books_.numbers = before_;
    books_.vehicles.clear();
    books_.watch.forget();
    if (edited_) books_.directory = *books_.board.load();
}

Directory& WriteBatch::edit_directory() {
    edited_ = true;
    ++edits_;
    return books_.directory;
}

domain::People& WriteBatch::edit_people() {
    if (!people_) {
        people_ = std::make_shared<domain::People>(*books_.directory.people);
        edit_directory().people = people_;
    }
    ++edits_;
    books_.watch.people_changed();
    return *people_;
}

domain::Sites& WriteBatch::edit_sites() {
    if (!sites_) {
        sites_ = std::make_shared<domain::Sites>(*books_.directory.sites);
        edit_directory().sites = sites_;
    }
    ++edits_;
    return *sites_;
}

void WriteBatch::audit(AuditEntry entry) {
    storage::AuditRow row;
    row.seq = ++books_.numbers.audit;
    row.at = now_;
    row.by = entry.by;
    row.action = entry.action;
    row.case_number = std::move(entry.case_number);
    if (!entry.detail.empty()) row.detail = books_.vault.seal(SealKind::audit_detail, std::to_string(row.seq), entry.detail);
    for (const auto subject : entry.subjects) row.subjects.push_back(books_.vault.blind(BlindKind::subject, std::to_string(subject.value)));
    books_.numbers.chain = row.chain = books_.vault.chain(books_.numbers.chain, row);
    connection_->audit().append(row);
}

bool WriteBatch::void_scan(const domain::ScanKey& key) {
    if (books_.recent.is_voided(key)) return false;
    books_.recent.set_voided(key, true);
    facts_.voids.push_back(key);
    ++edits_;
    return true;
}

domain::VehicleId WriteBatch::vehicle_of(const std::string& plate) {
    if (plate.empty()) return {};
    if (const auto known = books_.vehicles.find(plate); known != books_.vehicles.end()) return known->second;
    const auto blind = books_.vault.blind(BlindKind::plate, plate);
    const auto stored = connection_->registry().vehicle(blind);
    const domain::VehicleId id = stored ? stored->id : domain::VehicleId{++books_.numbers.vehicle};
    if (!stored) {
        connection_->registry().append(
            storage::VehicleRow{id, blind, books_.vault.seal(SealKind::plate, std::to_string(id.value), plate)});
    }
    if (books_.vehicles.size() > plates_max) books_.vehicles.clear();
    books_.vehicles.emplace(plate, id);
    return id;
}

/// Of what a phone scans or shows to staff: the statement that held then. A scan that is known under an earlier one is that scan: a clock that is
/// ahead, or a scan that overtook the correction.
domain::ScanKey WriteBatch::key_of(const ScanIntake& intake) const {
    auto key = intake.key;
    const auto& people = *books_.directory.people;
    const bool names_phone = domain::is_from_phone(intake.source) || intake.by_credential;
    if (!names_phone || !people.is_of_holder(key.registration)) return key;
    const auto holder = people.holder_of(key.registration);
    if (people.statement_before(domain::ever_after, holder) == holder) return key;   // nothing was ever corrected
    for (const auto statement : people.of_one_phone(holder)) {
        key.registration = statement;
        if (people.is_of_holder(statement) && books_.recent.find(key)) return key;
    }
    key.registration = people.statement_before(key.at, holder);
    return key;
}

/// Of the same person, within an hour. A phone is told what follows from its own scans: the others' would tell it where somebody with that
/// document was a moment ago, and whoever registers it a thousand times would slow that person's scans.
std::vector<domain::Scan> WriteBatch::earlier_than(const domain::ScanKey& key, bool of_phone) const {
    const auto& people = *books_.directory.people;
    const auto person = people.person_of(key.registration);
    const auto from = key.at - kit::travel_s_max;
    if (!of_phone) return books_.recent.scans(people, person, from, key.at);
    auto own = people.of_one_phone(key.registration);
    std::erase_if(own, [&](domain::RegistrationId other) { return people.person_of(other) != person; });
    auto earlier = books_.recent.scans(own, from, key.at);
    std::erase_if(earlier, [](const domain::Scan& other) { return !domain::is_from_phone(other.source); });
    return earlier;
}

/// With who is watched. A retry is told what its first scan was told, or what has changed since, and raises no second alert; a repeat neither.
void WriteBatch::compare(const domain::ScanKey& key, const ScanIntake& intake, ScanOutcome& outcome) {
    if (intake.source == domain::Source::import) return;   // of weeks ago: whoever is watched is found by a question
    const auto person = books_.directory.people->person_of(key.registration);
    // Another door of the place is the place.
    const auto is_there = [&](domain::SiteId kept_at) {
        const auto *here = books_.directory.site(key.site), *there = books_.directory.site(kept_at);
        return here != nullptr && there != nullptr && here->place == there->place;
    };
    const auto found = books_.watch.find(*connection_, *books_.directory.people, person, is_there, key.at, now_);
    outcome.verdict = found.verdict;
    outcome.by = found.by;
    if (found.verdict == domain::Verdict::pass || outcome.known || outcome.repeated || outcome.voided) return;
    storage::AlertRow alert{0, key.site, key.at, intake.received, found.verdict, {}, {}, {}, {}};
    alert.sealed = seal_alert(books_.vault, alert, {key.registration, found.by->entry, found.by->record, !intake.by.is_none()});
    facts_.alerts.push_back({connection_->ledger().append(alert), key.site, found.by->kept_by});
}

/// Whoever registered, or came with a roster, and was known as a lead at most: of others the office that keeps the entry was told when it was approved. Once for the whole
/// transaction: a rush of new phones would place the ledger's entries anew for each.
void WriteBatch::compare_registered() {
    const auto& people = *books_.directory.people;
    const auto origin_of = [&](domain::RegistrationId registration) {
        const auto row = connection_->registry().registration(registration);
        return row ? row->origin : storage::Origin::lead;
    };
    for (auto number = before_.registration + 1; number <= books_.numbers.registration; ++number) {
        const domain::RegistrationId registration{number};
        const auto person = people.person_of(registration);
        const auto found = books_.watch.find(*connection_, people, person, [](domain::SiteId) { return false; }, now_, now_);
        if (found.verdict == domain::Verdict::pass || found.by->entry == 0) continue;   // who is in isolation may register
        const auto own = origin_of(registration);
        if (own == storage::Origin::lead || own == storage::Origin::guard) continue;    // a guard's scan is of the same act
        const auto all = people.registrations_of(person);
        if (std::any_of(all.begin(), all.end(), [&](auto other) { return other != registration && origin_of(other) != storage::Origin::lead; })) continue;
        storage::AlertRow alert{0, {}, now_, now_, found.verdict, {}, {}, {}, {}};
        alert.sealed = seal_alert(books_.vault, alert, {registration, found.by->entry, 0, false});
        facts_.alerts.push_back({connection_->ledger().append(alert), {}, found.by->kept_by});
    }
}

void WriteBatch::note_fever(const domain::ScanKey& key, const ScanIntake& intake) {
    if (intake.temperature_dc < books_.fever_from_dc || intake.source == domain::Source::import) return;   // imports are of weeks ago
    const auto* site = books_.directory.site(key.site);
    if (intake.by.is_none() && (site == nullptr || !site->asks_temperature)) return;   // what nobody asked for: whoever knows a document can say it of somebody else
    note_temperature(*connection_, *books_.directory.people, {key.registration, site, key.at, intake.received, intake.temperature_dc, intake.by}, books_.fever_from_dc,
                     /*is_followed=*/false);
}

ScanOutcome WriteBatch::take(const ScanIntake& intake) {
    ScanOutcome outcome;
    const auto key = key_of(intake);
    outcome.registration = key.registration;
    const auto known = books_.recent.find(key);
    outcome.known = known.has_value();
    outcome.voided = books_.recent.is_voided(key);
    outcome.source = known ? known->source : intake.source;
    outcome.delay_s = known ? known->delay_s : static_cast<std::int32_t>(intake.received - key.at);
    const auto& sites = *books_.directory.sites;
    const auto earlier = earlier_than(key, domain::is_from_phone(intake.source));
    outcome.repeated = !outcome.voided && is_repeat(key, earlier, sites);
    outcome.travelled_fast = has_travelled_fast(key, earlier, sites);
    outcome.burst = is_burst(key, earlier);
    compare(key, intake, outcome);
    if (known) return outcome;
    note_fever(key, intake);

    domain::Scan scan;
    static_cast<domain::ScanKey&>(scan) = key;
    scan.source = outcome.source;
    scan.temperature_dc = intake.temperature_dc;
    scan.delay_s = outcome.delay_s;
    scan.vehicle = vehicle_of(intake.plate);
    storage::ScanRow row{{++books_.numbers.scan}, scan.site, scan.at, scan.direction, scan.source, scan.temperature_dc, scan.delay_s, {}};
    books_.vault.seal(row, {scan.registration, scan.vehicle});
    rows_.push_back(row);
    if (!intake.by.is_none()) staff_.emplace_back(row.seq, intake.by);
    books_.recent.add(scan);
    facts_.scans.push_back(scan);
    ++edits_;
    return outcome;
}

}  // namespace chayan::service
