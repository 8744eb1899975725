// SPDX-License-Identifier: Apache-2.0
// Who listens for alerts, and is called when there is one: a desk asks, its answer waits here, and no thread does. Any thread.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "domain/time.hpp"
#include "service/writer.hpp"

namespace chayan::service {

class AlertBell {
public:
    struct Listener {
        domain::OperatorId by;                          ///< whoever listens; listeners_each_max of each
        std::uint64_t after = 0;                        ///< an alert's id: older ones are known
        domain::Instant until;                          ///< called without an alert then, or up to a second later
        std::function<bool(const RaisedAlert&)> concerns;   ///< is it one of theirs? Any thread, quick
        /// Once, from any thread: the newest alert of theirs after `after`, or 0 when none has come.
        std::function<void(std::uint64_t)> called;
    };
    /// The last alerts of before this process, oldest first. Before anybody listens.
    void load(std::vector<RaisedAlert> alerts);
    /// Calls at once when one of the last alerts_kept is news. Whoever listens too often has the oldest of theirs called: it may be of a page that is gone. False when too many listen
    /// already, or nobody shall any more: it is not called.
    bool listen(Listener listener);
    /// The newest alert of all that this process knows of; 0 before the first.
    std::uint64_t newest();
    /// Write thread, after a commit.
    void note(const Facts& facts);
    /// Calls those whose time is over.
    void tend(domain::Instant now);
    /// Calls everybody; nobody may listen from here on. Before io threads are joined: they wait for each answer.
    void close();

    static constexpr std::size_t listeners_max = 4'096;   // a few kilobytes each: every gate and desk of a county
    static constexpr std::size_t listeners_each_max = 64;
    static constexpr std::size_t alerts_kept = 1'000;

private:
    /// Takes out those of whom `is_due`, to be called without the lock.
    std::vector<Listener> taken(const std::function<bool(const Listener&)>& is_due);
    std::uint64_t newest_for(const Listener& listener) const;

    std::mutex mutex_;
    std::vector<Listener> listeners_;
    std::deque<RaisedAlert> alerts_;   // oldest first
    bool is_closed_ = false;
};

}  // namespace chayan::service
