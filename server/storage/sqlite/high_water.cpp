// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/high_water.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace chayan::storage::sqlite {
namespace {

struct Slot {
    Mark mark;
    std::uint64_t check = 0;
};
constexpr off_t slot_bytes = 512;   // a sector: a torn write can't reach the other slot

/// FNV-1a with a tail: enough against a torn or flipped slot; nobody gains by forging one.
std::uint64_t check_of(const Mark& mark) {
    std::array<unsigned char, sizeof(Mark)> bytes;
    std::memcpy(bytes.data(), &mark, sizeof mark);
    std::uint64_t hash = 14'695'981'039'346'656'037ULL;
    for (const auto byte : bytes) hash = (hash ^ byte) * 1'099'511'628'211ULL;
    return hash ^ 0x6368'6179'616EULL;
}

std::optional<Mark> read_slot(int fd, off_t at) {
    Slot slot;
    if (::pread(fd, &slot, sizeof slot, at) != static_cast<ssize_t>(sizeof slot)) return std::nullopt;
    if (slot.check != check_of(slot.mark)) return std::nullopt;
    return slot.mark;
}

}  // namespace

HighWater::HighWater(const std::string& directory, Access access) {
    const int flags = access == Access::writing ? O_RDWR | O_CREAT : O_RDONLY;
    fd_ = ::open((directory + "/high-water").c_str(), flags | O_CLOEXEC, 0600);
    if (fd_ < 0 && !(access == Access::reading && errno == ENOENT))
        throw StoreError(StoreError::Kind::io, "cannot open the file high-water; check the data folder's permissions");
}

HighWater::~HighWater() {
    if (fd_ >= 0) ::close(fd_);
}

std::optional<Mark> HighWater::read() const {
    const auto first = read_slot(fd_, 0);
    const auto second = read_slot(fd_, slot_bytes);
    if (first && second) return first->commits > second->commits ? first : second;
    return first ? first : second;
}

bool HighWater::is_damaged() const { return !read() && ::lseek(fd_, 0, SEEK_END) > 0; }

void HighWater::write(const Mark& mark) {
    const Slot slot{mark, check_of(mark)};
    const auto written = ::pwrite(fd_, &slot, sizeof slot, mark.commits % 2 == 0 ? 0 : slot_bytes);
    // Without space the mark lags behind: it can't raise a false alarm, only miss one. A disk that fails is another thing.
    if (written < 0 && errno == EIO) throw StoreError(StoreError::Kind::io, "the file high-water can't be written: the disk fails");
}

void HighWater::sync() {
    if (::fdatasync(fd_) != 0 && errno == EIO) throw StoreError(StoreError::Kind::io, "the file high-water can't be synced: the disk fails");
}

}  // namespace chayan::storage::sqlite
