// SPDX-License-Identifier: Apache-2.0
#include "domain/document.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace chayan::domain;

namespace {

const Day today = *parse_date("2020-02-26");

std::string with_check(const std::string& seventeen) { return seventeen + *id_check_character(seventeen); }

/// The stored number, or the code of the refusal.
std::string outcome(DocumentType type, std::string_view number, std::string_view country = "", Day on = today) {
    const auto document = parse_document(type, number, country, on);
    return document ? document->number : document.error().code;
}

struct Row {
    std::string number;
    std::string expected;
};

std::string random_number(std::mt19937& random) {
    const auto year = std::to_string(1950 + random() % 60);
    const auto tail = std::to_string(10'000'000 + random() % 10'000'000);
    const auto month = std::to_string(10 + random() % 3);
    return with_check("130682" + year + month + std::to_string(10 + random() % 19) + tail.substr(5));
}

}  // namespace

TEST_CASE("a resident's number is accepted in the forms that people type, and stored in one") {
    for (const auto& row : {
             Row{"11010519491231002X", "11010519491231002X"},  // the two samples of the standard
             Row{"440524188001010014", "document_age"},         // and the other, who would be 140
             Row{"130503196704010016", "130503196704010016"},
             Row{"11010519491231002x", "11010519491231002X"},
             Row{" 110105 19491231 002X ", "11010519491231002X"},
             Row{"110105-19491231-002X", "11010519491231002X"},
             Row{"１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"},
             Row{"１１０１０５１９４９１２３１００２ｘ", "11010519491231002X"},
             Row{"130503670401001", "130503196704010016"},      // first generation
             Row{"810000199408230021", "810000199408230021"},   // residence permits
             Row{with_check("82000019940823002"), with_check("82000019940823002")},
             Row{"830000199201300022", "830000199201300022"},
             Row{"110101190001010014", "110101190001010014"},   // 120 years old
             Row{with_check("13909920000229001"), with_check("13909920000229001")},  // an abolished region of a province
         }) {
        CAPTURE(row.number);
        CHECK(outcome(DocumentType::id, row.number) == row.expected);
    }
    CHECK(outcome(DocumentType::id, "440524188001010014", "", *parse_date("2010-01-01")) == "440524188001010014");
}

TEST_CASE("what is no resident's number is refused with its reason") {
    for (const auto& row : {
             Row{"", "document_empty"},
             Row{" - ", "document_empty"},
             Row{"11010519491231002", "document_length"},
             Row{"11010519491231002X1", "document_length"},
             Row{"1", "document_length"},
             Row{std::string(4096, '1'), "document_length"},
             Row{"1101051949123100XX", "document_characters"},
             Row{"١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "document_characters"},                       // Arabic-Indic digits
             Row{"𝟏𝟏𝟎𝟏𝟎𝟓𝟏𝟗𝟒𝟗𝟏𝟐𝟑𝟏𝟎𝟎𝟐X", "document_characters"},                       // mathematical digits
             Row{"11010519491231002\u0425", "document_characters"},                   // Cyrillic
             Row{"11010519491231002\u2169", "document_characters"},                   // Roman numeral ten
             Row{"11010519491231002\xd7", "document_characters"},                     // not UTF-8
             Row{"11010519491231002*", "document_characters"},
             Row{std::string("1101051949123\0", 14) + "002X", "document_characters"},
             Row{"999999199003071015", "document_region"},
             Row{"011101199003071015", "document_region"},
             Row{"840000199003071015", "document_region"},
             Row{"110101199902290018", "document_date"},
             Row{"110101199913010010", "document_date"},
             Row{"110101199900010010", "document_date"},
             Row{"110101209912310015", "document_future"},
             Row{"4.40524E+17", "document_rounded"},
             Row{"4.40524188001010e17", "document_rounded"},
             Row{"440524188001010000", "document_rounded"},
             Row{"'130503196704010016", "document_rounded"},
             Row{"130503670401996", "document_date"},                                 // 996 to 999: born 18xx, perhaps
             Row{"130503670401999", "document_date"},
             Row{"130503670230001", "document_date"},
         }) {
        CAPTURE(row.number);
        CHECK(outcome(DocumentType::id, row.number) == row.expected);
    }
    CHECK(outcome(DocumentType::id, "130503670401995") == with_check("13050319670401995"));
}

TEST_CASE("a refusal names the field and carries nothing of the number") {
    const auto document = parse_document(DocumentType::id, "110105194912310021", "", today);
    REQUIRE_FALSE(document);
    REQUIRE(document.error().fields.size() == 1);
    CHECK(document.error().fields[0].pointer == "/number");
    CHECK(std::string(document.error().fields[0].code) == "document_checksum");
}

TEST_CASE("of the eleven check characters one is right") {
    for (const std::string body : {"11010519491231002", "13068219800101001"})
        for (const char c : std::string("0123456789X")) {
            const auto number = body + c;
            CAPTURE(number);
            CHECK(parse_document(DocumentType::id, number, "", today).operator bool() == (c == *id_check_character(body)));
        }
    CHECK_FALSE(id_check_character("1234567890123456"));
    CHECK_FALSE(id_check_character("1234567890123456X"));
}

TEST_CASE("the checksum catches every wrong digit and every swap of neighbours") {
    std::mt19937 random(38'962);
    for (int round = 0; round < 200; ++round) {
        const auto number = random_number(random);
        CAPTURE(number);
        REQUIRE(outcome(DocumentType::id, number) == number);
        for (std::size_t i = 0; i < 18; ++i) {
            for (const char c : std::string("0123456789X")) {
                if (c == number[i] || (c == 'X' && i < 17)) continue;
                auto bent = number;
                bent[i] = c;
                CHECK(id_check_character(bent.substr(0, 17)) != bent[17]);
            }
            if (i + 1 == 18 || number[i] == number[i + 1] || number[i + 1] == 'X') continue;
            auto bent = number;
            std::swap(bent[i], bent[i + 1]);
            CHECK(id_check_character(bent.substr(0, 17)) != bent[17]);
        }
    }
}

TEST_CASE("a birth date lies between 130 years ago and today, both included") {
    const auto born = [](const std::string& day) { return with_check("130682" + day + "001"); };
    CHECK(outcome(DocumentType::id, born("20200226")) == born("20200226"));
    CHECK(outcome(DocumentType::id, born("20200227")) == "document_future");
    CHECK(outcome(DocumentType::id, born("18900226")) == born("18900226"));
    CHECK(outcome(DocumentType::id, born("18900225")) == "document_age");
    CHECK(outcome(DocumentType::id, born("18880229"), "", *parse_date("2018-03-01")) == born("18880229"));
    CHECK(outcome(DocumentType::id, born("18880229"), "", *parse_date("2018-03-02")) == "document_age");
}

TEST_CASE("other documents have forms of their own and are never forced into GB 11643") {
    struct Typed {
        DocumentType type;
        std::string number, expected;
    };
    using enum DocumentType;
    for (const auto& row : {
             Typed{passport, "e12345678", "E12345678"},
             Typed{passport, "EA1234567", "EA1234567"},
             Typed{passport, "A1234", "A1234"},
             Typed{passport, "A123", "document_length"},
             Typed{passport, std::string(17, 'A'), std::string(17, 'A')},
             Typed{passport, std::string(18, 'A'), "document_length"},
             Typed{passport, "E1234567Ф", "document_characters"},
             Typed{passport, "E=1+1", "document_characters"},
             Typed{hkmo, "h12345678", "H12345678"},
             Typed{hkmo, "M1234567890", "M1234567890"},
             Typed{hkmo, "H1234567", "document_format"},
             Typed{hkmo, "H123456789", "document_format"},
             Typed{hkmo, "H12345678901", "document_format"},
             Typed{hkmo, "X12345678", "document_format"},
             Typed{hkmo, "H1234567A", "document_format"},
             Typed{hkmo, "H", "document_format"},
             Typed{tw, "12345678", "12345678"},
             Typed{tw, "1234567890", "1234567890"},
             Typed{tw, "1234567890(B)", "document_format"},
             Typed{tw, "1234567890B", "1234567890B"},
             Typed{tw, "1234567890AB", "1234567890AB"},
             Typed{tw, "1234567890ABC", "document_format"},
             Typed{tw, "1234567", "document_format"},
             Typed{tw, "123456789", "document_format"},
             Typed{fpr, "USA130082010100", "USA130082010100"},   // 2017
             Typed{fpr, "US1130082010100", "document_format"},
             Typed{fpr, "USA13008201010A", "document_format"},
             Typed{fpr, "911124198108030024", "911124198108030024"},   // 2023
             Typed{fpr, "911124198108030025", "document_checksum"},
             Typed{fpr, "811124198108030024", "document_format"},
             Typed{fpr, "91112419810803002", "document_length"},
             Typed{other, "军字第1234567号", "军字第1234567号"},
             Typed{other, "a", "A"},
             Typed{other, std::string(40, '1'), std::string(40, '1')},
             Typed{other, std::string(41, '1'), "document_length"},
             Typed{other, "军\n字", "document_characters"},
             Typed{other, "=1", "document_characters"},
             Typed{other, "", "document_empty"},
         }) {
        CAPTURE(word_of(row.type), row.number);
        CHECK(outcome(row.type, row.number) == row.expected);
    }
}

TEST_CASE("only passports and other documents have an issuing country, China unless it is said") {
    CHECK(parse_document(DocumentType::passport, "E12345678", "", today)->country == "CHN");
    CHECK(parse_document(DocumentType::passport, "E12345678", "rus", today)->country == "RUS");
    CHECK(parse_document(DocumentType::id, "130503196704010016", "CHN", today)->country.empty());
    for (const std::string bad : {"RU", "RUSS", "R1S", "中国人", "\xff"}) {
        CAPTURE(bad);
        const auto document = parse_document(DocumentType::passport, "E12345678", bad, today);
        REQUIRE_FALSE(document);
        CHECK(std::string(document.error().code) == "country_malformed");
        CHECK(document.error().fields[0].pointer == "/country");
    }
    CHECK_FALSE(*parse_document(DocumentType::passport, "E12345678", "RUS", today) ==
                *parse_document(DocumentType::passport, "E12345678", "KAZ", today));
}

TEST_CASE("a number tells birth date and sex where it carries them") {
    const auto of = [](DocumentType type, const char* number) { return *parse_document(type, number, "", today); };
    CHECK(birth_date_of(of(DocumentType::id, "11010519491231002X")) == parse_date("1949-12-31"));
    CHECK(sex_of(of(DocumentType::id, "11010519491231002X")) == Sex::female);
    CHECK(sex_of(of(DocumentType::id, "130503670401001")) == Sex::male);
    CHECK(birth_date_of(of(DocumentType::fpr, "911124198108030024")) == parse_date("1981-08-03"));
    CHECK_FALSE(birth_date_of(of(DocumentType::fpr, "USA130082010100")));
    CHECK_FALSE(birth_date_of(of(DocumentType::passport, "E12345678")));
    CHECK(sex_of(of(DocumentType::passport, "E12345678")) == Sex::unknown);
}

TEST_CASE("a masked document number keeps its ends only") {
    CHECK(mask_document_number("11010519491231002X") == "110105********002X");
    CHECK(mask_document_number("E12345678") == "E******78");
    CHECK(mask_document_number("1234") == "1*34");
    CHECK(mask_document_number("123") == "***");
    CHECK(mask_document_number("军字第1234567号") == "军********7号");
}

TEST_CASE("types have words, and a word that is none gives nothing") {
    for (const std::string word : {"id", "passport", "hkmo", "tw", "fpr", "other"}) CHECK(word_of(*find_document_type(word)) == word);
    CHECK_FALSE(find_document_type("ID"));
    CHECK_FALSE(find_document_type(""));
}
