// SPDX-License-Identifier: Apache-2.0
// Text on paper: Pango over a closed set of fonts, so that the same list gives the same bytes on every machine that has them. Text shrinks, then
// takes a second line, then is refused; it is never cut, and never drawn with a box for a character that no font has. One thread.
#pragma once

#include <cairo.h>
#include <pango/pangocairo.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "qrgen/sentence.hpp"
#include "qrgen/sheet.hpp"

namespace chayan::qrgen {

enum class Face : unsigned char { regular, bold, mono };   ///< mono is bold too: for what is typed
enum class Align : unsigned char { left, middle, right };   ///< left is where reading begins: right for what is written from the right

struct Colour {
    double red, green, blue;
};

struct Fit {
    double size_max;   ///< height of a Han character, in millimetres
    double size_min;
    int lines_max = 1;
    Align align = Align::left;
};

struct Unref {
    void operator()(void* object) const;
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

/// A text that fits its box, and how.
struct FittedText {
    struct Row {
        Owned<PangoLayout> layout;   ///< at the reference size
        double left = 0;             ///< of what is drawn, in millimetres from the box's left, at the text's size
        double baseline = 0;         ///< from the box's top
    };
    std::vector<Row> rows;
    double size = 0;
    double width = 0;   ///< of the widest row, in millimetres
};

class Typesetter {
public:
    /// `folders`: more places to look for fonts. Throws Failure when Noto Sans CJK SC is not there.
    explicit Typesetter(const std::vector<std::string>& folders);
    ~Typesetter();
    Typesetter(const Typesetter&) = delete;
    Typesetter& operator=(const Typesetter&) = delete;

    /// The largest size at which the text stands in the box, in as few rows as read well, in its middle from top to bottom. An error: a
    /// character that no font has; or it does not fit at size_min. About 0.1 ms.
    Outcome<FittedText> fit(std::string_view text, Face face, const Box& box, const Fit& how);

    /// Requires: `box` is the one it was fitted into.
    void draw(cairo_t* cairo, const FittedText& text, const Box& box, const Colour& colour) const;

private:
    Owned<PangoLayout> layout_of(std::string_view text, Face face) const;
    Sentence missing_in(std::string_view text, Face face) const;

    struct Fonts;
    std::unique_ptr<Fonts> fonts_;
};

}  // namespace chayan::qrgen
