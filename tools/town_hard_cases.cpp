// SPDX-License-Identifier: Apache-2.0
#include "town_hard_cases.hpp"

#include <algorithm>
#include <utility>

namespace chayan::town {
namespace {

using domain::Sex;

constexpr std::uint64_t of_hard_case = 42;  // a stream of chance

// One household in so many of those that it can befall. They are far more than in life but for the twins, so that each kind can be judged.
constexpr std::uint32_t twins_in = 50;                  // about as in life: two births of 100
constexpr std::uint32_t father_and_son_in = 80;         // sons with a character of their father's name, on his phone
constexpr std::uint32_t one_phone_in = 40;              // the phone of whoever stayed in the village
constexpr std::uint32_t name_and_birth_date_in = 600;   // the town's own are some 400 pairs in 1.2 million people; in life 150 or more
constexpr std::uint32_t one_document_in = 3'000;        // 1.7 million people in 2009, 8 in 2017: old lists hold them still

std::uint32_t parity(Sex sex) { return sex == Sex::male ? 1 : 0; }

std::string surname_of(const Person& person) { return person.name.substr(0, person.surname_bytes); }

std::string key_of(const Person& person, const std::string& surname) {
    return surname + "/" + std::to_string(static_cast<int>(person.sex)) + std::to_string(static_cast<int>(person.group));
}

bool is_name_taken(const Household& household, const std::string& name) {
    return std::any_of(household.people.begin(), household.people.end(), [&](const Person& person) { return person.name == name; });
}

}  // namespace

std::vector<HardCase> HardCases::put_into(Household& household) {
    Chance chance{options_.seed, of_hard_case, household.number};
    auto cases = twins(household, chance);
    if (cases.empty()) cases = father_and_son(household, chance);
    if (cases.empty() && household.people.size() >= 5 && chance.one_in(one_phone_in)) cases = one_phone(household);
    if (cases.empty() && chance.one_in(name_and_birth_date_in)) cases = name_and_birth_date(household);
    if (cases.empty() && chance.one_in(one_document_in)) cases = one_document(household);
    const auto& head = household.people[0];
    if (!cases.empty()) return cases;   // nobody is in two cases: those here are no one's other later
    for (const auto& surname : {std::string(), surname_of(head)}) earlier_.insert_or_assign(key_of(head, surname), Earlier{head, household.home});
    return {};
}

/// A document with the first sequence from this one on, by steps of two, that nobody has on that day; empty when all are taken.
std::string HardCases::free_document(domain::Day born, std::uint32_t first_sequence) {
    for (auto sequence = first_sequence; sequence < 996; sequence += 2) {
        auto document = id_number(born, sequence);
        if (given_out_.insert(document).second) return document;
    }
    return {};
}

/// The second child is born with the first: sequences one digit apart, names with one character in common.
std::vector<HardCase> HardCases::twins(Household& household, Chance& chance) {
    std::vector<Person*> children;
    for (auto& person : household.people)
        if (person.group == Group::child && person.surname_bytes > 0) children.push_back(&person);
    if (children.size() < 2 || !chance.one_in(twins_in)) return {};
    auto &first = *children[0], &second = *children[1];
    const auto sequence = free_sequence + parity(first.sex);    // 980 and 982, 981 and 983: the last digit tells them apart
    const auto first_document = id_number(first.born, sequence), second_document = id_number(first.born, sequence + 2);
    if (given_out_.contains(first_document) || given_out_.contains(second_document)) return {};
    const auto shared = first.name.substr(0, first.surname_bytes) + sign_by(first.sex, Fashion::recent, chance);
    std::string first_name, second_name;
    do {
        first_name = shared + sign_by(first.sex, Fashion::recent, chance);
        second_name = shared + sign_by(first.sex, Fashion::recent, chance);
    } while (first_name == second_name || is_name_taken(household, first_name) || is_name_taken(household, second_name));
    given_out_.insert({first_document, second_document});
    first.name = first_name;
    first.document = first_document;
    second.name = second_name;
    second.document = second_document;
    second.sex = first.sex;
    second.born = first.born;
    return {{"twins", second.ref(), first.ref()}};
}

/// The son has his father's phone and all of his name but the last character.
std::vector<HardCase> HardCases::father_and_son(Household& household, Chance& chance) {
    const auto& father = household.people[0];
    const auto son = std::find_if(household.people.begin() + 1, household.people.end(), [](const Person& person) {
        return person.sex == Sex::male && (person.group == Group::child || person.group == Group::young);
    });
    if (son == household.people.end() || father.sex != Sex::male || father.surname_bytes == 0 || !chance.one_in(father_and_son_in)) return {};
    const auto given_bytes = father.name.size() - father.surname_bytes;
    const auto kept = father.name.substr(0, father.surname_bytes + (given_bytes > 3 ? 3 : 0));
    std::string name;
    do name = kept + sign_by(Sex::male, fashion_of(son->group), chance);
    while (is_name_taken(household, name));
    son->name = name;
    son->phone = father.phone;
    return {{"father_and_son", son->ref(), father.ref()}};
}

std::vector<HardCase> HardCases::one_phone(Household& household) {
    std::vector<HardCase> cases;
    for (std::size_t i = 1; i < household.people.size(); ++i) {
        household.people[i].phone = household.people[0].phone;
        cases.push_back({"one_phone", household.people[i].ref(), household.people[0].ref()});
    }
    return cases;
}

/// Somebody of the head's sex and age who lives elsewhere and is in no case; and who is in none after this one.
std::optional<Person> HardCases::take_earlier(const Household& household, const std::string& surname) {
    const auto& head = household.people[0];
    const auto found = earlier_.find(key_of(head, surname));
    if (head.surname_bytes == 0 || found == earlier_.end() || found->second.home == household.home) return std::nullopt;
    auto person = found->second.person;
    for (const auto& key : {key_of(person, {}), key_of(person, surname_of(person))}) {
        const auto other = earlier_.find(key);
        if (other != earlier_.end() && other->second.person.number == person.number) earlier_.erase(other);
    }
    return person;
}

std::vector<HardCase> HardCases::name_and_birth_date(Household& household) {
    auto& head = household.people[0];
    const auto earlier = take_earlier(household, surname_of(head));
    if (!earlier || is_name_taken(household, earlier->name)) return {};
    auto document = free_document(earlier->born, free_sequence + 10 + parity(head.sex));
    if (document.empty()) return {};
    head.name = earlier->name;
    head.born = earlier->born;
    head.document = std::move(document);
    return {{"name_and_birth_date", head.ref(), earlier->ref()}};
}

std::vector<HardCase> HardCases::one_document(Household& household) {
    auto& head = household.people[0];
    const auto earlier = take_earlier(household, {});
    if (!earlier || earlier->name == head.name) return {};
    head.born = earlier->born;
    head.document = earlier->document;
    return {{"one_document", head.ref(), earlier->ref()}};
}

}  // namespace chayan::town
