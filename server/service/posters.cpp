// SPDX-License-Identifier: Apache-2.0
#include "service/posters.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "domain/csv.hpp"
#include "domain/site_code.hpp"
#include "kit/limits.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;
using kit::invalid_field;

constexpr std::string_view sheets[] = {"a4", "a3", "a5x2", "a6x4", "lane"};
constexpr std::string_view langs[] = {"zh", "en", "zh+en"};
constexpr std::pair<std::string_view, const char*> formats[] = {{"pdf", "application/pdf"}, {"svg", "image/svg+xml"}, {"png", "image/png"}};
constexpr domain::PosterDirection directions[] = {domain::PosterDirection::any, domain::PosterDirection::in, domain::PosterDirection::out,
                                                  domain::PosterDirection::pass};

template <class List>
bool has(const List& list, std::string_view word) {
    return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

const char* find_media_type(std::string_view format) {
    for (const auto& [word, media_type] : formats)
        if (word == format) return media_type;
    return nullptr;
}

std::optional<domain::PosterDirection> find_direction(std::string_view word) {
    for (const auto direction : directions)
        if (word == domain::word_of(direction)) return direction;
    return std::nullopt;
}

}  // namespace

Posters::Posters(DirectoryBoard& board, const Vault& vault, const std::string& base_url, const Office& office, PrintPosters print)
    : board_(board), vault_(vault), base_url_(base_url), office_(office), print_(std::move(print)) {}

kit::Result<PrintedPosters> Posters::print(const Caller& caller, const PosterRequest& request, const std::function<bool()>& wanted) const {
    if (request.sites.empty()) return invalid_field("/sites", "missing");
    if (request.sites.size() * std::max<std::size_t>(1, request.directions.size()) > kit::posters_max) return invalid_field("/sites", "too_many");
    if (!has(sheets, request.sheet)) return invalid_field("/sheet", "sheet_unknown");
    if (!has(langs, request.lang)) return invalid_field("/lang", "lang_unknown");
    const auto* media_type = find_media_type(request.format);
    if (media_type == nullptr) return invalid_field("/format", "poster_format_unknown");
    std::vector<domain::PosterDirection> ways;
    for (const auto& word : request.directions) {
        const auto direction = find_direction(word);
        if (!direction) return invalid_field("/directions", "poster_direction_unknown");
        if (std::find(ways.begin(), ways.end(), *direction) == ways.end()) ways.push_back(*direction);
    }
    if (ways.empty()) return invalid_field("/directions", "missing");
    if (request.format != "pdf" && request.sites.size() * ways.size() > 1) return invalid_field("/format", "one_poster");
    const auto directory = board_.load();
    std::string list = "ref,name,category,division,address,direction,code,url\n";
    std::set<std::string> listed;
    for (std::size_t i = 0; i < request.sites.size(); ++i) {
        if (!listed.insert(request.sites[i]).second) continue;
        const auto* site = caller.find_site(*directory, request.sites[i]);
        if (site == nullptr) return Error{Errc::not_found, "site_unknown", {{"/sites/" + std::to_string(i), "site_unknown"}}};
        if (site->closed) return Error{Errc::gone, "site_closed"};
        std::string head;
        for (const auto& text : {site->ref, site->name, std::string(domain::category_rules()[static_cast<std::size_t>(site->category)].word),
                                 division_name(*directory, site->division), site->address})
            head += domain::csv_field(text) + ',';
        for (const auto direction : ways) {
            const auto code = vault_.site_code({site->id, direction, site->revision});
            list += head + domain::word_of(direction) + ',' + code + ',' + base_url_ + "/s/" + code + '\n';
        }
    }
    std::vector<std::string> arguments{"--sites", "-", "--out", "-", "--whole", "--format", request.format, "--sheet", request.sheet, "--lang", request.lang};
    const auto words = office_.words();
    if (!words.hotline.empty()) arguments.insert(arguments.end(), {"--hotline", words.hotline});
    if (!words.name.empty()) arguments.insert(arguments.end(), {"--issuer", words.name});
    auto bytes = print_(arguments, list, wanted);
    if (!bytes) return bytes.error();
    return PrintedPosters{*std::move(bytes), media_type, "posters." + request.format};
}

}  // namespace chayan::service
