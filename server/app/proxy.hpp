// SPDX-License-Identifier: Apache-2.0
// [server] proxy_listen: where a reverse proxy on this machine may ask over plain HTTP. Nothing else may, as personal data
// never leaves the machine without TLS. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/server.hpp"

namespace chayan::app {

/// What a value must be, to stand after the setting's name.
inline constexpr const char* proxy_listen_rule =
    "must be \"unix:PATH\", or an address of this machine with a port: \"127.0.0.1:8080\", \"[::1]:8080\"; "
    "no data leaves this machine without TLS";

/// Empty text: nowhere. A relative PATH begins in the data folder. Nothing when the text is none of the forms, or an address
/// that is not loopback.
std::optional<http::ProxyPlace> find_proxy_place(std::string_view text, const std::string& data);

}  // namespace chayan::app
