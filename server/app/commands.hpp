// SPDX-License-Identifier: Apache-2.0
// The command line: reads it, sets up an empty directory, and runs a command. Main thread.
#pragma once

namespace chayan::app {

/// Exit codes: 0 done, 1 failed, 2 wrong usage (CONTRACT 2). Errors go to stderr as sentences.
int run(int argc, char** argv);

}  // namespace chayan::app
