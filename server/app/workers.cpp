// SPDX-License-Identifier: Apache-2.0
#include "app/workers.hpp"

#include <exception>

#include "kit/log.hpp"

namespace chayan::app {

Workers::Workers(storage::Store& store, unsigned count, std::size_t jobs_max) : store_(store), jobs_max_(jobs_max) {
    for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
}

Workers::~Workers() {
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
    jobs_.push_back(std::move(job));
    wake_.notify_one();
    return true;
}

void Workers::run() {
    const auto reader = store_.reader();
    for (;;) {
        Job job;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
            if (ending_) return;
            job = std::move(jobs_.front());
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
