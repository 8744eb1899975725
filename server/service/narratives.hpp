// SPDX-License-Identifier: Apache-2.0
// Who may have a person's days in words, and what is written down of it. A report with people in full is a disclosure, with all its rules (service/exports); a masked one is a
// question. A notice is made of everything that is known and tells none of it; that it was made has a line of its own. Query threads; blocks as Tracing does.
#pragma once

#include <optional>
#include <string>

#include "service/answers.hpp"
#include "service/narrative.hpp"

namespace chayan::service {

struct NarrativeRequest {
    std::string person, case_number, from, to;   ///< public id, and RFC 3339
    std::string label;                           ///< see is_narrative_label; or empty
    std::optional<std::string> known_at{};       ///< RFC 3339
};

class Narratives {
public:
    /// Requires: what is passed outlives it.
    Narratives(Writer& writer, Tracing& tracing, DirectoryBoard& board, const Clock& clock, domain::TimeZone zone)
        : writer_(writer), tracing_(tracing), board_(board), clock_(clock), zone_(std::move(zone)) {}

    /// Errors (422): narrative_label, narrative_window (longer than narrative_days_max), window_malformed.
    kit::Result<NarrativeGround> ground_of(const NarrativeRequest& request) const;
    /// Errors: those of ground_of and of the trajectory; narrative_label also where there is none, notice_empty where no place may be told (422); reauthenticate (403): a
    /// notice is published.
    kit::Result<std::string> notice(const Caller& caller, storage::Connection& reader, const NarrativeRequest& request);

private:
    Writer& writer_;
    Tracing& tracing_;
    DirectoryBoard& board_;
    const Clock& clock_;
    domain::TimeZone zone_;
};

}  // namespace chayan::service
