// SPDX-License-Identifier: Apache-2.0
// Threads that may block, each with a reading connection of its own: the desk and query pools. post() from any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "storage/store.hpp"

namespace chayan::app {

class Workers {
public:
    using Job = std::function<void(storage::Connection&)>;
    /// For a queue so short that one machine could fill it for everybody.
    struct Turn {
        std::string from;                  ///< whoever has most waiting gives way: a neighbourhood of addresses, or an operator
        bool is_known = false;             ///< has a session: as many places again, which strangers can't take
        std::function<void()> turn_away;   ///< instead of the job, when there is no room for it or none any more; must not post
    };
    /// By default some seconds of a gate's morning may wait; more would only be answered too late.
    static constexpr std::size_t usual_jobs_max = 2'000;
    /// `giving_way`: to every other thread (app/priority.hpp).
    Workers(storage::Store& store, unsigned count, std::size_t jobs_max = usual_jobs_max, bool giving_way = false);
    /// Finishes what runs and drops what waits: whoever asked has gone by then, and a supervisor waits for us.
    ~Workers();
    /// The same while others may still post, who are refused from then on: whoever answers after us may outlive our threads.
    void close();
    /// False when too many wait: answer 503.
    bool post(Job job);
    /// When as many strangers (or as many who are known) wait as may, the newest of whoever has most of them is turned away, which may be this one.
    void post(Job job, Turn turn);

private:
    struct Waiting {
        Job job;
        Turn turn;
    };
    void run();
    /// Takes `newcomer` in; whoever has no room for it.
    std::optional<Waiting> take_in(Waiting newcomer);
    storage::Store& store_;
    const std::size_t jobs_max_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Waiting> jobs_;
    bool ending_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace chayan::app
