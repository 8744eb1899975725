// SPDX-License-Identifier: Apache-2.0
#include "domain/division.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace chayan::domain;

TEST_CASE("a division code has 2, 4, 6, 9 or 12 ASCII digits and does not start with 0") {
    for (const std::string good : {"13", "1306", "130682", "130682001", "130682001001"}) {
        CAPTURE(good);
        const auto code = parse_division_code(good);
        REQUIRE(code);
        CHECK(code->digits == good.size());
        CHECK(std::string(DivisionText(*code)) == good);
    }
    for (const std::string bad : {"", "1", "130", "13068", "1306820", "13068200", "1306820011", "1306820010011", "030682", "13068x", "-30682",
                                  "１３０６８２", "13 682"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_division_code(bad));
    }
}

TEST_CASE("a scope holds itself and all below it") {
    struct Row {
        const char* inner;
        const char* outer;
        bool within;
    };
    for (const auto& row : {
             Row{"130682", "130682", true},
             Row{"130682001001", "130682", true},
             Row{"130682001001", "130682001", true},
             Row{"130682001001", "130682002", false},
             Row{"130682", "130682001", false},
             Row{"130682", "13", true},
             Row{"140682", "13", false},
             Row{"130682", "130600", true},          // zeros that fill: all of Baoding
             Row{"130682001", "130000", true},       // all of Hebei
             Row{"130682001001", "130682000000", true},
             Row{"130683001001", "130682000000", false},
             Row{"1306", "130600", true},
             Row{"441900003", "441900003", true},    // a city without counties: zeros in the middle are part of the code
             Row{"441900004", "441900003", false},
             Row{"442000001", "441900003", false},
         }) {
        CAPTURE(row.inner, row.outer);
        CHECK(is_within(*parse_division_code(row.inner), *parse_division_code(row.outer)) == row.within);
    }
}

TEST_CASE("no division is everywhere, and everywhere lies in no division") {
    const auto town = *parse_division_code("130682001");
    CHECK(is_within(town, DivisionCode{}));
    CHECK(is_within(DivisionCode{}, DivisionCode{}));
    CHECK_FALSE(is_within(DivisionCode{}, town));
    CHECK(std::string(DivisionText(DivisionCode{})).empty());
}
