// SPDX-License-Identifier: Apache-2.0
#include "domain/address.hpp"

#include <catch2/catch.hpp>

using namespace chayan::domain;

namespace {

bool are_one(std::u32string_view a, std::u32string_view b) { return home_of(a).place == home_of(b).place && home_of(a).numbers == home_of(b).numbers; }

}  // namespace

TEST_CASE("one home is one however its numbers are written") {
    const auto* home = U"河北省定州市长安路街道兴定社区12号楼2单元601室";
    CHECK(home_of(home).place == U"兴定");
    CHECK(home_of(home).numbers == U"12-2-601");
    for (const auto* other : {U"长安路街道兴定社区十二号楼二单元六〇一室", U"兴定社区12-2-601", U"兴定12号楼2单元六百零一", U"定州市 长安路街道 兴定社区 一二号楼 二单元 601"}) CHECK(are_one(home, other));
    for (const auto* other : {U"兴定社区12号楼2单元602室", U"兴华社区12号楼2单元601室", U"兴定社区2号楼12单元601室", U"兴定社区"}) CHECK_FALSE(are_one(home, other));
}

TEST_CASE("a village's house goes by the village, with or without what stands above it") {
    CHECK(are_one(U"河北省定州市清风店镇后冯各庄村531号", U"后冯各庄531"));
    CHECK(are_one(U"西冯各庄村九十二号", U"西冯各庄92号"));
    CHECK(are_one(U"前冯家堡村门牌731号", U"前冯家堡731号"));
    CHECK(are_one(U"前冯家堡村门牌号七三一", U"前冯家堡731号"));
    CHECK_FALSE(are_one(U"前冯家堡村门牌731号", U"前冯家堡村门牌713号"));
    CHECK_FALSE(are_one(U"西冯各庄92号", U"东冯各庄92号"));
    CHECK(home_of(U"周村镇西杜家营村7号").place == U"西杜家营");
    CHECK(home_of(U"南乡镇后冯各庄村3号").place == U"后冯各庄");   // whatever follows the last of them, in whichever order they stand
}

TEST_CASE("numbers in Chinese are read as people say and as they spell them") {
    for (const auto& [written, read] : {std::pair(U"十", U"10"), {U"十二", U"12"}, {U"二十", U"20"}, {U"二十三", U"23"}, {U"一百零二", U"102"}, {U"三百二十一", U"321"},
                                        {U"六〇一", U"601"}, {U"一二", U"12"}, {U"0012", U"12"}})
        CHECK(home_of(std::u32string(U"路") + written + U"号").numbers == read);
}

TEST_CASE("what is short, empty or not Chinese does no harm") {
    CHECK(home_of(U"").place.empty());
    CHECK(home_of(U"").numbers.empty());
    CHECK(home_of(U"村").place == U"村");
    CHECK(home_of(U"百家村3号").place == U"百家");
    CHECK(home_of(U"wallaby place 7").numbers == U"7");
    CHECK(home_of(std::u32string(500, U'九')).numbers.size() <= 1'000);
}
