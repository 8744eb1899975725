// SPDX-License-Identifier: Apache-2.0
#include "app/house.hpp"

#include <pthread.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "kit/log.hpp"

namespace chayan::app {

bool House::post(Errand errand) {
    std::lock_guard lock(mutex_);
    if (errand_) return false;
    errand_ = std::move(errand);
    wake_.notify_one();
    return true;
}

void House::run(const std::stop_token& stop) {
    ::pthread_setname_np(::pthread_self(), "house");
    try {
        in_.tracing->load(stop);
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested()) {
            wake_.wait_for(lock, stop, std::chrono::seconds(1), [this] { return errand_ != nullptr; });
            const auto errand = std::exchange(errand_, nullptr);
            lock.unlock();
            if (errand) errand(stop);
            in_.tracing->tend();
            in_.store->checkpoint();
            lock.lock();
        }
    } catch (const storage::StoreError& error) {
        std::fprintf(stderr, "%s\n", error.what());
        fail_stop();
    } catch (const std::exception&) {
        kit::log(kit::Level::error, "house_failed");
        std::_Exit(70);
    }
}

}  // namespace chayan::app
