// SPDX-License-Identifier: Apache-2.0
#include "domain/record_linkage.hpp"

#include "domain/blocking.hpp"
#include "domain/document.hpp"
#include "domain/worlds.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>

using namespace chayan::domain;

namespace {

constexpr Day today{20'000};

/// A small town as its lists tell it: everybody twice or three times, with slips.
struct Lists {
    std::vector<LinkValues> records;
    std::vector<std::uint32_t> people;   // the truth
};

std::string digits(std::uint32_t number, std::size_t width) {
    auto text = std::to_string(number);
    return std::string(width - std::min(width, text.size()), '0') + text;
}

std::string number_of(std::uint32_t person) {
    const auto body = "130682" + std::to_string(1940 + person % 70) + digits(1 + person % 12, 2) + digits(1 + person % 28, 2) + digits(person % 1'000, 3);
    return body + *id_check_character(body);
}

std::string name_of(std::uint32_t person) {
    static constexpr std::array<const char*, 10> surnames{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"};
    static constexpr std::array<const char*, 12> signs{"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳"};
    return std::string(surnames[person % 10]) + signs[person / 10 % 12] + signs[(person / 7 + person / 120) % 12];
}

Lists lists_of(std::uint32_t people, worlds::Random& random) {
    Lists lists;
    for (std::uint32_t person = 0; person < people; ++person)
        for (auto copies = 2 + random.below(2); copies > 0; --copies) {
            LinkValues values;
            const auto put = [&](LinkField field, std::string text, std::uint32_t kept_of_ten) {
                if (random.below(10) < kept_of_ten) values[static_cast<std::size_t>(field)] = std::move(text);
            };
            auto number = number_of(person);
            if (random.below(20) == 0) std::swap(number[14], number[15]);
            put(LinkField::name, name_of(person), 10);
            put(LinkField::document, number, 8);
            put(LinkField::birth_date, number_of(person).substr(6, 8), 7);
            put(LinkField::phone, "142" + digits(person / 3, 8), 7);   // three share one
            put(LinkField::address, "西冯各庄村" + std::to_string(person / 3) + "号", 7);
            lists.records.push_back(values);
            lists.people.push_back(person);
        }
    return lists;
}

std::vector<Comparand> comparands(const std::vector<LinkValues>& records) {
    std::vector<Comparand> made;
    for (const auto& values : records) made.push_back(comparand_of(values, today));
    return made;
}

Linkage linked(const std::vector<LinkValues>& records) {
    return link_records(comparands(records), {}, [](double) {});
}

/// Who belongs together, whatever the clusters are called.
std::set<std::set<std::size_t>> sets_of(const Linkage& linkage, const std::vector<std::size_t>& original) {
    std::map<std::uint32_t, std::set<std::size_t>> by_cluster;
    for (std::size_t i = 0; i < original.size(); ++i) by_cluster[linkage.cluster_of[i]].insert(original[i]);
    std::set<std::set<std::size_t>> sets;
    for (auto& [cluster, set] : by_cluster) sets.insert(std::move(set));
    return sets;
}

}  // namespace

TEST_CASE("a small town's lists are put together again: nobody merged with somebody else, few left apart") {
    worlds::Random random(static_cast<std::uint64_t>(Catch::rngSeed()));
    const auto lists = lists_of(600, random);
    const auto linkage = linked(lists.records);
    std::map<std::uint32_t, std::set<std::uint32_t>> people_of, clusters_of;
    for (std::size_t i = 0; i < lists.people.size(); ++i) {
        people_of[linkage.cluster_of[i]].insert(lists.people[i]);
        clusters_of[lists.people[i]].insert(linkage.cluster_of[i]);
    }
    CHECK(std::all_of(people_of.begin(), people_of.end(), [](const auto& one) { return one.second.size() == 1; }));
    const auto whole = std::count_if(clusters_of.begin(), clusters_of.end(), [](const auto& one) { return one.second.size() == 1; });
    CHECK(whole > 450);   // one in eight shares nothing but a name with the others
}

TEST_CASE("in whatever order records come, the same belong together") {
    worlds::Random random(static_cast<std::uint64_t>(Catch::rngSeed()));
    const auto lists = lists_of(60, random);
    std::vector<std::size_t> order(lists.records.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto expected = sets_of(linked(lists.records), order);
    for (int shuffle = 0; shuffle < 200; ++shuffle) {
        for (std::size_t i = order.size() - 1; i > 0; --i) std::swap(order[i], order[random.below(static_cast<std::uint32_t>(i + 1))]);
        std::vector<LinkValues> shuffled;
        for (const auto i : order) shuffled.push_back(lists.records[i]);
        CAPTURE(shuffle);
        REQUIRE(sets_of(linked(shuffled), order) == expected);
    }
}

TEST_CASE("no cluster ever holds two valid identity numbers, however many records lie between them") {
    worlds::Random random(static_cast<std::uint64_t>(Catch::rngSeed()));
    auto lists = lists_of(100, random);
    for (std::uint32_t person = 0; person < 100; person += 2) {   // somebody else's number under one's own name and phone, and records without any that fit both
        LinkValues both{};
        both[static_cast<std::size_t>(LinkField::name)] = name_of(person);
        both[static_cast<std::size_t>(LinkField::phone)] = "142" + digits(person / 3, 8);
        lists.records.push_back(both);
        both[static_cast<std::size_t>(LinkField::document)] = number_of(person + 1);
        lists.records.push_back(both);
    }
    const auto records = comparands(lists.records);
    const auto linkage = linked(lists.records);
    std::map<std::uint32_t, std::set<std::u32string>> numbers;
    for (std::size_t i = 0; i < records.size(); ++i)
        if (records[i].is_identity_number) numbers[linkage.cluster_of[i]].insert(records[i][LinkField::document]);
    for (const auto& [cluster, set] : numbers) CHECK(set.size() <= 1);
}

TEST_CASE("a pair that is asked about lies in two clusters, and each two clusters are asked about once") {
    worlds::Random random(static_cast<std::uint64_t>(Catch::rngSeed()));
    auto lists = lists_of(200, random);
    for (std::uint32_t person = 0; person < 60; ++person) {   // one number under another's name
        LinkValues conflict{};
        conflict[static_cast<std::size_t>(LinkField::name)] = name_of(person + 100);
        conflict[static_cast<std::size_t>(LinkField::document)] = number_of(person);
        lists.records.push_back(conflict);
    }
    const auto linkage = linked(lists.records);
    std::set<std::pair<std::uint32_t, std::uint32_t>> asked;
    for (const auto& pair : linkage.pairs) {
        const auto a = linkage.cluster_of[pair.a], b = linkage.cluster_of[pair.b];
        if (pair.decision == PairDecision::link) CHECK(a == b);
        if (pair.decision != PairDecision::review) continue;
        CHECK(a != b);
        CHECK(asked.insert(std::minmax(a, b)).second);
    }
    CHECK(asked.size() >= 50);
}

namespace {

/// Fifty villages' lists, two rows of everybody; of a thousand people so many give a number in the second. One in eight changes the phone, one in sixty is misspelt.
std::vector<LinkValues> villages(std::uint32_t people, std::uint32_t documented) {
    std::vector<LinkValues> records;
    for (std::uint32_t person = 0; person < people; ++person) {
        LinkValues values{};
        const auto put = [&](LinkField field, std::string text) { values[static_cast<std::size_t>(field)] = std::move(text); };
        auto called = name_of(person * 11);
        put(LinkField::name, called);
        put(LinkField::birth_date, number_of(person).substr(6, 8));
        put(LinkField::phone, "142" + digits(person, 8));
        put(LinkField::address, "西冯各庄村" + std::to_string(person) + "号");
        put(LinkField::locality, "1306820010" + digits(person % 50, 2));
        records.push_back(values);
        for (const auto& [right, wrong] : {std::pair<std::string_view, std::string_view>("伟", "玮"), {"静", "靖"}, {"丽", "莉"}, {"军", "君"}})
            if (person % 20 == 0 && called.ends_with(right)) called.replace(called.size() - right.size(), right.size(), wrong);
        put(LinkField::name, called);
        if (person % 8 == 1) put(LinkField::phone, "143" + digits(person * 7919, 8));
        if (person % 1'000 < documented) put(LinkField::document, number_of(person));
        records.push_back(values);
    }
    return records;
}

LinkValues row(std::initializer_list<std::pair<LinkField, std::string>> said) {
    LinkValues values{};
    for (const auto& [field, value] : said) values[static_cast<std::size_t>(field)] = value;
    return values;
}

/// Of each of these groups: whether it is one person in that table.
std::vector<bool> are_one(std::vector<LinkValues> records, const std::vector<std::vector<LinkValues>>& groups) {
    auto first = records.size();
    for (const auto& group : groups) records.insert(records.end(), group.begin(), group.end());
    const auto clusters = linked(records).cluster_of;
    std::vector<bool> found;
    for (const auto& group : groups) {
        found.push_back(std::all_of(clusters.begin() + static_cast<std::ptrdiff_t>(first), clusters.begin() + static_cast<std::ptrdiff_t>(first + group.size()),
                                    [&](auto cluster) { return cluster == clusters[first]; }));
        first += group.size();
    }
    return found;
}

}  // namespace

TEST_CASE("whoever has another phone is the same person by name, birth date and village, unless the name is common or the village everybody's") {
    using enum LinkField;
    const auto two = [](const char* called, const char* born, const char* place) {
        return std::vector{row({{name, called}, {birth_date, born}, {locality, place}, {phone, "14311111111"}}),
                           row({{name, called}, {birth_date, born}, {locality, place}, {phone, "14322222222"}})};
    };
    auto table = villages(6'000, 500);
    for (std::size_t i = 0; i < table.size(); i += 20) table[i][static_cast<std::size_t>(name)] = "王秀英";
    CHECK(are_one(table, {two("褚时健", "1961-07-09", "130682001007"), two("王秀英", "1961-07-10", "130682001008")}) == std::vector{true, false});
    for (auto& values : table) values[static_cast<std::size_t>(locality)] = "130682";
    CHECK(are_one(table, {two("褚时健", "1961-07-09", "130682")}) == std::vector{false});
}

TEST_CASE("a grown-up's name that is written otherwise once, without a number, is misspelt where nearly all have numbers; a child's may be the twin's") {
    using enum LinkField;
    const auto two = [](const std::string& surname, const std::string& year, bool is_documented) {
        const auto body = "130682" + year + "0709802";
        const auto phone_of_both = is_documented ? "14311111111" : "14322222222";
        return std::vector{row({{name, surname + "子轩"}, {birth_date, year + "-07-09"}, {phone, phone_of_both}, {document, is_documented ? body + *id_check_character(body) : ""}}),
                           row({{name, surname + "子萱"}, {birth_date, year + "-07-09"}, {phone, phone_of_both}})};
    };
    auto by_two_lists = two("沈", "1962", true);   // who is called so by two lists is called so
    by_two_lists.push_back(by_two_lists.back());
    by_two_lists.back()[static_cast<std::size_t>(address)] = "西冯各庄村92号";
    CHECK(are_one(villages(400, 1'000), {two("褚", "1961", true), two("卫", "2007", true), two("蒋", "1963", false), by_two_lists}) == std::vector{true, false, false, false});
    CHECK(are_one(villages(400, 100), {two("褚", "1961", true)}) == std::vector{false});   // where many have no number the twin would have none either
}

TEST_CASE("few records, equal ones and empty ones do no harm") {
    CHECK(linked({}).cluster_of.empty());
    CHECK(linked({LinkValues{}}).cluster_of == std::vector<std::uint32_t>{0});
    const auto empty = linked(std::vector<LinkValues>(5));
    CHECK(std::set<std::uint32_t>(empty.cluster_of.begin(), empty.cluster_of.end()).size() == 5);   // who says nothing is nobody known
    CHECK(empty.candidates == 0);
}

TEST_CASE("however many records say the same, they are one person when that is enough, and each by itself when it is not") {
    LinkValues whole{}, name_alone{};
    whole[static_cast<std::size_t>(LinkField::name)] = name_alone[static_cast<std::size_t>(LinkField::name)] = "赵铁柱";
    whole[static_cast<std::size_t>(LinkField::document)] = number_of(3);
    std::vector<LinkValues> records(1'000, whole);
    records.insert(records.end(), 1'000, name_alone);
    const auto linkage = linked(records);
    CHECK(std::all_of(linkage.cluster_of.begin(), linkage.cluster_of.begin() + 1'000, [](std::uint32_t cluster) { return cluster == 0; }));
    CHECK(std::set<std::uint32_t>(linkage.cluster_of.begin() + 1'000, linkage.cluster_of.end()).size() == 1'000);
    CHECK(linkage.candidates < 10'000);
}

TEST_CASE("one document under one name is one person, though more say so than are compared, each with something else besides") {
    std::vector<LinkValues> records;
    for (std::uint32_t i = 0; i < 3 * block_max; ++i) {
        LinkValues values{};
        values[static_cast<std::size_t>(LinkField::name)] = "赵铁柱";
        values[static_cast<std::size_t>(LinkField::document)] = number_of(3);
        values[static_cast<std::size_t>(LinkField::phone)] = "143" + digits(i * 104'729, 8);
        records.push_back(values);
    }
    const auto linkage = linked(records);
    CHECK(std::all_of(linkage.cluster_of.begin(), linkage.cluster_of.end(), [](std::uint32_t cluster) { return cluster == 0; }));
}

TEST_CASE("a value of more records than are compared is taken out of all, and others stay") {
    std::vector<LinkValues> records(block_max + 2);
    for (std::size_t i = 0; i < records.size(); ++i) {
        records[i][static_cast<std::size_t>(LinkField::phone)] = i + 1 < records.size() ? "14200000001" : "14300000002";
        records[i][static_cast<std::size_t>(LinkField::document)] = i < block_max ? number_of(5) : number_of(6);
    }
    auto made = comparands(records);
    const auto phones = drop_common(made, LinkField::phone), documents = drop_common(made, LinkField::document);
    CHECK((phones.values == 1 && phones.records == block_max + 1));
    CHECK(documents.values == 0);
    CHECK(made.front()[LinkField::phone].empty());
    CHECK_FALSE(made.back()[LinkField::phone].empty());
    CHECK(made.front().is_identity_number);
}

TEST_CASE("blocking compares whom a key brings together, once, and leaves out keys of too many") {
    std::vector<LinkValues> records(5);
    for (auto& values : records) values[static_cast<std::size_t>(LinkField::phone)] = "14200000001";
    records[0][static_cast<std::size_t>(LinkField::document)] = records[1][static_cast<std::size_t>(LinkField::document)] = "E1234567";
    const auto made = comparands(records);
    const auto all = find_candidates(made, 5);
    CHECK(all.pairs.size() == 10);
    CHECK(std::is_sorted(all.pairs.begin(), all.pairs.end()));
    CHECK(all.too_common == 0);
    const auto few = find_candidates(made, 4);
    CHECK(few.pairs == std::vector<std::pair<std::uint32_t, std::uint32_t>>{{0, 1}});
    CHECK(few.too_common == 1);
}
