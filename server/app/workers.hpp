// SPDX-License-Identifier: Apache-2.0
// Threads that may block, each with a reading connection of its own: the desk and query pools. post() from any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/store.hpp"

namespace chayan::app {

class Workers {
public:
    using Job = std::function<void(storage::Connection&)>;
    /// By default some seconds of a gate's morning may wait; more would only be answered too late.
    Workers(storage::Store& store, unsigned count, std::size_t jobs_max = 2'000);
    /// Finishes what runs and drops what waits: whoever asked has gone by then, and a supervisor waits for us.
    ~Workers();
    /// False when too many wait: answer 503.
    bool post(Job job);

private:
    void run();
    storage::Store& store_;
    const std::size_t jobs_max_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> jobs_;
    bool ending_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace chayan::app
