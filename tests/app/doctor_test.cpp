// SPDX-License-Identifier: Apache-2.0
// What the doctor says of patients who are told to it, on both sides of each of its limits; and of one real folder.
#include "app/doctor.hpp"

#include "app/folder.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <tuple>

using namespace chayan;
using namespace chayan::app;
using chayan::app::testing::Folder;
using Catch::Matchers::Contains;

namespace {

constexpr std::int64_t day = 86'400;

/// Nothing is wrong with it.
struct Patient {
    Patient() {
        seen.now = {1'780'000'000};
        seen.newest_row = seen.now - 60;
        seen.last_backup = seen.now - day;
        seen.recovery_proved = seen.now - day;
        seen.backup_folder = BackupFolder::good;
        seen.store_bytes = 1'000'000'000;
        seen.machine.disk_free_bytes = 50'000'000'000;
        seen.machine.disk_bytes = 100'000'000'000;
        seen.machine.is_clock_synchronised = true;
        seen.machine.prints_posters = true;
        seen.machine.certificate = service::Machine::Certificate{seen.now + 60 * day, false, {"chayan.example.cn"}};
        seen.can_set_posters = true;
        seen.pinned_zone = "Asia/Shanghai";
        config.listen = "0.0.0.0";
        config.port = 443;
        config.hosts = {"chayan.example.cn"};
        config.base_url = "https://chayan.example.cn";
    }
    std::vector<Diagnosis> lines() const { return judge(seen, {"/data", "/keys", 0}, config); }
    /// The worst of those that begin so.
    Health health(const std::string& subject) const {
        auto worst = Health::ok;
        for (const auto& line : lines())
            if (line.en.starts_with(subject + ":")) worst = std::max(worst, line.health);
        return worst;
    }
    std::string text(const std::string& subject) const {
        for (const auto& line : lines())
            if (line.en.starts_with(subject + ":")) return line.en;
        return {};
    }
    Symptoms seen;
    Config config;
};

}  // namespace

TEST_CASE("of a service that is well each line is ok, in both languages") {
    const Patient well;
    const auto lines = well.lines();
    CHECK(lines.size() == 8);
    for (const auto& line : lines) {
        INFO(line.en);
        CHECK(line.health == Health::ok);
        CHECK_FALSE(line.zh.empty());
        CHECK(line.zh != line.en);
    }
}

TEST_CASE("a clock behind what was written is bad, one that nobody keeps right is doubtful") {
    Patient patient;
    patient.seen.newest_row = patient.seen.now + 120;
    CHECK(patient.health("clock") == Health::ok);
    patient.seen.newest_row = patient.seen.now + 121;
    CHECK(patient.health("clock") == Health::bad);
    CHECK_THAT(patient.text("clock"), Contains("set back"));
    patient.seen.newest_row.reset();
    patient.seen.machine.is_clock_synchronised = false;
    CHECK(patient.health("clock") == Health::warn);
    patient.seen.machine.is_clock_synchronised.reset();
    CHECK(patient.health("clock") == Health::warn);
}

TEST_CASE("a disk is doubtful below two gigabytes or the copy of a backup, and bad below half of one") {
    Patient patient;
    auto& free = patient.seen.machine.disk_free_bytes;
    free = 2'000'000'000;
    CHECK(patient.health("disk") == Health::ok);
    free -= 1;
    CHECK(patient.health("disk") == Health::warn);
    free = 500'000'000;
    CHECK(patient.health("disk") == Health::warn);
    free -= 1;
    CHECK(patient.health("disk") == Health::bad);
    patient.seen.store_bytes = free = 9'000'000'000;
    CHECK(patient.health("disk") == Health::ok);
    free -= 1;
    CHECK(patient.health("disk") == Health::warn);
    CHECK_THAT(patient.text("disk"), Contains("copy of the database"));
}

TEST_CASE("a certificate is doubtful from 21 days, bad from one day before its end, or when it does not name what phones call") {
    Patient patient;
    auto& end = patient.seen.machine.certificate->not_after;
    end = patient.seen.now + 21 * day + 1;
    CHECK(patient.health("certificate") == Health::ok);
    end = patient.seen.now + 21 * day;
    CHECK(patient.health("certificate") == Health::warn);
    end = patient.seen.now + day + 1;
    CHECK(patient.health("certificate") == Health::warn);
    end = patient.seen.now + day;
    CHECK(patient.health("certificate") == Health::bad);
    end = patient.seen.now;
    CHECK_THAT(patient.text("certificate"), Contains("past its end"));
    end = patient.seen.now + 60 * day;
    patient.config.hosts.emplace_back("old.example.cn:8443");
    CHECK(patient.health("certificate") == Health::bad);
    CHECK_THAT(patient.text("certificate"), Contains("does not name old.example.cn,"));
    patient.seen.machine.certificate->names = {"*.example.cn"};
    CHECK(patient.health("certificate") == Health::ok);
    patient.config.hosts.emplace_back("a.b.example.cn");   // a star stands for one label
    CHECK(patient.health("certificate") == Health::bad);
    patient.config.hosts = {"chayan.example.cn"};
    patient.seen.machine.certificate->is_self_signed = true;
    CHECK(patient.health("certificate") == Health::warn);
    patient.config.proxy_listen = "127.0.0.1:8080";   // then phones see the proxy's
    CHECK(patient.health("certificate") == Health::ok);
    patient.seen.pair_fault = "the private key does not belong to the certificate";
    CHECK(patient.health("certificate") == Health::bad);
}

TEST_CASE("whatever others may read, keys beside the data, and a recovery key that was left are told, each with what to do") {
    Patient patient;
    patient.seen.open_to_others = {"/keys/master.key", "/keys/day"};
    CHECK(patient.health("permissions") == Health::bad);
    CHECK_THAT(patient.text("permissions"), Contains("/keys/master.key and 1 more") && Contains("chmod -R go= /data /keys"));
    patient.seen.are_keys_beside_data = true;
    CHECK(patient.health("keys") == Health::warn);
    patient.seen.does_recovery_key_lie_there = true;
    CHECK(patient.health("recovery key") == Health::bad);
    CHECK_THAT(patient.text("recovery key"), Contains("/keys/RECOVERY-KEY.txt"));
}

TEST_CASE("a backup is doubtful after two days and bad after a week, or when there is something to lose and none") {
    Patient patient;
    patient.seen.last_backup = patient.seen.now - 2 * day;
    CHECK(patient.health("backup") == Health::ok);
    patient.seen.last_backup = patient.seen.now - 2 * day - 1;
    CHECK(patient.health("backup") == Health::warn);
    patient.seen.last_backup = patient.seen.now - 7 * day;
    CHECK(patient.health("backup") == Health::warn);
    patient.seen.last_backup = patient.seen.now - 7 * day - 1;
    CHECK(patient.health("backup") == Health::bad);
    patient.seen.last_backup.reset();
    CHECK(patient.health("backup") == Health::warn);
    patient.seen.newest_row.reset();
    CHECK(patient.text("backup").empty());
    patient.seen.store_fault = "not a database";
    CHECK(patient.health("data") == Health::bad);
    patient.seen.store_fault.clear();
    patient.config.time_zone = "Asia/Urumqi";
    CHECK(patient.health("time zone") == Health::warn);
}

TEST_CASE("the folder of the nightly backups is told where it is missing, closed, open to others or on the data's disk; its cure is the service's log") {
    Patient patient;
    patient.config.backup_folder = "/mnt/other";
    const auto told = [&](BackupFolder folder, Health health, const std::string& words) {
        patient.seen.backup_folder = folder;
        CHECK(patient.health("backup") == health);
        CHECK_THAT(patient.text("backup"), Contains(words));
    };
    told(BackupFolder::good, Health::ok, "1 days old");
    told(BackupFolder::missing, Health::bad, "no folder /mnt/other. Make it");
    told(BackupFolder::closed, Health::bad, "can't be written to");
    told(BackupFolder::open_to_others, Health::warn, "chmod 700 /mnt/other");
    told(BackupFolder::beside_data, Health::warn, "on the disk of the data");
    patient.seen.last_backup = patient.seen.now - 3 * day;
    told(BackupFolder::good, Health::warn, "backup_failed");
    patient.config.backup_folder.clear();
    told(BackupFolder::none, Health::warn, "Set [backup] folder");
}

TEST_CASE("that the recovery key is held is to be proved every month, and is doubtful where nobody ever did") {
    Patient patient;
    CHECK_THAT(patient.text("recovery key proof"), Contains("made 1 days ago"));
    for (const auto& [days, late_s, health] : {std::tuple{31, 0, Health::ok}, {31, 1, Health::warn}, {92, 0, Health::warn}, {92, 1, Health::bad}}) {
        patient.seen.recovery_proved = patient.seen.now - days * day - late_s;
        CHECK(patient.health("recovery key proof") == health);
    }
    CHECK_THAT(patient.text("recovery key proof"), Contains("chayan recovery prove --data /data"));
    patient.seen.recovery_proved.reset();
    CHECK(patient.health("recovery key proof") == Health::warn);
    patient.seen.newest_row.reset();   // nothing to lose yet
    CHECK(patient.text("recovery key proof").empty());
}

TEST_CASE("posters have to lead somewhere: to a name that is answered, from other machines, at the right port") {
    Patient patient;
    const auto told = [&](Health health, const std::string& words) {
        CHECK(patient.health("address") == health);
        CHECK_THAT(patient.text("address"), Contains(words));
    };
    patient.config.base_url = "https://other.example.cn/a";
    told(Health::bad, "refuses that name");
    patient.config.base_url.clear();
    told(Health::ok, "chayan.example.cn");
    patient.config.port = 8443;
    told(Health::warn, "port 443, the service listens on 8443");
    patient.config.base_url = "https://chayan.example.cn:8443";
    told(Health::ok, "chayan.example.cn:8443");
    patient.config.listen = "127.0.0.1";
    told(Health::warn, "no other machine");
    patient.config.proxy_listen = "unix:proxy";
    told(Health::ok, "chayan.example.cn");
    patient.config.base_url.clear();
    patient.config.hosts.clear();
    told(Health::warn, "localhost");
    patient.config.base_url = "https://[2001:db8::1]";
    patient.config.hosts = {"[2001:db8::1]"};
    told(Health::ok, "[2001:db8::1]");
    patient.seen.can_set_posters = false;
    CHECK_THAT(patient.text("posters"), Contains("fonts-noto-cjk"));
    patient.seen.machine.prints_posters = false;
    CHECK_THAT(patient.text("posters"), Contains("chayan-qrgen"));
}

TEST_CASE("a folder is looked at as it is") {
    const Folder folder;
    const Place place{folder.path, folder.at("keys"), 0};
    set_up(place);
    { const Installation in(place, {}); }
    auto seen = look_around(place);
    CHECK(seen.store_fault.empty());
    CHECK(seen.store_bytes > 0);
    CHECK(seen.pair_fault.empty());
    CHECK(seen.open_to_others.empty());
    CHECK(seen.are_keys_beside_data);
    CHECK_FALSE(seen.does_recovery_key_lie_there);
    CHECK(seen.pinned_zone == "Asia/Shanghai");
    REQUIRE(seen.machine.certificate);
    CHECK(seen.machine.certificate->is_self_signed);
    CHECK(seen.backup_folder == BackupFolder::none);
    Config config;
    const auto folder_seen = [&] { return look_around(place, config).backup_folder; };
    config.backup_folder = folder.at("backups");
    CHECK(folder_seen() == BackupFolder::missing);
    std::filesystem::create_directory(config.backup_folder);
    ::chmod(config.backup_folder.c_str(), 0750);
    CHECK(folder_seen() == BackupFolder::open_to_others);
    ::chmod(config.backup_folder.c_str(), 0700);
    CHECK(folder_seen() == BackupFolder::beside_data);
    folder.write("keys/RECOVERY-KEY.txt", "x");
    ::chmod(folder.at("keys/RECOVERY-KEY.txt").c_str(), 0600);
    ::chmod(folder.at("keys/master.key").c_str(), 0640);
    ::chmod(folder.at("keys/tls-key.pem").c_str(), 0604);
    folder.write("chayan.db", "rubbish");
    ::chmod(folder.at("chayan.db").c_str(), 0600);
    seen = look_around(place);
    CHECK_FALSE(seen.store_fault.empty());
    CHECK_THAT(seen.pair_fault, Contains("may be read by others"));
    CHECK(seen.open_to_others == std::vector{folder.at("keys/master.key"), folder.at("keys/tls-key.pem")});
    CHECK(seen.does_recovery_key_lie_there);
}
