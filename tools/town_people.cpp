// SPDX-License-Identifier: Apache-2.0
#include "town_people.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace chayan::town {
namespace {

using domain::Category;
using domain::Sex;

// Streams of chance, by what they decide.
constexpr std::uint64_t of_household = 11, of_head = 12, of_person = 13, of_document = 14, of_phone = 15, of_kind = 16;

/// Ages in years, [from, to).
struct Ages {
    std::int32_t from, to;
};
constexpr std::array<Ages, 5> ages{{{0, 16}, {18, 30}, {30, 48}, {48, 62}, {62, 86}}};

/// Who lives together, the head first, and how many of 100 households are so.
struct Kind {
    std::uint32_t share;
    std::array<std::optional<Group>, 6> members;
};
constexpr auto child = Group::child, young = Group::young, parent = Group::parent, middle = Group::middle, elder = Group::elder;
constexpr std::array<Kind, 9> kinds{{{8, {young}}, {6, {elder}}, {12, {elder, elder}}, {12, {middle, middle}}, {18, {parent, parent, child}},
                                     {14, {parent, parent, child, child}}, {10, {parent, parent, child, elder}},
                                     {10, {parent, parent, child, child, elder, elder}}, {10, {middle, middle, young}}}};

const Kind& kind_of(std::uint64_t seed, std::uint32_t household) {
    auto at = Chance{seed, of_kind, household}.below(100);
    for (const auto& kind : kinds) {
        if (at < kind.share) return kind;
        at -= kind.share;
    }
    return kinds.back();
}

std::string padded(std::uint64_t number, std::size_t width) {
    auto digits = std::to_string(number);
    return digits.size() < width ? digits.insert(0, width - digits.size(), '0') : digits;
}

std::string ref_of(char letter, std::uint32_t number) { return letter + padded(number, 7); }

/// 冀F with a letter, three digits and a letter; further on 冀A and 冀B: no two households share one.
std::string plate_of(std::uint32_t household) {
    constexpr std::string_view letters = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    constexpr std::uint32_t per_city = 24 * 1'000 * 24;
    const auto at = static_cast<std::uint32_t>(household % per_city * 7919ULL % per_city);
    return std::string("冀") + "FAB"[household / per_city] + letters[at / 24'000] + padded(at / 24 % 1'000, 3) + letters[at % 24];
}

/// The job of 100 people of a group, in the order of Job from enterprise on; the rest has none.
constexpr std::array<std::array<std::uint32_t, 5>, 3> jobs_by_group{{{34, 10, 4, 3, 2}, {32, 9, 6, 4, 2}, {22, 6, 3, 2, 1}}};

Shift shift_of(Job job, Chance& chance) {
    const auto at = chance.below(100);
    if (job == Job::enterprise) return at < 70 ? Shift::day : at < 82 ? Shift::early : at < 94 ? Shift::late : Shift::night;
    if (job == Job::shop || job == Job::care) return at < 50 ? Shift::early : Shift::late;
    return Shift::day;
}

}  // namespace

Fashion fashion_of(Group group) {
    return group == child ? Fashion::recent : group == young || group == parent ? Fashion::middle : Fashion::old;
}

std::string id_number(domain::Day born, std::uint32_t sequence) {
    const auto date = domain::format_date(born);
    const auto first_17 = "130682" + date.substr(0, 4) + date.substr(5, 2) + date.substr(8, 2) + padded(sequence, 3);
    return first_17 + *domain::id_check_character(first_17);
}

std::string phone_of(std::uint64_t number, std::uint64_t seed) {
    constexpr std::uint64_t phones = 300'000'000;
    Chance shift{seed, of_phone};
    const auto phone = (number * 7919 + shift.next() % phones) % phones;
    return "14" + std::to_string(2 + phone / 100'000'000) + padded(phone % 100'000'000, 8);
}

std::string Person::ref() const { return ref_of('R', number); }
std::string Person::second_ref() const { return ref_of('D', number); }
std::string Household::ref() const { return ref_of('H', number); }

Households::Households(const Options& options, const Grid& grid, const Layout& layout) : options_(options), grid_(grid), layout_(layout) {
    for (std::uint32_t home = 0; home < grid.homes.size(); ++home) homes_.add(home, grid.homes[home].is_community ? 2 : 1);
}

Households::Head Households::head_of(std::uint32_t household) const {
    Chance chance{options_.seed, of_head, household};
    Head head;
    head.sex = chance.percent(75) ? Sex::male : Sex::female;
    const auto fashion = fashion_of(*kind_of(options_.seed, household).members[0]);
    if (!chance.one_in(500)) head.surname = surname_by(chance);    // the others came from the far west
    head.name = head.surname.empty() ? dotted_by(head.sex, chance) : head.surname + given_by(head.sex, fashion, chance);
    return head;
}

std::optional<Household> Households::next() {
    if (next_person_ == options_.people) return std::nullopt;
    Household household;
    household.number = next_household_++;
    Chance chance{options_.seed, of_household, household.number};
    household.home = homes_.pick(chance);
    household.station = layout_.pick(Category::traffic, grid_.homes[household.home].unit, chance);
    household.is_guarded = chance.percent(75);
    if (chance.percent(45)) household.plate = plate_of(household.number);
    const bool bears_a_name = household.number % 250 == 249;   // of the household before: true namesakes
    const auto head = head_of(bears_a_name ? household.number - 1 : household.number);
    const auto first = next_person_;
    if (bears_a_name) household.namesake = ref_of('R', last_head_);
    for (const auto& group : kind_of(options_.seed, household.number).members) {
        if (!group || next_person_ == options_.people) break;
        household.people.push_back(make(household, *group, head, household.people.size()));
        ++next_person_;
    }
    last_head_ = first;
    return household;
}

Person Households::make(const Household& household, Group group, const Head& head, std::size_t position) const {
    Person person;
    person.number = next_person_;
    person.group = group;
    Chance chance{options_.seed, of_person, person.number};
    person.sex = position == 0 ? head.sex : chance.percent(50) ? Sex::male : Sex::female;
    if (position == 1 && group == household.people[0].group) person.sex = head.sex == Sex::male ? Sex::female : Sex::male;
    const bool keeps_surname = group == child || group == young || (group == elder && position > 1 && chance.percent(50));
    const auto surname = position == 0 || keeps_surname || head.surname.empty() ? head.surname : surname_by(chance);
    person.surname_bytes = surname.size();
    const auto is_taken = [&] {
        return std::any_of(household.people.begin(), household.people.end(), [&](const Person& other) { return other.name == person.name; });
    };
    // One phone, one name: in a household nobody is called like another.
    person.name = position == 0 ? head.name : other_name(person, surname, chance);
    while (is_taken()) person.name = other_name(person, surname, chance);
    number(person);
    if (group == child && chance.one_in(8)) person.document.clear();
    const bool shares_phone = position > 0 && (group == child || (group == elder && chance.percent(50)));
    if (shares_phone) person.phone = household.people[0].phone;
    const auto owner = shares_phone ? household.people[0].number : person.number;
    Chance phone{options_.seed, of_phone, owner};
    if (phone.percent(options_.skewed)) person.skew_s = (phone.percent(50) ? 1 : -1) * phone.between(60, skew_s_max);
    person.is_isolated = person.number % 1'500 == 42;
    person.goes_by_bus = chance.percent(15);
    employ(person, grid_.homes[household.home].unit, chance);
    person.is_twice = person.number % 400 == 7 && !person.document.empty();
    return person;
}

std::string Households::other_name(const Person& person, const std::string& surname, Chance& chance) {
    return surname.empty() ? dotted_by(person.sex, chance) : surname + given_by(person.sex, fashion_of(person.group), chance);
}

void Households::employ(Person& person, std::uint32_t unit, Chance& chance) const {
    constexpr std::array places{Category::other, Category::school, Category::enterprise, Category::shop, Category::office, Category::school};
    const auto today = static_cast<std::int32_t>(options_.end.s / day_s);
    if (person.group == child && today - person.born.number > 3 * 365) person.job = Job::pupil;
    auto at = chance.below(100);
    if (person.group != child && person.group != elder) {
        const auto& shares = jobs_by_group[static_cast<std::size_t>(person.group) - 1];
        for (std::size_t i = 0; i < shares.size() && person.job == Job::none; at -= std::min(at, shares[i]), ++i)
            if (at < shares[i]) person.job = static_cast<Job>(static_cast<std::size_t>(Job::enterprise) + i);
    }
    if (person.job == Job::none) return;
    const auto category = person.job != Job::care ? places[static_cast<std::size_t>(person.job)] : chance.percent(50) ? Category::clinic : Category::pharmacy;
    person.workplace = layout_.pick(category, unit, chance);
    person.shift = shift_of(person.job, chance);
}

/// Birthday, document and phone, each of them nobody else's. The people of one block of 490 have different serials; those of one serial and one group
/// differ in their block, and with it in the birthday: the step is a prime beyond the number of days, and there are more days than blocks.
void Households::number(Person& person) const {
    constexpr std::uint32_t serials = free_sequence / 2;
    constexpr std::uint32_t step = 1'000'003;
    const auto& range = ages[static_cast<std::size_t>(person.group)];
    const auto today = static_cast<std::int32_t>(options_.end.s / day_s);
    const auto oldest = today - range.to * 1461 / 4;
    const auto days = static_cast<std::uint64_t>(today - range.from * 1461 / 4 - oldest);
    const auto serial = person.number % serials;
    Chance chance{options_.seed, of_document, serial};
    person.born.number = oldest + static_cast<std::int32_t>((chance.next() % days + static_cast<std::uint64_t>(person.number / serials) * step) % days);
    person.document = id_number(person.born, serial * 2 + (person.sex == Sex::male ? 1 : 0));
    person.phone = phone_of(person.number, options_.seed);
}

Roster::Roster(const Options& options, const Grid& grid, const Layout& layout)
    : grid_(grid), layout_(layout),
      people_(options.out + "/people.csv", "ref,name,document_type,document_number,phone,birth_date,sex,division,address,household,workplace"),
      truth_(options.out + "/truth/roster.csv", "ref,other,same") {}

void Roster::write(const Household& household) {
    const auto& home = grid_.homes[household.home];
    const auto number = household.ref();
    const auto address = std::to_string(household.number % 997 + 1) + "号";
    for (const auto& person : household.people) {
        const auto row = [&](const std::string& ref, std::string_view phone) {
            people_.row({ref, person.name, person.document.empty() ? "" : "id", person.document, phone, domain::format_date(person.born),
                         person.sex == Sex::male ? "male" : "female", home.code, address, number,
                         person.job == Job::none ? std::string_view() : std::string_view(layout_.places()[person.workplace].name)});
        };
        row(person.ref(), person.phone);
        if (!person.is_twice) continue;
        row(person.second_ref(), {});
        truth_.row({person.second_ref(), person.ref(), "document"});
    }
    if (!household.namesake.empty()) truth_.row({household.people[0].ref(), household.namesake, "name"});
}

void Roster::close() {
    people_.close();
    truth_.close();
}

}  // namespace chayan::town
