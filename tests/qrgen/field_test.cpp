// SPDX-License-Identifier: Apache-2.0
#include "qrgen/field.hpp"

#include <catch2/catch.hpp>

#include <string>

#include "qrgen/file_name.hpp"
#include "qrgen/icon.hpp"

using namespace chayan::qrgen;

TEST_CASE("every category is known by its word in the contract, in English and in Chinese") {
    const std::array<std::pair<const char*, const char*>, category_count> words{
        {{"traffic", "交通检验站"}, {"village", "村口"}, {"community", "小区(社区)"}, {"enterprise", "复工复产企业"}, {"clinic", "发热门诊"}, {"pharmacy", "药店"}, {"office", "党政机关"},
         {"shop", "商超"}, {"school", "学校"}, {"hotel", "宾馆"}, {"isolation", "集中隔离点"}, {"transit", "车站"}, {"vehicle", "公共交通工具"}, {"other", "其他"}}};
    for (std::size_t i = 0; i < words.size(); ++i) {
        INFO(words[i].first);
        CHECK(parse_category(words[i].first) == static_cast<Category>(i));
        CHECK(parse_category(words[i].second) == static_cast<Category>(i));
        CHECK(word_of(static_cast<Category>(i)) == std::string(words[i].first));
    }
    CHECK(parse_category("TRAFFIC") == Category::traffic);
    CHECK_FALSE(parse_category("moon"));
}

TEST_CASE("the joiners that Uyghur and Tibetan need can be printed, what turns the line round cannot") {
    CHECK_FALSE(fault_of_text("name", "ئۈرۈمچى\xE2\x80\x8D"));
    CHECK_FALSE(fault_of_text("name", "ལྷ་ས།"));
    CHECK_FALSE(fault_of_text("name", "𠮷祥"));
    for (const std::string bad : {"\xE2\x80\xAE", "\xE2\x81\xA6", "\xEF\xBB\xBF", "\x7F", "\xEE\x80\x80", "\xE2\x80\xA8", "a\tb"}) CHECK(fault_of_text("name", bad));
}

TEST_CASE("an address is https, has a host, and nothing that an address bar would change") {
    for (const std::string good : {"https://a", "https://a.gov.cn:8443/s/x", "https://127.0.0.1/x?y=%20#z"}) CHECK_FALSE(fault_of_url(good));
    for (const std::string bad : {"", "https://", "https:///x", "HTTPS://a/", "https://a b/", "https://a/\"", "https://u@a/", "javascript:x", " https://a"}) CHECK(fault_of_url(bad));
    CHECK(host_of("https://a.gov.cn:8443/s/x") == "a.gov.cn:8443");
}

TEST_CASE("a text in a message is short, whole, and shows nothing that cannot be seen") {
    CHECK(shown("定州") == "定州");
    CHECK(shown("a\x1B[2Jb") == "a[2Jb");
    CHECK(shown(std::string(40, 'a')) == std::string(40, 'a'));
    CHECK(shown(std::string(41, 'a')) == std::string(40, 'a') + "…");
    CHECK(shown("定定定定定定定定定定定定定定") == "定定定定定定定定定定定定定…");   // 13 characters are 39 bytes
}

TEST_CASE("a site's file is named by what it is called, whatever that is") {
    FileNames names;
    CHECK(names.name_for("DZ-1-东门", ".pdf") == "DZ-1-东门.pdf");
    CHECK(names.name_for("dz-1-东门", ".pdf") == "dz-1-东门-2.pdf");   // a disk of Windows would take it for the first
    CHECK(names.name_for("../../etc/passwd", ".pdf") == "_.._etc_passwd.pdf");
    CHECK(names.name_for("-rf", ".pdf") == "rf.pdf");
    CHECK(names.name_for("a/b:c*d", ".svg") == "a_b_c_d.svg");
    CHECK(names.name_for("", ".png") == "site.png");
    CHECK(names.name_for("...", ".png") == "site-2.png");
    const auto cut = FileNames().name_for(std::string(99, 'a') + "定州", ".pdf");
    CHECK(cut == std::string(99, 'a') + ".pdf");   // at most 100 bytes, and no half character
}

TEST_CASE("white is read on every category's colour, and its name on the stripes too") {
    for (std::size_t i = 0; i < category_count; ++i) {
        const auto category = static_cast<Category>(i);
        INFO(word_of(category));
        CHECK(contrast(white, colour_of(category)) >= 4.5);
        CHECK(contrast(white, stripe_of(category)) >= 3);
    }
    CHECK(contrast(white, muted) >= 4.5);
    CHECK(contrast(white, black) == Approx(21));
}

TEST_CASE("a grey copy tells stripes from what they stand on") {
    for (std::size_t i = 0; i < category_count; ++i) {
        const auto category = static_cast<Category>(i);
        INFO(word_of(category));
        CHECK(grey_of(stripe_of(category)) - grey_of(colour_of(category)) >= 0.1);
    }
}
