// SPDX-License-Identifier: Apache-2.0
#include "qrgen/sheet.hpp"

#include <algorithm>
#include <cmath>

namespace chayan::qrgen {
namespace {

/// Posters that are cut apart keep this much white around them: for the knife, the crop marks, and what a printer leaves out at the edges.
constexpr double gutter = 3.5;

std::vector<Line> marks_of(double width, double height, int columns, int rows) {
    std::vector<Line> marks;
    constexpr double gap = 0.3;   // off the poster's own edge
    const double tick = gutter - gap;
    for (int column = 1; column < columns; ++column) {
        const double x = width * column / columns;
        for (int row = 0; row <= rows; ++row) {
            const double y = height * row / rows;
            marks.push_back({x, std::max(0.0, y - tick), x, std::min(height, y + tick)});
        }
    }
    for (int row = 1; row < rows; ++row) {
        const double y = height * row / rows;
        for (int column = 0; column <= columns; ++column) {
            const double x = width * column / columns;
            marks.push_back({std::max(0.0, x - tick), y, std::min(width, x + tick), y});
        }
    }
    return marks;
}

std::vector<Box> posters_of(double width, double height, int columns, int rows) {
    std::vector<Box> posters;
    for (int row = 0; row < rows; ++row)
        for (int column = 0; column < columns; ++column)
            posters.push_back(Box{width * column / columns, height * row / rows, width / columns, height / rows}.inset(columns * rows > 1 ? gutter : 0));
    return posters;
}

Sheet make(SheetKind kind, const char* word, Box page, std::array<int, 2> grid, double code_side, bool is_brief, int png_dpi) {
    return {kind, word, page.width, page.height, posters_of(page.width, page.height, grid[0], grid[1]), marks_of(page.width, page.height, grid[0], grid[1]),
            code_side, is_brief, png_dpi};
}

const std::array<Sheet, 5>& sheets() {
    static const std::array<Sheet, 5> all{make(SheetKind::a4, "a4", {0, 0, 210, 297}, {1, 1}, 140, false, 300),
                                          make(SheetKind::a3, "a3", {0, 0, 297, 420}, {1, 1}, 210, false, 300),
                                          make(SheetKind::a5x2, "a5x2", {0, 0, 297, 210}, {2, 1}, 100, false, 300),
                                          make(SheetKind::a6x4, "a6x4", {0, 0, 210, 297}, {2, 2}, 70, true, 300),
                                          make(SheetKind::lane, "lane", {0, 0, 594, 841}, {1, 1}, 500, true, 150)};
    return all;
}

/// Heights in units of the blocks below one another; what is left over goes to the head and between them.
struct Blocks {
    double head;
    double card;
    double steps;
    double help;
    double foot = 5;
    double gap = 3.5;
    double bottom = 9;
};

constexpr double margin = 14;          // left and right, in units
constexpr double head_least = 55;
constexpr double card_rim = 3;         // between the quiet zone and the card's edge
constexpr double typed_height = 9.5;
constexpr double hint_height = 5.5;

Blocks blocks_of(const Sheet& sheet, Language language, double height, double code) {
    const bool both = language == Language::both;
    Blocks blocks{head_least, card_rim + code + typed_height + hint_height + 2.5, both ? 21.0 : 15.0, both ? 24.5 : 17.0};
    if (sheet.is_brief) blocks.steps = both ? 12 : 10;
    if (sheet.kind == SheetKind::a6x4) blocks.help = both ? 27 : 20;
    if (sheet.kind == SheetKind::lane) {   // as much as can be for the code
        blocks.help = both ? 16.5 : 13;
        blocks.head = 50.5;
        blocks.gap = 1.8;
        blocks.foot = 4;
        blocks.bottom = 5.5;
    }
    const double used = blocks.head + blocks.card + blocks.steps + blocks.help + blocks.foot + 4 * blocks.gap + blocks.bottom;
    const double left = std::max(0.0, height - used);
    const double more_head = std::min(left * 0.4, 10.0);
    blocks.head += more_head;
    blocks.gap += (left - more_head) / 4;
    return blocks;
}

void lay_out_head(PosterLayout& at, const Blocks& blocks, double width) {
    const double more = blocks.head - head_least;
    const double inner = width - 2 * margin;
    const double top = 9 + more * 0.3;
    at.icon = {margin, top, 15, 15};
    constexpr double pill_width = 88;
    at.pill = {width - margin - pill_width, top - 0.5, pill_width, 16.5};
    at.category = {margin + 19, top, at.pill.x - margin - 19 - 4, 15};
    at.name = {margin, top + 18.5 + more * 0.1, inner, 19 + more * 0.5};
    at.where = {margin, at.name.bottom() + 1.5, inner, 6.5};
}

void scale(PosterLayout& at, double unit) {
    std::vector<Box*> boxes{&at.area, &at.head, &at.icon, &at.category, &at.pill, &at.name, &at.where, &at.card, &at.code, &at.typed, &at.hint, &at.help, &at.foot_left, &at.foot_right};
    for (auto& side : at.sides) boxes.push_back(&side);
    for (auto& step : at.steps) boxes.push_back(&step);
    for (auto* box : boxes) *box = {box->x * unit, box->y * unit, box->width * unit, box->height * unit};
    at.unit = unit;
}

}  // namespace

bool Box::holds(const Box& inner, double slack) const {
    return inner.x >= x - slack && inner.y >= y - slack && inner.right() <= right() + slack && inner.bottom() <= bottom() + slack;
}

bool Box::overlaps(const Box& other, double slack) const {
    return x < other.right() - slack && other.x < right() - slack && y < other.bottom() - slack && other.y < bottom() - slack;
}

const Sheet& sheet_of(SheetKind kind) { return sheets()[static_cast<std::size_t>(kind)]; }

std::optional<SheetKind> parse_sheet(std::string_view word) {
    for (const auto& sheet : sheets())
        if (word == sheet.word) return sheet.kind;
    return std::nullopt;
}

CodePlace place_code(const Box& room, int modules) {
    const int dots = std::max(1, static_cast<int>(std::floor(std::min(room.width, room.height) * dots_per_mm / modules + 1e-9)));
    const double side = modules * dots / dots_per_mm;
    const auto on_dot = [](double mm) { return std::round(mm * dots_per_mm) / dots_per_mm; };
    return {{on_dot(room.x + (room.width - side) / 2), on_dot(room.y + (room.height - side) / 2), side, side}, dots};
}

double reading_distance_mm(double module_mm) { return module_mm * 25 * 10; }

PosterLayout lay_out(const Sheet& sheet, Language language) {
    const Box& poster = sheet.posters.front();
    const double unit = poster.width / 210;
    const double width = 210, height = poster.height / unit, code = sheet.code_side / unit;
    const auto blocks = blocks_of(sheet, language, height, code);
    PosterLayout at;
    at.area = {0, 0, width, height};
    lay_out_head(at, blocks, width);
    const double card_width = code + 2 * card_rim;
    at.card = {(width - card_width) / 2, blocks.head + blocks.gap, card_width, blocks.card};
    at.code = {at.card.x + card_rim, at.card.y + card_rim, code, code};
    at.typed = {at.code.x, at.code.bottom(), code, typed_height};
    at.hint = {at.code.x, at.typed.bottom(), code, hint_height};
    at.head = {0, 0, width, at.card.y + 0.2 * code};
    if (constexpr double side_width = 20, side_height = 48, room_least = 24; at.card.x >= room_least) {
        const double side_top = at.head.bottom() + (at.card.bottom() - at.head.bottom() - side_height) / 2;
        at.sides[0] = {(at.card.x - side_width) / 2, side_top, side_width, side_height};
        at.sides[1] = {width - at.sides[0].right(), side_top, side_width, side_height};
    }
    const double inner = width - 2 * margin;
    const double steps_top = at.card.bottom() + blocks.gap;
    constexpr double between = 5;
    const double step_width = (inner - 2 * between) / 3;
    for (std::size_t i = 0; i < at.steps.size(); ++i) at.steps[i] = {margin + static_cast<double>(i) * (step_width + between), steps_top, step_width, blocks.steps};
    at.help = {margin, steps_top + blocks.steps + blocks.gap, inner, blocks.help};
    const double foot_top = at.help.bottom() + blocks.gap;
    at.foot_left = {margin, foot_top, inner * 0.54, blocks.foot};
    at.foot_right = {margin + inner * 0.56, foot_top, inner * 0.44, blocks.foot};
    scale(at, unit);
    return at;
}

}  // namespace chayan::qrgen
