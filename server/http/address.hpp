// SPDX-License-Identifier: Apache-2.0
// Clients' addresses as text, in one form each: what is throttled by prefix must not come in two. Pure; any thread. An address
// is personal data: it goes into Head and never into a log.
#pragma once

#include <string>
#include <string_view>

struct sockaddr_storage;

namespace chayan::http {

/// Of an accepted connection: IPv4 also where it comes mapped into IPv6; this machine's own for a Unix socket.
std::string peer_address(const sockaddr_storage& peer);

/// The last hop in the value of X-Forwarded-For: the proxy itself wrote it, and what stands before it anybody may have sent.
/// Brackets and port are left out. Empty when it is no address.
std::string forwarded_address(std::string_view hops);

/// What one subscriber or one office is likely to hold, of an address in the forms above: the /24 of IPv4, the /48 of IPv6, as text.
/// Empty when it is no address. Ranks who gives way when there is no room for all; refuses nobody by itself.
std::string neighbourhood_of(const std::string& client);

}  // namespace chayan::http
