// SPDX-License-Identifier: Apache-2.0
#include "app/backup_command.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "app/backup.hpp"
#include "app/staging.hpp"

namespace chayan::app {
namespace {

/// "copying 40 %" over itself, where somebody looks.
class Meter {
public:
    ~Meter() {
        if (shown_) std::cerr << '\n';
    }
    bool show(const std::string& doing, std::uint64_t done, std::uint64_t total) {
        const auto percent = total == 0 ? 0 : done * 100 / total;
        if (!on_terminal_ || (doing == doing_ && percent == percent_)) return true;
        doing_ = doing;
        percent_ = percent;
        shown_ = true;
        std::cerr << '\r' << doing << (total == 0 ? "      " : " " + std::to_string(percent) + " %  ") << std::flush;
        return true;
    }

private:
    const bool on_terminal_ = ::isatty(STDERR_FILENO) == 1;
    bool shown_ = false;
    std::string doing_;
    std::uint64_t percent_ = 0;
};

/// While it lives, the terminal shows nothing of what is typed.
class Unseen {
public:
    explicit Unseen(int terminal) : terminal_(terminal), known_(::tcgetattr(terminal, &before_) == 0) {
        auto quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        if (known_) ::tcsetattr(terminal, TCSAFLUSH, &quiet);
    }
    ~Unseen() {
        if (known_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    }
    Unseen(const Unseen&) = delete;
    Unseen& operator=(const Unseen&) = delete;

private:
    int terminal_;
    termios before_{};
    bool known_;
};

kit::Result<std::string> ask_terminal() {
    const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal < 0) return kit::Error{kit::Errc::invalid, "recovery_key_needed"};
    constexpr std::string_view question = "恢复密钥 / Recovery key: ";
    std::string text(256, '\0');
    ssize_t count = 0;
    if (::write(terminal, question.data(), question.size()) > 0) {
        const Unseen unseen(terminal);
        count = ::read(terminal, text.data(), text.size());   // a line
    }
    (void)!::write(terminal, "\n", 1);
    ::close(terminal);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
}

kit::Result<std::string> read_recovery_key(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text(4096, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!in.is_open() || in.bad()) throw std::runtime_error(path + ": cannot read the file; check its path and permissions");
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

}  // namespace

kit::Status run_backup(const Place& place, const Config& config, const std::string& file) {
    Meter meter;
    const Stage stage = [&meter](const char* doing, std::uint64_t done, std::uint64_t total) { return meter.show(doing, done, total); };
    std::unique_ptr<DirectoryLock> lock;
    if (!DirectoryLock::try_lock(place.data, lock)) return ask_server(place.data, "backup", {plain_path(file)}, stage);
    set_up(place);
    Installation installation(place, config);
    return make_backup(installation, place, config, file, stage);
}

kit::Status run_restore(const Place& place, const Config& config, const RestoreCommand& command) {
    const auto ask = [&] { return command.recovery_key_file.empty() ? ask_terminal() : read_recovery_key(command.recovery_key_file); };
    const RestoreRequest request{command.file, ask, SystemClock().now(), command.accept_clock ? OddClock::accepted : OddClock::refused, command.keys_file};
    const auto restored = [&] {
        Meter meter;
        return restore_backup(place, config, request, [&meter](const char* doing, std::uint64_t done, std::uint64_t total) { return meter.show(doing, done, total); });
    }();
    if (!restored) return restored.error();
    if (restored->keys_dropped > 0)
        std::cerr << "已过保存期 " << restored->keys_dropped << " 天的密钥没有恢复。\nKeys of expired days that were left out: " << restored->keys_dropped << ".\n";
    return kit::Done{};
}

Control::Handler backup_handler(House& house, Installation& in, const Place& place, const Config& config) {
    return [&house, &in, place, config](const std::vector<std::string>& arguments, const std::shared_ptr<Peer>& peer) {
        if (arguments.size() != 1) return peer->fail("backup takes one path");
        const bool posted = house.post([&in, place, config, file = arguments[0], peer](const std::stop_token& stop) {
            const auto stage = [&](const char* doing, std::uint64_t done, std::uint64_t total) {
                return peer->progress(doing, done, total) && !stop.stop_requested();
            };
            try {
                peer->answer(make_backup(in, place, config, file, stage));
            } catch (const std::exception& error) {   // of the copy: the store itself ends the process by the writer
                peer->fail(error.what());
            }
        });
        if (!posted) peer->answer(kit::Error{kit::Errc::busy, "backup_running"});
    };
}

}  // namespace chayan::app
