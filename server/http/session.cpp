// SPDX-License-Identifier: Apache-2.0
#include "http/session.hpp"

#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <boost/asio/post.hpp>
#include <utility>

#include "http/address.hpp"
#include "http/wire.hpp"
#include "kit/check.hpp"
#include "kit/limits.hpp"
#include "kit/log.hpp"

namespace chayan::http {

namespace {

constexpr std::size_t lingered_bytes_max = 16U * 1024 * 1024;  // twice the largest body that any call admits
constexpr std::uint64_t linger_s = 3;
constexpr std::uint64_t drain_grace_s = 1;           // a connection accepted just before the drain may still ask once
constexpr std::size_t bytes_per_extra_s = 64 * 1024;  // a slow but honest line: 0.5 Mbit/s
constexpr std::uint32_t requests_in_turn_max = 64;   // then the other connections have theirs
// A slow reader's kernel buffer may take megabytes and then be full for minutes; with this bound the socket is writable again
// as soon as some 64 KiB are on their way, so that the limit for each piece measures the reader.
constexpr int streamed_unsent_bytes_max = 128 * 1024;
constexpr std::size_t kept_capacity_max = 4 * 1024;  // an idle connection keeps no large buffer

std::uint64_t seconds(std::chrono::seconds limit) { return static_cast<std::uint64_t>(limit.count()); }

/// Both time limits of a transfer: the setting, and a second more for each 64 KiB.
std::uint64_t transfer_seconds(std::chrono::seconds limit, std::uint64_t bytes) {
    return seconds(limit) + bytes / bytes_per_extra_s;
}

void empty(std::string& buffer) {
    buffer.clear();
    if (buffer.capacity() > kept_capacity_max) std::string().swap(buffer);
}

}  // namespace

struct Session::Received {
    std::shared_ptr<Session> session;
    void operator()(const boost::system::error_code& error, std::size_t bytes) const {
        session->is_receiving_ = false;
        if (error || session->phase_ == Phase::ended) return session->end();
        session->stream_->received(bytes);
        session->run();
    }
};

struct Session::Writable {
    std::shared_ptr<Session> session;
    void operator()(const boost::system::error_code& error) const {
        session->is_waiting_to_write_ = false;
        if (error) return session->end();
        session->run();
    }
};

Session::Session(Lane& lane, SSL_CTX* context, Socket socket, std::string peer)
    : lane_(lane), mailbox_(lane.mailbox), is_proxied_(context == nullptr), peer_(std::move(peer)),
      neighbourhood_(neighbourhood_of(peer_)), socket_(std::move(socket)) {
    stream_.emplace(context, socket_->native_handle());
    if (!is_proxied_) lane_.crowd.add(*this, neighbourhood_);
    ++lane_.totals.connections;
}

/// A Reply may let the empty shell go on any thread; what belongs to the io thread went with end().
Session::~Session() { CHECK(phase_ == Phase::ended); }

void Session::start() {
    lane_.wheel.file(*this, seconds(lane_.options.handshake_max));
    run();
}

void Session::end() noexcept {
    if (phase_ == Phase::ended) return;
    const auto self = shared_from_this();  // the source that is let go below may hold the last other reference
    phase_ = Phase::ended;
    is_wanted_.store(false, std::memory_order_relaxed);
    lane_.wheel.remove(*this);
    lane_.crowd.remove(*this);
    stream_.reset();
    boost::system::error_code ignored;
    socket_->close(ignored);
    socket_.reset();
    --lane_.totals.connections;
    empty(body_);
    room_.reset();
    streamed_.reset();
}

void Session::expire() noexcept {
    if (phase_ == Phase::handling || phase_ == Phase::fetching) return watch_peer();
    const bool is_asking = phase_ == Phase::body || (phase_ == Phase::head && !in_.empty());
    if (!is_asking) {
        if (phase_ == Phase::head) stream_->close_notify();
        return end();
    }
    try {
        refuse({408, "timeout"});
    } catch (...) {
        return end();
    }
    run();
}

/// Who waits for us says nothing, so nobody notices when they go: looked at once a second, without reading, which costs the
/// requests that are answered at once nothing. Who closes only its own side may still be reading: it gets an answer that is
/// short, and no stream.
void Session::watch_peer() noexcept {
    pollfd peer{socket_->native_handle(), POLLRDHUP, 0};
    const bool has_closed = ::poll(&peer, 1, 0) > 0;
    if (!has_closed) return lane_.wheel.file(*this, 0);
    const bool is_gone = (peer.revents & (POLLERR | POLLHUP)) != 0;
    if (is_gone || phase_ == Phase::fetching) return end();
    is_wanted_.store(false, std::memory_order_relaxed);
    lane_.wheel.park(*this);  // there is nothing more to notice
}

void Session::drain() noexcept {
    const bool is_idle = phase_ == Phase::head && in_.empty() && !stream_->has_input();
    if (!is_idle) return;
    if (requests_ == 0) {
        if (!std::exchange(has_drain_grace_, true)) lane_.wheel.file(*this, drain_grace_s);
        return;
    }
    stream_->close_notify();
    end();
}

bool Session::may_give_way() const noexcept { return phase_ != Phase::handling && phase_ != Phase::fetching && !streamed_; }

void Session::give_way() noexcept {
    if (phase_ == Phase::head) stream_->close_notify();
    end();
}

void Session::send(Response response) noexcept {
    if (this_thread_mailbox == mailbox_.get() && is_handling_) {
        reply_ = std::move(response);
        is_mail_ready_ = true;
        return;
    }
    mailbox_->put(*this, std::move(response));
}

void Session::send_piece(std::string piece) noexcept { mailbox_->put(*this, std::move(piece)); }

void Session::run() noexcept {
    if (is_running_) return;
    const auto self = shared_from_this();
    is_running_ = true;
    try {
        while (step() == Step::go_on) {
        }
    } catch (...) {
        kit::log(kit::Level::error, "session_failed");
        end();
    }
    is_running_ = false;
}

Session::Step Session::step() {
    switch (phase_) {
        case Phase::handshake: return shake();
        case Phase::head: return await_head();
        case Phase::body: return take_body();
        case Phase::handling: return take_reply();
        case Phase::writing: return write();
        case Phase::fetching: return write_piece();
        case Phase::lingering: return linger();
        case Phase::ended: break;
    }
    return Step::wait;
}

Session::Step Session::shake() {
    const auto outcome = stream_->handshake();
    if (outcome != Outcome::done) return wait_for(outcome);
    enter_head();
    lane_.wheel.file(*this, lane_.is_draining ? drain_grace_s : seconds(lane_.options.header_max));
    return Step::go_on;
}

Session::Step Session::await_head() {
    if (in_.empty()) {
        const auto read = read_more(in_);
        if (read == Step::wait || in_.empty()) return read;
        lane_.wheel.file(*this, seconds(lane_.options.header_max));
    }
    // A line end before the request line is a known slip of clients and means nothing (RFC 9112, 2.2).
    if (!has_skipped_line_end_ && in_.compare(0, 2, "\r\n") == 0) {
        in_.erase(0, 2);
        scan_ = {};
        has_skipped_line_end_ = true;
        return Step::go_on;
    }
    const auto refusal = scan_.look(in_);
    if (refusal.status != 0) return refuse(refusal);
    return scan_.head_bytes() == 0 ? read_more(in_) : take_head();
}

void Session::enter_head() {
    phase_ = Phase::head;
    lane_.crowd.note_activity(*this);
    scan_ = {};
    has_skipped_line_end_ = false;
    parsed_ = {};
    language_.clear();
    parsed_.is_proxied = is_proxied_;
    parsed_.head.client = peer_;
    parsed_.head.neighbourhood = neighbourhood_;
    request_id_ = parsed_.head.request_id = lane_.next_request_id;
    lane_.next_request_id += lane_.options.io_threads;
}

Session::Step Session::take_head() {
    ++requests_;
    const auto refusal = parse_head(std::string_view(in_).substr(0, scan_.head_bytes()), lane_.hosts, parsed_);
    language_ = parsed_.head.accept_language;
    in_.erase(0, scan_.head_bytes());
    if (refusal.status != 0) return refuse(refusal);

    closes_after_ = parsed_.close;
    const auto& head = parsed_.head;
    Admission admission;
    try {
        admission = lane_.handler.admit(head);
    } catch (...) {
        log_failure("admission_failed");
        return refuse({500, "internal"});
    }
    if (admission.status != 0) {
        if (admission.close || head.content_length > 0) return refuse({admission.status, admission.code, admission.allow.c_str()});
        return answer(refusal_response({admission.status, admission.code, admission.allow.c_str()}));
    }
    if (head.content_length == 0) return dispatch();
    if (admission.body_bytes_max == 0) return refuse({400, "unexpected_body"});
    if (head.content_length > admission.body_bytes_max) return refuse({413, "body_too_large"});
    phase_ = Phase::body;
    if (head.content_length > kit::body_bytes_max) room_ = std::make_shared<BodyRoom>(lane_.totals.body_bytes, lane_.options.bodies_bytes_max);
    lane_.wheel.file(*this, transfer_seconds(lane_.options.body_max, head.content_length));
    if (parsed_.expects_continue && in_.empty()) {
        out_ = "HTTP/1.1 100 Continue\r\n\r\n";
        send_bytes(Phase::body);
    }
    return Step::go_on;
}

Session::Step Session::take_body() {
    const auto missing = static_cast<std::size_t>(parsed_.head.content_length) - body_.size();
    const auto here = std::min(missing, in_.size());
    if (room_ && !room_->take(here)) return refuse({503, "busy"});
    body_.append(in_, 0, here);
    in_.erase(0, here);
    return here == missing ? dispatch() : read_more(in_);
}

Session::Step Session::dispatch() {
    phase_ = Phase::handling;
    lane_.crowd.note_activity(*this);
    lane_.wheel.file(*this, 0);
    is_mail_ready_ = false;
    Request request;
    static_cast<Head&>(request) = std::move(parsed_.head);
    request.body = std::exchange(body_, {});
    request.room = std::exchange(room_, nullptr);
    is_handling_ = true;
    try {
        lane_.handler.handle(std::move(request), Reply(shared_from_this()));
    } catch (...) {  // the Reply, destroyed on the way here, has sent the 500
        log_failure("handler_failed");
    }
    is_handling_ = false;
    return Step::go_on;
}

Session::Step Session::take_reply() {
    if (!is_mail_ready_) return Step::wait;
    is_mail_ready_ = false;
    Response response = std::exchange(reply_, {});
    const bool was_dropped = response.status == 500 && response.body.empty() && !response.stream;
    if (response.stream && !is_wanted()) {
        end();
        return Step::wait;
    }
    if (was_dropped) return refuse({500, "internal"});
    return answer(std::move(response));
}

Response Session::refusal_response(const Refusal& refusal) {
    Response response = lane_.handler.refusal(refusal.status, refusal.code, language_, request_id_);
    response.status = refusal.status;
    if (*refusal.allow != '\0') response.headers.push_back({"Allow", refusal.allow});
    return response;
}

void Session::log_failure(const char* event) const {
    kit::log(kit::Level::error, event, {{"request_id", static_cast<std::int64_t>(request_id_)}});
}

/// Answers, closes, and looks at nothing more that the peer sent: after bad framing nobody knows where a request begins.
Session::Step Session::refuse(const Refusal& refusal) {
    Response response = refusal_response(refusal);
    response.close = true;
    empty(in_);
    empty(body_);
    room_.reset();
    return answer(std::move(response));
}

Session::Step Session::answer(Response response) {
    lingers_ = response.close || lane_.is_draining || !in_.empty();
    closes_after_ = closes_after_ || response.close || lane_.is_draining;
    out_.clear();
    write_response(response, WireForm{closes_after_, parsed_.head.method == Method::head}, out_);
    rest_ = std::move(response.body);
    lane_.wheel.file(*this, transfer_seconds(lane_.options.write_max, out_.size() + rest_.size()));
    if (response.stream && response.stream->size() > 0) begin_stream(std::move(response.stream));
    send_bytes(Phase::head);
    return Step::go_on;
}

void Session::begin_stream(std::shared_ptr<BodySource> source) {
    ::setsockopt(socket_->native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &streamed_unsent_bytes_max, sizeof(int));
    is_mail_ready_ = false;
    streamed_.emplace(std::move(source));
    streamed_->ask(shared_from_this());
}

/// Sends the piece that has come, and asks for the next: it is read while this one leaves.
Session::Step Session::write_piece() {
    std::string().swap(out_);
    if (!is_mail_ready_) {
        phase_ = Phase::fetching;
        lane_.wheel.file(*this, 0);
        return Step::wait;
    }
    is_mail_ready_ = false;
    out_ = std::exchange(piece_, {});
    if (!streamed_->accept(out_.size())) {
        log_failure("body_cut_short");
        end();
        return Step::wait;
    }
    lane_.wheel.file(*this, transfer_seconds(lane_.options.write_max, out_.size()));
    streamed_->ask(shared_from_this());
    send_bytes(Phase::head);
    return Step::go_on;
}

void Session::send_bytes(Phase then) {
    sent_ = 0;
    phase_ = Phase::writing;
    after_write_ = then;
}

Session::Step Session::write() {
    while (sent_ < out_.size()) {
        std::size_t sent = 0;
        const auto outcome = stream_->write(std::string_view(out_).substr(sent_), sent);
        if (outcome != Outcome::done) return wait_for(outcome);
        sent_ += sent;
    }
    if (!rest_.empty()) {
        out_ = std::exchange(rest_, {});
        sent_ = 0;
        return Step::go_on;
    }
    if (streamed_ && !streamed_->is_complete()) return write_piece();
    streamed_.reset();
    empty(out_);
    if (after_write_ == Phase::head) return finish_answer();
    phase_ = after_write_;
    return Step::go_on;
}

Session::Step Session::finish_answer() {
    if (!closes_after_) {
        enter_head();
        if (in_.empty()) {
            empty(in_);
            lane_.wheel.file(*this, seconds(lane_.options.idle_max));
        } else {
            lane_.wheel.file(*this, seconds(lane_.options.header_max));
        }
        if (requests_ % requests_in_turn_max != 0 || in_.empty()) return Step::go_on;
        boost::asio::post(lane_.io, [self = shared_from_this()] { self->run(); });
        return Step::wait;
    }
    stream_->close_notify();
    if (!lingers_) {
        end();
        return Step::wait;
    }
    ::shutdown(socket_->native_handle(), SHUT_WR);
    phase_ = Phase::lingering;
    lane_.wheel.file(*this, lane_.is_draining ? 0 : linger_s);
    return Step::go_on;
}

/// Reads and forgets what the peer still sends: closing over unread bytes resets the connection, and the reset may
/// overtake the answer.
Session::Step Session::linger() {
    for (;;) {
        const auto n = ::recv(socket_->native_handle(), lane_.scratch.data(), lane_.scratch.size(), MSG_DONTWAIT);
        if (n > 0) lingered_bytes_ += static_cast<std::size_t>(n);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) || lingered_bytes_ > lingered_bytes_max) {
            end();
            return Step::wait;
        }
        if (n < static_cast<ssize_t>(lane_.scratch.size())) break;
    }
    receive();
    return Step::wait;
}

/// Appends what one TLS record brings.
Session::Step Session::read_more(std::string& into) {
    if (!stream_->has_input()) {
        receive();
        return Step::wait;
    }
    std::size_t got = 0;
    const auto outcome = stream_->read(lane_.scratch, got);
    if (outcome != Outcome::done) return wait_for(outcome);
    into.append(lane_.scratch.data(), got);
    return Step::go_on;
}

Session::Step Session::wait_for(Outcome outcome) {
    if (outcome == Outcome::want_read) {
        receive();
    } else if (outcome == Outcome::ended) {
        end();
    } else if (!is_waiting_to_write_) {
        is_waiting_to_write_ = true;
        socket_->async_wait(Socket::wait_write, Writable{shared_from_this()});
    }
    return Step::wait;
}

void Session::receive() {
    if (is_receiving_) return;
    is_receiving_ = true;
    const auto room = stream_->room();
    socket_->async_receive(boost::asio::buffer(room.data(), room.size()), Received{shared_from_this()});
}

}  // namespace chayan::http
