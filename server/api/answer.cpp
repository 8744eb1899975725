// SPDX-License-Identifier: Apache-2.0
#include "api/answer.hpp"

#include <algorithm>

#include "kit/limits.hpp"
#include "service/words.hpp"

namespace chayan::api {

int status_of(kit::Errc kind) {
    switch (kind) {
        case kit::Errc::malformed: return 400;
        case kit::Errc::unauthenticated: return 401;
        case kit::Errc::forbidden: return 403;
        case kit::Errc::not_found: return 404;
        case kit::Errc::conflict: return 409;
        case kit::Errc::gone: return 410;
        case kit::Errc::invalid: return 422;
        case kit::Errc::too_often: return 429;
        case kit::Errc::busy: return 503;
    }
    UNREACHABLE();
}

std::uint32_t retry_after_s(const kit::Error& error, std::uint64_t request_id) {
    constexpr std::uint32_t spread_s = 10;   // SECURITY R6
    if (error.kind != kit::Errc::busy || error.retry_after_s != kit::retry_after_s) return error.retry_after_s;
    return 1 + static_cast<std::uint32_t>((request_id * 0x9e3779b97f4a7c15ULL >> 32U) % spread_s);   // Fibonacci hashing: neighbours fall far apart
}

http::Response problem(int status, const kit::Error& error, std::string_view accept_language, std::uint64_t request_id, const service::Clock* clock) {
    const auto language = service::preferred_language(accept_language);
    JsonText text;
    const auto words = service::sentence(error, language);
    text.begin_object().member("type", "about:blank").member("title", words).member("status", std::int64_t{status});
    text.member("code", error.code).member("detail", words).member("request_id", std::to_string(request_id));
    if (clock != nullptr && status == 422) text.member("now", domain::format_rfc3339(clock->now()));
    if (!error.fields.empty()) {
        text.key("errors").begin_array();
        for (const auto& field : error.fields) {
            text.begin_object().member("pointer", field.pointer).member("code", field.code);
            text.member("detail", service::sentence(field.code, language)).end_object();
        }
        text.end_array();
    }
    text.end_object();
    http::Response response{status, "application/problem+json", text.take(), {}, false};
    if (status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
    const auto wait_s = retry_after_s(error, request_id);
    if (wait_s > 0 || status == 503) response.headers.push_back({"Retry-After", std::to_string(std::max<std::uint32_t>(wait_s, 1))});
    return response;
}

void answer(Call& call, int status, JsonText& text, std::vector<http::Header> headers) {
    (*call.reply)(http::Response{status, "application/json", text.take(), std::move(headers), false});
}

void answer(Call& call, int status, JsonText& text) { answer(call, status, text, {}); }

void refuse(Parts& parts, Call& call, const kit::Error& error) {
    (*call.reply)(problem(status_of(error.kind), error, call.request.accept_language, call.request.request_id, &parts.clock));
}

std::optional<std::string> in_utc(std::optional<std::string> moment) {
    const auto at = moment ? domain::parse_rfc3339(*moment) : kit::Result<domain::Instant>(kit::Error{kit::Errc::invalid, "missing"});
    return at ? domain::format_rfc3339(*at) : std::move(moment);
}

}  // namespace chayan::api
