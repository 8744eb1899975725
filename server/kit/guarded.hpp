// SPDX-License-Identifier: Apache-2.0
// Guarded<T>: the one form of shared mutable state. The value can be reached only while its lock is held, so a race is a
// compile error. Any thread. Never hold it across I/O, a callback or another Guarded.
#pragma once

#include <mutex>
#include <utility>

namespace chayan::kit {

template <class T>
class Guarded {
public:
    Guarded() = default;
    explicit Guarded(T value) : value_(std::move(value)) {}
    Guarded(const Guarded&) = delete;
    Guarded& operator=(const Guarded&) = delete;

    /// Calls `use(value)` under the lock and returns what it returns (by value).
    template <class F>
    auto with(F&& use) {
        std::lock_guard lock(mutex_);
        return std::forward<F>(use)(value_);
    }
    /// A copy, for what is cheap to copy (a shared_ptr to an immutable snapshot).
    T load() {
        std::lock_guard lock(mutex_);
        return value_;
    }
    /// Replaces the value; the old one is destroyed after the lock is released.
    void store(T value) {
        std::lock_guard lock(mutex_);
        std::swap(value_, value);
    }

private:
    std::mutex mutex_;
    T value_{};
};

}  // namespace chayan::kit
