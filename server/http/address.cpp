// SPDX-License-Identifier: Apache-2.0
#include "http/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace chayan::http {
namespace {

constexpr const char* own_address = "127.0.0.1";

std::string text_of(int family, const void* address) {
    char text[INET6_ADDRSTRLEN] = "";
    return ::inet_ntop(family, address, text, sizeof text) != nullptr ? text : "";
}

std::string text_of(const in6_addr& address) {
    if (IN6_IS_ADDR_V4MAPPED(&address) != 0) return text_of(AF_INET, address.s6_addr + 12);
    return text_of(AF_INET6, &address);
}

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t") + 1 - from);
}

/// "[::1]:80", "[::1]", "::1", "192.0.2.1:80" or "192.0.2.1", down to the address.
std::string_view without_port(std::string_view hop) {
    if (!hop.empty() && hop.front() == '[') {
        const auto end = hop.find(']');
        return end == std::string_view::npos ? std::string_view() : hop.substr(1, end - 1);
    }
    return std::count(hop.begin(), hop.end(), ':') == 1 ? hop.substr(0, hop.find(':')) : hop;
}

}  // namespace

std::string peer_address(const sockaddr_storage& peer) {
    if (peer.ss_family == AF_INET6) {
        sockaddr_in6 address{};
        std::memcpy(&address, &peer, sizeof address);
        return text_of(address.sin6_addr);
    }
    if (peer.ss_family != AF_INET) return own_address;
    sockaddr_in address{};
    std::memcpy(&address, &peer, sizeof address);
    return text_of(AF_INET, &address.sin_addr);
}

std::string forwarded_address(std::string_view hops) {
    const std::string hop(without_port(trimmed(hops.substr(hops.rfind(',') + 1))));
    if (hop.find('\0') != std::string::npos) return {};
    in6_addr six{};
    if (::inet_pton(AF_INET6, hop.c_str(), &six) == 1) return text_of(six);
    in_addr four{};
    return ::inet_pton(AF_INET, hop.c_str(), &four) == 1 ? text_of(AF_INET, &four) : std::string();
}

std::string neighbourhood_of(const std::string& client) {
    in6_addr six{};
    if (::inet_pton(AF_INET6, client.c_str(), &six) == 1) {
        std::fill(six.s6_addr + 6, six.s6_addr + sizeof six.s6_addr, std::uint8_t{0});
        return text_of(AF_INET6, &six);
    }
    in_addr four{};
    if (::inet_pton(AF_INET, client.c_str(), &four) != 1) return {};
    return client.substr(0, client.rfind('.'));
}

}  // namespace chayan::http
