// SPDX-License-Identifier: Apache-2.0
#include "qrgen/code.hpp"

#include <qrencode.h>

#include <algorithm>
#include <array>
#include <memory>

namespace chayan::qrgen {
namespace {

QRecLevel level_of(Level level) {
    switch (level) {
        case Level::m: return QR_ECLEVEL_M;
        case Level::q: return QR_ECLEVEL_Q;
        case Level::h: return QR_ECLEVEL_H;
    }
    return QR_ECLEVEL_Q;
}

/// Walks along the borders of a symbol with the dark module on the right hand.
class Tracer {
public:
    explicit Tracer(const Symbol& symbol)
        : symbol_(symbol), used_(static_cast<std::size_t>(symbol.size() + 1) * static_cast<std::size_t>(symbol.size() + 1)) {}

    /// Each border is entered at an edge that runs to the right, above a dark module; every border has one.
    bool is_start(int x, int y) const { return symbol_.is_dark(x, y) && !symbol_.is_dark(x, y - 1) && !is_used(x, y); }

    std::vector<Corner> walk(int x, int y) {
        std::vector<Corner> corners;
        const Corner start{x, y};
        Corner at = start;
        int heading = 0;   // right, down, left, up
        do {
            corners.push_back(at);
            do {
                if (heading == 0) mark(at.x, at.y);
                at.x += step_x[static_cast<std::size_t>(heading)];
                at.y += step_y[static_cast<std::size_t>(heading)];
            } while (goes_on(at, heading) && !(at == start && heading == 0));
            heading = turned(at, heading);
        } while (!(at == start && heading == 0));
        return corners;
    }

private:
    static constexpr std::array<int, 4> step_x{1, 0, -1, 0};
    static constexpr std::array<int, 4> step_y{0, 1, 0, -1};

    /// The modules ahead of a corner, to the left and to the right of the heading.
    bool is_left_dark(Corner at, int heading) const {
        constexpr std::array<int, 4> x{0, 0, -1, -1};
        constexpr std::array<int, 4> y{-1, 0, 0, -1};
        return symbol_.is_dark(at.x + x[static_cast<std::size_t>(heading)], at.y + y[static_cast<std::size_t>(heading)]);
    }
    bool is_right_dark(Corner at, int heading) const { return is_left_dark(at, (heading + 1) % 4); }
    bool goes_on(Corner at, int heading) const { return is_right_dark(at, heading) && !is_left_dark(at, heading); }
    /// Where two dark modules touch by a corner only, the path turns right and stays with its own.
    int turned(Corner at, int heading) const { return is_right_dark(at, heading) ? (is_left_dark(at, heading) ? (heading + 3) % 4 : heading) : (heading + 1) % 4; }
    std::size_t index(int x, int y) const { return static_cast<std::size_t>(y) * static_cast<std::size_t>(symbol_.size() + 1) + static_cast<std::size_t>(x); }
    bool is_used(int x, int y) const { return used_[index(x, y)]; }
    void mark(int x, int y) { used_[index(x, y)] = true; }

    const Symbol& symbol_;
    std::vector<bool> used_;   ///< edges that run to the right, by the corner where they begin
};

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

}  // namespace

Outcome<Symbol> encode(std::string_view text, Level level) {
    const std::string bytes(text);
    const std::unique_ptr<QRcode, void (*)(QRcode*)> code(
        QRcode_encodeData(static_cast<int>(bytes.size()), reinterpret_cast<const unsigned char*>(bytes.data()), 0, level_of(level)), QRcode_free);
    if (!code) return Sentence{"网址太长，二维码放不下", "the address is too long for a QR code"};
    const auto count = static_cast<std::size_t>(code->width) * static_cast<std::size_t>(code->width);
    std::vector<bool> dark(count);
    for (std::size_t i = 0; i < count; ++i) dark[i] = (code->data[i] & 1U) != 0;
    return Symbol(code->width, std::move(dark));
}

std::vector<std::vector<Corner>> outlines(const Symbol& symbol) {
    std::vector<std::vector<Corner>> all;
    Tracer tracer(symbol);
    for (int y = 0; y < symbol.size(); ++y)
        for (int x = 0; x < symbol.size(); ++x)
            if (tracer.is_start(x, y)) all.push_back(tracer.walk(x, y));
    return all;
}

std::optional<TypedCode> parse_code(std::string_view text) {
    if (text.size() != 16) return std::nullopt;
    std::uint64_t head = 0;   // 24 bits of site, 2 of direction, 6 of revision stand in the first 32 of 80 bits
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto value = alphabet.find(text[i]);
        if (value == std::string_view::npos) return std::nullopt;
        if (i < 7) head = head << 5U | value;
    }
    head >>= 3U;   // seven characters are 35 bits
    if (head >> 8U == 0) return std::nullopt;   // no site has the number 0
    return TypedCode{static_cast<Direction>(head >> 6U & 3U), static_cast<int>(head & 63U)};
}

std::string grouped(std::string_view code) {
    std::string text;
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (i > 0 && i % 4 == 0) text += ' ';
        text += code[i];
    }
    return text;
}

}  // namespace chayan::qrgen
