// SPDX-License-Identifier: Apache-2.0
#include "kit/log.hpp"

#include <unistd.h>

#include <cstdio>
#include <ctime>

namespace chayan::kit {
namespace {

const char* name_of(Level level) {
    switch (level) {
        case Level::info: return "info";
        case Level::warning: return "warning";
        case Level::error: return "error";
    }
    return "";
}

}  // namespace

void log(Level level, const char* event, std::initializer_list<LogField> fields) noexcept {
    char line[1024];
    std::timespec now{};
    std::timespec_get(&now, TIME_UTC);
    std::tm utc{};
    gmtime_r(&now.tv_sec, &utc);
    char at[32];
    std::strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &utc);
    const auto room = sizeof line - 3;
    auto length = static_cast<std::size_t>(
        std::snprintf(line, room, R"({"at":"%s","level":"%s","event":"%s")", at, name_of(level), event));
    for (const auto& field : fields) {
        if (length >= room) break;
        const int added = field.text != nullptr
            ? std::snprintf(line + length, room - length, R"(,"%s":"%s")", field.name, field.text)
            : std::snprintf(line + length, room - length, R"(,"%s":%lld)", field.name, static_cast<long long>(field.number));
        length += static_cast<std::size_t>(added);
    }
    if (length > room - 1) length = room - 1;
    line[length++] = '}';
    line[length++] = '\n';
    [[maybe_unused]] const auto written = write(STDERR_FILENO, line, length);
}

}  // namespace chayan::kit
