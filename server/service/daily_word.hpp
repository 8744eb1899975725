// SPDX-License-Identifier: Apache-2.0
// The word of the day: two Han characters that stand on a resident's result and on the guard's desk, so that a picture of yesterday's result is
// seen for what it is. It follows from a key and the local day; nothing is stored. It proves nothing else: whoever passed today has seen it. Any thread.
#pragma once

#include <string_view>

#include "domain/time.hpp"
#include "kit/guarded.hpp"
#include "service/vault.hpp"

namespace chayan::service {

/// From schema/daily_words.csv. No word comes back before all others have been, but at the seam of two rounds. Some 10 µs.
std::string_view daily_word(const Vault& vault, domain::Day day);

/// The same, remembered for the day.
class DailyWord {
public:
    /// Requires: the vault outlives this.
    explicit DailyWord(const Vault& vault) : vault_(vault) {}
    std::string_view of(domain::Day day);

private:
    struct Known {
        domain::Day day;
        std::string_view word;   ///< empty at first
    };
    const Vault& vault_;
    kit::Guarded<Known> known_;
};

}  // namespace chayan::service
