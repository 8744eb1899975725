// SPDX-License-Identifier: Apache-2.0
#include "http/tls_stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <new>

#include "http/socket_window.hpp"

namespace chayan::http {

/// OpenSSL's view of the connection.
struct TlsStream::Transport {
    using Result = SocketWindow::Result;
    static SocketWindow& of(BIO* bio) { return *static_cast<SocketWindow*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* out, std::size_t room, std::size_t* got) {
        BIO_clear_retry_flags(bio);
        const auto result = of(bio).read({out, room}, *got);
        if (result == Result::later) BIO_set_retry_read(bio);
        return result == Result::done ? 1 : 0;
    }

    static int write(BIO* bio, const char* bytes, std::size_t count, std::size_t* sent) {
        BIO_clear_retry_flags(bio);
        const auto result = of(bio).write({bytes, count}, *sent);
        if (result == Result::later) BIO_set_retry_write(bio);
        return result == Result::done ? 1 : 0;
    }

    static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

    static const BIO_METHOD* method() {
        static BIO_METHOD* const made = [] {
            BIO_METHOD* const m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "session");
            if (m == nullptr) throw std::bad_alloc();
            BIO_meth_set_read_ex(m, &read);
            BIO_meth_set_write_ex(m, &write);
            BIO_meth_set_ctrl(m, &control);
            return m;
        }();
        return made;
    }
};

TlsStream::TlsStream(SSL_CTX& context, SocketWindow& window) : ssl_(SSL_new(&context), &SSL_free) {
    BIO* const bio = ssl_ ? BIO_new(Transport::method()) : nullptr;
    if (bio == nullptr) {
        ERR_clear_error();
        throw std::bad_alloc();
    }
    BIO_set_data(bio, &window);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
}

TlsStream::~TlsStream() = default;

Outcome TlsStream::outcome_of(int result) {
    if (result == 1) return Outcome::done;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ: return Outcome::want_read;
        case SSL_ERROR_WANT_WRITE: return Outcome::want_write;
        default: ERR_clear_error(); return Outcome::ended;
    }
}

Outcome TlsStream::handshake() {
    ERR_clear_error();
    return outcome_of(SSL_do_handshake(ssl_.get()));
}

Outcome TlsStream::read(std::span<char> room, std::size_t& got) {
    ERR_clear_error();
    return outcome_of(SSL_read_ex(ssl_.get(), room.data(), room.size(), &got));
}

Outcome TlsStream::write(std::string_view bytes, std::size_t& sent) {
    ERR_clear_error();
    return outcome_of(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent));
}

void TlsStream::close_notify() {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

bool TlsStream::has_input() const { return SSL_has_pending(ssl_.get()) == 1; }

}  // namespace chayan::http
