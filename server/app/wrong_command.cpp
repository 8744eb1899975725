// SPDX-License-Identifier: Apache-2.0
#include "app/wrong_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <vector>

#include "app/nearest.hpp"

namespace chayan::app {
namespace {

std::string advice(const std::string& before, const std::string& word, const std::vector<const CLI::App*>& known) {
    std::vector<std::string> names;
    for (const auto* command : known) names.push_back(command->get_name());
    const auto meant = nearest(word, names);
    auto text = "没有“" + word + "”这个命令。There is no command \"" + word + "\"";
    if (!meant.empty()) return text + "; did you mean \"" + before + meant + "\"?";
    text += "; there are:";
    for (const auto& name : names) text += " " + name;
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
