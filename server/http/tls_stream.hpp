// SPDX-License-Identifier: Apache-2.0
// One TLS connection over a socket's window: handshake, read, write, close; 3 KiB of memory while idle instead of 80. One io
// thread; knows no Asio; never blocks.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace chayan::http {

class SocketWindow;

/// What became of an attempt. `ended`: closed by the peer, truncated, reset, or not TLS; nothing more can be read or written.
enum class Outcome { done, want_read, want_write, ended };

class TlsStream {
public:
    /// Requires: `window` outlives this. Throws std::bad_alloc.
    TlsStream(SSL_CTX& context, SocketWindow& window);
    ~TlsStream();
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;

    Outcome handshake();
    /// Sets `got` to 1..room when done.
    Outcome read(std::span<char> room, std::size_t& got);
    /// Sets `sent` to how many bytes of the front of `bytes` are gone when done. After want_write the same bytes must
    /// come again.
    Outcome write(std::string_view bytes, std::size_t& sent);
    /// Tells the peer that no more comes; gives up silently.
    void close_notify();
    /// True when read() can find something that has left the window.
    bool has_input() const;

private:
    struct Transport;
    Outcome outcome_of(int result);

    std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
};

}  // namespace chayan::http
