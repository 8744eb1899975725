// SPDX-License-Identifier: Apache-2.0
#include "storage/crash_disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "kit/check.hpp"
#include "storage/samples.hpp"

namespace chayan::storage {
namespace {

CrashDisk* disk = nullptr;
sqlite3_vfs vfs;
sqlite3_vfs* real_vfs = nullptr;
constexpr std::uint64_t sector = 512;

struct ShimFile {
    sqlite3_file base;
    DiskFile* kept;          // null: a file that no crash concerns
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
ShimFile* shim(sqlite3_file* file) { return reinterpret_cast<ShimFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return shim(file)->real(); }
const sqlite3_io_methods& methods(sqlite3_file* file) { return *real(file)->pMethods; }

/// SQLITE_OK, or how this operation fails.
int fate(int error, bool is_sync = false) {
    switch (disk->next(is_sync)) {
        case CrashDisk::Fate::cut: return error;
        case CrashDisk::Fate::failing: return disk->fail_code;
        case CrashDisk::Fate::fine: break;
    }
    return SQLITE_OK;
}

void apply(std::string& image, const Pending& change, const std::vector<bool>* sectors = nullptr) {
    if (change.is_cut) {
        image.resize(std::min<std::size_t>(image.size(), change.offset));
        return;
    }
    for (std::size_t i = 0; i < change.bytes.size(); ++i) {
        const auto at = change.offset + i;
        if (sectors != nullptr && !(*sectors)[at / sector - change.offset / sector]) continue;
        if (image.size() <= at) image.resize(at + 1);
        image[at] = change.bytes[i];
    }
}

int close_file(sqlite3_file* file) {
    const int code = methods(file).xClose(real(file));
    file->pMethods = nullptr;
    return code;
}
int read_file_at(sqlite3_file* file, void* out, int count, sqlite3_int64 at) {
    if (disk->is_off) return SQLITE_IOERR_READ;
    return methods(file).xRead(real(file), out, count, at);
}
int write_at(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    if (const int code = fate(SQLITE_IOERR_WRITE); code != SQLITE_OK) {
        // The write under way when the power goes may have reached the disk, or a part of it.
        if (disk->operations == disk->cut_at && shim(file)->kept != nullptr)
            shim(file)->kept->pending.push_back({false, static_cast<std::uint64_t>(at), {static_cast<const char*>(bytes), static_cast<std::size_t>(count)}});
        return code;
    }
    if (shim(file)->kept != nullptr)
        shim(file)->kept->pending.push_back({false, static_cast<std::uint64_t>(at), {static_cast<const char*>(bytes), static_cast<std::size_t>(count)}});
    return methods(file).xWrite(real(file), bytes, count, at);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    if (const int code = fate(SQLITE_IOERR_TRUNCATE); code != SQLITE_OK) return code;
    if (shim(file)->kept != nullptr) shim(file)->kept->pending.push_back({true, static_cast<std::uint64_t>(size), {}});
    return methods(file).xTruncate(real(file), size);
}
int sync_file(sqlite3_file* file, int) {
    auto* kept = shim(file)->kept;
    if (const int code = fate(SQLITE_IOERR_FSYNC, /*is_sync=*/true); code != SQLITE_OK) {
        if (!disk->is_off && kept != nullptr) kept->pending.clear();
        return code;
    }
    if (kept == nullptr || disk->ignores_syncs) return SQLITE_OK;
    for (const auto& change : kept->pending) apply(kept->durable, change);
    kept->pending.clear();
    return SQLITE_OK;   // nothing real is synced: the test's power never goes
}
int size_of(sqlite3_file* file, sqlite3_int64* size) { return methods(file).xFileSize(real(file), size); }
int lock_file(sqlite3_file* file, int level) { return methods(file).xLock(real(file), level); }
int unlock_file(sqlite3_file* file, int level) { return methods(file).xUnlock(real(file), level); }
int check_lock(sqlite3_file* file, int* out) { return methods(file).xCheckReservedLock(real(file), out); }
int control(sqlite3_file* file, int what, void* argument) {
    if (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;   // would grow the file unseen
    return methods(file).xFileControl(real(file), what, argument);
}
int sector_size(sqlite3_file*) { return static_cast<int>(sector); }
int characteristics(sqlite3_file* file) { return methods(file).xDeviceCharacteristics(real(file)); }
int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
    return methods(file).xShmMap(real(file), region, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) { return methods(file).xShmLock(real(file), offset, count, flags); }
void shm_barrier(sqlite3_file* file) { methods(file).xShmBarrier(real(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return methods(file).xShmUnmap(real(file), remove); }

const sqlite3_io_methods shim_methods = {2, close_file, read_file_at, write_at, truncate_file, sync_file, size_of, lock_file, unlock_file,
                                         check_lock, control, sector_size, characteristics, shm_map, shm_lock, shm_barrier, shm_unmap,
                                         nullptr, nullptr};

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    file->pMethods = nullptr;
    const int code = real_vfs->xOpen(real_vfs, path, real(file), flags, out_flags);
    if (code != SQLITE_OK) return code;
    shim(file)->kept = (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0 ? &disk->files[path] : nullptr;
    file->pMethods = &shim_methods;
    return SQLITE_OK;
}
int delete_file(sqlite3_vfs*, const char* path, int sync) {
    if (const int code = fate(SQLITE_IOERR_DELETE); code != SQLITE_OK) return code;
    disk->files.erase(path);
    return real_vfs->xDelete(real_vfs, path, sync);
}

}  // namespace

CrashDisk::CrashDisk() {
    CHECK(disk == nullptr);
    disk = this;
    real_vfs = sqlite3_vfs_find("unix");
    vfs = *real_vfs;
    vfs.zName = name;
    vfs.pNext = nullptr;
    vfs.szOsFile = static_cast<int>(sizeof(ShimFile)) + real_vfs->szOsFile;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    sqlite3_vfs_register(&vfs, 0);
}

CrashDisk::~CrashDisk() {
    sqlite3_vfs_unregister(&vfs);
    disk = nullptr;
}

CrashDisk::Fate CrashDisk::next(bool is_sync) {
    ++operations;
    if (operations >= cut_at) is_off = true;
    if (is_off) return Fate::cut;
    if (operations < fail_at || (only_syncs_fail && !is_sync)) return Fate::fine;
    fail_at = ~0ULL;
    // What the store is told must not depend on what this thread failed at last.
    errno = fail_errno;
    return Fate::failing;
}

void CrashDisk::power_on(std::mt19937_64& chance) {
    for (auto& [path, file] : files) {
        const auto mood = chance() % 6;   // 0, 1: all of it came through; 2: nothing did; else each write has its own luck
        for (const auto& change : file.pending) {
            std::vector<bool> sectors(change.bytes.size() / sector + 2);
            for (std::size_t i = 0; i < sectors.size(); ++i) sectors[i] = chance() % 2 == 0;
            const auto outcome = mood <= 1 ? 0U : mood == 2 ? 1U : chance() % 3;   // whole, not at all, torn
            if (outcome == 0) apply(file.durable, change);
            if (outcome == 2 && !change.is_cut) apply(file.durable, change, &sectors);
        }
        file.pending.clear();
        write_file(path, file.durable);
        std::filesystem::remove(path + "-shm");
    }
    is_off = false;
    operations = 0;
    cut_at = fail_at = ~0ULL;
}

}  // namespace chayan::storage
