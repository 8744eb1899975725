// SPDX-License-Identifier: Apache-2.0
// Residents: the rights of whoever holds a phone over what that phone itself said and recorded (CONTRACT 6, PIPL 44 to 50). What
// other phones, staff or rosters know of the same person never shows here: whoever registers somebody else's document reads only
// what they typed. Desk and query threads; calls that write block for their commit.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/registration.hpp"
#include "kit/result.hpp"
#include "service/tracing.hpp"
#include "service/writer.hpp"

namespace chayan::service {

/// One statement as the phone made it, in full.
struct OwnStatement {
    domain::Statement said;
    domain::Instant at;
    std::int32_t notice_version = 0;
};

struct OwnDependant {
    std::string id;
    OwnStatement statement;
};

struct OwnView {
    std::vector<OwnStatement> statements;        ///< the first, then its corrections: the last one holds
    std::vector<OwnDependant> dependants;        ///< by time
    std::vector<domain::Instant> other_phones;   ///< when later ones gave the same document and were taken for the same person
};

/// A correction as it came: what is not given stays, what is given empty goes.
struct Correction {
    std::optional<std::string> name, phone, birth_date, sex, division, address;
    std::optional<domain::StatementFields> document;   ///< its three document fields
};

/// A dependant that is registered now; `known` when the same words were sent before.
struct AddedDependant {
    std::string id;
    bool known = false;
};

struct OwnScan {
    std::string id;
    const storage::SiteRow* site = nullptr;
    domain::Instant at;
    domain::Direction direction = domain::Direction::in;
    bool repeated = false;                       ///< among what this phone recorded of that person
    bool voided = false;
    const char* evidence = "";
    std::string dependant;                       ///< its id; empty: the resident
};

struct OwnScans {
    std::vector<OwnScan> scans;                  ///< newest first
    std::string next;                            ///< where the next page begins; empty: there is none
    std::shared_ptr<const Directory> directory;  ///< keeps the site rows alive
};

struct PageRequest {
    std::string from, to, cursor, limit;         ///< as they came; empty: not given
};

/// What a withdrawal can't erase yet.
struct Withdrawal {
    domain::Instant until;                       ///< scans and statements are gone at the latest
    bool cases_hold = false;                     ///< some case is open; said to everyone alike, so that it tells nothing of anybody
};

class Residents {
public:
    Residents(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing, domain::TimeZone zone, std::int64_t scan_days);

    /// Errors of all: unauthenticated (401) when the credential was withdrawn meanwhile, and what is said at each.
    OwnView view(domain::RegistrationId credential, storage::Connection& reader) const;
    /// too_many_dependants (409). The same answer and time whether the person was known or not.
    kit::Result<AddedDependant> add_dependant(domain::RegistrationId credential, const domain::Statement& statement);
    /// From now on it is scanned on this phone no more; what was recorded stays. Again is no harm. unknown_dependant (404; also somebody else's).
    kit::Status remove_dependant(domain::RegistrationId credential, const std::string& id);
    /// As in registrations (422); too_many_corrections (409). Nothing happens when nothing changes.
    kit::Status correct(domain::RegistrationId credential, const Correction& correction);
    /// The credential is no longer good when this returns; all of its phone's registrations are marked for erasure.
    kit::Result<Withdrawal> withdraw(domain::RegistrationId credential, storage::Connection& reader);
    /// What this phone recorded in [from, to), for its holder and dependants. starting (503); time_malformed, window_empty,
    /// page_limit_range, cursor_unknown (422).
    kit::Result<OwnScans> scans(domain::RegistrationId credential, const PageRequest& page) const;
    /// All of it, after its line in the audit log is durable. starting (503).
    kit::Result<OwnScans> export_scans(domain::RegistrationId credential);
    /// For how many days scans are kept.
    std::int64_t scan_days() const { return scan_days_; }

private:
    OwnStatement statement_of(const storage::RegistrationRow& row) const;
    kit::Result<OwnScans> all_scans(domain::RegistrationId credential, domain::Interval window) const;

    Writer& writer_;
    Vault& vault_;
    const Clock& clock_;
    DirectoryBoard& board_;
    Tracing& tracing_;
    domain::TimeZone zone_;
    std::int64_t scan_days_;
};

}  // namespace chayan::service
