// SPDX-License-Identifier: Apache-2.0
#include "town_errors.hpp"

#include "town_csv.hpp"

namespace chayan::town {
namespace {

// Of 10,000 records of the register, of a village's list, at a gate, of an employer. In the order of Error.
constexpr std::array<Rate, error_count> rates{{
    {"document_absent", {30, 2500, 1500, 300}, "", "the card lies in a drawer; a gate asks for the phone first; an employer pays by it"},
    {"document_fifteen", {50, 300, 20, 50}, "born before 1984", "cards had 15 digits until 1999, and old ledgers are copied on"},
    {"document_small_x", {500, 2500, 1500, 2500}, "documents that end in X", "no form but the register's turns it into a capital"},
    {"document_times", {20, 300, 30, 200}, "documents that end in X", "input methods offer the sign for the letter"},
    {"document_star", {10, 150, 30, 100}, "documents that end in X", "a keypad without letters has a star"},
    {"document_cut", {10, 60, 30, 150}, "", "a column one digit too short, or copied without its end"},
    {"document_digit", {20, 150, 80, 60}, "", "18 digits by hand: one slip in 1,000 keys typed, in 100 copied from handwriting and mostly seen"},
    {"document_two_digits", {2, 20, 10, 8}, "", "who slips once is in a hurry, and slips again in one case of eight"},
    {"document_swapped", {5, 40, 40, 20}, "", "fast fingers; a quarter to a half as often as a wrong digit"},
    {"name_sound", {15, 200, 60, 80}, "names with a character that has such others", "heard at the door, or the wrong one of an input method's list"},
    {"name_look", {30, 120, 10, 30}, "names with a character that has such others", "handwriting that somebody else types in"},
    {"name_form", {100, 100, 20, 30}, "names with a character that has such forms", "old registers and old hands write what was written before 1956"},
    {"name_dot", {2000, 5000, 4000, 4000}, "names with a dot", "six signs look like the dot, and keyboards have none of them"},
    {"phone_absent", {7000, 2500, 300, 800}, "", "the register has no column for it; a gate calls back by it"},
    {"phone_family", {500, 1500, 800, 100}, "children and elders of a household with other phones", "the number of whoever was at home, or holds the phone"},
    {"phone_former", {800, 500, 100, 300}, "grown-ups", "one number in ten changes in a year, and a list is as old as its last edit"},
    {"phone_reissued", {80, 50, 10, 30}, "grown-ups", "carriers hand a number out again after months: one former number in ten is a neighbour's by now"},
    {"phone_digit", {20, 120, 60, 60}, "", "11 digits by hand, and no check digit that tells"},
    {"phone_swapped", {5, 40, 30, 20}, "", "fast fingers, as with documents"},
    {"birth_absent", {10, 1500, 4000, 3000}, "records with a document or a phone", "seldom asked for where the document has it"},
    {"birth_digit", {15, 120, 30, 40}, "", "eight digits by hand, in this field alone"},
    {"birth_swapped", {2, 30, 10, 20}, "days up to 12 that are not the month", "a spreadsheet that reads the date the other way round"},
    {"birth_lunar", {30, 400, 20, 10}, "born before 1985", "old people in villages know the lunar day, and some cards were made by it"},
    {"sex_absent", {10, 500, 3000, 1500}, "records with two more fields", "left out where the document tells it"},
    {"address_absent", {50, 500, 4500, 6000}, "records with two more fields", "nobody types it at a gate; an employer knows the workplace"},
    {"address_elsewhere", {0, 300, 600, 600}, "", "people live elsewhere than they are registered: where they rent"},
    {"address_brief", {200, 5000, 5000, 4000}, "", "everybody there knows the county, and mostly the township"},
    {"address_otherwise", {800, 3000, 3000, 3000}, "", "there is no one way to write a house number"},
    {"division_absent", {50, 300, 5000, 7000}, "records with two more fields", "only an office knows codes of twelve digits"},
    {"household_absent", {20, 1500, 10000, 10000}, "records with two more fields", "a number of the register's that nobody else has"},
}};

}  // namespace

const Rate& rate_of(Error error) { return rates[static_cast<std::size_t>(error)]; }

bool Mix::hits(Error error, Source source, bool possible, Chance& chance) {
    if (!possible) return false;
    auto& count = counts_[static_cast<std::size_t>(error)];
    const auto per_10000 = rate_of(error).per_10000[static_cast<std::size_t>(source)];
    ++count.possible;
    count.expected_10000 += per_10000;
    const bool is_hit = chance.below(10'000) < per_10000;
    if (is_hit) ++count.hit;
    return is_hit;
}

void Mix::write(const std::string& path) const {
    CsvFile file(path, "error,records,of,expected,among,why");
    for (std::size_t i = 0; i < error_count; ++i) {
        const auto& count = counts_[i];
        file.row({rates[i].word, std::to_string(count.hit), std::to_string(count.possible), std::to_string(count.expected_10000 / 10'000),
                  rates[i].among, rates[i].why});
    }
    file.close();
}

}  // namespace chayan::town
