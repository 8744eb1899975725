// SPDX-License-Identifier: Apache-2.0
// The places of the synthetic town and their doors: sites of every category, as many as its people need, some far more popular
// than others. Immutable once made; any thread. Memory is that of the places, some 5,000 for a county.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/site.hpp"
#include "town_chance.hpp"
#include "town_divisions.hpp"

namespace chayan::town {

/// How people scan there, which is a question of the posters that hang there.
enum class Posting : std::uint8_t {
    both,       ///< on the way in and on the way out
    entry,      ///< on the way in only: buses, isolation
    passing,    ///< one scan `pass` for the whole stay
};

struct Place {
    domain::Category category = domain::Category::other;
    Posting posting = Posting::both;
    std::uint32_t unit = 0;
    std::uint32_t first_site = 0;   ///< position in Layout::sites; the doors follow one another, the first names the place
    std::uint32_t doors = 1;
    std::int32_t dwell_min = -1;    ///< -1: the category's
    bool is_gate = false;           ///< also against its category
    std::string name, division;
};

struct Site {
    std::string ref;
    std::uint32_t place = 0;        ///< position in Layout::places
};

class Layout {
public:
    Layout(const Grid& grid, std::uint32_t people, std::uint64_t seed);

    const std::vector<Place>& places() const { return places_; }
    const std::vector<Site>& sites() const { return sites_; }
    /// A place of the category, by Zipf: of `unit` in six of ten cases where it has one, else of the whole town.
    std::uint32_t pick(domain::Category category, std::uint32_t unit, Chance& chance) const;
    /// The entrance of a home (position in Grid::homes).
    std::uint32_t entrance(std::uint32_t home) const { return entrances_[home]; }
    /// One of a place's doors.
    std::uint32_t door(std::uint32_t place, Chance& chance) const { return places_[place].first_site + chance.below(places_[place].doors); }
    /// Clock times, seconds after local midnight, between which somebody may be there; -1: any. They hold for the category.
    static std::int32_t opens_s(domain::Category category);
    static std::int32_t closes_s(domain::Category category);
    /// sites.csv as `chayan site import` takes it. Throws std::runtime_error when it can't be written.
    void write(const std::string& path, std::uint64_t seed) const;

private:
    void add(Place place, Chance& chance);
    std::vector<Place> places_;
    std::vector<Site> sites_;
    std::vector<std::uint32_t> entrances_;
    std::array<Popularity, domain::category_count> all_;
    std::array<std::vector<Popularity>, domain::category_count> local_;   // by unit
};

}  // namespace chayan::town
