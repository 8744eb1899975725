// SPDX-License-Identifier: Apache-2.0
#include "qrgen/site_list.hpp"

#include <catch2/catch.hpp>

#include "qrgen/field.hpp"

using namespace chayan::qrgen;

namespace {

const std::string in_code = "001ygg0x3zw9gr50", out_code = "001yh0ar33eevykj";
const std::string host = "https://example.gov.cn";

SiteList read(const std::string& text, const std::vector<Direction>& wanted = {}) { return read_sites(text, "sites.csv", {}, wanted); }

/// The reason of the one row of `name,url` and more.
std::string reason(const std::string& row, const std::string& header = "name,url,category,division,address,direction,code") {
    const auto list = read(header + "\n" + row + "\n");
    INFO(row);
    REQUIRE(list.rejected.size() == 1);
    CHECK(list.sites.empty());
    CHECK(list.rejected[0].line == 2);
    CHECK(list.rejected[0].raw == row);
    CHECK_FALSE(list.rejected[0].reason.zh.empty());
    return list.rejected[0].reason.en;
}

}  // namespace

TEST_CASE("what the export prints is read, its other columns passed over without a word") {
    const auto list = read("ref,name,category,division,place,address,longitude,latitude,presence,dwell_min,opens,closes,direction,code,url\n"
                           "A-1,东门,village,李亲顾镇,,村东,,,,,,,out," + out_code + "," + host + "/s/" + out_code + "\n");
    REQUIRE(list.sites.size() == 1);
    CHECK(list.warnings.empty());
    const auto& site = list.sites[0];
    CHECK(site.ref == "A-1");
    CHECK(site.name == "东门");
    CHECK(site.category == Category::village);
    CHECK(site.township == "李亲顾镇");
    CHECK(site.address == "村东");
    CHECK(site.direction == Direction::out);
    CHECK(site.code == out_code);
    CHECK(site.revision == 1);
    CHECK(site.line == 2);
}

TEST_CASE("name and url are enough, in any order, in Chinese or English, blanks around them are none") {
    const auto list = read("网址,名称\n https://a.cn/x ,　东门 \n");
    REQUIRE(list.sites.size() == 1);
    CHECK(list.sites[0].name == "东门");
    CHECK(list.sites[0].url == "https://a.cn/x");
    CHECK(list.sites[0].code.empty());
    CHECK(list.sites[0].direction == Direction::any);
}

TEST_CASE("the direction is that of the code, where the list says none") {
    const auto list = read("name,url\nx," + host + "/s/" + out_code + "\n");
    REQUIRE(list.sites.size() == 1);
    CHECK(list.sites[0].direction == Direction::out);
}

TEST_CASE("each bad row is told why") {
    CHECK(reason(",https://a.cn/,,,,,") == "name: is empty");
    CHECK(reason("x,,,,,,") == "url: is empty");
    CHECK(reason("x,http://a.cn/,,,,,") == "url: must begin with https://");
    CHECK(reason("x,https://,,,,,") == "url: names no host");
    CHECK(reason("x,https://a.cn/东门,,,,,") == "url: may hold only the characters of an address, no blanks");
    CHECK(reason("x,https://a.cn/" + std::string(257, 'a') + ",,,,,") == "url: is too long (at most 256 characters)");
    CHECK(reason("x,https://a.cn/,moon,,,,") == "category: there is no such category");
    CHECK(reason("x,https://a.cn/,,,,up,") == "direction: must be any, in, out or pass");
    CHECK(reason("x," + host + "/s/" + out_code + ",,,,in,") == "direction: says in, but the code in the address says out");
    CHECK(reason("x," + host + "/s/" + out_code + ",,,,," + in_code) == "code: is not the one in the address");
    CHECK(reason("a\x01" "b,https://a.cn/,,,,,") == "name: holds a character that cannot be printed, U+0001");
    CHECK(reason("a\xE2\x80\xAE" "b,https://a.cn/,,,,,") == "name: holds a character that cannot be printed, U+202E");
    CHECK(reason(std::string(513, 'a') + ",https://a.cn/,,,,,") == "name: is too long");
    CHECK(reason("x,https://a.cn/,,,,,,,") == "more fields than the header has (a name or address with a comma needs quotes)");
    CHECK(reason("\"x,https://a.cn/") == "a quotation mark does not fit");
}

TEST_CASE("an address of 256 characters and a text of 512 bytes are taken") {
    const auto list = read("name,url\n" + std::string(512, 'a') + ",https://a.cn/" + std::string(256 - 13, 'a') + "\n");
    CHECK(list.sites.size() == 1);
}

TEST_CASE("one address on two sites is refused the second time") {
    const auto list = read("name,url\na,https://a.cn/1\nb,https://a.cn/1\n");
    CHECK(list.sites.size() == 1);
    REQUIRE(list.rejected.size() == 1);
    CHECK(list.rejected[0].line == 3);
    CHECK(list.rejected[0].reason.en == "url: is that of line 2 already");
}

TEST_CASE("a header without name or url, or with one twice, is an error that names file and line") {
    const auto failure = [](const std::string& text) -> std::string {
        try {
            (void)read(text);
        } catch (const Failure& told) {
            return told.sentence().en;
        }
        return "none";
    };
    CHECK(failure("") == "sites.csv:1: the table is empty; its first row names the columns: name,url");
    CHECK(failure("name,x\n") == "sites.csv:1: the column \"url\" is missing");
    CHECK(failure("\n\nurl\n") == "sites.csv:3: the column \"name\" is missing");
    CHECK(failure("name,url,名称\n") == "sites.csv:1: the column \"name\" is there twice");
    CHECK(failure("name,url\n") == "none");
}

TEST_CASE("a column that nobody knows is left out with a warning") {
    const auto list = read("name,url,colour\nx,https://a.cn/,red\n");
    CHECK(list.sites.size() == 1);
    REQUIRE(list.warnings.size() == 1);
    CHECK(list.warnings[0].en == "sites.csv:1: the column \"colour\" is not known and was left out");
}

TEST_CASE("an address that only this machine knows is printed with a warning") {
    const auto list = read("name,url\nx,https://localhost:8443/s/1\ny,https://127.0.0.1/s/2\nz,https://local.gov.cn/\n");
    CHECK(list.sites.size() == 3);
    REQUIRE(list.warnings.size() == 1);
    CHECK(list.warnings[0].en == "sites.csv:2: the address leads to localhost, where no resident's phone finds the service");
}

TEST_CASE("only the directions that were asked for come back, and the others are counted") {
    const auto text = "name,url,direction\na,https://a.cn/1,in\na,https://a.cn/2,out\na,https://a.cn/3,\n";
    CHECK(read(text).sites.size() == 3);
    const auto list = read(text, {Direction::in, Direction::out});
    CHECK(list.sites.size() == 2);
    CHECK(list.left_out == 1);
}

TEST_CASE("sites come back by township, and within one as they were listed") {
    const auto list = read("name,url,division\na,https://a.cn/1,乙镇\nb,https://a.cn/2,丙镇\nc,https://a.cn/3,乙镇\n");
    REQUIRE(list.sites.size() == 3);
    CHECK(list.sites[0].name == "b");
    CHECK(list.sites[1].name == "a");
    CHECK(list.sites[2].name == "c");
}

TEST_CASE("a division's code is named by its township and city, and grouped by it") {
    const auto divisions = Divisions::read("code,name,parent\n130682,定州市,\n130682100,留早镇,130682\n130682100200,东内堡村,130682100\n", "d.csv");
    CHECK(divisions.path_of("130682100200") == "定州市 · 留早镇");
    CHECK(divisions.path_of("130682100999") == "定州市 · 留早镇");
    CHECK(divisions.path_of("130682100") == "定州市 · 留早镇");
    CHECK(divisions.path_of("130682") == "定州市");
    CHECK(divisions.path_of("999999").empty());
    const auto list = read_sites("name,url,division\na,https://a.cn/1,130682100200\nb,https://a.cn/2,130682101\n", "sites.csv", divisions, {});
    CHECK(list.sites[0].township == "定州市 · 留早镇");
    CHECK(list.sites[0].group == "130682100");
    CHECK(list.sites[1].township.empty());
    CHECK(list.warnings.size() == 1);
}

TEST_CASE("divisions whose parents run in a circle come to an end") {
    const auto divisions = Divisions::read("code,name,parent\n130682,a,130683\n130683,b,130682\n", "d.csv");
    CHECK_FALSE(divisions.path_of("130682").empty());
}

TEST_CASE("rejected rows go back as they came with line and reason, which a second round replaces") {
    const std::string row = "\"a,b\",http://a.cn/";
    const auto first = rejected_table("name,url", {{7, row, {"甲", "because"}}}, Tongue::en);
    CHECK(first == "\xEF\xBB\xBFname,url,line,reason\n\"a,b\",http://a.cn/,7,because\n");
    const auto second = rejected_table("name,url,line,reason", {{2, row + ",7,because", {"甲", "still"}}}, Tongue::en);
    CHECK(second.find("name,url,line,reason\n\"a,b\",http://a.cn/,2,still") != std::string::npos);
    CHECK(read(first.substr(3)).rejected.size() == 1);
}

TEST_CASE("whoever gets a card is read by name and url, and no reason repeats a name") {
    const auto list = read_holders("姓名,网址,村\n李四,https://a.cn/1,乙村\n王\x01五,https://a.cn/2,甲村\n赵六,https://a.cn/3,甲村\n", "people.csv", {});
    REQUIRE(list.holders.size() == 2);
    CHECK(list.holders[0].name == "李四");
    CHECK(list.holders[1].village == "甲村");
    REQUIRE(list.rejected.size() == 1);
    CHECK(list.rejected[0].reason.zh.find("王") == std::string::npos);
}
