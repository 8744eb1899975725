// SPDX-License-Identifier: Apache-2.0
// Room for bodies: counts the bytes that all requests together hold in memory, and says no above a bound. Each request beyond a
// form has one; it gives its bytes back when it goes, with the request, wherever that waits. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace chayan::http {

class BodyRoom {
public:
    /// `used` is shared by all.
    BodyRoom(std::shared_ptr<std::atomic<std::size_t>> used, std::size_t bytes_max) : used_(std::move(used)), bytes_max_(bytes_max) {}
    ~BodyRoom() { used_->fetch_sub(held_, std::memory_order_relaxed); }
    BodyRoom(const BodyRoom&) = delete;
    BodyRoom& operator=(const BodyRoom&) = delete;

    /// Counts so many more. False, and nothing is counted, when all together would hold more than the bound.
    bool take(std::size_t bytes) {
        const auto before = used_->fetch_add(bytes, std::memory_order_relaxed);
        if (before + bytes > bytes_max_) {
            used_->fetch_sub(bytes, std::memory_order_relaxed);
            return false;
        }
        held_ += bytes;
        return true;
    }

private:
    const std::shared_ptr<std::atomic<std::size_t>> used_;
    const std::size_t bytes_max_;
    std::size_t held_ = 0;
};

}  // namespace chayan::http
