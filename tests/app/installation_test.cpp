// SPDX-License-Identifier: Apache-2.0
#include "app/installation.hpp"

#include "app/folder.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace chayan;
using namespace chayan::app;
using chayan::app::testing::Folder;
using Catch::Matchers::Contains;

namespace {

struct Installed {
    Installed() { set_up(place); }
    Folder folder;
    Place place{folder.path, folder.at("keys"), 0};
};

void add_one_of_each(Installation& in) {
    REQUIRE(in.imports->divisions({}, "code,name\n130682,定州\n", {}));
    REQUIRE(in.imports->sites({}, "ref,name,category,division\nA,商店,shop,130682\n", {}));
    REQUIRE(in.imports->people({}, "name,phone\n王建华,14200000001\n", {}));
    const auto before = in.clock.now() - 60;
    REQUIRE(service::run_and_wait(*in.writer, [&](service::WriteContext& context) -> kit::Status {
        service::ScanIntake scan;
        scan.key = {{1}, {1}, before, domain::Direction::in};
        scan.received = before;
        (void)context.take(scan);
        return kit::Done{};
    }));
}

void flip_last_byte(const std::string& path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(-1, std::ios::end);
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(-1, std::ios::end);
    file.put(byte);
}

}  // namespace

TEST_CASE("setting up makes keys and a certificate for their owner alone, and the second time nothing") {
    const Installed installed;
    const auto& folder = installed.folder;
    CHECK(folder.mode("keys") == 0700);
    CHECK(folder.mode("keys/day") == 0700);
    for (const char* name : {"keys/master.key", "keys/recovery.pub", "keys/tls-key.pem", "keys/tls-certificate.pem"}) CHECK(folder.mode(name) == 0600);
    const auto master = folder.read("keys/master.key"), certificate = folder.read("keys/tls-certificate.pem");
    set_up(installed.place);
    CHECK(folder.read("keys/master.key") == master);
    CHECK(folder.read("keys/tls-certificate.pem") == certificate);
    std::filesystem::remove(folder.at("keys/tls-key.pem"));   // somebody's own certificate goes missing: a new pair
    set_up(installed.place);
    CHECK(folder.read("keys/tls-certificate.pem") != certificate);
    CHECK(folder.read("keys/master.key") == master);
}

TEST_CASE("data without its keys is refused, and no new keys are made for it") {
    Installed installed;
    { const Installation in(installed.place, {}); }
    installed.place.keys = installed.folder.at("elsewhere");
    CHECK_THROWS_WITH(set_up(installed.place), Contains("put the key folder back"));
    CHECK_FALSE(installed.folder.has("elsewhere"));
    std::filesystem::remove_all(installed.folder.at("keys"));
    installed.place.keys = installed.folder.at("keys");
    CHECK_THROWS_WITH(set_up(installed.place), Contains("put the key folder back"));
    CHECK_FALSE(installed.folder.has("keys"));
}

TEST_CASE("a data folder is held by one at a time") {
    const Folder folder;
    std::unique_ptr<DirectoryLock> first, second;
    REQUIRE(DirectoryLock::try_lock(folder.path, first));
    CHECK_FALSE(DirectoryLock::try_lock(folder.path, second));
    CHECK_FALSE(second);
    first.reset();
    CHECK(DirectoryLock::try_lock(folder.path, second));
    CHECK(folder.mode("lock") == 0600);
    CHECK_THROWS_WITH(DirectoryLock::try_lock(folder.at("none"), first), Contains("check its permissions"));
}

TEST_CASE("what was written is there at the next start, in full health, with nothing in the clear") {
    const Installed installed;
    {
        Installation in(installed.place, {});
        add_one_of_each(in);
        REQUIRE(in.operators->add(nullptr, {"li", "tracer", "", "correct horse battery"}));
    }
    CHECK(check_installation(installed.place, {}).empty());
    Installation in(installed.place, {});
    const auto directory = in.board.load();
    CHECK(directory->people->registration_count() == 1);
    CHECK(directory->site("A") != nullptr);
    CHECK(in.staff.has_operators());
    CHECK_FALSE(in.tracing->readiness());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(installed.folder.path)) {
        if (!entry.is_regular_file()) continue;
        const auto text = installed.folder.read(std::filesystem::relative(entry.path(), installed.folder.path).string());
        for (const char* secret : {"王建华", "14200000001", "correct horse"}) CHECK(text.find(secret) == std::string::npos);
    }
}

TEST_CASE("settings reach the services") {
    const Installed installed;
    Config config;
    config.ahead_s_max = 0;
    config.time_zone = "Nowhere/Nothing";
    CHECK_THROWS_WITH(Installation(installed.place, config), Contains("unknown time zone \"Nowhere/Nothing\""));
    config.time_zone = "UTC";
    Installation in(installed.place, config);
    CHECK(in.zone.offset_s(in.clock.now()) == 0);
    add_one_of_each(in);
    service::GateRequest request;
    request.direction = "in";
    request.at = domain::format_rfc3339(in.clock.now() + 30);
    const auto site = *in.board.load()->site("A");
    CHECK_FALSE(in.ingest->intake_of_history({1}, site, request, {0}));
}

TEST_CASE("another time zone in the settings leaves every scan readable: key days stay those of the first") {
    const Installed installed;
    Config config;
    config.time_zone = "Pacific/Kiritimati";   // 14 hours east
    {
        Installation in(installed.place, config);
        add_one_of_each(in);
    }
    CHECK(installed.folder.read("keys/time-zone") == "Pacific/Kiritimati\n");
    CHECK(installed.folder.mode("keys/time-zone") == 0600);
    config.time_zone = "Pacific/Pago_Pago";    // and 25 hours back
    CHECK(check_installation(installed.place, config).empty());
    {
        Installation in(installed.place, config);
        CHECK(in.zone.offset_s(in.clock.now()) == -11 * 3600);   // what visits and hours go by
        in.tracing->load({});
        CHECK(in.tracing->readiness());
    }
    CHECK(check_installation(installed.place, {}).empty());
    CHECK(installed.folder.read("keys/time-zone") == "Pacific/Kiritimati\n");
    installed.folder.write("keys/time-zone", "Nowhere/Nothing\n");
    CHECK_THROWS_WITH(Installation(installed.place, config), Contains("keys/time-zone") && Contains("put back"));
}

TEST_CASE("a check tells of each damage in a sentence without personal data, and changes nothing") {
    const Installed installed;
    const auto damaged = [&](const char* sql) {
        const Folder copy;
        std::filesystem::copy(installed.folder.path, copy.path, std::filesystem::copy_options::recursive);
        const Place place{copy.path, copy.at("keys"), 0};
        {
            Installation in(place, {});
            add_one_of_each(in);
        }
        if (std::string_view(sql) == "key") std::filesystem::remove_all(copy.at("keys/day"));
        if (std::string_view(sql) == "key") std::filesystem::create_directory(copy.at("keys/day"));
        if (std::string_view(sql) == "master") flip_last_byte(copy.at("keys/master.key"));
        std::set<std::string> words;
        for (const auto& problem : check_installation(place, {})) words.insert(problem);
        return words;
    };
    CHECK(damaged("").empty());
    CHECK(damaged("key") == std::set<std::string>{"scan row 1 is damaged or its day's key is gone"});
    const auto other_key = damaged("master");
    CHECK(other_key.contains("registration 1 is damaged"));
    CHECK(other_key.contains("the audit log is broken from line 1 on"));
    CHECK_FALSE(other_key.contains("scan row 1 is damaged or its day's key is gone"));   // day keys are their own
}

TEST_CASE("a check of a folder that is none fails with a sentence") {
    const Folder folder;
    CHECK_THROWS_AS(check_installation({folder.path, folder.at("keys"), 0}, {}), std::exception);
    CHECK_FALSE(folder.has("keys"));
    CHECK_FALSE(folder.has("chayan.db"));
}

TEST_CASE("a check opens every sealed text and looks for sites' places") {
    const Installed installed;
    {
        Installation in(installed.place, {});
        add_one_of_each(in);
        REQUIRE(service::run_and_wait(*in.writer, [&](service::WriteContext& context) -> kit::Status {
            auto& store = context.store();
            store.scans().append_void(storage::VoidRow{{1}, in.clock.now(), {}, in.vault.seal(service::SealKind::reason, "1", "扫错了")});
            const auto plate = in.vault.blind(service::BlindKind::plate, "冀F12345");
            store.registry().append(storage::VehicleRow{{1}, plate, in.vault.seal(service::SealKind::plate, "1", "冀F12345")});
            return kit::Done{};
        }));
    }
    CHECK(check_installation(installed.place, {}).empty());
    {
        Installation in(installed.place, {});
        REQUIRE(service::run_and_wait(*in.writer, [&](service::WriteContext& context) -> kit::Status {
            auto& store = context.store();
            storage::CaseRow of_case;
            of_case.number = "2026-1";
            of_case.title = of_case.purpose = "not sealed";
            store.desk().put(of_case);
            storage::OperatorRow odd;
            odd.id = {1};
            odd.login = "li";
            odd.roles = 1;
            odd.otp = "not sealed";
            store.staff().put(odd);
            const auto other = in.vault.blind(service::BlindKind::plate, "冀F54321");
            store.registry().append(storage::VehicleRow{{2}, other, in.vault.seal(service::SealKind::plate, "1", "冀F54321")});   // another's number
            auto site = *context.directory().site("A");
            site.place = {7};
            store.sites().put(site);
            return kit::Done{};
        }));
    }
    const auto problems = check_installation(installed.place, {});
    CHECK(std::set<std::string>(problems.begin(), problems.end()) ==
          std::set<std::string>{"the texts of cases are damaged: 1", "the second factor of operator 1 is damaged", "vehicle 2 is damaged",
                                "site 1 belongs to a place that is not there"});
}
