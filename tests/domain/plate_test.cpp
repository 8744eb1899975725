// SPDX-License-Identifier: Apache-2.0
#include "domain/plate.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace chayan::domain;

TEST_CASE("a plate has one form, and tells whether it is standard") {
    struct Row {
        const char* text;
        const char* normal;
        bool is_standard;
    };
    for (const auto& row : {
             Row{"冀F12345", "冀F12345", true},
             Row{" 冀f·12-34 5 ", "冀F12345", true},
             Row{"冀Ｆ１２３４５", "冀F12345", true},
             Row{"冀F•1O2I5", "冀F10215", true},            // the serial has neither O nor I
             Row{"冀O12345", "冀O12345", true},             // the letter of the office may be O
             Row{"冀FAB12Z", "冀FAB12Z", true},
             Row{"冀F1234挂", "冀F1234挂", true},
             Row{"冀F1234学", "冀F1234学", true},
             Row{"冀A1234警", "冀A1234警", true},
             Row{"粤Z1234港", "粤Z1234港", true},
             Row{"粤Z1234澳", "粤Z1234澳", true},
             Row{"冀FD12345", "冀FD12345", true},           // new energy, small
             Row{"冀FFA1234", "冀FFA1234", true},
             Row{"冀FK12345", "冀FK12345", true},
             Row{"冀F12345D", "冀F12345D", true},           // new energy, large
             Row{"冀FDO2345", "冀FD02345", true},
             Row{"冀FL12345", "冀FL12345", false},          // no such letter of new energy
             Row{"冀FDAB234", "冀FDAB234", false},
             Row{"冀F123456", "冀F123456", false},
             Row{"冀F1234", "冀F1234", false},
             Row{"冀F123挂4", "冀F123挂4", false},
             Row{"冀112345", "冀112345", false},
             Row{"火F12345", "火F12345", false},
             Row{"农用三轮07", "农用三轮07", false},
             Row{"WJ13A1234", "WJ13A1234", false},
             Row{"临O1", "临O1", false},                    // free text keeps its letters
         }) {
        CAPTURE(row.text);
        const auto plate = parse_plate(row.text);
        REQUIRE(plate);
        CHECK(plate->text == row.normal);
        CHECK(plate->is_standard == row.is_standard);
    }
}

TEST_CASE("what is no plate is refused with its reason") {
    struct Row {
        std::string text;
        const char* code;
    };
    for (const auto& row : {
             Row{"", "plate_empty"},
             Row{" ·-", "plate_empty"},
             Row{std::string(17, 'A'), "plate_length"},
             Row{"冀F=1+1", "plate_characters"},
             Row{"冀F\n1234", "plate_characters"},
             Row{"冀F😀234", "plate_characters"},
             Row{"冀Ф12345", "plate_characters"},
             Row{"\xff", "plate_characters"},
             Row{std::string("A\0B", 3), "plate_characters"},
         }) {
        CAPTURE(row.text);
        const auto plate = parse_plate(row.text);
        REQUIRE_FALSE(plate);
        CHECK(std::string(plate.error().code) == row.code);
    }
    CHECK(parse_plate(std::string(16, 'A')));
}

TEST_CASE("a masked plate keeps two characters at each end, and of a short one nothing") {
    CHECK(mask_plate(*parse_plate("冀F12345")) == "冀F***45");
    CHECK(mask_plate(*parse_plate("冀FD12345")) == "冀F****45");
    CHECK(mask_plate(*parse_plate("A1234")) == "A1*34");
    CHECK(mask_plate(*parse_plate("农1号2")) == "****");
}
