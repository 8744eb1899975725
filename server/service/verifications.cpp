// SPDX-License-Identifier: Apache-2.0
#include "service/verifications.hpp"

#include "service/audit.hpp"
#include "service/directory.hpp"
#include "service/gate_codes.hpp"

namespace chayan::service {

using kit::Errc;
using kit::Error;

Verifications::Verifications(Writer& writer, Vault& vault, const Clock& clock, domain::TimeZone zone)
    : writer_(writer), vault_(vault), clock_(clock), zone_(std::move(zone)) {}

kit::Result<domain::Instant> Verifications::verify(const Caller& caller, const SeenDocument& seen) {
    if (seen.credential.has_value() == seen.card.has_value()) return Error{Errc::invalid, "subject_kind", {{"", "subject_kind"}}};
    auto fields = seen.document;
    fields.name = "无名";   // only the document is read
    const auto read = domain::parse_statement(fields, zone_.local_day(clock_.now()), false);
    if (!read) return read.error();
    if (!read->document) return kit::invalid_field("/document", "document_missing");
    const auto document = vault_.blind(BlindKind::document, domain::document_key(*read->document));
    const auto phone = seen.card ? open_card(vault_, *seen.card) : vault_.open_credential(*seen.credential);
    const Error unknown{Errc::not_found, seen.card ? "unknown_card" : "credential_unknown"};
    if (!phone) return unknown;
    domain::Instant seen_at;
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        const auto& people = *context.directory().people;
        if (!context.directory().may_scan(*phone) || !context.directory().may_scan(people.holder_of(*phone))) return unknown;
        // A card may be a dependant's: whose statement is their own.
        const auto one = people.is_of_holder(*phone) ? people.statement_before(domain::ever_after, *phone) : *phone;
        const auto row = context.store().registry().registration(one);
        if (!row || row->document != document) return Error{Errc::conflict, "document_differs"};
        const auto known = context.store().links().verification(one);
        seen_at = known ? known->at : context.now();
        if (known) return kit::Done{};
        context.store().links().put(storage::VerificationRow{one, seen_at, caller.id});
        mark_seen(context.edit_people(), one);
        context.audit({caller.id, "document_seen", {}, {}, {*phone}});
        return kit::Done{};
    });
    if (!status) return status.error();
    return seen_at;
}

}  // namespace chayan::service
