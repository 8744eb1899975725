// SPDX-License-Identifier: Apache-2.0
#include "qrgen/packing_list.hpp"

#include <algorithm>
#include <array>

#include "qrgen/book.hpp"
#include "qrgen/icon.hpp"
#include "qrgen/words.hpp"

namespace chayan::qrgen {
namespace {

constexpr double page_width = 210, page_height = 297, margin = 14, top = 46, row_height = 7.4;
constexpr std::size_t rows_on_page = 31;
constexpr double least = 0.1;   // millimetres: whatever had room on a poster shrinks as far as it must, a list is never refused for it

class PackingList {
public:
    PackingList(Typesetter& typesetter, const Imprint& imprint, const char* sheet_word)
        : typesetter_(typesetter), imprint_(imprint), sheet_word_(sheet_word), book_(Format::pdf, page_width, page_height, 300, words::packing_list.in(imprint.language), imprint.date) {}

    /// One township.
    void add(const std::vector<PackedPoster>& posters, std::size_t first, std::size_t last) {
        for (std::size_t from = first; from < last; from += rows_on_page) {
            const auto to = std::min(last, from + rows_on_page);
            cairo_ = book_.begin_page();
            put_head(posters[first], last - first, (from - first) / rows_on_page + 1, (last - first + rows_on_page - 1) / rows_on_page);
            for (auto i = from; i < to; ++i) put_row(posters[i], top + static_cast<double>(i - from) * row_height);
            book_.end_page();
        }
    }
    std::string finish() { return book_.finish(); }

private:
    bool is_english() const { return imprint_.language == Language::en; }
    std::string said(const char* zh, const char* en) const { return is_english() ? en : zh; }

    void put(const std::string& text, Face face, const Box& box, const Fit& how, const Colour& colour) {
        const auto fitted = typesetter_.fit(text, face, box, how);
        if (!fitted) throw Failure(fitted.reason());
        typesetter_.draw(cairo_, *fitted, box, colour);
    }

    void put_head(const PackedPoster& first, std::size_t count, std::size_t page, std::size_t pages) {
        const double width = page_width - 2 * margin;
        const auto township = !first.site->township.empty() ? first.site->township : !first.site->group.empty() ? first.site->group : said("（未写乡镇）", "(no township)");
        put(words::packing_list.in(imprint_.language), Face::regular, {margin, 10, width, 7}, {5, least}, muted);
        put(township, Face::bold, {margin, 17, width * 0.72, 11}, {9, least, 2}, ink);
        const auto number = std::to_string(count);
        put(said((number + " 张 · ").c_str(), (number + " posters · ").c_str()) + sheet_word_ + " · " + std::to_string(page) + "/" + std::to_string(pages), Face::bold,
            {margin + width * 0.74, 17, width * 0.26, 11}, {5.5, least, 1, Align::right}, ink);
        put(said("领取人 ________________   日期 ____________   清点 ____ 张", "Received by ________________   Date ____________   Counted ____"), Face::regular,
            {margin, 29, width, 6}, {4, least}, ink);
        cairo_move_to(cairo_, margin, top - 5);
        cairo_line_to(cairo_, margin + width, top - 5);
        stroke(cairo_, ink, 0.4);
        put(imprint_line(imprint_, imprint_.hotline), Face::regular, {margin, page_height - 13, width * 0.7, 4.5}, {3.2, least}, muted);
        put(imprint_.date, Face::regular, {margin + width * 0.7, page_height - 13, width * 0.3, 4.5}, {3.2, least, 1, Align::right}, muted);
    }

    void put_row(const PackedPoster& poster, double y) {
        constexpr double text = 6, size = 3.9;
        cairo_rectangle(cairo_, margin, y + 1, 4, 4);
        stroke(cairo_, ink, 0.3);
        const auto page = poster.file.empty() ? said("第 ", "p. ") + std::to_string(poster.page) + said(" 页", "") : poster.file;
        const auto language = is_english() ? Language::en : Language::zh;
        put(page, Face::regular, {margin + 7, y, poster.file.empty() ? 17.0 : 40.0, text}, {size, least}, muted);
        const double left = margin + (poster.file.empty() ? 26 : 49);
        put(poster.site->ref, Face::regular, {left, y, 30, text}, {size, least}, muted);
        put(poster.site->name, Face::bold, {left + 32, y, page_width - margin - left - 32 - 20, text}, {size, least}, ink);
        put(name_of(poster.site->direction).in(language), Face::bold, {page_width - margin - 18, y, 18, text}, {size, least, 1, Align::right}, ink);
        cairo_move_to(cairo_, margin, y + row_height - 0.7);
        cairo_line_to(cairo_, page_width - margin, y + row_height - 0.7);
        stroke(cairo_, rule, 0.2);
    }

    Typesetter& typesetter_;
    const Imprint& imprint_;
    const char* sheet_word_;
    Book book_;
    cairo_t* cairo_ = nullptr;
};

}  // namespace

std::string packing_list(Typesetter& typesetter, const Imprint& imprint, const std::vector<PackedPoster>& posters, const char* sheet_word) {
    PackingList list(typesetter, imprint, sheet_word);
    for (std::size_t first = 0; first < posters.size();) {
        auto last = first + 1;
        while (last < posters.size() && posters[last].site->group == posters[first].site->group) ++last;
        list.add(posters, first, last);
        first = last;
    }
    return list.finish();
}

}  // namespace chayan::qrgen
