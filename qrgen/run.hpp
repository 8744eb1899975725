// SPDX-License-Identifier: Apache-2.0
// One run: from a list to files. Main thread.
#pragma once

#include <string>
#include <vector>

#include "qrgen/book.hpp"
#include "qrgen/poster.hpp"
#include "qrgen/sheet.hpp"
#include "qrgen/site.hpp"

namespace chayan::qrgen {

struct Order {
    std::string sites;                      ///< a file, or "-"
    std::string cards;                      ///< a list of people instead
    std::string recovery_sheet;             ///< one of these instead: what chayan recovery sheets says, or "-"
    std::string out;                        ///< a file, a folder with `split`, or "-"
    std::string divisions;                  ///< a file; empty: none
    std::string rejected;                   ///< where bad rows go; empty: beside the list
    std::string manifest;                   ///< empty: beside the output
    std::string packing_list;               ///< a PDF; empty: none
    Format format = Format::pdf;
    SheetKind sheet = SheetKind::a4;
    Imprint imprint;
    std::vector<Direction> directions;      ///< empty: all
    std::vector<std::string> font_folders;
    bool split = false;
    bool check = false;
    bool is_whole = false;                  ///< nothing is written where a row is rejected
    bool paper_logs = false;                ///< instead of posters
    Tongue tongue = Tongue::zh;             ///< of what is said while it runs
};

/// Does it, and says so: counts on stdout (on stderr when the output goes there), the rest on stderr. Throws Failure.
void run(const Order& order);

}  // namespace chayan::qrgen
