// SPDX-License-Identifier: Apache-2.0
#include "app/proxy.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace chayan::app {
namespace {

constexpr std::string_view unix_prefix = "unix:";

/// By number and not by name: what "localhost" is, another file decides.
bool is_loopback(const std::string& address) {
    in_addr four{};
    in6_addr six{};
    if (::inet_pton(AF_INET, address.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
    return ::inet_pton(AF_INET6, address.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six) != 0;
}

std::optional<http::ProxyPlace> local_place(std::string_view path, const std::string& data) {
    if (path.empty() || path.find('\0') != std::string_view::npos) return std::nullopt;
    if (path.front() == '/') return http::ProxyPlace{std::string(path), {}, 0};
    return http::ProxyPlace{data + "/" + std::string(path), {}, 0};
}

}  // namespace

std::optional<http::ProxyPlace> find_proxy_place(std::string_view text, const std::string& data) {
    if (text.empty()) return http::ProxyPlace{};
    if (text.starts_with(unix_prefix)) return local_place(text.substr(unix_prefix.size()), data);
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || text.find('\0') != std::string_view::npos) return std::nullopt;
    auto address = text.substr(0, colon);
    const auto port_text = text.substr(colon + 1);
    const bool is_bracketed = address.starts_with('[') && address.ends_with(']');
    if (is_bracketed) address = address.substr(1, address.size() - 2);
    if (is_bracketed != (address.find(':') != std::string_view::npos)) return std::nullopt;
    http::ProxyPlace place{{}, std::string(address), 0};
    const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), place.port);
    if (error != std::errc{} || end != port_text.data() + port_text.size() || !is_loopback(place.address)) return std::nullopt;
    return place;
}

}  // namespace chayan::app
