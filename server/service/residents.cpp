// SPDX-License-Identifier: Apache-2.0
#include "service/residents.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <tuple>

#include "kit/limits.hpp"
#include "service/registrar.hpp"

namespace chayan::service {
namespace {

using domain::RegistrationId;
using kit::Errc;
using kit::Error;
using kit::invalid_field;

Error withdrawn() { return {Errc::unauthenticated, "unauthenticated"}; }

/// The phone's registrations that are of its holder, or those that are not; oldest first.
std::vector<RegistrationId> registrations(const domain::People& people, RegistrationId credential, bool of_holder) {
    auto all = people.of_one_phone(credential);
    std::erase_if(all, [&](RegistrationId one) { return people.is_of_holder(one) != of_holder; });
    return all;
}

/// Those who are scanned on this phone now.
std::vector<RegistrationId> dependants_of(const Directory& directory, RegistrationId credential) {
    auto all = registrations(*directory.people, credential, false);
    std::erase_if(all, [&](RegistrationId one) { return directory.revoked->contains(one); });
    return all;
}

/// Good for no scan from now on.
void revoke(WriteContext& context, const storage::Revocation& row) {
    context.store().registry().revoke(row);
    auto revoked = std::make_shared<std::unordered_set<RegistrationId>>(*context.directory().revoked);
    revoked->insert(row.registration);
    context.edit_directory().revoked = std::move(revoked);
}

/// As if it were typed again.
domain::StatementFields fields_of(const domain::Statement& said) {
    domain::StatementFields fields;
    fields.name = said.name.shown;
    if (said.document) {
        fields.document_type = domain::word_of(said.document->type);
        fields.document_number = said.document->number;
        fields.document_country = said.document->country;
    }
    if (said.phone) fields.phone = said.phone->e164;
    if (said.birth_date) fields.birth_date = domain::format_date(*said.birth_date);
    if (said.sex != domain::Sex::unknown) fields.sex = said.sex == domain::Sex::male ? "male" : "female";
    if (said.division) fields.division = domain::DivisionText(*said.division);
    fields.address = said.address;
    return fields;
}

domain::StatementFields corrected(const domain::Statement& said, const Correction& correction) {
    auto fields = fields_of(said);
    if (correction.document) {
        fields.document_type = correction.document->document_type;
        fields.document_number = correction.document->document_number;
        fields.document_country = correction.document->document_country;
        // What only the mistaken number had said goes with it.
        if (said.document && domain::birth_date_of(*said.document)) fields.birth_date.clear();
        if (said.document && domain::sex_of(*said.document) != domain::Sex::unknown) fields.sex.clear();
    }
    if (correction.name) fields.name = *correction.name;
    if (correction.phone) fields.phone = *correction.phone;
    if (correction.birth_date) fields.birth_date = *correction.birth_date;
    if (correction.sex) fields.sex = *correction.sex;
    if (correction.division) fields.division = *correction.division;
    if (correction.address) fields.address = *correction.address;
    return fields;
}

/// Phones that came later and gave the document that this one gives now. Earlier ones are not told: whoever types another's document must not learn that they are known.
std::vector<domain::Instant> later_phones(storage::Connection& reader, const domain::People& people, RegistrationId credential) {
    constexpr std::size_t told_max = 20;
    std::vector<domain::Instant> found;
    const auto own = reader.registry().registration(people.statement_before(domain::ever_after, credential));
    if (!own || !own->document) return found;
    for (const auto one : people.registrations_of(people.person_of(own->id))) {
        if (one <= credential || people.holder_of(one) != one || found.size() == told_max) continue;
        const auto row = reader.registry().registration(one);
        if (row && row->origin == storage::Origin::phone && row->document == own->document) found.push_back(row->at);
    }
    return found;
}

std::string words_of(RegistrationId credential) { return "registration " + std::to_string(credential.value); }

/// One person's scans from this phone that reach into the window. A gate's and an import's are others' recordings.
void append_scans(const domain::ContactIndex& index, const std::vector<RegistrationId>& statements, domain::Interval window,
                  std::vector<domain::ToldScan>& told) {
    std::vector<domain::Scan> scans;
    for (const auto statement : statements) index.append_scans_of(statement, window.from - kit::repeat_s_max, window.to - 1, scans);
    std::erase_if(scans, [](const domain::Scan& scan) { return !domain::is_from_phone(scan.source); });
    domain::sort_scans(scans, index.sites());
    // Not the repeats of all the person's registrations: they would tell that another phone was here a moment ago.
    const auto is_repeat = domain::mark_repeats(scans, index.sites());
    for (std::size_t i = 0; i < scans.size(); ++i)
        if (scans[i].at >= window.from) told.push_back({scans[i], is_repeat[i]});
}

/// Newest first.
bool comes_before(const domain::ScanKey& a, const domain::ScanKey& b) {
    return std::tie(a.at, a.registration, a.site, a.direction) > std::tie(b.at, b.registration, b.site, b.direction);
}

kit::Result<domain::Interval> read_window(const PageRequest& page) {
    domain::Interval window{{0}, domain::ever_after};
    const auto read = [](const std::string& text, domain::Instant& into) {
        if (text.empty()) return true;
        const auto at = domain::parse_rfc3339(text);
        if (at) into = *at;
        return static_cast<bool>(at);
    };
    if (!read(page.from, window.from)) return invalid_field("/from", "time_malformed");
    if (!read(page.to, window.to)) return invalid_field("/to", "time_malformed");
    if (window.from >= window.to) return invalid_field("/to", "window_empty");
    return window;
}

kit::Result<std::size_t> read_limit(const std::string& text) {
    if (text.empty()) return kit::own_scans_page_max;
    std::size_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    if (!is_number || limit < 1 || limit > kit::own_scans_page_max) return invalid_field("/limit", "page_limit_range");
    return limit;
}

}  // namespace

Residents::Residents(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing, domain::TimeZone zone,
                     std::int64_t scan_days)
    : writer_(writer), vault_(vault), clock_(clock), board_(board), tracing_(tracing), zone_(std::move(zone)), scan_days_(scan_days) {}

OwnStatement Residents::statement_of(const storage::RegistrationRow& row) const {
    auto said = open_statement(vault_, row);
    if (!said) throw std::runtime_error("a profile cannot be opened");
    return {*std::move(said), row.at, row.notice_version};
}

OwnView Residents::view(RegistrationId credential, storage::Connection& reader) const {
    const auto directory = board_.load();
    OwnView view;
    for (const auto own : registrations(*directory->people, credential, true))
        if (const auto row = reader.registry().registration(own)) view.statements.push_back(statement_of(*row));
    if (view.statements.empty()) throw std::runtime_error("somebody was forgotten in this moment");   // the directory is published after the commit: the next call is 401
    view.other_phones = later_phones(reader, *directory->people, credential);
    for (const auto other : dependants_of(*directory, credential))
        if (const auto row = reader.registry().registration(other)) view.dependants.push_back({dependant_id(vault_, other), statement_of(*row)});
    return view;
}

kit::Result<AddedDependant> Residents::add_dependant(RegistrationId credential, const domain::Statement& statement) {
    const auto added = std::make_shared<AddedDependant>();
    const auto status = run_and_wait(writer_, [this, credential, statement, added](WriteContext& context) -> kit::Status {
        if (!context.directory().may_scan(credential)) return withdrawn();
        auto& registry = context.store().registry();
        const auto words = domain::encode_statement(statement);
        const auto known = dependants_of(context.directory(), credential);
        for (const auto other : known) {   // the answer was lost on its way, and the phone asks again
            const auto row = registry.registration(other);
            added->known = row && domain::encode_statement(statement_of(*row).said) == words;
            if (added->known) added->id = dependant_id(vault_, other);
            if (added->known) return kit::Done{};
        }
        if (known.size() >= kit::dependants_max) return Error{Errc::conflict, "too_many_dependants"};
        const auto holder = registry.registration(credential);
        CHECK(holder);
        const RegistrationOrigin origin{storage::Origin::phone, {}, holder->notice_version, credential, false};
        added->id = dependant_id(vault_, register_statement(context, vault_, statement, origin).registration);
        return kit::Done{};
    });
    if (!status) return status.error();
    return *added;
}

kit::Status Residents::remove_dependant(RegistrationId credential, const std::string& id) {
    const auto dependant = open_dependant_id(vault_, id);
    return run_and_wait(writer_, [credential, dependant](WriteContext& context) -> kit::Status {
        if (!context.directory().may_scan(credential)) return withdrawn();
        const auto all = registrations(*context.directory().people, credential, false);
        if (!dependant || std::find(all.begin(), all.end(), *dependant) == all.end()) return Error{Errc::not_found, "unknown_dependant"};
        if (context.directory().revoked->contains(*dependant)) return kit::Done{};
        context.audit({{}, "dependant_removed", {}, words_of(credential)});
        revoke(context, {*dependant, context.now(), false});
        return kit::Done{};
    });
}

kit::Status Residents::correct(RegistrationId credential, const Correction& correction) {
    const auto today = zone_.local_day(clock_.now());
    return run_and_wait(writer_, [this, credential, correction, today](WriteContext& context) -> kit::Status {
        if (!context.directory().may_scan(credential)) return withdrawn();
        const auto& people = *context.directory().people;
        const auto row = context.store().registry().registration(people.statement_before(domain::ever_after, credential));
        CHECK(row);
        const auto before = statement_of(*row);
        const auto statement = domain::parse_statement(corrected(before.said, correction), today, true);
        if (!statement) return statement.error();
        if (domain::encode_statement(*statement) == domain::encode_statement(before.said)) return kit::Done{};
        if (registrations(people, credential, true).size() > kit::corrections_max) return Error{Errc::conflict, "too_many_corrections"};
        correct_statement(context, vault_, credential, *statement, row->notice_version);
        context.audit({{}, "own_statement_corrected", {}, words_of(credential)});
        return kit::Done{};
    });
}

kit::Result<Withdrawal> Residents::withdraw(RegistrationId credential, storage::Connection& reader) {
    const auto status = run_and_wait(writer_, [credential](WriteContext& context) -> kit::Status {
        if (!context.directory().may_scan(credential)) return withdrawn();
        context.audit({{}, "own_data_withdrawn", {}, words_of(credential)});
        revoke(context, {credential, context.now(), true});
        return kit::Done{};
    });
    if (!status) return status.error();
    Withdrawal withdrawal;
    // Of today's scans visits over midnight are kept a day longer (DESIGN 4), and then the day itself has to end.
    withdrawal.until = zone_.on_local_day(clock_.now() + (scan_days_ + 2) * 86'400, 0);
    const auto cases = reader.desk().cases();
    withdrawal.cases_hold = std::any_of(cases.begin(), cases.end(), [&](const storage::CaseRow& row) {
        return row.state != storage::CaseState::closed && (!row.expires || *row.expires > clock_.now());
    });
    return withdrawal;
}

kit::Result<OwnScans> Residents::all_scans(RegistrationId credential, domain::Interval window) const {
    const auto index = tracing_.index();
    if (!index) return index.error();
    const auto& people = (*index)->people();
    std::vector<domain::ToldScan> told;
    append_scans(**index, registrations(people, credential, true), window, told);
    for (const auto dependant : registrations(people, credential, false)) append_scans(**index, {dependant}, window, told);
    std::sort(told.begin(), told.end(), [](const auto& a, const auto& b) { return comes_before(a.scan, b.scan); });
    OwnScans own;
    own.directory = board_.load();
    for (const auto& [scan, repeated] : told) {
        const bool of_holder = people.is_of_holder(scan.registration);
        own.scans.push_back({vault_.scan_id(scan), own.directory->site(scan.site), scan.at, scan.direction, repeated, scan.voided,
                             domain::word_of(scan.source), of_holder ? std::string{} : dependant_id(vault_, scan.registration)});
    }
    return own;
}

kit::Result<OwnScans> Residents::scans(RegistrationId credential, const PageRequest& page) const {
    const auto window = read_window(page);
    if (!window) return window.error();
    const auto limit = read_limit(page.limit);
    if (!limit) return limit.error();
    auto own = all_scans(credential, *window);
    if (!own) return own.error();
    auto& scans = own->scans;
    if (!page.cursor.empty()) {
        // A cursor is the id of the last scan that was shown.
        const auto shown = vault_.open_scan_id(page.cursor);
        const auto& people = *own->directory->people;
        if (!shown || people.holder_of(shown->registration) != credential) return invalid_field("/cursor", "cursor_unknown");
        const auto is_shown = [&](const OwnScan& scan) { return !comes_before(*shown, *vault_.open_scan_id(scan.id)); };
        scans.erase(scans.begin(), std::partition_point(scans.begin(), scans.end(), is_shown));
    }
    if (scans.size() > *limit) {
        scans.resize(*limit);
        own->next = scans.back().id;
    }
    return own;
}

kit::Result<OwnScans> Residents::export_scans(RegistrationId credential) {
    auto own = all_scans(credential, {{0}, domain::ever_after});
    if (!own) return own.error();
    const auto status = run_and_wait(writer_, [credential](WriteContext& context) -> kit::Status {
        context.audit({{}, "own_data_exported", {}, words_of(credential)});
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    return own;
}

}  // namespace chayan::service
