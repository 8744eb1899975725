// SPDX-License-Identifier: Apache-2.0
// Posters: what stands on one for a site, fitted to a sheet, and how it is drawn. What posters have in common is fitted and recorded once. One
// thread.
#pragma once

#include <cairo.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "qrgen/code.hpp"
#include "qrgen/sentence.hpp"
#include "qrgen/sheet.hpp"
#include "qrgen/site.hpp"
#include "qrgen/typesetter.hpp"

namespace chayan::qrgen {

/// What all posters of a run share.
struct Imprint {
    Language language = Language::both;
    Level level = Level::q;
    std::string hotline;   ///< for sites that have none of their own
    std::string issuer;
    std::string date;      ///< as printed; empty: none
};

struct PlacedText {
    FittedText text;
    Box box;
    Colour colour;
};

/// What posters of one category, direction, host and hotline have in common.
class Plate;

/// A poster that fits.
struct Poster {
    const Site* site;
    const Plate* plate;
    Symbol symbol;
    std::vector<PlacedText> texts;
};

class PosterPress {
public:
    PosterPress(Typesetter& typesetter, const Sheet& sheet, Imprint imprint);
    ~PosterPress();

    /// Requires: the site outlives the poster. An error: what does not fit, or what no font has, by column.
    Outcome<Poster> compose(const Site& site);

    /// `place`: one of the sheet's boxes for posters. `as_form`: the plate is recorded once and referred to.
    void draw(cairo_t* cairo, const Poster& poster, const Box& place, bool as_form) const;

    /// Where the code stands on the page.
    CodePlace code_place(const Symbol& symbol, const Box& place) const;

private:
    Outcome<const Plate*> plate_for(const Site& site);

    Typesetter& typesetter_;
    const Sheet& sheet_;
    Imprint imprint_;
    PosterLayout layout_;
    std::map<std::string, std::unique_ptr<Plate>> plates_;
};

/// Fills the dark modules. `place` from place_code. `as_form`: with a coordinate system of its own, which a PDF stores shorter.
void draw_symbol(cairo_t* cairo, const Symbol& symbol, const CodePlace& place, bool as_form);

/// The hotline and the issuer, as they stand at a foot.
std::string imprint_line(const Imprint& imprint, const std::string& hotline);
/// The number, the revision and the date.
std::string number_line(const Imprint& imprint, const Site& site);

}  // namespace chayan::qrgen
