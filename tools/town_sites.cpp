// SPDX-License-Identifier: Apache-2.0
#include "town_sites.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

#include "town_csv.hpp"

namespace chayan::town {
namespace {

using domain::Category;

/// How many there are: one for each so many people, and never fewer than `least`.
struct Supply {
    Category category;
    std::uint32_t people_each;
    std::uint32_t least;
    std::string_view letters;   ///< a ref begins with them
    std::string_view kind;      ///< what a name ends in
};

constexpr std::array<Supply, 12> supplies{{
    {Category::traffic, 60'000, 2, "TC", "卡口"},      {Category::enterprise, 1'000, 4, "EN", "有限公司"}, {Category::clinic, 20'000, 1, "CL", "医院发热门诊"},
    {Category::pharmacy, 5'000, 2, "PH", "大药房"},    {Category::office, 8'000, 2, "OF", "办事处"},       {Category::shop, 1'200, 6, "SH", "超市"},
    {Category::school, 2'500, 2, "SC", "学校"},        {Category::hotel, 20'000, 1, "HO", "宾馆"},         {Category::isolation, 100'000, 1, "IS", "集中隔离点"},
    {Category::transit, 100'000, 1, "TR", "客运站"},   {Category::vehicle, 6'000, 2, "VE", "路公交车"},    {Category::other, 15'000, 2, "OT", "公园"},
}};

constexpr std::array<std::string_view, 20> brands{"惠民", "永兴", "鑫源", "华联", "北方", "福顺", "宏达", "金桥", "同心", "瑞丰",
                                                  "百姓", "阳光", "恒通", "康宁", "天成", "万家", "长城", "古城", "中兴", "平安"};

std::string_view letters_of(Category category) {
    if (category == Category::village) return "VI";
    if (category == Category::community) return "CO";
    return std::find_if(supplies.begin(), supplies.end(), [&](const Supply& one) { return one.category == category; })->letters;
}

std::uint32_t doors_of(Category category, std::uint32_t rank, Chance& chance) {
    switch (category) {
        case Category::school: case Category::enterprise: return rank < 2 || chance.percent(40) ? 2 : 1;
        case Category::traffic: return 2;                                       // a lane each way
        case Category::shop: return rank == 0 ? 4 : chance.percent(15) ? 2 : 1;
        case Category::village: case Category::community: return rank == 0 || chance.percent(25) ? 2 : 1;
        default: return 1;
    }
}

Posting posting_of(Category category, Chance& chance) {
    if (category == Category::vehicle || category == Category::isolation) return Posting::entry;
    if (category == Category::pharmacy || category == Category::shop) return chance.percent(20) ? Posting::passing : Posting::both;
    return Posting::both;
}

std::string name_of(const Supply& supply, std::uint32_t rank, const Unit& unit, Chance& chance) {
    const auto number = std::to_string(rank + 1);
    if (supply.category == Category::vehicle) return number + std::string(supply.kind);
    return unit.name + std::string(brands[chance.below(brands.size())]) + number + "号" + std::string(supply.kind);
}

std::string clock_text(std::int32_t second) {
    if (second < 0) return {};
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), "%02d:%02d", second / 3600, second / 60 % 60);
    return text.data();
}

}  // namespace

std::uint32_t Popularity::pick(Chance& chance) const {
    const auto at = chance.next() % sums_.back();
    return things_[static_cast<std::size_t>(std::upper_bound(sums_.begin(), sums_.end(), at) - sums_.begin())];
}

Layout::Layout(const Grid& grid, std::uint32_t people, std::uint64_t seed) {
    Chance chance{seed, 2};
    for (auto& local : local_) local.resize(grid.units.size());
    for (const auto& home : grid.homes) {
        entrances_.push_back(static_cast<std::uint32_t>(places_.size()));
        Place entrance;
        entrance.category = home.is_community ? Category::community : Category::village;
        entrance.unit = home.unit;
        entrance.is_gate = true;
        entrance.name = home.name + (home.is_community ? "大门" : "村口");
        entrance.division = home.code;
        add(std::move(entrance), chance);
    }
    for (const auto& supply : supplies) {
        for (std::uint32_t rank = 0; rank < std::max(supply.least, people / supply.people_each); ++rank) {
            Place place;
            place.category = supply.category;
            place.posting = posting_of(supply.category, chance);
            place.unit = chance.below(grid.units.size());
            place.name = name_of(supply, rank, grid.units[place.unit], chance);
            place.division = grid.units[place.unit].code;
            if (supply.category == Category::shop && rank % 8 == 3) place.dwell_min = 45;     // with a place to eat
            place.is_gate = supply.category == Category::traffic || (supply.category == Category::other && rank % 2 == 1);
            add(std::move(place), chance);
        }
    }
}

void Layout::add(Place place, Chance& chance) {
    const auto number = static_cast<std::uint32_t>(places_.size());
    auto& all = all_[static_cast<std::size_t>(place.category)];
    auto& local = local_[static_cast<std::size_t>(place.category)][place.unit];
    const auto rank = static_cast<std::uint32_t>(all.size());
    place.doors = doors_of(place.category, rank, chance);
    place.first_site = static_cast<std::uint32_t>(sites_.size());
    std::array<char, 32> ref;
    for (std::uint32_t door = 0; door < place.doors; ++door) {
        std::snprintf(ref.data(), ref.size(), door == 0 ? "%s%04u" : "%s%04u-%u", std::string(letters_of(place.category)).c_str(), rank + 1, door + 1);
        sites_.push_back({ref.data(), number});
    }
    all.add_by_zipf(number);
    local.add_by_zipf(number);
    places_.push_back(std::move(place));
}

std::uint32_t Layout::pick(Category category, std::uint32_t unit, Chance& chance) const {
    const auto& local = local_[static_cast<std::size_t>(category)][unit];
    return !local.empty() && chance.percent(60) ? local.pick(chance) : all_[static_cast<std::size_t>(category)].pick(chance);
}

std::int32_t Layout::opens_s(Category category) {
    switch (category) {
        case Category::shop: return 7 * 3600 + 1800;
        case Category::pharmacy: return 8 * 3600;
        default: return -1;
    }
}

std::int32_t Layout::closes_s(Category category) {
    switch (category) {
        case Category::shop: return 21 * 3600;
        case Category::pharmacy: return 20 * 3600;
        default: return -1;
    }
}

void Layout::write(const std::string& path, std::uint64_t seed) const {
    CsvFile file(path, "ref,name,category,division,place,address,longitude,latitude,presence,dwell_min,opens,closes");
    Chance chance{seed, 3};
    std::array<char, 32> longitude, latitude;
    for (const auto& site : sites_) {
        const auto& place = places_[site.place];
        const auto& first = sites_[place.first_site];
        const auto& rule = domain::category_rules()[static_cast<std::size_t>(place.category)];
        const bool is_door = &site != &first;
        // A grid of units 5 km apart around the town; the doors of one place lie within some 100 m.
        if (!is_door) {
            std::snprintf(longitude.data(), longitude.size(), "%.4f", 114.85 + 0.06 * (place.unit % 5) + 1e-4 * chance.below(400));
            std::snprintf(latitude.data(), latitude.size(), "%.4f", 38.40 + 0.05 * (place.unit / 5 % 5) + 1e-4 * chance.below(400));
        }
        const bool has_position = place.category != Category::vehicle;
        const bool is_against = place.is_gate != (rule.presence == domain::Presence::gate);
        file.row({site.ref, is_door ? place.name + site.ref.substr(site.ref.find('-') + 1) + "号门" : place.name, rule.word, place.division,
                  is_door ? std::string_view(first.ref) : std::string_view(), "", has_position ? longitude.data() : "", has_position ? latitude.data() : "",
                  !is_against ? "" : place.is_gate ? "gate" : "venue", place.dwell_min < 0 ? "" : std::to_string(place.dwell_min),
                  clock_text(opens_s(place.category)), clock_text(closes_s(place.category))});
    }
    file.close();
}

}  // namespace chayan::town
