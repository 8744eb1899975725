// SPDX-License-Identifier: Apache-2.0
// People whom records confuse however well they are written: a few hundred in a town of 100,000. They are put into households as these
// are met, in the order of their numbers, so that every pass over the town makes the same ones. One thread; memory is that of the cases.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "town_chance.hpp"
#include "town_options.hpp"
#include "town_people.hpp"

namespace chayan::town {

/// `person` is hard to tell from `other`, both refs.
struct HardCase {
    std::string_view kind;  ///< "twins", "father_and_son", "one_phone", "name_and_birth_date", "one_document"
    std::string person, other;
};

class HardCases {
public:
    explicit HardCases(const Options& options) : options_(options) {}
    /// Changes at most one thing in a household, and says what. Requires: each household once, by number, from 0 on.
    /// Five and more people with one phone are a case for each of them but the head.
    std::vector<HardCase> put_into(Household& household);

private:
    struct Earlier {
        Person person;
        std::uint32_t home;
    };
    std::vector<HardCase> twins(Household& household, Chance& chance);
    std::vector<HardCase> father_and_son(Household& household, Chance& chance);
    static std::vector<HardCase> one_phone(Household& household);
    std::vector<HardCase> name_and_birth_date(Household& household);
    std::vector<HardCase> one_document(Household& household);
    std::optional<Person> take_earlier(const Household& household, const std::string& surname);
    std::string free_document(domain::Day born, std::uint32_t first_sequence);
    const Options& options_;
    std::map<std::string, Earlier> earlier_;    // the last head of each sex and age, with each surname and with any
    std::set<std::string> given_out_;           // documents with a sequence that the town does not use
};

}  // namespace chayan::town
