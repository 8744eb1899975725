// SPDX-License-Identifier: Apache-2.0
#include "app/control.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>

namespace chayan::app {
namespace {

constexpr std::size_t request_bytes_max = 8192;   // a path is at most 4096
constexpr std::size_t line_bytes_max = 16'384;

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw std::runtime_error("the data folder's path is too long for a socket: " + path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

const sockaddr* as_socket(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

/// Reads a connection line by line; nothing at its end, nor for a line that is too long.
class LineReader {
public:
    explicit LineReader(int fd) : fd_(fd) {}
    std::optional<std::string> next() {
        for (;;) {
            if (const auto end = text_.find('\n'); end != std::string::npos) {
                auto line = text_.substr(0, end);
                text_.erase(0, end + 1);
                return line;
            }
            char buffer[512];
            const auto count = text_.size() > line_bytes_max ? 0 : ::read(fd_, buffer, sizeof buffer);
            if (count <= 0) return std::nullopt;
            text_.append(buffer, static_cast<std::size_t>(count));
        }
    }

private:
    int fd_;
    std::string text_;
};

std::vector<std::string> read_request(int fd) {
    std::vector<std::string> lines;
    LineReader reader(fd);
    std::size_t bytes = 0;
    while (auto line = reader.next()) {
        bytes += line->size() + 1;
        if (bytes > request_bytes_max) return {};
        lines.push_back(*std::move(line));
    }
    return lines;
}

std::vector<std::string> words_of(const std::string& line) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at <= line.size();) {
        const auto end = std::min(line.find(' ', at), line.size());
        words.push_back(line.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

/// A code that came over the socket, as one that lives as long as an Error may.
const char* keep(const std::string& code) {
    static std::set<std::string> kept;   // a command asks once or twice
    return kept.insert(code).first->c_str();
}

void tell(const Progress& progress, const std::vector<std::string>& words) {
    const auto number = [](const std::string& text) {
        std::uint64_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    };
    if (progress && words.size() == 4) (void)progress(words[1].c_str(), number(words[2]), number(words[3]));
}

kit::Status read_answer(int fd, const Progress& progress, std::string* told) {
    LineReader reader(fd);
    while (const auto line = reader.next()) {
        const auto words = words_of(*line);
        if (words[0] == "ok") return kit::Done{};
        if (words[0] == "failed") throw std::runtime_error(line->substr(std::min<std::size_t>(line->size(), 7)));
        if (words[0] == "refused" && words.size() > 2) return kit::invalid_field(words[2], keep(words[1]));
        if (words[0] == "refused" && words.size() > 1) return kit::Error{kit::Errc::invalid, keep(words[1])};
        if (words[0] == "told" && told != nullptr) *told = line->substr(std::min<std::size_t>(line->size(), 5));
        tell(progress, words);
    }
    throw std::runtime_error("the service did not answer; try again");
}

/// Closed at the end.
struct Socket {
    Socket() : fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
    ~Socket() { ::close(fd); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    int fd;
};

}  // namespace

kit::Status ask_server(const std::string& data, const std::string& word, const std::vector<std::string>& arguments, const Progress& progress, std::string* told) {
    const Socket socket;
    const auto address = address_of(data + "/control");
    if (socket.fd < 0 || ::connect(socket.fd, as_socket(address), sizeof address) != 0)
        throw std::runtime_error("the data folder is in use but no service answers there; wait for the other command to end: " + data);
    std::string text = word + '\n';
    for (const auto& argument : arguments) {
        if (argument.find('\n') != std::string::npos) return kit::Error{kit::Errc::malformed, "text_malformed"};
        text += argument + '\n';
    }
    const bool sent = ::send(socket.fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
    ::shutdown(socket.fd, SHUT_WR);
    if (!sent) throw std::runtime_error("the service did not answer; try again");
    return read_answer(socket.fd, progress, told);
}

Peer::~Peer() { ::close(fd_); }

bool Peer::send(const std::string& line) { return ::send(fd_, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size()); }

bool Peer::progress(const char* doing, std::uint64_t done, std::uint64_t total) {
    return send("progress " + std::string(doing) + ' ' + std::to_string(done) + ' ' + std::to_string(total) + '\n');
}

bool Peer::tell(const std::string& text) { return send("told " + text + '\n'); }

void Peer::answer(const kit::Status& status) {
    if (status) {
        (void)send("ok\n");
        return;
    }
    const auto& error = status.error();
    const auto line = error.fields.empty() ? std::string(error.code) : std::string(error.fields[0].code) + ' ' + error.fields[0].pointer;
    (void)send("refused " + line + '\n');
}

void Peer::fail(const std::string& sentence) {
    auto line = sentence;
    std::replace(line.begin(), line.end(), '\n', ' ');
    (void)send("failed " + line + '\n');
}

Control::Control(const std::string& data, std::map<std::string, Handler> handlers) : path_(data + "/control"), handlers_(std::move(handlers)) {
    ::unlink(path_.c_str());
    fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = address_of(path_);
    const auto before = ::umask(0177);
    const bool bound = fd_ >= 0 && ::bind(fd_, as_socket(address), sizeof address) == 0 && ::listen(fd_, 8) == 0;
    ::umask(before);
    if (!bound) throw std::runtime_error("cannot make the control socket; check the data folder's permissions: " + path_);
}

Control::~Control() {
    ::close(fd_);
    ::unlink(path_.c_str());
}

void Control::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        pollfd waiting{fd_, POLLIN, 0};
        if (::poll(&waiting, 1, 200) <= 0) continue;
        const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) continue;
        const auto peer = std::make_shared<Peer>(fd);
        const timeval patience{5, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        auto lines = read_request(fd);
        const auto handler = lines.empty() ? handlers_.end() : handlers_.find(lines[0]);
        if (handler == handlers_.end()) {
            peer->fail("the service does not know this request; it may be of another version");
            continue;
        }
        lines.erase(lines.begin());
        handler->second(lines, peer);
    }
}

}  // namespace chayan::app
