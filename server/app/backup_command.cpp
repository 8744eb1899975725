// SPDX-License-Identifier: Apache-2.0
#include "app/backup_command.hpp"

#include <unistd.h>

#include <iostream>

#include "app/backup.hpp"
#include "app/recovery_command.hpp"
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
    const auto ask = [&] { return ask_recovery_key(command.recovery_key_file); };
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

NightlyBackup nightly_of(Installation& in, const Place& place, const Config& config) {
    const auto make = [&in, place, config](const std::string& file, const std::stop_token& stop) {
        return make_backup(in, place, config, file, [&stop](const char*, std::uint64_t, std::uint64_t) { return !stop.stop_requested(); });
    };
    // Opened now: later, connections may have taken all descriptors.
    const auto last_made = [reader = std::shared_ptr<storage::Connection>(in.store->reader())]() -> std::optional<domain::Instant> {
        if (const auto made = reader->audit().last_of("backed_up", 0)) return made->at;
        const auto first = reader->audit().read(1, 1);
        return first.empty() ? std::nullopt : std::optional(first[0].at);
    };
    return {{config.backup_folder, config.backup_at_s, config.backup_keep}, in.zone, in.clock, make, last_made};
}

}  // namespace chayan::app
