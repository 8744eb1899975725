// SPDX-License-Identifier: Apache-2.0
// The hardened HTTPS/1.1 server: accepts, reads under limits, dispatches, writes, drains. It alone may read a request
// from the network (Beast 1.81 has holes, see server.cpp) and knows nothing of the product. Threads are made by app:
// one calls run_io(i) for each core; every session lives and dies on the io thread that accepted it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/message.hpp"
#include "kit/limits.hpp"

namespace chayan::http {

/// Requires: files are PEM; the key's mode is 0600 or stricter (else the constructor throws, SECURITY S7).
struct TlsFiles {
    std::string certificate_chain;
    std::string private_key;
    std::string ticket_key_file;   ///< 80 secret bytes, so that resumption survives a restart; empty: a random key
};

/// Where a reverse proxy on this machine asks over plain HTTP: the path of a Unix socket, or a loopback address and a port
/// (0: a free one). Neither: nowhere. What it forwards as X-Forwarded-For is believed.
struct ProxyPlace {
    std::string socket;
    std::string address;
    std::uint16_t port = 0;
};

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;              ///< 0: a free one
    std::vector<int> inherited;          ///< sockets that listen already, in place of the two before; taken over
    unsigned io_threads = 2;             ///< an io_context each, SO_REUSEPORT
    TlsFiles tls;
    ProxyPlace proxy;
    std::vector<std::string> hosts;      ///< names a Host header may have, with or without port; localhost forms are added
    std::size_t connections_max = 12'000;  ///< then the quietest of the largest neighbourhood gives way to who comes
    std::size_t bodies_bytes_max = kit::bodies_bytes_max;   ///< of all requests together, beyond a form each: else 503
    std::chrono::seconds handshake_max{5}, header_max{10}, body_max{15}, write_max{15}, idle_max{30}, drain_max{10};
};

class Server {
public:
    /// Binds and listens. Throws std::runtime_error with a sentence (address in use, bad certificate, a proxy elsewhere, …).
    Server(ServerOptions options, Handler& handler);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::string address() const;
    std::uint16_t port() const;
    std::uint16_t proxy_port() const;  ///< 0: plain HTTP is on no port
    /// Serves connections of io context `index` < io_threads until stop; blocks. One thread for each index.
    void run_io(unsigned index);
    /// Any thread. Grows each second while every io thread turns: by it a watchdog knows that connections are served.
    std::uint64_t beats() const;
    /// Any thread. Stops accepting, closes idle connections, lets requests under way finish within drain_max, then
    /// run_io returns. Idempotent.
    void drain();
    /// Any thread. Ends at once.
    void stop();
    /// Any thread. New connections get the new pair; a bad pair changes nothing and the sentence why is returned
    /// (empty: done). SECURITY R8.
    std::string reload_certificate(const TlsFiles& files);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace chayan::http
