// SPDX-License-Identifier: Apache-2.0
#include "qrgen/check.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include "qrgen/poster.hpp"

using namespace chayan::qrgen;

namespace {

const std::string text = "https://chayan.dingzhou.gov.cn/s/001y802kwcq54yeg";
constexpr double side = 60;

struct Page {
    std::string bytes;
    Box code;
};

/// A page with one code; `lost` of its height from the middle is painted over.
Page page_of(Format format, double lost = 0) {
    const auto symbol = *encode(text, Level::q);
    const auto place = place_code({10, 10, side, side}, symbol.size_with_quiet());
    Book book(format, 80, 80, 300, "", "");
    auto* cairo = book.begin_page();
    draw_symbol(cairo, symbol, place, book.shares_forms());
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_rectangle(cairo, 0, 10 + side / 2 * (1 - lost), 80, side * lost);
    cairo_fill(cairo);
    book.end_page();
    return {book.finish(), place.box};
}

}  // namespace

TEST_CASE("a code reads back from what was written, worn as it is, in every format") {
    for (const auto format : {Format::pdf, Format::svg, Format::png}) {
        INFO(word_of(format));
        const auto page = page_of(format);
        CHECK(misread(page.bytes, format, 0, 300, {{text, page.code}}).empty());
    }
}

TEST_CASE("another text, a damaged code and an empty place are told") {
    const auto page = page_of(Format::pdf);
    CHECK(misread(page.bytes, Format::pdf, 0, 300, {{text + "x", page.code}}) == std::vector<std::size_t>{0});
    CHECK(misread(page.bytes, Format::pdf, 0, 300, {{text, page.code}, {text, {70, 0, 10, 10}}}) == std::vector<std::size_t>{1});
    const auto damaged = page_of(Format::pdf, 0.45);
    CHECK(misread(damaged.bytes, Format::pdf, 0, 300, {{text, damaged.code}}) == std::vector<std::size_t>{0});
}

TEST_CASE("what is no page cannot be read back") {
    CHECK_THROWS_AS(rasterise("no PDF", Format::pdf, 0, 300), Failure);
    CHECK_THROWS_AS(rasterise("no PNG", Format::png, 0, 300), Failure);
    CHECK_THROWS_AS(rasterise("no SVG", Format::svg, 0, 300), Failure);
}

TEST_CASE("wear does the same each time, to the code and not beside it") {
    const auto page = page_of(Format::pdf);
    auto clean = rasterise(page.bytes, Format::pdf, 0, 300), once = clean, twice = clean;
    wear(once, {{text, page.code}}, 300);
    wear(twice, {{text, page.code}}, 300);
    CHECK(once.pixels == twice.pixels);
    CHECK(once.pixels != clean.pixels);
    CHECK(std::all_of(once.pixels.begin(), once.pixels.begin() + once.width * 50, [](unsigned char shade) { return shade == 255; }));
}

TEST_CASE("modules begin and end on whole pixels of 300 dpi: a clean page is black and white only") {
    // As PNG: the renderer of PDF here widens every edge by a quarter of a pixel; tests/qrgen/posters_test.py asks another one.
    const auto raster = rasterise(page_of(Format::png).bytes, Format::png, 0, 300);
    CHECK(std::all_of(raster.pixels.begin(), raster.pixels.end(), [](unsigned char shade) { return shade == 0 || shade == 255; }));
}
