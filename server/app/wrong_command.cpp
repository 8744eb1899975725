// SPDX-License-Identifier: Apache-2.0
#include "app/wrong_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>
#include <string_view>
#include <vector>

namespace chayan::app {
namespace {

/// How many letters must be added, taken away or changed (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto replaced = diagonal + (a[i] == b[j] ? 0U : 1U);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

std::string advice(const std::string& before, const std::string& word, const std::vector<const CLI::App*>& known) {
    const auto nearest = *std::min_element(known.begin(), known.end(), [&](const CLI::App* a, const CLI::App* b) {
        return distance(word, a->get_name()) < distance(word, b->get_name());
    });
    auto text = "没有“" + word + "”这个命令。There is no command \"" + word + "\"";
    if (distance(word, nearest->get_name()) * 2 <= word.size()) return text + "; did you mean \"" + before + nearest->get_name() + "\"?";
    text += "; there are:";
    for (const auto* command : known) text += " " + command->get_name();
    return text + ".";
}

}  // namespace

std::string wrong_command(const CLI::App& app, int argc, const char* const* argv) {
    const auto* at = &app;
    std::string before = "chayan ";
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto known = at->get_subcommands([](const CLI::App*) { return true; });
        if (known.empty() || word.starts_with('-')) return {};
        const auto found = std::find_if(known.begin(), known.end(), [&](const CLI::App* command) { return command->get_name() == word; });
        if (found == known.end()) return advice(before, word, known);
        at = *found;
        before += word + " ";
    }
    return {};
}

}  // namespace chayan::app
