// SPDX-License-Identifier: Apache-2.0
#include "qrgen/icon.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace chayan::qrgen {
namespace {

constexpr double grid = 24;   // the pictures are drawn on 24 by 24

struct Kind {
    unsigned colour;
    const char* picture;   ///< M x y, L x y, C x1 y1 x2 y2 x y, O x y r (circle), D x y r (disc), Z
};

constexpr std::array<Kind, category_count> kinds{{
    {0x0B5394, "M 8 3 L 3.5 21 M 16 3 L 20.5 21 M 12 3.5 L 12 6.5 M 12 10.5 L 12 13.5 M 12 17.5 L 12 20.5"},                                        // a road
    {0x2F6B1F, "M 3 11.5 L 12 3.5 L 21 11.5 M 5.5 9.5 L 5.5 20.5 L 18.5 20.5 L 18.5 9.5 M 10 20.5 L 10 14 L 14 14 L 14 20.5"},                       // a house
    {0x0A6362, "M 3.5 20.5 L 3.5 8 L 12 8 L 12 20.5 M 12 12 L 20.5 12 L 20.5 20.5 M 2 20.5 L 22 20.5 M 3.5 8 L 7.7 3.5 L 12 8 "
               "M 7.7 12 L 7.8 12 M 7.7 16 L 7.8 16 M 16.2 16 L 16.3 16"},                                                                            // blocks of flats
    {0x6A3D9A, "M 2.5 20.5 L 2.5 11.5 L 8.5 7.5 L 8.5 11.5 L 14.5 7.5 L 14.5 11.5 L 17 11.5 L 17.5 3.5 L 20.5 3.5 L 21.5 20.5 Z "
               "M 7 16 L 7.1 16 M 12 16 L 12.1 16 M 17 16 L 17.1 16"},                                                                                // a factory
    {0xB3261E, "M 12 2.8 L 20 5.8 L 20 11.5 C 20 16.5 16.5 19.8 12 21.4 C 7.5 19.8 4 16.5 4 11.5 L 4 5.8 Z M 12 8 L 12 15.6 M 8.2 11.8 L 15.8 11.8"},  // a shield with a cross
    {0xA33A2E, "M 4.6 13 L 13 4.6 C 15 2.6 17.6 2.6 19.5 4.5 C 21.4 6.4 21.4 9 19.4 11 L 11 19.4 C 9 21.4 6.4 21.4 4.5 19.5 C 2.6 17.6 2.6 15 4.6 13 Z "
               "M 8.8 8.8 L 15.2 15.2"},                                                                                                              // a capsule
    {0x7A5200, "M 3 9 L 12 3.5 L 21 9 Z M 3 20.5 L 21 20.5 M 6 12.5 L 6 17 M 10 12.5 L 10 17 M 14 12.5 L 14 17 M 18 12.5 L 18 17"},                   // columns
    {0x9C4A00, "M 5 8 L 19 8 L 20.5 20.5 L 3.5 20.5 Z M 8.5 11 L 8.5 7 C 8.5 2.2 15.5 2.2 15.5 7 L 15.5 11"},                                       // a bag
    {0x2B5C8A, "M 2 9.5 L 12 4.5 L 22 9.5 L 12 14.5 Z M 6.5 12 L 6.5 17 C 9.5 19.8 14.5 19.8 17.5 17 L 17.5 12 M 22 9.5 L 22 15.5"},                  // a graduate's cap
    {0x8A2B5E, "M 2.5 4.5 L 2.5 20 M 2.5 17 L 21.5 17 L 21.5 20 M 21.5 17 L 21.5 13.5 C 21.5 11.8 20.5 10.8 18.8 10.8 L 10.5 10.8 L 10.5 17 O 6.3 12.3 1.9"},  // a bed
    {0x6B3A2A, "M 3 11.5 L 12 3.5 L 21 11.5 M 5.5 9.5 L 5.5 20.5 L 18.5 20.5 L 18.5 9.5 O 12 12 1.9 M 8.5 20.5 C 8.5 15.3 15.5 15.3 15.5 20.5"},      // somebody within a house
    {0x37526B, "M 7 3.5 L 17 3.5 C 18.5 3.5 19.5 4.5 19.5 6 L 19.5 15 C 19.5 16.5 18.5 17.5 17 17.5 L 7 17.5 C 5.5 17.5 4.5 16.5 4.5 15 L 4.5 6 C 4.5 4.5 5.5 3.5 7 3.5 Z "
               "M 4.5 11 L 19.5 11 M 12 3.5 L 12 11 M 8.2 14.2 L 8.3 14.2 M 15.7 14.2 L 15.8 14.2 M 7.5 17.5 L 5.5 21 M 16.5 17.5 L 18.5 21"},          // a train
    {0x00607A, "M 5.5 4 L 18.5 4 C 19.9 4 20.5 4.8 20.5 6 L 20.5 17.5 L 3.5 17.5 L 3.5 6 C 3.5 4.8 4.1 4 5.5 4 Z M 3.5 12 L 20.5 12 M 12 4 L 12 12 "
               "O 7.5 18.3 1.8 O 16.5 18.3 1.8"},                                                                                                     // a bus
    {0x4A5A68, "M 12 21.5 C 7.5 16.5 5 13 5 9.8 C 5 5.8 8.1 3 12 3 C 15.9 3 19 5.8 19 9.8 C 19 13 16.5 16.5 12 21.5 Z O 12 9.8 2.6"},                 // a pin
}};

constexpr std::array<const char*, 4> arrows{"M 2.5 8 L 20.5 8 M 16 3.5 L 20.5 8 L 16 12.5 M 21.5 16 L 3.5 16 M 8 11.5 L 3.5 16 L 8 20.5",
                                            "M 3 12 L 21 12 M 13.5 4.5 L 21 12 L 13.5 19.5", "M 21 12 L 3 12 M 10.5 4.5 L 3 12 L 10.5 19.5",
                                            "M 12 21 L 12 3 M 4.5 10.5 L 12 3 L 19.5 10.5"};

Colour from_hex(unsigned value) { return {(value >> 16U & 255U) / 255.0, (value >> 8U & 255U) / 255.0, (value & 255U) / 255.0}; }

double linear(double part) { return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4); }
double luminance(const Colour& colour) { return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue); }

class PathReader {
public:
    PathReader(cairo_t* cairo, const char* text) : cairo_(cairo), at_(text) {}

    void draw() {
        while (*at_ != '\0') {
            const char command = *at_++;
            if (command == 'M') cairo_move_to_pair();
            else if (command == 'L') { const double x = number(); cairo_line_to(cairo_, x, number()); }
            else if (command == 'Z') cairo_close_path(cairo_);
            else if (command == 'C') curve();
            else if (command == 'O') circle();
        }
    }

private:
    double number() {
        char* end = nullptr;
        const double value = std::strtod(at_, &end);
        at_ = end;
        return value;
    }
    void cairo_move_to_pair() {
        const double x = number();
        cairo_move_to(cairo_, x, number());
    }
    void curve() {
        std::array<double, 6> to{};
        for (auto& value : to) value = number();
        cairo_curve_to(cairo_, to[0], to[1], to[2], to[3], to[4], to[5]);
    }
    void circle() {
        const double x = number(), y = number(), radius = number();
        cairo_new_sub_path(cairo_);
        cairo_arc(cairo_, x, y, radius, 0, 2 * std::numbers::pi);
    }

    cairo_t* cairo_;
    const char* at_;
};

void draw_picture(cairo_t* cairo, const char* picture, const Box& box, const Colour& colour, double width) {
    const double side = std::min(box.width, box.height);
    cairo_save(cairo);
    cairo_translate(cairo, box.x + (box.width - side) / 2, box.y + (box.height - side) / 2);
    cairo_scale(cairo, side / grid, side / grid);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_new_path(cairo);
    PathReader(cairo, picture).draw();
    stroke(cairo, colour, width);
    cairo_restore(cairo);
}

}  // namespace

Colour colour_of(Category category) { return from_hex(kinds[static_cast<std::size_t>(category)].colour); }

Colour stripe_of(Category category) {
    constexpr double share = 0.2;   // of white
    const auto under = colour_of(category);
    const auto mixed = [](double part) { return part + (1 - part) * share; };
    return {mixed(under.red), mixed(under.green), mixed(under.blue)};
}

double contrast(const Colour& a, const Colour& b) {
    const double light = std::max(luminance(a), luminance(b)), dark = std::min(luminance(a), luminance(b));
    return (light + 0.05) / (dark + 0.05);
}

double grey_of(const Colour& colour) { return 0.299 * colour.red + 0.587 * colour.green + 0.114 * colour.blue; }

void draw_icon(cairo_t* cairo, Category category, const Box& box, const Colour& colour) {
    draw_picture(cairo, kinds[static_cast<std::size_t>(category)].picture, box, colour, 1.9);
}

void draw_arrow(cairo_t* cairo, Direction direction, const Box& box, const Colour& colour) {
    draw_picture(cairo, arrows[static_cast<std::size_t>(direction)], box, colour, direction == Direction::any ? 2.9 : 3.6);
}

void rounded(cairo_t* cairo, const Box& box, double radius) {
    constexpr double quarter = std::numbers::pi / 2;
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, box.right() - radius, box.y + radius, radius, -quarter, 0);
    cairo_arc(cairo, box.right() - radius, box.bottom() - radius, radius, 0, quarter);
    cairo_arc(cairo, box.x + radius, box.bottom() - radius, radius, quarter, 2 * quarter);
    cairo_arc(cairo, box.x + radius, box.y + radius, radius, 2 * quarter, 3 * quarter);
    cairo_close_path(cairo);
}

void fill(cairo_t* cairo, const Colour& colour) {
    cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
    cairo_fill(cairo);
}

void stroke(cairo_t* cairo, const Colour& colour, double width) {
    cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
    cairo_set_line_width(cairo, width);
    cairo_stroke(cairo);
}

}  // namespace chayan::qrgen
