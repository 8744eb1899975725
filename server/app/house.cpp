// SPDX-License-Identifier: Apache-2.0
#include "app/house.hpp"

#include <pthread.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "app/side_by_side.hpp"
#include "service/alert_bell.hpp"
#include "kit/log.hpp"

namespace chayan::app {

bool House::post(Errand errand) {
    std::lock_guard lock(mutex_);
    if (errand_) return false;
    errand_ = std::move(errand);
    wake_.notify_one();
    return true;
}

void House::make_key_ahead() {
    const auto now = in_.clock.now();
    if (now < next_key_) return;
    next_key_ = now + 600;
    storage::ScanRow row;
    row.at = now + 86'400;
    try {
        in_.vault.seal(row, {});   // which makes the key of the row's day
    } catch (const storage::StoreError& error) {
        if (error.kind() == storage::StoreError::Kind::io) throw;
        kit::log(kit::Level::warning, "day_key_failed");
    }
}

void House::run(const std::stop_token& stop) {
    ::pthread_setname_np(::pthread_self(), "house");
    try {
        const auto reader = in_.store->reader();   // before the service says that it answers: connections may have taken all descriptors then
        in_.tracing->load(stop, accept_loss_, side_by_side);
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested()) {
            make_key_ahead();
            wake_.wait_for(lock, stop, std::chrono::seconds(1), [this] { return errand_ != nullptr; });
            const auto errand = std::exchange(errand_, nullptr);
            lock.unlock();
            if (errand) errand(stop);
            if (nightly_ != nullptr) nightly_->tend(stop);
            certificate_.tend();
            in_.tracing->tend();
            in_.bell->tend(in_.clock.now());
            in_.day_counts->keep(*reader);
            in_.retention->step(*reader);
            in_.book_retention->step(*reader, in_.retention->clock_ahead_s() == 0);
            in_.store->checkpoint();
            in_.audit->keep_checkpoint(*reader, /*now_due=*/false);
            lock.lock();
        }
        in_.audit->keep_checkpoint(*reader, /*now_due=*/true);
    } catch (const storage::StoreError& error) {
        std::fprintf(stderr, "%s\n", error.what());
        fail_stop();
    } catch (const std::exception&) {
        kit::log(kit::Level::error, "house_failed");
        std::_Exit(70);
    }
}

}  // namespace chayan::app
