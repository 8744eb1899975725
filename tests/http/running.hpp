// SPDX-License-Identifier: Apache-2.0
// A server on threads of its own. Tests only.
#pragma once

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "http/server.hpp"
#include "http/tls_client.hpp"

namespace chayan::http {

/// Serves until the end of the test, or until it has drained.
struct Running {
    explicit Running(ServerOptions options, Handler& handler) : server(options, handler) {
        std::signal(SIGPIPE, SIG_IGN);
        for (unsigned i = 0; i < options.io_threads; ++i) threads.emplace_back([this, i] { server.run_io(i); });
    }
    ~Running() {
        server.stop();
        join();
    }
    void join() {
        for (auto& thread : threads) {
            if (thread.joinable()) thread.join();
        }
    }
    Server server;
    std::vector<std::thread> threads;
};

inline ServerOptions options_with(const TlsFiles& files) {
    ServerOptions options;
    options.tls = files;
    options.drain_max = std::chrono::seconds(2);
    return options;
}

inline std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"; }

}  // namespace chayan::http
