// SPDX-License-Identifier: Apache-2.0
#include "app/workers.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <map>

#include "app/priority.hpp"
#include "kit/log.hpp"

namespace chayan::app {

Workers::Workers(storage::Store& store, unsigned count, std::size_t jobs_max, bool giving_way) : store_(store), jobs_max_(jobs_max) {
    for (unsigned i = 0; i < count; ++i) {
        threads_.emplace_back([this, giving_way] {
            if (giving_way) give_way();
            run();
        });
    }
}

Workers::~Workers() { close(); }

void Workers::close() {
    {
        std::lock_guard lock(mutex_);
        ending_ = true;
    }
    wake_.notify_all();
    threads_.clear();
}

bool Workers::post(Job job) {
    std::lock_guard lock(mutex_);
    if (ending_ || jobs_.size() >= jobs_max_) return false;
    jobs_.push_back({std::move(job), {}});
    wake_.notify_one();
    return true;
}

void Workers::post(Job job, Turn turn) {
    std::optional<Waiting> over;
    {
        std::lock_guard lock(mutex_);
        over = take_in({std::move(job), std::move(turn)});
    }
    wake_.notify_one();
    if (over) over->turn.turn_away();
}

std::optional<Workers::Waiting> Workers::take_in(Waiting newcomer) {
    if (ending_) return newcomer;
    std::map<std::string, std::size_t> waiting;
    std::size_t all = 0;
    for (const auto& each : jobs_) {
        if (each.turn.is_known != newcomer.turn.is_known) continue;
        ++waiting[each.turn.from];
        ++all;
    }
    std::optional<Waiting> over;
    if (all >= jobs_max_) {
        const auto most = std::max_element(waiting.begin(), waiting.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
        if (most->second <= waiting[newcomer.turn.from] + 1) return newcomer;   // it would have as many as they
        const auto last = std::find_if(jobs_.rbegin(), jobs_.rend(), [&](const Waiting& each) {
            return each.turn.is_known == newcomer.turn.is_known && each.turn.from == most->first;
        });
        over = std::move(*last);
        jobs_.erase(std::prev(last.base()));
    }
    jobs_.push_back(std::move(newcomer));
    return over;
}

void Workers::run() {
    const auto reader = store_.reader();
    for (;;) {
        Job job;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
            if (ending_) return;
            job = std::move(jobs_.front().job);
            jobs_.pop_front();
        }
        try {
            job(*reader);
        } catch (const std::exception&) {
            kit::log(kit::Level::error, "job_failed");  // what() may quote data: never logged
        }
    }
}

}  // namespace chayan::app
