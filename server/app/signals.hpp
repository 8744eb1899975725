// SPDX-License-Identifier: Apache-2.0
// The signals that the service hears: TERM and INT end it, HUP has it read its certificate anew, unless the terminal that it was started
// from is what hung up (not under nohup). Main thread.
#pragma once

#include <signal.h>

#include <chrono>
#include <optional>

namespace chayan::app {

class Signals {
public:
    enum class Word { end, reload, none };   ///< none: time is up

    /// From here on they wait for us, for every thread that is made later too.
    Signals();
    Word wait(std::optional<std::chrono::milliseconds> patience) const;
    /// Until somebody wants the end, once more.
    void wait_for_end() const;

private:
    sigset_t heard_{};
    sigset_t ending_{};
    const bool goes_with_terminal_;
};

}  // namespace chayan::app
