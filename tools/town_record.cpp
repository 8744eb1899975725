// SPDX-License-Identifier: Apache-2.0
#include "town_record.hpp"

#include <algorithm>
#include <utility>

#include "town_characters.hpp"
#include "town_slips.hpp"

namespace chayan::town {
namespace {

using domain::Sex;

constexpr std::uint64_t of_copy = 41;               // a stream of chance
constexpr std::size_t region_digits = 6;            // of a document: all the county's are alike
constexpr std::size_t carrier_digits = 3;           // of a phone
constexpr std::int32_t first_of_1984 = 5'113, first_of_1985 = 5'479;    // days since 1970

// From whom a person's records come, of 100. The first is mostly that of the register, which has nobody twice.
constexpr std::uint32_t first_from_register = 70, from_village = 40, from_employer = 15;

struct Address {
    std::string area, door;
};

/// `number` stands for the dwelling: that of the household, where it is at home.
Address address_of(const Grid& grid, std::uint32_t home, std::uint32_t number) {
    const auto& at = grid.homes[home];
    Address address{"河北省定州市" + grid.units[at.unit].name + at.name, {}};
    if (!at.is_community) {
        address.door = std::to_string(number % 997 + 1) + "号";
        return address;
    }
    const auto room = (number / 120 % 6 + 1) * 100 + number / 720 % 3 + 1;     // on one of six floors
    address.door = std::to_string(number % 30 + 1) + "号楼" + std::to_string(number / 30 % 4 + 1) + "单元" + std::to_string(room) + "室";
    return address;
}

/// As people say where they live: the township and the village, or the village, or the village without the word.
std::string brief_area(const Grid& grid, std::uint32_t home, Chance& chance) {
    const auto& at = grid.homes[home];
    const auto way = chance.below(3);
    if (way == 0) return grid.units[at.unit].name + at.name;
    for (const std::string_view word : {"社区", "村"})
        if (way == 2 && at.name.ends_with(word)) return at.name.substr(0, at.name.size() - word.size());
    return at.name;
}

const char* word_of_sex(Sex sex) { return sex == Sex::male ? "male" : "female"; }

/// One record while it is written.
class Writing {
public:
    Writing(const Options& options, const Grid& grid, Mix& mix, const Household& household, const Person& person, std::uint32_t copy)
        : options_(options), grid_(grid), mix_(mix), household_(household), person_(person), chance_{options.seed, of_copy, person.number, copy},
          source_(source_of(copy)) {
        made_.record = true_record(household, person, grid);
    }
    Copy copy(const std::vector<std::uint32_t>& numbers) {
        write_name();
        write_document();
        write_phone(numbers);
        write_birth_date();
        write_place();
        return std::move(made_);
    }

private:
    Source source_of(std::uint32_t copy) {
        if (copy == 0 && chance_.percent(first_from_register)) return Source::household_register;
        const auto at = chance_.below(100);
        if (at < from_village) return Source::village_list;
        return at < from_village + from_employer && person_.job != Job::none ? Source::employer : Source::gate;
    }
    bool hits(Error error, bool is_possible = true) {
        if (!mix_.hits(error, source_, is_possible, chance_)) return false;
        made_.errors.push_back(error);
        return true;
    }
    /// Drops a field by its rate, where two others stay besides the name.
    void drop(Error error, std::string& field) {
        constexpr std::array fields{&Record::document, &Record::phone, &Record::birth_date, &Record::sex, &Record::address, &Record::division,
                                    &Record::household};
        const auto filled = std::count_if(fields.begin(), fields.end(), [&](auto one) { return !(made_.record.*one).empty(); });
        if (hits(error, filled > 2 && !field.empty())) field.clear();
    }
    void write_name();
    void write_document();
    void write_phone(const std::vector<std::uint32_t>& numbers);
    std::vector<std::string> other_phones() const;
    void read_off_document();
    void write_birth_date();
    void write_place();
    void write_address();
    domain::Day latest() const { return {static_cast<std::int32_t>(options_.end.s / day_s)}; }

    const Options& options_;
    const Grid& grid_;
    Mix& mix_;
    const Household& household_;
    const Person& person_;
    Chance chance_;
    Source source_;
    Copy made_;
};

void Writing::write_name() {
    auto& name = made_.record.name;
    const auto mistake = [&](Error error, Likeness likeness) {
        if (!hits(error, can_be_mistaken(name, likeness))) return false;
        name = mistaken(name, likeness, chance_);
        return true;
    };
    const bool has_dot = name.find("·") != std::string::npos;
    if (!mistake(Error::name_sound, Likeness::sound) && !mistake(Error::name_look, Likeness::look)) mistake(Error::name_form, Likeness::form);
    if (hits(Error::name_dot, has_dot)) name = with_other_dot(name, chance_);
}

void Writing::write_document() {
    auto& document = made_.record.document;
    if (document.empty()) return;
    const bool ends_in_x = document.back() == 'X';
    const auto replace_x = [&](const char* by) { document.replace(document.size() - 1, 1, by); };
    auto swapped = with_neighbours_swapped(document, region_digits, chance_);
    if (hits(Error::document_absent)) document.clear();
    else if (hits(Error::document_fifteen, person_.born.number < first_of_1984)) document = fifteen_digits(document);
    else if (hits(Error::document_small_x, ends_in_x)) replace_x("x");
    else if (hits(Error::document_times, ends_in_x)) replace_x("×");
    else if (hits(Error::document_star, ends_in_x)) replace_x("*");
    else if (hits(Error::document_cut)) document.pop_back();
    else if (hits(Error::document_digit)) document = with_wrong_digits(document, region_digits, 1, chance_);
    else if (hits(Error::document_two_digits)) document = with_wrong_digits(document, region_digits, 2, chance_);
    else if (hits(Error::document_swapped, !swapped.empty())) document = std::move(swapped);
    if (source_ == Source::gate || source_ == Source::employer) read_off_document();
}

/// What the form takes from the document is as wrong as that; a day that there is not is asked for.
void Writing::read_off_document() {
    const auto& document = made_.record.document;
    if (document.size() < 17) return;
    const auto day = document.substr(6, 4) + "-" + document.substr(10, 2) + "-" + document.substr(12, 2);
    const auto parsed = domain::parse_date(day);
    if (parsed && *parsed <= latest()) made_.record.birth_date = day;
    made_.record.sex = word_of_sex((document[16] - '0') % 2 == 1 ? Sex::male : Sex::female);
}

/// The numbers of the grown-ups of the household that are not the person's.
std::vector<std::string> Writing::other_phones() const {
    std::vector<std::string> phones;
    for (const auto& member : household_.people)
        if (member.group != Group::child && member.phone != person_.phone) phones.push_back(member.phone);
    return phones;
}

void Writing::write_phone(const std::vector<std::uint32_t>& numbers) {
    auto& phone = made_.record.phone;
    const auto others_phones = other_phones();
    const bool depends = person_.group == Group::child || person_.group == Group::elder;
    const bool is_grown_up = person_.group != Group::child;
    if (hits(Error::phone_absent)) phone.clear();
    else if (hits(Error::phone_family, depends && !others_phones.empty())) phone = others_phones[chance_.below(others_phones.size())];
    else if (hits(Error::phone_former, is_grown_up)) phone = phone_of(people_max + person_.number, options_.seed);
    else if (hits(Error::phone_reissued, is_grown_up && !numbers.empty())) phone = phone_of(numbers[chance_.below(numbers.size())], options_.seed);
    else if (hits(Error::phone_digit)) phone = with_wrong_digits(phone, carrier_digits, 1, chance_);
    else if (auto swapped = with_neighbours_swapped(phone, carrier_digits, chance_); hits(Error::phone_swapped, !swapped.empty())) phone = std::move(swapped);
}

void Writing::write_birth_date() {
    auto& record = made_.record;
    auto swapped = with_month_and_day_swapped(person_.born);
    if (hits(Error::birth_absent, !record.document.empty() || !record.phone.empty())) record.birth_date.clear();
    else if (hits(Error::birth_digit)) record.birth_date = with_wrong_digit_of_date(person_.born, latest(), chance_);
    else if (hits(Error::birth_swapped, !swapped.empty())) record.birth_date = std::move(swapped);
    else if (hits(Error::birth_lunar, person_.born.number < first_of_1985)) record.birth_date = lunar_date(person_.born, chance_);
}

void Writing::write_place() {
    auto& record = made_.record;
    drop(Error::sex_absent, record.sex);
    drop(Error::address_absent, record.address);
    if (!record.address.empty()) write_address();
    drop(Error::division_absent, record.division);
    drop(Error::household_absent, record.household);
}

void Writing::write_address() {
    auto home = household_.home;
    auto number = household_.number;
    if (hits(Error::address_elsewhere)) {
        home = chance_.below(grid_.homes.size());
        number = chance_.below(1'000'000);
        made_.record.division = grid_.homes[home].code;
    }
    auto [area, door] = address_of(grid_, home, number);
    if (hits(Error::address_brief)) area = brief_area(grid_, home, chance_);
    if (hits(Error::address_otherwise)) door = door_otherwise(door, chance_);
    made_.record.address = area + door;
}

}  // namespace

Record true_record(const Household& household, const Person& person, const Grid& grid) {
    const auto [area, door] = address_of(grid, household.home, household.number);
    return {person.name, person.document, person.phone, domain::format_date(person.born), word_of_sex(person.sex), area + door,
            grid.homes[household.home].code, household.ref()};
}

Copy Copyist::copy(const Household& household, const Person& person, std::uint32_t copy, const std::vector<std::uint32_t>& numbers) {
    return Writing(options_, grid_, mix_, household, person, copy).copy(numbers);
}

}  // namespace chayan::town
