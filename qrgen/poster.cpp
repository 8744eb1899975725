// SPDX-License-Identifier: Apache-2.0
#include "qrgen/poster.hpp"

#include <algorithm>

#include "qrgen/field.hpp"
#include "qrgen/icon.hpp"
#include "qrgen/words.hpp"

namespace chayan::qrgen {
namespace {

constexpr const char* dot = " · ";

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts)
        if (!part.empty()) text += (text.empty() ? "" : dot) + part;
    return text;
}

Sentence in_column(const char* column, const Sentence& why) { return {std::string(column) + "：" + why.zh, std::string(column) + ": " + why.en}; }

/// Slanting bands: a site's way out.
void draw_stripes(cairo_t* cairo, const Box& head, double unit, const Colour& colour) {
    const double step = 13 * unit;
    for (double x = head.x - head.height; x < head.right(); x += step) {
        cairo_move_to(cairo, x, head.bottom());
        cairo_line_to(cairo, x + head.height, head.y);
        cairo_line_to(cairo, x + head.height + step * 0.42, head.y);
        cairo_line_to(cairo, x + step * 0.42, head.bottom());
        cairo_close_path(cairo);
    }
    fill(cairo, colour);
}

void fill_outlines(cairo_t* cairo, const Symbol& symbol) {
    cairo_new_path(cairo);
    for (const auto& outline : outlines(symbol)) {
        cairo_move_to(cairo, outline.front().x, outline.front().y);
        for (std::size_t i = 1; i < outline.size(); ++i) cairo_line_to(cairo, outline[i].x, outline[i].y);
        cairo_close_path(cairo);
    }
    cairo_set_fill_rule(cairo, CAIRO_FILL_RULE_EVEN_ODD);
    fill(cairo, black);
}

/// Chevrons that point ahead: passing by.
void draw_chevrons(cairo_t* cairo, const Box& head, double unit, const Colour& colour) {
    const double step = 15 * unit, half = 15 * unit, rise = 9 * unit, thick = 5 * unit;
    for (double y = head.y; y < head.bottom() + rise + step; y += step) {
        for (double x = head.x; x <= head.right() + half; x += 2 * half) {
            cairo_move_to(cairo, x - half, y);
            cairo_line_to(cairo, x, y - rise);
            cairo_line_to(cairo, x + half, y);
            cairo_line_to(cairo, x + half, y + thick);
            cairo_line_to(cairo, x, y - rise + thick);
            cairo_line_to(cairo, x - half, y + thick);
            cairo_close_path(cairo);
        }
    }
    fill(cairo, colour);
}

}  // namespace

class Plate {
public:
    Plate(Typesetter& typesetter, const PosterLayout& at, const Sheet& sheet, const Imprint& imprint, const Site& site)
        : typesetter_(typesetter), at_(at), sheet_(sheet), language_(imprint.language), category_(site.category), direction_(site.direction) {
        put_head();
        put_sides();
        put_steps();
        put_help();
        if (!site.code.empty()) put(type_hint(language_, host_of(site.url)), Face::regular, at_.hint, {4.0, 1.8, 1, Align::middle}, muted, "url");
        put(imprint_line(imprint, site.hotline.empty() ? imprint.hotline : site.hotline), Face::regular, at_.foot_left, {3.7, 2.0, 1, Align::left}, muted, "hotline, issuer");
    }
    ~Plate() {
        if (recorded_ != nullptr) cairo_surface_destroy(recorded_);
    }
    Plate(const Plate&) = delete;
    Plate& operator=(const Plate&) = delete;

    /// Nothing when all of it fits.
    const std::optional<Sentence>& fault() const { return fault_; }

    void draw(cairo_t* cairo, bool as_form) const {
        if (!as_form) return draw_all(cairo);
        if (recorded_ == nullptr) {
            const cairo_rectangle_t extents{at_.area.x, at_.area.y, at_.area.width, at_.area.height};
            recorded_ = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extents);
            cairo_t* recorder = cairo_create(recorded_);
            draw_all(recorder);
            cairo_destroy(recorder);
        }
        cairo_set_source_surface(cairo, recorded_, 0, 0);
        cairo_paint(cairo);
    }

private:
    /// Sizes in units.
    void put(const std::string& text, Face face, const Box& box, Fit how, const Colour& colour, const char* column) {
        how.size_max *= at_.unit;
        how.size_min *= at_.unit;
        auto fitted = typesetter_.fit(text, face, box, how);
        if (!fitted) {
            if (!fault_) fault_ = in_column(column, fitted.reason());
            return;
        }
        texts_.push_back({*std::move(fitted), box, colour});
    }

    Colour pill_text_colour() const { return direction_ == Direction::in || direction_ == Direction::pass ? colour_of(category_) : white; }

    void put_head() {
        const auto kind = name_of(category_);
        if (language_ == Language::both) {
            const double upper = at_.category.height * 0.62;
            put(kind.zh, Face::bold, {at_.category.x, at_.category.y, at_.category.width, upper}, {9, 3}, white, "category");
            put(kind.en, Face::regular, {at_.category.x, at_.category.y + upper, at_.category.width, at_.category.height - upper}, {5.4, 2.4}, white, "category");
        } else {
            put(kind.in(language_), Face::bold, at_.category, {9.6, 3}, white, "category");
        }
        const double arrow = at_.pill.height * 0.62, gap = at_.pill.height * 0.2, pad = at_.pill.height * 0.32;
        const Box room{at_.pill.x + pad + arrow + gap, at_.pill.y, at_.pill.width - 2 * pad - arrow - gap, at_.pill.height};
        put(name_of(direction_).in(language_), Face::bold, room, {11.5, 4, 1, Align::left}, pill_text_colour(), "direction");
        if (fault_) return;
        const double left = texts_.back().text.width;   // the pill is as wide as what it holds, and stands at the right
        const double spare = room.width - left;
        pill_ = {at_.pill.x + spare, at_.pill.y, at_.pill.width - spare, at_.pill.height};
        texts_.back().box.x += spare;
        arrow_ = {pill_.x + pad, pill_.y + (pill_.height - arrow) / 2, arrow, arrow};
    }

    void put_sides() {
        const auto word = name_of(direction_);
        const auto colour = colour_of(category_);
        for (const auto& side : at_.sides) {
            const double top = side.y + side.width * 1.08, rest = side.bottom() - top;
            if (rest <= 0) continue;
            const bool both = language_ == Language::both;
            put(word.in(both ? Language::zh : language_), Face::bold, {side.x, top, side.width, rest * (both ? 0.66 : 1)}, {15, 2, 1, Align::middle}, colour, "direction");
            if (both) put(word.en, Face::bold, {side.x, top + rest * 0.66, side.width, rest * 0.34}, {7.5, 2, 1, Align::middle}, colour, "direction");
        }
    }

    /// One text of each step, all in the size that fits the longest.
    void put_steps_row(const std::array<std::string, 3>& texts, Face face, double top, double height, double size, const Colour& colour) {
        std::array<Box, 3> boxes;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const double left = discs_[i].width + 3 * at_.unit;
            boxes[i] = {at_.steps[i].x + left, at_.steps[i].y + top, at_.steps[i].width - left, height};
            const auto fitted = typesetter_.fit(texts[i], face, boxes[i], {size * at_.unit, 0});
            if (fitted) size = std::min(size, fitted->size / at_.unit);
        }
        for (std::size_t i = 0; i < texts.size(); ++i) put(texts[i], face, boxes[i], {size, 2}, colour, "steps");
    }

    void put_steps() {
        const bool both = language_ == Language::both;
        const auto main = both ? Language::zh : language_;
        const auto texts = [](auto&& of) { return std::array<std::string, 3>{of(scan_steps[0]), of(scan_steps[1]), of(scan_steps[2])}; };
        const double height = at_.steps[0].height;
        for (std::size_t i = 0; i < discs_.size(); ++i) {
            const double disc = std::min(11 * at_.unit, height);
            discs_[i] = {at_.steps[i].x, at_.steps[i].y, disc, disc};
            put(std::to_string(i + 1), Face::bold, discs_[i], {8, 3, 1, Align::middle}, white, "steps");
        }
        const double title = sheet_.is_brief ? height * (both ? 0.6 : 1) : 8.4 * at_.unit;
        put_steps_row(texts([&](const Step& step) { return step.title.in(main); }), Face::bold, 0, title, 7, ink);
        if (sheet_.is_brief) {
            if (both) put_steps_row(texts([](const Step& step) { return std::string(step.title.en); }), Face::regular, title, height - title, 4.8, muted);
            return;
        }
        const double rest = (height - title) / (both ? 2 : 1);
        put_steps_row(texts([&](const Step& step) { return step.detail.in(main); }), Face::regular, title, rest, 4.4, muted);
        if (both) put_steps_row(texts([](const Step& step) { return std::string(step.beside); }), Face::regular, title + rest, rest, 4.0, muted);
    }

    /// Both parts of an advice in one row and one size.
    void put_advice(const std::string& when, const std::string& what, const Box& row, double size) {
        auto whole = typesetter_.fit(when + what, Face::bold, row, {size * at_.unit, 1.6 * at_.unit});
        if (!whole) {
            fault_ = in_column("advice", whole.reason());
            return;
        }
        const double fitted = whole->size / at_.unit;
        put(when, Face::bold, row, {fitted, 0}, ink, "advice");
        const double used = texts_.back().text.width;
        put(what, Face::regular, {row.x + used, row.y, row.width - used, row.height}, {fitted, 0}, ink, "advice");
    }

    void put_help() {
        const bool zh = language_ != Language::en, en = language_ != Language::zh;
        const Box room = at_.help.inset(1.8 * at_.unit);
        constexpr double zh_part = 1, en_part = 0.8;
        const double all = static_cast<double>(advice.size()) * ((zh ? zh_part : 0) + (en ? en_part : 0));
        double top = room.y;
        const double left = room.x + 2 * at_.unit, width = room.right() - left;
        const auto put_all = [&](bool is_zh, double part) {
            const double height = room.height * part / all;
            for (const auto& one : advice) {
                put_advice(is_zh ? one.when.zh : one.when.en, is_zh ? one.what.zh : one.what.en, {left, top, width, height}, height / at_.unit * 0.82);
                top += height;
            }
        };
        if (zh) put_all(true, zh_part);
        if (en) put_all(false, zh ? en_part : zh_part);
    }

    void draw_head(cairo_t* cairo) const {
        const auto colour = colour_of(category_);
        cairo_save(cairo);
        cairo_rectangle(cairo, at_.head.x, at_.head.y, at_.head.width, at_.head.height);
        cairo_clip_preserve(cairo);
        fill(cairo, colour);
        if (direction_ == Direction::out) draw_stripes(cairo, at_.head, at_.unit, stripe_of(category_));
        if (direction_ == Direction::pass) draw_chevrons(cairo, at_.head, at_.unit, stripe_of(category_));
        cairo_restore(cairo);
        draw_icon(cairo, category_, at_.icon, white);
        draw_pill(cairo, colour);
    }

    void draw_pill(cairo_t* cairo, const Colour& colour) const {
        rounded(cairo, pill_, 3 * at_.unit);
        fill(cairo, direction_ == Direction::out ? ink : direction_ == Direction::any ? colour : white);
        if (direction_ == Direction::any || direction_ == Direction::out) {
            const double line = 0.8 * at_.unit;
            rounded(cairo, pill_.inset(line / 2), 3 * at_.unit - line / 2);
            stroke(cairo, white, line);
        }
        draw_arrow(cairo, direction_, arrow_, pill_text_colour());
    }

    /// A full disc leads in, an empty one out.
    void draw_sides(cairo_t* cairo, const Colour& colour) const {
        const bool is_full = direction_ == Direction::in || direction_ == Direction::pass;
        const double line = 1.3 * at_.unit;
        for (const auto& side : at_.sides) {
            if (side.width <= 0) continue;
            const Box disc{side.x, side.y, side.width, side.width};
            rounded(cairo, is_full ? disc : disc.inset(line / 2), disc.width / 2 - (is_full ? 0 : line / 2));
            if (is_full) fill(cairo, colour);
            else stroke(cairo, colour, line);
            draw_arrow(cairo, direction_, disc.inset(disc.width * 0.21), is_full ? white : colour);
        }
    }

    void draw_all(cairo_t* cairo) const {
        const auto colour = colour_of(category_);
        draw_head(cairo);
        rounded(cairo, at_.card, 4 * at_.unit);
        fill(cairo, white);
        const double line = 0.9 * at_.unit;
        rounded(cairo, at_.card.inset(line / 2), 4 * at_.unit - line / 2);
        stroke(cairo, colour, line);
        draw_sides(cairo, colour);
        for (const auto& disc : discs_) {
            rounded(cairo, disc, disc.width / 2);
            fill(cairo, colour);
        }
        rounded(cairo, at_.help, 2.5 * at_.unit);
        fill(cairo, wash);
        cairo_rectangle(cairo, at_.help.x, at_.help.y, 1.6 * at_.unit, at_.help.height);
        fill(cairo, colour);
        for (const auto& placed : texts_) typesetter_.draw(cairo, placed.text, placed.box, placed.colour);
    }

    Typesetter& typesetter_;
    const PosterLayout& at_;
    const Sheet& sheet_;
    Language language_;
    Category category_;
    Direction direction_;
    Box pill_;
    Box arrow_;
    std::array<Box, 3> discs_;
    std::vector<PlacedText> texts_;
    std::optional<Sentence> fault_;
    mutable cairo_surface_t* recorded_ = nullptr;
};

PosterPress::PosterPress(Typesetter& typesetter, const Sheet& sheet, Imprint imprint)
    : typesetter_(typesetter), sheet_(sheet), imprint_(std::move(imprint)), layout_(lay_out(sheet, imprint_.language)) {}

PosterPress::~PosterPress() = default;

Outcome<const Plate*> PosterPress::plate_for(const Site& site) {
    const auto key = std::to_string(static_cast<int>(site.category)) + '/' + word_of(site.direction) + '/' + host_of(site.url) + '/' + (site.code.empty() ? "" : "typed") + '/' + site.hotline;
    auto& plate = plates_[key];
    if (!plate) plate = std::make_unique<Plate>(typesetter_, layout_, sheet_, imprint_, site);
    if (plate->fault()) return *plate->fault();
    return plate.get();
}

CodePlace PosterPress::code_place(const Symbol& symbol, const Box& place) const {
    const Box& room = layout_.code;
    return place_code({place.x + room.x, place.y + room.y, room.width, room.height}, symbol.size_with_quiet());
}

Outcome<Poster> PosterPress::compose(const Site& site) {
    auto symbol = encode(site.url, imprint_.level);
    if (!symbol) return in_column("url", symbol.reason());
    const auto plate = plate_for(site);
    if (!plate) return plate.reason();
    Poster poster{&site, *plate, *std::move(symbol), {}};
    struct Part {
        const char* column;
        std::string text;
        Face face;
        const Box& box;
        Fit how;
        Colour colour;
    };
    const std::array<Part, 4> parts{{{"name", site.name, Face::bold, layout_.name, {18.5, 6.2, 2, Align::left}, white},
                                     {"address", joined({site.township, site.address}), Face::regular, layout_.where, {5.4, 2.6, 2, Align::left}, white},
                                     {"code", grouped(site.code), Face::mono, layout_.typed, {9.6, 3, 1, Align::middle}, ink},
                                     {"ref", number_line(imprint_, site), Face::regular, layout_.foot_right, {3.7, 1.8, 1, Align::right}, muted}}};
    for (const auto& part : parts) {
        auto how = part.how;
        how.size_max *= layout_.unit;
        how.size_min *= layout_.unit;
        auto fitted = typesetter_.fit(part.text, part.face, part.box, how);
        if (!fitted) return in_column(part.column, fitted.reason());
        poster.texts.push_back({*std::move(fitted), part.box, part.colour});
    }
    return poster;
}

void PosterPress::draw(cairo_t* cairo, const Poster& poster, const Box& place, bool as_form) const {
    cairo_save(cairo);
    cairo_translate(cairo, place.x, place.y);
    poster.plate->draw(cairo, as_form);
    for (const auto& placed : poster.texts) typesetter_.draw(cairo, placed.text, placed.box, placed.colour);
    cairo_restore(cairo);
    draw_symbol(cairo, poster.symbol, code_place(poster.symbol, place), as_form);
}

void draw_symbol(cairo_t* cairo, const Symbol& symbol, const CodePlace& place, bool as_form) {
    const double module = place.module_mm();
    cairo_save(cairo);
    cairo_translate(cairo, place.box.x + quiet_modules * module, place.box.y + quiet_modules * module);
    cairo_scale(cairo, module, module);
    if (as_form) {   // in a form the corners stay small whole numbers, a third of the bytes
        const cairo_rectangle_t extents{0, 0, static_cast<double>(symbol.size()), static_cast<double>(symbol.size())};
        cairo_surface_t* form = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extents);
        cairo_t* recorder = cairo_create(form);
        fill_outlines(recorder, symbol);
        cairo_destroy(recorder);
        cairo_set_source_surface(cairo, form, 0, 0);
        cairo_paint(cairo);
        cairo_surface_destroy(form);
    } else {
        fill_outlines(cairo, symbol);
    }
    cairo_restore(cairo);
}

std::string imprint_line(const Imprint& imprint, const std::string& hotline) {
    return joined({hotline.empty() ? std::string() : words::hotline.in(imprint.language) + " " + hotline, imprint.issuer});
}

std::string number_line(const Imprint& imprint, const Site& site) {
    const auto language = imprint.language == Language::en ? Language::en : Language::zh;
    std::string revision;
    if (site.revision) {
        revision = words::revision.in(language);
        revision.replace(revision.find('#'), 1, std::to_string(*site.revision + 1));   // the first poster is the first revision
    }
    return joined({site.ref.empty() ? std::string() : "№ " + site.ref, revision, imprint.date});
}

}  // namespace chayan::qrgen
