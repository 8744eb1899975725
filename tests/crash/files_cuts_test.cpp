// SPDX-License-Identifier: Apache-2.0
// Power cuts of what is no database: the keys, the certificate and the zone of a first start, a backup's two files, the end of an installation.
#include <filesystem>
#include <fstream>

#include "app/backup.hpp"
#include "app/certificate.hpp"
#include "app/installation.hpp"
#include "app/sunset.hpp"
#include "crash/cuts.hpp"
#include "http/tls.hpp"
#include "service/key_files.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using crash::Figures;
using crash::Told;

namespace {

namespace fs = std::filesystem;
constexpr domain::Instant morning{1'769'990'400};
const app::Config config;

/// Scans of one phone that were never registered: enough to be sealed, kept and counted.
void write_scan(storage::Store& store, service::Vault& vault, std::uint64_t seq) {
    store.write([&](storage::Connection& connection) {
        storage::ScanRow row{{seq}, {1}, morning + static_cast<std::int64_t>(seq), domain::Direction::in, domain::Source::screen, 0, 0, {}};
        vault.seal(row, {{1}, {}});
        connection.scans().append({&row, 1});
        storage::SiteRow site;
        site.id = site.place = {1};
        site.ref = "A";
        site.division = {130'682'000'000, 6};
        site.stays.push_back({});
        connection.sites().put(site);
    });
}

/// The first start of all, as `serve` makes it, and some scans.
class FirstStart final : public crash::World {
public:
    explicit FirstStart(const char* keys) : keys_(keys) {}
    void live(const std::string& root, crash::Recorder& recorder, std::mt19937_64&) override {
        const auto place = start(root);
        const auto store = storage::sqlite::open({place.data, {}, 0});
        if (!service::key_files::pinned_zone(place.keys)) service::key_files::pin_zone(place.keys, config.time_zone);
        service::Vault vault(place.keys, app::find_key_zone(place, config));
        const auto before = store->reader()->scans().last().value;
        for (auto seq = before + 1; seq <= before + 3; ++seq) {
            write_scan(*store, vault, seq);
            recorder.told(seq);
        }
    }
    std::string examine(const std::string& root, const Told& told) override {
        try {
            const auto place = start(root);
            const auto promised = told.empty() ? before_ : told.back();
            const auto found = storage::sqlite::open({place.data, {}, 0})->reader()->scans().last().value;
            std::string wrong = found < promised ? "acknowledged scans are lost; " : "";
            for (const auto& problem : app::check_installation(place, config)) wrong += problem + "; ";
            return wrong;
        } catch (const std::exception& error) {
            return std::string("it does not start: ") + error.what();
        }
    }
    void go_on(const std::string& root, const Told&) override {
        before_ = fs::exists(root + "/data/chayan.db") ? storage::sqlite::open({root + "/data", {}, 0})->reader()->scans().last().value : 0;
    }

private:
    /// Up to the first connection that is let in.
    app::Place start(const std::string& root) const {
        const app::Place place{root + "/data", root + '/' + keys_, 0};
        fs::create_directories(place.data);
        fs::create_directory(place.data + "/reserve");   // a folder: so that no file of 20 MB is made there
        // As set_up does, which would print the recovery key each time.
        if (!fs::exists(place.keys + "/master.key") && !fs::exists(place.data + "/chayan.db")) (void)service::key_files::create(place.keys);
        app::set_up(place);
        (void)http::make_tls_context({place.keys + "/tls-certificate.pem", place.keys + "/tls-key.pem", {}}, http::TicketKey(app::ticket_key(place.keys)));
        return place;
    }
    const std::string keys_;
    std::uint64_t before_ = 0;
};

/// An installation with scans, durable, and the paper that its backups are opened with.
struct Original {
    Original() {
        const crash::Ground ground;
        const app::Place place{ground.life + "/data", ground.life + "/data/keys", 0};
        fs::create_directories(place.data + "/reserve");
        fs::create_directories(ground.life + "/out");
        recovery = service::key_files::create(place.keys);
        app::set_up(place);
        service::key_files::pin_zone(place.keys, config.time_zone);
        {
            const auto store = storage::sqlite::open({place.data, {}, 0});
            service::Vault vault(place.keys, app::find_key_zone(place, config));
            for (std::uint64_t seq = 1; seq <= scans; ++seq) write_scan(*store, vault, seq);
        }
        image = crash::Image::of(ground.life);
    }
    static constexpr std::uint64_t scans = 20;
    crash::Image image;
    std::string recovery;
};

class Backup final : public crash::World {
public:
    explicit Backup(const Original& original) : original_(original) {}
    void live(const std::string& root, crash::Recorder& recorder, std::mt19937_64&) override {
        const auto place = place_in(root);
        app::Installation in(place, config);
        if (app::make_backup(in, place, config, root + "/out/backup", all_of_it)) recorder.told(1);
    }
    std::string examine(const std::string& root, const Told& told) override {
        std::string wrong;
        for (const auto& problem : app::check_installation(place_in(root), config)) wrong += problem + "; ";
        const bool is_there = fs::exists(root + "/out/backup");
        backups += is_there ? 1U : 0U;
        if (!is_there) return told.empty() ? wrong : wrong + "the backup is gone; ";
        const app::Place back{root + "/back", root + "/back/keys", 0};
        const app::RestoreRequest request{root + "/out/backup", [this]() -> kit::Result<std::string> { return original_.recovery; }, app::SystemClock().now(),
                                          app::OddClock::accepted};
        try {
            const auto restored = app::restore_backup(back, config, request, all_of_it);
            if (!restored) return wrong + "the backup can't be restored: " + std::string(restored.error().code) + "; ";
        } catch (const std::exception& error) {
            return wrong + "the backup can't be restored: " + error.what() + "; ";
        }
        const auto census = storage::sqlite::open_to_check({back.data, {}, 0})->reader()->census();
        return census.scans == Original::scans ? wrong : wrong + "the backup lacks scans; ";
    }
    std::uint64_t backups = 0;

private:
    static app::Place place_in(const std::string& root) { return {root + "/data", root + "/data/keys", 0}; }
    const app::Stage all_of_it = [](const char*, std::uint64_t, std::uint64_t) { return true; };
    const Original& original_;
};

/// What comes back from a backup, cut while it does: all of it under its name, or nothing, and another try succeeds.
class Restore final : public crash::World {
public:
    explicit Restore(const Original& original) : original_(original) {}
    crash::Image begin() const {
        const crash::Ground ground;
        original_.image.put(ground.life);
        const app::Place place{ground.life + "/data", ground.life + "/data/keys", 0};
        {
            app::Installation in(place, config);
            REQUIRE(app::make_backup(in, place, config, ground.life + "/out/backup", all_of_it));
        }
        fs::remove_all(place.data);
        return crash::Image::of(ground.life);
    }
    void live(const std::string& root, crash::Recorder& recorder, std::mt19937_64&) override {
        REQUIRE(restore(root).empty());
        recorder.told(1);
    }
    std::string examine(const std::string& root, const Told& told) override {
        const app::Place place{root + "/data", root + "/data/keys", 0};
        whole += fs::exists(place.data) ? 1U : 0U;
        if (!fs::exists(place.data)) {
            if (!told.empty()) return "what was restored is gone; ";
            if (auto wrong = restore(root); !wrong.empty()) return wrong;
        }
        std::string wrong;
        for (const auto& problem : app::check_installation(place, config)) wrong += problem + "; ";
        const auto census = storage::sqlite::open_to_check({place.data, {}, 0})->reader()->census();
        return census.scans == Original::scans ? wrong : wrong + "scans are missing; ";
    }
    std::uint64_t whole = 0;

private:
    std::string restore(const std::string& root) const {
        const app::Place place{root + "/data", root + "/data/keys", 0};
        const app::RestoreRequest request{root + "/out/backup", [this]() -> kit::Result<std::string> { return original_.recovery; }, app::SystemClock().now(),
                                          app::OddClock::accepted};
        try {
            const auto restored = app::restore_backup(place, config, request, all_of_it);
            return restored ? std::string() : std::string("it can't be restored: ") + restored.error().code + "; ";
        } catch (const std::exception& error) {
            return std::string("it can't be restored: ") + error.what() + "; ";
        }
    }
    const app::Stage all_of_it = [](const char*, std::uint64_t, std::uint64_t) { return true; };
    const Original& original_;
};

bool is_key(const fs::path& path) { return path.extension() == ".key" || path.extension() == ".pem" || path.extension() == ".pub" || path.extension() == ".mac"; }

class Sunset final : public crash::World {
public:
    void live(const std::string& root, crash::Recorder& recorder, std::mt19937_64&) override {
        app::close_down({root + "/data", root + "/data/keys", 0}, config);
        recorder.told(1);
    }
    std::string examine(const std::string& root, const Told& told) override {
        const app::Place place{root + "/data", root + "/data/keys", 0};
        if (!told.empty() && !fs::exists(place.data + "/sunset.json")) return "the certificate is gone; ";
        if (!told.empty() && has_keys(place)) return "a key that was destroyed is there again; ";
        try {
            if (!fs::exists(place.data + "/sunset.json")) app::close_down(place, config);
        } catch (const std::exception& error) {
            return std::string("it can't be closed down: ") + error.what();
        }
        return has_keys(place) ? "a key is left; " : "";
    }

private:
    static bool has_keys(const app::Place& place) {
        for (const auto& entry : fs::recursive_directory_iterator(place.keys))
            if (is_key(entry.path())) return true;
        return false;
    }
};

}  // namespace

TEST_CASE("a first start that is cut anywhere is finished by the next one, wherever the keys lie") {
    const auto* keys = GENERATE("data/keys", "keys");
    const auto wanted = crash::budget(40, 0.005);
    Figures all;
    for (auto seed = crash::first_seed(); all.cuts < wanted; ++seed) {
        FirstStart first(keys);
        const auto figures = crash::cut(first, {}, {seed, 2, 20});
        all += figures;
        INFO("keys in " << keys << ": " << figures.first_wrong);
        REQUIRE(figures.wrong == 0);
    }
    crash::tell("first starts", all);
}

TEST_CASE("a backup that is cut anywhere is whole or not there, and the store is as it was") {
    const Original original;
    const auto wanted = crash::budget(20, 0.003);
    Figures all;
    std::uint64_t backups = 0;
    for (auto seed = crash::first_seed(); all.cuts < wanted; ++seed) {
        Backup backup(original);
        const auto figures = crash::cut(backup, original.image, {seed, 1, 20});
        all += figures;
        backups += backup.backups;
        INFO(figures.first_wrong);
        REQUIRE(figures.wrong == 0);
    }
    crash::tell("backups", all);
    REQUIRE(backups < all.cuts);
}

TEST_CASE("a restore that is cut anywhere is whole or can be made again") {
    const Original original;
    const auto wanted = crash::budget(20, 0.003);
    Figures all;
    std::uint64_t whole = 0;
    const auto start = Restore(original).begin();
    for (auto seed = crash::first_seed(); all.cuts < wanted; ++seed) {
        Restore restore(original);
        const auto figures = crash::cut(restore, start, {seed, 1, 20});
        all += figures;
        whole += restore.whole;
        INFO(figures.first_wrong);
        REQUIRE(figures.wrong == 0);
    }
    crash::tell("restores", all);
    REQUIRE(whole < all.cuts);
}

TEST_CASE("an end of an installation that is cut anywhere is finished by the next call, and destroyed keys stay destroyed") {
    const Original original;
    const auto wanted = crash::budget(40, 0.004);
    Figures all;
    for (auto seed = crash::first_seed(); all.cuts < wanted; ++seed) {
        Sunset sunset;
        const auto figures = crash::cut(sunset, original.image, {seed, 1, 20});
        all += figures;
        INFO(figures.first_wrong);
        REQUIRE(figures.wrong == 0);
    }
    crash::tell("ends", all);
}
