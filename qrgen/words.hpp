// SPDX-License-Identifier: Apache-2.0
// Every word that stands on paper, in Chinese and English. Pure; any thread.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "qrgen/sheet.hpp"
#include "qrgen/site.hpp"

namespace chayan::qrgen {

struct Word {
    const char* zh;
    const char* en;

    /// In one language, or both side by side with `between` them.
    std::string in(Language language, const char* between = " ") const {
        if (language == Language::zh) return zh;
        if (language == Language::en) return en;
        return std::string(zh) + between + en;
    }
};

Word name_of(Category category);
Word name_of(Direction direction);

/// What to do: `title` large, `detail` small; `beside` is both in English, where the Chinese stands above it.
struct Step {
    Word title;
    Word detail;
    const char* beside;
};
extern const std::array<Step, 3> scan_steps;

/// One paragraph of what to do otherwise: `when`, in bold, then what.
struct Advice {
    Word when;
    Word what;
};
extern const std::array<Advice, 2> advice;

/// Where to type the code.
std::string type_hint(Language language, const std::string& host);

namespace words {
extern const Word hotline, revision, personal_card, show_card, card_found, paper_log, packing_list, posters;
}

}  // namespace chayan::qrgen
