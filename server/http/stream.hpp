// SPDX-License-Identifier: Apache-2.0
// The bytes of one connection: through TLS, or as they are for the named proxy. One io thread; knows no Asio; never blocks.
// A branch for each record, no virtual call.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "http/socket_window.hpp"
#include "http/tls_stream.hpp"

namespace chayan::http {

class Stream {
public:
    /// `context` null: no TLS. Requires: `socket` stays open and non-blocking until this is destroyed. Throws std::bad_alloc.
    Stream(SSL_CTX* context, int socket) : window_(socket) {
        if (context != nullptr) tls_.emplace(*context, window_);
    }

    Outcome handshake() { return tls_ ? tls_->handshake() : Outcome::done; }
    /// Sets `got` to 1..room when done.
    Outcome read(std::span<char> room, std::size_t& got) {
        return tls_ ? tls_->read(room, got) : outcome_of(window_.read(room, got), Outcome::want_read);
    }
    /// Sets `sent` to how many bytes of the front of `bytes` are gone when done. After want_write the same bytes must
    /// come again.
    Outcome write(std::string_view bytes, std::size_t& sent) {
        return tls_ ? tls_->write(bytes, sent) : outcome_of(window_.write(bytes, sent), Outcome::want_write);
    }
    /// Tells the peer that no more comes, where TLS has a word for it.
    void close_notify() {
        if (tls_) tls_->close_notify();
    }

    /// True when read() can find something without waiting for the socket.
    bool has_input() const { return window_.has_input() || (tls_ && tls_->has_input()); }
    /// Where the socket's next bytes belong. Requires: want_read was the last outcome, or has_input() is false.
    std::span<char> room() { return window_.room(); }
    void received(std::size_t bytes) { window_.received(bytes); }

private:
    static Outcome outcome_of(SocketWindow::Result result, Outcome later) {
        if (result == SocketWindow::Result::later) return later;
        return result == SocketWindow::Result::done ? Outcome::done : Outcome::ended;
    }

    SocketWindow window_;
    std::optional<TlsStream> tls_;
};

}  // namespace chayan::http
