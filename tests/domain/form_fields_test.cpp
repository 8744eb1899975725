// SPDX-License-Identifier: Apache-2.0
#include "domain/form_fields.hpp"
#include "domain/worlds.hpp"   // before Catch, whose CHECK replaces ours

#include <catch2/catch.hpp>

#include <set>

#include "domain/text.hpp"

using namespace chayan::domain;

namespace {

/// The embedded table as it was read, written again, with one thing changed.
std::string table_with(const std::string& from, const std::string& to) {
    const auto list = [](const std::vector<std::string>& items) {
        std::string text;
        for (const auto& item : items) text += (text.empty() ? "" : ";") + item;
        return text;
    };
    std::string text = "field,person_field,zh,sormas,godata\n";
    for (const auto& rule : form_field_rules())
        text += rule.word + ',' + rule.person_field + ',' + list(rule.zh) + ',' + list(rule.sormas) + ',' + list(rule.godata) + '\n';
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

/// A header as somebody drew it: wider letters, spaces, line breaks, stars, a note in brackets.
std::string drawn(const std::string& header, worlds::Random& random) {
    constexpr const char* dirt[] = {"", "", " ", "\n", "\u3000", "*", "：", "（必填）", "(年/月/日)", "【注1】", "\u00A0", "\r\n"};
    std::string text;
    const auto points = decode_utf8(header);
    REQUIRE(points);
    for (const auto point : *points) {
        text += dirt[random.below(std::size(dirt))];
        const bool is_wide = point > 0x20 && point < 0x7F && point != U'[' && point != U']' && random.below(2) == 0;
        text += encode_utf8({is_wide ? point + 0xFEE0 : point});
    }
    return text + dirt[random.below(std::size(dirt))];
}

}  // namespace

TEST_CASE("headers as offices write them name their fields") {
    const std::pair<const char*, FormField> all[] = {
        {"姓名", FormField::name}, {"姓  名", FormField::name}, {"姓\n名", FormField::name}, {"＊姓名：", FormField::name}, {"密接者姓名", FormField::name},
        {"身份证号码（18位）", FormField::document_number}, {"证件号码", FormField::document_number}, {"联系电话(手机)", FormField::phone}, {"现住址（详填至门牌号）", FormField::address},
        {"与病例的关系", FormField::relation}, {"首次接触时间", FormField::first}, {"末次接触\r\n时间", FormField::last}, {"累计接触时长（分钟）", FormField::minutes}, {"备 注", FormField::note},
        {"ＮＯ．", FormField::number}, {"person.birthdateDD", FormField::birth_day}, {"documents[].number", FormField::document_number}, {"documents[0].number", FormField::document_number}};
    for (const auto& [header, field] : all) {
        CAPTURE(header);
        const auto found = find_header(header);
        REQUIRE(found);
        CHECK(found->field == field);
    }
}

TEST_CASE("what no table names means nothing") {
    for (const auto* header : {"", "  ", "体温", "（姓名）", "姓名姓名", "=姓名", "=cmd|' /C calc'!A0", "\xFF", "王小明", "130682"}) CHECK_FALSE(find_header(header));
}

TEST_CASE("every header of the table names its own field however it is drawn") {
    worlds::Random random(20261127);
    for (std::size_t i = 0; i < form_fields_count; ++i) {
        const auto& rule = form_field_rules()[i];
        for (const auto* headers : {&rule.zh, &rule.sormas, &rule.godata})
            for (const auto& header : *headers)
                for (int times = 0; times < 20; ++times) {
                    const auto text = drawn(header, random);
                    CAPTURE(header, text);
                    const auto found = find_header(text);
                    REQUIRE(found);
                    CHECK(found->field == static_cast<FormField>(i));
                    CHECK(found->dialect == (headers == &rule.zh ? FormDialect::office : headers == &rule.sormas ? FormDialect::sormas : FormDialect::godata));
                }
    }
}

TEST_CASE("a table that is wrong in any place is not taken") {
    CHECK(parse_form_field_rules(table_with("number,", "number,")));
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{"number,", "numbr,"}, {"性别", "姓名"}, {"note,,", "note,"}, {"序号", "（序号）"}, {"zh", "cn"}}) {
        CAPTURE(from);
        CHECK_FALSE(parse_form_field_rules(table_with(from, to)));
    }
    CHECK_FALSE(parse_form_field_rules(""));
}

TEST_CASE("each field is found by its word and by no other") {
    std::set<std::string> words;
    for (std::size_t i = 0; i < form_fields_count; ++i) {
        const auto field = static_cast<FormField>(i);
        CHECK(find_form_field(word_of(field)) == field);
        CHECK(words.insert(word_of(field)).second);
    }
    for (const auto* word : {"", "Name", "names", "姓名"}) CHECK_FALSE(find_form_field(word));
}
