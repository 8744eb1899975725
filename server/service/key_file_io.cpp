// SPDX-License-Identifier: Apache-2.0
#include "service/key_file_io.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "storage/store.hpp"

namespace chayan::service::key_files {
namespace {

namespace fs = std::filesystem;

/// What the writer can do about it when it happens inside a transaction: without space or free handles, try again later.
storage::StoreError::Kind kind_of(int error) {
    using Kind = storage::StoreError::Kind;
    switch (error) {
        case ENOSPC: case EDQUOT: case EMFILE: case ENFILE: case ENOMEM: return Kind::full;
        case EIO: return Kind::io;
        default: return Kind::other;
    }
}

/// Shown to whoever connects; the tools that renew it leave it at 0644.
constexpr const char* certificate = "tls-certificate.pem";

}  // namespace

void fail(const std::string& what, const std::string& path, int error) {
    throw storage::StoreError(kind_of(error), what + ": " + path + " (" + std::strerror(error) + ")");
}

void sync_directory(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) fail("cannot open the key directory", path, errno);
    const bool good = ::fsync(fd) == 0;
    const int error = errno;
    ::close(fd);
    if (!good) fail("cannot sync the key directory", path, error);
}

void sync_names_above(const std::string& directory) {
    for (auto path = fs::absolute(directory).lexically_normal(); path.has_relative_path(); path = path.parent_path()) {
        const int fd = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) continue;   // somebody else's, who made it and what is in it
        (void)::fsync(fd);
        ::close(fd);
    }
}

void write_key(const std::string& path, std::string_view bytes) {
    const std::string fresh = path + ".new";
    const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) fail("cannot write a key file; check the folder's permissions and space", path, errno);
    const auto written = ::write(fd, bytes.data(), bytes.size());
    const bool good = written == static_cast<ssize_t>(bytes.size()) && ::fsync(fd) == 0;
    const int error = written >= 0 && written < static_cast<ssize_t>(bytes.size()) ? ENOSPC : errno;
    ::close(fd);
    if (!good) {
        ::unlink(fresh.c_str());
        fail("cannot write a key file; check the space on its disk", path, error);
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) fail("cannot write a key file; check the space on its disk", path, errno);
    sync_directory(fs::path(path).parent_path());
}

std::string read_key(const std::string& path, std::size_t count, std::size_t count_wrapped) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail("cannot read a key file; restore the keys beside the data", path, errno);
    struct stat status {};
    const bool known = ::fstat(fd, &status) == 0;
    const auto size = known ? static_cast<std::size_t>(status.st_size) : 0;
    std::string bytes(size == count_wrapped ? count_wrapped : count, '\0');
    const bool whole = known && size == bytes.size() && ::read(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
    ::close(fd);
    if (!whole) throw std::runtime_error("a key file has the wrong size; restore it from the backup of the keys: " + path);
    if ((status.st_mode & 077U) != 0 && fs::path(path).filename() != certificate)
        throw std::runtime_error("others may read a key file; run chmod 600 on it: " + path);
    return bytes;
}

void erase_key(const std::string& path) {
    std::error_code error;
    const auto target = fs::is_symlink(path, error) ? fs::canonical(path, error).string() : path;
    const int fd = target.empty() ? -1 : ::open(target.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        const std::string nothing(static_cast<std::size_t>(fs::file_size(target, error)), '\0');
        const bool good = ::write(fd, nothing.data(), nothing.size()) == static_cast<ssize_t>(nothing.size()) && ::fsync(fd) == 0;
        const int fault = errno;
        ::close(fd);
        if (!good) fail("cannot overwrite a key", target, fault);
    } else if (errno != ENOENT) {
        fail("cannot open a key to destroy it; check the folder's permissions", target, errno);
    }
    if (target != path && ::unlink(target.c_str()) != 0 && errno != ENOENT) fail("cannot remove a key", target, errno);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail("cannot remove a key", path, errno);
    sync_directory(fs::path(path).parent_path());
}

}  // namespace chayan::service::key_files
