// SPDX-License-Identifier: Apache-2.0
#include "app/timed_store.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace chayan::app {
namespace {

class TimedStore final : public storage::Store {
public:
    TimedStore(std::unique_ptr<storage::Store> store, CommitTimes& times) : store_(std::move(store)), times_(times) {}
    void write(const std::function<void(storage::Connection&)>& body) override {
        const auto began = std::chrono::steady_clock::now();
        store_->write(body);
        times_.note(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    }
    std::unique_ptr<storage::Connection> reader() override { return store_->reader(); }
    void checkpoint() override { store_->checkpoint(); }
    std::optional<storage::Census> copy_to(const std::string& path, const GoOn& go_on) override { return store_->copy_to(path, go_on); }
    void spend_reserve() override { store_->spend_reserve(); }
    bool keep_reserve() override { return store_->keep_reserve(); }
    std::vector<std::string> check() override { return store_->check(); }

private:
    const std::unique_ptr<storage::Store> store_;
    CommitTimes& times_;
};

}  // namespace

void CommitTimes::note(double seconds) noexcept {
    const auto bucket = std::lower_bound(bounds_s.begin(), bounds_s.end(), seconds) - bounds_s.begin();
    in_bucket_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    sum_us_.fetch_add(static_cast<std::uint64_t>(seconds * 1e6), std::memory_order_relaxed);
}

CommitTimes::Counts CommitTimes::counts() const {
    Counts found;
    for (std::size_t i = 0; i < in_bucket_.size(); ++i) found.in_bucket[i] = in_bucket_[i].load(std::memory_order_relaxed);
    found.sum_s = static_cast<double>(sum_us_.load(std::memory_order_relaxed)) / 1e6;
    return found;
}

std::unique_ptr<storage::Store> timed(std::unique_ptr<storage::Store> store, CommitTimes& times) { return std::make_unique<TimedStore>(std::move(store), times); }

}  // namespace chayan::app
