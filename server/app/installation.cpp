// SPDX-License-Identifier: Apache-2.0
#include "app/installation.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <stdexcept>

#include "app/certificate.hpp"
#include "app/check_rows.hpp"
#include "app/supervisor.hpp"
#include "http/tls.hpp"
#include "kit/log.hpp"
#include "service/holds.hpp"
#include "service/key_bundle.hpp"
#include "service/key_file_io.hpp"
#include "service/key_files.hpp"
#include "service/key_wrapping.hpp"
#include "service/local_days.hpp"
#include "service/alert_bell.hpp"
#include "service/last_scans.hpp"
#include "service/linker.hpp"
#include "service/recovery_half.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace chayan::app {
namespace {

namespace fs = std::filesystem;

domain::TimeZone pin_key_zone(const Place& place, const Config& config) {
    if (!service::key_files::pinned_zone(place.keys)) service::key_files::pin_zone(place.keys, config.time_zone);
    return find_key_zone(place, config);
}

std::unique_ptr<storage::Store> open_store(const Place& place) {
    return storage::sqlite::open({place.data, {}, place.accept_loss});
}

/// Of the machine, asleep or not: what nobody can set.
std::int64_t uptime_s() {
    timespec up{};
    (void)::clock_gettime(CLOCK_BOOTTIME, &up);
    return up.tv_sec;
}

/// Nothing when they can't be read: then the table of sites is named by its own check, and scans are opened all the same.
std::optional<std::set<std::uint32_t>> known_sites(storage::Connection& reader) {
    try {
        std::set<std::uint32_t> sites;
        for (const auto& row : reader.sites().sites()) sites.insert(row.id.value);
        return sites;
    } catch (const storage::StoreError&) {
        return std::nullopt;
    }
}

/// Scans of a day whose key was destroyed on purpose are closed, as they should be. That their day is the right one can't be told any more.
std::vector<std::string> check_scans(storage::Connection& reader, service::Vault& vault, const domain::TimeZone& zone,
                                     const std::set<domain::Day>& destroyed, std::map<domain::Day, std::uint64_t>& by_day) {
    std::vector<std::string> problems;
    const auto sites = known_sites(reader);
    reader.scans().read({}, {~0ULL >> 1U}, [&](std::span<const storage::ScanRow> rows) {
        const auto opened = vault.open(rows);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto day = zone.local_day(rows[i].at);
            ++by_day[day];
            if (opened[i] && sites && !sites->contains(rows[i].site.value))
                problems.push_back("scan row " + std::to_string(rows[i].seq.value) + " is of site " + std::to_string(rows[i].site.value) + ", which is not there");
            if (!opened[i] && !destroyed.contains(day)) problems.push_back("scan row " + std::to_string(rows[i].seq.value) + " is damaged or its day's key is gone");
        }
        return problems.size() < 100;
    });
    return problems;
}

std::vector<std::string> check_registrations(storage::Connection& reader, const service::Vault& vault) {
    std::vector<std::string> problems;
    reader.registry().read_registrations([&](std::span<const storage::RegistrationRow> rows) {
        for (const auto& row : rows)
            if (!vault.open(service::SealKind::profile, service::associated_data(row), row.profile))
                problems.push_back("registration " + std::to_string(row.id.value) + " is damaged");
    });
    return problems;
}

/// What neither the store nor a scan would ever tell: the half that seals backups, and the pair that phones are shown.
std::vector<std::string> check_key_files(const Place& place) {
    std::vector<std::string> problems;
    try {
        if (!service::key_files::is_recovery_half_whole(place.keys))
            problems.push_back(place.keys + "/recovery.pub is damaged: no backup sealed to it could be opened. Put back a copy of the keys before the next backup");
    } catch (const std::runtime_error& error) {
        problems.emplace_back(error.what());
    }
    const http::TlsFiles pair{place.keys + "/tls-certificate.pem", place.keys + "/tls-key.pem", {}};
    if (!fs::exists(pair.private_key)) return problems;   // the next start makes a pair
    try {
        (void)http::make_tls_context(pair, http::TicketKey({}));
    } catch (const std::runtime_error& error) {
        problems.emplace_back(error.what());
    }
    return problems;
}

/// Of a mode that its owner alone may read. False when it can't be written whole.
bool write_secret(const std::string& path, const std::string& text) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const bool is_written = fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
    if (fd >= 0) ::close(fd);
    return is_written;
}

/// What a supervisor's service prints goes into a log that is kept and copied, where a key has no place: it goes into a file for a human to
/// copy and delete. Where that can't be written the log is better than a key that nobody ever saw.
void show_recovery_key(const Place& place, const std::string& recovery) {
    const auto file = recovery_key_file(place);
    if (Supervisor().is_there() && write_secret(file, recovery + '\n')) {
        std::fprintf(stderr, "恢复密钥在 %s 中：请抄在纸上分开保管，然后删除该文件；没有它备份无法恢复。\n"
                             "The recovery key lies in %s: copy it on paper, keep it elsewhere, and delete the file. Backups cannot be restored without it.\n",
                     file.c_str(), file.c_str());
        return;
    }
    std::fprintf(stderr, "恢复密钥（只显示这一次，请抄在纸上分开保管；没有它备份无法恢复）\nRecovery key (shown only once; write it down, backups cannot be restored without it):\n  %s\n"
                         "请用 chayan recovery sheets 印成两张，交给两个人。\nHave chayan recovery sheets print it on two sheets, for two people.\n", recovery.c_str());
}

}  // namespace

std::string recovery_key_file(const Place& place) { return place.keys + "/RECOVERY-KEY.txt"; }

std::string checkpoint_file(const Place& place) { return place.data + "/audit-checkpoints"; }

bool DirectoryLock::try_lock(const std::string& directory, std::unique_ptr<DirectoryLock>& lock) {
    const int fd = ::open((directory + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) throw std::runtime_error("cannot write to the data folder; check its permissions: " + directory);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ::close(fd);
        return false;
    }
    lock.reset(new DirectoryLock(fd));
    return true;
}

domain::TimeZone find_zone(const std::string& name) {
    auto zone = domain::TimeZone::find(name);
    if (!zone) throw std::runtime_error("unknown time zone \"" + name + "\" in [local] time_zone; use a name such as Asia/Shanghai");
    return *std::move(zone);
}

domain::TimeZone find_key_zone(const Place& place, const Config& config) {
    const auto pinned = service::key_files::pinned_zone(place.keys);
    if (!pinned) return find_zone(config.time_zone);
    auto zone = domain::TimeZone::find(*pinned);
    if (!zone) throw std::runtime_error(place.keys + "/time-zone names no time zone; put back what it held: the scans are sealed by the days of that zone");
    return *std::move(zone);
}

DirectoryLock::~DirectoryLock() { ::close(fd_); }

void fail_stop() {
    kit::log(kit::Level::error, "store_failed", {{"exit", 74}});
    std::_Exit(74);
}

domain::Instant SystemClock::now() const {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::seconds>(since).count()};
}

void set_up(const Place& place) {
    if (!fs::exists(place.keys + "/master.key")) {
        if (fs::exists(place.data + "/chayan.db"))
            throw std::runtime_error("the data is there but its keys are not: put the key folder back, or name it with --keys");
        service::key_files::sync_names_above(place.data);
        show_recovery_key(place, service::key_files::create(place.keys));
    }
    if (service::key_files::has_rotation_begun(place.keys)) (void)service::key_files::finish_rotation(place.keys);   // an end came in between
    if (!fs::exists(place.keys + "/tls-key.pem")) make_certificate(place.keys + "/tls-certificate.pem", place.keys + "/tls-key.pem");
    service::key_files::pin_recovery_half(place.keys);
}

Installation::Installation(const Place& place, const Config& config)
    : zone(find_zone(config.time_zone)), store(timed(open_store(place), commit_times)), vault(place.keys, pin_key_zone(place, config)) {
    const auto reader = store->reader();
    (void)domain::fold_name({"预热"});   // its table takes 70 ms to make: now, not in the first registration
    board.store(std::make_shared<const service::Directory>(service::load_directory(*reader)));
    writer = std::make_unique<service::Writer>(*store, vault, clock, board, fever_from_dc(config));
    access = std::make_unique<service::Access>(*writer, clock, vault, staff, config.require_otp);
    access->load(*reader);
    operators = std::make_unique<service::Operators>(*writer, clock, vault, staff, *access, board);
    devices = std::make_unique<service::Devices>(*writer, clock, vault, board, staff, *access);
    audit = std::make_unique<service::AuditTrail>(*writer, clock, vault, staff, checkpoint_file(place));
    ingest = std::make_unique<service::Ingest>(*writer, vault, clock, board, zone, service::ScanSettings{config.ahead_s_max, config.age_days_max});
    registrar = std::make_unique<service::Registrar>(*writer, vault);
    cases = std::make_unique<service::CaseDesk>(*writer, vault, clock);
    tracing = std::make_unique<service::Tracing>(*store, *writer, vault, clock, board, *cases, zone);
    day_counts = std::make_unique<service::DayCounts>(*writer, vault, clock, board, *tracing, zone, config.scan_days);
    imports = std::make_unique<service::Imports>(*writer, vault, clock, board, *ingest, config.scan_days);
    residents = std::make_unique<service::Residents>(*writer, vault, clock, board, *tracing, zone, config.scan_days);
    retention = std::make_unique<service::Retention>(*store, *writer, vault, clock, *tracing, find_key_zone(place, config), config.scan_days, uptime_s);
    const service::RetentionTimes times{config.scan_days, config.desk_days, config.audit_days};
    book_retention = std::make_unique<service::BookRetention>(*store, *writer, vault, clock, *tracing, board, find_key_zone(place, config), times);
    retention_view = std::make_unique<service::RetentionView>(vault, clock, *retention, find_key_zone(place, config), times);
    last_scans = std::make_unique<service::LastScans>();
    bell = std::make_unique<service::AlertBell>();
    writer->on_commit([this](const service::Facts& facts) {
        last_scans->note(facts);
        bell->note(facts);
    });
    write_thread_ = std::jthread([this](const std::stop_token& stop) {
        ::pthread_setname_np(::pthread_self(), "write");
        try {
            writer->run(stop);
        } catch (const storage::StoreError& error) {
            std::fprintf(stderr, "%s\n", error.what());
            fail_stop();
        } catch (...) {
            fail_stop();
        }
    });
    service::fill_link_keys(*writer, vault, *reader);
    service::fill_home_keys(*writer, vault, *reader);
}

Installation::~Installation() {
    write_thread_.request_stop();
    write_thread_.join();
}

std::vector<std::string> check_installation(const Place& place, const Config& config) {
    auto problems = examine_installation(place, config).problems;
    const auto more = check_key_files(place);
    problems.insert(problems.end(), more.begin(), more.end());
    return problems;
}

std::vector<std::string> held_days(const Place& place, const Config& config) {
    const auto zone = find_key_zone(place, config);
    const service::Vault vault(place.keys, zone);
    const auto store = storage::sqlite::open_to_check({place.data, {}, 0});
    const auto reader = store->reader();
    const auto now = SystemClock().now();
    const auto noted = service::key_files::noted_scan_days(place.keys);   // by the service that runs with its settings
    const auto kept_from = service::key_bundle::first_kept_day(zone, now, noted > 0 ? noted : config.scan_days);
    const auto holds = service::holds_of(*reader, vault, now);
    std::vector<std::string> sentences;
    for (const auto day : vault.days()) {
        const auto* holder = day < kept_from ? service::find_holder(holds, {service::begin_of(zone, day), service::begin_of(zone, {day.number + 1})}) : nullptr;
        if (holder != nullptr) sentences.push_back("the scans of " + domain::format_date(day) + " are kept for case " + *holder + ", which asked about that day; close the case to let them go");
    }
    return sentences;
}

Findings examine_installation(const Place& place, const Config& config) {
    const auto zone = find_key_zone(place, config);
    service::Vault vault(place.keys, zone);
    if (storage::sqlite::has_older_schema(place.data))
        return {{"the database was written by an older version of chayan: run chayan serve once, which brings it up to date, then check again"}, {}};
    const auto store = storage::sqlite::open_to_check({place.data, {}, 0});
    Findings findings{store->check(), {}};
    auto& problems = findings.problems;
    const auto reader = store->reader();
    const auto add = [&](const char* table, const auto& find) {   // a page that can't be read hides only its own table
        try {
            const auto more = find(*reader, vault);
            problems.insert(problems.end(), more.begin(), more.end());
        } catch (const storage::StoreError& error) {
            problems.push_back(std::string(table) + " can't be read to its end (" + error.what() + ")");
        }
    };
    const auto destroyed = service::key_files::destroyed_days(place.keys);
    add("the scan log", [&](storage::Connection& from, service::Vault& with) { return check_scans(from, with, zone, destroyed, findings.scans_by_day); });
    add("the table of registrations", check_registrations);
    add("the table of voids or of vehicles", check_voids_and_vehicles);
    add("the table of cases or of operators", check_cases_and_operators);
    add("the ledger", check_ledger);
    add("the registers", check_registers);
    add("the table of sites", check_sites);
    add("the table of reports, cameras or outings", check_site_papers);
    add("the audit log", [&](storage::Connection& rows, const service::Vault& keys) -> std::vector<std::string> {
        const auto verdict = service::verify_audit(rows, keys, checkpoint_file(place));
        if (!verdict.first_bad) return {};
        return {"the audit log is broken from line " + std::to_string(*verdict.first_bad) + " on"};
    });
    return findings;
}

}  // namespace chayan::app
