// SPDX-License-Identifier: Apache-2.0
#include "app/config.hpp"

#define TOML_MAX_NESTED_VALUES 64
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iomanip>
#include <set>
#include <sstream>
#include <stdexcept>

#include "app/proxy.hpp"
#include "domain/site_report.hpp"
#include "domain/time.hpp"

namespace chayan::app {
namespace {

constexpr std::uintmax_t config_bytes_max = 1 << 20;

[[noreturn]] void fail(const std::string& path, const toml::node& node, const std::string& what) {
    throw std::runtime_error(path + ":" + std::to_string(node.source().begin.line) + ": " + what);
}

/// Takes keys out of one table; what is left over is unknown.
class Section {
public:
    Section(const std::string& path, const toml::table& root, const char* name) : path_(path), name_(name) {
        const auto* node = root.get(name);
        if (node == nullptr) return;
        table_ = node->as_table();
        if (table_ == nullptr) fail(path, *node, std::string("[") + name + "] must be a table");
    }
    void read(const char* key, std::int64_t& value, std::int64_t least, std::int64_t most) {
        if (const auto* node = take(key)) {
            const auto given = node->value_exact<std::int64_t>();
            if (!given || *given < least || *given > most)
                fail(path_, *node, named(key) + " must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
            value = *given;
        }
    }
    /// In tenths.
    void read(const char* key, double& value, double least, double most) {
        if (const auto* node = take(key)) {
            const auto given = node->value<double>();
            if (!given || !(*given >= least && *given <= most) || std::abs(*given * 10 - std::round(*given * 10)) > 1e-6) {
                std::ostringstream rule;
                rule << named(key) << " must be a number from " << least << " to " << most << " with at most one decimal";
                fail(path_, *node, rule.str());
            }
            value = *given;
        }
    }
    void read(const char* key, std::string& value) {
        if (const auto* node = take(key)) {
            const auto given = node->value_exact<std::string>();
            if (!given) fail(path_, *node, named(key) + " must be text in quotes");
            value = *given;
        }
    }
    void read(const char* key, bool& value) {
        if (const auto* node = take(key)) {
            const auto given = node->value_exact<bool>();
            if (!given) fail(path_, *node, named(key) + " must be true or false");
            value = *given;
        }
    }
    void read(const char* key, std::vector<std::string>& values) {
        const auto* node = take(key);
        if (node == nullptr) return;
        const auto* list = node->as_array();
        if (list == nullptr) fail(path_, *node, named(key) + " must be a list of texts");
        for (const auto& item : *list) {
            const auto text = item.value_exact<std::string>();
            if (!text) fail(path_, item, named(key) + " must be a list of texts");
            values.push_back(*text);
        }
    }
    void finish() const {
        if (table_ == nullptr) return;
        for (const auto& [key, node] : *table_)
            if (!taken_.contains(std::string(key.str())))
                fail(path_, node, "unknown setting " + named(std::string(key.str()).c_str()) + "; see chayan serve --print-config");
    }

private:
    const toml::node* take(const char* key) {
        taken_.insert(key);
        return table_ == nullptr ? nullptr : table_->get(key);
    }
    std::string named(const char* key) const { return std::string("[") + name_ + "] " + key; }

    const std::string& path_;
    const char* name_;
    const toml::table* table_ = nullptr;
    std::set<std::string> taken_;
};

/// It is printed on posters with /s/CODE after it: nothing that would end up elsewhere, and no slash twice. False when it is none.
bool normalise_base_url(std::string& url) {
    constexpr std::string_view scheme = "https://";
    if (!url.starts_with(scheme)) return false;
    while (url.size() > scheme.size() && url.back() == '/') url.pop_back();
    const std::string_view rest = std::string_view(url).substr(scheme.size());
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~%:/[]").find(c) != std::string_view::npos;
    };
    return !rest.empty() && rest.front() != ':' && rest.front() != '/' && std::all_of(rest.begin(), rest.end(), good);
}

toml::table parse(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error) throw std::runtime_error(path + ": cannot read the settings; check the path and its permissions");
    if (size > config_bytes_max) throw std::runtime_error(path + ": a settings file may have at most 1 MB");
    try {
        return toml::parse_file(path);
    } catch (const toml::parse_error& wrong) {
        throw std::runtime_error(path + ":" + std::to_string(wrong.source().begin.line) + ": " + std::string(wrong.description()));
    }
}

/// 61,200 as "17:00".
std::string clock_time(std::int32_t second) {
    const auto two = [](std::int32_t number) { return std::string(number < 10 ? "0" : "") + std::to_string(number); };
    return two(second / 3600) + ':' + two(second / 60 % 60);
}

void read_backup(const std::string& path, const toml::table& root, Config& config) {
    Section backup(path, root, "backup");
    backup.read("folder", config.backup_folder);
    if (!config.backup_folder.empty() && !std::filesystem::path(config.backup_folder).is_absolute())
        throw std::runtime_error(path + ": [backup] folder must be a path that begins with /, such as /var/backups/chayan");
    auto at = clock_time(config.backup_at_s);
    backup.read("at", at);
    const auto at_s = domain::parse_clock_time(at);
    if (!at_s || *at_s >= 86'400) throw std::runtime_error(path + ": [backup] at must be a local time of day such as \"02:15\"");
    config.backup_at_s = *at_s;
    backup.read("keep", config.backup_keep, 1, 400);
    backup.finish();
}

}  // namespace

Config read_config(const std::string& path) {
    const auto root = parse(path);
    Config config;
    const std::set<std::string_view> known{"server", "scan", "gate", "retention", "access", "limits", "local", "poster", "desk", "backup"};
    for (const auto& [key, node] : root)
        if (!known.contains(key.str())) fail(path, node, "unknown section [" + std::string(key.str()) + "]; see chayan serve --print-config");
    Section server(path, root, "server");
    std::int64_t port = config.port;
    server.read("listen", config.listen);
    server.read("port", port, 0, 65'535);
    config.port = static_cast<std::uint16_t>(port);
    server.read("hosts", config.hosts);
    server.read("base_url", config.base_url);
    if (!config.base_url.empty() && !normalise_base_url(config.base_url))
        throw std::runtime_error(path + ": [server] base_url must be what phones call this service by, such as https://chayan.example.cn: https://, a host, "
                                        "a port and path if there are any, in ASCII");
    server.read("proxy_listen", config.proxy_listen);
    if (!find_proxy_place(config.proxy_listen, "")) throw std::runtime_error(path + ": [server] proxy_listen " + proxy_listen_rule);
    server.read("metrics_listen", config.metrics_listen);
    if (!find_proxy_place(config.metrics_listen, "")) throw std::runtime_error(path + ": [server] metrics_listen " + proxy_listen_rule);
    server.finish();
    Section scan(path, root, "scan");
    scan.read("ahead_s_max", config.ahead_s_max, 0, 3600);
    scan.read("age_days_max", config.age_days_max, 1, 28);
    scan.finish();
    Section gate(path, root, "gate");
    gate.read("fever_from", config.fever_from, 36.0, 39.0);
    gate.finish();
    Section retention(path, root, "retention");
    retention.read("scan_days", config.scan_days, 1, 400);
    retention.finish();
    config.age_days_max = std::min(config.age_days_max, config.scan_days);   // no scan is taken of a day that is forgotten
    Section access(path, root, "access");
    access.read("require_otp", config.require_otp);
    access.finish();
    Section limits(path, root, "limits");
    limits.read("enabled", config.limits.enabled);
    constexpr std::int64_t rate_max = 1'000'000;
    for (std::size_t i = 0; i < service::buckets; ++i) {
        limits.read((std::string(service::bucket_names[i]) + "_per_minute").c_str(), config.limits.limits[i].per_minute, 1, rate_max);
        limits.read((std::string(service::bucket_names[i]) + "_burst").c_str(), config.limits.limits[i].burst, 1, rate_max);
    }
    limits.read("failed_code_cost", config.limits.failed_code_cost, 1, 1'000);
    limits.finish();
    Section local(path, root, "local");
    local.read("time_zone", config.time_zone);
    if (!domain::TimeZone::find(config.time_zone))
        throw std::runtime_error(path + ": [local] time_zone is not known; use a name such as Asia/Shanghai");
    local.finish();
    Section poster(path, root, "poster");
    poster.read("hotline", config.poster_hotline);
    poster.read("issuer", config.poster_issuer);
    poster.finish();
    Section desk(path, root, "desk");
    auto due = clock_time(config.report_due_s);
    desk.read("report_due", due);
    const auto due_s = domain::parse_clock_time(due);
    if (!due_s) throw std::runtime_error(path + ": [desk] report_due must be a local time of day such as \"17:00\"");
    config.report_due_s = *due_s;
    desk.finish();
    read_backup(path, root, config);
    return config;
}

std::string print_config(const Config& config) {
    std::ostringstream out;
    const auto yes = [](bool value) { return value ? "true" : "false"; };
    const auto quoted = [](const std::string& text) {
        const toml::value<std::string> value(text);
        std::ostringstream escaped;
        escaped << toml::toml_formatter(value, toml::toml_formatter::default_flags & ~toml::format_flags::allow_literal_strings);
        return escaped.str();
    };
    out << "[server]\nlisten = " << quoted(config.listen) << "\nport = " << config.port << "\nhosts = [";
    for (std::size_t i = 0; i < config.hosts.size(); ++i) out << (i == 0 ? "" : ", ") << quoted(config.hosts[i]);
    out << "]\nbase_url = " << quoted(config.base_url) << "\nproxy_listen = " << quoted(config.proxy_listen) << "\nmetrics_listen = " << quoted(config.metrics_listen) << "\n\n[scan]\nahead_s_max = " << config.ahead_s_max
        << "\nage_days_max = " << config.age_days_max << "\n\n[gate]\nfever_from = " << std::fixed << std::setprecision(1) << config.fever_from << "\n\n[retention]\nscan_days = " << config.scan_days
        << "\n\n[access]\nrequire_otp = " << yes(config.require_otp) << "\n\n[limits]\nenabled = " << yes(config.limits.enabled);
    for (std::size_t i = 0; i < service::buckets; ++i) {
        out << '\n' << service::bucket_names[i] << "_per_minute = " << config.limits.limits[i].per_minute;
        out << '\n' << service::bucket_names[i] << "_burst = " << config.limits.limits[i].burst;
    }
    out << "\nfailed_code_cost = " << config.limits.failed_code_cost
        << "\n\n[local]\ntime_zone = " << quoted(config.time_zone) << "\n\n[poster]\nhotline = " << quoted(config.poster_hotline)
        << "\nissuer = " << quoted(config.poster_issuer) << "\n\n[desk]\nreport_due = " << quoted(clock_time(config.report_due_s))
        << "\n\n[backup]\nfolder = " << quoted(config.backup_folder) << "\nat = " << quoted(clock_time(config.backup_at_s)) << "\nkeep = " << config.backup_keep << "\n";
    return out.str();
}

}  // namespace chayan::app
