// SPDX-License-Identifier: Apache-2.0
// Where did it come from: the places and times that several cases share, ranked by how surprising that is given how busy they were.
// Pure; any thread.
//
// A busy market is shared by any five people, a small clinic in one hour by hardly two. So each place is looked at in slots of an hour, four hours
// and a day that begin with a case's visit, and over the whole of the cases' windows. In a slot with `others` who are no cases,
//   q = (others + 1) / (people - cases + 1)                       the share of everybody else who were there
//   p_i = 1 - (1 - q)^(how often case i goes out / the mean)      whoever goes about much is met anywhere
//   expected = sum of p_i over the cases whose window meets the slot
//   tail = P(X >= cases there), X ~ Poisson(expected)
// The tail of a Poisson law is at least that of the sum of such unequal coins where cases there >= expected + 1 (Anderson and Samuels,
// Some inequalities among binomial and Poisson probabilities, 1967), so it errs to the careful side. Times and places are many, and some share
// by accident: by_chance = tail x slots of that length in the window x the four lengths x places, the mean number of slots in the city that would
// be as surprising (Bonferroni).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "domain/ids.hpp"
#include "domain/site.hpp"
#include "domain/time.hpp"

namespace chayan::domain {

struct SharedPlacesQuestion {
    struct Case {
        PersonNo person;
        Interval window;                 ///< when they may have caught it
    };
    std::vector<Case> cases;             ///< at least two persons, else nothing is shared; of one person named twice the first stands
    std::vector<Category> categories;    ///< empty: all
    std::optional<std::uint32_t> limit;
};

/// A place that at least two cases share, at the time that surprises most.
struct SharedPlace {
    SiteId place;
    Interval span;                       ///< the slot, cut to the first begin and the last end of the cases' visits in it
    std::vector<PersonNo> cases;         ///< ascending
    std::uint32_t others = 0;            ///< who were there in the slot besides
    double expected = 0;                 ///< cases there if they went about as everybody does
    double by_chance = 0;                ///< mean number of slots of the whole city that would surprise as much by accident

    double lift() const { return static_cast<double>(cases.size()) / expected; }
};

struct SharedPlacesAnswer {
    std::vector<SharedPlace> places;     ///< the most surprising first, then more cases, then the place's ref
    std::uint32_t left_out = 0;          ///< what `limit` cut
    std::uint32_t people = 0;            ///< with a visit in the windows: what is compared with
};

class ContactIndex;

/// Requires: each window's from < to. Cost: every visit of the windows, some nanoseconds each, and the busy places once more.
SharedPlacesAnswer shared_places(const ContactIndex& index, const SharedPlacesQuestion& question);

/// ln P(X >= count) for X ~ Poisson(mean). Requires: mean > 0.
double log_poisson_tail(std::uint32_t count, double mean);

}  // namespace chayan::domain
