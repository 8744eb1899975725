// SPDX-License-Identifier: Apache-2.0
#include "service/daily_word.hpp"

#include <string>
#include <utility>
#include <vector>

#include "kit/check.hpp"

namespace chayan::domain {
/// schema/daily_words.csv, embedded at build.
extern const std::string_view daily_words_csv;
}

namespace chayan::service {
namespace {

const std::vector<std::string_view>& words() {
    static const auto all = [] {
        std::vector<std::string_view> read;
        auto rest = domain::daily_words_csv;
        while (!rest.empty()) {
            const auto line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(line.size() + 1);
            if (line != "word") read.push_back(line);   // the header
        }
        CHECK(read.size() >= 200 && read.size() < 60'000);
        return read;
    }();
    return all;
}

/// Numbers below 2^16 that nobody foretells without the key.
class Draw {
public:
    Draw(const Vault& vault, std::int64_t round) : vault_(vault), round_(std::to_string(round)) {}
    std::size_t below(std::size_t bound) {
        if (used_ + 2 > bytes_.size()) {
            bytes_ = vault_.blind(BlindKind::daily_word, round_ + '/' + std::to_string(block_++));
            used_ = 0;
        }
        const auto number = std::size_t{bytes_[used_]} << 8U | bytes_[used_ + 1];
        used_ += 2;
        return number * bound >> 16U;
    }

private:
    const Vault& vault_;
    std::string round_;
    storage::Blind bytes_{};
    std::size_t used_ = sizeof bytes_, block_ = 0;
};

}  // namespace

std::string_view daily_word(const Vault& vault, domain::Day day) {
    auto deck = words();
    const auto count = static_cast<std::int64_t>(deck.size());
    const auto place = (day.number % count + count) % count;   // also before 1970: a clock may be wrong
    Draw draw(vault, (day.number - place) / count);
    for (std::size_t i = 0;; ++i) {   // Fisher and Yates, as far as the day's place
        std::swap(deck[i], deck[i + draw.below(deck.size() - i)]);
        if (i == static_cast<std::size_t>(place)) return deck[i];
    }
}

std::string_view DailyWord::of(domain::Day day) {
    if (const auto known = known_.load(); known.day == day && !known.word.empty()) return known.word;
    const auto word = daily_word(vault_, day);
    known_.store({day, word});
    return word;
}

}  // namespace chayan::service
