// SPDX-License-Identifier: Apache-2.0
#include "app/metrics.hpp"

#include "api/api.hpp"
#include "app/folder.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <thread>

using namespace chayan;
using namespace chayan::app;
using chayan::app::testing::Folder;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

/// What a listener answers to these bytes.
std::string ask(int fd, const std::string& bytes) {
    (void)!::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    std::string answer;
    char part[4096];
    for (ssize_t count = 0; (count = ::recv(fd, part, sizeof part, 0)) > 0;) answer.append(part, static_cast<std::size_t>(count));
    ::close(fd);
    return answer;
}

int connect_to(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return fd;
}

struct Answering {
    explicit Answering(const http::ProxyPlace& place, std::function<std::string()> text = [] { return std::string("chayan_ready 1\n"); })
        : listener(place, std::move(text)) {}
    MetricsListener listener;
    std::jthread thread{[this](const std::stop_token& stop) { listener.run(stop); }};
};

}  // namespace

TEST_CASE("commits are counted in the bucket that holds them, on both sides of its bound") {
    CommitTimes times;
    for (const double seconds : {0.0, 0.0005, 0.00051, 0.001, 5.0, 5.1, 100.0}) times.note(seconds);
    const auto counts = times.counts();
    CHECK(counts.in_bucket[0] == 2);
    CHECK(counts.in_bucket[1] == 2);
    CHECK(counts.in_bucket[11] == 1);
    CHECK(counts.in_bucket[12] == 2);
    CHECK(counts.sum_s == Approx(110.10201));
}

TEST_CASE("numbers are told in Prometheus's form, and what nobody knows is left out") {
    Measured measured;
    measured.status.now = measured.status.started = {1'780'000'000};
    measured.status.waiting = 7;
    measured.requests.resize(api::endpoints().size() + 1);
    measured.requests[0] = {0, 12, 0, 3, 0};
    measured.requests.back() = {0, 0, 0, 5, 0};
    measured.commits.in_bucket[0] = 2;
    measured.commits.in_bucket[12] = 1;
    measured.commits.sum_s = 7.25;
    measured.refused[static_cast<std::size_t>(service::Bucket::logins)] = 4;
    measured.shed[static_cast<std::size_t>(service::Shed::scans)] = 9;
    auto text = metrics_text(measured);
    const auto& first = api::endpoints()[0];
    CHECK_THAT(text, Contains("chayan_start_time_seconds 1780000000\n"));
    CHECK_THAT(text, Contains(std::string("chayan_requests_total{method=\"GET\",route=\"") + first.path + "\",status=\"2xx\"} 12\n"));
    CHECK_THAT(text, Contains(std::string("route=\"") + first.path + "\",status=\"4xx\"} 3\n"));
    CHECK_THAT(text, Contains("chayan_requests_total{method=\"OTHER\",route=\"other\",status=\"4xx\"} 5\n"));
    CHECK_THAT(text, Contains("# TYPE chayan_commit_seconds histogram\nchayan_commit_seconds_bucket{le=\"0.0005\"} 2\n") &&
                         Contains("chayan_commit_seconds_bucket{le=\"5\"} 2\nchayan_commit_seconds_bucket{le=\"+Inf\"} 3\nchayan_commit_seconds_sum 7.25\nchayan_commit_seconds_count 3\n"));
    CHECK_THAT(text, Contains("chayan_refused_total{limit=\"logins\"} 4\n") && Contains("chayan_refused_total{limit=\"site_newcomers\"} 0\n"));
    CHECK_THAT(text, Contains("chayan_shed_total{what=\"scans\"} 9\n") && Contains("chayan_shed_total{what=\"query\"} 0\n"));
    CHECK_THAT(text, Contains("chayan_queue_scans 7\n") && Contains("chayan_certificate_whole 1\n"));
    CHECK_THAT(text, !Contains("chayan_last_backup_seconds") && !Contains("chayan_certificate_not_after") && !Contains("chayan_clock_synchronised"));
    CHECK_THAT(text, Contains("chayan_backup_failures_total 0\n") && !Contains("chayan_recovery_proved_seconds"));
    measured.status.last_backup = {1'779'900'000};
    measured.status.recovery_proved = {1'779'800'000};
    measured.backup_failures = 2;
    measured.status.machine.certificate = service::Machine::Certificate{{1'790'000'000}, false, {}};
    measured.is_certificate_whole = false;
    text = metrics_text(measured);
    CHECK_THAT(text, Contains("chayan_last_backup_seconds 1779900000\n") && Contains("chayan_certificate_not_after_seconds 1790000000\n") && Contains("chayan_certificate_whole 0\n"));
    CHECK_THAT(text, Contains("chayan_backup_failures_total 2\n") && Contains("chayan_recovery_proved_seconds 1779800000\n"));
}

TEST_CASE("a listener answers one path, to whoever asks as one should") {
    const Answering answering({{}, "127.0.0.1", 0});
    const auto port = answering.listener.port();
    REQUIRE(port != 0);
    for (int i = 0; i < 3; ++i)
        CHECK_THAT(ask(connect_to(port), "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4") && Contains("\r\n\r\nchayan_ready 1\n"));
    for (const char* other : {"GET / HTTP/1.1\r\n\r\n", "GET /metrics/.. HTTP/1.1\r\n\r\n", "POST /metrics HTTP/1.1\r\n\r\n", "\r\n\r\n"})
        CHECK_THAT(ask(connect_to(port), other), StartsWith("HTTP/1.1 404 "));
    CHECK_THAT(ask(connect_to(port), "GET /" + std::string(5'000, 'x')), StartsWith("HTTP/1.1 404 ") || Catch::Matchers::Equals(""));   // too long: cut off, nothing kept
    const int silent = connect_to(port);
    ::shutdown(silent, SHUT_WR);
    CHECK(ask(silent, "").empty());
    CHECK_THAT(ask(connect_to(port), "GET /metrics HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_CASE("a store that can't be read costs an answer, not the service") {
    int calls = 0;
    const Answering answering({{}, "127.0.0.1", 0}, [&calls]() -> std::string {
        if (++calls == 1) throw storage::StoreError(storage::StoreError::Kind::io, "the disk failed");
        return "fine\n";
    });
    CHECK(ask(connect_to(answering.listener.port()), "GET /metrics HTTP/1.1\r\n\r\n").empty());
    CHECK_THAT(ask(connect_to(answering.listener.port()), "GET /metrics HTTP/1.1\r\n\r\n"), Contains("fine"));
}

TEST_CASE("a listener may be a Unix socket, for its owner and group") {
    const Folder folder;
    const Answering answering({folder.at("metrics"), {}, 0});
    CHECK(folder.mode("metrics") == 0660);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, folder.at("metrics").data(), folder.at("metrics").size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    CHECK_THAT(ask(fd, "GET /metrics HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200 OK"));
}
