// SPDX-License-Identifier: Apache-2.0
#include "app/supervisor.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace chayan::app {
namespace {

std::string_view variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

std::uint64_t number_in(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

}  // namespace

Supervisor::Supervisor() : socket_(variable("NOTIFY_SOCKET")) {
    const auto watched = variable("WATCHDOG_PID");
    const bool is_for_us = watched.empty() || number_in(watched) == static_cast<std::uint64_t>(::getpid());
    const auto patience_us = number_in(variable("WATCHDOG_USEC"));
    if (!socket_.empty() && is_for_us && patience_us > 0) interval_ = std::chrono::milliseconds(patience_us / 3'000 + 1);   // two may get lost
}

void Supervisor::ready() const { tell("READY=1"); }
void Supervisor::stopping() const { tell("STOPPING=1"); }

void Supervisor::reloading() const {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(std::uint64_t{1'000'000} * static_cast<std::uint64_t>(now.tv_sec) + static_cast<std::uint64_t>(now.tv_nsec) / 1'000));
}

void Supervisor::alive(std::uint64_t beats) {
    if (beats_ && beats <= *beats_) return;
    beats_ = beats;
    tell("WATCHDOG=1");
}

void Supervisor::tell(const std::string& words) const {
    sockaddr_un address{};
    if (socket_.empty() || socket_.size() >= sizeof address.sun_path || (socket_[0] != '/' && socket_[0] != '@')) return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    if (socket_[0] == '@') address.sun_path[0] = '\0';   // a name that is no file
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    // Nobody is helped by our failing because somebody else doesn't listen.
    (void)!::sendto(fd, words.data(), words.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
    ::close(fd);
}

}  // namespace chayan::app
