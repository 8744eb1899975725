// SPDX-License-Identifier: Apache-2.0
// Asio is used here and in lane.cpp and session.cpp only, Beast in head.cpp. There is no coroutine: GCC 12.2 destroys
// some temporaries of an awaiting expression twice, and a session is a state machine without one.
#include "http/server.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "http/session.hpp"
#include "http/tls.hpp"
#include "kit/check.hpp"
#include "kit/guarded.hpp"
#include "kit/log.hpp"

namespace chayan::http {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                                         asio::io_context::executor_type>;
using Context = std::shared_ptr<SSL_CTX>;

constexpr int backlog = 4096;
constexpr int accepts_in_turn_max = 32;
constexpr auto accept_pause = std::chrono::milliseconds(100);
/// Busy clients send their next request within this and are told to close; only then are idle connections closed.
constexpr auto drain_quiet = std::chrono::milliseconds(250);

[[noreturn]] void fail(const std::string& act, const tcp::endpoint& where) {
    const std::string reason = std::strerror(errno);
    throw std::runtime_error("cannot " + act + " " + where.address().to_string() + " port " + std::to_string(where.port()) +
                             ": " + reason);
}

enum class Sharing { alone, shared };

/// A bound socket that no child inherits. Its options are inherited by what it accepts.
int bound_socket(const tcp::endpoint& where, Sharing sharing) {
    const int fd = ::socket(where.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) fail("open a socket for", where);
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (sharing == Sharing::shared) ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (::bind(fd, where.data(), static_cast<socklen_t>(where.size())) != 0) {
        const int error = errno;
        ::close(fd);
        errno = error;
        fail("listen on", where);
    }
    return fd;
}

/// Fails when anybody listens there already, which SO_REUSEPORT would hide from us; chooses the port when it is 0.
tcp::endpoint free_endpoint(const ServerOptions& options) {
    boost::system::error_code error;
    tcp::endpoint where(asio::ip::make_address(options.address, error), options.port);
    if (error) throw std::runtime_error(options.address + " is not an address to listen on");
    const int fd = bound_socket(where, Sharing::alone);
    auto size = static_cast<socklen_t>(where.capacity());
    const int result = ::getsockname(fd, where.data(), &size);
    ::close(fd);
    if (result != 0) fail("learn the port of", where);
    return where;
}

/// One io thread: its listening socket, its sessions, its clock.
class IoThread {
public:
    IoThread(const ServerOptions& options, Handler& handler, const HostNames& hosts, std::atomic<std::size_t>& connections,
             unsigned index, const tcp::endpoint& where, Context context)
        : context_(std::move(context)),
          lane_(options, handler, hosts, connections, index),
          acceptor_(lane_.io),
          tick_(lane_.io),
          pause_(lane_.io) {
        const int fd = bound_socket(where, Sharing::shared);
        acceptor_.assign(where.protocol(), fd);
        if (::listen(fd, backlog) != 0) fail("listen on", where);
        tick_.expires_after(std::chrono::seconds(1));
        wait_for_tick();
        wait_for_connections();
    }
    /// Requires: run() has returned. Sessions first: the mailbox may hold the last reference to one. A Reply that is
    /// still held somewhere finds the mailbox closed.
    ~IoThread() {
        end_sessions();
        lane_.mailbox->close();
    }

    void run() {
        this_thread_mailbox = lane_.mailbox.get();
        for (;;) {
            try {
                lane_.io.run();
                break;
            } catch (...) {  // no request may end the process
                kit::log(kit::Level::error, "io_thread_exception");
            }
        }
        this_thread_mailbox = nullptr;
    }
    void post_drain() {
        asio::post(lane_.io, [this] { drain(); });
    }
    void stop() { lane_.io.stop(); }
    void set_context(Context context) { context_.store(std::move(context)); }

private:
    static Session& session_of(WheelNode& node) { return static_cast<Session&>(node); }

    void wait_for_connections() {
        acceptor_.async_wait(Acceptor::wait_read, [this](const boost::system::error_code& error) {
            if (!error) accept_waiting();
        });
    }

    void accept_waiting() {
        for (int i = 0; i < accepts_in_turn_max; ++i) {
            const int fd = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (fd < 0) {
                if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return pause_accepting();
                break;
            }
            is_pause_logged_ = false;
            begin_session(fd);
        }
        if (acceptor_.is_open()) wait_for_connections();
    }

    void begin_session(int fd) {
        if (lane_.connections.load(std::memory_order_relaxed) >= lane_.options.connections_max) {
            ::close(fd);
            return;
        }
        try {
            Socket socket(lane_.io);
            boost::system::error_code error;
            socket.assign(tcp::v4(), fd, error);  // the family matters only to what we never ask of the socket
            if (error) {
                ::close(fd);
                return;
            }
            const auto context = context_.load();
            std::make_shared<Session>(lane_, *context, std::move(socket))->start();
        } catch (...) {
            kit::log(kit::Level::error, "accept_failed");
        }
    }

    /// Without descriptors, asking again at once would only burn the core that could free some.
    void pause_accepting() {
        if (!std::exchange(is_pause_logged_, true)) kit::log(kit::Level::warning, "accept_paused", {{"errno", errno}});
        pause_.expires_after(accept_pause);
        pause_.async_wait([this](const boost::system::error_code& error) {
            if (!error && acceptor_.is_open()) wait_for_connections();
        });
    }

    void wait_for_tick() {
        tick_.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            lane_.wheel.tick([](WheelNode& node) { session_of(node).expire(); });
            lane_.mailbox->deliver();
            if (lane_.is_draining && (lane_.wheel.size() == 0 || drain_ticks_left_-- == 0)) return finish_drain();
            tick_.expires_at(tick_.expiry() + std::chrono::seconds(1));
            wait_for_tick();
        });
    }

    void drain() {
        if (lane_.is_draining) return;
        lane_.is_draining = true;
        drain_ticks_left_ = lane_.options.drain_max.count();
        accept_waiting();  // who has connected already is served once
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        if (lane_.wheel.size() == 0) return finish_drain();
        pause_.expires_after(drain_quiet);
        pause_.async_wait([this](const boost::system::error_code&) { end_idle_sessions(); });
    }

    void end_idle_sessions() {
        lane_.wheel.for_each([](WheelNode& node) { session_of(node).drain(); });
        if (lane_.wheel.size() == 0) return finish_drain();
        pause_.expires_after(drain_quiet);
        pause_.async_wait([this](const boost::system::error_code& error) {
            if (!error) end_idle_sessions();
        });
    }

    void finish_drain() {
        if (lane_.wheel.size() != 0) {
            kit::log(kit::Level::warning, "drain_cut_short", {{"connections", static_cast<std::int64_t>(lane_.wheel.size())}});
        }
        end_sessions();
        lane_.io.stop();
    }

    void end_sessions() {
        lane_.wheel.for_each([](WheelNode& node) { session_of(node).end(); });
    }

    kit::Guarded<Context> context_;
    Lane lane_;
    Acceptor acceptor_;
    Timer tick_;
    Timer pause_;
    std::int64_t drain_ticks_left_ = 0;
    bool is_pause_logged_ = false;
};

}  // namespace

struct Server::State {
    State(ServerOptions o, Handler& handler) : options(std::move(o)), hosts(options.hosts), ticket_key(options.tls.ticket_key_file) {
        CHECK(options.io_threads > 0);
        where = free_endpoint(options);
        for (unsigned i = 0; i < options.io_threads; ++i) {
            threads.push_back(std::make_unique<IoThread>(options, handler, hosts, connections, i, where,
                                                         make_tls_context(options.tls, ticket_key)));
        }
    }

    const ServerOptions options;
    const HostNames hosts;
    const TicketKey ticket_key;
    tcp::endpoint where;
    std::atomic<std::size_t> connections{0};
    std::vector<std::unique_ptr<IoThread>> threads;
};

Server::Server(ServerOptions options, Handler& handler) : state_(std::make_unique<State>(std::move(options), handler)) {}
Server::~Server() = default;

std::uint16_t Server::port() const { return state_->where.port(); }

void Server::run_io(unsigned index) {
    CHECK(index < state_->threads.size());
    state_->threads[index]->run();
}

void Server::drain() {
    for (const auto& thread : state_->threads) thread->post_drain();
}

void Server::stop() {
    for (const auto& thread : state_->threads) thread->stop();
}

std::string Server::reload_certificate(const TlsFiles& files) {
    try {
        std::vector<Context> contexts;
        for (std::size_t i = 0; i < state_->threads.size(); ++i) contexts.push_back(make_tls_context(files, state_->ticket_key));
        for (std::size_t i = 0; i < contexts.size(); ++i) state_->threads[i]->set_context(std::move(contexts[i]));
    } catch (const std::exception& error) {
        return error.what();
    }
    return {};
}

}  // namespace chayan::http
