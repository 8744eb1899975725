// SPDX-License-Identifier: Apache-2.0
#include "service/reveals.hpp"

#include "kit/limits.hpp"
#include "kit/log.hpp"
#include "service/audit.hpp"
#include "storage/register.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

kit::Status write_down(Writer& writer, std::vector<AuditEntry> entries) {
    return run_and_wait(writer, [entries = std::move(entries)](WriteContext& context) -> kit::Status {
        for (const auto& entry : entries) context.audit(entry);
        return kit::Done{};
    }, true);
}

/// Address and workplace were given only if asked for; a masked document or phone was not, and is nothing here.
MaskedPerson only(MaskedPerson person, Shown how) {
    if (!how.has(PersonField::document)) person.document_type.clear();
    if (!how.has(PersonField::document)) person.document_number.clear();
    if (!how.has(PersonField::phone)) person.phone.clear();
    return person;
}

}  // namespace

Reveals::Reveals(Writer& writer, const Vault& vault, const Clock& clock, Tracing& tracing)
    : writer_(writer), vault_(vault), clock_(clock), tracing_(tracing) {}

kit::Result<MaskedPerson> Reveals::reveal(const Caller& caller, storage::Connection& reader, const RevealRequest& request) {
    if (!caller.confirmed) return Error{Errc::forbidden, "reauthenticate"};
    if (auto status = tracing_.may_ask(caller, reader, request.case_number, "reveal_asked"); !status) return status.error();
    const auto how = parse_fields(request.fields);
    if (!how) return how.error();
    if (auto status = check_written("/reason", request.reason, kit::reason_chars_max); !status) return status.error();
    const auto number = vault_.open_person_id(request.person);
    if (!number) return Error{Errc::not_found, "person_unknown"};   // it never was an id: the log is no place for what it may be
    return show(caller, reader, *number, *how, request.reason, {request.case_number, {}});
}

kit::Result<MaskedPerson> Reveals::reveal(const Caller& caller, storage::Connection& reader, const RecordReveal& request) {
    if (!caller.confirmed) return Error{Errc::forbidden, "reauthenticate"};
    const auto row = reader.registers().find(request.record);
    if (!row || row->kind != request.kind || !caller.may_see(row->standing.division)) return Error{Errc::not_found, "record_unknown"};
    if (row->registration.is_none()) return Error{Errc::conflict, "record_nobody"};
    if (domain::is_closed(row->standing.state)) return Error{Errc::conflict, "record_closed"};
    const auto how = parse_fields(request.fields);
    if (!how) return how.error();
    if (auto status = check_written("/reason", request.reason, kit::reason_chars_max); !status) return status.error();
    const auto index = tracing_.index();
    if (!index) return index.error();
    const auto person = (*index)->people().person_of(row->registration);
    return show(caller, reader, person, *how, request.reason, {{}, audit_detail({{"register", domain::word_of(request.kind)}, {"record", std::to_string(request.record)}})});
}

kit::Result<MaskedPerson> Reveals::show(const Caller& caller, storage::Connection& reader, domain::PersonNo person, Shown how, const std::string& reason, const Ground& ground) {
    const auto index = tracing_.index();
    if (!index) return index.error();
    const auto& people = (*index)->people();
    const auto id = vault_.person_id(person);
    const auto fields = words_of(how);
    const auto grounded = [&](std::string detail) { return ground.detail.empty() ? detail : detail + '\n' + ground.detail; };
    AuditEntry asked{caller.id, "reveal_asked", ground.case_number, grounded(audit_detail({{"person", id}, {"fields", fields}, {"reason", reason}}))};
    if (auto status = write_down(writer_, {asked}); !status) return status.error();

    const auto now = people.resolve(person);
    if (people.registrations_of(now).empty()) return Error{Errc::not_found, "person_unknown"};
    auto found = only(shown(reader, vault_, people, now, how), how);
    std::vector<AuditEntry> entries{{caller.id, "revealed", ground.case_number, grounded(audit_detail({{"person", id}, {"fields", fields}})), tracing_.subjects_of({id})}};
    const auto lately = count(caller.id, clock_.now());
    if (lately % (kit::reveals_usual_max + 1) == 0) {
        entries.push_back({caller.id, "reveals_unusual", ground.case_number, audit_detail({{"count", std::to_string(lately)}})});
        kit::log(kit::Level::warning, "reveals_unusual", {{"count", static_cast<std::int64_t>(lately)}});
    }
    if (auto status = write_down(writer_, std::move(entries)); !status) return status.error();
    return found;
}

std::size_t Reveals::count(domain::OperatorId by, domain::Instant now) {
    return lately_.with([&](auto& lately) {
        auto& times = lately[by];
        times.push_back(now);
        while (times.front() <= now - kit::reveals_span_s) times.pop_front();
        return times.size();
    });
}

}  // namespace chayan::service
