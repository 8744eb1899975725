// SPDX-License-Identifier: Apache-2.0
// Mistyped commands: which word is wrong, and which was meant. The parser itself only says that one is missing. Main thread.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace chayan::app {

/// A sentence about the first word that is no command, with the nearest one or all there are; empty when the words are commands.
std::string wrong_command(const CLI::App& app, int argc, const char* const* argv);

}  // namespace chayan::app
