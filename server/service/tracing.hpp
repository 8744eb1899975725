// SPDX-License-Identifier: Apache-2.0
// Tracing: keeps the contact index up to date with what the writer commits, and answers a tracer's questions. Every answer
// leaves after its line in the audit log is durable. Query and desk threads, each with its own reader; blocks.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "domain/contact_index.hpp"
#include "domain/registration.hpp"
#include "kit/guarded.hpp"
#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/desk.hpp"
#include "service/marks.hpp"
#include "service/shown.hpp"
#include "service/writer.hpp"

namespace chayan::service {

struct SearchRequest {
    std::string case_number;
    domain::StatementFields fields;          ///< document, phone, name as given
    std::optional<std::string> plate;
};

struct PassagesQuestion {
    std::string site, case_number, from, to;     ///< ref, and RFC 3339
    std::optional<std::string> known_at{};       ///< RFC 3339: as known at a past moment
};

struct TrajectoryQuestion {
    std::string person, case_number, from, to;   ///< public id, and RFC 3339
    std::optional<std::string> known_at{};
};

struct PassageView {
    std::string person_id, name;
    domain::Instant first, last;
    std::uint32_t scans = 0;
    std::shared_ptr<const MaskedPerson> person{};          ///< only where more than the masked name was asked for
};

struct TrajectoryView {
    struct Scan {
        std::string id;
        const storage::SiteRow* site;
        domain::Instant at;
        domain::Direction direction;
        bool repeated, voided;
        std::vector<std::string_view> flags;
        const char* evidence;
    };
    struct Visit {
        const storage::SiteRow* site;
        domain::Instant begin, end;
        domain::EndedBy ended_by;
    };
    MaskedPerson person;
    std::vector<Visit> visits;
    std::vector<Scan> scans;
    std::shared_ptr<const Directory> directory;   ///< keeps the site rows alive
};

struct TraceSubject {
    std::optional<std::string> person;                     ///< public id
    std::optional<std::string> site, from, to;             ///< ref and RFC 3339
    std::optional<std::string> plate;
};

/// What the days of a preset are counted from: exactly one, RFC 3339.
struct TraceAnchor {
    std::optional<std::string> onset, sample;
};

/// What is left out comes from the preset, if one is named (see spelt_out).
struct TraceRequest {
    std::string case_number;
    std::vector<TraceSubject> index;
    std::optional<std::string> preset;
    std::optional<TraceAnchor> anchor;
    std::optional<std::string> from, to;                   ///< RFC 3339
    std::optional<std::string> known_at;                   ///< RFC 3339: as known at a past moment
    std::string direction = "forward";
    std::int64_t degree = 1;
    std::optional<std::int64_t> linger_s;
    std::optional<std::int64_t> min_overlap_s;             ///< none: 0
    std::optional<std::string> accumulate;                 ///< none: total
    std::optional<std::vector<std::string>> categories;    ///< none, or empty: all
    std::vector<std::string> divisions;                    ///< codes or names; empty: all
    std::vector<std::string> sites;                        ///< refs; empty: all
    std::vector<std::string> evidence;                     ///< of the scans that opened visits; empty: any
    std::vector<std::string> without_flags;                ///< of the scans that opened visits: such visits do not count
    std::optional<std::string> identity;                   ///< document, seen: how well a contact has to be known; none: anyhow
    std::optional<std::int64_t> crowd_half;                ///< rows stand by weighed_s: see domain::weight_of
    std::optional<std::int64_t> limit;
    bool explain = false;
};

/// The places and times that cases share. `index` names persons alone, each with a window of its own or the common one.
struct SharedPlacesRequest {
    std::string case_number;
    std::vector<TraceSubject> index;
    std::optional<std::string> from, to;                   ///< RFC 3339; needed where a person has none
    std::optional<std::string> known_at{};
    std::vector<std::string> categories;
    std::optional<std::int64_t> limit;
};

struct SharedPlacesView {
    domain::SharedPlacesAnswer answer;
    std::shared_ptr<const Directory> directory;
};

struct TraceView {
    domain::TraceAnswer answer;
    std::vector<MaskedPerson> persons;                     ///< of answer.contacts, in order
    std::shared_ptr<const Directory> directory;
    TraceRequest asked;                                    ///< spelt out: what was in force
    std::optional<domain::Briefs> briefs{};                ///< where they are to be had, and nothing is explained
    CaseMarks marks;                                       ///< of the case; none where people are shown in full, for others: they are the office's own
};

class Tracing {
public:
    Tracing(storage::Store& store, Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, CaseDesk& desk, domain::TimeZone zone);
    ~Tracing();

    /// House thread, once: reads the log and builds the index, then questions are answered. When more than `accept_loss` scans and registrations
    /// can't be opened though their key is there, or don't fit the rest of the store, they never are: log_damaged. In parts for `run`.
    void load(const std::stop_token& stop, std::uint64_t accept_loss = 0, const domain::RunParts& run = domain::run_in_turn);
    /// Whether questions are answered, or why not: starting, log_damaged (503). `percent`: of the log that has been read.
    kit::Status readiness(int* percent = nullptr) const;
    /// House thread, now and then: folds what is new and rebuilds when the delta has grown; or as if no scan of these days had ever been, which costs what a start
    /// does, while questions go on.
    void tend(const std::vector<domain::Interval>& forgotten = {});

    /// Errors of all: no_case (403), starting, log_damaged (503), and what is said at each; of those that may be asked as known at a past moment
    /// also trace_invalid with what parse_known_at says (422), past_busy (503). `how` is masked unless a disclosure asks.
    /// search_empty (422), fields as in registrations.
    kit::Result<std::vector<MaskedPerson>> search(const Caller& caller, storage::Connection& reader, const SearchRequest& request,
                                                  Shown how = Shown::masked);
    /// site_unknown (404, also outside the scope), window_malformed (422).
    kit::Result<std::vector<PassageView>> passages(const Caller& caller, storage::Connection& reader, const PassagesQuestion& question,
                                                   Shown how = Shown::masked);
    /// person_unknown (404).
    kit::Result<TrajectoryView> trajectory(const Caller& caller, storage::Connection& reader, const TrajectoryQuestion& question,
                                           Shown how = Shown::masked);
    /// trace_invalid with fields, window_malformed, unbounded, trace_too_large (422), person_unknown, site_unknown (404).
    kit::Result<TraceView> trace(const Caller& caller, storage::Connection& reader, const TraceRequest& request, Shown how = Shown::masked);

    /// As trace; index_needed where fewer than two persons are named.
    kit::Result<SharedPlacesView> shared_places(const Caller& caller, storage::Connection& reader, const SharedPlacesRequest& request);

    std::string person_id(domain::PersonNo person) const;
    /// The gate of each: an open case (no_case, and a line `question_refused` that names `action`), and an index (starting, log_damaged).
    kit::Status may_ask(const Caller& caller, storage::Connection& reader, const std::string& case_number, const char* action);
    /// Whom a line of the audit log about these persons, by public id, is told to: see phones_told.
    std::vector<domain::RegistrationId> subjects_of(const std::vector<std::string>& persons);
    /// For the rights of residents: every scan that was acknowledged before the call. Error starting (503).
    kit::Result<std::shared_ptr<const domain::ContactIndex>> index();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace chayan::service
