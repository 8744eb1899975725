// SPDX-License-Identifier: Apache-2.0
// Where things stand on paper, in millimetres from the top left: the sheets, the posters on them, the parts of a poster, and the code on whole
// dots of a 300-dpi printer. Nothing is drawn here. Pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace chayan::qrgen {

struct Box {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;

    double right() const { return x + width; }
    double bottom() const { return y + height; }
    bool holds(const Box& inner, double slack = 1e-6) const;
    bool overlaps(const Box& other, double slack = 1e-6) const;
    /// Smaller by `margin` on each side.
    Box inset(double margin) const { return {x + margin, y + margin, width - 2 * margin, height - 2 * margin}; }
};

struct Line {
    double x1, y1, x2, y2;
};

enum class SheetKind : unsigned char { a4, a3, a5x2, a6x4, lane };

struct Sheet {
    SheetKind kind;
    const char* word;
    double width;
    double height;
    std::vector<Box> posters;       ///< on one page; all of one size
    std::vector<Line> crop_marks;   ///< outside all posters
    double code_side;               ///< the code with its quiet zone is at most this wide
    bool is_brief;                  ///< too small, or to be read from too far, for the explanations of the steps
    int png_dpi;                    ///< a board at 300 would be 70 million pixels
};

const Sheet& sheet_of(SheetKind kind);
std::optional<SheetKind> parse_sheet(std::string_view word);

constexpr double mm_per_inch = 25.4;
constexpr double dots_per_mm = 300.0 / mm_per_inch;

/// A code on whole dots: all its modules are equally wide on a 300-dpi printer, and begin where a dot does.
struct CodePlace {
    Box box;            ///< with the quiet zone, from the page's corner
    int module_dots;
    double module_mm() const { return module_dots / dots_per_mm; }
};
/// The largest that fits into `room`, in its middle. `modules` counts the quiet zone. A module has one dot at least, even where that is too large.
CodePlace place_code(const Box& room, int modules);

/// The distance in millimetres from which a phone reads modules of this width: width = distance / 10 × modules / 25.
double reading_distance_mm(double module_mm);

enum class Language : unsigned char { zh, en, both };

/// The parts of a poster, from its own top left corner. No two overlap but where one says that it holds another.
struct PosterLayout {
    Box area;
    Box head;                   ///< the coloured band; holds icon to where, and runs on behind the card's upper part
    Box icon;
    Box category;
    Box pill;                   ///< the direction
    Box name;
    Box where;                  ///< township and address
    Box card;                   ///< holds code, typed and hint
    Box code;
    Box typed;                  ///< the 16 characters
    Box hint;
    std::array<Box, 2> sides;   ///< the direction once more, left and right of the card; of no width where there is no room
    std::array<Box, 3> steps;
    Box help;                   ///< without a phone, without a net
    Box foot_left;
    Box foot_right;
    double unit = 1;            ///< 1 on A4: what sizes are multiples of
};
PosterLayout lay_out(const Sheet& sheet, Language language);

}  // namespace chayan::qrgen
