// SPDX-License-Identifier: Apache-2.0
// The life of one connection: handshake, then head, body, handling, writing for each request in turn, then a polite end.
// A state machine: each step either goes on or says what it waits for, and no step blocks. Lives on the io thread that
// accepted it; only send(), send_piece() and is_wanted() may be called from elsewhere. Never reads a body that the product has not admitted, and never
// answers what follows a refusal.
#pragma once

#include <openssl/types.h>

#include <atomic>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/body_room.hpp"
#include "http/crowd.hpp"
#include "http/head.hpp"
#include "http/lane.hpp"
#include "http/message.hpp"
#include "http/stream.hpp"
#include "http/streamed_body.hpp"
#include "http/wheel.hpp"

namespace chayan::http {

/// Concrete, so that no operation goes through a type-erased executor.
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

class Session final : public ReplySink, public WheelNode, public Crowd::Seat, public std::enable_shared_from_this<Session> {
public:
    /// `context` null: plain HTTP from the named proxy, whose X-Forwarded-For is believed. `peer` is the address at the other end.
    Session(Lane& lane, SSL_CTX* context, Socket socket, std::string peer);
    ~Session() override;

    void start();
    /// Its time limit has passed.
    void expire() noexcept;
    /// Ends it when it is idle, after a grace when it has asked nothing yet.
    void drain() noexcept;
    /// False while an answer is being made, or streamed.
    bool may_give_way() const noexcept;
    /// Ends it, so that somebody else may come.
    void give_way() noexcept;
    /// Closes at once and gives up the socket. Idempotent.
    void end() noexcept;
    void send(Response response) noexcept override;
    /// What a BodySource has read; none: it could not.
    void send_piece(std::string piece) noexcept;
    bool is_wanted() const noexcept override { return is_wanted_.load(std::memory_order_relaxed); }

private:
    friend class Mailbox;
    enum class Phase : std::uint8_t { handshake, head, body, handling, writing, fetching, lingering, ended };
    enum class Step : bool { wait, go_on };
    struct Received;
    struct Writable;

    void run() noexcept;
    Step step();
    Step shake();
    Step await_head();
    Step take_head();
    Step take_body();
    Step dispatch();
    Step take_reply();
    Step write();
    void begin_stream(std::shared_ptr<BodySource> source);
    Step write_piece();
    Step finish_answer();
    Step linger();

    Step read_more(std::string& into);
    Step wait_for(Outcome outcome);
    void receive();
    void enter_head();
    Step refuse(const Refusal& refusal);
    Response refusal_response(const Refusal& refusal);
    Step answer(Response response);
    void send_bytes(Phase then);
    void watch_peer() noexcept;
    void log_failure(const char* event) const;

    Lane& lane_;
    const std::shared_ptr<Mailbox> mailbox_;
    const bool is_proxied_;
    const std::string peer_;
    const std::string neighbourhood_;
    std::optional<Socket> socket_;
    std::optional<Stream> stream_;

    Phase phase_ = Phase::handshake;
    Phase after_write_ = Phase::head;
    bool is_running_ = false;
    bool is_handling_ = false;     ///< inside Handler::handle, so a reply from this thread needs no mailbox
    bool is_receiving_ = false;
    bool is_waiting_to_write_ = false;
    bool is_mail_ready_ = false;   ///< reply_ or piece_ is there
    bool closes_after_ = false;
    bool lingers_ = false;         ///< the peer may still be sending: let it read the answer before the reset
    std::uint32_t requests_ = 0;
    std::size_t lingered_bytes_ = 0;

    std::string in_;               ///< read and not yet used: at most a head and a record
    std::string out_;
    std::string rest_;             ///< a large body, sent after out_
    std::size_t sent_ = 0;
    std::optional<StreamedBody> streamed_;  ///< what follows out_, piece by piece
    bool has_skipped_line_end_ = false;
    bool has_drain_grace_ = false;
    HeadScan scan_;
    ParsedHead parsed_;
    std::string body_;
    std::shared_ptr<BodyRoom> room_;  ///< counts body_; none for a form, of which each connection may hold one
    std::string language_;         ///< for refusals after the head went to the handler
    std::uint64_t request_id_ = 0;

    std::atomic<bool> is_wanted_{true};
    Response reply_;               ///< guarded by the mailbox's mutex until delivered
    std::string piece_;            ///< so is this
    std::shared_ptr<Session> next_mail_;  ///< the mailbox's list
};

}  // namespace chayan::http
