// SPDX-License-Identifier: Apache-2.0
#include "app/workers.hpp"

#include "app/folder.hpp"
#include "app/installation.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <set>

using namespace chayan;
using namespace chayan::app;
using chayan::app::testing::Folder;

namespace {

Place made(const Folder& folder) {
    Place place{folder.path, folder.at("keys"), 0};
    set_up(place);
    return place;
}

struct Installed {
    Folder folder;
    Installation in{made(folder), {}};
};

}  // namespace

TEST_CASE("every job runs once, on a thread of the pool with a reading connection of its own") {
    Installed installed;
    std::mutex mutex;
    std::set<const storage::Connection*> connections;
    int done = 0;
    std::promise<void> all;
    {
        Workers workers(*installed.in.store, 2);
        for (int i = 0; i < 50; ++i)
            REQUIRE(workers.post([&](storage::Connection& reader) {
                CHECK_NOTHROW(reader.scans().last());
                std::lock_guard lock(mutex);
                connections.insert(&reader);
                if (++done == 50) all.set_value();
            }));
        all.get_future().get();
    }
    CHECK(done == 50);
    CHECK(connections.size() <= 2);
}

TEST_CASE("a job that throws costs nobody but itself") {
    Installed installed;
    Workers workers(*installed.in.store, 1);
    REQUIRE(workers.post([](storage::Connection&) { throw std::runtime_error("a secret"); }));
    std::promise<void> next;
    REQUIRE(workers.post([&](storage::Connection&) { next.set_value(); }));
    next.get_future().get();
}

TEST_CASE("when too many wait the next is refused at once, and the end waits for what runs and drops what waits") {
    Installed installed;
    std::promise<void> go;
    const auto gate = go.get_future().share();
    std::promise<void> begun;
    std::atomic<int> done{0};
    std::jthread ending;
    {
        Workers workers(*installed.in.store, 1);
        REQUIRE(workers.post([&](storage::Connection&) {
            begun.set_value();
            gate.wait();
        }));
        begun.get_future().get();
        int taken = 0;
        while (taken < 10'000 && workers.post([&](storage::Connection&) { ++done; })) ++taken;
        CHECK(taken == 2'000);
        ending = std::jthread([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));   // the end has begun by then
            go.set_value();
        });
    }
    CHECK(done == 0);
}

TEST_CASE("a pool may have a short queue") {
    Installed installed;
    std::promise<void> go;
    const auto gate = go.get_future().share();
    std::promise<void> begun;
    Workers workers(*installed.in.store, 1, 2);
    REQUIRE(workers.post([&](storage::Connection&) {
        begun.set_value();
        gate.wait();
    }));
    begun.get_future().get();
    CHECK(workers.post([](storage::Connection&) {}));
    CHECK(workers.post([](storage::Connection&) {}));
    CHECK_FALSE(workers.post([](storage::Connection&) {}));
    go.set_value();
}
