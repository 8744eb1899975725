// SPDX-License-Identifier: Apache-2.0
#include "load_client.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <stdexcept>

namespace chayan::load {
namespace {

constexpr auto silence_max = std::chrono::seconds(30);

[[noreturn]] void fail(const std::string& why) { throw std::runtime_error(why); }

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// The value of a field, as this server and nginx write its name; empty when it is not there.
std::string_view field(std::string_view head, std::string_view name) {
    for (auto at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
        const auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
        if (line.size() > name.size() && line.substr(0, name.size()) == name && line[name.size()] == ':') return line.substr(name.size() + 1);
    }
    return {};
}

}  // namespace

Judgement judge(int status, bool is_right) {
    if (is_right) return Judgement::right;
    return status == 503 || status == 429 ? Judgement::shed : Judgement::wrong;
}

struct Client::Line {
    int fd = -1;
    std::unique_ptr<SSL, void (*)(SSL*)> ssl{nullptr, &SSL_free};
    std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)> session{nullptr, &SSL_SESSION_free};
    std::string out, in;
    std::size_t sent = 0;
    std::size_t number = 0;
    std::size_t head_bytes = 0, body_bytes = 0;   // head_bytes 0: the head is not whole yet
    Clock::time_point began;
    bool is_shaken = false;
    bool is_busy = false;

    bool is_answered() {
        if (head_bytes == 0) {
            const auto end = in.find("\r\n\r\n");
            if (end == std::string::npos) return false;
            head_bytes = end + 4;
            const std::string length(field(head(), "Content-Length"));
            body_bytes = std::strtoull(length.c_str(), nullptr, 10);
        }
        return in.size() >= head_bytes + body_bytes;
    }
    std::string_view head() const { return std::string_view(in).substr(0, head_bytes); }
    std::string_view body() const { return std::string_view(in).substr(head_bytes, body_bytes); }
};

Client::Client(const Plan& plan, Script& script)
    : plan_(plan), script_(script), context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context_.get(), &keep_session);
    SSL_CTX_set_mode(context_.get(), SSL_MODE_RELEASE_BUFFERS);
    char groups[] = "X25519";   // OpenSSL's macro takes no constant
    const bool is_set = SSL_CTX_set_min_proto_version(context_.get(), TLS1_3_VERSION) == 1 &&
                        SSL_CTX_set_ciphersuites(context_.get(), "TLS_AES_128_GCM_SHA256") == 1 &&
                        SSL_CTX_set1_groups_list(context_.get(), groups) == 1;
    if (!is_set) fail("OpenSSL refuses the TLS settings");
    address_.sin_family = AF_INET;
    address_.sin_port = htons(static_cast<std::uint16_t>(std::stoi(plan.port)));
    const std::string host = plan.host == "localhost" ? "127.0.0.1" : plan.host;
    if (inet_pton(AF_INET, host.c_str(), &address_.sin_addr) != 1) fail("the host must be an IPv4 address or localhost");
    figures_.latencies_us.reserve(std::min<std::size_t>(plan.requests, 1U << 20U));
}

Client::~Client() {
    for (const auto& line : lines_)
        if (line->fd >= 0) ::close(line->fd);
    ::close(epoll_);
}

Figures Client::run() {
    const double cpu_before = cpu_seconds();
    for (std::size_t i = 0; i < std::min(plan_.connections, plan_.requests); ++i) {
        lines_.push_back(std::make_unique<Line>());
        idle_.push_back(lines_.back().get());
    }
    began_ = Clock::now();
    begin_due();
    for (bool may = may_begin(); may || figures_.requests < started_; may = may_begin()) wait(may);
    figures_.seconds = std::chrono::duration<double>(Clock::now() - began_).count();
    figures_.client_cpu_s = cpu_seconds() - cpu_before;
    std::sort(figures_.latencies_us.begin(), figures_.latencies_us.end());
    std::sort(figures_.shed_latencies_us.begin(), figures_.shed_latencies_us.end());
    return std::move(figures_);
}

Client::Clock::time_point Client::due(std::size_t number) const {
    if (plan_.rate <= 0) return began_;
    return began_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(static_cast<double>(number) / plan_.rate));
}

bool Client::may_begin() const {
    if (started_ == plan_.requests) return false;
    return plan_.seconds <= 0 || std::chrono::duration<double>(Clock::now() - began_).count() < plan_.seconds;
}

void Client::wait(bool may_begin) {
    std::array<epoll_event, 256> events;
    const bool begins = may_begin && !idle_.empty();
    const auto until_due = begins ? std::max(due(started_) - Clock::now(), Clock::duration::zero()) : Clock::duration(silence_max);
    const auto pause = std::chrono::duration_cast<std::chrono::nanoseconds>(std::min<Clock::duration>(until_due, silence_max)).count();
    const timespec limit{pause / 1'000'000'000, pause % 1'000'000'000};
    const int n = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &limit, nullptr);
    if (n == 0 && !begins) fail("no answer for 30 s");
    for (int i = 0; i < n; ++i) step(*static_cast<Line*>(events[static_cast<std::size_t>(i)].data.ptr));
    begin_due();
}

void Client::begin_due() {
    while (!idle_.empty() && may_begin() && (plan_.rate <= 0 || due(started_) <= Clock::now())) {
        auto& line = *idle_.front();
        idle_.pop_front();
        begin(line);
    }
}

void Client::begin(Line& line) {
    line.number = started_++;
    line.is_busy = true;
    line.sent = line.head_bytes = line.body_bytes = 0;
    line.in.clear();
    line.out.clear();
    script_.write(line.number, line.out);
    line.began = plan_.rate > 0 ? due(line.number) : Clock::now();
    if (line.fd < 0) open(line);
    step(line);
}

int Client::keep_session(SSL* ssl, SSL_SESSION* session) {
    static_cast<Line*>(SSL_get_app_data(ssl))->session.reset(session);
    return 1;  // the session is ours now
}

void Client::open(Line& line) {
    line.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (line.fd < 0) fail("no descriptor left; raise the limit (ulimit -n) or lower --connections");
    const int on = 1;
    ::setsockopt(line.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto* const address = reinterpret_cast<const sockaddr*>(&address_);
    if (::connect(line.fd, address, sizeof address_) != 0 && errno != EINPROGRESS) fail("cannot connect");
    line.ssl.reset(SSL_new(context_.get()));
    SSL_set_fd(line.ssl.get(), line.fd);
    SSL_set_app_data(line.ssl.get(), &line);
    SSL_set_connect_state(line.ssl.get());
    if (plan_.mode == Mode::resume && line.session) SSL_set_session(line.ssl.get(), line.session.get());
    line.is_shaken = false;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = &line;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, line.fd, &event) != 0) fail("epoll_ctl");
}

void Client::close(Line& line) {
    ERR_clear_error();
    SSL_shutdown(line.ssl.get());
    line.ssl.reset();
    ::close(line.fd);
    line.fd = -1;
}

/// Goes on until the socket would block.
void Client::step(Line& line) {
    while (line.is_busy && line.fd >= 0) {
        ERR_clear_error();
        const int result = advance(line);
        if (result > 0) {
            if (line.is_answered()) return finish(line);
            continue;
        }
        const int error = SSL_get_error(line.ssl.get(), result);
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
        ++figures_.broken;
        return finish_with(line, true);
    }
}

int Client::advance(Line& line) {
    if (!line.is_shaken) {
        const int result = SSL_do_handshake(line.ssl.get());
        line.is_shaken = result == 1;
        if (line.is_shaken) {
            ++figures_.handshakes;
            if (SSL_session_reused(line.ssl.get()) == 1) ++figures_.resumed;
            if (figures_.suite.empty()) figures_.suite = std::string(SSL_get_version(line.ssl.get())) + " " + SSL_get_cipher_name(line.ssl.get());
        }
        return result;
    }
    std::size_t n = 0;
    if (line.sent < line.out.size()) {
        const int result = SSL_write_ex(line.ssl.get(), line.out.data() + line.sent, line.out.size() - line.sent, &n);
        line.sent += n;
        return result;
    }
    std::array<char, 16'384> buffer;
    const int result = SSL_read_ex(line.ssl.get(), buffer.data(), buffer.size(), &n);
    line.in.append(buffer.data(), n);
    return result;
}

void Client::finish(Line& line) {
    const auto head = line.head();
    int status = 0;   // what is no number stays 0, which nobody expects
    std::from_chars(head.data() + std::min<std::size_t>(9, head.size()), head.data() + head.size(), status);
    ++figures_.statuses[status];
    const auto judgement = script_.read(line.number, status, line.body());
    const auto latency = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - line.began).count();
    if (judgement == Judgement::right) figures_.latencies_us.push_back(latency);
    if (judgement == Judgement::shed) figures_.shed_latencies_us.push_back(latency);
    figures_.shed += judgement == Judgement::shed ? 1 : 0;
    figures_.wrong += judgement == Judgement::wrong ? 1 : 0;
    const bool closes = field(head, "Connection").find("close") != std::string_view::npos;
    finish_with(line, closes || plan_.mode != Mode::keep);
}

void Client::finish_with(Line& line, bool closes) {
    ++figures_.requests;
    line.is_busy = false;
    if (closes) close(line);
    idle_.push_back(&line);
}

}  // namespace chayan::load
