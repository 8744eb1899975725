// SPDX-License-Identifier: Apache-2.0
#include "http/wire.hpp"

#include <algorithm>
#include <atomic>
#include <string_view>

#include "kit/log.hpp"

namespace chayan::http {
namespace {

constexpr std::string_view headers_always =
    "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n";
constexpr std::string_view cache_default = "Cache-Control: no-store\r\n";
constexpr std::string_view csp_default =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'\r\n";

std::string_view reason_of(int status) {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 421: return "Misdirected Request";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        default: return "";
    }
}

bool starts_with(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

bool equal_ignoring_case(std::string_view a, std::string_view lower_b) {
    const auto same = [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x - 'A' + 'a' : x) == y; };
    return a.size() == lower_b.size() && std::equal(a.begin(), a.end(), lower_b.begin(), same);
}

bool is_text(std::string_view type) {
    return starts_with(type, "text/") || starts_with(type, "application/json") || starts_with(type, "application/problem+json") ||
           starts_with(type, "application/x-ndjson") || starts_with(type, "application/yaml") ||
           starts_with(type, "application/manifest+json") || starts_with(type, "image/svg+xml");
}

bool is_safe(const Header& header) {
    const auto bad = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    return !header.name.empty() && std::none_of(header.name.begin(), header.name.end(), bad) &&
           std::none_of(header.value.begin(), header.value.end(), bad);
}

void log_unsafe_header_once() {
    static std::atomic_flag logged = ATOMIC_FLAG_INIT;
    if (!logged.test_and_set()) kit::log(kit::Level::error, "response_header_left_out");
}

void write_headers(const Response& response, std::string& out) {
    bool has_cache = false;
    bool has_csp = false;
    for (const auto& header : response.headers) {
        if (!is_safe(header)) {
            log_unsafe_header_once();
            continue;
        }
        has_cache = has_cache || equal_ignoring_case(header.name, "cache-control");
        has_csp = has_csp || equal_ignoring_case(header.name, "content-security-policy");
        out.append(header.name).append(": ").append(header.value).append("\r\n");
    }
    out.append(headers_always);
    if (!has_cache) out.append(cache_default);
    if (!has_csp) out.append(csp_default);
}

}  // namespace

void write_response(Response& response, WireForm form, std::string& out) {
    const bool is_bodyless = response.status == 204 || response.status == 304;
    const bool sends_body = !is_bodyless && !form.is_head;
    if (response.stream) response.body.clear();
    const bool joins = sends_body && response.body.size() <= joined_body_bytes_max;
    out.reserve(out.size() + 768 + (joins ? response.body.size() : 0));
    out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason_of(response.status)).append("\r\n");
    if (!response.content_type.empty()) {
        out.append("Content-Type: ").append(response.content_type);
        if (is_text(response.content_type) && response.content_type.find("charset=") == std::string::npos) {
            out.append("; charset=utf-8");
        }
        out.append("\r\n");
    }
    const auto length = response.stream ? response.stream->size() : response.body.size();
    if (!is_bodyless) out.append("Content-Length: ").append(std::to_string(length)).append("\r\n");
    write_headers(response, out);
    if (form.close) out.append("Connection: close\r\n");
    out.append("\r\n");
    if (joins) out.append(response.body);
    if (joins || !sends_body) response.body.clear();
    if (!sends_body) response.stream.reset();
}

}  // namespace chayan::http
