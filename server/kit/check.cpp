// SPDX-License-Identifier: Apache-2.0
#include "kit/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace chayan::kit {

void fail_check(const char* file, int line, const char* expression) noexcept {
    std::fprintf(stderr, "{\"level\":\"fatal\",\"event\":\"check_failed\",\"where\":\"%s:%d\",\"what\":\"%s\"}\n", file, line,
                 expression);
    std::abort();
}

}  // namespace chayan::kit
