// SPDX-License-Identifier: Apache-2.0
// Streamed bodies: whole or cut, never more than a little in memory, let go when the client is.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <functional>
#include <mutex>

#include "http/running.hpp"

using namespace chayan::http;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

using Done = std::function<void(std::string)>;

/// Does what it is given, on a thread of its own.
class Worker {
public:
    void post(std::function<void()> job) {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
        wake_.notify_one();
    }
    ~Worker() {
        post({});
        thread_.join();
    }

private:
    void run() {
        for (;;) {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return !jobs_.empty(); });
            const auto job = std::move(jobs_.front());
            jobs_.pop_front();
            lock.unlock();
            if (!job) return;
            job();
        }
    }
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> jobs_;
    std::thread thread_{[this] { run(); }};
};

/// What a test sees of its sources.
struct Seen {
    std::atomic<int> alive{0};
    std::atomic<int> reads{0};
    std::atomic<std::uint64_t> given{0};
    std::atomic<bool> overlapped{false};
};

char letter_at(std::uint64_t place) { return static_cast<char>('a' + place / 1000 % 26); }

/// `size` letters by their place. `act` gives them; a test may put another in its place.
class Letters final : public BodySource {
public:
    using Act = std::function<void(Letters&, std::size_t, Done)>;
    Letters(std::uint64_t bytes, Seen& seen, Act act) : bytes_(bytes), seen_(seen), act_(std::move(act)) { ++seen_.alive; }
    ~Letters() override { --seen_.alive; }
    std::uint64_t size() const override { return bytes_; }
    void read(std::size_t bytes_max, Done done) override {
        ++seen_.reads;
        if (is_reading_.exchange(true)) seen_.overlapped = true;
        act_(*this, bytes_max, [this, done = std::move(done)](std::string bytes) {
            is_reading_ = false;
            seen_.given += bytes.size();
            done(std::move(bytes));
        });
    }
    std::string next(std::size_t bytes) {
        std::string piece(bytes, ' ');
        for (auto& c : piece) c = letter_at(at_++);
        return piece;
    }
    std::uint64_t at() const { return at_; }

private:
    const std::uint64_t bytes_;
    Seen& seen_;
    const Act act_;
    std::uint64_t at_ = 0;
    std::atomic<bool> is_reading_{false};
};

void at_once(Letters& source, std::size_t bytes_max, Done done) { done(source.next(bytes_max)); }

/// Streams what the test says; keeps Replies for "/later".
class Streamer final : public Handler {
public:
    Admission admit(const Head&) override { return {}; }
    void handle(Request request, Reply reply) override {
        if (request.path == "/plain") return reply({200, "text/plain", "[plain]", {}, false});
        if (request.path == "/later") {
            const std::lock_guard lock(mutex);
            kept.push_back(std::move(reply));
            return;
        }
        reply(streamed());
    }
    Response refusal(int status, std::string_view, std::string_view, std::uint64_t) override { return {status, "", "", {}, false}; }
    Response streamed() { return {200, "text/plain", "never sent", {}, false, std::make_shared<Letters>(bytes, seen, act)}; }

    std::uint64_t bytes = 300'000;
    Letters::Act act = at_once;
    Seen seen;
    std::mutex mutex;
    std::vector<Reply> kept;
};

ServerOptions quick(const TlsFiles& files) {
    auto options = options_with(files);
    options.write_max = 1s;
    return options;
}

struct World {
    Certificate certificate{"stream"};
    Streamer handler;
    Running running{quick(certificate.files), handler};
    std::uint16_t port() const { return running.server.port(); }
};

bool comes_true(const std::function<bool()>& what, std::chrono::milliseconds within = 3s) {
    for (const auto until = std::chrono::steady_clock::now() + within; std::chrono::steady_clock::now() < until;) {
        if (what()) return true;
        std::this_thread::sleep_for(2ms);
    }
    return what();
}

std::string letters(std::uint64_t bytes) {
    std::string all(bytes, ' ');
    for (std::uint64_t i = 0; i < bytes; ++i) all[i] = letter_at(i);
    return all;
}

std::string body_of(const std::string& answer) { return answer.substr(std::min(answer.size(), answer.find("\r\n\r\n") + 4)); }

/// Reads an answer of `bytes` letters and throws it away; how many were right, from the first.
std::uint64_t read_letters(TlsClient& client, std::uint64_t bytes, const std::function<void(std::uint64_t)>& pause = {}) {
    std::string head;
    char byte = 0;
    while (head.find("\r\n\r\n") == std::string::npos && SSL_read(client.ssl.get(), &byte, 1) == 1) head.push_back(byte);
    std::vector<char> buffer(256 * 1024);
    std::uint64_t got = 0;
    while (got < bytes) {
        const int n = SSL_read(client.ssl.get(), buffer.data(), static_cast<int>(std::min<std::uint64_t>(buffer.size(), bytes - got)));
        for (int i = 0; i < n; ++i, ++got) {
            if (buffer[static_cast<std::size_t>(i)] != letter_at(got)) return got;
        }
        if (n <= 0) break;
        if (pause) pause(got);
    }
    return got;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_is_ours = false;   // a sanitizer keeps what is freed
#else
constexpr bool memory_is_ours = true;
#endif

std::uint64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t all = 0, resident = 0;
    statm >> all >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

TEST_CASE("a streamed body comes whole, with its length, and the connection goes on") {
    World world;
    TlsClient client(world.port());
    for (const std::uint64_t bytes : {1ULL, 65'535ULL, 65'536ULL, 65'537ULL, 131'072ULL, 1'000'000ULL}) {
        world.handler.bytes = bytes;
        const auto answer = client.ask(get("/") + get("/plain"), "[plain]");
        INFO(bytes);
        CHECK_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n") && Contains("Content-Length: " + std::to_string(bytes) + "\r\n") && !Contains("never sent"));
        CHECK(body_of(answer).substr(0, bytes) == letters(bytes));
        CHECK_THAT(body_of(answer).substr(bytes), StartsWith("HTTP/1.1 200 OK\r\n"));
    }
    CHECK(comes_true([&] { return world.handler.seen.alive == 0; }));
    CHECK_FALSE(world.handler.seen.overlapped);
}

TEST_CASE("a stream of nothing is an empty body, and HEAD tells the length: neither reads") {
    World world;
    TlsClient client(world.port());
    world.handler.bytes = 0;
    CHECK_THAT(client.ask(get("/") + get("/plain"), "[plain]"), Contains("Content-Length: 0\r\n"));
    world.handler.bytes = 5'000'000'000;
    const auto answers = client.ask("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/plain"), "[plain]");
    CHECK_THAT(answers, Contains("Content-Length: 5000000000\r\n"));
    CHECK_THAT(body_of(answers), StartsWith("HTTP/1.1 200 OK\r\n"));
    CHECK(world.handler.seen.reads == 0);
    CHECK(comes_true([&] { return world.handler.seen.alive == 0; }));
}

TEST_CASE("pieces may be shorter than asked for, and come later from other threads") {
    Worker worker;
    World world;
    world.handler.act = [&](Letters& source, std::size_t bytes_max, Done done) {
        worker.post([&source, bytes_max, done = std::move(done)] { done(source.next(std::min<std::size_t>(bytes_max, 1 + source.at() % 9'000))); });
    };
    std::vector<std::unique_ptr<TlsClient>> clients;
    for (int i = 0; i < 8; ++i) {
        clients.push_back(std::make_unique<TlsClient>(world.port()));
        clients.back()->send(get("/"));
    }
    for (auto& client : clients) CHECK(read_letters(*client, world.handler.bytes) == world.handler.bytes);
    CHECK_FALSE(world.handler.seen.overlapped);
}

TEST_CASE("256 MiB are streamed in little memory") {
    World world;
    world.handler.bytes = 256ULL << 20;
    TlsClient client(world.port());
    client.send(get("/"));
    const auto before = resident_bytes();
    std::uint64_t most = 0;
    CHECK(read_letters(client, world.handler.bytes, [&](std::uint64_t) { most = std::max(most, resident_bytes()); }) == world.handler.bytes);
    INFO(before << " before, " << most << " at most");
    if (memory_is_ours) CHECK(most < before + (4ULL << 20));
}

TEST_CASE("a slow but honest reader gets all of it, however long it takes") {
    World world;
    world.handler.bytes = 3'000'000;
    ClientOptions narrow;
    narrow.receive_buffer = 16 * 1024;
    TlsClient client(world.port(), narrow);
    client.send(get("/"));
    const auto began = std::chrono::steady_clock::now();
    CHECK(read_letters(client, world.handler.bytes, [](std::uint64_t) { std::this_thread::sleep_for(25ms); }) == world.handler.bytes);
    CHECK(std::chrono::steady_clock::now() - began > 4s);  // the limit for a piece is 1 s, and one more for its 64 KiB
}

TEST_CASE("a client that stops reading is cut, and little was read for it") {
    World world;
    world.handler.bytes = 256ULL << 20;
    TlsClient client(world.port());
    client.send(get("/"));
    REQUIRE(comes_true([&] { return world.handler.seen.reads > 0; }));
    CHECK(comes_true([&] { return world.handler.seen.alive == 0; }, 6s));
    CHECK(world.handler.seen.given < (16U << 20));
    CHECK(read_letters(client, world.handler.bytes) < world.handler.bytes);
}

TEST_CASE("a source that fails, overflows, throws or forgets cuts the connection before the end") {
    const auto failing = [](auto fail, std::uint64_t from = 100'000) {
        return [fail, from](Letters& source, std::size_t bytes_max, Done done) {
            if (source.at() < from) return done(source.next(bytes_max));
            fail(source, std::move(done));
        };
    };
    const std::vector<std::pair<std::string, Letters::Act>> cases{
        {"no bytes", failing([](Letters&, Done done) { done({}); })},
        {"too many", failing([](Letters& source, Done done) { done(source.next(65'537)); })},
        {"more than the rest", failing([](Letters& source, Done done) { done(source.next(300'001 - 4 * 65'536)); }, 4 * 65'536)},
        {"throws", failing([](Letters&, Done) { throw std::runtime_error("no"); })},
        {"forgets", failing([](Letters&, Done) {})}};
    for (const auto& [name, act] : cases) {
        INFO(name);
        World world;
        world.handler.act = act;
        TlsClient client(world.port());
        const auto answer = client.ask(get("/") + get("/plain"));
        CHECK_THAT(answer, StartsWith("HTTP/1.1 200 ") && Contains("Content-Length: 300000\r\n") && !Contains("[plain]"));
        CHECK(body_of(answer).size() < 300'000);
        CHECK(comes_true([&] { return world.handler.seen.alive == 0; }));
        TlsClient other(world.port());
        CHECK_THAT(other.ask(get("/plain"), "[plain]"), StartsWith("HTTP/1.1 200 "));
    }
}

TEST_CASE("a source that calls twice is heard once") {
    World world;
    world.handler.act = [](Letters& source, std::size_t bytes_max, Done done) {
        done(source.next(bytes_max));
        done("twice");
    };
    TlsClient client(world.port());
    CHECK(body_of(client.ask(get("/") + get("/plain"), "[plain]")).substr(0, 300'000) == letters(300'000));
}

TEST_CASE("a client that goes away while it is read to lets the source go") {
    World world;
    world.handler.bytes = 256ULL << 20;
    {
        TlsClient client(world.port());
        client.send(get("/"));
        client.read_until("\r\n\r\n");
    }
    CHECK(comes_true([&] { return world.handler.seen.alive == 0; }));
}

TEST_CASE("a client that goes away while the source is slow lets it go, and a late piece is dropped") {
    World world;
    std::mutex mutex;
    std::vector<Done> late;
    world.handler.act = [&](Letters&, std::size_t, Done done) {
        const std::lock_guard lock(mutex);
        late.push_back(std::move(done));
    };
    {
        TlsClient client(world.port());
        client.send(get("/") + get("/plain"));
        client.read_until("\r\n\r\n");
        std::this_thread::sleep_for(2500ms);
        CHECK(world.handler.seen.alive == 1);  // its client still waits, and has asked for more
    }
    CHECK(comes_true([&] { return world.handler.seen.alive == 0; }));
    late.clear();  // `done` of the test's own source may not be called once the source is gone; to drop it is as late
    TlsClient other(world.port());
    CHECK_THAT(other.ask(get("/plain"), "[plain]"), StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("a piece that comes after the server is gone is dropped") {
    class Held final : public BodySource {
    public:
        explicit Held(Done& to) : to_(to) {}
        std::uint64_t size() const override { return 10; }
        void read(std::size_t, Done done) override { to_ = std::move(done); }
    private:
        Done& to_;
    };
    Done late;
    {
        const Certificate certificate("held");
        class Once final : public Handler {
        public:
            explicit Once(Done& to) : to_(to) {}
            Admission admit(const Head&) override { return {}; }
            void handle(Request, Reply reply) override { reply({200, "text/plain", "", {}, false, std::make_shared<Held>(to_)}); }
            Response refusal(int status, std::string_view, std::string_view, std::uint64_t) override { return {status, "", "", {}, false}; }
        private:
            Done& to_;
        } handler(late);
        const Running running(options_with(certificate.files), handler);
        TlsClient client(running.server.port());
        client.ask(get("/"), "\r\n\r\n");
        std::this_thread::sleep_for(50ms);
    }
    REQUIRE(late);
    late("0123456789");
    late("0123456789");
}

TEST_CASE("a drain lets a download go on") {
    Worker worker;
    World world;
    world.handler.bytes = 2'000'000;
    world.handler.act = [&](Letters& source, std::size_t bytes_max, Done done) {
        worker.post([&source, bytes_max, done = std::move(done)] {
            std::this_thread::sleep_for(20ms);
            done(source.next(bytes_max));
        });
    };
    TlsClient client(world.port());
    client.send(get("/"));
    REQUIRE(comes_true([&] { return world.handler.seen.given > 0; }));
    world.running.server.drain();
    CHECK(read_letters(client, world.handler.bytes) == world.handler.bytes);
    CHECK(client.read_all().empty());
    world.running.join();
}

TEST_CASE("a drain cuts a download at its limit") {
    World world;
    std::vector<Done> never;
    world.handler.act = [&](Letters&, std::size_t, Done done) { never.push_back(std::move(done)); };
    TlsClient client(world.port());
    client.ask(get("/"), "\r\n\r\n");
    const auto began = std::chrono::steady_clock::now();
    world.running.server.drain();
    world.running.join();
    CHECK(std::chrono::steady_clock::now() - began < 5s);
    CHECK(world.handler.seen.alive == 0);
    never.clear();
}

TEST_CASE("a reply is wanted until its client goes, also when more requests have come") {
    World world;
    auto client = std::make_unique<TlsClient>(world.port());
    client->send(get("/later") + get("/plain") + get("/plain"));
    REQUIRE(comes_true([&] {
        const std::lock_guard lock(world.handler.mutex);
        return !world.handler.kept.empty();
    }));
    std::this_thread::sleep_for(2500ms);
    CHECK(world.handler.kept[0].is_wanted());
    client.reset();
    CHECK(comes_true([&] { return !world.handler.kept[0].is_wanted(); }));
    world.handler.kept[0](world.handler.streamed());
    CHECK_FALSE(world.handler.kept[0].is_wanted());
    CHECK(comes_true([&] { return world.handler.seen.alive == 0; }));
    CHECK(world.handler.seen.reads == 0);
}

TEST_CASE("a client that closes only its own side gets a short answer, but no stream") {
    World world;
    for (const bool is_streamed : {false, true}) {
        world.handler.kept.clear();
        TlsClient client(world.port());
        client.send(get("/later"));
        ::shutdown(client.fd, SHUT_WR);
        REQUIRE(comes_true([&] {
            const std::lock_guard lock(world.handler.mutex);
            return !world.handler.kept.empty();
        }));
        REQUIRE(comes_true([&] { return !world.handler.kept[0].is_wanted(); }));
        world.handler.kept[0](is_streamed ? world.handler.streamed() : Response{200, "text/plain", "[short]", {}, false});
        const auto answer = client.read_all();
        CHECK((answer.find("[short]") != std::string::npos) == !is_streamed);
        CHECK((answer.empty()) == is_streamed);
    }
}
