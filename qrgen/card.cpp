// SPDX-License-Identifier: Apache-2.0
#include "qrgen/card.hpp"

#include <array>

#include "qrgen/icon.hpp"
#include "qrgen/words.hpp"

namespace chayan::qrgen {
namespace {

constexpr double width = 85.6, height = 53.98;   // ISO/IEC 7810 ID-1
constexpr double left = 17.4, top = 15, between_x = 4;   // rows touch: one cut parts them
constexpr double code_side = 34;
constexpr Box code_room{width - code_side - 3, 13.5, code_side, code_side};
constexpr double band = 10.5;
constexpr double text_left = 5, text_width = width - code_side - 3 - text_left - 1;
constexpr Colour card_colour{0x0A / 255.0, 0x63 / 255.0, 0x62 / 255.0};

}  // namespace

CardPress::CardPress(Typesetter& typesetter, Imprint imprint) : typesetter_(typesetter), imprint_(std::move(imprint)) {
    const auto put = [&](const std::string& text, Face face, const Box& box, const Fit& how, const Colour& colour) {
        auto fitted = typesetter.fit(text, face, box, how);
        if (!fitted) throw Failure(fitted.reason());
        fixed_.push_back({*std::move(fitted), box, colour});
    };
    const auto language = imprint_.language;
    put(words::personal_card.in(language, " · "), Face::bold, {text_left, 1, width - 2 * text_left, band - 2}, {5, 2}, white);
    put(words::show_card.in(language == Language::both ? Language::zh : language), Face::regular, {text_left, 36, text_width, 4}, {3, 1.6}, ink);
    put(words::card_found.in(language == Language::both ? Language::zh : language), Face::regular, {text_left, 40.2, text_width, 6.4}, {2.4, 1.3, 2}, muted);
    put(imprint_line(imprint_, imprint_.hotline), Face::regular, {text_left, 47.6, text_width, 4}, {2.4, 1.2}, muted);
}

Box CardPress::place(std::size_t index) {
    const std::size_t column = index % 2, row = index / 2;
    return {left + static_cast<double>(column) * (width + between_x), top + static_cast<double>(row) * height, width, height};
}

CodePlace CardPress::code_place(const Symbol& symbol, const Box& place) {
    return place_code({place.x + code_room.x, place.y + code_room.y, code_room.width, code_room.height}, symbol.size_with_quiet());
}

Outcome<Card> CardPress::compose(const Holder& holder) {
    auto symbol = encode(holder.url, imprint_.level);
    if (!symbol) return symbol.reason();
    Card card{&holder, *std::move(symbol), {}};
    struct Part {
        const char* column;
        const std::string& text;
        Face face;
        Box box;
        Fit how;
    };
    const std::string ref = holder.ref.empty() ? std::string() : "№ " + holder.ref;
    const std::array<Part, 3> parts{{{"name", holder.name, Face::bold, {text_left, 13, text_width, 12}, {8.5, 2.6, 2}},
                                     {"village", holder.village, Face::regular, {text_left, 25.4, text_width, 6.4}, {3.4, 1.8, 2}},
                                     {"ref", ref, Face::regular, {text_left, 32, text_width, 3.8}, {2.8, 1.4}}}};
    for (const auto& part : parts) {
        auto fitted = typesetter_.fit(part.text, part.face, part.box, part.how);
        if (!fitted) return Sentence{std::string(part.column) + "：放不下，或字体里缺字", std::string(part.column) + ": does not fit, or has a character that no font has"};
        card.texts.push_back({*std::move(fitted), part.box, ink});
    }
    return card;
}

void CardPress::draw(cairo_t* cairo, const Card& card, const Box& place) const {
    cairo_save(cairo);
    cairo_translate(cairo, place.x, place.y);
    cairo_rectangle(cairo, 0, 0, width, band);
    fill(cairo, card_colour);
    for (const auto* texts : {&fixed_, &card.texts})
        for (const auto& placed : *texts) typesetter_.draw(cairo, placed.text, placed.box, placed.colour);
    cairo_rectangle(cairo, 0, 0, width, height);
    stroke(cairo, rule, 0.15);
    cairo_restore(cairo);
    draw_symbol(cairo, card.symbol, code_place(card.symbol, place), true);
}

void CardPress::draw_sheet(cairo_t* cairo, const std::string& heading) const {
    constexpr double tick = 4, gap = 1;
    const Box first = place(0), last = place(cards_on_page - 1);
    for (std::size_t i = 0; i < 2; ++i) {
        for (const double x : {place(i).x, place(i).right()}) {
            cairo_move_to(cairo, x, first.y - gap - tick);
            cairo_line_to(cairo, x, first.y - gap);
            cairo_move_to(cairo, x, last.bottom() + gap);
            cairo_line_to(cairo, x, last.bottom() + gap + tick);
        }
    }
    for (std::size_t row = 0; row <= cards_on_page / 2; ++row) {
        const double y = first.y + static_cast<double>(row) * height;
        cairo_move_to(cairo, first.x - gap - tick, y);
        cairo_line_to(cairo, first.x - gap, y);
        cairo_move_to(cairo, last.right() + gap, y);
        cairo_line_to(cairo, last.right() + gap + tick, y);
    }
    stroke(cairo, muted, 0.2);
    const Box box{left, 4, width * 2 + between_x, 5};
    const auto fitted = typesetter_.fit(heading, Face::regular, box, {3.6, 1.5});
    if (fitted) typesetter_.draw(cairo, *fitted, box, muted);   // the sheet's heading is cut away with the margin
}

}  // namespace chayan::qrgen
