// SPDX-License-Identifier: Apache-2.0
#include "domain/name.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace chayan::domain;

namespace {

std::string repeat(const std::string& text, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += text;
    return out;
}

/// The name as it is shown, or the code of the refusal.
std::string outcome(std::string_view text) {
    const auto name = parse_name(text);
    return name ? name->shown : name.error().code;
}

std::string folded(std::string_view text) {
    const auto name = parse_name(text);
    REQUIRE(name);
    return fold_name(*name);
}

struct Row {
    std::string text;
    std::string expected;
};

}  // namespace

TEST_CASE("names of all who live here are accepted and shown in one form") {
    for (const auto& row : {
             Row{"张三", "张三"},
             Row{"欧阳娜娜", "欧阳娜娜"},
             Row{"阿卜杜热西提·买买提", "阿卜杜热西提·买买提"},
             Row{"阿卜杜热西提•买买提", "阿卜杜热西提·买买提"},
             Row{"阿卜杜热西提・买买提", "阿卜杜热西提·买买提"},
             Row{"阿卜杜热西提．买买提", "阿卜杜热西提·买买提"},
             Row{"阿卜杜热西提.买买提", "阿卜杜热西提·买买提"},
             Row{"阿卜杜热西提\u2027买买提", "阿卜杜热西提·买买提"},
             Row{"㐀㐁", "㐀㐁"},
             Row{"𠮷田", "𠮷田"},
             Row{"张𠮷", "张𠮷"},
             Row{"张〇", "张〇"},
             Row{"O’Connor", "O’Connor"},
             Row{"O'Connor", "O'Connor"},
             Row{"  Jean   Luc ", "Jean Luc"},
             Row{"Anne-Marie", "Anne-Marie"},
             Row{"Martin L. King Jr.", "Martin L. King Jr."},
             Row{"Jose\u0301", "José"},
             Row{"Ｊｏｈｎ", "John"},
             Row{"\u3000张三\u3000", "张三"},
             Row{"Иван Петров", "Иван Петров"},
             Row{"محمد علي", "محمد علي"},
             Row{"A", "A"},
             Row{repeat("张", 30), repeat("张", 30)},
             Row{repeat("a", 60), repeat("a", 60)},
             Row{repeat("\U00020BB7", 30), repeat("\U00020BB7", 30)},
         }) {
        CAPTURE(row.text);
        CHECK(outcome(row.text) == row.expected);
    }
}

TEST_CASE("what is no name is refused with its reason") {
    for (const auto& row : {
             Row{"", "name_empty"},
             Row{"   ", "name_empty"},
             Row{"\u3000", "name_empty"},
             Row{"张", "name_length"},
             Row{"𠮷", "name_length"},
             Row{repeat("张", 31), "name_length"},
             Row{repeat("a", 61), "name_length"},
             Row{repeat("张", 3'000'000), "name_length"},
             Row{"张\u202E三", "name_characters"},
             Row{"张\u200B三", "name_characters"},
             Row{"\uFEFF张三", "name_characters"},
             Row{"张\u2066三", "name_characters"},
             Row{"\u3164\u3164", "name_characters"},           // Hangul fillers: letters that show nothing
             Row{"张\u115F三", "name_characters"},
             Row{"张\uFE0F三", "name_characters"},
             Row{std::string("张\0三", 7), "name_characters"},
             Row{"张\n三", "name_characters"},
             Row{"张三\r", "name_characters"},
             Row{"张\t三", "name_characters"},
             Row{"张\u2028三", "name_characters"},
             Row{"张\x1b三", "name_characters"},
             Row{"张\uE000三", "name_characters"},              // private use
             Row{"张\U000E0FFF三", "name_characters"},          // unassigned
             Row{"张\uFFFF三", "name_characters"},
             Row{"张😀", "name_characters"},
             Row{"张3", "name_characters"},
             Row{"张３", "name_characters"},
             Row{"=cmd|' /C calc'!A0", "name_characters"},
             Row{"＝1+1", "name_characters"},
             Row{"＝张三", "name_characters"},
             Row{"+1+1", "name_characters"},
             Row{"@SUM(A)", "name_characters"},
             Row{"＠张", "name_characters"},
             Row{"-张三", "name_characters"},
             Row{"-1+1", "name_characters"},
             Row{"\t=1+1", "name_characters"},
             Row{"' OR 1=1--", "name_characters"},
             Row{"<script>", "name_characters"},
             Row{"张</三", "name_characters"},
             Row{"${jndi:ldap}", "name_characters"},
             Row{"%n%s", "name_characters"},
             Row{"张,三", "name_characters"},
             Row{"张\"三", "name_characters"},
             Row{"··", "name_characters"},
             Row{"·张三", "name_characters"},
             Row{"张三·", "name_characters"},
             Row{"\u0301a", "name_characters"},
             Row{"Z\u0335\u0336\u0337a", "name_characters"},    // marks piled up
             Row{"Pаvel", "name_mixed"},                       // a Cyrillic а
             Row{"Αlex", "name_mixed"},                        // a Greek Α
             Row{"张\xED\xA0\x80", "name_malformed"},           // a surrogate
             Row{"\xC0\xAF", "name_malformed"},
             Row{"\xD5\xC5\xC8\xFD", "name_malformed"},         // GBK
             Row{"张\xE4\xB8", "name_malformed"},
         }) {
        CAPTURE(row.text.substr(0, 40));
        CHECK(outcome(row.text) == row.expected);
    }
}

TEST_CASE("a refusal names the field and carries nothing of the name") {
    const auto name = parse_name("张3");
    REQUIRE_FALSE(name);
    REQUIRE(name.error().fields.size() == 1);
    CHECK(name.error().fields[0].pointer == "/name");
}

TEST_CASE("names that agree fold to one form") {
    for (const auto& row : {
             Row{"張偉", "张伟"},
             Row{"呂布", "吕布"},
             Row{"李峯", "李峰"},
             Row{"王喆", "王哲"},
             Row{"陳頴", "陈颖"},                                // in two steps
             Row{"鍾山", "锺山"},
             Row{"髙明", "高明"},
             Row{"劉廸", "刘迪"},
             Row{"魏國寳", "魏国宝"},
             Row{"阿卜杜热西提•买买提", "阿卜杜热西提买买提"},
             Row{"O’Connor", "oconnor"},
             Row{"O'CONNOR", "o’connor"},
             Row{"Anne-Marie", "anne marie"},
             Row{"Straße", "STRASSE"},
             Row{"Ｊｏｈｎ Smith", "john smith"},
             Row{"\uF9CC球", "琉球"},                           // a compatibility ideograph
         }) {
        CAPTURE(row.text, row.expected);
        CHECK(folded(row.text) == folded(row.expected));
    }
}

TEST_CASE("what is written alike in simplified script but differs is not folded into one") {
    for (const auto& row : {
             Row{"乾隆", "干隆"},
             Row{"於谦", "于谦"},
             Row{"王著", "王着"},
             Row{"张三", "张四"},
             Row{"甯静", "宁静"},
             Row{"李淼", "李渺"},
         }) {
        CAPTURE(row.text, row.expected);
        CHECK(folded(row.text) != folded(row.expected));
    }
}

TEST_CASE("a folded name folds no further") {
    for (char32_t point = 0x3400; point < 0xA000; ++point) {
        const char utf8[] = {static_cast<char>(0xE0U | (point >> 12U)), static_cast<char>(0x80U | ((point >> 6U) & 63U)), static_cast<char>(0x80U | (point & 63U))};
        const auto once = fold_name(Name{std::string(utf8, 3)});
        if (fold_name(Name{once}) == once) continue;
        CAPTURE(static_cast<unsigned>(point));
        CHECK(fold_name(Name{once}) == once);
    }
}

TEST_CASE("a masked name keeps the surname, or one letter") {
    CHECK(mask_name(*parse_name("王小明")) == "王*");
    CHECK(mask_name(*parse_name("王明")) == "王*");
    CHECK(mask_name(*parse_name("欧阳娜娜")) == "欧阳*");
    CHECK(mask_name(*parse_name("欧阳")) == "欧*");              // two characters: a surname and a name
    CHECK(mask_name(*parse_name("司马光")) == "司马*");
    CHECK(mask_name(*parse_name("阿卜杜热西提·买买提")) == "阿*");
    CHECK(mask_name(*parse_name("O’Connor")) == "O*");
    CHECK(mask_name(*parse_name("𠮷田一")) == "𠮷*");
    CHECK(mask_name(Name{}) == "*");
}
