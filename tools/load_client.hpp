// SPDX-License-Identifier: Apache-2.0
// Many TLS connections driven by one thread, so that on two cores the server keeps its own. Closed loop: each connection
// sends, waits for the answer, sends again. With a rate: requests fall due at that rate whatever the server does, and their
// latency counts from when they were due, so that a slow server cannot hide behind a client that waits for it.
//
// Latency ends at the answer's last byte, and on fresh and resumed connections begins before connect(). Certificates are not
// checked; TLS 1.3 with one suite and X25519 is all that is offered, so that two servers do the same work. One thread.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <netinet/in.h>

namespace chayan::load {

enum class Mode : std::uint8_t { keep, fresh, resume };

struct Plan {
    std::string host = "127.0.0.1";
    std::string port = "8443";
    std::size_t connections = 64;
    std::size_t requests = 10'000;
    double seconds = 0;                   ///< no request begins after so long; 0: only their number ends it
    double rate = 0;                      ///< requests a second that fall due; 0: as fast as answers come
    Mode mode = Mode::keep;
};

/// What an answer was. Shed: the server has too much to do (503), or this client asks too often (429), and said so.
enum class Judgement : std::uint8_t { right, shed, wrong };
Judgement judge(int status, bool is_right);

/// What is sent and what is expected back.
class Script {
public:
    virtual ~Script() = default;
    /// The whole request of this number; numbers ascend from 0, each once.
    virtual void write(std::size_t number, std::string& request) = 0;
    virtual Judgement read(std::size_t number, int status, std::string_view body) = 0;
};

struct Figures {
    std::size_t requests = 0, broken = 0, shed = 0, wrong = 0;    ///< broken: the connection ended first
    std::size_t handshakes = 0, resumed = 0;
    double seconds = 0, client_cpu_s = 0;
    std::vector<std::int64_t> latencies_us;             ///< of right answers, ascending
    std::vector<std::int64_t> shed_latencies_us;        ///< a refusal that comes fast makes no service fast
    std::map<int, std::size_t> statuses;
    std::string suite;
};

class Client {
public:
    /// Throws std::runtime_error with a sentence, here and below.
    Client(const Plan& plan, Script& script);
    ~Client();
    Figures run();

private:
    using Clock = std::chrono::steady_clock;
    struct Line;

    static int keep_session(SSL* ssl, SSL_SESSION* session);
    void open(Line& line);
    void close(Line& line);
    bool may_begin() const;
    void begin_due();
    void begin(Line& line);
    void step(Line& line);
    int advance(Line& line);
    void finish(Line& line);
    void finish_with(Line& line, bool closes);
    void wait(bool may_begin);
    Clock::time_point due(std::size_t number) const;

    const Plan& plan_;
    Script& script_;
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
    sockaddr_in address_{};
    int epoll_;
    std::vector<std::unique_ptr<Line>> lines_;
    std::deque<Line*> idle_;
    std::size_t started_ = 0;
    Clock::time_point began_;
    Figures figures_;
};

}  // namespace chayan::load
