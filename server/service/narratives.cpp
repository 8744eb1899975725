// SPDX-License-Identifier: Apache-2.0
#include "service/narratives.hpp"

#include "kit/limits.hpp"
#include "service/audit.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

}  // namespace

kit::Result<NarrativeGround> Narratives::ground_of(const NarrativeRequest& request) const {
    if (!request.label.empty() && !is_narrative_label(request.label)) return Error{Errc::invalid, "narrative_label", {{"/label", "narrative_label"}}};
    const auto from = domain::parse_rfc3339(request.from), to = domain::parse_rfc3339(request.to);
    if (!from || !to || *from >= *to) return Error{Errc::invalid, "window_malformed"};
    if (*to - *from > kit::narrative_days_max * 86'400) return Error{Errc::invalid, "narrative_window"};
    return NarrativeGround{board_.load(), zone_, *from, *to, clock_.now()};
}

kit::Result<std::string> Narratives::notice(const Caller& caller, storage::Connection& reader, const NarrativeRequest& request) {
    if (!caller.confirmed) return Error{Errc::forbidden, "reauthenticate"};
    if (request.label.empty()) return Error{Errc::invalid, "narrative_label", {{"/label", "narrative_label"}}};   // two cases must not be one number
    const auto ground = ground_of(request);
    if (!ground) return ground.error();
    // In full, since what must not be told has to be known; nothing of it leaves this function.
    const auto table = ask(tracing_, caller, reader, TrajectoryQuestion{request.person, request.case_number, request.from, request.to, request.known_at}, Shown::in_full);
    if (!table) return table.error();
    const auto index = tracing_.index();
    if (!index) return index.error();
    const Crowd crowd = [&](const storage::SiteRow& site, domain::Instant from, domain::Instant to) {
        return (*index)->passages(site.id, {from, to}, [](domain::PersonNo person) { return std::uint64_t{person.value}; }).size();
    };
    const auto notice = notice_case(*table, *ground, request.label, crowd);
    if (notice.stops.empty()) return Error{Errc::invalid, "notice_empty"};
    auto text = notice_text(notice, *ground);
    AuditEntry made{caller.id, "notice_made", request.case_number, audit_detail({{"person", request.person}, {"from", request.from}, {"to", request.to}}), table->told};
    const auto status = run_and_wait(writer_, [made = std::move(made)](WriteContext& context) -> kit::Status {
        context.audit(made);
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    return text;
}

}  // namespace chayan::service
