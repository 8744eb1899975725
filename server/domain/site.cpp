// SPDX-License-Identifier: Apache-2.0
#include "domain/site.hpp"

#include <algorithm>
#include <charconv>

#include "kit/check.hpp"

namespace chayan::domain {

/// schema/categories.csv, embedded at build.
extern const std::string_view categories_csv;

namespace {

/// Cuts the text up to `separator` (or its end) off the front.
std::string_view take_until(std::string_view& text, char separator) {
    const auto at = text.find(separator);
    const auto taken = text.substr(0, at);
    text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
    return taken;
}

// The table is a part of the program: what is wrong with it is our own mistake, so it is a CHECK.
std::vector<CategoryRule> parse_categories(std::string_view csv) {
    std::vector<CategoryRule> rules;
    CHECK(take_until(csv, '\n') == "category,zh,presence,dwell_min");
    while (!csv.empty()) {
        auto line = take_until(csv, '\n');
        const auto word = take_until(line, ',');
        const auto zh = take_until(line, ',');
        const auto presence = take_until(line, ',');
        CHECK(presence == "gate" || presence == "venue");
        std::int32_t dwell_min = -1;
        const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), dwell_min);
        CHECK(error == std::errc{} && end == line.data() + line.size() && dwell_min >= 0 && dwell_min <= 1440);
        rules.push_back({static_cast<Category>(rules.size()), std::string(word), std::string(zh),
                         presence == "gate" ? Presence::gate : Presence::venue, dwell_min * 60});
    }
    CHECK(rules.size() == category_count);
    CHECK(rules.front().word == "traffic" && rules.back().word == "other");  // the order of enum Category
    return rules;
}

/// Is `word` the whole name, or the part before or inside its brackets?
bool names(std::string_view zh, std::string_view word) {
    if (word == zh) return true;
    const auto open = zh.find('(');
    if (open == std::string_view::npos || word.empty()) return false;
    return word == zh.substr(0, open) || word == zh.substr(open + 1, zh.size() - open - 2);
}

}  // namespace

const std::vector<CategoryRule>& category_rules() {
    static const auto rules = parse_categories(categories_csv);
    return rules;
}

std::optional<Category> find_category(std::string_view word) {
    std::string half_width(word);
    for (const auto& [full, half] : {std::pair{"（", "("}, std::pair{"）", ")"}}) {
        const auto at = half_width.find(full);
        if (at != std::string::npos) half_width.replace(at, std::string_view(full).size(), half);
    }
    for (const auto& rule : category_rules()) {
        if (rule.word == half_width || names(rule.zh, half_width)) return rule.category;
    }
    return std::nullopt;
}

const StayRule& SiteRules::stay(Instant at) const {
    CHECK(!stays.empty());
    for (auto i = stays.size() - 1; i > 0; --i) {
        if (at > stays[i].since) return stays[i];
    }
    return stays.front();
}

void Sites::put(SiteId id, SiteRules rules) {
    CHECK(!id.is_none() && !rules.stays.empty() && !rules.place.is_none());
    if (sites_.size() <= id.value) sites_.resize(id.value + 1);
    auto& held = sites_[id.value];
    if (held) by_ref_.erase(held->ref);
    const bool is_own_ref = by_ref_.emplace(rules.ref, id).second;
    CHECK(is_own_ref);
    places_.resize(sites_.size());
    places_[id.value] = rules.place;
    held = std::move(rules);
}

const SiteRules& Sites::operator[](SiteId id) const {
    CHECK(contains(id));
    return *sites_[id.value];
}

bool Sites::contains(SiteId id) const { return id.value < sites_.size() && sites_[id.value].has_value(); }

std::optional<SiteId> Sites::find(std::string_view ref) const {
    const auto found = by_ref_.find(std::string(ref));
    return found == by_ref_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace chayan::domain
