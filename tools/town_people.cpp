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
constexpr std::uint64_t of_household = 11, of_head = 12, of_person = 13, of_document = 14, of_phone = 15;

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

// Frequent first: the drawing below prefers the beginning.
constexpr std::array<std::string_view, 44> surnames{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡",
                                                    "郭", "何", "高", "林", "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹",
                                                    "彭", "田", "董", "潘", "袁", "蔡", "蒋", "余", "杜", "魏", "孟", "安", "齐", "欧阳"};
constexpr std::array<std::string_view, 40> male_signs{"建", "国", "文", "金", "海", "志", "永", "明", "德", "伟", "军", "平", "立", "宝", "树",
                                                      "长", "庆", "新", "强", "成", "勇", "波", "峰", "涛", "超", "鹏", "飞", "山", "林", "江",
                                                      "浩", "宇", "轩", "博", "杰", "俊", "龙", "刚", "斌", "凯"};
constexpr std::array<std::string_view, 40> female_signs{"秀", "玉", "春", "丽", "芳", "红", "静", "桂", "凤", "华", "英", "兰", "珍", "梅", "荣",
                                                        "霞", "娟", "燕", "琴", "莲", "芝", "雪", "敏", "艳", "萍", "婷", "欣", "怡", "梦", "佳",
                                                        "颖", "慧", "云", "月", "香", "翠", "淑", "小", "雨", "洁"};

std::string surname_by(Chance& chance) { return std::string(surnames[chance.below(chance.below(surnames.size()) + 1)]); }

std::string given_by(Sex sex, Chance& chance) {
    const auto& signs = sex == Sex::male ? male_signs : female_signs;
    std::string given(signs[chance.below(signs.size())]);
    if (chance.percent(85)) given += signs[chance.below(signs.size())];
    return given;
}

const Kind& kind_of(Chance& chance) {
    auto at = chance.below(100);
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

std::string Person::ref() const { return ref_of('R', number); }
std::string Person::second_ref() const { return ref_of('D', number); }

Households::Households(const Options& options, const Grid& grid, const Layout& layout) : options_(options), grid_(grid), layout_(layout) {
    for (std::uint32_t home = 0; home < grid.homes.size(); ++home) homes_.add(home, grid.homes[home].is_community ? 2 : 1);
}

Households::Head Households::head_of(std::uint32_t household) const {
    Chance chance{options_.seed, of_head, household};
    Head head;
    head.sex = chance.percent(75) ? Sex::male : Sex::female;
    head.surname = surname_by(chance);
    head.name = head.surname + given_by(head.sex, chance);
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
    for (const auto& group : kind_of(chance).members) {
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
    const auto surname = keeps_surname ? head.surname : surname_by(chance);
    const auto is_taken = [&] {
        return std::any_of(household.people.begin(), household.people.end(), [&](const Person& other) { return other.name == person.name; });
    };
    // One phone, one name: in a household nobody is called like another.
    person.name = position == 0 ? head.name : surname + given_by(person.sex, chance);
    while (is_taken()) person.name = surname + given_by(person.sex, chance);
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
    constexpr std::uint32_t serials = 490;     // sequences from 996 on marked people aged a hundred and more
    constexpr std::uint32_t step = 1'000'003;
    constexpr std::uint64_t phones = 300'000'000;
    const auto& range = ages[static_cast<std::size_t>(person.group)];
    const auto today = static_cast<std::int32_t>(options_.end.s / day_s);
    const auto oldest = today - range.to * 1461 / 4;
    const auto days = static_cast<std::uint64_t>(today - range.from * 1461 / 4 - oldest);
    const auto serial = person.number % serials;
    Chance chance{options_.seed, of_document, serial};
    person.born.number = oldest + static_cast<std::int32_t>((chance.next() % days + static_cast<std::uint64_t>(person.number / serials) * step) % days);
    const auto date = domain::format_date(person.born);
    const auto first_17 = "130682" + date.substr(0, 4) + date.substr(5, 2) + date.substr(8, 2) +
                          padded(serial * 2 + (person.sex == Sex::male ? 1 : 0), 3);
    person.document = first_17 + *domain::id_check_character(first_17);
    Chance shift{options_.seed, of_phone};
    const auto phone = (person.number * 7919ULL + shift.next() % phones) % phones;
    person.phone = "14" + std::to_string(2 + phone / 100'000'000) + padded(phone % 100'000'000, 8);
}

Roster::Roster(const Options& options, const Grid& grid, const Layout& layout)
    : grid_(grid), layout_(layout),
      people_(options.out + "/people.csv", "ref,name,document_type,document_number,phone,birth_date,sex,division,address,household,workplace"),
      truth_(options.out + "/truth/roster.csv", "ref,other,same") {}

void Roster::write(const Household& household) {
    const auto& home = grid_.homes[household.home];
    const auto number = ref_of('H', household.number);
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
