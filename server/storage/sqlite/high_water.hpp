// SPDX-License-Identifier: Apache-2.0
// The high-water mark: how far the store had come after the last commit, in a file of its own. SQLite drops damaged commits
// at the end of its log in silence; this is how we notice. Written after each commit without a sync (it must survive a kill,
// and only ever lags behind the store); synced now and then. Two slots in turn, so that a torn write spares the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/sqlite/database.hpp"

namespace chayan::storage::sqlite {

/// The largest numbers that are durable.
struct Mark {
    std::uint64_t commits = 0, scan = 0, registration = 0, audit = 0;
};

class HighWater {
public:
    /// Opens; creates when writing. Throws StoreError (io).
    HighWater(const std::string& directory, Access access);
    ~HighWater();
    HighWater(const HighWater&) = delete;
    HighWater& operator=(const HighWater&) = delete;

    /// The newer whole slot; nothing when none was ever written.
    std::optional<Mark> read() const;
    /// Neither slot is whole though something was written.
    bool is_damaged() const;
    /// Both throw StoreError (io) when the disk fails.
    void write(const Mark& mark);
    void sync();

private:
    int fd_ = -1;
};

}  // namespace chayan::storage::sqlite
