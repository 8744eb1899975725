// SPDX-License-Identifier: Apache-2.0
// Ingest: the rules by which a scan is accepted (CONTRACT 5), for residents, gates and imports alike. The resident's path
// runs on io threads: directory and vault only, no store, no waiting.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/ledger.hpp"
#include "domain/registration.hpp"
#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/throttle.hpp"
#include "service/writer.hpp"

namespace chayan::service {

struct ScanSettings {
    std::int64_t ahead_s_max = 120;
    std::int64_t age_days_max = 7;
};

/// A resident's scan as it came.
struct ScanRequest {
    std::string code;                           ///< CODE or CODE/NNNNNN
    std::optional<std::string> direction;       ///< may be absent when the poster fixes it
    std::optional<std::string> at;
    std::optional<double> temperature;          ///< °C
    std::optional<std::string> plate;
    bool self = true;                           ///< the resident too
    std::vector<std::string> dependants{};      ///< their public ids
};

/// A guard's scan as it came: exactly one subject.
struct GateRequest {
    std::optional<domain::StatementFields> document;   ///< {document, name?}: document fields and perhaps a name
    std::optional<domain::StatementFields> phone;      ///< {phone, name}
    std::optional<std::string> credential;
    std::optional<std::string> card;                   ///< a personal code, or what a row of this site's roster is picked by
    std::string site;                                  ///< ref
    std::optional<std::string> direction;
    std::optional<std::string> at;
    std::optional<double> temperature;
    std::optional<std::string> plate;
};

using domain::Verdict;

/// Why somebody is watched, as a guard is told.
struct LedgerWord {
    std::uint64_t entry = 0, record = 0;   ///< of the ledger, or of the register of isolation
    domain::LedgerState state;
};

/// An accepted scan, as it is told to whoever scanned.
struct ScanReceipt {
    bool known = false;                          ///< 200 instead of 201
    std::string id;
    std::string site;                            ///< ref
    domain::Instant at;
    domain::Direction direction = domain::Direction::in;
    bool repeated = false;
    bool voided = false;                         ///< the same scan was taken and voided: sent again it stays voided
    std::vector<std::string_view> flags;              ///< "late", "outside_hours", …
    const char* evidence = "";
    Verdict verdict = Verdict::pass;
    std::optional<LedgerWord> ledger{};          ///< to staff alone
};

class Ingest {
public:
    Ingest(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, domain::TimeZone zone, ScanSettings settings);
    /// Main thread, before serving. Residents' scans count at their sites, and failed codes at their phones: site_too_often (429) for each.
    void limit_by(Throttle& throttle) { throttle_ = &throttle; }

    /// Of one scan: everybody in it, the resident first, then the dependants as they were named.
    using Receipts = std::vector<ScanReceipt>;
    using ScanDone = std::function<void(kit::Result<Receipts>)>;
    using BatchDone = std::function<void(std::vector<kit::Result<Receipts>>)>;
    using GateDone = std::function<void(std::vector<kit::Result<ScanReceipt>>)>;

    /// Io thread. Errors: code_unknown (404), stale_screen (403), code_replaced, site_closed (410), time_ahead, time_old, time_malformed,
    /// direction_missing, direction_contradicts, plate_…, temperature_range, nobody_scanned, unknown_dependant (also somebody else's), dependant_twice (422),
    /// busy (503). All people of a scan become durable together, or none. `done` is called once, perhaps at once, perhaps on the write thread.
    void scan(domain::RegistrationId credential, const ScanRequest& request, ScanDone done);
    /// Io thread. Each item on its own; those that fit become durable together. Error for each: batch_people (422) when they are too many.
    void batch(domain::RegistrationId credential, const std::vector<ScanRequest>& requests, BatchDone done);
    /// Desk thread; `reader` is the thread's own. In order, each on its own; someone unknown with a name is registered.
    void gate(const Caller& caller, storage::Connection& reader, const std::vector<GateRequest>& requests, GateDone done);
    /// Query thread. What this phone recorded, within 10 minutes, a guard's own within the shift, on a duty device its session; again is no harm. Errors: scan_unknown (404; also
    /// someone else's), void_late (409). `index` holds every scan acknowledged before the call, so that the log is read back to this one and no further;
    /// null while there is none: then back to those bounds.
    void void_scan(std::variant<domain::RegistrationId, Caller> who, storage::Connection& reader, const domain::ContactIndex* index,
                   const std::string& id, const std::string& reason, std::function<void(kit::Status)> done);

    /// Reads direction, time, temperature and plate for an import: `at` may be as old as `oldest`. No site code.
    kit::Result<ScanIntake> intake_of_history(domain::RegistrationId registration, const storage::SiteRow& site,
                                              const GateRequest& request, domain::Instant oldest) const;

private:
    struct Accepted;
    kit::Result<ScanIntake> accept(const Directory& directory, domain::RegistrationId registration, const ScanRequest& request) const;
    /// Nobody has time or room for so many scans; counted.
    kit::Error shed(kit::Error error, std::size_t scans) const;
    /// A code that nobody printed, or digits that no screen showed: who guesses is slowed down.
    kit::Error failed_code(domain::RegistrationId credential, kit::Error error) const;
    kit::Result<std::vector<ScanIntake>> accept_all(const Directory& directory, domain::RegistrationId credential, const ScanRequest& request) const;
    kit::Result<Accepted> accept_at_gate(const Directory& directory, const Caller& caller, const GateRequest& request) const;
    ScanReceipt receipt(const ScanIntake& scan, const ScanOutcome& outcome, const Directory& directory) const;
    Receipts receipts(std::span<const ScanIntake> scans, std::span<const ScanOutcome> outcomes, const Directory& directory) const;

    Writer& writer_;
    Vault& vault_;
    const Clock& clock_;
    DirectoryBoard& board_;
    domain::TimeZone zone_;
    ScanSettings settings_;
    Throttle* throttle_ = nullptr;
};

/// The row in the log that holds a scan received at or after `received_since`. Cost: ScanLog::find_recent.
std::optional<storage::ScanRow> find_row(storage::Connection& reader, Vault& vault, const domain::ScanKey& key, domain::Instant received_since);
/// Tenths of a degree; 0 when none was given. Error temperature_range (422).
kit::Result<std::int16_t> read_temperature(const std::optional<double>& celsius, const char* pointer = "/temperature");

}  // namespace chayan::service
