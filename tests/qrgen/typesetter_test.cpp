// SPDX-License-Identifier: Apache-2.0
#include "qrgen/typesetter.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <utility>

using namespace chayan::qrgen;

namespace {

Typesetter& typesetter() {
    static Typesetter one({});
    return one;
}

constexpr Box box{0, 0, 100, 20};

double size_of(const std::string& text, const Fit& how, std::size_t rows) {
    INFO(text);
    const auto fitted = typesetter().fit(text, Face::bold, box, how);
    REQUIRE(fitted);
    CHECK(fitted->rows.size() == rows);
    CHECK(fitted->width <= box.width + 1e-6);
    for (const auto& row : fitted->rows) {
        CHECK(row.left >= -0.3 * fitted->size);   // the side bearing of its first letter
        CHECK(row.baseline <= box.height);
    }
    return fitted->size;
}

std::string han(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "定";
    return text;
}

}  // namespace

TEST_CASE("a short text is as large as was asked for") { CHECK(size_of("定州", {15, 5, 2}, 1) == Approx(15)); }

TEST_CASE("a longer text shrinks in one row until two rows are worth it") {
    CHECK(size_of(han(10), {15, 5, 2}, 1) == Approx(10).margin(0.2));
    const double two = size_of(han(20), {15, 3, 2}, 2);
    CHECK(two > 5.5);
    CHECK(two <= 10);
}

TEST_CASE("a text that does not fit at its smallest is refused, just under is not") {
    CHECK(typesetter().fit(han(20), Face::bold, box, {15, 4.9, 1}));
    const auto refused = typesetter().fit(han(21), Face::bold, box, {15, 4.9, 1});
    REQUIRE_FALSE(refused);
    CHECK(refused.reason().en == "does not fit; shorten it");
}

TEST_CASE("a row ends where a township or a village does") {
    const auto fitted = typesetter().fit("定州市李亲顾镇西李亲顾村南口", Face::bold, {0, 0, 60, 30}, {15, 3, 2});
    REQUIRE(fitted);
    REQUIRE(fitted->rows.size() == 2);
    CHECK(std::string(pango_layout_get_text(fitted->rows[0].layout.get())) == "定州市李亲顾镇");
}

TEST_CASE("a word of Latin letters is never broken") {
    CHECK_FALSE(typesetter().fit(std::string(60, 'w'), Face::bold, box, {15, 5, 2}));
    const auto fitted = typesetter().fit("Dingzhou East Railway Station", Face::bold, {0, 0, 60, 20}, {15, 3, 2});
    REQUIRE(fitted);
    CHECK(std::string(pango_layout_get_text(fitted->rows[1].layout.get())) == "Railway Station");
}

TEST_CASE("characters beyond the BMP, Uyghur and Tibetan have their letters") {
    for (const std::string text : {"𠮷祥", "ئۈرۈمچى ئاپتوبۇس بېكىتى", "བོད་ལྗོངས་ལྷ་ས།"}) size_of(text, {15, 3, 2}, 1);
}

TEST_CASE("Uyghur letters are joined, and begin at the right") {
    const auto joined = typesetter().fit("بېكەت", Face::bold, box, {10, 3});
    REQUIRE(joined);
    double apart = 0;
    for (const std::string letter : {"ب", "ې", "ك", "ە", "ت"}) apart += typesetter().fit(letter, Face::bold, box, {10, 3})->width;
    CHECK(joined->width < 0.9 * apart);
    CHECK(joined->rows[0].left > box.width / 2);
}

TEST_CASE("scripts side by side stand on one line") {
    const auto extents = [](const std::string& text) {
        const auto fitted = typesetter().fit(text, Face::regular, {0, 0, 500, 20}, {10, 3});
        PangoRectangle drawn;
        pango_layout_line_get_extents(pango_layout_get_line_readonly(fitted->rows[0].layout.get(), 0), &drawn, nullptr);
        return std::pair(drawn.y, drawn.y + drawn.height);
    };
    for (const std::string text : {"ئۈرۈمچى", "ལྷ་ས།", "Dingzhou"}) {
        INFO(text);
        const auto alone = extents(text), han = extents("定州"), together = extents("定州 " + text);
        CHECK(together.first == std::min(alone.first, han.first));
        CHECK(together.second == std::max(alone.second, han.second));
    }
}

TEST_CASE("a tall stack of Tibetan stands within its box") {
    const auto fitted = typesetter().fit("བསྒྲུབས་རྒྱུ", Face::bold, {0, 0, 100, 10}, {15, 2});
    REQUIRE(fitted);
    PangoRectangle drawn;
    pango_layout_line_get_extents(pango_layout_get_line_readonly(fitted->rows[0].layout.get(), 0), &drawn, nullptr);
    const double scale = fitted->size / 100 / PANGO_SCALE;
    CHECK(fitted->rows[0].baseline + drawn.y * scale >= -1e-6);
    CHECK(fitted->rows[0].baseline + (drawn.y + drawn.height) * scale <= 10 + 1e-6);
}

TEST_CASE("a character that no font has is named, never drawn as a box") {
    const auto fitted = typesetter().fit("定\xF0\x9F\x98\xB7州", Face::bold, box, {15, 3, 2});
    REQUIRE_FALSE(fitted);
    CHECK(fitted.reason().en.find("U+1F637") != std::string::npos);
    CHECK(fitted.reason().zh.find("U+1F637") != std::string::npos);
}

TEST_CASE("nothing takes no room") {
    const auto fitted = typesetter().fit("", Face::regular, box, {15, 3});
    REQUIRE(fitted);
    CHECK(fitted->rows.empty());
}
