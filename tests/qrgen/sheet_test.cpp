// SPDX-License-Identifier: Apache-2.0
#include "qrgen/sheet.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <string>

using namespace chayan::qrgen;

namespace {

constexpr std::array<SheetKind, 5> kinds{SheetKind::a4, SheetKind::a3, SheetKind::a5x2, SheetKind::a6x4, SheetKind::lane};
constexpr std::array<Language, 3> languages{Language::zh, Language::en, Language::both};

/// Parts that stand on the paper by themselves, none upon another.
std::vector<Box> parts_of(const PosterLayout& at) {
    std::vector<Box> parts{at.icon, at.category, at.pill, at.name, at.where, at.card, at.help, at.foot_left, at.foot_right};
    parts.insert(parts.end(), at.steps.begin(), at.steps.end());
    for (const auto& side : at.sides)
        if (side.width > 0) parts.push_back(side);
    return parts;
}

bool is_whole_dots(double mm) { return std::abs(mm * dots_per_mm - std::round(mm * dots_per_mm)) < 1e-6; }

}  // namespace

TEST_CASE("no part of a poster overlaps another or leaves its sheet, on any sheet in any language") {
    for (const auto kind : kinds) {
        for (const auto language : languages) {
            const auto& sheet = sheet_of(kind);
            INFO(sheet.word << ' ' << static_cast<int>(language));
            const auto at = lay_out(sheet, language);
            const auto parts = parts_of(at);
            for (std::size_t i = 0; i < parts.size(); ++i) {
                INFO("part " << i);
                CHECK(parts[i].width > 0);
                CHECK(parts[i].height > 0);
                CHECK(at.area.inset(3 * at.unit).holds(parts[i]));
                for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(parts[i].overlaps(parts[j]));
            }
        }
    }
}

TEST_CASE("the head holds what it names, the card holds the code and what is typed") {
    for (const auto kind : kinds) {
        const auto at = lay_out(sheet_of(kind), Language::both);
        INFO(sheet_of(kind).word);
        for (const auto& box : {at.icon, at.category, at.pill, at.name, at.where}) CHECK(at.head.holds(box));
        for (const auto& box : {at.code, at.typed, at.hint}) CHECK(at.card.holds(box));
        CHECK_FALSE(at.code.overlaps(at.typed));
        CHECK_FALSE(at.typed.overlaps(at.hint));
        for (const auto& side : at.sides) CHECK_FALSE(side.overlaps(at.head));
    }
}

TEST_CASE("the posters of a sheet are alike, apart from each other, and clear of the crop marks") {
    for (const auto kind : kinds) {
        const auto& sheet = sheet_of(kind);
        INFO(sheet.word);
        const Box page{0, 0, sheet.width, sheet.height};
        for (const auto& poster : sheet.posters) {
            CHECK(page.holds(poster));
            CHECK(poster.width == Approx(sheet.posters[0].width));
            CHECK(poster.height == Approx(sheet.posters[0].height));
            for (const auto& other : sheet.posters) CHECK((&other == &poster || !poster.overlaps(other)));
            for (const auto& mark : sheet.crop_marks) CHECK_FALSE(poster.overlaps({mark.x1, mark.y1, mark.x2 - mark.x1 + 1e-3, mark.y2 - mark.y1 + 1e-3}));
        }
        CHECK(sheet.crop_marks.empty() == (sheet.posters.size() == 1));
    }
}

TEST_CASE("codes are as wide as the table of sheets says") {
    const std::array<double, 5> sides{140, 210, 100, 70, 500};
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        CHECK(sheet_of(kinds[i]).code_side == sides[i]);
        CHECK(lay_out(sheet_of(kinds[i]), Language::both).code.width == Approx(sides[i]));
    }
}

TEST_CASE("every module has the same whole number of printer dots, and the code is as large as that allows") {
    for (const auto kind : kinds) {
        const auto& sheet = sheet_of(kind);
        const auto at = lay_out(sheet, Language::both);
        for (int modules = 21 + 8; modules <= 177 + 8; modules += 4) {
            for (const auto& poster : sheet.posters) {
                const Box room{poster.x + at.code.x, poster.y + at.code.y, at.code.width, at.code.height};
                const auto place = place_code(room, modules);
                INFO(sheet.word << ' ' << modules);
                CHECK(is_whole_dots(place.box.x));
                CHECK(is_whole_dots(place.box.y));
                CHECK(place.box.width == Approx(modules * place.module_mm()));
                CHECK(room.holds(place.box, 0.5 / dots_per_mm + 1e-6));   // to the nearest dot
                CHECK((place.module_dots + 1) * modules / dots_per_mm > room.width);
            }
        }
    }
}

TEST_CASE("a code has one dot for each module where it does not fit at all") { CHECK(place_code({0, 0, 1, 1}, 45).module_dots == 1); }

TEST_CASE("the reading distance follows the rule width = distance / 10 x modules / 25") {
    const double module = 140.0 / 45;
    CHECK(reading_distance_mm(module) == Approx(10 * 140 * 25.0 / 45));
}

TEST_CASE("sheets are called by their words") {
    for (const auto kind : kinds) CHECK(parse_sheet(sheet_of(kind).word) == kind);
    CHECK_FALSE(parse_sheet("a2"));
}
