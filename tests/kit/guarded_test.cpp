// SPDX-License-Identifier: Apache-2.0
#include "kit/guarded.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

using chayan::kit::Guarded;

TEST_CASE("a guarded value is reached by one thread at a time") {
    Guarded<std::pair<int, int>> counts;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 5'000; ++n)
                counts.with([](auto& both) {
                    ++both.first;
                    both.second = both.first;
                });
        });
    threads.clear();
    CHECK(counts.load() == std::pair(20'000, 20'000));
}

TEST_CASE("what was there before is destroyed after the lock is released") {
    struct Looker {
        Guarded<std::shared_ptr<Looker>>* home;
        bool* could_look;
        ~Looker() { *could_look = home->load() == nullptr; }   // would never return while the lock is held
    };
    bool could_look = false;
    Guarded<std::shared_ptr<Looker>> home;
    home.store(std::shared_ptr<Looker>(new Looker{&home, &could_look}));
    home.store(nullptr);
    CHECK(could_look);
}

TEST_CASE("an exception inside leaves the lock free and the change made") {
    Guarded<int> value(1);
    CHECK_THROWS_AS(value.with([](int& v) {
        v = 2;
        throw std::runtime_error("no");
    }),
                    std::runtime_error);
    CHECK(value.load() == 2);
    CHECK(value.with([](const int& v) { return v * 2; }) == 4);
}
