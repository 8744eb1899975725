// SPDX-License-Identifier: Apache-2.0
// What a request head must be before anything else of the product sees it. Pure: bytes in, a checked Head or a refusal
// out; knows no socket and no clock, so that every hostile case of SECURITY 5.1 is a line in a table. Any thread.
// Beast 1.81 alone accepts what later versions refuse (any Transfer-Encoding, folded lines, two Hosts, raw UTF-8), so
// nothing else in the product may parse a head.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace chayan::http {

inline constexpr std::size_t head_bytes_max = 8 * 1024;   ///< browsers send about 1 KiB, with a cookie 2
inline constexpr std::size_t target_bytes_max = 4 * 1024;
inline constexpr std::size_t field_count_max = 64;        ///< browsers send about twenty

/// A refusal by HTTP itself; status 0: none. `code` is for Handler::refusal, `allow` for a 405.
struct Refusal {
    int status = 0;
    const char* code = "";
    const char* allow = "";
};

/// Finds the end of a head in bytes that arrive in pieces; looks at each byte once.
class HeadScan {
public:
    /// `bytes` begins with the head and grows between calls. Sets `head_bytes` when the head is complete. Refused with
    /// 400: a bare LF, a folded line, an empty first line, a first byte that is no text; with 414 and 431: more than head_bytes_max.
    Refusal look(std::string_view bytes);
    std::size_t head_bytes() const { return head_bytes_; }  ///< 0: more is needed
private:
    std::size_t line_begin_ = 0;
    std::size_t searched_ = 0;
    std::size_t head_bytes_ = 0;
};

/// The names that a Host header may have.
class HostNames {
public:
    /// Ports in `names` are ignored; localhost, 127.0.0.1 and [::1] are added.
    explicit HostNames(const std::vector<std::string>& names);
    /// Case does not matter. `host` may carry a port.
    Refusal check(std::string_view host) const;
private:
    std::vector<std::string> names_;
};

struct ParsedHead {
    Head head;
    bool close = false;            ///< HTTP/1.0, or the client asked for it
    bool expects_continue = false;
    bool is_proxied = false;       ///< set before: it comes from the named proxy, so the address that it forwards is head.client
};

/// Reads one whole head (`bytes` ends with its empty line) into `out`, whose head.client is the peer's address. When it is refused, what was read so far of
/// `out` is set (accept_language, for the refusal's words), and the connection must be closed after the answer.
/// Cost: about a microsecond; allocates only what Head keeps.
Refusal parse_head(std::string_view bytes, const HostNames& hosts, ParsedHead& out);

}  // namespace chayan::http
