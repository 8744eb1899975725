// SPDX-License-Identifier: Apache-2.0
#include "qrgen/recovery_sheet.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>
#include <vector>

#include "qrgen/book.hpp"
#include "qrgen/check.hpp"
#include "qrgen/code.hpp"
#include "qrgen/icon.hpp"
#include "qrgen/poster.hpp"

namespace chayan::qrgen {
namespace {

constexpr double page_width = 210, page_height = 297, margin = 18, width = page_width - 2 * margin;
constexpr std::size_t groups = 15, group_size = 5, groups_in_row = 3;
constexpr double groups_top = 92, row_height = 15;
constexpr Box code_room{(page_width - 62) / 2, 178, 62, 62};

struct Told {
    int number = 0;
    std::vector<std::string> groups;
};

Told read(std::string_view text) {
    std::istringstream in{std::string(text)};
    Told told;
    in >> told.number;
    for (std::string group; in >> group;) told.groups.push_back(group);
    const auto is_good = [](const std::string& group) {
        return group.size() == group_size && std::all_of(group.begin(), group.end(), [](unsigned char c) { return std::isdigit(c) != 0 || std::islower(c) != 0; });
    };
    if ((told.number != 1 && told.number != 2) || told.groups.size() != groups || !std::all_of(told.groups.begin(), told.groups.end(), is_good))
        throw Failure({"这不是一张密钥纸的内容，请用 chayan recovery sheets 打印", "this is no sheet of a recovery key; print them with chayan recovery sheets"});
    return told;
}

class Press {
public:
    Press(Typesetter& typesetter, const std::string& date) : typesetter_(typesetter), book_(Format::pdf, page_width, page_height, 300, "Chayan", date), cairo_(book_.begin_page()) {}

    std::string print(const Told& told) {
        const auto number = std::to_string(told.number), other = std::to_string(3 - told.number);
        put("查验 恢复密钥 · 第 " + number + " 张，共 2 张", Face::bold, {margin, 18, width, 12}, {9.5, 4}, ink);
        put("Chayan recovery key · sheet " + number + " of 2", Face::regular, {margin, 31, width, 7}, {5.4, 3}, muted);
        put("两张合在一起才能恢复备份，单独一张没有用。请和第 " + other + " 张交给两个人，放在两处，不拍照、不录入电脑。", Face::regular, {margin, 44, width, 13}, {4.6, 3, 2}, ink);
        put("Both together restore a backup; one alone is of no use. Give this and sheet " + other + " to two people, in two places; no photograph, no file.", Face::regular,
            {margin, 58, width, 11}, {3.7, 2.4, 2}, muted);
        put("每月一次，两位保管人一起运行 chayan recovery prove 核对。每组最后一个字符是校验，输错会指出是哪一组。", Face::regular, {margin, 71, width, 7}, {3.9, 2.4}, ink);
        put("Once a month both keepers run chayan recovery prove. The last character of a group checks it: a mistyped group is named.", Face::regular, {margin, 78, width, 6}, {3.4, 2}, muted);
        for (std::size_t i = 0; i < groups; ++i) put_group(i, told.groups[i]);
        put_code(told.groups);
        put("保管人 ____________________   日期 ________________   封条编号 ________________", Face::regular, {margin, 262, width, 7}, {4.4, 2.4}, ink);
        put("Keeper                                        Date                            Seal", Face::regular, {margin, 269, width, 5}, {3.2, 1.6}, muted);
        book_.end_page();
        return book_.finish();
    }

private:
    void put(const std::string& text, Face face, const Box& box, const Fit& how, const Colour& colour) {
        const auto fitted = typesetter_.fit(text, face, box, how);
        if (!fitted) throw Failure(fitted.reason());
        typesetter_.draw(cairo_, *fitted, box, colour);
    }

    void put_group(std::size_t index, const std::string& group) {
        const double cell = width / static_cast<double>(groups_in_row);
        const double x = margin + cell * static_cast<double>(index % groups_in_row), y = groups_top + row_height * static_cast<double>(index / groups_in_row);
        put(std::to_string(index + 1), Face::regular, {x, y, 9, 11}, {4, 2, 1, Align::right}, muted);
        put(group, Face::mono, {x + 12, y, cell - 16, 11}, {9, 5}, ink);
        cairo_move_to(cairo_, x + 12, y + 12);
        cairo_line_to(cairo_, x + cell - 4, y + 12);
        stroke(cairo_, muted, 0.2);
    }

    /// In capitals, which take fewer modules; whoever types them for a reader is understood as well.
    void put_code(const std::vector<std::string>& groups_told) {
        std::string text;
        for (const auto& group : groups_told) text += (text.empty() ? "" : " ") + group;
        std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        const auto symbol = encode(text, Level::q);
        if (!symbol) throw Failure(symbol.reason());
        draw_symbol(cairo_, *symbol, place_code(code_room, symbol->size_with_quiet()), /*as_form=*/false);
    }

    Typesetter& typesetter_;
    Book book_;
    cairo_t* cairo_;
};

}  // namespace

std::string recovery_sheet(Typesetter& typesetter, std::string_view text, const std::string& date) { return Press(typesetter, date).print(read(text)); }

}  // namespace chayan::qrgen
