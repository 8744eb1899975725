// SPDX-License-Identifier: Apache-2.0
// CHECK is for our own mistakes: a condition that a correct program cannot break. It ends the process without a core
// file's worth of personal data (see app), because going on with a broken invariant could misattribute a scan.
// Any thread. Never for input: what a caller or a user may get wrong is a Result.
#pragma once

namespace chayan::kit {

/// Prints "file:line: expression" (source text only, never a value) to stderr and aborts.
[[noreturn]] void fail_check(const char* file, int line, const char* expression) noexcept;

}  // namespace chayan::kit

#define CHECK(condition) \
    (static_cast<bool>(condition) ? void(0) : ::chayan::kit::fail_check(__FILE__, __LINE__, #condition))
#define UNREACHABLE() ::chayan::kit::fail_check(__FILE__, __LINE__, "unreachable")
