// SPDX-License-Identifier: Apache-2.0
#include "app/poster_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <optional>

#include "kit/limits.hpp"
#include "kit/log.hpp"

namespace chayan::app {
namespace {

using kit::Errc;
using kit::Error;
using Clock = std::chrono::steady_clock;

class File {
public:
    File() = default;
    explicit File(int number) : number_(number) {}
    ~File() { close(); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int number() const { return number_; }
    bool is_open() const { return number_ >= 0; }
    void own(int number) {
        close();
        number_ = number;
    }
    void close() {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }

private:
    int number_ = -1;
};

/// Neither end is inherited but where it is asked for.
struct Pipe {
    File read, write;
    bool open() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return false;
        read.own(ends[0]);
        write.own(ends[1]);
        return true;
    }
};

constexpr std::chrono::seconds turn_max{3};   // a query thread waits: one poster takes half a second, a thousand are not worth it

std::string program_path() {
    std::error_code error;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? std::string() : (own.parent_path() / "qrgen").string();
}

/// Nothing when it can't be started.
std::optional<::pid_t> start(const std::string& program, const std::vector<std::string>& arguments, const Pipe& in, const Pipe& out) {
    ::posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, in.read.number(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, out.write.number(), STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    ::posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::sigset_t none, usual;
    ::sigemptyset(&none);
    ::sigemptyset(&usual);
    ::sigaddset(&usual, SIGPIPE);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &usual);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<char*> words{const_cast<char*>(program.c_str())};   // posix_spawn changes none of them
    for (const auto& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    char* nothing[] = {nullptr};
    ::pid_t child = 0;
    const int error = ::posix_spawn(&child, program.c_str(), &files, &attributes, words.data(), nothing);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
    return error == 0 ? std::optional(child) : std::nullopt;
}

/// Before it has read anything: it waits for its list.
void bound(::pid_t child) {
    const auto set = [child](decltype(RLIMIT_AS) what, rlim_t most) {
        const ::rlimit limit{most, most};
        (void)::prlimit(child, what, &limit, nullptr);
    };
    set(RLIMIT_AS, kit::poster_memory_max);
    set(RLIMIT_CPU, static_cast<rlim_t>(kit::poster_s_max));
    set(RLIMIT_CORE, 0);
    set(RLIMIT_FSIZE, 0);   // it writes to a pipe
}

/// Hands over the list and takes what comes; false when it takes too long, is too much, or nobody waits for it any more.
bool converse(Pipe& in, Pipe& out, std::string_view list, std::string& written, const std::function<bool()>& wanted) {
    const auto until = Clock::now() + std::chrono::seconds(kit::poster_s_max);
    (void)::fcntl(in.write.number(), F_SETFL, O_NONBLOCK);
    while (out.read.is_open()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0 || !wanted()) return false;
        ::pollfd waiting[] = {{out.read.number(), POLLIN, 0}, {in.write.number(), POLLOUT, 0}};   // a closed one is passed over
        if (::poll(waiting, 2, static_cast<int>(std::min<decltype(left)>(left, 200))) < 0 && errno != EINTR) return false;
        if (waiting[1].revents != 0) {
            const auto taken = list.empty() ? 0 : ::write(in.write.number(), list.data(), list.size());
            if (taken > 0) list.remove_prefix(static_cast<std::size_t>(taken));
            if (list.empty() || (taken < 0 && errno != EAGAIN && errno != EINTR)) in.write.close();
        }
        if (waiting[0].revents != 0) {
            char bytes[65'536];
            const auto count = ::read(out.read.number(), bytes, sizeof bytes);
            if (count > 0) written.append(bytes, static_cast<std::size_t>(count));
            else if (count == 0 || errno != EINTR) out.read.close();
            if (written.size() > kit::poster_bytes_max) return false;
        }
    }
    return true;
}

}  // namespace

bool has_poster_program() { return ::access(program_path().c_str(), X_OK) == 0; }

kit::Result<std::string> print_posters(const std::vector<std::string>& arguments, const std::string& list, const std::function<bool()>& wanted) {
    static std::timed_mutex printing;   // two at once would take two cores from the gate
    const std::unique_lock turn(printing, turn_max);
    if (!turn) return Error{Errc::busy, "posters_busy", {}, 5};
    if (!wanted()) return Error{Errc::busy, "posters_failed", {}, 30};
    const auto program = program_path();
    Pipe in, out;
    if (::access(program.c_str(), X_OK) != 0 || !in.open() || !out.open()) return Error{Errc::busy, "posters_missing", {}, 300};
    const auto child = start(program, arguments, in, out);
    if (!child) return Error{Errc::busy, "posters_missing", {}, 300};
    bound(*child);
    in.read.close();
    out.write.close();
    std::string written;
    const bool is_over = converse(in, out, list, written, wanted);
    if (!is_over) ::kill(*child, SIGKILL);
    int status = 0;
    while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {}
    if (is_over && WIFEXITED(status) && WEXITSTATUS(status) == 0 && !written.empty()) return written;
    const bool is_refused = is_over && WIFEXITED(status) && WEXITSTATUS(status) == 1;
    if (is_refused) return Error{Errc::invalid, "poster_refused"};
    kit::log(kit::Level::warning, "posters_failed");
    return Error{Errc::busy, "posters_failed", {}, 30};
}

}  // namespace chayan::app
