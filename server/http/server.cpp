// SPDX-License-Identifier: Apache-2.0
// Asio is used here and in lane.cpp and session.cpp only, Beast in head.cpp. There is no coroutine: GCC 12.2 destroys
// some temporaries of an awaiting expression twice, and a session is a state machine without one.
#include "http/server.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

#include "http/address.hpp"
#include "http/listening.hpp"
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

constexpr int accepts_in_turn_max = 32;
constexpr auto accept_pause = std::chrono::milliseconds(100);
/// Busy clients send their next request within this and are told to close; only then are idle connections closed.
constexpr auto drain_quiet = std::chrono::milliseconds(250);

/// A way in. Without TLS it is the named proxy's.
enum class Security { tls, plain };

/// A socket that listens, on one io thread. What is asked of it is the same for every family.
struct Door {
    Door(asio::io_context& io, int fd, Security kind) : acceptor(io), security(kind) { acceptor.assign(tcp::v4(), fd); }
    Acceptor acceptor;
    const Security security;
    bool is_waiting = false;
};

/// One io thread: its doors, its sessions, its clock.
class IoThread {
public:
    IoThread(const ServerOptions& options, Handler& handler, const HostNames& hosts, Totals& totals,
             unsigned index, Context context)
        : context_(std::move(context)),
          lane_(options, handler, hosts, totals, index),
          tick_(lane_.io),
          pause_(lane_.io) {
        tick_.expires_after(std::chrono::seconds(1));
        wait_for_tick();
    }
    /// Requires: run() has returned. Sessions first: the mailbox may hold the last reference to one. A Reply that is
    /// still held somewhere finds the mailbox closed.
    ~IoThread() {
        end_sessions();
        lane_.mailbox->close();
    }

    /// Takes over `fd`, which listens. Requires: run() has not been called.
    void open(int fd, Security security) {
        doors_.push_back(std::make_unique<Door>(lane_.io, fd, security));
        wait_for_connections(*doors_.back());
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
    std::uint64_t beats() const { return beats_.load(std::memory_order_relaxed); }

private:
    static Session& session_of(WheelNode& node) { return static_cast<Session&>(node); }

    void wait_for_connections(Door& door) {
        if (!door.acceptor.is_open() || std::exchange(door.is_waiting, true)) return;
        door.acceptor.async_wait(Acceptor::wait_read, [this, &door](const boost::system::error_code& error) {
            door.is_waiting = false;
            if (!error) accept_waiting(door);
        });
    }

    void accept_waiting(Door& door) {
        for (int i = 0; i < accepts_in_turn_max; ++i) {
            sockaddr_storage peer{};
            socklen_t size = sizeof peer;
            const int fd = ::accept4(door.acceptor.native_handle(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (fd < 0) {
                if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return pause_accepting();
                break;
            }
            is_pause_logged_ = false;
            begin_session(fd, door.security, peer);
        }
        wait_for_connections(door);
    }

    /// All places are taken: whoever has most of them gives up the one that was quiet for longest. An address alone refuses nobody.
    bool make_room() {
        auto* const seat = lane_.crowd.find_to_give_way([](Crowd::Seat& each) { return static_cast<Session&>(each).may_give_way(); });
        if (seat == nullptr) return false;
        static_cast<Session&>(*seat).give_way();
        return true;
    }

    void begin_session(int fd, Security security, const sockaddr_storage& peer) {
        if (lane_.totals.connections.load(std::memory_order_relaxed) >= lane_.options.connections_max && !make_room()) {
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
            const auto context = security == Security::tls ? context_.load() : Context();
            std::make_shared<Session>(lane_, context.get(), std::move(socket), peer_address(peer))->start();
        } catch (...) {
            kit::log(kit::Level::error, "accept_failed");
        }
    }

    /// Without descriptors, asking again at once would only burn the core that could free some.
    void pause_accepting() {
        if (!std::exchange(is_pause_logged_, true)) kit::log(kit::Level::warning, "accept_paused", {{"errno", errno}});
        pause_.expires_after(accept_pause);
        pause_.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            for (const auto& door : doors_) wait_for_connections(*door);
        });
    }

    void wait_for_tick() {
        tick_.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            beats_.fetch_add(1, std::memory_order_relaxed);
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
        for (const auto& door : doors_) {
            accept_waiting(*door);  // who has connected already is served once
            boost::system::error_code ignored;
            door->acceptor.close(ignored);
        }
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
    std::atomic<std::uint64_t> beats_{0};
    Lane lane_;
    std::vector<std::unique_ptr<Door>> doors_;
    Timer tick_;
    Timer pause_;
    std::int64_t drain_ticks_left_ = 0;
    bool is_pause_logged_ = false;
};

}  // namespace

struct Server::State {
    State(ServerOptions o, Handler& handler) : options(std::move(o)), hosts(options.hosts), ticket_key(options.tls.ticket_key_file) {
        CHECK(options.io_threads > 0);
        for (unsigned i = 0; i < options.io_threads; ++i) {
            threads.push_back(std::make_unique<IoThread>(options, handler, hosts, totals, i, make_tls_context(options.tls, ticket_key)));
        }
        if (options.inherited.empty()) {
            where = free_endpoint(options.address, options.port);
            open_port(where, Security::tls);
        } else {
            open_inherited();
        }
        open_to_proxy();
    }
    void open_port(const tcp::endpoint& at, Security security) {
        for (const auto& thread : threads) thread->open(listen_beside_others(at), security);
    }
    /// Each io thread has one at least, if need be together with others, and each socket a thread. Whoever holds them beside us keeps them
    /// open when we end: who comes meanwhile waits in their queue.
    void open_inherited() {
        const auto& sockets = options.inherited;
        for (std::size_t i = sockets.size(); i-- > 0;) where = adopt_listening(sockets[i]);
        for (std::size_t i = 0; i < std::max(sockets.size(), threads.size()); ++i) threads[i % threads.size()]->open(share_listening(sockets[i % sockets.size()]), Security::tls);
        for (const int fd : sockets) ::close(fd);
    }
    void open_to_proxy() {
        const auto& proxy = options.proxy;
        if (!proxy.socket.empty()) {
            local.emplace(proxy.socket);
            for (const auto& thread : threads) thread->open(local->share(), Security::plain);
            local->release();
        } else if (!proxy.address.empty()) {
            proxy_where = free_endpoint(proxy.address, proxy.port);
            if (!proxy_where.address().is_loopback()) {
                throw std::runtime_error(proxy.address + " is not of this machine, and no data leaves it without TLS");
            }
            open_port(proxy_where, Security::plain);
        }
    }

    const ServerOptions options;
    const HostNames hosts;
    const TicketKey ticket_key;
    tcp::endpoint where;
    tcp::endpoint proxy_where;
    std::optional<LocalSocket> local;
    Totals totals;
    std::vector<std::unique_ptr<IoThread>> threads;
};

Server::Server(ServerOptions options, Handler& handler) : state_(std::make_unique<State>(std::move(options), handler)) {}
Server::~Server() = default;

std::string Server::address() const { return state_->where.address().to_string(); }
std::uint16_t Server::port() const { return state_->where.port(); }
std::uint16_t Server::proxy_port() const { return state_->proxy_where.port(); }

void Server::run_io(unsigned index) {
    CHECK(index < state_->threads.size());
    state_->threads[index]->run();
}

std::uint64_t Server::beats() const {
    auto least = std::numeric_limits<std::uint64_t>::max();
    for (const auto& thread : state_->threads) least = std::min(least, thread->beats());
    return least;
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
