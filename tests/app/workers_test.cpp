// SPDX-License-Identifier: Apache-2.0
#include "app/workers.hpp"

#include "app/folder.hpp"
#include "app/installation.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

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

namespace {

/// A pool of one thread that is busy until `go`, with room for four, and what became of each turn in the order of its end.
struct Line {
    explicit Line(Installed& installed) : workers(*installed.in.store, 1, 4) {
        REQUIRE(workers.post([this](storage::Connection&) {
            begun.set_value();
            gate.get_future().wait();
        }));
        begun.get_future().get();
    }
    void ask(const std::string& name, const std::string& from, bool is_known = false) {
        workers.post([this, name](storage::Connection&) { note(done, name); }, {from, is_known, [this, name] { note(turned_away, name); }});
    }
    void note(std::vector<std::string>& list, const std::string& name) {
        const std::lock_guard lock(mutex);
        list.push_back(name);
    }
    /// What is done of what waits, in order, when the thread is free again.
    std::vector<std::string> finish(std::size_t count) {
        gate.set_value();
        is_free = true;
        for (int i = 0; i < 2'000; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            const std::lock_guard lock(mutex);
            if (done.size() >= count) break;
        }
        const std::lock_guard lock(mutex);
        return done;
    }
    ~Line() {
        if (!is_free) gate.set_value();
    }
    using Names = std::vector<std::string>;

    std::promise<void> begun, gate;
    bool is_free = false;
    std::mutex mutex;
    Names done, turned_away;
    Workers workers;
};

using Names = Line::Names;

}  // namespace

TEST_CASE("in a short queue whoever has most waiting gives way, the newest first, until shares are even") {
    Installed installed;
    Line line(installed);
    for (const char* name : {"a1", "a2", "a3", "a4", "a5"}) line.ask(name, "a");
    CHECK(line.turned_away == Names{"a5"});
    line.ask("b1", "b");
    CHECK(line.turned_away == Names{"a5", "a4"});
    line.ask("b2", "b");
    CHECK(line.turned_away == Names{"a5", "a4", "a3"});
    line.ask("b3", "b");   // two each: one more would only be the other way round
    CHECK(line.turned_away == Names{"a5", "a4", "a3", "b3"});
    line.ask("c1", "c");
    line.ask("d1", "d");
    line.ask("e1", "e");   // one each
    REQUIRE(line.turned_away.size() == 7);
    CHECK(line.turned_away.back() == "e1");
    CHECK(std::set<std::string>(line.turned_away.begin() + 4, line.turned_away.end()) == std::set<std::string>{"a2", "b2", "e1"});
    CHECK(line.finish(4) == Names{"a1", "b1", "c1", "d1"});
}

TEST_CASE("strangers take no place of those who have a session, nor these of strangers") {
    Installed installed;
    Line line(installed);
    for (int i = 0; i < 6; ++i) line.ask("stranger " + std::to_string(i), "neighbourhood " + std::to_string(i));
    CHECK(line.turned_away == Names{"stranger 4", "stranger 5"});
    for (int i = 0; i < 5; ++i) line.ask("known " + std::to_string(i), "1", true);
    CHECK(line.turned_away == Names{"stranger 4", "stranger 5", "known 4"});
    line.ask("another", "2", true);
    CHECK(line.turned_away == Names{"stranger 4", "stranger 5", "known 4", "known 3"});
}
