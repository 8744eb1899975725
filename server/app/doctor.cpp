// SPDX-License-Identifier: Apache-2.0
#include "app/doctor.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <utility>

#include "app/certificate.hpp"
#include "app/machine.hpp"
#include "app/poster_program.hpp"
#include "http/head.hpp"
#include "http/tls.hpp"
#include "service/key_files.hpp"
#include "service/upkeep.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace chayan::app {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t ahead_s_max = 120;            // rows are stamped by this clock: none can be of the future
constexpr auto backup_warn_s = service::backup_soon_s, backup_bad_s = service::backup_urgent_s;
constexpr auto certificate_warn_s = service::certificate_soon_s, certificate_bad_s = service::certificate_urgent_s;
constexpr std::int64_t proof_warn_s = 31 * day_s, proof_bad_s = 92 * day_s;
constexpr std::uint64_t mb = 1'000'000;
constexpr auto disk_bad_bytes = service::disk_urgent_bytes, disk_warn_bytes = service::disk_soon_bytes;
constexpr std::string_view https = "https://";

using Lines = std::vector<Diagnosis>;

void tell(Lines& lines, Health health, std::string zh, std::string en) { lines.push_back({health, std::move(zh), std::move(en)}); }

std::string days_of(std::int64_t seconds) { return std::to_string(seconds / day_s); }
std::string mb_of(std::uint64_t bytes) { return std::to_string(bytes / mb); }

void judge_clock(const Symptoms& seen, Lines& lines) {
    if (seen.newest_row && *seen.newest_row - seen.now > ahead_s_max)
        return tell(lines, Health::bad, "时钟：比最新的记录还早，时间被调回过。请先校准时钟，再启动服务",
                    "clock: it is behind the newest row; it was set back. Set it right before the service starts");
    if (!seen.machine.is_clock_synchronised) return tell(lines, Health::warn, "时钟：系统没有说明是否已同步，请确认 chrony 或 systemd-timesyncd 在运行",
                                                        "clock: the system does not tell whether it is kept right; see that chrony or systemd-timesyncd runs");
    if (!*seen.machine.is_clock_synchronised) return tell(lines, Health::warn, "时钟：没有同步。请安装并启动 chrony", "clock: nobody keeps it right. Install and start chrony");
    tell(lines, Health::ok, "时钟：已同步", "clock: kept right");
}

void judge_disk(const Symptoms& seen, Lines& lines) {
    const auto free = seen.machine.disk_free_bytes;
    const auto zh = "磁盘：剩余 " + mb_of(free) + " MB", en = "disk: " + mb_of(free) + " MB free";
    if (free < disk_bad_bytes) return tell(lines, Health::bad, zh + "，快满了；满了就收不了扫码。请清理或换大的磁盘", en + ", and without any no scan is taken. Make room, or move to a larger one");
    if (free < disk_warn_bytes) return tell(lines, Health::warn, zh + "，请清理或换大的磁盘", en + ". Make room, or move to a larger one");
    if (free < seen.store_bytes) return tell(lines, Health::warn, zh + "，不够备份时再放一份数据库（" + mb_of(seen.store_bytes) + " MB）",
                                             en + ", too little for the copy of the database that a backup makes (" + mb_of(seen.store_bytes) + " MB)");
    tell(lines, Health::ok, zh, en);
}

/// Without a port; of an IPv6 address without its brackets too, as a certificate names it.
std::string bare_host(std::string_view host) {
    if (host.starts_with('[')) return std::string(host.substr(1, host.find(']') - 1));
    return std::string(host.substr(0, host.find(':')));
}

std::string host_of(std::string_view url) {
    if (!url.starts_with(https)) return {};
    url.remove_prefix(https.size());
    return std::string(url.substr(0, url.find('/')));
}

bool names_it(const std::vector<std::string>& names, const std::string& host) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        const auto dot = host.find('.');
        return name == host || (name.starts_with("*.") && dot != std::string::npos && name.substr(1) == host.substr(dot));
    });
}

/// Of posters first; all that a phone may call us by.
std::vector<std::string> hosts_to_serve(const Config& config) {
    std::vector<std::string> hosts;
    if (const auto host = bare_host(host_of(config.base_url)); !host.empty()) hosts.push_back(host);
    for (const auto& host : config.hosts) hosts.push_back(bare_host(host));
    return hosts;
}

void judge_certificate(const Symptoms& seen, const Place& place, const Config& config, Lines& lines) {
    const auto where = place.keys + "/tls-certificate.pem";
    if (!seen.pair_fault.empty()) return tell(lines, Health::bad, "证书：不能用（" + seen.pair_fault + "）。请换上配套的证书和私钥，再运行 chayan reload",
                                              "certificate: it can't be used (" + seen.pair_fault + "). Lay a pair that fits there, then run chayan reload");
    if (!seen.machine.certificate) return tell(lines, Health::warn, "证书：还没有，第一次启动时会建立自签名证书", "certificate: none yet; the first start makes a self-signed one");
    const auto& certificate = *seen.machine.certificate;
    const auto left = certificate.not_after - seen.now;
    if (left <= 0) return tell(lines, Health::bad, "证书：已过期。请换新（" + where + "），再运行 chayan reload", "certificate: it is past its end. Lay a new one at " + where + ", then run chayan reload");
    if (left <= certificate_warn_s)
        return tell(lines, left <= certificate_bad_s ? Health::bad : Health::warn, "证书：还有 " + days_of(left) + " 天到期。请续期，再运行 chayan reload",
                    "certificate: it ends in " + days_of(left) + " days. Renew it, then run chayan reload");
    for (const auto& host : hosts_to_serve(config))
        if (!names_it(certificate.names, host)) return tell(lines, Health::bad, "证书：没有写 " + host + "，手机会拒绝连接。请用写有这个名字的证书",
                                                            "certificate: it does not name " + host + ", so phones refuse it. Get one that does");
    if (certificate.is_self_signed && config.proxy_listen.empty())
        return tell(lines, Health::warn, "证书：是自签名的，手机会警告。请换上正式证书", "certificate: it is self-signed, and phones warn of it. Get one from an authority");
    tell(lines, Health::ok, "证书：还有 " + days_of(left) + " 天", "certificate: " + days_of(left) + " days left");
}

void judge_keys(const Symptoms& seen, const Place& place, Lines& lines) {
    const auto open = seen.open_to_others.size();
    if (open > 0) {
        const auto more_zh = open > 1 ? "等 " + std::to_string(open) + " 个文件" : "", more_en = open > 1 ? " and " + std::to_string(open - 1) + " more" : "";
        tell(lines, Health::bad, "权限：别的用户能读到 " + seen.open_to_others[0] + more_zh + "。请运行 chmod -R go= " + place.data + " " + place.keys,
             "permissions: others may read " + seen.open_to_others[0] + more_en + ". Run chmod -R go= " + place.data + " " + place.keys);
    } else {
        tell(lines, Health::ok, "权限：只有服务自己的用户能读", "permissions: for its own user alone");
    }
    if (seen.does_recovery_key_lie_there)
        tell(lines, Health::bad, "恢复密钥：还在 " + recovery_key_file(place) + "。请抄到纸上分开保管，然后删除该文件",
             "recovery key: it still lies in " + recovery_key_file(place) + ". Copy it on paper, keep it elsewhere, and delete the file");
    if (seen.are_keys_beside_data)
        tell(lines, Health::warn, "密钥：和数据在同一块磁盘上，拿走磁盘就都有了。请把 " + place.keys + " 移到别的磁盘，用 --keys 指出",
             "keys: on the disk of the data, so whoever takes it has both. Move " + place.keys + " to another one and name it with --keys");
}

void judge_store(const Symptoms& seen, const Config& config, Lines& lines) {
    if (!seen.store_fault.empty()) return tell(lines, Health::bad, "数据：打不开（" + seen.store_fault + "）", "data: it can't be opened (" + seen.store_fault + ")");
    if (!seen.pinned_zone.empty() && seen.pinned_zone != config.time_zone)
        tell(lines, Health::warn, "时区：设置为 " + config.time_zone + "，但数据按 " + seen.pinned_zone + " 的日期保存。请在 [local] time_zone 写 " + seen.pinned_zone,
             "time zone: the settings say " + config.time_zone + ", the data is kept by the days of " + seen.pinned_zone + ". Say " + seen.pinned_zone + " in [local] time_zone");
}

/// How the next one is to be made.
std::pair<std::string, std::string> cure_of_backup(const Place& place, const Config& config) {
    if (config.backup_folder.empty())
        return {"。请在设置里写明 [backup] folder，服务会每晚自动备份；或运行 chayan backup --data " + place.data + " FILE",
                ". Set [backup] folder, and the service makes one each night; or run chayan backup --data " + place.data + " FILE"};
    return {"。服务日志（backup_failed）写明了原因", ". The service's log (backup_failed) says why"};
}

void judge_backup_folder(const Symptoms& seen, const Config& config, Lines& lines) {
    const auto& folder = config.backup_folder;
    switch (seen.backup_folder) {
        case BackupFolder::none: case BackupFolder::good: return;
        case BackupFolder::missing: return tell(lines, Health::bad, "备份：文件夹 " + folder + " 不存在。请建立它或挂上它的磁盘", "backup: there is no folder " + folder + ". Make it, or mount its disk");
        case BackupFolder::closed: return tell(lines, Health::bad, "备份：不能写入 " + folder + "。请运行 chown chayan " + folder + "，并确认磁盘不是只读",
                                               "backup: " + folder + " can't be written to. Run chown chayan " + folder + ", and see that its disk is not read-only");
        case BackupFolder::open_to_others: return tell(lines, Health::warn, "备份：别的用户能进入 " + folder + "。请运行 chmod 700 " + folder, "backup: others may enter " + folder + ". Run chmod 700 " + folder);
        case BackupFolder::beside_data: return tell(lines, Health::warn, "备份：" + folder + " 和数据在同一块磁盘上，磁盘坏了就都没有了。请换到别的磁盘，或每天拷到别的机器",
                                                    "backup: " + folder + " is on the disk of the data, and goes with it. Name a folder on another disk, or copy its files to another machine each day");
    }
}

void judge_backup(const Symptoms& seen, const Place& place, const Config& config, Lines& lines) {
    judge_backup_folder(seen, config, lines);
    const auto [cure_zh, cure_en] = cure_of_backup(place, config);
    if (!seen.last_backup) {
        if (seen.newest_row) tell(lines, Health::warn, "备份：从未做过" + cure_zh, "backup: there was none yet" + cure_en);
        return;
    }
    const auto age = seen.now - *seen.last_backup;
    const auto zh = "备份：上一次在 " + days_of(age) + " 天前", en = "backup: the last one is " + days_of(age) + " days old";
    if (age > backup_warn_s) return tell(lines, age > backup_bad_s ? Health::bad : Health::warn, zh + cure_zh, en + cure_en);
    tell(lines, Health::ok, zh, en);
}

void judge_proof(const Symptoms& seen, const Place& place, Lines& lines) {
    if (!seen.newest_row) return;
    const std::string command = "chayan recovery prove --data " + place.data;
    if (!seen.recovery_proved)
        return tell(lines, Health::warn, "密钥核对：还没有人证明过手里的能用。请两位保管人一起运行 " + command,
                    "recovery key proof: nobody has proved yet that theirs is the right one. Let both keepers run " + command);
    const auto age = seen.now - *seen.recovery_proved;
    const auto zh = "密钥核对：" + days_of(age) + " 天前做过", en = "recovery key proof: made " + days_of(age) + " days ago";
    if (age > proof_warn_s) return tell(lines, age > proof_bad_s ? Health::bad : Health::warn, zh + "，每月要核对一次。请两位保管人一起运行 " + command, en + ", which is due every month. Let both keepers run " + command);
    tell(lines, Health::ok, zh, en);
}

void judge_posters(const Symptoms& seen, Lines& lines) {
    if (!seen.machine.prints_posters) return tell(lines, Health::warn, "海报：没有 qrgen，打印不了。请安装 chayan-qrgen", "posters: there is no qrgen to draw them. Install chayan-qrgen");
    if (!seen.can_set_posters) return tell(lines, Health::warn, "海报：qrgen 画不出来，多半是缺字体。请安装 fonts-noto-cjk", "posters: qrgen can't draw one; most likely fonts are missing. Install fonts-noto-cjk");
    tell(lines, Health::ok, "海报：能打印", "posters: can be drawn");
}

bool is_of_this_machine(const std::string& address) { return address == "::1" || address == "localhost" || address.starts_with("127."); }

void judge_addresses(const Config& config, Lines& lines) {
    if (config.base_url.empty() && config.hosts.empty())
        return tell(lines, Health::warn, "网址：海报会指向 localhost，手机打不开。请先写明 [server] hosts 和 base_url，再打印",
                    "address: posters would lead to localhost, where no phone finds this service. Set [server] hosts and base_url before printing");
    const auto host = config.base_url.empty() ? config.hosts[0] : host_of(config.base_url);
    if (http::HostNames(config.hosts).check(host).status != 0)
        return tell(lines, Health::bad, "网址：海报上是 " + host + "，但服务不认这个名字，扫了也打不开。请把它写进 [server] hosts",
                    "address: posters say " + host + ", and the service refuses that name. Add it to [server] hosts");
    if (is_of_this_machine(config.listen) && config.proxy_listen.empty())
        return tell(lines, Health::warn, "网址：服务只在 " + config.listen + " 上，别的机器连不到。请设置 [server] listen，或用反向代理",
                    "address: the service listens on " + config.listen + " alone, where no other machine reaches it. Set [server] listen, or put a proxy in front");
    const auto colon = host.rfind(':');
    const bool has_port = colon != std::string::npos && host.find(']', colon) == std::string::npos;
    const auto port = has_port ? host.substr(colon + 1) : "443";
    if (port != std::to_string(config.port) && config.proxy_listen.empty())
        return tell(lines, Health::warn, "网址：海报指向端口 " + port + "，服务在端口 " + std::to_string(config.port) + "。请改 [server] port，或确认防火墙会转发",
                    "address: posters lead to port " + port + ", the service listens on " + std::to_string(config.port) + ". Set [server] port, or see that a firewall forwards it");
    tell(lines, Health::ok, "网址：海报指向 " + host, "address: posters lead to " + host);
}

/// A folder that nobody may enter hides what is in it.
std::vector<std::string> find_open(const std::string& folder) {
    std::vector<std::string> open;
    struct stat state {};
    if (::stat(folder.c_str(), &state) != 0 || (state.st_mode & 077) == 0) return open;
    open.push_back(folder);
    return open;
}

std::vector<std::string> find_open_keys(const std::string& folder) {
    auto open = find_open(folder);
    std::error_code error;
    for (auto entry = fs::recursive_directory_iterator(folder, error); !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        struct stat state {};
        if (::stat(entry->path().c_str(), &state) == 0 && (state.st_mode & 077) != 0) open.push_back(entry->path().string());
    }
    std::sort(open.begin(), open.end());
    return open;
}

void look_into_store(const Place& place, Symptoms& seen) {
    std::error_code unknown;
    for (const auto* name : {"/chayan.db", "/chayan.db-wal"})
        if (const auto size = fs::file_size(place.data + name, unknown); !unknown) seen.store_bytes += size;
    try {
        if (storage::sqlite::has_older_schema(place.data)) return;   // the next start brings it up to date
        const auto store = storage::sqlite::open_to_check({place.data, {}, 0});
        const auto reader = store->reader();
        const auto note = [&](const std::optional<domain::Instant>& at) {
            if (at && (!seen.newest_row || *seen.newest_row < *at)) seen.newest_row = at;
        };
        if (const auto last = reader->audit().last()) note(last->at);
        if (const auto last = reader->scans().last(); last.value > 0) note(reader->scans().received({last.value - 1}, seen.now).last);
        if (const auto backup = reader->audit().last_of("backed_up", 0)) seen.last_backup = backup->at;
        if (const auto proved = reader->audit().last_of("recovery_proved", 0)) seen.recovery_proved = proved->at;
    } catch (const std::exception& error) {
        seen.store_fault = error.what();
    }
}

BackupFolder look_at_backup_folder(const Place& place, const Config& config) {
    if (config.backup_folder.empty()) return BackupFolder::none;
    struct stat folder {}, data {};
    if (::stat(config.backup_folder.c_str(), &folder) != 0 || !S_ISDIR(folder.st_mode)) return BackupFolder::missing;
    if (::access(config.backup_folder.c_str(), W_OK | X_OK) != 0) return BackupFolder::closed;
    if ((folder.st_mode & 077) != 0) return BackupFolder::open_to_others;
    return ::stat(place.data.c_str(), &data) == 0 && data.st_dev == folder.st_dev ? BackupFolder::beside_data : BackupFolder::good;
}

std::string fault_of_pair(const http::TlsFiles& pair) {
    if (!fs::exists(pair.private_key)) return {};   // the next start makes one
    try {
        (void)http::make_tls_context(pair, http::TicketKey({}));
        return {};
    } catch (const std::exception& error) {
        return error.what();
    }
}

}  // namespace

Symptoms look_around(const Place& place, const Config& config) {
    Symptoms seen;
    seen.now = SystemClock().now();
    const http::TlsFiles pair{place.keys + "/tls-certificate.pem", place.keys + "/tls-key.pem", {}};
    seen.machine = look_at_machine(place, read_certificate(pair.certificate_chain));
    seen.pair_fault = fault_of_pair(pair);
    look_into_store(place, seen);
    seen.open_to_others = find_open(place.data);
    const auto keys = find_open_keys(place.keys);
    seen.open_to_others.insert(seen.open_to_others.end(), keys.begin(), keys.end());
    struct stat data {}, key_folder {}, wrapping {};
    const bool is_wrapped_elsewhere = ::stat(place.data.c_str(), &data) == 0 && ::stat((place.keys + "/wrapping.key").c_str(), &wrapping) == 0 && wrapping.st_dev != data.st_dev;
    seen.are_keys_beside_data = !is_wrapped_elsewhere && ::stat(place.keys.c_str(), &key_folder) == 0 && data.st_dev == key_folder.st_dev;
    seen.backup_folder = look_at_backup_folder(place, config);
    seen.does_recovery_key_lie_there = fs::exists(recovery_key_file(place));
    seen.pinned_zone = service::key_files::pinned_zone(place.keys).value_or("");
    if (seen.machine.prints_posters)
        seen.can_set_posters = static_cast<bool>(print_posters({"--sites", "-", "--out", "-", "--format", "svg"}, "name,url\n检测点,https://localhost/s/0000000000000000\n", [] { return true; }));
    return seen;
}

std::vector<Diagnosis> judge(const Symptoms& seen, const Place& place, const Config& config) {
    Lines lines;
    judge_store(seen, config, lines);
    judge_backup(seen, place, config, lines);
    judge_proof(seen, place, lines);
    judge_clock(seen, lines);
    judge_disk(seen, lines);
    judge_certificate(seen, place, config, lines);
    judge_keys(seen, place, lines);
    judge_addresses(config, lines);
    judge_posters(seen, lines);
    return lines;
}

int run_doctor(const Place& place, const Config& config, service::Language language) {
    constexpr const char* words[] = {"ok  ", "warn", "bad "};
    auto worst = Health::ok;
    for (const auto& line : judge(look_around(place, config), place, config)) {
        std::cout << words[static_cast<std::size_t>(line.health)] << "  " << (language == service::Language::en ? line.en : line.zh) << '\n';
        worst = std::max(worst, line.health);
    }
    return static_cast<int>(worst);
}

}  // namespace chayan::app
