// SPDX-License-Identifier: Apache-2.0
#include "http/head.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "http/address.hpp"
#include "http/target.hpp"

namespace chayan::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;

constexpr const char* methods_allowed = "GET, HEAD, POST, PATCH, DELETE";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string lower_text(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

/// Beast's parser with our own store: views into the head's bytes, no allocation for each field, and a second field of
/// a kind that may come once is remembered instead of merged.
class FieldCollector final : public beast::http::basic_parser<true> {
public:
    struct Once {
        std::string_view value;
        unsigned count = 0;
    };
    Once host, content_length, content_type, content_encoding, expect, authorization, cookie, csrf_token, fetch_site, origin, accept, accept_language, accept_encoding, last_event_id, forwarded_for;
    std::string_view method, target;
    int version = 0;
    std::size_t field_count = 0;
    bool has_transfer_encoding = false;

private:
    void on_request_impl(beast::http::verb, beast::string_view name, beast::string_view where, int v,
                         beast::error_code&) override {
        method = view(name);
        target = view(where);
        version = v;
    }
    void on_field_impl(field name, beast::string_view text, beast::string_view value, beast::error_code&) override {
        ++field_count;
        if (name == field::transfer_encoding) has_transfer_encoding = true;
        if (Once* const slot = slot_of(name, view(text))) {
            slot->value = view(value);
            ++slot->count;
        }
    }
    Once* slot_of(field name, std::string_view text) {
        switch (name) {
            case field::host: return &host;
            case field::content_length: return &content_length;
            case field::content_type: return &content_type;
            case field::content_encoding: return &content_encoding;
            case field::expect: return &expect;
            case field::authorization: return &authorization;
            case field::cookie: return &cookie;
            case field::accept: return &accept;
            case field::accept_language: return &accept_language;
            case field::accept_encoding: return &accept_encoding;
            default: return slot_of_text(text);
        }
    }
    /// By name: which of these Beast has a number for depends on its version, and a field that is not found here is not looked at.
    Once* slot_of_text(std::string_view text) {
        if (equal_ignoring_case(text, "x-csrf-token")) return &csrf_token;
        if (equal_ignoring_case(text, "sec-fetch-site")) return &fetch_site;
        if (equal_ignoring_case(text, "origin")) return &origin;
        if (equal_ignoring_case(text, "last-event-id")) return &last_event_id;
        return equal_ignoring_case(text, "x-forwarded-for") ? &forwarded_for : nullptr;
    }
    void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
    void on_header_impl(beast::error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
    std::size_t on_body_impl(beast::string_view, beast::error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, beast::error_code&) override { return 0; }
    void on_finish_impl(beast::error_code&) override {}
};

Refusal feed(std::string_view bytes, FieldCollector& fields) {
    fields.header_limit(head_bytes_max + 1);
    fields.body_limit(boost::none);  // Handler::admit decides on the body
    beast::error_code ec;
    const auto used = fields.put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
    // CL+TE and TE+CL are an error to Beast as well: any request that names a coding gets the one answer.
    if (fields.has_transfer_encoding || ec == beast::http::error::bad_transfer_encoding) return {501, "transfer_encoding"};
    if (ec == beast::http::error::bad_version) return {505, "http_version"};
    if (ec || !fields.is_header_done() || used != bytes.size()) return {400, "malformed_head"};
    return {};
}

std::optional<Method> find_method(std::string_view name) {
    if (name == "GET") return Method::get;
    if (name == "POST") return Method::post;
    if (name == "HEAD") return Method::head;
    if (name == "PATCH") return Method::patch;
    if (name == "DELETE") return Method::del;
    return std::nullopt;
}

Refusal check_method(std::string_view name, std::string_view target, Head& head) {
    auto method = find_method(name);
    // Let through, so that their 405 names what this address takes.
    if ((name == "OPTIONS" || name == "PUT") && target.starts_with('/')) method = Method::other;
    if (method) {
        head.method = *method;
        return {};
    }
    constexpr std::array<std::string_view, 4> known{"PUT", "OPTIONS", "TRACE", "CONNECT"};
    const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
    return is_known ? Refusal{405, "method_not_allowed", methods_allowed} : Refusal{501, "unknown_method"};
}

Refusal check_body_fields(const FieldCollector& fields, Head& head) {
    if (fields.content_length.count > 1) return {400, "malformed_head"};
    if (fields.content_length.count == 1) {
        const auto text = fields.content_length.value;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), head.content_length);
        if (error != std::errc{} || end != text.data() + text.size()) return {400, "malformed_head"};
    }
    const bool may_carry = head.method == Method::post || head.method == Method::patch || head.method == Method::other;
    if (head.content_length > 0 && !may_carry) return {400, "unexpected_body"};
    if (fields.content_encoding.count > 0 && !equal_ignoring_case(fields.content_encoding.value, "identity")) {
        return {415, "content_encoding"};
    }
    return {};
}

/// Without its parameters; unchanged, and so no type that anybody takes, when they name another charset than UTF-8.
std::string media_type(std::string_view value) {
    const auto all = lower_text(value);
    if (const auto at = all.find("charset="); at != std::string::npos) {
        const auto charset = all.substr(at + 8, all.find(';', at) - at - 8);
        if (charset != "utf-8" && charset != "\"utf-8\"") return all;
    }
    value = value.substr(0, value.find(';'));
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    return lower_text(value);
}

Refusal check_expect(const FieldCollector& fields, ParsedHead& out) {
    if (fields.expect.count == 0) return {};
    if (fields.expect.count > 1 || !equal_ignoring_case(fields.expect.value, "100-continue")) return {417, "expectation"};
    out.expects_continue = fields.version >= 11;
    return {};
}

/// True when a field came twice of which one was chosen silently by whoever reads it next.
bool has_doubles(const FieldCollector& fields) {
    return fields.authorization.count > 1 || fields.cookie.count > 1 || fields.csrf_token.count > 1 || fields.fetch_site.count > 1 || fields.origin.count > 1 ||
           fields.content_type.count > 1 || fields.content_encoding.count > 1;
}

bool is_port(std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return !text.empty() && error == std::errc{} && end == text.data() + text.size() && port <= 65'535;
}

/// Where the name ends: at the port's colon, which in "[::1]:443" is the one after the bracket.
std::size_t name_length(std::string_view host) {
    const auto from = !host.empty() && host[0] == '[' ? std::min(host.find(']'), host.size()) : 0;
    return std::min(host.find(':', from), host.size());
}

bool is_name(std::string_view name) {
    if (name.size() > 2 && name.front() == '[' && name.back() == ']') {
        return name.substr(1, name.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
    }
    const auto good = [](char c) {
        return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    };
    return !name.empty() && std::all_of(name.begin(), name.end(), good);
}

/// What Sec-Fetch-Site would say, where a browser too old for it names the origin: ports may differ behind a proxy. Empty when it tells nothing.
std::string_view site_of_origin(std::string_view origin, std::string_view host) {
    constexpr std::string_view scheme = "https://";
    if (origin.empty()) return {};
    if (!origin.starts_with(scheme)) return "cross-site";   // also "null"
    const auto from = origin.substr(scheme.size());
    const auto name = from.substr(0, name_length(from)), own = host.substr(0, name_length(host));
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    const bool is_own = std::equal(name.begin(), name.end(), own.begin(), own.end(), [&](char a, char b) { return lower(a) == lower(b); });
    return is_own ? "same-origin" : "cross-site";
}

}  // namespace

Refusal HeadScan::look(std::string_view bytes) {
    for (;;) {
        const auto end = bytes.substr(0, head_bytes_max).find('\n', std::max(line_begin_, searched_));
        if (end == std::string_view::npos) break;
        if (end == 0 || bytes[end - 1] != '\r') return {400, "malformed_head"};
        const bool is_empty = end - 1 == line_begin_;
        const bool is_folded = bytes[line_begin_] == ' ' || bytes[line_begin_] == '\t';
        if (is_folded || (is_empty && line_begin_ == 0)) return {400, "malformed_head"};
        line_begin_ = searched_ = end + 1;
        if (is_empty) {
            head_bytes_ = line_begin_;
            return {};
        }
    }
    // No request line begins so, and another protocol's first bytes may hold no line end at all.
    const bool is_foreign = !bytes.empty() && bytes[0] != '\r' && (bytes[0] <= ' ' || bytes[0] == 0x7F);
    if (is_foreign) return {400, "malformed_head"};
    searched_ = std::min(bytes.size(), head_bytes_max);
    if (bytes.size() < head_bytes_max) return {};
    return line_begin_ == 0 ? Refusal{414, "target_too_long"} : Refusal{431, "head_too_large"};
}

HostNames::HostNames(const std::vector<std::string>& names) : names_{"localhost", "127.0.0.1", "[::1]"} {
    for (const auto& name : names) names_.push_back(lower_text(std::string_view(name).substr(0, name_length(name))));
}

Refusal HostNames::check(std::string_view host) const {
    const auto length = name_length(host);
    const auto name = host.substr(0, length);
    if (!is_name(name) || (length < host.size() && !is_port(host.substr(length + 1)))) return {400, "malformed_host"};
    const auto same = [&](const std::string& known) { return equal_ignoring_case(known, name); };
    if (std::none_of(names_.begin(), names_.end(), same)) return {421, "unknown_host"};
    return {};
}

Refusal parse_head(std::string_view bytes, const HostNames& hosts, ParsedHead& out) {
    FieldCollector fields;
    const auto framing = feed(bytes, fields);
    out.head.accept_language = fields.accept_language.value;
    if (framing.status != 0) return framing;
    if (fields.field_count > field_count_max) return {431, "head_too_large"};
    if (const auto r = check_method(fields.method, fields.target, out.head); r.status != 0) return r;
    if (fields.host.count != 1) return {400, "malformed_host"};
    if (const auto r = hosts.check(fields.host.value); r.status != 0) return r;
    if (fields.target.size() > target_bytes_max) return {414, "target_too_long"};
    if (!parse_target(fields.target, out.head.path, out.head.query)) return {400, "malformed_target"};
    if (has_doubles(fields)) return {400, "malformed_head"};
    if (const auto r = check_body_fields(fields, out.head); r.status != 0) return r;
    if (const auto r = check_expect(fields, out); r.status != 0) return r;

    out.close = !fields.keep_alive() || fields.version < 11;
    if (out.is_proxied) {
        if (auto address = forwarded_address(fields.forwarded_for.value); !address.empty()) {
            out.head.neighbourhood = neighbourhood_of(address);
            out.head.client = std::move(address);
        }
    }
    out.head.last_event_id = fields.last_event_id.value;
    out.head.takes_html = fields.accept.value.find("text/html") != std::string_view::npos;
    out.head.accept_encoding = lower_text(fields.accept_encoding.value);
    out.head.authorization = fields.authorization.value;
    out.head.cookie = fields.cookie.value;
    out.head.csrf_token = fields.csrf_token.value;
    out.head.fetch_site = fields.fetch_site.count > 0 ? fields.fetch_site.value : site_of_origin(fields.origin.value, fields.host.value);
    out.head.content_type = media_type(fields.content_type.value);
    return {};
}

}  // namespace chayan::http
