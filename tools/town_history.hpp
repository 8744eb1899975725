// SPDX-License-Identifier: Apache-2.0
// What the scans tell of where people were, and what they don't: exits that were forgotten, phones whose clock is wrong, scans that
// waited in a phone without a network. Writes scans.csv, truth/visits.csv and truth/oddities.csv, person by person. One thread.
#pragma once

#include <string>
#include <vector>

#include "domain/scan.hpp"
#include "town_csv.hpp"
#include "town_days.hpp"
#include "town_options.hpp"
#include "town_people.hpp"
#include "town_sites.hpp"

namespace chayan::town {

class History {
public:
    History(const Options& options, const Layout& layout);
    /// All of a person's days; their scans in the order in which they arrived. Throws std::runtime_error when a file can't be written.
    void write(const Household& household, const Person& person, const std::vector<Stay>& stays);
    void close();
    std::uint64_t scans() const { return scans_.rows(); }
    std::uint64_t visits() const { return visits_.rows(); }

private:
    struct Made {
        domain::Instant at, arrives;
        std::uint32_t site;
        domain::Direction direction;
        bool is_by_car;
        std::string ref;
    };
    void note(const Made& made, const char* kind, std::int64_t seconds);
    void make(const Person& person, const Stay& stay, Chance& chance);
    void make_one(const Person& person, Made made, Chance& chance);
    std::string temperature_at(const Made& made, Chance& chance) const;
    const Options& options_;
    const Layout& layout_;
    CsvFile scans_, visits_, oddities_;
    Clockwork clockwork_;
    std::vector<Made> made_;    // of the person whose turn it is
};

}  // namespace chayan::town
