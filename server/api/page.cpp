// SPDX-License-Identifier: Apache-2.0
#include "api/page.hpp"

#include <algorithm>

#include "api/residents.hpp"
#include "kit/check.hpp"
#include "service/crypto.hpp"
#include "service/spool.hpp"

namespace chayan::api {
namespace {

using service::Language;

/// SECURITY S9: nothing runs and nothing is drawn but what came with the page.
const std::string& content_security_policy() {
    static const std::string policy = "default-src 'none'; script-src " + policy_digest(script_text) + "; style-src " + policy_digest(style_text) +
                                      "; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
    return policy;
}

/// What one may choose by a link, and is remembered by a cookie that says nothing of anybody.
bool has_chosen(const Call& call, std::string_view what) { return call.request.cookie.find("__Host-" + std::string(what)) != std::string::npos; }

http::Header remembered(std::string_view what) { return {"Set-Cookie", "__Host-" + std::string(what) + "; Path=/; Secure; SameSite=Lax; Max-Age=31536000"}; }

}  // namespace

std::string policy_digest(std::string_view text) {
    service::crypto::Sha256 sha;
    sha.add(text);
    const auto bytes = sha.finish();
    return "'sha256-" + service::base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()}) + "'";
}

Language language_of(const Call& call) {
    const auto chosen = call.query("lang");
    if (chosen == "zh" || chosen == "en") return chosen == "en" ? Language::en : Language::zh;
    if (has_chosen(call, "lang=zh")) return Language::zh;
    if (has_chosen(call, "lang=en")) return Language::en;
    return service::preferred_language(call.request.accept_language);
}

Page::Page(const Parts& parts, const Call& call)
    : fixed_(parts.fixed->load()), reading_{language_of(call), has_chosen(call, "view=large"), call.credential.has_value()}, values_(fixed_->installation()) {
    const bool is_zh = reading_.language == Language::zh;
    const auto& path = call.request.path;
    const bool says_language = call.query("lang") == "zh" || call.query("lang") == "en";
    const std::string lang = !says_language ? "" : is_zh ? "lang=zh" : "lang=en";
    if (!lang.empty()) chosen_.push_back(remembered(lang));
    if (const auto view = call.query("view"); view == "large" || view == "normal") {
        reading_.is_large = view == "large";
        chosen_.push_back(remembered("view=" + view));
    }
    set("path", path);
    set("action", path + (lang.empty() ? "" : "?" + lang));
    set("someone_else", path + "?as=new" + (lang.empty() ? "" : "&" + lang));
    set("lang_fixed", lang.empty() ? "" : is_zh ? "zh" : "en");
    const auto now = parts.clock.now();
    set("now", std::to_string(now.s));
    set("second", std::to_string(parts.zone.local_second(now)));
    set("holder", call.credential ? service::holder_mark(parts.vault, *call.credential) : "");
    set("notice_version", std::to_string(notice_version));
    for (const auto& [name, part] : {std::pair{"notice", FixedPart::notice}, {"fields", FixedPart::person_fields}, {"household_fields", FixedPart::household_fields}, {"kept", FixedPart::kept}, {"unsent", FixedPart::unsent}})
        set(name, FixedParts::mark_of(part));
}

std::string Page::text(std::string_view key, std::string_view number, std::string_view way) const {
    const auto found = texts_in(reading_.language).find(key);
    CHECK(found != texts_in(reading_.language).end());
    std::string out;
    for (const char c : found->second) {
        if (c == '#') out.append(number);
        else if (c == '%') out.append(way);
        else out.push_back(c);
    }
    return out;
}

std::string Page::text_for(std::string_view key, std::string_view kind) const {
    const auto special = std::string(key) + '_' + std::string(kind);
    return text(texts_in(reading_.language).contains(special) ? special : key);
}

void Page::set(std::string_view name, std::string value) { values_.insert_or_assign(std::string(name), std::move(value)); }

std::string Page::part(std::string_view html) const { return fill(html, values_, texts_in(reading_.language)); }

void Page::send(Call& call, int status, const std::vector<std::string_view>& parts, std::vector<http::Header> headers) {
    std::string body;
    for (const auto html : parts) body += part(html);
    set("body", std::move(body));
    const auto text = part(layout_text);
    headers.insert(headers.end(), chosen_.begin(), chosen_.end());
    headers.push_back({"Content-Security-Policy", content_security_policy()});
    headers.push_back({"Vary", "Accept-Encoding"});
    const bool says_when = std::any_of(headers.begin(), headers.end(), [](const auto& header) { return header.name == "Retry-After"; });
    if (status == 503 && !says_when) headers.push_back({"Retry-After", "1"});
    const bool is_small = takes_gzip(call.request.accept_encoding);
    if (is_small) headers.push_back({"Content-Encoding", "gzip"});
    const auto pieces = fixed_->pieces(reading_, text);
    (*call.reply)(http::Response{status, "text/html", is_small ? gzip_of(pieces) : joined(pieces), std::move(headers), false});
}

}  // namespace chayan::api
