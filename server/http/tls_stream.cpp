// SPDX-License-Identifier: Apache-2.0
#include "http/tls_stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace chayan::http {

/// OpenSSL's view of the connection: reads from the window, writes to the socket.
struct TlsStream::Transport {
    static TlsStream& of(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* out, std::size_t room, std::size_t* got) {
        TlsStream& stream = of(bio);
        BIO_clear_retry_flags(bio);
        if (stream.begin_ < stream.end_) {
            *got = std::min(room, stream.end_ - stream.begin_);
            std::memcpy(out, stream.window_.data() + stream.begin_, *got);
            stream.begin_ += *got;
            return 1;
        }
        if (stream.may_have_more_) {
            const auto n = ::recv(stream.socket_, out, room, MSG_DONTWAIT);
            stream.may_have_more_ = n == static_cast<ssize_t>(room);
            if (n > 0) {
                *got = static_cast<std::size_t>(n);
                return 1;
            }
            if (n == 0 || (errno != EAGAIN && errno != EINTR)) return 0;
        }
        BIO_set_retry_read(bio);
        return 0;
    }

    static int write(BIO* bio, const char* bytes, std::size_t count, std::size_t* sent) {
        BIO_clear_retry_flags(bio);
        const auto n = ::send(of(bio).socket_, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0) {
            *sent = static_cast<std::size_t>(n);
            return 1;
        }
        if (errno == EAGAIN || errno == EINTR) BIO_set_retry_write(bio);
        return 0;
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

TlsStream::TlsStream(SSL_CTX& context, int socket) : ssl_(SSL_new(&context), &SSL_free), socket_(socket) {
    BIO* const bio = ssl_ ? BIO_new(Transport::method()) : nullptr;
    if (bio == nullptr) {
        ERR_clear_error();
        throw std::bad_alloc();
    }
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
}

TlsStream::~TlsStream() = default;

TlsStream::Outcome TlsStream::outcome_of(int result) {
    if (result == 1) return Outcome::done;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ: return Outcome::want_read;
        case SSL_ERROR_WANT_WRITE: return Outcome::want_write;
        default: ERR_clear_error(); return Outcome::ended;
    }
}

TlsStream::Outcome TlsStream::handshake() {
    ERR_clear_error();
    return outcome_of(SSL_do_handshake(ssl_.get()));
}

TlsStream::Outcome TlsStream::read(std::span<char> room, std::size_t& got) {
    ERR_clear_error();
    return outcome_of(SSL_read_ex(ssl_.get(), room.data(), room.size(), &got));
}

TlsStream::Outcome TlsStream::write(std::string_view bytes, std::size_t& sent) {
    ERR_clear_error();
    return outcome_of(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent));
}

void TlsStream::close_notify() {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

bool TlsStream::has_input() const { return begin_ < end_ || may_have_more_ || SSL_has_pending(ssl_.get()) == 1; }

void TlsStream::received(std::size_t bytes) {
    begin_ = 0;
    end_ = bytes;
    may_have_more_ = bytes == window_.size();
}

}  // namespace chayan::http
