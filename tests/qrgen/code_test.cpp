// SPDX-License-Identifier: Apache-2.0
#include "qrgen/code.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <utility>

using namespace chayan::qrgen;

namespace {

const std::string url = "https://chayan.dingzhou.gov.cn/s/001y802kwcq54yeg";

/// Whether the middle of a module lies within the outlines, by the even-odd rule: an oracle that knows nothing of how they were walked.
bool is_filled(const std::vector<std::vector<Corner>>& outlines, int x, int y) {
    const double at_x = x + 0.5, at_y = y + 0.5;
    bool is_inside = false;
    for (const auto& outline : outlines) {
        for (std::size_t i = 0; i < outline.size(); ++i) {
            const auto& a = outline[i];
            const auto& b = outline[(i + 1) % outline.size()];
            if (a.x == b.x && a.x > at_x && (a.y > at_y) != (b.y > at_y)) is_inside = !is_inside;
        }
    }
    return is_inside;
}

Symbol symbol_of(const std::vector<std::string>& rows) {
    std::vector<bool> dark;
    for (const auto& row : rows)
        for (const char c : row) dark.push_back(c == '#');
    return Symbol(static_cast<int>(rows.size()), dark);
}

}  // namespace

TEST_CASE("an address of the service is a symbol of version 5 at level Q, and grows with the level") {
    const auto q = encode(url, Level::q);
    REQUIRE(q);
    CHECK(q->version() == 5);
    CHECK(q->size() == 37);
    CHECK(q->size_with_quiet() == 45);
    CHECK(encode(url, Level::m)->version() == 4);
    CHECK(encode(url, Level::h)->version() == 6);
}

TEST_CASE("what no symbol holds is refused") {
    CHECK(encode(std::string(1663, 'a'), Level::q));
    CHECK_FALSE(encode(std::string(1664, 'a'), Level::q));   // version 40 at level Q holds 1,663 bytes
}

TEST_CASE("the outlines enclose the dark modules and no other") {
    for (const auto level : {Level::m, Level::q, Level::h}) {
        for (const std::string& text : {url, std::string("https://a/"), std::string(250, 'x')}) {
            const auto symbol = encode(text, level);
            REQUIRE(symbol);
            const auto lines = outlines(*symbol);
            int wrong = 0;
            for (int y = -1; y <= symbol->size(); ++y)
                for (int x = -1; x <= symbol->size(); ++x) wrong += is_filled(lines, x, y) != symbol->is_dark(x, y);
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("outlines of small symbols: a hole, two that touch by a corner, and nothing") {
    CHECK(outlines(symbol_of({"...", "...", "..."})).empty());
    const auto ring = outlines(symbol_of({"###", "#.#", "###"}));
    REQUIRE(ring.size() == 2);
    CHECK(ring[0].size() == 4);
    CHECK(ring[1].size() == 4);
    const auto corner = outlines(symbol_of({"#.", ".#"}));
    REQUIRE(corner.size() == 2);   // each its own: no path runs through the point where they touch
    CHECK(corner[0] == std::vector<Corner>{{0, 0}, {1, 0}, {1, 1}, {0, 1}});
}

TEST_CASE("an outline has corners only where it turns") {
    for (const auto& outline : outlines(*encode(url, Level::q))) {
        for (std::size_t i = 0; i < outline.size(); ++i) {
            const auto &a = outline[i], &b = outline[(i + 1) % outline.size()], &c = outline[(i + 2) % outline.size()];
            CHECK_FALSE(((a.x == b.x && b.x == c.x) || (a.y == b.y && b.y == c.y)));
        }
    }
}

TEST_CASE("16 characters tell their direction and revision") {
    // Site 1000, as the service's own format_site_code writes it; the rest stands for a MAC.
    const std::array<std::pair<std::string, TypedCode>, 5> known{{{"001yg07cvtwg2f6z", {Direction::any, 0}}, {"001ygg0x3zw9gr50", {Direction::in, 0}}, {"001yh0ar33eevykj", {Direction::out, 1}},
                                                                 {"001yhzs58zmv2k94", {Direction::pass, 63}}, {"zzzzzzzzzzzzzzzz", {Direction::pass, 63}}}};
    for (const auto& [text, expected] : known) {
        INFO(text);
        const auto read = parse_code(text);
        REQUIRE(read);
        CHECK(read->direction == expected.direction);
        CHECK(read->revision == expected.revision);
    }
}

TEST_CASE("what is not 16 characters of the alphabet is no code") {
    for (const std::string text : {"", "001y802kwcq54ye", "001y802kwcq54yegg", "001Y802kwcq54yeg", "001y802kwcq54yei", "00000000wcq54yeg"}) {
        INFO(text);
        CHECK_FALSE(parse_code(text));
    }
}

TEST_CASE("a code is typed in groups of four") {
    CHECK(grouped("001y802kwcq54yeg") == "001y 802k wcq5 4yeg");
    CHECK(grouped("").empty());
}
