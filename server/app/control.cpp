// SPDX-License-Identifier: Apache-2.0
#include "app/control.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <vector>

namespace chayan::app {
namespace {

constexpr std::size_t request_bytes_max = 4096;

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw std::runtime_error("the data folder's path is too long for a socket: " + path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

const sockaddr* as_socket(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

std::string read_all(int fd) {
    std::string text;
    char buffer[512];
    for (ssize_t count = 0; text.size() < request_bytes_max && (count = ::read(fd, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(count));
    return text;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        at = end == std::string::npos ? text.size() : end + 1;
    }
    return lines;
}

}  // namespace

std::string ask_server(const std::string& data, const service::NewOperator& wanted) {
    const auto path = data + "/control";
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = address_of(path);
    if (fd < 0 || ::connect(fd, as_socket(address), sizeof address) != 0)
        throw std::runtime_error("the data folder is in use but no service answers there; wait for the other command to end: " + data);
    const auto text = "operator\n" + wanted.login + '\n' + wanted.roles + '\n' + wanted.scope + '\n' + wanted.password + '\n';
    const bool sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
    ::shutdown(fd, SHUT_WR);
    const auto lines = lines_of(read_all(fd));
    ::close(fd);
    if (!sent || lines.empty()) throw std::runtime_error("the service did not answer; try again");
    return lines[0] == "ok" ? std::string() : lines[0];
}

Control::Control(const std::string& data, service::Operators& operators) : path_(data + "/control"), operators_(operators) {
    ::unlink(path_.c_str());
    fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = address_of(path_);
    const auto before = ::umask(0177);
    const bool bound = fd_ >= 0 && ::bind(fd_, as_socket(address), sizeof address) == 0 && ::listen(fd_, 8) == 0;
    ::umask(before);
    if (!bound) throw std::runtime_error("cannot make the control socket; check the data folder's permissions: " + path_);
}

Control::~Control() {
    ::close(fd_);
    ::unlink(path_.c_str());
}

void Control::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        pollfd waiting{fd_, POLLIN, 0};
        if (::poll(&waiting, 1, 200) <= 0) continue;
        const int peer = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
        if (peer < 0) continue;
        const timeval patience{5, 0};
        ::setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        const auto lines = lines_of(read_all(peer));
        std::string reply = "malformed\n";
        if (lines.size() == 5 && lines[0] == "operator") {
            const auto status = operators_.add(nullptr, {lines[1], lines[2], lines[3], lines[4]});
            reply = status ? "ok\n" : std::string(status.error().fields.empty() ? status.error().code : status.error().fields[0].code) + "\n";
        }
        (void)::send(peer, reply.data(), reply.size(), MSG_NOSIGNAL);
        ::close(peer);
    }
}

}  // namespace chayan::app
