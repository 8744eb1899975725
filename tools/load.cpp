// SPDX-License-Identifier: Apache-2.0
// A closed-loop load driver over TLS: each connection sends, waits for the answer, sends again. One thread, so that on
// two cores the server keeps its own. For tools/bench and for comparing servers under the same eyes; it does not check
// certificates, and measures latency from the first byte out to the last byte in, on fresh connections from connect().
//
//   load --url https://127.0.0.1:8443 --connections 64 --requests 100000 [--keep|--fresh|--resume] [--method POST]
//        [--path /p] [--bodies FILE] [--header-file FILE] [--json]
//
// FILE of --bodies: a line for each request in turn, "authorization TAB body" (either may be empty), from the top again
// when it ends. FILE of --header-file: header lines that every request carries.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
enum class Mode { keep, fresh, resume };

struct Options {
    std::string host = "127.0.0.1";
    std::string port = "8443";
    std::size_t connections = 64;
    std::size_t requests = 10'000;
    Mode mode = Mode::keep;
    std::string method = "GET";
    std::string path = "/";
    std::string headers;
    std::vector<std::string> bodies{"\t"};
    bool json = false;
};

[[noreturn]] void fail(const std::string& why) { throw std::runtime_error(why); }

class Load {
public:
    explicit Load(const Options& options) : options_(options), context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free) {
        SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(context_.get(), &keep_session);
        SSL_CTX_set_mode(context_.get(), SSL_MODE_RELEASE_BUFFERS);
        address_.sin_family = AF_INET;
        address_.sin_port = htons(static_cast<std::uint16_t>(std::stoi(options.port)));
        const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
        if (inet_pton(AF_INET, host.c_str(), &address_.sin_addr) != 1) fail("the host must be an IPv4 address or localhost");
        latencies_.reserve(options.requests);
    }

    void run() {
        lines_.resize(std::min(options_.connections, options_.requests));
        began_ = Clock::now();
        for (auto& line : lines_) next_request(line);
        std::array<epoll_event, 256> events{};
        while (finished_ < options_.requests) {
            const int n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 30'000);
            if (n == 0) fail("no answer for 30 s");
            for (int i = 0; i < n; ++i) step(*static_cast<Line*>(events[static_cast<std::size_t>(i)].data.ptr));
        }
        ended_ = Clock::now();
    }

    void report() {
        std::sort(latencies_.begin(), latencies_.end());
        const auto at = [&](double share) {
            if (latencies_.empty()) return 0.0;
            const auto last = static_cast<double>(latencies_.size() - 1);
            return static_cast<double>(latencies_[static_cast<std::size_t>(share * last)]) / 1000.0;
        };
        const double seconds = std::chrono::duration<double>(ended_ - began_).count();
        const double rate = static_cast<double>(finished_) / seconds;
        std::string statuses;
        for (const auto& [status, count] : statuses_) {
            statuses += (statuses.empty() ? "\"" : ",\"") + std::to_string(status) + "\":" + std::to_string(count);
        }
        if (options_.json) {
            std::printf("{\"requests\":%zu,\"failed\":%zu,\"resumed\":%zu,\"seconds\":%.3f,\"per_second\":%.0f,", finished_,
                        failed_, resumed_, seconds, rate);
            std::printf("\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"statuses\":{%s}}\n", at(0.5), at(0.99), at(1),
                        statuses.c_str());
        } else {
            std::printf("%zu requests, %zu failed, %zu resumed, %.3f s, %.0f/s, p50 %.3f ms, p99 %.3f ms, max %.3f ms, {%s}\n",
                        finished_, failed_, resumed_, seconds, rate, at(0.5), at(0.99), at(1), statuses.c_str());
        }
    }

    bool has_failures() const { return failed_ > 0; }

private:
    using Session = std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)>;
    struct Line {
        int fd = -1;
        std::unique_ptr<SSL, void (*)(SSL*)> ssl{nullptr, &SSL_free};
        Session session{nullptr, &SSL_SESSION_free};
        std::string out;
        std::string in;
        std::size_t sent = 0;
        Clock::time_point began;
        bool is_shaken = false;
        bool is_busy = false;
    };

    static int keep_session(SSL* ssl, SSL_SESSION* session) {
        static_cast<Line*>(SSL_get_app_data(ssl))->session.reset(session);
        return 1;  // the session is ours now
    }

    void open(Line& line) {
        line.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (line.fd < 0) fail("no socket left");
        const int on = 1;
        ::setsockopt(line.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const auto* const address = reinterpret_cast<const sockaddr*>(&address_);
        if (::connect(line.fd, address, sizeof address_) != 0 && errno != EINPROGRESS) fail("cannot connect");
        line.ssl.reset(SSL_new(context_.get()));
        SSL_set_fd(line.ssl.get(), line.fd);
        SSL_set_app_data(line.ssl.get(), &line);
        SSL_set_connect_state(line.ssl.get());
        if (options_.mode == Mode::resume && line.session) SSL_set_session(line.ssl.get(), line.session.get());
        line.is_shaken = false;
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLET;
        event.data.ptr = &line;
        if (epoll_ctl(epoll_, EPOLL_CTL_ADD, line.fd, &event) != 0) fail("epoll_ctl");
    }

    void close(Line& line) {
        ERR_clear_error();
        SSL_shutdown(line.ssl.get());
        line.ssl.reset();
        ::close(line.fd);
        line.fd = -1;
    }

    void next_request(Line& line) {
        line.is_busy = started_ < options_.requests;
        if (!line.is_busy) return;
        const std::string_view what = options_.bodies[started_++ % options_.bodies.size()];
        const auto tab = std::min(what.find('\t'), what.size());
        const auto body = what.substr(std::min(tab + 1, what.size()));
        line.out.assign(options_.method).append(" ").append(options_.path).append(" HTTP/1.1\r\nHost: ").append(options_.host);
        line.out.append("\r\n").append(options_.headers);
        if (tab > 0) line.out.append("Authorization: ").append(what.substr(0, tab)).append("\r\n");
        if (options_.method != "GET") {
            line.out.append("Content-Type: application/json\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n");
        }
        line.out.append("\r\n");
        if (options_.method != "GET") line.out.append(body);
        line.sent = 0;
        line.in.clear();
        line.began = Clock::now();
        if (line.fd < 0) open(line);
        step(line);
    }

    /// Goes on until the socket would block.
    void step(Line& line) {
        while (line.is_busy && line.fd >= 0) {
            ERR_clear_error();
            const int result = advance(line);
            if (result > 0) {
                if (is_answered(line)) return finish(line);
                continue;
            }
            const int error = SSL_get_error(line.ssl.get(), result);
            if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
            ++failed_;
            return finish_with(line, 0, /*closes=*/true);
        }
    }

    int advance(Line& line) {
        if (!line.is_shaken) {
            const int result = SSL_do_handshake(line.ssl.get());
            line.is_shaken = result == 1;
            if (line.is_shaken && SSL_session_reused(line.ssl.get()) == 1) ++resumed_;
            return result;
        }
        if (line.sent < line.out.size()) {
            std::size_t n = 0;
            const int result = SSL_write_ex(line.ssl.get(), line.out.data() + line.sent, line.out.size() - line.sent, &n);
            line.sent += n;
            return result;
        }
        std::array<char, 16'384> buffer;
        std::size_t n = 0;
        const int result = SSL_read_ex(line.ssl.get(), buffer.data(), buffer.size(), &n);
        line.in.append(buffer.data(), n);
        return result;
    }

    /// The value after "\r\nName:", as this server and nginx write it.
    static std::string header(const std::string& head, const std::string& name) {
        const auto at = head.find("\r\n" + name + ":");
        if (at == std::string::npos) return {};
        const auto begin = at + name.size() + 3;
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }

    static bool is_answered(const Line& line) {
        const auto end = line.in.find("\r\n\r\n");
        if (end == std::string::npos) return false;
        const auto length = header(line.in, "Content-Length");
        return line.in.size() >= end + 4 + (length.empty() ? 0 : std::stoul(length));
    }

    void finish(Line& line) {
        const int status = std::atoi(line.in.c_str() + std::min<std::size_t>(9, line.in.size()));
        const bool closes = header(line.in, "Connection").find("close") != std::string::npos;
        finish_with(line, status, closes || options_.mode != Mode::keep);
    }

    void finish_with(Line& line, int status, bool closes) {
        latencies_.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - line.began).count());
        ++statuses_[status];
        ++finished_;
        if (closes) close(line);
        next_request(line);
    }

    const Options& options_;
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
    sockaddr_in address_{};
    const int epoll_ = epoll_create1(EPOLL_CLOEXEC);
    std::vector<Line> lines_;
    std::vector<long> latencies_;
    std::map<int, std::size_t> statuses_;
    std::size_t started_ = 0, finished_ = 0, failed_ = 0, resumed_ = 0;
    Clock::time_point began_, ended_;
};

std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    if (!file) fail("cannot read " + path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    if (lines.empty()) fail(path + " is empty");
    return lines;
}

Options parse(int count, char** words) {
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string name = words[i];
        const auto value = [&]() -> std::string { return ++i < count ? words[i] : (fail(name + " needs a value"), ""); };
        if (name == "--url") {
            std::string url = value();
            if (url.rfind("https://", 0) != 0) fail("--url must begin with https://");
            url = url.substr(8, url.find('/', 8) - 8);
            options.host = url.substr(0, url.find(':'));
            if (url.find(':') != std::string::npos) options.port = url.substr(url.find(':') + 1);
        } else if (name == "--connections") options.connections = std::stoul(value());
        else if (name == "--requests") options.requests = std::stoul(value());
        else if (name == "--method") options.method = value();
        else if (name == "--path") options.path = value();
        else if (name == "--bodies") options.bodies = lines_of(value());
        else if (name == "--header-file") { for (const auto& line : lines_of(value())) options.headers += line + "\r\n"; }
        else if (name == "--keep") options.mode = Mode::keep;
        else if (name == "--fresh") options.mode = Mode::fresh;
        else if (name == "--resume") options.mode = Mode::resume;
        else if (name == "--json") options.json = true;
        else fail("unknown option " + name);
    }
    return options;
}

}  // namespace

int main(int count, char** words) {
    try {
        std::signal(SIGPIPE, SIG_IGN);
        const Options options = parse(count, words);
        Load load(options);
        load.run();
        load.report();
        return load.has_failures() ? 1 : 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "load: %s\n", error.what());
        return 2;
    }
}
