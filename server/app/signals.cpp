// SPDX-License-Identifier: Apache-2.0
#include "app/signals.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>

namespace chayan::app {
namespace {

bool has_terminal() {
    const int fd = ::open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0) ::close(fd);
    return fd >= 0;
}

/// Whoever started us by nohup wants us to outlive the terminal. A signal that is ignored and blocked comes all the same.
bool is_hangup_ignored() {
    struct sigaction now {};
    return ::sigaction(SIGHUP, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace

Signals::Signals() : goes_with_terminal_(has_terminal() && !is_hangup_ignored()) {
    sigemptyset(&ending_);
    sigaddset(&ending_, SIGTERM);
    sigaddset(&ending_, SIGINT);
    heard_ = ending_;
    sigaddset(&heard_, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &heard_, nullptr);
}

Signals::Word Signals::wait(std::optional<std::chrono::milliseconds> patience) const {
    const auto limit = patience.value_or(std::chrono::hours(1));
    const timespec most{static_cast<time_t>(limit.count() / 1'000), static_cast<long>(limit.count() % 1'000) * 1'000'000};
    const int signal = ::sigtimedwait(&heard_, nullptr, &most);
    if (signal < 0) return Word::none;   // also when something else woke us
    if (signal != SIGHUP) return Word::end;
    return goes_with_terminal_ && !has_terminal() ? Word::end : Word::reload;
}

void Signals::wait_for_end() const {
    int signal = 0;
    while (sigwait(&ending_, &signal) != 0) {}
}

}  // namespace chayan::app
