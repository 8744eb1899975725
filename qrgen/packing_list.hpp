// SPDX-License-Identifier: Apache-2.0
// What goes where: the posters of a run by township, each with its page in the print, a box to tick and room to sign for them. One thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "qrgen/poster.hpp"
#include "qrgen/site.hpp"
#include "qrgen/typesetter.hpp"

namespace chayan::qrgen {

struct PackedPoster {
    const Site* site;
    std::size_t page;
    std::string file;   ///< shown instead of the page where each site has a file
};

/// A PDF of A4 pages; a township begins a new one. Requires: sorted by township.
std::string packing_list(Typesetter& typesetter, const Imprint& imprint, const std::vector<PackedPoster>& posters, const char* sheet_word);

}  // namespace chayan::qrgen
