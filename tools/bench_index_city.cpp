// SPDX-License-Identifier: Apache-2.0
#include "bench_index_city.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace chayan::bench {
namespace {

/// Some go out ten times as often as others; the mean is 1.4 times the median.
Weighted people_by_visits(std::uint64_t count, std::mt19937_64& random) {
    std::lognormal_distribution<double> activity(0, 0.85);
    std::vector<double> weights(count);
    for (auto& weight : weights) weight = activity(random);
    return Weighted(weights);
}

std::shared_ptr<const domain::Sites> make_sites(const CityOptions& options) {
    auto sites = std::make_shared<domain::Sites>();
    for (std::uint32_t i = 1; i <= options.sites; ++i) {
        domain::SiteRules rules;
        rules.ref = "S" + std::to_string(i);
        rules.place = {i};
        rules.category = domain::Category::shop;
        rules.stays = {domain::StayRule{{}, domain::Presence::venue, static_cast<std::int32_t>(options.dwell_s), -1, -1}};
        sites->put({i}, rules);
    }
    return sites;
}

std::vector<domain::Scan> make_scans(const CityOptions& options) {
    std::mt19937_64 random(20'200'200);
    const auto sites = sites_by_visits(options.sites);
    const auto people = people_by_visits(options.people, random);
    std::vector<domain::Scan> scans(options.visits + options.exits);
    for (std::size_t i = 0; i < options.visits; ++i) {
        auto& scan = scans[i];
        scan.registration = {people.draw(random)};
        scan.site = {sites.draw(random)};
        scan.at = city_first_day + static_cast<std::int64_t>(random() % city_days) * city_day_s + 6 * 3600 + static_cast<std::int64_t>(random() % (16 * 3600));
    }
    constexpr std::uint64_t least_s = 60;
    for (std::size_t i = 0; i < options.exits; ++i) {
        auto& scan = scans[options.visits + i] = scans[i];
        scan.direction = domain::Direction::out;
        scan.at = scan.at + static_cast<std::int64_t>(least_s + random() % (2 * (options.dwell_s - least_s) + 1));
    }
    return scans;
}

}  // namespace

Weighted::Weighted(const std::vector<double>& weights) {
    double sum = 0;
    for (const double weight : weights) up_to_.push_back(sum += weight);
}

std::uint32_t Weighted::draw(std::mt19937_64& random) const {
    const double at = std::uniform_real_distribution<double>(0, up_to_.back())(random);
    return static_cast<std::uint32_t>(1 + (std::upper_bound(up_to_.begin(), up_to_.end() - 1, at) - up_to_.begin()));
}

Weighted sites_by_visits(std::uint64_t count) {
    std::vector<double> weights;
    for (std::uint64_t k = 1; k <= count; ++k) weights.push_back(1.0 / static_cast<double>(k));
    return Weighted(weights);
}

domain::Interval city_window() { return {city_first_day, city_first_day + (city_days + 2) * city_day_s}; }

IndexCity make_index_city(const CityOptions& options) {
    const auto people = std::make_shared<domain::People>();
    for (std::uint32_t i = 1; i <= options.people; ++i) people->place({i}, {i}, {i});
    auto scans = make_scans(options);
    IndexCity city;
    city.scans = scans.size();
    const auto began = std::chrono::steady_clock::now();
    city.index = domain::ContactIndex::build(scans, people, make_sites(options), *domain::TimeZone::find("Asia/Shanghai"));
    city.build_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return city;
}

}  // namespace chayan::bench
