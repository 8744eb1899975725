// SPDX-License-Identifier: Apache-2.0
// Numbers for whoever watches the service from outside, in Prometheus's text form, on a listener of their own: this machine alone, by plain HTTP.
// Counts and moments, never anybody's data; routes as the table writes them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "api/route_tally.hpp"
#include "app/timed_store.hpp"
#include "http/server.hpp"
#include "service/status.hpp"
#include "service/throttle.hpp"

namespace chayan::app {

/// What is told. Any thread.
struct Measured {
    service::StatusView status;
    std::vector<api::RouteTally::Counts> requests;   ///< as RouteTally::counts
    CommitTimes::Counts commits;
    std::size_t index_scans = 0, index_bytes = 0;
    bool is_certificate_whole = true;
    std::uint64_t backup_failures = 0;               ///< of those that the service makes by itself
    std::array<std::uint64_t, service::buckets> refused{};   ///< by service::bucket_names
    std::array<std::uint64_t, service::sheds> shed{};        ///< by service::shed_names
};

/// The text of an answer.
std::string metrics_text(const Measured& measured);

/// A listener that answers GET /metrics, one asker after another, each within two seconds.
class MetricsListener {
public:
    /// `place`: [server] metrics_listen, by the rules of proxy_listen. Throws std::runtime_error with a sentence.
    MetricsListener(const http::ProxyPlace& place, std::function<std::string()> text);
    ~MetricsListener();
    MetricsListener(const MetricsListener&) = delete;
    MetricsListener& operator=(const MetricsListener&) = delete;
    /// Where it listens: a port, or 0 for a Unix socket.
    std::uint16_t port() const;
    /// Answers until stopped; blocks.
    void run(const std::stop_token& stop);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace chayan::app
