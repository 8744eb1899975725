// SPDX-License-Identifier: Apache-2.0
// The C library's functions that change a disk, for this program and the libraries that it is linked with: the call goes to the kernel, and the recorder,
// where there is one, is told what it did. What slips through (a stream of the C library's own) is found out: crash/cuts.cpp compares what was recorded with
// what lies in the folder.
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

#include "crash/recorder.hpp"
#include "kit/check.hpp"

using chayan::crash::Recorder;

namespace {

/// Makes the call, with the recorder held so that what is recorded has the order of what was done; then tells it, unless the call failed.
template <class Call, class Tell>
auto record(const Call& call, const Tell& tell) {
    auto* recorder = Recorder::active();
    if (recorder == nullptr) return call();
    const auto held = recorder->lock();
    const auto result = call();
    if (result >= 0 && Recorder::active() != nullptr) {
        const int kept = errno;
        tell(*recorder, result);
        errno = kept;
    }
    return result;
}

bool is_there(const char* path) {
    struct stat status {};
    return ::syscall(SYS_newfstatat, AT_FDCWD, path, &status, 0) == 0;
}

int open_path(const char* path, int flags, mode_t mode) {
    bool was_there = true;
    return record(
        [&] {
            was_there = is_there(path);
            return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
        },
        [&](Recorder& recorder, int fd) {
            if ((flags & O_TMPFILE) == O_TMPFILE) recorder.closed(fd);
            else recorder.opened(fd, path, was_there, (flags & O_TRUNC) != 0);
        });
}

int open_path_at(int folder, const char* name, int flags, mode_t mode) {
    if (folder == AT_FDCWD || name[0] == '/') return open_path(name, flags, mode);
    return record([&] { return static_cast<int>(::syscall(SYS_openat, folder, name, flags, mode)); },
                  [&](Recorder& recorder, int fd) { recorder.opened_at(fd, folder, name); });
}

mode_t mode_in(int flags, va_list list) { return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(list, unsigned)) : 0; }

ssize_t write_at(int fd, const void* bytes, std::size_t count, off_t offset) {
    return record([&] { return static_cast<ssize_t>(::syscall(SYS_pwrite64, fd, bytes, count, offset)); },
                  [&](Recorder& recorder, ssize_t done) { recorder.wrote(fd, static_cast<std::uint64_t>(offset), bytes, static_cast<std::size_t>(done)); });
}

int resize(int fd, off_t bytes) {
    return record([&] { return static_cast<int>(::syscall(SYS_ftruncate, fd, bytes)); },
                  [&](Recorder& recorder, int) { recorder.sized(fd, static_cast<std::uint64_t>(bytes)); });
}

int allocate(int fd, off_t from, off_t count) {
    struct stat before {};
    const int code = record(
        [&] {
            (void)::fstat(fd, &before);
            return static_cast<int>(::syscall(SYS_fallocate, fd, 0, from, count));
        },
        [&](Recorder& recorder, int) {
            if (before.st_size < from + count) recorder.sized(fd, static_cast<std::uint64_t>(from + count));
        });
    return code == 0 ? 0 : errno;   // as posix_fallocate tells it
}

int rename_path(const char* from, const char* to, unsigned flags) {
    return record([&] { return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags)); },
                  [&](Recorder& recorder, int) { recorder.renamed(from, to); });
}

int remove_at(int folder, const char* name, int flags) {
    return record([&] { return static_cast<int>(::syscall(SYS_unlinkat, folder, name, flags)); },
                  [&](Recorder& recorder, int) {
                      if (folder == AT_FDCWD) recorder.removed(name);
                      else recorder.removed_at(folder, name);
                  });
}

/// The kernel is not asked: what lies in memory alone need not wait for a disk.
int sync_file(int fd) {
    return record([] { return 0; }, [&](Recorder& recorder, int) { recorder.synced(fd); });
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    const auto mode = mode_in(flags, list);
    va_end(list);
    return open_path(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    const auto mode = mode_in(flags, list);
    va_end(list);
    return open_path(path, flags, mode);
}
int openat(int folder, const char* name, int flags, ...) {
    va_list list;
    va_start(list, flags);
    const auto mode = mode_in(flags, list);
    va_end(list);
    return open_path_at(folder, name, flags, mode);
}
int openat64(int folder, const char* name, int flags, ...) {
    va_list list;
    va_start(list, flags);
    const auto mode = mode_in(flags, list);
    va_end(list);
    return open_path_at(folder, name, flags, mode);
}
int __open_2(const char* path, int flags) { return open_path(path, flags, 0); }
int __open64_2(const char* path, int flags) { return open_path(path, flags, 0); }
int close(int fd) {
    return record([&] { return static_cast<int>(::syscall(SYS_close, fd)); }, [&](Recorder& recorder, int) { recorder.closed(fd); });
}
ssize_t write(int fd, const void* bytes, size_t count) {
    off_t at = 0;
    return record(
        [&] {
            at = ::lseek(fd, 0, SEEK_CUR);
            return static_cast<ssize_t>(::syscall(SYS_write, fd, bytes, count));
        },
        [&](Recorder& recorder, ssize_t done) {
            if (at >= 0) recorder.wrote(fd, static_cast<std::uint64_t>(at), bytes, static_cast<std::size_t>(done));
        });
}
ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) { return write_at(fd, bytes, count, offset); }
ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) { return write_at(fd, bytes, count, offset); }
int ftruncate(int fd, off_t bytes) noexcept { return resize(fd, bytes); }
int ftruncate64(int fd, off64_t bytes) noexcept { return resize(fd, bytes); }
int posix_fallocate(int fd, off_t from, off_t count) { return allocate(fd, from, count); }
int posix_fallocate64(int fd, off64_t from, off64_t count) { return allocate(fd, from, count); }
int fsync(int fd) { return sync_file(fd); }
int fdatasync(int fd) { return sync_file(fd); }
int rename(const char* from, const char* to) noexcept { return rename_path(from, to, 0); }
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
    CHECK(from_folder == AT_FDCWD && to_folder == AT_FDCWD);
    return rename_path(from, to, flags);
}
int link(const char* from, const char* to) noexcept {
    return record([&] { return static_cast<int>(::syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0)); },
                  [&](Recorder& recorder, int) { recorder.linked(from, to); });
}
int unlink(const char* path) noexcept { return remove_at(AT_FDCWD, path, 0); }
int unlinkat(int folder, const char* name, int flags) noexcept { return remove_at(folder, name, flags); }
int rmdir(const char* path) noexcept { return remove_at(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char* path) noexcept {
    const int code = remove_at(AT_FDCWD, path, 0);
    return code != 0 && errno == EISDIR ? remove_at(AT_FDCWD, path, AT_REMOVEDIR) : code;
}
int mkdir(const char* path, mode_t mode) noexcept {
    return record([&] { return static_cast<int>(::syscall(SYS_mkdirat, AT_FDCWD, path, mode)); }, [&](Recorder& recorder, int) { recorder.made_folder(path); });
}

}  // extern "C"
