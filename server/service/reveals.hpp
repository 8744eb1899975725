// SPDX-License-Identifier: Apache-2.0
// Reveals: one person's fields in full, for an open case or an open record of a register, and a reason, as an act of its own: that it was asked is durable before anything
// is read, that it was shown before it leaves, and whoever it is about is told. Query and desk threads, each with its own reader; blocks.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "domain/register.hpp"
#include "kit/guarded.hpp"
#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/shown.hpp"
#include "service/tracing.hpp"
#include "service/writer.hpp"

namespace chayan::service {

struct RevealRequest {
    std::string person;                  ///< public id
    std::string case_number, reason;
    std::vector<std::string> fields;     ///< as parse_fields takes them
};

/// Of the person of a record, by whose division it is now: whoever sends somebody to hospital has to call them.
struct RecordReveal {
    domain::RegisterKind kind = domain::RegisterKind::fever;
    std::uint64_t record = 0;
    std::string reason;
    std::vector<std::string> fields;
};

class Reveals {
public:
    /// Requires: what is passed outlives it.
    Reveals(Writer& writer, const Vault& vault, const Clock& clock, Tracing& tracing);

    /// The fields that were asked for, in full; the others are empty, the name masked. Errors: reauthenticate, no_case (403), fields and
    /// reason (422), person_unknown (404), starting, log_damaged (503). Many within an hour leave a line of their own and stop nobody: at
    /// night a tracer has to go on.
    kit::Result<MaskedPerson> reveal(const Caller& caller, storage::Connection& reader, const RevealRequest& request);

    /// Likewise. Errors: reauthenticate (403), record_unknown (404), record_closed, record_nobody: it is of no person (409), and as above.
    kit::Result<MaskedPerson> reveal(const Caller& caller, storage::Connection& reader, const RecordReveal& request);

private:
    struct Ground {
        std::string case_number, detail;   // one of them
    };
    kit::Result<MaskedPerson> show(const Caller& caller, storage::Connection& reader, domain::PersonNo person, Shown how, const std::string& reason, const Ground& ground);
    /// How many of the operator's reveals fall into the hour that ends now, with this one.
    std::size_t count(domain::OperatorId by, domain::Instant now);

    Writer& writer_;
    const Vault& vault_;
    const Clock& clock_;
    Tracing& tracing_;
    kit::Guarded<std::map<domain::OperatorId, std::deque<domain::Instant>>> lately_;
};

}  // namespace chayan::service
