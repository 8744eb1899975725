// SPDX-License-Identifier: Apache-2.0
// Outings from villages and communities under a rule: how many of a household may go out, whether one more may, and who used it up. The scan is taken whatever comes of it:
// people decide. Nothing is asked of the store where no rule holds. concerns() is any thread's; the rest blocks.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/outing.hpp"
#include "kit/guarded.hpp"
#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/ingest.hpp"
#include "service/staff.hpp"
#include "service/tracing.hpp"
#include "service/writer.hpp"
#include "storage/outing.hpp"

namespace chayan::service {

struct NewOutingRule {
    std::string division;                    ///< code or name
    std::string from, until;                 ///< YYYY-MM-DD, local, both included
    std::int64_t people = 0, days = 0;
};
struct OutingRuleView {
    storage::OutingRule rule;
    std::string division_name, by;           ///< by: a login
};
/// What a guard is told of somebody who goes out.
struct OutingWord {
    bool is_allowed = true;
    std::optional<domain::Instant> used;     ///< unless it is: when the household's last one went
    std::string name;                        ///< and who that was, masked
};

class Outings {
public:
    /// Requires: what is passed outlives it.
    Outings(Writer& writer, const Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing, Staff& staff, domain::TimeZone zone);
    /// Main thread, before serving.
    void load(storage::Connection& reader);

    /// Errors: division_unknown (also outside the scope), date_malformed, those of domain::check_outing_limit (422), outing_rules_full (409).
    kit::Result<OutingRuleView> add(const Caller& caller, storage::Connection& reader, const NewOutingRule& rule);
    /// Those of the caller's scope, the newest first.
    std::vector<OutingRuleView> rules(const Caller& caller);
    /// Error outing_rule_unknown (404).
    kit::Status remove(const Caller& caller, storage::Connection& reader, std::uint64_t id);

    /// Does a rule hold for it? Some 20 ns while there is none at all.
    bool concerns(const ScanReceipt& receipt);
    /// Notes those that are concerned as outings of their households, in order, and says of each what the guard is told; nothing of the others, of whom no home is known,
    /// and when that can't be written down now. Sent again, a scan is told the same.
    std::vector<std::optional<OutingWord>> words(storage::Connection& reader, std::span<const kit::Result<ScanReceipt>> receipts);
    /// Somebody goes out all the same, and it counts for nothing. `scan`: its public id. Errors: scan_unknown (404: also outside the scope, and where no rule held), outing_excepted (409),
    /// and of the reason (422).
    kit::Status except(const Caller& caller, const std::string& scan, const std::string& reason);

private:
    struct Going;
    using Rules = std::vector<storage::OutingRule>;
    void read_rules(storage::Connection& reader);
    const storage::OutingRule* rule_for(const Rules& rules, const ScanReceipt& receipt) const;
    OutingRuleView view_of(const storage::OutingRule& rule) const;
    std::vector<Going> goings_of(storage::Connection& reader, std::span<const kit::Result<ScanReceipt>> receipts);
    /// Those of the household that count before this one. In order.
    std::vector<storage::OutingRow> counted_before(storage::Connection& store, const Going& going, const domain::ContactIndex* index) const;

    Writer& writer_;
    const Vault& vault_;
    const Clock& clock_;
    DirectoryBoard& board_;
    Tracing& tracing_;
    Staff& staff_;
    domain::TimeZone zone_;
    kit::Guarded<std::shared_ptr<const Rules>> rules_{std::make_shared<const Rules>()};
    std::mutex reading_;   // so that what was read last is what is kept
};

/// Whose scan an outing was; nothing when the row was altered.
std::optional<domain::ScanKey> open_outing(const Vault& vault, const storage::OutingRow& row);
std::optional<std::string> open_reason(const Vault& vault, const storage::OutingRow& row);

}  // namespace chayan::service
