// SPDX-License-Identifier: Apache-2.0
#include "domain/text.hpp"

#include <catch2/catch.hpp>

using namespace chayan::domain;

TEST_CASE("a label is what can be read, without the white space around it") {
    CHECK(parse_label("东门", 6) == "东门");
    CHECK(parse_label(" \t\u3000东 门\u00a0 ", 100) == "东 门");
    CHECK(parse_label("A/1 (北) #5 é", 100) == "A/1 (北) #5 é");
    CHECK(parse_label("\U0002070E家屯", 100) == "\U0002070E家屯");   // a rare character of a village's name
}

TEST_CASE("a label of nothing, of too many bytes, or that is not UTF-8 is none") {
    for (const auto* text : {"", " ", "\u3000\t", "\xff", "东\xe4\xb8"}) CHECK_FALSE(parse_label(text, 100));
    CHECK(parse_label("12345", 5));
    CHECK_FALSE(parse_label("123456", 5));
    CHECK_FALSE(parse_label("东门", 5));
    CHECK(parse_label("  12345  ", 5));
}

TEST_CASE("what cannot be seen, or turns what stands around it, is in no label") {
    for (const auto* hidden : {"\x01", "\x7f", "\n", "\r", "\u0085", "\u00ad", "\u200b", "\u200d", "\u200e", "\u2028", "\u2029", "\u202e", "\u2060", "\u2066", "\u3164",
                               "\ufeff", "\ufe0f", "\ue000", "\uffff", "\u0378", "\U000e0041"}) {
        CAPTURE(hidden);
        CHECK_FALSE(parse_label(std::string("东") + hidden + "门", 100));
    }
}
