// SPDX-License-Identifier: Apache-2.0
#include "domain/scan.hpp"

#include "kit/check.hpp"

namespace chayan::domain {

std::optional<Direction> find_direction(std::string_view word) {
    for (const Direction direction : {Direction::out, Direction::in, Direction::pass}) {
        if (word == word_of(direction)) return direction;
    }
    return std::nullopt;
}

const char* word_of(Direction direction) {
    switch (direction) {
        case Direction::out: return "out";
        case Direction::in: return "in";
        case Direction::pass: return "pass";
    }
    UNREACHABLE();
}

const char* word_of(Source source) {
    switch (source) {
        case Source::static_code:
        case Source::old_poster: return "static";  // what the poster is does not change what it proves; a flag tells it
        case Source::screen: return "screen";
        case Source::staff: return "staff";
        case Source::import: return "import";
    }
    UNREACHABLE();
}

bool is_from_phone(Source source) {
    return source == Source::static_code || source == Source::screen || source == Source::old_poster;
}

}  // namespace chayan::domain
