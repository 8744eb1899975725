// SPDX-License-Identifier: Apache-2.0
// The house thread: reads the log at start, then keeps the index and the files in order, and runs errands that may take minutes (a
// backup), one at a time.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>

#include "app/installation.hpp"

namespace chayan::app {

class House {
public:
    /// May block, and must look at the token now and then. What it throws is its own to catch.
    using Errand = std::function<void(const std::stop_token&)>;

    explicit House(Installation& installation) : in_(installation) {}
    /// Any thread. False: another errand waits already.
    bool post(Errand errand);
    /// Until stopped. Ends the process when the index can't be kept: without it nothing can be asked, and a supervisor starts us anew.
    void run(const std::stop_token& stop);

private:
    Installation& in_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    Errand errand_;
};

}  // namespace chayan::app
