// SPDX-License-Identifier: Apache-2.0
// The paper log of a site: an A4 page with rows to be filled in by hand when nothing else works, and the site's code for whoever copies it into
// the service later. One thread.
#pragma once

#include <cairo.h>

#include <vector>

#include "qrgen/code.hpp"
#include "qrgen/poster.hpp"
#include "qrgen/sentence.hpp"
#include "qrgen/site.hpp"
#include "qrgen/typesetter.hpp"

namespace chayan::qrgen {

struct PaperLog {
    const Site* site;
    Symbol symbol;
    std::vector<PlacedText> texts;
};

class PaperLogPress {
public:
    PaperLogPress(Typesetter& typesetter, Imprint imprint);

    /// As PosterPress: an error says what does not fit, by column.
    Outcome<PaperLog> compose(const Site& site);
    void draw(cairo_t* cairo, const PaperLog& log, const Box& place, bool as_form) const;
    CodePlace code_place(const Symbol& symbol, const Box& place) const;

private:
    Typesetter& typesetter_;
    Imprint imprint_;
    std::vector<PlacedText> fixed_;   ///< the table's head
};

}  // namespace chayan::qrgen
