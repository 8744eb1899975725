// SPDX-License-Identifier: Apache-2.0
// A disk that can lose power or fail, as a SQLite VFS over the real one. It records every write, cut and sync. At a chosen
// operation the power goes: every later operation fails, and what the disk then holds is what was synced, and of the rest
// each write (or all of them) whole, or not at all, or some of its 512-byte sectors, by chance. After a sync that failed, what it should have
// synced can be read and never becomes durable, as on Linux. One at a time; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace chayan::storage {

struct Pending {
    bool is_cut = false;
    std::uint64_t offset = 0;   ///< of a cut: the new size
    std::string bytes;
};
/// What of one file is durable, and what isn't yet.
struct DiskFile {
    std::string durable;
    std::vector<Pending> pending;
};

class CrashDisk {
public:
    static constexpr const char* name = "crash-disk";
    CrashDisk();    ///< Registers the VFS. Requires: there is no other.
    ~CrashDisk();
    CrashDisk(const CrashDisk&) = delete;
    CrashDisk& operator=(const CrashDisk&) = delete;

    enum class Fate { fine, cut, failing };
    /// Called by the VFS before each write, cut, sync and deletion.
    Fate next(bool is_sync);
    /// Puts into the files of this disk what is left of them after the power cut, and forgets the past. Requires: all are closed.
    void power_on(std::mt19937_64& chance);

    std::uint64_t operations = 0;
    std::uint64_t cut_at = ~0ULL;        ///< the operation at which the power goes
    std::uint64_t fail_at = ~0ULL;       ///< the operation that fails once
    int fail_code = 0;                   ///< with this
    int fail_errno = 5;                  ///< and this, EIO unless said otherwise
    bool only_syncs_fail = false;        ///< not the operation fail_at, but the first sync from there on
    bool ignores_syncs = false;          ///< a disk that lies
    bool is_off = false;
    std::map<std::string, DiskFile> files;
};

}  // namespace chayan::storage
