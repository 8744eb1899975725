// SPDX-License-Identifier: Apache-2.0
// Pictures of our own: one for each category, arrows for directions, in strokes of one width. And each category's colour. One thread for each
// cairo_t.
#pragma once

#include <cairo.h>

#include "qrgen/sheet.hpp"
#include "qrgen/site.hpp"
#include "qrgen/typesetter.hpp"

namespace chayan::qrgen {

/// White text on it has a contrast of 4.5 at least.
Colour colour_of(Category category);
/// Where a stripe of the same category crosses its colour: told apart in grey, and white text on it has a contrast of 3 at least (large text).
Colour stripe_of(Category category);
/// WCAG 2: 1 to 21.
double contrast(const Colour& a, const Colour& b);
/// As a grey-scale copy shows it, 0 to 1.
double grey_of(const Colour& colour);

constexpr Colour ink{0x14 / 255.0, 0x20 / 255.0, 0x2B / 255.0};
constexpr Colour muted{0x4A / 255.0, 0x5A / 255.0, 0x68 / 255.0};
constexpr Colour rule{0xC9 / 255.0, 0xD3 / 255.0, 0xDC / 255.0};
constexpr Colour wash{0xF3 / 255.0, 0xF6 / 255.0, 0xF9 / 255.0};
constexpr Colour white{1, 1, 1};
constexpr Colour black{0, 0, 0};

/// Draws into the largest square in the middle of the box.
void draw_icon(cairo_t* cairo, Category category, const Box& box, const Colour& colour);
void draw_arrow(cairo_t* cairo, Direction direction, const Box& box, const Colour& colour);

void rounded(cairo_t* cairo, const Box& box, double radius);
void fill(cairo_t* cairo, const Colour& colour);
void stroke(cairo_t* cairo, const Colour& colour, double width);

}  // namespace chayan::qrgen
