// SPDX-License-Identifier: Apache-2.0
// A data directory: its lock, keys, certificate and store, set up when it is empty, and the services over them without
// sockets: what both serve and the commands need. Main thread makes it; it owns the write thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <thread>

#include "app/config.hpp"
#include "app/timed_store.hpp"
#include "service/access.hpp"
#include "service/audit.hpp"
#include "service/clock.hpp"
#include "service/desk.hpp"
#include "service/devices.hpp"
#include "service/imports.hpp"
#include "service/ingest.hpp"
#include "service/operators.hpp"
#include "service/registrar.hpp"
#include "service/day_counts.hpp"
#include "service/residents.hpp"
#include "service/retention_view.hpp"
#include "service/tracing.hpp"
#include "service/vault.hpp"
#include "service/writer.hpp"
#include "storage/store.hpp"

namespace chayan::service {
class AlertBell;
class LastScans;
}

namespace chayan::app {

/// DIR/lock, held while it lives.
class DirectoryLock {
public:
    /// False: somebody else holds it.
    static bool try_lock(const std::string& directory, std::unique_ptr<DirectoryLock>& lock);
    ~DirectoryLock();

private:
    explicit DirectoryLock(int fd) : fd_(fd) {}
    int fd_;
};

class SystemClock final : public service::Clock {
public:
    domain::Instant now() const override;
};

struct Place {
    std::string data, keys;          ///< keys: data + "/keys" unless said otherwise
    std::uint64_t accept_loss = 0;
};

/// Where the recovery key lies until somebody has copied it, if a supervisor started the service first. No name of a key: no backup takes it along.
std::string recovery_key_file(const Place& place);
/// Where the heads of the audit log are noted.
std::string checkpoint_file(const Place& place);
/// Throws std::runtime_error with a sentence when nobody knows such a zone.
domain::TimeZone find_zone(const std::string& name);
/// The zone of the day keys: that of the first start, whatever the settings say since.
domain::TimeZone find_key_zone(const Place& place, const Config& config);

/// Makes DIR, keys and certificate when they are not there; shows the recovery key once, on stderr or under a supervisor in its file. Throws with a sentence.
void set_up(const Place& place);

/// Nobody knows what is durable: ends the process without unwinding, so that no answer leaves. 74 is EX_IOERR.
[[noreturn]] void fail_stop();

class Installation {
public:
    /// Requires: set_up was called and the lock is held. Throws with a sentence.
    Installation(const Place& place, const Config& config);
    /// Stops the writer after what waits.
    ~Installation();

    SystemClock clock;
    CommitTimes commit_times;
    domain::TimeZone zone;
    std::unique_ptr<storage::Store> store;
    service::Vault vault;
    service::DirectoryBoard board;
    std::unique_ptr<service::LastScans> last_scans;
    std::unique_ptr<service::AlertBell> bell;
    std::unique_ptr<service::Writer> writer;
    service::Staff staff;
    std::unique_ptr<service::Access> access;
    std::unique_ptr<service::Operators> operators;
    std::unique_ptr<service::Devices> devices;
    std::unique_ptr<service::AuditTrail> audit;
    std::unique_ptr<service::Ingest> ingest;
    std::unique_ptr<service::DayCounts> day_counts;
    std::unique_ptr<service::Registrar> registrar;
    std::unique_ptr<service::CaseDesk> cases;
    std::unique_ptr<service::Tracing> tracing;
    std::unique_ptr<service::Imports> imports;
    std::unique_ptr<service::Residents> residents;
    std::unique_ptr<service::Retention> retention;
    std::unique_ptr<service::BookRetention> book_retention;
    std::unique_ptr<service::RetentionView> retention_view;

private:
    std::jthread write_thread_;
};

/// `chayan check`: the problems found, as sentences; empty: none. Changes nothing. Scans of days whose key was destroyed are none. Key files besides.
std::vector<std::string> check_installation(const Place& place, const Config& config);

/// Days of scans that would be forgotten if no case held them, as sentences that say which.
std::vector<std::string> held_days(const Place& place, const Config& config);

struct Findings {
    std::vector<std::string> problems;
    std::map<domain::Day, std::uint64_t> scans_by_day;   ///< local days; whole when there are no problems
};
/// The same of the store alone, as for a copy of it, and what it counted on the way.
Findings examine_installation(const Place& place, const Config& config);

}  // namespace chayan::app
