// SPDX-License-Identifier: Apache-2.0
#include "app/staging.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "kit/limits.hpp"

namespace chayan::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* mark = "/.being-made-by-chayan";   // what lacks it is somebody else's, and never removed

[[noreturn]] void fail(const std::string& path, const std::string& what) {
    throw std::runtime_error(path + ": " + what + " (" + std::strerror(errno) + ")");
}

void sync_folder(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = fd >= 0 && ::fsync(fd) == 0;
    if (fd >= 0) ::close(fd);
    if (!good) fail(path, "the folder cannot be synced; its disk fails");
}

std::string parent_of(const std::string& path) { return fs::path(path).parent_path().string(); }

}  // namespace

bool move_by_link(const std::string& from, const std::string& to) {
    if (::link(from.c_str(), to.c_str()) != 0) return false;
    ::unlink(from.c_str());   // a second name of the staging folder's is cleared with it
    return true;
}

void require_room(const std::string& folder, std::uint64_t bytes) {
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) != 0) fail(folder, "its disk can't be asked for its space");
    if (static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize < bytes + kit::backup_free_bytes_min)
        throw std::runtime_error(folder + ": its disk has no room for a copy beside what scans need; make room there");
}

std::string plain_path(const std::string& path) {
    auto plain = fs::absolute(path).lexically_normal().string();
    while (plain.size() > 1 && plain.back() == '/') plain.pop_back();
    return plain;
}

Staging::Staging(const std::string& target) : target_(plain_path(target)), path_(target_ + ".partial") {
    if (::mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST) fail(path_, "cannot make the folder; check that the one above it is there and may be written to");
    fd_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd_ < 0) fail(path_, "cannot be opened as a folder; move it away");
    const bool ours = ::flock(fd_, LOCK_EX | LOCK_NB) == 0;
    if (!ours || (!fs::is_empty(path_) && !fs::exists(path_ + mark))) {
        ::close(fd_);
        throw std::runtime_error(path_ + (ours ? ": is there already and not ours; move it away" : ": another command is building there; wait for it to end"));
    }
    for (const auto& entry : fs::directory_iterator(path_)) fs::remove_all(entry.path());
    const int marked = ::open((path_ + mark).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (marked >= 0) ::close(marked);
}

Staging::~Staging() {
    std::error_code ignored;   // what stays behind is cleared by the next command
    if (!path_.empty()) fs::remove_all(path_, ignored);
    ::close(fd_);
}

void Staging::move_out(const std::string& name, const std::string& to) const {
    bool good = ::renameat2(AT_FDCWD, at(name).c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0;
    if (!good && (errno == EINVAL || errno == ENOSYS)) good = move_by_link(at(name), to);
    if (!good) fail(to, "cannot be put in its place");
    sync_folder(parent_of(to));
}

void Staging::become_target() {
    fs::remove(path_ + mark);
    sync_folder(path_);
    if (::rename(path_.c_str(), target_.c_str()) != 0) fail(target_, "cannot be put in its place; a folder that is a mount point cannot, one in it can");
    path_.clear();
    sync_folder(parent_of(target_));
}

}  // namespace chayan::app
