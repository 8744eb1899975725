// SPDX-License-Identifier: Apache-2.0
// Sockets that listen, and the file of one that is no port. Main thread, before any session; every failure is a
// std::runtime_error with a sentence.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>
#include <sys/types.h>

namespace chayan::http {

/// Fails when anybody listens there already, which SO_REUSEPORT would hide from us; chooses the port when it is 0.
boost::asio::ip::tcp::endpoint free_endpoint(const std::string& address, std::uint16_t port);

/// A socket that listens there beside others of this process, and that no child inherits.
int listen_beside_others(const boost::asio::ip::tcp::endpoint& where);

/// Takes over a TCP socket that whoever started us has bound and listens on, and says where: non-blocking, and inherited no further. Any
/// other descriptor is refused.
boost::asio::ip::tcp::endpoint adopt_listening(int fd);

/// Another descriptor of the same listening socket, that no child inherits.
int share_listening(int fd);

/// A Unix socket that its owner and group may connect to (0660). One that nobody answers any more is replaced; one that
/// somebody answers, and any other file, is left alone and refused. The file goes with this, if it still is the same.
class LocalSocket {
public:
    explicit LocalSocket(const std::string& path);
    ~LocalSocket();
    LocalSocket(const LocalSocket&) = delete;
    LocalSocket& operator=(const LocalSocket&) = delete;

    /// Another descriptor of the same listening socket: nobody is accepted any more when all of them are closed.
    int share() const;
    /// Closes its own descriptor, when all have theirs.
    void release();

private:
    const std::string path_;
    int fd_ = -1;
    dev_t device_ = 0;
    ino_t node_ = 0;
};

}  // namespace chayan::http
