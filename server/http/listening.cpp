// SPDX-License-Identifier: Apache-2.0
#include "http/listening.hpp"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace chayan::http {
namespace {

using tcp = boost::asio::ip::tcp;

constexpr int backlog = 4096;

[[noreturn]] void fail(const std::string& act, const std::string& where, int error) {
    throw std::runtime_error("cannot " + act + " " + where + ": " + std::strerror(error));
}

std::string text_of(const tcp::endpoint& where) { return where.address().to_string() + " port " + std::to_string(where.port()); }

/// A descriptor until it is given away.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }
    int give() { return std::exchange(fd_, -1); }

private:
    int fd_;
};

enum class Sharing { alone, shared };

/// A bound socket. Its options are inherited by what it accepts.
int bound_socket(const tcp::endpoint& where, Sharing sharing) {
    Descriptor fd(::socket(where.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (fd.get() < 0) fail("open a socket for", text_of(where), errno);
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (sharing == Sharing::shared) ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (::bind(fd.get(), where.data(), static_cast<socklen_t>(where.size())) != 0) fail("listen on", text_of(where), errno);
    return fd.give();
}

sockaddr_un local_address(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        throw std::runtime_error("the path of a socket must have 1 to " + std::to_string(sizeof address.sun_path - 1) + " bytes: " + path);
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

const sockaddr* as_socket(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

int local_stream() { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

/// Removes what a process that was killed has left there.
void remove_stale(const std::string& path, const sockaddr_un& address) {
    struct stat state {};
    if (::lstat(path.c_str(), &state) != 0) return;
    if (!S_ISSOCK(state.st_mode)) throw std::runtime_error("cannot listen on " + path + ": another file has that name");
    const Descriptor probe(local_stream());
    const bool is_answered = ::connect(probe.get(), as_socket(address), sizeof address) == 0 || errno != ECONNREFUSED;
    if (is_answered) fail("listen on", path, EADDRINUSE);
    ::unlink(path.c_str());
}

}  // namespace

tcp::endpoint free_endpoint(const std::string& address, std::uint16_t port) {
    boost::system::error_code error;
    tcp::endpoint where(boost::asio::ip::make_address(address, error), port);
    if (error) throw std::runtime_error(address + " is not an address to listen on");
    const Descriptor fd(bound_socket(where, Sharing::alone));
    auto size = static_cast<socklen_t>(where.capacity());
    if (::getsockname(fd.get(), where.data(), &size) != 0) fail("learn the port of", text_of(where), errno);
    return where;
}

int listen_beside_others(const tcp::endpoint& where) {
    Descriptor fd(bound_socket(where, Sharing::shared));
    if (::listen(fd.get(), backlog) != 0) fail("listen on", text_of(where), errno);
    return fd.give();
}

tcp::endpoint adopt_listening(int fd) {
    const auto number = [fd](int option) {
        int value = 0;
        socklen_t size = sizeof value;
        return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
    };
    const int family = number(SO_DOMAIN);
    if ((family != AF_INET && family != AF_INET6) || number(SO_TYPE) != SOCK_STREAM || number(SO_ACCEPTCONN) != 1)
        throw std::runtime_error("what was handed over as descriptor " + std::to_string(fd) + " is no TCP socket that listens; chayan.socket may have ListenStream= with ports and addresses alone");
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    tcp::endpoint where;
    auto size = static_cast<socklen_t>(where.capacity());
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 || ::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || ::getsockname(fd, where.data(), &size) != 0)
        fail("listen on", "descriptor " + std::to_string(fd), errno);
    where.resize(size);
    return where;
}

int share_listening(int fd) {
    const int shared = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (shared < 0) fail("listen on", "descriptor " + std::to_string(fd), errno);
    return shared;
}

LocalSocket::LocalSocket(const std::string& path) : path_(path) {
    const auto address = local_address(path);
    remove_stale(path, address);
    Descriptor fd(local_stream());
    if (fd.get() < 0 || ::bind(fd.get(), as_socket(address), sizeof address) != 0) fail("listen on", path, errno);
    struct stat state {};
    // Nobody can connect before listen(), so the mode is right from the first connection on.
    if (::chmod(path.c_str(), 0660) != 0 || ::lstat(path.c_str(), &state) != 0 || ::listen(fd.get(), backlog) != 0) {
        const int error = errno;
        ::unlink(path.c_str());
        fail("listen on", path, error);
    }
    device_ = state.st_dev;
    node_ = state.st_ino;
    fd_ = fd.give();
}

LocalSocket::~LocalSocket() {
    release();
    struct stat state {};
    const bool is_ours = ::lstat(path_.c_str(), &state) == 0 && state.st_dev == device_ && state.st_ino == node_;
    if (is_ours) ::unlink(path_.c_str());
}

int LocalSocket::share() const {
    const int fd = ::fcntl(fd_, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) fail("listen on", path_, errno);
    return fd;
}

void LocalSocket::release() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace chayan::http
