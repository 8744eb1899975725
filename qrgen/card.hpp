// SPDX-License-Identifier: Apache-2.0
// Personal cards for those without a phone: ten of the size of a bank card on an A4 sheet, with crop marks; a village begins a new sheet. One
// thread.
#pragma once

#include <cairo.h>

#include <cstddef>
#include <string>
#include <vector>

#include "qrgen/check.hpp"
#include "qrgen/poster.hpp"
#include "qrgen/sentence.hpp"
#include "qrgen/site_list.hpp"
#include "qrgen/typesetter.hpp"

namespace chayan::qrgen {

struct Card {
    const Holder* holder;
    Symbol symbol;
    std::vector<PlacedText> texts;
};

class CardPress {
public:
    CardPress(Typesetter& typesetter, Imprint imprint);

    static constexpr std::size_t cards_on_page = 10;
    /// Where the cards stand on a sheet, from the top left, row by row.
    static Box place(std::size_t index);

    Outcome<Card> compose(const Holder& holder);
    void draw(cairo_t* cairo, const Card& card, const Box& place) const;
    /// The sheet's crop marks and its heading: the village and which of its sheets this is.
    void draw_sheet(cairo_t* cairo, const std::string& heading) const;
    static CodePlace code_place(const Symbol& symbol, const Box& place);

private:
    Typesetter& typesetter_;
    Imprint imprint_;
    std::vector<PlacedText> fixed_;
};

}  // namespace chayan::qrgen
