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
    Workers(storage::Store& store, unsigned count);
    /// Finishes what waits, then ends.
    ~Workers();
    /// False when too many wait: answer 503.
    bool post(Job job);

private:
    void run();
    storage::Store& store_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> jobs_;
    bool ending_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace chayan::app
