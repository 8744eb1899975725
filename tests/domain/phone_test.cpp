// SPDX-License-Identifier: Apache-2.0
#include "domain/phone.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace chayan::domain;

TEST_CASE("a mobile number has one form, however it was typed") {
    for (const std::string text : {"14200000001", "+86 142-0000-0001", "008614200000001", "8614200000001", "１４２０００００００１", "+86(142)00000001",
                                   "  142 0000 0001 ", "＋８６　１４２－００００－０００１", "0086-14200000001"}) {
        CAPTURE(text);
        const auto phone = parse_phone(text);
        REQUIRE(phone);
        CHECK(phone->e164 == "+8614200000001");
    }
}

TEST_CASE("mainland numbers begin with 13 to 19 and have 11 digits") {
    for (const std::string text : {"13000000000", "14400000000", "19999999999"}) CHECK(parse_phone(text));
    struct Row {
        const char* text;
        const char* code;
    };
    for (const auto& row : {
             Row{"", "phone_empty"},
             Row{"  - ()", "phone_empty"},
             Row{"12345678901", "phone_not_mobile"},
             Row{"12999999999", "phone_not_mobile"},
             Row{"23800138000", "phone_not_mobile"},
             Row{"010-88886666", "phone_not_mobile"},
             Row{"+86 010 8888 6666", "phone_not_mobile"},
             Row{"10086", "phone_length"},
             Row{"1420000000", "phone_length"},
             Row{"142000000012", "phone_length"},
             Row{"1440000000001", "phone_length"},        // 13 digits: a machine's card
             Row{"+86142000000012", "phone_length"},
             Row{"1420000000x", "phone_characters"},
             Row{"١٤٢٠٠٠٠٠٠٠١", "phone_characters"},
             Row{"142\xff", "phone_characters"},
             Row{"14200000001;", "phone_characters"},
             Row{"142+0000001", "phone_characters"},
         }) {
        CAPTURE(row.text);
        const auto phone = parse_phone(row.text);
        REQUIRE_FALSE(phone);
        CHECK(std::string(phone.error().code) == row.code);
        REQUIRE(phone.error().fields.size() == 1);
        CHECK(phone.error().fields[0].pointer == "/phone");
    }
}

TEST_CASE("a number of another country needs + or 00 and has 8 to 15 digits") {
    CHECK(parse_phone("+852 6123 4567")->e164 == "+85261234567");
    CHECK(parse_phone("0085261234567")->e164 == "+85261234567");
    CHECK(parse_phone("+12345678")->e164 == "+12345678");
    CHECK(parse_phone("+123456789012345")->e164 == "+123456789012345");
    CHECK_FALSE(parse_phone("+1234567"));
    CHECK_FALSE(parse_phone("+1234567890123456"));
    CHECK_FALSE(parse_phone("+012345678"));
    CHECK_FALSE(parse_phone("85261234567"));
}

TEST_CASE("a masked phone number keeps its ends only") {
    CHECK(mask_phone(*parse_phone("14200000001")) == "142****0001");
    CHECK(mask_phone(*parse_phone("+85261234567")) == "+85******567");
    CHECK(mask_phone(*parse_phone("+12345678")) == "+12***678");
    CHECK(mask_phone(Phone{"+12345"}) == "******");
}
