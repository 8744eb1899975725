// SPDX-License-Identifier: Apache-2.0
// What belongs to one io thread and is shared by its sessions: the io_context, the clock, and the mailbox through which
// replies from other threads come in. One thread each; only Mailbox::put() may be called from elsewhere.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "http/crowd.hpp"
#include "http/head.hpp"
#include "http/message.hpp"
#include "http/server.hpp"
#include "http/wheel.hpp"

namespace chayan::http {

class Session;

/// Replies, and pieces of streamed bodies, on their way to one io thread. A session is in it once at most: it awaits a reply,
/// or one piece. A list through the sessions themselves, so that sending cannot fail for want
/// of memory; it wakes the thread once for however many arrive before it looks. Any thread.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
public:
    explicit Mailbox(boost::asio::io_context& io) : io_(&io) {}
    void put(Session& session, Response&& response) noexcept;
    void put(Session& session, std::string&& piece) noexcept;
    /// The io thread: hands what waits to its sessions.
    void deliver();
    /// Before the io_context goes: what comes later is dropped.
    void close();

private:
    void add(Session& session) noexcept;

    std::mutex mutex_;
    boost::asio::io_context* io_;
    std::shared_ptr<Session> first_;
    Session* last_ = nullptr;
    bool is_posted_ = false;
};

/// What the lanes count together.
struct Totals {
    std::atomic<std::size_t> connections{0};
    /// Of bodies held in memory. Requests may outlive the server, hence shared.
    const std::shared_ptr<std::atomic<std::size_t>> body_bytes = std::make_shared<std::atomic<std::size_t>>(0);
};

/// What the sessions of one io thread share.
struct Lane {
    Lane(const ServerOptions& o, Handler& h, const HostNames& n, Totals& t, unsigned index);

    const ServerOptions& options;
    Handler& handler;
    const HostNames& hosts;
    Totals& totals;
    boost::asio::io_context io{1};
    std::shared_ptr<Mailbox> mailbox;
    Wheel wheel;                            ///< ticks are seconds; holds every live session
    Crowd crowd;                            ///< those that came by TLS
    std::uint64_t next_request_id;
    bool is_draining = false;
    std::array<char, 16 * 1024> scratch{};  ///< what a TLS record may hold
};

/// The mailbox of the io thread that is running, so that a session knows its own thread.
extern thread_local const Mailbox* this_thread_mailbox;

}  // namespace chayan::http
