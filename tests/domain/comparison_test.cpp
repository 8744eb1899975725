// SPDX-License-Identifier: Apache-2.0
#include "domain/comparison.hpp"

#include "domain/worlds.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>
#include <string>
#include <utility>

using namespace chayan::domain;
using enum LinkField;
using Agreement::equal, Agreement::crossed, Agreement::sound, Agreement::alike, Agreement::slip, Agreement::near, Agreement::part, Agreement::differs, Agreement::missing;   // close is a function of C

namespace {

constexpr Day today{20'000};
constexpr std::size_t index_of(LinkField field) { return static_cast<std::size_t>(field); }

using Said = std::initializer_list<std::pair<LinkField, std::string>>;

Comparand record(Said said) {
    LinkValues values;
    for (const auto& [field, value] : said) values[static_cast<std::size_t>(field)] = value;
    return comparand_of(values, today);
}

/// How one field agrees, whichever comes first.
Agreement agreement(LinkField field, const std::string& a, const std::string& b) {
    const auto x = record({{field, a}}), y = record({{field, b}});
    const auto there = at(compare(x, y), field);
    CHECK(there == at(compare(y, x), field));
    return there;
}

}  // namespace

TEST_CASE("every field and agreement has a word, and a word names its field") {
    for (std::size_t i = 0; i < link_field_count; ++i) CHECK(find_link_field(word_of(static_cast<LinkField>(i))) == static_cast<LinkField>(i));
    CHECK_FALSE(find_link_field("nickname"));
    CHECK(std::string(word_of(missing)) == "missing");
}

TEST_CASE("Han names agree by characters, variants, sound and shape, and a surname alone is only a part") {
    CHECK(agreement(name, "张伟", "張偉") == equal);
    CHECK(agreement(name, "努尔古丽·吾斯曼", "努尔古丽‧吾斯曼") == equal);
    CHECK(agreement(name, "王建华", "王建花") == sound);
    CHECK(agreement(name, "李晴", "李睛") == alike);
    CHECK(agreement(name, "陈未", "陈末") == alike);
    CHECK(agreement(name, "任义", "仁义") == sound);
    CHECK(agreement(name, "赵海明", "赵明海") == slip);
    CHECK(agreement(name, "欧阳娜娜", "欧阳娜") == Agreement::close);
    CHECK(agreement(name, "王芳", "王强") == part);
    CHECK(agreement(name, "王芳", "李强") == differs);
    CHECK(agreement(name, "王芳", "") == missing);
}

TEST_CASE("Latin names agree nearly, closely or not, and halves may stand in each other's place") {
    CHECK(agreement(name, "Grace O'Connor", "GRACE OCONNOR") == equal);
    CHECK(agreement(given_name, "caleb", "kaleb") == Agreement::close);
    CHECK(agreement(surname, "challenor", "challmenor") == near);
    CHECK(agreement(surname, "green", "mason") == differs);
    const auto a = record({{given_name, "nathan"}, {surname, "challenor"}}), b = record({{given_name, "challenor"}, {surname, "nathqn"}});
    CHECK(at(compare(a, b), given_name) == crossed);
    CHECK(at(compare(a, b), surname) == crossed);
    const auto half = record({{surname, "nathan"}});   // the other half is not said: it counts once, wherever it stands
    CHECK(at(compare(a, half), given_name) == crossed);
    CHECK(at(compare(a, half), surname) == missing);
    CHECK(compare(a, half) == compare(half, a));
    CHECK(a.sound == record({{given_name, "challenor"}, {surname, "nathan"}}).sound);
}

TEST_CASE("dates and numbers agree up to a slip: a digit wrong, lost or swapped; day and month swapped") {
    CHECK(agreement(birth_date, "1980-02-03", "19800203") == equal);
    CHECK(agreement(birth_date, "1980-02-03", "1980-03-02") == slip);
    CHECK(agreement(birth_date, "1980-02-03", "1980-02-08") == slip);
    CHECK(agreement(birth_date, "1980-02-03", "1980-12-08") == near);
    CHECK(agreement(birth_date, "1980-02-03", "1975-12-30") == differs);
    CHECK(agreement(phone, "142 0000 0001", "+86-14200000001") == equal);
    CHECK(agreement(phone, "14200000001", "14200000010") == slip);
    CHECK(agreement(phone, "14200000001", "14200000022") == differs);
    CHECK(agreement(document, "1804974", "1804794") == slip);
    CHECK(agreement(sex, "男", "male") == equal);
    CHECK(agreement(sex, "F", "男") == differs);
}

TEST_CASE("a birth date of the lunar calendar may be the other's, and one that is too near or too far is not") {
    CHECK(agreement(birth_date, "1970-11-10", "1970-10-13") == Agreement::close);   // 28 days, across a month
    CHECK(agreement(birth_date, "1983-02-01", "1982-12-31") == Agreement::close);   // and across a year
    for (const auto& [other, expected] : {std::pair("1975-06-08", near), {"1975-06-07", Agreement::close}, {"1975-05-03", Agreement::close}, {"1975-05-02", differs}}) {   // 17, 18, 53, 54 days
        CAPTURE(other);
        CHECK(agreement(birth_date, "1975-06-25", other) == expected);
    }
    CHECK(agreement(birth_date, "1975-06-20", "1975-05-20") == slip);   // a digit says as much and is likelier
    CHECK(agreement(birth_date, "1975-13-20", "1975-14-21") == near);   // no dates
    CHECK(agreement(birth_date, "", "1975-06-20") == missing);
}

TEST_CASE("whoever was born eighteen years ago is grown up") {
    CHECK(record({{birth_date, "2006-09-21"}}).is_grown_up);   // `today` is 2024-10-04
    CHECK_FALSE(record({{birth_date, "2006-10-05"}}).is_grown_up);
    CHECK(record({{document, "130682194102249312"}}).is_grown_up);
    CHECK_FALSE(record({{name, "王芳"}}).is_grown_up);
    CHECK_FALSE(record({{birth_date, "1941-02-30"}}).is_grown_up);
}

TEST_CASE("an identity number is one in all its forms, and only a valid one tells people apart") {
    const auto whole = record({{document, "130682194102249312"}});
    for (const auto* form : {"130682410224931", "１３０６８２１９４１０２２４９３１２", "130682 19410224 9312"}) {
        CHECK(at(compare(whole, record({{document, form}})), document) == equal);
        CHECK_FALSE(have_different_identities(whole, record({{document, form}})));
    }
    for (const auto* form : {"13068219870701999x", "13068219870701999×", "13068219870701999*"}) CHECK(agreement(document, "13068219870701999X", form) == equal);
    CHECK(have_different_identities(whole, record({{document, "130682194102249339"}})));
    CHECK_FALSE(have_different_identities(whole, record({{document, "130682194102249311"}})));   // its check digit is false: a slip
    CHECK(whole[birth_date] == U"19410224");
}

TEST_CASE("what a spreadsheet has rounded, and what stands for nothing, is not given") {
    for (const auto* ruined : {"1.30682E+17", "1.30682e+17", "无", "-", "0", "不详", "000000"}) {
        CAPTURE(ruined);
        CHECK(record({{document, ruined}})[document].empty());
        CHECK(record({{phone, ruined}})[phone].empty());
    }
    CHECK(record({{phone, "1.44E+10"}})[phone].empty());
    CHECK_FALSE(record({{document, "E1234567"}})[document].empty());
    CHECK_FALSE(record({{document, "1804974"}})[document].empty());
    CHECK_FALSE(record({{phone, "0312-2551234"}})[phone].empty());
}

TEST_CASE("a birth date in both numbers is no evidence beside them") {
    const auto a = record({{document, "130682194102249312"}, {birth_date, "1941-02-24"}});
    const auto b = record({{document, "130682194102249312"}, {birth_date, "1941-02-25"}});
    CHECK(at(compare(a, b), birth_date) == missing);
    const auto other = record({{document, "130682198712300021"}, {birth_date, "1987-12-30"}});
    CHECK(at(compare(a, other), birth_date) == differs);
    const auto plain = record({{document, "1804974"}, {birth_date, "1941-02-24"}});
    CHECK(at(compare(plain, plain), birth_date) == equal);
}

TEST_CASE("addresses agree by home, by place, or in words where they are not Chinese") {
    CHECK(agreement(address, "河北省定州市兴定社区12号楼2单元601室", "兴定社区十二号楼二单元六〇一") == equal);
    CHECK(agreement(address, "祥和社区20号楼4单元102室", "北祥和20-4-102") == near);
    CHECK(agreement(address, "兴定社区12号楼2单元601室", "12号楼2单元601室") == Agreement::close);
    CHECK(agreement(address, "西冯各庄村92号", "西冯各庄村29号") == part);
    CHECK(agreement(address, "西冯各庄村92号", "小郝家屯村92号") == differs);
    CHECK(agreement(address, "河北省定州市", "河北省定州市") == part);   // a city is no home
    CHECK(agreement(address, "西冯各庄村", "西冯各庄村") == part);
    CHECK(agreement(address, "lubuma place", "lubumaplace") == equal);
    CHECK(agreement(address, "wellington street", "wellingtfn street") == near);
    const auto a = record({{street, "kinross farm"}, {address, "wellington street"}}), b = record({{street, "wellingtonnstreet"}, {address, "kinross farm"}});
    CHECK(at(compare(a, b), street) == crossed);
    CHECK(at(compare(a, b), address) == crossed);
}

TEST_CASE("comparing is symmetric, and a record agrees with itself in all it says") {
    worlds::Random random(static_cast<std::uint64_t>(Catch::rngSeed()));
    const std::array<std::vector<std::string>, link_field_count> said{{
        {"王伟", "王玮", "李丽", "Robert Alan", "·", "𠮷野", "a"}, {"nathan", "娜", ""}, {"challenor", "王"}, {"1980-02-03", "1980-03-02", "x", "8002"}, {"男", "f", "?"},
        {"130682194102249312", "130682194102249311", "E12345678", "*"}, {"14200000001", "14200000010", "0312"}, {"兴定12-2-601", "12", "wallaby place", "村"},
        {"wallaby place", "兴定12号"}, {"130682004002", "cleveland"}, {"2119", "2191"}, {"sa"}, {"H1", "H2"},
    }};
    for (int i = 0; i < 3'000; ++i) {
        LinkValues a, b;
        for (auto* values : {&a, &b})
            for (std::size_t field = 0; field < link_field_count; ++field)
                if (random.below(3) != 0) (*values)[field] = said[field][random.below(static_cast<std::uint32_t>(said[field].size()))];
        const auto x = comparand_of(a, today), y = comparand_of(b, today);
        REQUIRE(compare(x, y) == compare(y, x));
        const auto own = compare(x, x);
        for (std::size_t field = 0; field < link_field_count; ++field)   // a village without a number is nobody's home
            REQUIRE((own[field] == equal || own[field] == missing || (own[field] == part && (field == index_of(address) || field == index_of(street)))));
    }
}
