// SPDX-License-Identifier: Apache-2.0
#include "api/page.hpp"

#include <algorithm>

#include "api/residents.hpp"
#include "domain/csv.hpp"
#include "kit/check.hpp"
#include "service/crypto.hpp"
#include "service/spool.hpp"

namespace chayan::api {
namespace {

struct Texts {
    std::map<std::string, std::string, std::less<>> zh, en;
};

const Texts& texts() {
    static const auto all = [] {
        Texts made;
        domain::CsvReader reader(texts_text);
        reader.next();   // the header
        while (const auto row = reader.next()) {
            CHECK(row->fault == nullptr && row->fields.size() == 3);
            CHECK(made.zh.emplace(row->fields[0], row->fields[1]).second);
            made.en.emplace(row->fields[0], row->fields[2]);
        }
        return made;
    }();
    return all;
}

std::string digest(std::string_view text) {
    service::crypto::Sha256 sha;
    sha.add(text);
    const auto bytes = sha.finish();
    return "'sha256-" + service::base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()}) + "'";
}

/// SECURITY S9: nothing runs and nothing is drawn but what came with the page.
const std::string& content_security_policy() {
    static const std::string policy = "default-src 'none'; script-src " + digest(script_text) + "; style-src " + digest(style_text) +
                                      "; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
    return policy;
}

}  // namespace

service::Language language_of(const Call& call) {
    const auto chosen = call.query("lang");
    if (chosen == "zh" || chosen == "en") return chosen == "en" ? service::Language::en : service::Language::zh;
    return service::preferred_language(call.request.accept_language);
}

std::vector<std::string> keys_of_texts() {
    std::vector<std::string> keys;
    for (const auto& [key, zh] : texts().zh)
        if (!zh.empty() && !texts().en.at(key).empty()) keys.push_back(key);
    return keys;
}

Page::Page(const Parts& parts, const Call& call) : language_(language_of(call)) {
    const bool is_zh = language_ == service::Language::zh;
    for (const auto& [key, words] : is_zh ? texts().zh : texts().en) values_["t." + key] = words;
    const auto& path = call.request.path;
    const std::string lang = call.query("lang").empty() ? "" : is_zh ? "lang=zh" : "lang=en";
    set("lang", is_zh ? "zh-CN" : "en");
    set("path", path);
    set("action", path + (lang.empty() ? "" : "?" + lang));
    set("someone_else", path + "?as=new" + (lang.empty() ? "" : "&" + lang));
    set("other_language", path + (is_zh ? "?lang=en" : "?lang=zh"));
    set("lang_fixed", lang.empty() ? "" : is_zh ? "zh" : "en");
    set("notice_version", std::to_string(notice_version));
    const auto days = std::to_string(parts.residents.scan_days());
    set("notice_line", text("notice_line", days));
    set("notice_how_long", text("notice_how_long", days));
}

std::string Page::text(std::string_view key, std::string_view number) const {
    const auto& words = language_ == service::Language::zh ? texts().zh : texts().en;
    const auto found = words.find(key);
    CHECK(found != words.end());
    std::string out;
    for (const char c : found->second) {
        if (c == '#') out.append(number);
        else out.push_back(c);
    }
    return out;
}

void Page::set(std::string_view name, std::string value) { values_.insert_or_assign(std::string(name), std::move(value)); }

void Page::send(Call& call, int status, const std::vector<std::string_view>& parts, std::vector<http::Header> headers) {
    set("fields", part(person_fields_text));
    set("notice", part(notice_text));
    std::string body;
    for (const auto html : parts) body += part(html);
    set("body", std::move(body));
    set("style", std::string(style_text));
    set("script", std::string(script_text));
    headers.push_back({"Content-Security-Policy", content_security_policy()});
    const bool says_when = std::any_of(headers.begin(), headers.end(), [](const auto& header) { return header.name == "Retry-After"; });
    if (status == 503 && !says_when) headers.push_back({"Retry-After", "1"});
    (*call.reply)(http::Response{status, "text/html", part(layout_text), std::move(headers), false});
}

}  // namespace chayan::api
