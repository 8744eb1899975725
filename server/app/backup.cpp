// SPDX-License-Identifier: Apache-2.0
#include "app/backup.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "app/staging.hpp"
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

backup_file::GoOn part(const Stage& stage, const char* doing) {
    return [&stage, doing](std::uint64_t done, std::uint64_t total) { return stage(doing, done, total); };
}

/// The copy passes what `check` looks at, and counts as the original did.
service::Manifest verified_copy(const Place& copy, const Config& config, std::int64_t scan_days, domain::Instant created, const storage::Census& original) {
    auto found = examine_installation(copy, config);
    if (!found.problems.empty()) throw std::runtime_error("the store is not sound, so no backup was made; run chayan check: " + found.problems.front());
    if (storage::sqlite::open_to_check({copy.data, {}, 0})->reader()->census() != original)
        throw std::runtime_error("the copy does not hold what the store holds, so no backup was made; try again");
    return {created, original, config.time_zone, scan_days, std::move(found.scans_by_day)};
}

void write_synced(const std::string& path, const std::string& text) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const bool good = fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
    if (fd >= 0) ::close(fd);
    if (!good) throw std::runtime_error(path + ": cannot write the file; check the space on its disk");
}

/// What lies on the disk is what was meant.
void require_kept(bool same, const std::string& path) {
    if (!same) throw std::runtime_error(path + ": was not kept as it was written; its disk fails");
}

struct Written {
    backup_file::Id id{};
    backup_file::Digest digest{};
};

std::uint64_t bytes_of_database(const std::string& data) {
    std::error_code none;
    const auto size = [&none](const std::string& path) { const auto bytes = fs::file_size(path, none); return none ? 0 : bytes; };
    return size(data + "/chayan.db") + size(data + "/chayan.db-wal");
}

/// FILE in the staging folder, read again.
kit::Result<Written> write_file(const Staging& staging, const std::string& database, const service::crypto::Key& master, const service::Manifest& manifest, const Stage& stage) {
    const auto text = service::format_manifest(manifest);
    const auto id = backup_file::make_id();
    const auto digest = backup_file::write(staging.at("file"), id, master, text, database, part(stage, "writing"));
    if (!digest) return digest.error();
    const auto read = backup_file::read(staging.at("file"), master, {}, part(stage, "verifying"));
    if (!read) return read.error();
    require_kept(read->manifest == text && read->digest == *digest && read->database == backup_file::digest_of(database), staging.at("file"));
    return Written{id, *digest};
}

/// FILE.keys in the staging folder, read again. The keys are read after the copy: a row's key is durable before the row is. All of
/// them go in: what has expired is for retention to say and for a restore, not for whatever clock and settings a backup is made by.
void write_keys(const Staging& staging, const Place& place, const Written& written) {
    key_bundle::Bundle bundle{written.id, written.digest, service::key_files::read_folder(place.keys)};
    const auto text = key_bundle::seal(bundle);
    service::key_files::wipe(bundle.keys);
    write_synced(staging.at("keys"), text);
    const auto kept = key_bundle::read_text(staging.at("keys"));
    require_kept(kept && *kept == text, staging.at("keys"));
}

}  // namespace

kit::Status make_backup(Installation& in, const Place& place, const Config& config, const std::string& file_given, const Stage& stage) {
    const auto file = plain_path(file_given);
    if (fs::exists(file) || fs::exists(file + ".keys")) return Error{Errc::conflict, "backup_exists"};
    const Error stopped{Errc::busy, "backup_stopped"};
    const Staging staging(file);
    const auto created = in.clock.now();
    // In the data folder: what was deleted can be read on a disk, and FILE's may be one that is handed around.
    require_room(place.data, bytes_of_database(place.data));
    const Staging copy(place.data + "/copy-for-backup");
    const auto original = in.store->copy_to(copy.at("chayan.db"), part(stage, "copying"));
    if (!original || !stage("checking", 0, 0)) return stopped;
    const auto noted_days = service::key_files::noted_scan_days(place.keys);
    const auto manifest = verified_copy({copy.path(), place.keys, 0}, config, noted_days > 0 ? noted_days : config.scan_days, created, *original);
    const auto written = write_file(staging, copy.at("chayan.db"), service::key_files::load_master(place.keys), manifest, stage);
    if (!written) return written.error();
    write_keys(staging, place, *written);
    // Keys leave the machine with this: the line is durable before the files have their names.
    const auto noted = service::run_and_wait(*in.writer, [detail = backup_file::format_id(written->id)](service::WriteContext& context) -> kit::Status {
        context.audit({{}, "backed_up", {}, detail});
        return kit::Done{};
    }, true);
    if (!noted) return noted;
    staging.move_out("keys", file + ".keys");
    try {
        staging.move_out("file", file);
    } catch (const std::exception&) {
        ::unlink((file + ".keys").c_str());   // keys without their file would look like a backup
        throw;
    }
    return kit::Done{};
}

}  // namespace chayan::app
