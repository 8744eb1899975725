// SPDX-License-Identifier: Apache-2.0
// The bytes of a non-blocking socket. They come in through a window that the session's asynchronous receive fills, and leave
// by send(): three system calls a request instead of the five of a stream with its own buffers. One io thread; knows no Asio
// and no TLS; never blocks, never raises SIGPIPE.
#pragma once

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

namespace chayan::http {

class SocketWindow {
public:
    enum class Result { done, later, ended };

    /// Requires: `socket` stays open and non-blocking until this is destroyed.
    explicit SocketWindow(int socket) : socket_(socket) {}
    SocketWindow(const SocketWindow&) = delete;
    SocketWindow& operator=(const SocketWindow&) = delete;

    /// Sets `got` to 1..room when done.
    Result read(std::span<char> room, std::size_t& got) {
        if (begin_ < end_) {
            got = std::min(room.size(), end_ - begin_);
            std::memcpy(room.data(), window_.data() + begin_, got);
            begin_ += got;
            return Result::done;
        }
        if (!may_have_more_) return Result::later;
        const auto n = ::recv(socket_, room.data(), room.size(), MSG_DONTWAIT);
        may_have_more_ = n == static_cast<ssize_t>(room.size());
        if (n > 0) got = static_cast<std::size_t>(n);
        return result_of(n > 0, n < 0);
    }

    /// Sets `sent` to how many bytes of the front of `bytes` are gone when done.
    Result write(std::string_view bytes, std::size_t& sent) {
        const auto n = ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0) sent = static_cast<std::size_t>(n);
        return result_of(n >= 0, n < 0);
    }

    /// True when read() can find something without waiting for the socket.
    bool has_input() const { return begin_ < end_ || may_have_more_; }
    /// Where the socket's next bytes belong. Requires: has_input() is false.
    std::span<char> room() { return window_; }
    void received(std::size_t bytes) {
        begin_ = 0;
        end_ = bytes;
        may_have_more_ = bytes == window_.size();
    }

private:
    static Result result_of(bool is_done, bool has_failed) {
        if (is_done) return Result::done;
        return has_failed && (errno == EAGAIN || errno == EINTR) ? Result::later : Result::ended;
    }

    const int socket_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool may_have_more_ = false;  ///< the window was filled to the brim, so the socket is worth asking again
    std::array<char, 2048> window_;
};

}  // namespace chayan::http
