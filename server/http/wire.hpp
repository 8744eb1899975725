// SPDX-License-Identifier: Apache-2.0
// Writes a response as the bytes of HTTP/1.1, with the headers that every answer carries (SECURITY S8-S13). Pure; any
// thread. Never writes a header that could be read as two.
#pragma once

#include <string>

#include "http/message.hpp"

namespace chayan::http {

/// What the bytes of an answer depend on besides the response.
struct WireForm {
    bool close = false;      ///< say so
    bool is_head = false;    ///< the request was HEAD: lengths as for GET, no body
};

/// Bodies above this are sent from where they are; below it, one copy is cheaper than a second TLS record.
inline constexpr std::size_t joined_body_bytes_max = 12 * 1024;

/// Appends the head of `response` to `out`, and the body too when it is small; else the body stays in `response`. So does a
/// stream, unless none is sent.
/// A header with a control character is left out and logged once a process: it is our own mistake, and splitting a
/// response is worse than missing a header.
void write_response(Response& response, WireForm form, std::string& out);

}  // namespace chayan::http
