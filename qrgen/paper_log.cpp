// SPDX-License-Identifier: Apache-2.0
#include "qrgen/paper_log.hpp"

#include <array>

#include "qrgen/icon.hpp"
#include "qrgen/words.hpp"

namespace chayan::qrgen {
namespace {

constexpr Box page{0, 0, 210, 297};
constexpr double margin = 12;
constexpr Box code_room{page.width - margin - 30, 11, 30, 30};
constexpr double text_width = page.width - 2 * margin - 34;
constexpr double head_top = 56, head_height = 12, row_height = 10.2;
constexpr int rows = 20;

struct Column {
    Word word;
    double width;
};
/// What the service takes from a log afterwards, in the order in which it is asked at a gate.
constexpr std::array<Column, 7> columns{{{{"时间", "Time"}, 17}, {{"姓名", "Name"}, 27}, {{"身份证号", "ID number"}, 52}, {{"电话", "Phone"}, 33}, {{"进/出", "In/out"}, 14},
                                         {{"体温", "°C"}, 15}, {{"车牌或住址", "Plate or home"}, 28}}};

/// Requires: it fits, since it is ours.
PlacedText must_fit(Typesetter& typesetter, const std::string& text, Face face, const Box& box, const Fit& how, const Colour& colour) {
    auto fitted = typesetter.fit(text, face, box, how);
    if (!fitted) throw Failure(fitted.reason());
    return {*std::move(fitted), box, colour};
}

}  // namespace

PaperLogPress::PaperLogPress(Typesetter& typesetter, Imprint imprint) : typesetter_(typesetter), imprint_(std::move(imprint)) {
    const auto language = imprint_.language;
    double x = margin;
    for (const auto& column : columns) {
        const Box box{x + 0.8, head_top, column.width - 1.6, head_height};
        if (language == Language::both) {
            fixed_.push_back(must_fit(typesetter, column.word.zh, Face::bold, {box.x, box.y + 1, box.width, 6}, {4.2, 2, 1, Align::middle}, ink));
            fixed_.push_back(must_fit(typesetter, column.word.en, Face::regular, {box.x, box.y + 6.5, box.width, 4.5}, {3, 1.6, 1, Align::middle}, muted));
        } else {
            fixed_.push_back(must_fit(typesetter, column.word.in(language), Face::bold, box, {4.2, 2, 1, Align::middle}, ink));
        }
        x += column.width;
    }
    fixed_.push_back(must_fit(typesetter, words::paper_log.in(language), Face::bold, {margin, 10, text_width, 9}, {6.4, 3}, muted));
    const Word date{"日期 ________ 年 ____ 月 ____ 日    值守人员 ________________    第 ____ 页", "Date ________________    Guard ________________    Page ____"};
    fixed_.push_back(must_fit(typesetter, date.in(language == Language::both ? Language::zh : language), Face::regular, {margin, 46, page.width - 2 * margin, 7}, {4.4, 2}, ink));
    const Word note{"每人一行，用正楷。有网后由村（社区）录入系统；录入后妥善保管，到期销毁。", "One row a person, in block letters. To be entered into the service once it can be reached; keep it safe, destroy it when due."};
    fixed_.push_back(must_fit(typesetter, note.in(language == Language::both ? Language::zh : language), Face::regular, {margin, head_top + head_height + rows * row_height + 2, page.width - 2 * margin, 6}, {3.6, 2}, muted));
}

Outcome<PaperLog> PaperLogPress::compose(const Site& site) {
    auto symbol = encode(site.url, imprint_.level);
    if (!symbol) return symbol.reason();
    PaperLog log{&site, *std::move(symbol), {}};
    const std::string where = site.township + (site.township.empty() || site.address.empty() ? "" : " · ") + site.address;
    const double foot = page.height - 11;
    struct Part {
        const char* column;
        std::string text;
        Face face;
        Box box;
        Fit how;
        Colour colour;
    };
    const std::array<Part, 5> parts{{{"name", site.name, Face::bold, {margin, 19, text_width, 15}, {10, 3.4, 2}, ink},
                                     {"address", where, Face::regular, {margin, 34.5, text_width, 8}, {4.4, 2.2, 2}, muted},
                                     {"code", grouped(site.code), Face::mono, {code_room.x - 4, code_room.bottom(), 38, 4.5}, {3.4, 1.6, 1, Align::middle}, ink},
                                     {"hotline, issuer", imprint_line(imprint_, site.hotline.empty() ? imprint_.hotline : site.hotline), Face::regular, {margin, foot, 100, 4.5}, {3.4, 1.8}, muted},
                                     {"ref", number_line(imprint_, site), Face::regular, {page.width - margin - 80, foot, 80, 4.5}, {3.4, 1.8, 1, Align::right}, muted}}};
    for (const auto& part : parts) {
        auto fitted = typesetter_.fit(part.text, part.face, part.box, part.how);
        if (!fitted) return Sentence{std::string(part.column) + "：" + fitted.reason().zh, std::string(part.column) + ": " + fitted.reason().en};
        log.texts.push_back({*std::move(fitted), part.box, part.colour});
    }
    return log;
}

CodePlace PaperLogPress::code_place(const Symbol& symbol, const Box&) const { return place_code(code_room, symbol.size_with_quiet()); }

void PaperLogPress::draw(cairo_t* cairo, const PaperLog& log, const Box& place, bool as_form) const {
    cairo_rectangle(cairo, 0, 0, page.width, 6);
    fill(cairo, colour_of(log.site->category));
    const double width = page.width - 2 * margin;
    cairo_rectangle(cairo, margin, head_top, width, head_height);
    fill(cairo, wash);
    for (int row = 0; row <= rows; ++row) {
        const double y = head_top + head_height + row * row_height;
        cairo_move_to(cairo, margin, y);
        cairo_line_to(cairo, margin + width, y);
    }
    double x = margin;
    for (const auto& column : columns) {
        cairo_move_to(cairo, x, head_top);
        cairo_line_to(cairo, x, head_top + head_height + rows * row_height);
        x += column.width;
    }
    stroke(cairo, muted, 0.2);
    cairo_rectangle(cairo, margin, head_top, width, head_height + rows * row_height);
    stroke(cairo, ink, 0.4);
    for (const auto* texts : {&fixed_, &log.texts})
        for (const auto& placed : *texts) typesetter_.draw(cairo, placed.text, placed.box, placed.colour);
    draw_symbol(cairo, log.symbol, code_place(log.symbol, place), as_form);
}

}  // namespace chayan::qrgen
