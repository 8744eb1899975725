// SPDX-License-Identifier: Apache-2.0
// One JSON line an event on stderr, UTC. Any thread; a line is written whole. Values are numbers or static text, so
// nothing that a person typed can be logged: there is no overload for std::string.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace chayan::kit {

enum class Level : std::uint8_t { info, warning, error };

/// One member of the line: a number, or text that is part of the program.
struct LogField {
    const char* name;
    const char* text = nullptr;
    std::int64_t number = 0;
    LogField(const char* n, const char* static_text) : name(n), text(static_text) {}
    LogField(const char* n, std::int64_t value) : name(n), number(value) {}
};

/// Effect: writes {"at":…,"level":…,"event":event,…}. Requires: `event` and texts are string literals or errno/SQLite
/// messages, free of quotes supplied by users. Never throws; a full or closed stderr loses the line.
void log(Level level, const char* event, std::initializer_list<LogField> fields = {}) noexcept;

}  // namespace chayan::kit
