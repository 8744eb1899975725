// SPDX-License-Identifier: Apache-2.0
#include "domain/outing.hpp"

#include "kit/limits.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>
#include <vector>

using namespace chayan;
using namespace chayan::domain;

namespace {

constexpr Day today{18'300};

std::string told(const OutingLimit& limit) {
    const auto status = check_outing_limit(limit, today);
    return status ? "" : status.error().code;
}

OutingLimit limit_of(std::int64_t people, std::int32_t days) { return {today, {today.number + 30}, people, days}; }

std::string key(const char* division, const std::string& address) { return household_key(parse_division_code(division), address); }

}  // namespace

TEST_CASE("a rule of outings has its bounds, and ends") {
    CHECK(told(limit_of(1, 1)).empty());
    CHECK(told(limit_of(kit::outing_people_max, kit::outing_days_max)).empty());
    CHECK(told(limit_of(0, 1)) == "outing_people");
    CHECK(told(limit_of(kit::outing_people_max + 1, 1)) == "outing_people");
    CHECK(told(limit_of(1, 0)) == "outing_days");
    CHECK(told(limit_of(1, kit::outing_days_max + 1)) == "outing_days");
    CHECK(told({today, today, 1, 1}).empty());
    CHECK(told({today, {today.number - 1}, 1, 1}) == "outing_period");
    CHECK(told({{today.number - 9}, {today.number - 1}, 1, 1}) == "outing_period");
    CHECK(told({{today.number - 9}, today, 1, 1}).empty());
    CHECK(told({today, {today.number + kit::outing_rule_days_max - 1}, 1, 1}).empty());
    CHECK(told({today, {today.number + kit::outing_rule_days_max}, 1, 1}) == "outing_period");
}

TEST_CASE("a rule holds on its first and last day, and on no other beside them") {
    const OutingLimit limit{today, {today.number + 2}, 1, 1};
    for (const int after : {0, 1, 2}) CHECK(limit.holds_on({today.number + after}));
    CHECK_FALSE(limit.holds_on({today.number - 1}));
    CHECK_FALSE(limit.holds_on({today.number + 3}));
}

TEST_CASE("one of a household every two days: whoever went yesterday or today used it up, the day before nobody") {
    const auto limit = limit_of(1, 2);
    const auto after = [&](std::vector<PastOuting> before, std::uint64_t person = 1) {
        const auto* last = what_used_up(limit, before, today, person);
        return last == nullptr ? 0 : static_cast<int>(last->person);
    };
    CHECK(after({}) == 0);
    CHECK(after({{{today.number - 2}, 7}}) == 0);
    CHECK(after({{{today.number - 1}, 7}}) == 7);
    CHECK(after({{today, 7}}) == 7);
    CHECK(after({{{today.number - 1}, 1}}) == 1);             // also whoever went themselves
    CHECK(after({{today, 1}}) == 0);                          // but for the same day, of which a second way is no second outing
    CHECK(after({{today, 7}, {today, 1}}) == 7);              // who was turned back is not let pass by coming again
    CHECK(after({{{today.number + 1}, 7}}) == 0);             // a scan that was sent late looks at what was before it
}

TEST_CASE("an outing is used up when so many others count, counted anew") {
    std::mt19937 chance(20'200);
    const auto up_to = [&](std::int32_t most) { return std::uniform_int_distribution<std::int32_t>(0, most)(chance); };
    for (int world = 0; world < 3'000; ++world) {
        const auto limit = limit_of(1 + up_to(3), 1 + up_to(3));
        std::vector<PastOuting> before;
        for (auto i = up_to(6); i > 0; --i) before.push_back({{today.number - up_to(5)}, 1 + static_cast<std::uint64_t>(up_to(3))});
        const std::uint64_t person = 1 + static_cast<std::uint64_t>(up_to(3));
        std::set<std::pair<std::int32_t, std::uint64_t>> used;
        for (const auto& one : before) {
            if (one.day == today && one.person == person) break;   // told as the first time
            if (today.number - one.day.number < limit.days) used.emplace(one.day.number, one.person);
        }
        const bool is_free = static_cast<std::int64_t>(used.size()) < limit.people;
        const auto* last = what_used_up(limit, before, today, person);
        REQUIRE((last == nullptr) == is_free);
        if (last != nullptr) REQUIRE(used.contains({last->day.number, last->person}));
    }
}

TEST_CASE("a household is one home of one division, however its address is written") {
    const auto one = key("130682001", "河北省定州市长安路街道兴定社区12号楼2单元601室");
    CHECK_FALSE(one.empty());
    CHECK(key("130682001", "兴定社区 12-2-601") == one);
    CHECK(key("130682001", "兴定社区１２号楼２单元６０１") == one);
    CHECK(key("130682001", "兴定社区 12 号楼 2 单元 601") == one);
    CHECK(key("130682001", "兴定社区12 2 601") == one);
    CHECK(key("130682001", "兴定社区12号楼2单元602室") != one);
    CHECK(key("130682001", "永康社区12号楼2单元601室") != one);
    CHECK(key("130682002", "兴定社区12号楼2单元601室") != one);
}

TEST_CASE("without a division, an address or a number in it nobody is of a household") {
    CHECK(household_key(std::nullopt, "兴定社区12号楼2单元601室").empty());
    CHECK(key("130682001", "").empty());
    CHECK(key("130682001", "东内堡村").empty());   // all of the village would be one
    CHECK(key("130682001", "\xff\xfe").empty());
}

TEST_CASE("people go out of their homes at a village or a community") {
    CHECK(is_home_gate(Category::village));
    CHECK(is_home_gate(Category::community));
    for (const auto other : {Category::traffic, Category::enterprise, Category::shop, Category::isolation, Category::other}) CHECK_FALSE(is_home_gate(other));
}
