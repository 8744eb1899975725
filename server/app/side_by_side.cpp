// SPDX-License-Identifier: Apache-2.0
#include "app/side_by_side.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "app/priority.hpp"

namespace chayan::app {

void side_by_side(std::size_t parts, const std::function<void(std::size_t)>& part) {
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::exception_ptr thrown;   // the first
    const auto work = [&] {
        for (auto i = next++; i < parts; i = next++) {
            try {
                part(i);
            } catch (...) {
                std::lock_guard lock(mutex);
                if (!thrown) thrown = std::current_exception();
                next = parts;
            }
        }
    };
    {
        std::vector<std::jthread> others;
        const auto count = std::min<std::size_t>(parts, std::max(1U, std::thread::hardware_concurrency()));
        for (std::size_t i = 1; i < count; ++i) {
            others.emplace_back([&work] {
                give_way();
                work();
            });
        }
        work();
    }
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace chayan::app
