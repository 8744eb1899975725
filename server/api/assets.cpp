// SPDX-License-Identifier: Apache-2.0
// The pages of staff and "my record": one document for each, which loads its modules; and those files.
#include "api/assets.hpp"

#include <algorithm>

#include "api/answer.hpp"
#include "api/page.hpp"
#include "kit/check.hpp"

namespace chayan::api {
namespace {

using kit::Errc;

/// An address, the folder of server/web/pages that answers it, and what its policy allows beyond the strictest.
struct StaffPage {
    std::string_view path, folder, zh, en;
    bool draws = false;          ///< charts set style attributes
    const char* permissions = "camera=(), microphone=(), geolocation=()";
};

constexpr StaffPage staff_pages[] = {
    {"/gate", "gate", "值守台", "Guard desk", false, "camera=(self), microphone=(), geolocation=()"},
    {"/duty", "gate", "值守台", "Guard desk", false, "camera=(self), microphone=(), geolocation=()"},
    {"/sites", "sites", "检测点管理", "Sites"},
    {"/trace", "trace", "流调", "Tracing", true},
    {"/desk", "desk", "网格办公室", "Grid office"},
    {"/admin", "admin", "系统管理", "Administration", true},
    {"/setup", "admin", "首次设置", "First set-up", true},
    {"/me", "me", "我的记录", "My record"},
};

std::string policy_of(const StaffPage& page) {
    std::string policy = "default-src 'none'; script-src 'self'; style-src 'self'; ";
    if (page.draws) policy += "style-src-attr 'unsafe-inline'; ";
    return policy + "img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
}

/// It loads nothing and runs nothing; its style stands inside.
std::string policy_of_api_page(std::string_view page) {
    constexpr std::string_view begin = "<style>", end = "</style>";
    const auto from = page.find(begin) + begin.size();
    return "default-src 'none'; style-src " + policy_digest(page.substr(from, page.find(end) - from)) + "; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";
}

bool takes_brotli(std::string_view accepted) {
    const auto at = accepted.find("br");
    return at != std::string_view::npos && !accepted.substr(at).starts_with("br;q=0,") && accepted.substr(at) != "br;q=0";
}

}  // namespace

const Asset* find_asset(std::string_view path) {
    const auto* const end = asset_rows + asset_count;
    const auto* const found = std::lower_bound(asset_rows, end, path, [](const Asset& asset, std::string_view wanted) { return asset.path < wanted; });
    return found != end && found->path == path ? found : nullptr;
}

void show_asset(Parts& parts, Call& call) {
    const auto* asset = call.parameters[0] == asset_set ? find_asset(call.parameters[1] + '/' + call.parameters[2]) : nullptr;
    if (asset == nullptr || asset->type.starts_with("text/html")) return refuse(parts, call, {Errc::not_found, "not_found"});
    std::vector<http::Header> headers{{"Cache-Control", "public, max-age=31536000, immutable"}, {"Vary", "Accept-Encoding"}};
    const bool is_small = !asset->brotli.empty() && takes_brotli(call.request.accept_encoding);
    if (is_small) headers.push_back({"Content-Encoding", "br"});
    (*call.reply)(http::Response{200, std::string(asset->type), std::string(is_small ? asset->brotli : asset->plain), std::move(headers), false});
}

/// The guard's desk without a net: a worker's address is its own for ever, so what changes stands in its text, and it asks for nothing but this service.
void show_gate_worker(Parts&, Call& call) {
    const auto* asset = find_asset("gate/worker.js");
    CHECK(asset != nullptr);
    auto text = "const assets = '/assets/" + std::string(asset_set) + "';\n" + std::string(asset->plain);
    (*call.reply)(http::Response{200, std::string(asset->type), std::move(text),
                                 {{"Content-Security-Policy", "default-src 'none'; connect-src 'self'"}, {"Cache-Control", "no-cache"}}, false});
}

/// As tools/api_page.py made it when the service was built.
void show_api_page(Parts&, Call& call) {
    const bool is_zh = language_of(call) == service::Language::zh;
    const auto* asset = find_asset(is_zh ? "docs/zh.html" : "docs/en.html");
    CHECK(asset != nullptr);
    static const std::string policy = policy_of_api_page(asset->plain);   // both have one style
    std::vector<http::Header> headers{{"Content-Security-Policy", policy}, {"Cache-Control", "no-cache"}, {"Vary", "Accept-Encoding, Accept-Language, Cookie"}};
    const bool is_small = !asset->brotli.empty() && takes_brotli(call.request.accept_encoding);
    if (is_small) headers.push_back({"Content-Encoding", "br"});
    (*call.reply)(http::Response{200, "text/html", std::string(is_small ? asset->brotli : asset->plain), std::move(headers), false});
}

void show_staff_page(Parts& parts, Call& call) {
    const auto* const page = std::find_if(std::begin(staff_pages), std::end(staff_pages), [&](const auto& row) { return row.path == call.request.path; });
    CHECK(page != std::end(staff_pages));
    const bool is_zh = language_of(call) == service::Language::zh;
    Values values{{"lang", is_zh ? "zh-CN" : "en"}, {"title", std::string(is_zh ? page->zh : page->en)}, {"folder", std::string(page->folder)},
                  {"assets", "/assets/" + std::string(asset_set)}, {"zone", parts.time_zone}};
    values["home"] = is_zh ? "回首页" : "To the first page";
    values["needs_script"] = is_zh ? "这个页面需要打开浏览器的 JavaScript。" : "This page needs JavaScript. Switch it on in the browser's settings.";
    (*call.reply)(http::Response{200, "text/html", fill(shell_text, values),
                                 {{"Content-Security-Policy", policy_of(*page)}, {"Permissions-Policy", page->permissions}, {"Cache-Control", "no-cache"}, {"Vary", "Accept-Language, Cookie"}}, false});
}

}  // namespace chayan::api
