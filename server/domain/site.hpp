// SPDX-License-Identifier: Apache-2.0
// Sites: one entrance each, with its category, place and rules of stay, and how the rules changed over time. Pure values;
// any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/division.hpp"
#include "domain/ids.hpp"
#include "domain/time.hpp"

namespace chayan::domain {

enum class Presence : std::uint8_t { gate = 0, venue = 1 };

enum class Category : std::uint8_t {
    traffic = 0, village, community, enterprise, clinic, pharmacy, office, shop, school, hotel, isolation, transit, vehicle, other,
};
inline constexpr std::size_t category_count = 14;

struct CategoryRule {
    Category category;
    std::string word;   ///< "traffic"
    std::string zh;     ///< "交通检验站"
    Presence presence;
    std::int32_t dwell_s;
};

/// The table of schema/categories.csv (embedded at build). Index = Category.
const std::vector<CategoryRule>& category_rules();
/// By code or by Chinese name (also each part of 小区(社区)); nothing for another word.
std::optional<Category> find_category(std::string_view word);

/// How long people stay: holds for scans whose `at` is later than `since` (a site's first settings hold for all earlier ones).
struct StayRule {
    Instant since;
    Presence presence = Presence::venue;
    std::int32_t dwell_s = 3600;            ///< 0 to 86,400
    std::int32_t opens_s = -1;              ///< local clock, seconds since midnight; -1: none given
    std::int32_t closes_s = -1;             ///< up to 86,400 (24:00)
    friend bool operator==(const StayRule&, const StayRule&) = default;
};

/// What visits and contacts must know of a site.
struct SiteRules {
    std::string ref;
    SiteId place;                            ///< the site that names the place; itself when it names no other
    Category category = Category::other;
    DivisionCode division;
    std::optional<double> longitude, latitude;   ///< degrees WGS 84, for impossible_travel
    std::vector<StayRule> stays;             ///< at least one, by `since`; the first one's `since` is not looked at

    /// The rule in force for a scan at `at`.
    const StayRule& stay(Instant at) const;
};

/// All sites by number. An immutable value once published.
class Sites {
public:
    /// Adds or replaces. Requires: id is not none, rules.stays is not empty, rules.ref is no other site's.
    void put(SiteId id, SiteRules rules);
    /// Requires: contains(id).
    const SiteRules& operator[](SiteId id) const;
    bool contains(SiteId id) const;
    /// sites[id].place, sooner. Requires: contains(id).
    SiteId place_of(SiteId id) const { return places_[id.value]; }
    std::optional<SiteId> find(std::string_view ref) const;
    /// One more than the largest id: the size for an array by site.
    std::size_t size() const { return sites_.size(); }

private:
    std::vector<std::optional<SiteRules>> sites_;   // index = id
    std::vector<SiteId> places_;                    // likewise
    std::unordered_map<std::string, SiteId> by_ref_;
};

}  // namespace chayan::domain
