// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>
#include <stdexcept>

#include "app/backup.hpp"
#include "app/staging.hpp"
#include "kit/limits.hpp"
#include "service/backup_file.hpp"
#include "service/key_bundle.hpp"
#include "service/manifest.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace chayan::app {
namespace {

namespace fs = std::filesystem;
namespace backup_file = service::backup_file;
namespace key_bundle = service::key_bundle;
using kit::Errc;
using kit::Error;

Error refuse(const char* code) { return {Errc::conflict, code}; }

bool is_free(const std::string& folder) { return !fs::exists(folder) || (fs::is_directory(folder) && fs::is_empty(folder)); }

/// The keys, opened with the recovery key; wiped at the end.
class OpenedKeys {
public:
    explicit OpenedKeys(key_bundle::Bundle bundle) : bundle_(std::move(bundle)) {}
    ~OpenedKeys() { service::key_files::wipe(bundle_.keys); }
    OpenedKeys(OpenedKeys&&) = default;
    const key_bundle::Bundle* operator->() const { return &bundle_; }
    service::crypto::Key master() const {
        service::crypto::Key key{};
        const auto& bytes = bundle_.keys.at("master.key");
        std::copy_n(bytes.begin(), std::min(bytes.size(), key.size()), key.begin());
        return key;
    }

private:
    key_bundle::Bundle bundle_;
};

/// Everything that can be told without the recovery key is told before it is asked for.
kit::Result<OpenedKeys> open_keys(const std::string& file, const std::string& keys_file, const std::function<kit::Result<std::string>()>& ask) {
    if (const auto id = backup_file::read_id(file); !id) return id.error();
    const auto text = key_bundle::read_text(keys_file);
    if (!text) return text.error();
    if (const auto id_of_keys = key_bundle::read_id(*text); !id_of_keys) return id_of_keys.error();
    const auto typed = ask();
    if (!typed) return typed.error();
    const auto recovery = key_bundle::RecoveryKey::parse(*typed);
    if (!recovery) return recovery.error();
    auto bundle = key_bundle::open(*text, *recovery);
    if (!bundle) return bundle.error();
    return OpenedKeys(*std::move(bundle));
}

/// The days' keys must be dropped by the settings and the time that the scans were taken under.
kit::Status suits(const service::Manifest& manifest, const Config& config, const RestoreRequest& request) {
    if (manifest.time_zone != config.time_zone) return refuse("time_zone_differs");   // scans are sealed by local days
    if (manifest.scan_days > 0 && manifest.scan_days != config.scan_days) return refuse("scan_days_differs");
    const auto age_s = request.now - manifest.created;
    const bool is_odd = age_s < -kit::restore_behind_s_max || age_s > config.scan_days * 86'400;
    return is_odd && request.odd_clock == OddClock::refused ? kit::Status(refuse("clock_differs")) : kit::Status(kit::Done{});
}

/// Each day that has scans has its key, or the mark that it was destroyed.
bool has_keys_of(const service::key_files::Folder& keys, const service::Manifest& manifest) {
    return std::all_of(manifest.scans_by_day.begin(), manifest.scans_by_day.end(), [&keys](const auto& day) {
        const auto stem = "day/" + domain::format_date(day.first);
        return keys.contains(stem + ".key") || keys.contains(stem + ".destroyed");
    });
}

/// The database in `path`, and what it has to hold. FILE's own keys open it, and so do those of any later backup of the installation: only the newest are kept.
kit::Result<service::Manifest> unpack(const OpenedKeys& keys, const std::string& path, const Config& config, const RestoreRequest& request, const Stage& stage) {
    const auto file = plain_path(request.file);
    const auto read = backup_file::read(file, keys.master(), path, [&](std::uint64_t done, std::uint64_t total) { return stage("reading", done, total); });
    const auto id = backup_file::read_id(file);
    const bool are_its_own = id && *id == keys->backup;
    if (!read) return !are_its_own && std::string_view(read.error().code) == "backup_damaged" ? refuse("keys_of_another") : read.error();
    if (are_its_own && read->digest != keys->file) return refuse("keys_of_another");
    const auto schema = service::schema_of_manifest(read->manifest);
    if (schema && *schema > storage::sqlite::schema_version()) return refuse("backup_newer");
    const auto manifest = service::parse_manifest(read->manifest);
    if (!manifest) return refuse("backup_damaged");
    if (!has_keys_of(keys->keys, *manifest)) return refuse("keys_older");
    if (auto status = suits(*manifest, config, request); !status) return status.error();
    return *manifest;
}

/// As the backup says, and sound.
kit::Status compare(const Place& place, const Config& config, const service::Manifest& manifest) {
    const auto found = examine_installation(place, config);
    if (!found.problems.empty()) throw std::runtime_error("what was read out of the backup is not sound, nothing was restored: " + found.problems.front());
    const bool same_days = found.scans_by_day == manifest.scans_by_day;
    auto census = storage::sqlite::open_to_check({place.data, {}, 0})->reader()->census();
    census.schema = manifest.census.schema;   // ours by now; all else is as it was
    return same_days && census == manifest.census ? kit::Status(kit::Done{}) : kit::Status(refuse("backup_mismatch"));
}

/// Nothing when a kind of number has too few left.
std::optional<storage::Sequences> floors_after(const storage::Sequences& last) {
    const storage::Sequences floors{last.scan + kit::skip_scans, last.registration + kit::skip_registrations, last.person + kit::skip_persons,
                                    last.person_event + kit::skip_person_events, last.vehicle + kit::skip_vehicles, last.site + kit::skip_sites,
                                    last.operator_id + kit::skip_operators};
    // Half of each kind's bits is left for what comes after.
    const bool fits = floors.scan < 1ULL << 37U && floors.registration < 1ULL << 39U && floors.person < 1ULL << 29U && floors.vehicle < 1ULL << 31U &&
                      floors.site < 1ULL << 23U && floors.operator_id < 1ULL << 31U;
    return fits ? std::optional(floors) : std::nullopt;
}

/// The line that says where the log was set back: after it numbers go on far above, so that no line's number is given twice either.
storage::AuditRow restored_line(storage::Connection& connection, const service::Vault& vault, domain::Instant now, const std::string& detail) {
    const auto last = connection.audit().last();
    storage::AuditRow row;
    row.seq = (last ? last->seq : 0) + kit::skip_audit_lines;
    row.at = now;
    row.action = "restored";
    row.detail = vault.seal(service::SealKind::audit_detail, std::to_string(row.seq), detail);
    row.chain = vault.chain(last ? last->chain : std::array<std::uint8_t, 32>{}, row);
    return row;
}

struct Beginning {
    storage::Sequences last;
    domain::Instant now;
    std::string detail;
};

/// What makes the copy one that may go on by itself.
kit::Status begin_anew(const Place& place, const domain::TimeZone& zone, const Beginning& beginning) {
    const service::Vault vault(place.keys, zone);
    const auto store = storage::sqlite::open({place.data, {}, 0});
    const auto floors = floors_after(beginning.last);
    if (!floors) return refuse("numbers_exhausted");
    store->write([&](storage::Connection& connection) {
        connection.skip_to(*floors);
        connection.staff().end_sessions_before({std::numeric_limits<std::int64_t>::max()});
        connection.audit().append(restored_line(connection, vault, beginning.now, beginning.detail));
    });
    store->checkpoint();
    return kit::Done{};
}

/// Where the key folder lies within the data folder, else nothing.
std::optional<std::string> inside(const std::string& keys, const std::string& data) {
    const auto relative = fs::path(keys).lexically_relative(data).string();
    return relative.empty() || relative == "." || relative.starts_with("..") ? std::nullopt : std::optional(relative);
}

}  // namespace

kit::Result<Restored> restore_backup(const Place& place, const Config& config, const RestoreRequest& request, const Stage& stage) {
    const auto data = plain_path(place.data);
    const auto keys = plain_path(place.keys);
    const auto zone = find_zone(config.time_zone);
    if (!is_free(data) || !is_free(keys)) return refuse("folder_not_empty");
    const auto opened = open_keys(plain_path(request.file), plain_path(request.keys_file.empty() ? request.file + ".keys" : request.keys_file), request.ask);
    if (!opened) return opened.error();
    Staging staging(data);
    const auto keys_inside = inside(keys, data);
    std::optional<Staging> keys_staging;
    if (!keys_inside) keys_staging.emplace(keys);
    const Place made{staging.path(), keys_inside ? staging.at(*keys_inside) : keys_staging->path(), 0};

    const auto manifest = unpack(*opened, staging.at("chayan.db"), config, request, stage);
    if (!manifest) return manifest.error();
    if (!stage("checking", 0, 0)) return refuse("backup_stopped");
    const auto dropped = service::key_files::write_folder(made.keys, (*opened)->keys, key_bundle::first_kept_day(zone, request.now, config.scan_days));
    (void)storage::sqlite::open({made.data, {}, 0});   // brings an older schema up to ours, as serve does: what is examined is what will run
    if (auto same = compare(made, config, *manifest); !same) return same.error();
    const Beginning beginning{manifest->census.last, request.now, backup_file::format_id(*backup_file::read_id(plain_path(request.file)))};
    if (auto begun = begin_anew(made, find_key_zone(made, config), beginning); !begun) return begun.error();
    // The data first: with the keys alone a start would make a new store under them and give numbers out again; the data alone is refused.
    staging.become_target();
    if (keys_staging) keys_staging->become_target();
    return Restored{dropped};
}

}  // namespace chayan::app
