// SPDX-License-Identifier: Apache-2.0
// The part of FollowUp that knows visits which somebody told of.
#include <algorithm>

#include "domain/site_code.hpp"
#include "kit/limits.hpp"
#include "service/audit.hpp"
#include "service/follow_up.hpp"
#include "service/told_visits.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;
using kit::invalid_field;

constexpr std::int64_t visit_s_max = 24 * 3600;   // as an exit counts

std::string public_id(const storage::Blind& id) { return domain::encode_base32(id.data(), id.size()); }

/// From when to when; the end is not ahead of `now`, which nobody can tell of.
kit::Result<domain::Interval> read_span(const ToldVisitRequest& request, domain::Instant now) {
    const auto from = domain::parse_rfc3339(request.from), to = domain::parse_rfc3339(request.to);
    if (!from) return invalid_field("/from", "time_malformed");
    if (!to) return invalid_field("/to", "time_malformed");
    if (*from >= *to) return invalid_field("/to", "window_empty");
    if (*to - *from > visit_s_max) return invalid_field("/to", "visit_long");
    if (*to > now) return invalid_field("/to", "visit_ahead");
    if (*from < now - kit::told_visit_days_max * 86'400) return invalid_field("/from", "visit_old");
    return domain::Interval{*from, *to};
}

}  // namespace

std::string FollowUp::same_visit(const Caller& caller, storage::Connection& reader, const std::string& case_number, const ToldVisitRequest& request) const {
    const auto directory = board_.load();
    const auto from = domain::parse_rfc3339(request.from), to = domain::parse_rfc3339(request.to);
    const auto number = vault_.open_person_id(request.person);
    const auto person = number ? directory->people->resolve(*number) : domain::PersonNo{};
    const auto* site = caller.find_site(*directory, request.site);
    if (!from || !to || person.is_none() || site == nullptr) return {};
    for (const auto& row : reader.desk().told_visits(case_number)) {
        const auto told = row.withdrawn.s == 0 ? open_visit(vault_, row) : std::nullopt;
        if (told && directory->people->person_of(told->statement) == person && told->site == site->id && told->span.from == *from && told->span.to == *to) return public_id(row.id);
    }
    return {};
}

kit::Result<std::string> FollowUp::tell_visit(const Caller& caller, storage::Connection& reader, const std::string& case_number, const ToldVisitRequest& request) {
    constexpr const char* action = "visit_told";
    if (auto status = tracing_.may_ask(caller, reader, case_number, action); !status) return status.error();
    if (request.note && !request.note->empty())
        if (auto status = check_written("/note", *request.note, kit::reason_chars_max); !status) return status.error();
    std::string id = same_visit(caller, reader, case_number, request);   // told once more, by somebody whose answer was lost or who did not know
    if (!id.empty()) return id;
    if (reader.desk().told_visits(case_number).size() >= kit::case_visits_max) return Error{Errc::conflict, "case_visits_full"};
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        const auto span = read_span(request, context.now());
        if (!span) return span.error();
        const auto& people = *context.directory().people;
        const auto number = vault_.open_person_id(request.person);
        const auto& statements = people.registrations_of(number ? people.resolve(*number) : domain::PersonNo{});
        if (statements.empty()) return Error{Errc::not_found, "person_unknown", {{"/person", "person_unknown"}}};
        const auto* site = caller.find_site(context.directory(), request.site);
        if (site == nullptr) return Error{Errc::not_found, "site_unknown", {{"/site", "site_unknown"}}};
        storage::ToldVisitRow row;
        row.id = vault_.blind(BlindKind::question, Vault::random_token());
        row.case_number = case_number;
        row.by = caller.id;
        row.at = context.now();
        seal_visit(vault_, row, {statements.front(), site->id, *span, request.note.value_or("")});
        context.store().desk().append(row);
        id = public_id(row.id);
        context.audit({caller.id, action, case_number, audit_detail({{"person", request.person}, {"site", site->ref}, {"from", domain::format_rfc3339(span->from)},
                                                                     {"to", domain::format_rfc3339(span->to)}, {"visit", id}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    return id;
}

kit::Result<std::vector<ToldVisitView>> FollowUp::told_visits(const Caller& caller, storage::Connection& reader, const std::string& case_number) {
    constexpr const char* action = "visits_listed";
    if (auto status = tracing_.may_ask(caller, reader, case_number, action); !status) return status.error();
    const auto directory = board_.load();
    std::vector<ToldVisitView> views;
    for (const auto& row : reader.desk().told_visits(case_number)) {
        const auto told = row.withdrawn.s == 0 ? open_visit(vault_, row) : std::nullopt;
        const auto person = told ? directory->people->person_of(told->statement) : domain::PersonNo{};
        if (person.is_none()) continue;
        const auto* site = directory->site(told->site);
        views.push_back({public_id(row.id), masked(reader, vault_, *directory->people, person), site == nullptr ? "" : site->ref, site == nullptr ? "" : site->name,
                         told->span, told->note, staff_.login_of(row.by), row.at});
    }
    auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.audit({caller.id, action, case_number, audit_detail({{"found", std::to_string(views.size())}})});
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    return views;
}

kit::Status FollowUp::withdraw_visit(const Caller& caller, storage::Connection& reader, const std::string& case_number, const std::string& id) {
    constexpr const char* action = "visit_withdrawn";
    if (auto status = tracing_.may_ask(caller, reader, case_number, action); !status) return status;
    const auto rows = reader.desk().told_visits(case_number);
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.withdrawn.s == 0 && public_id(row.id) == id; });
    if (found == rows.end()) return Error{Errc::not_found, "visit_unknown"};
    return run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.store().desk().withdraw_visit(found->id, context.now(), caller.id);
        context.audit({caller.id, action, case_number, audit_detail({{"visit", id}})});
        return kit::Done{};
    });
}

}  // namespace chayan::service
