// SPDX-License-Identifier: Apache-2.0
#include "app/activation.hpp"

#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace chayan::app {
namespace {

constexpr int first_descriptor = 3;
constexpr std::uint64_t sockets_max = 64;

/// Zero when it is not there or no number; it is gone afterwards.
std::uint64_t take_number(const char* name) {
    const char* const given = std::getenv(name);
    const std::string text = given == nullptr ? "" : given;
    ::unsetenv(name);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

}  // namespace

std::vector<int> take_inherited_sockets() {
    const auto process = take_number("LISTEN_PID");
    const auto count = take_number("LISTEN_FDS");
    ::unsetenv("LISTEN_FDNAMES");
    if (process != static_cast<std::uint64_t>(::getpid())) return {};
    if (count > sockets_max) throw std::runtime_error("$LISTEN_FDS: at most " + std::to_string(sockets_max) + " sockets can be handed over; take lines out of chayan.socket");
    std::vector<int> sockets;
    for (int i = 0; i < static_cast<int>(count); ++i) sockets.push_back(first_descriptor + i);
    return sockets;
}

}  // namespace chayan::app
