// SPDX-License-Identifier: Apache-2.0
// The city in which tools/bench asks the contact index: people who go about for 14 days among sites of which few are much visited
// (Zipf). The same options make the same city. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "domain/contact_index.hpp"

namespace chayan::bench {

constexpr std::int64_t city_day_s = 86'400;
constexpr std::int64_t city_days = 14;
constexpr domain::Instant city_first_day{1'769'961'600};   // 2026-02-02 00:00 in Shanghai

struct CityOptions {
    std::uint64_t people = 1'200'000;
    std::uint64_t sites = 3'000;       ///< site 1 is the busiest; each is a venue and its own place
    std::uint64_t visits = 22'000'000; ///< scans `in`, at any second between 6 and 22 o'clock
    std::uint64_t exits = 0;           ///< so many of them are followed by a scan `out`, after `dwell_s` in the mean
    std::uint64_t dwell_s = 1'440;     ///< how long whoever does not scan out stays, unless another scan says otherwise
};

struct IndexCity {
    std::shared_ptr<const domain::ContactIndex> index;
    std::size_t scans = 0;             ///< before those with the same four values were dropped
    double build_s = 0;                ///< of the index alone
};

/// Requires: exits <= visits, dwell_s > 60. Cost: a second for each million visits.
IndexCity make_index_city(const CityOptions& options);

/// Draws numbers from 1 on, each as often as its weight says.
class Weighted {
public:
    explicit Weighted(const std::vector<double>& weights);
    std::uint32_t draw(std::mt19937_64& random) const;

private:
    std::vector<double> up_to_;
};

/// Zipf's law: the k-th site is visited 1/k as often as the first.
Weighted sites_by_visits(std::uint64_t count);

/// The whole time in which anybody in the city is anywhere.
domain::Interval city_window();

}  // namespace chayan::bench
