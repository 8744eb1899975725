// SPDX-License-Identifier: Apache-2.0
// The people of the synthetic town: households in the order of their numbers, each a pure function of the options, so that any
// pass over the town meets the same people and none is kept. One thread each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/document.hpp"
#include "domain/time.hpp"
#include "town_chance.hpp"
#include "town_csv.hpp"
#include "town_divisions.hpp"
#include "town_names.hpp"
#include "town_options.hpp"
#include "town_sites.hpp"

namespace chayan::town {

/// Ages as they are drawn: groups don't share a birthday, which keeps documents apart.
enum class Group : std::uint8_t { child, young, parent, middle, elder };

enum class Job : std::uint8_t { none, pupil, enterprise, shop, office, school, care };

enum class Shift : std::uint8_t { day, early, late, night };

struct Person {
    std::uint32_t number = 0;
    Group group = Group::parent;
    domain::Sex sex = domain::Sex::male;
    std::string name;
    std::size_t surname_bytes = 0;  ///< how much of the name runs in the family; 0: a name with a dot
    domain::Day born;
    std::string document;           ///< GB 11643; empty for some small children
    std::string phone;
    Job job = Job::none;
    Shift shift = Shift::day;
    std::uint32_t workplace = 0;    ///< position in Layout::places; where there is a job
    std::int64_t skew_s = 0;        ///< by how much the clock of the phone is ahead
    bool is_twice = false;          ///< in the roster under a second ref with the same document
    bool is_isolated = false;
    bool goes_by_bus = false;

    std::string ref() const;
    std::string second_ref() const; ///< Requires: is_twice
};

Fashion fashion_of(Group group);

/// GB 11643 with the town's region. Requires: sequence < 1000, odd for a man.
std::string id_number(domain::Day born, std::uint32_t sequence);
/// The number of the person's own phone; a number that nobody has for numbers from people_max on. Requires: number < 300,000,000.
std::string phone_of(std::uint64_t number, std::uint64_t seed);

/// Sequences of documents from here on are nobody's in the town; those from 996 on marked people aged a hundred and more.
inline constexpr std::uint32_t free_sequence = 980;

struct Household {
    std::uint32_t number = 0;
    std::uint32_t home = 0;         ///< position in Grid::homes
    std::uint32_t station = 0;      ///< the traffic station on the road into town
    bool is_guarded = true;         ///< somebody asks for a scan at the entrance
    std::string plate;              ///< empty: no car
    std::string namesake;           ///< the ref of somebody of another household with the name of people[0]; mostly empty
    std::vector<Person> people;     ///< the first is the head, whose phone those use who have none

    std::string ref() const;
};

class Households {
public:
    Households(const Options& options, const Grid& grid, const Layout& layout);
    /// The next household; nothing when all people have been met.
    std::optional<Household> next();

private:
    struct Head {
        domain::Sex sex;
        std::string surname, name;      ///< without a surname: the names of the household have a dot
    };
    Head head_of(std::uint32_t household) const;
    Person make(const Household& household, Group group, const Head& head, std::size_t position) const;
    static std::string other_name(const Person& person, const std::string& surname, Chance& chance);
    void employ(Person& person, std::uint32_t unit, Chance& chance) const;
    void number(Person& person) const;
    const Options& options_;
    const Grid& grid_;
    const Layout& layout_;
    Popularity homes_;
    std::uint32_t next_household_ = 0, next_person_ = 0, last_head_ = 0;
};

/// people.csv, a row for each ref, and truth/roster.csv: who of them is whom (same document) or bears whose name.
class Roster {
public:
    Roster(const Options& options, const Grid& grid, const Layout& layout);
    void write(const Household& household);
    void close();
    std::uint64_t rows() const { return people_.rows(); }

private:
    const Grid& grid_;
    const Layout& layout_;
    CsvFile people_, truth_;
};

}  // namespace chayan::town
