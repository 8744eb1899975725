// SPDX-License-Identifier: Apache-2.0
// The backup that is made by itself, on a clock of the test's own.
#include "app/nightly_backup.hpp"

#include "app/backup.hpp"
#include "app/backup_command.hpp"
#include "app/folder.hpp"
#include "service/key_files.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace chayan;
using namespace chayan::app;
using chayan::app::testing::Folder;

namespace {

constexpr std::int64_t day_s = 86'400;

struct HandClock final : service::Clock {
    domain::Instant now() const override { return at; }
    void set(const std::string& text) { at = *domain::parse_rfc3339(text); }
    domain::Instant at{};
};

/// A service at UTC+8 whose backups are two short files, or fail as they are told to.
struct Night {
    explicit Night(std::int64_t keep = 3) : plan{folder.path, 2 * 3600 + 900, keep} { clock.set("2026-11-28T02:15:00+08:00"); }
    NightlyBackup made() {
        const auto make = [this](const std::string& file, const std::stop_token&) -> kit::Status {
            ++tries;
            if (!fault.empty()) throw std::runtime_error(fault);
            if (refusal != nullptr) return kit::Error{kit::Errc::conflict, refusal};
            if (std::filesystem::exists(file + ".keys")) return kit::Error{kit::Errc::conflict, "backup_exists"};
            std::ofstream(file) << "data";
            std::ofstream(file + ".keys") << "keys";
            last = clock.at;
            return kit::Done{};
        };
        return {plan, domain::TimeZone::fixed(8 * 3600), clock, make, [this] { return last; }};
    }
    std::set<std::string> files() const {
        std::set<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path)) found.insert(entry.path().filename());
        return found;
    }
    Folder folder;
    HandClock clock;
    BackupPlan plan;
    std::optional<domain::Instant> last;
    std::string fault;
    const char* refusal = nullptr;
    int tries = 0;
};

}  // namespace

TEST_CASE("a backup is due from its second of the local day on, and of the day before until then") {
    const auto zone = domain::TimeZone::fixed(8 * 3600);
    const auto due = [&](const std::string& at) { return domain::format_date(day_of_backup(zone, *domain::parse_rfc3339(at), 2 * 3600 + 900)); };
    CHECK(due("2026-11-28T02:14:59+08:00") == "2026-11-27");
    CHECK(due("2026-11-28T02:15:00+08:00") == "2026-11-28");
    CHECK(due("2026-11-28T23:59:59+08:00") == "2026-11-28");
    CHECK(due("2026-11-29T00:00:00+08:00") == "2026-11-28");
}

TEST_CASE("one is made each day, once, also by a service that was down at its hour, and none without a folder") {
    Night night;
    auto nightly = night.made();
    for (int i = 0; i < 3; ++i) nightly.tend({});
    CHECK(night.files() == std::set<std::string>{"chayan-2026-11-28", "chayan-2026-11-28.keys"});
    night.clock.set("2026-11-29T02:14:59+08:00");
    nightly.tend({});
    CHECK(night.tries == 1);
    night.clock.set("2026-11-29T02:15:00+08:00");
    nightly.tend({});
    CHECK(night.tries == 2);
    auto again = night.made();   // a start in the same day
    again.tend({});
    CHECK(night.tries == 2);
    night.clock.set("2026-12-02T01:00:00+08:00");   // down for three nights: the last one that was due is made
    again.tend({});
    CHECK(night.folder.has("chayan-2026-12-01"));
    CHECK(again.failures() == 0);
    night.plan.folder.clear();
    night.clock.at = night.clock.at + 2 * day_s;
    auto none = night.made();
    none.tend({});
    CHECK(night.tries == 3);
}

TEST_CASE("when a new one is whole the oldest go, of keys all but the newest, and nothing that is not ours") {
    Night night(2);
    for (const char* other : {"chayan-2026-11-01.bak", "chayan-notes", "2026-11-01", "chayan-2026-13-01"}) night.folder.write(other, "mine");
    auto nightly = night.made();
    for (int i = 0; i < 4; ++i) {
        nightly.tend({});
        night.clock.at = night.clock.at + day_s;
    }
    CHECK(night.files() == std::set<std::string>{"chayan-2026-11-30", "chayan-2026-12-01", "chayan-2026-12-01.keys", "chayan-2026-11-01.bak", "chayan-notes", "2026-11-01", "chayan-2026-13-01"});
}

TEST_CASE("one that fails leaves the older ones and their keys, is counted, and is tried again after an hour") {
    Night night(1);
    auto nightly = night.made();
    nightly.tend({});
    night.clock.at = night.clock.at + day_s;
    night.fault = "/mnt: cannot write the file; check the space on its disk";
    nightly.tend({});
    CHECK(night.tries == 2);
    night.fault.clear();
    night.refusal = "backup_exists";
    night.clock.at = night.clock.at + 3599;
    nightly.tend({});
    CHECK(night.tries == 2);
    night.clock.at = night.clock.at + 1;
    nightly.tend({});
    CHECK(night.tries == 3);
    CHECK(nightly.failures() == 2);
    CHECK(night.files() == std::set<std::string>{"chayan-2026-11-28", "chayan-2026-11-28.keys"});
    night.refusal = "backup_stopped";   // the service ends, which is no failure
    night.clock.at = night.clock.at + 3600;
    nightly.tend({});
    CHECK(nightly.failures() == 2);
    night.refusal = nullptr;
    night.folder.write("chayan-2026-11-29.keys", "an end came between the two names");
    night.clock.at = night.clock.at + 1;
    nightly.tend({});
    CHECK(night.files() == std::set<std::string>{"chayan-2026-11-29", "chayan-2026-11-29.keys"});
}

TEST_CASE("a clock that ran ahead leaves no backup that stays for ever, nor keys in place of today's") {
    Night night(2);
    auto nightly = night.made();
    nightly.tend({});
    night.clock.set("2036-01-01T03:00:00+08:00");
    nightly.tend({});
    CHECK(night.folder.has("chayan-2036-01-01"));
    night.clock.set("2026-11-29T03:00:00+08:00");
    nightly.tend({});
    CHECK(night.files() == std::set<std::string>{"chayan-2026-11-28", "chayan-2026-11-29", "chayan-2026-11-29.keys"});
}

TEST_CASE("of a real installation it makes what a restore takes, and an older one is opened by the keys that stayed") {
    const Folder folder;
    const Place place{folder.at("data"), folder.at("data/keys"), 0};
    const auto recovery = service::key_files::create(place.keys);
    set_up(place);
    Config config;
    config.backup_folder = folder.at("backups");
    std::filesystem::create_directory(config.backup_folder);
    Installation in(place, config);
    auto nightly = nightly_of(in, place, config);
    nightly.tend({});
    REQUIRE(nightly.failures() == 0);
    const auto day = day_of_backup(in.zone, in.clock.now(), config.backup_at_s);
    const auto file = config.backup_folder + "/chayan-" + domain::format_date(day), older = config.backup_folder + "/chayan-" + domain::format_date({day.number - 1});
    CHECK(folder.mode("backups/chayan-" + domain::format_date(day)) == 0600);
    CHECK(folder.mode("backups/chayan-" + domain::format_date(day) + ".keys") == 0600);
    std::filesystem::rename(file, older);   // as if made a day before
    std::filesystem::rename(file + ".keys", older + ".keys");
    nightly_of(in, place, config).tend({});
    CHECK(std::filesystem::exists(file + ".keys"));
    CHECK_FALSE(std::filesystem::exists(older + ".keys"));
    const RestoreRequest request{older, [&]() -> kit::Result<std::string> { return recovery; }, in.clock.now(), OddClock::refused, file + ".keys"};
    const Place fresh{folder.at("fresh"), folder.at("fresh/keys"), 0};
    REQUIRE(restore_backup(fresh, config, request, [](const char*, std::uint64_t, std::uint64_t) { return true; }));
    CHECK(check_installation(fresh, config).empty());
}
