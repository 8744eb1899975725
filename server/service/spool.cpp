// SPDX-License-Identifier: Apache-2.0
#include "service/spool.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>

#include "service/crypto.hpp"

namespace chayan::service {
namespace {

constexpr std::uint64_t bytes_between_looks = 4 * 1024 * 1024;   // at the free space

kit::Error disk_short() { return {kit::Errc::busy, "disk_short", {}, 60}; }

bool is_full(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

[[noreturn]] void fail() { throw std::runtime_error("the spool folder's disk fails; check it"); }

/// A file without a name; where the file system knows none, one whose name is gone at once. -1 with errno when there is no space.
int open_nameless(const std::string& folder) {
    const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) return fd;
    auto pattern = folder + "/XXXXXX";
    const int named = ::mkostemp(pattern.data(), O_CLOEXEC);
    if (named >= 0) ::unlink(pattern.c_str());
    return named;
}

bool is_short(int fd, std::uint64_t free_bytes_min) {
    struct statvfs space {};
    if (::fstatvfs(fd, &space) != 0) return false;
    return static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize < free_bytes_min;
}

}  // namespace

std::string base64(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const auto written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                                         static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(written));
    return out;
}

struct Spool::State {
    State(int file, std::uint64_t least) : fd(file), free_bytes_min(least) {}
    ~State() { ::close(fd); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    int fd;
    std::uint64_t free_bytes_min;
    crypto::Key key = crypto::random_key();
    crypto::StreamCipher cipher{key};
    crypto::Sha256 hash;
    std::uint64_t size = 0, looked_at = 0, read = 0;
    std::string digest;

    kit::Status write(std::string_view sealed) {
        while (!sealed.empty()) {
            const auto written = ::write(fd, sealed.data(), sealed.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0 && is_full(errno)) return disk_short();
            if (written <= 0) fail();
            sealed.remove_prefix(static_cast<std::size_t>(written));
        }
        return kit::Done{};
    }
    void apply(std::string& bytes) { cipher.apply({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}); }
};

Spool::Spool(std::unique_ptr<State> state) : state_(std::move(state)) {}
Spool::~Spool() = default;

kit::Status Spool::append(std::string_view bytes) {
    auto& state = *state_;
    CHECK(state.digest.empty());
    if (state.size - state.looked_at >= bytes_between_looks) {
        if (is_short(state.fd, state.free_bytes_min)) return disk_short();
        state.looked_at = state.size;
    }
    state.hash.add(bytes);
    state.size += bytes.size();
    std::string sealed(bytes);
    state.apply(sealed);
    return state.write(sealed);
}

void Spool::finish() {
    auto& state = *state_;
    CHECK(state.digest.empty());
    const auto hash = state.hash.finish();
    state.digest = base64({reinterpret_cast<const char*>(hash.data()), hash.size()});
    state.cipher = crypto::StreamCipher(state.key);
}

std::uint64_t Spool::size() const { return state_->size; }
const std::string& Spool::digest() const { return state_->digest; }

std::optional<std::string> Spool::read(std::size_t bytes_max) {
    auto& state = *state_;
    CHECK(!state.digest.empty());
    std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(bytes_max, state.size - state.read)), '\0');
    for (std::size_t at = 0; at < bytes.size();) {
        const auto count = ::pread(state.fd, bytes.data() + at, bytes.size() - at, static_cast<off_t>(state.read + at));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return std::nullopt;
        at += static_cast<std::size_t>(count);
    }
    state.read += bytes.size();
    state.apply(bytes);
    return bytes;
}

SpoolFolder::SpoolFolder(std::string path, std::uint64_t free_bytes_min) : path_(std::move(path)), free_bytes_min_(free_bytes_min) {
    namespace fs = std::filesystem;
    std::error_code error;
    fs::remove_all(path_, error);
    fs::create_directories(path_, error);
    if (error || ::chmod(path_.c_str(), 0700) != 0) throw std::runtime_error("cannot make the spool folder; check the permissions: " + path_);
}

kit::Result<std::unique_ptr<Spool>> SpoolFolder::open() const {
    const int fd = open_nameless(path_);
    if (fd < 0 && is_full(errno)) return disk_short();
    if (fd < 0) fail();
    auto state = std::make_unique<Spool::State>(fd, free_bytes_min_);
    if (is_short(fd, free_bytes_min_)) return disk_short();
    return std::unique_ptr<Spool>(new Spool(std::move(state)));
}

}  // namespace chayan::service
