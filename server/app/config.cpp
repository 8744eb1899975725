// SPDX-License-Identifier: Apache-2.0
#include "app/config.hpp"

#define TOML_MAX_NESTED_VALUES 64
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <iomanip>
#include <set>
#include <sstream>
#include <stdexcept>

#include "app/nearest.hpp"
#include "app/proxy.hpp"
#include "domain/site_report.hpp"
#include "domain/text.hpp"
#include "domain/time.hpp"

namespace chayan::app {
namespace {

constexpr std::uintmax_t config_bytes_max = 1 << 20;
constexpr std::size_t drop_ins_max = 100;   // more is a folder that was named by mistake
constexpr std::string_view variable_prefix = "CHAYAN_";

std::string upper(std::string_view text) {
    std::string letters(text);
    for (auto& c : letters)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return letters;
}

/// Every section and key with its default, by which also a variable's text is known to be a number or a list.
const toml::table& known_settings() {
    static const auto known = toml::parse(print_config(Config{}));
    return known;
}

std::string lower(std::string_view text) {
    std::string letters(text);
    for (auto& c : letters)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return letters;
}

std::vector<std::string> names_in(const toml::table& table) {
    std::vector<std::string> names;
    for (const auto& [key, node] : table) names.emplace_back(key.str());
    return names;
}

/// What whoever wrote a name that is none can do.
std::string advice(std::string_view name, const std::vector<std::string>& known) {
    for (const auto& [section, node] : known_settings())
        if (node.as_table()->contains(name)) return "; it belongs under [" + std::string(section.str()) + "]";
    const auto meant = nearest(name, known);
    return (meant.empty() ? "; take it out, or see" : "; did you mean " + meant + "? See") + std::string(" chayan serve --print-config");
}

/// Settings that were read together.
struct Layer {
    std::string path;             ///< of their file; empty: the environment
    toml::table root;
};

/// Takes keys out of one table of a layer; what is left over is unknown.
class Section {
public:
    Section(const Layer& layer, const char* name, std::map<std::string, std::string>& origins) : layer_(layer), name_(name), origins_(origins) {
        const auto* node = layer.root.get(name);
        if (node == nullptr) return;
        table_ = node->as_table();
        if (table_ == nullptr) throw std::runtime_error(where(*node, {}) + ": [" + name + "] must be a table");
    }
    void read(const char* key, std::int64_t& value, std::int64_t least, std::int64_t most) {
        if (const auto* node = take(key)) {
            const auto given = node->value_exact<std::int64_t>();
            if (!given || *given < least || *given > most)
                refuse(key, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
            value = *given;
        }
    }
    /// In tenths.
    void read(const char* key, double& value, double least, double most) {
        if (const auto* node = take(key)) {
            const auto given = node->value<double>();
            if (!given || !(*given >= least && *given <= most) || std::abs(*given * 10 - std::round(*given * 10)) > 1e-6) {
                std::ostringstream rule;
                rule << "must be a number from " << least << " to " << most << " with at most one decimal";
                refuse(key, rule.str());
            }
            value = *given;
        }
    }
    void read(const char* key, std::string& value) {
        if (const auto* node = take(key)) {
            const auto given = node->value_exact<std::string>();
            if (!given) refuse(key, "must be text in quotes");
            value = *given;
        }
    }
    void read(const char* key, bool& value) {
        if (const auto* node = take(key)) {
            const auto given = node->value_exact<bool>();
            if (!given) refuse(key, "must be true or false");
            value = *given;
        }
    }
    void read(const char* key, std::vector<std::string>& values) {
        const auto* node = take(key);
        if (node == nullptr) return;
        const auto* list = node->as_array();
        if (list == nullptr) refuse(key, "must be a list of texts");
        values.clear();
        for (const auto& item : *list) {
            const auto text = item.value_exact<std::string>();
            if (!text) refuse(key, "must be a list of texts", &item);
            values.push_back(*text);
        }
    }
    /// Of a value that was given here.
    void require(const char* key, bool is_good, const std::string& rule) const {
        if (!is_good && table_ != nullptr && table_->contains(key)) refuse(key, rule);
    }
    void finish() const {
        if (table_ == nullptr) return;
        for (const auto& [key, node] : *table_) {
            const std::string name(key.str());
            if (!taken_.contains(name)) throw std::runtime_error(where(node, name) + ": unknown setting [" + name_ + "] " + name + advice(name, {taken_.begin(), taken_.end()}));
        }
    }

private:
    const toml::node* take(const char* key) {
        taken_.insert(key);
        const auto* node = table_ == nullptr ? nullptr : table_->get(key);
        if (node != nullptr) origins_[std::string(name_) + "." + key] = where(*node, key);
        return node;
    }
    /// Never the value, which may be what does not belong here at all.
    [[noreturn]] void refuse(const char* key, const std::string& rule, const toml::node* item = nullptr) const {
        throw std::runtime_error(where(item == nullptr ? *table_->get(key) : *item, key) + ": [" + name_ + "] " + key + " " + rule);
    }
    std::string where(const toml::node& node, std::string_view key) const {
        if (layer_.path.empty()) return std::string(variable_prefix) + upper(name_) + "_" + upper(key);
        return layer_.path + ":" + std::to_string(node.source().begin.line);
    }

    const Layer& layer_;
    const char* name_;
    std::map<std::string, std::string>& origins_;
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

void read_server(Section server, Config& config) {
    std::int64_t port = config.port;
    server.read("listen", config.listen);
    server.read("port", port, 0, 65'535);
    config.port = static_cast<std::uint16_t>(port);
    server.read("hosts", config.hosts);
    server.read("base_url", config.base_url);
    server.require("base_url", config.base_url.empty() || normalise_base_url(config.base_url),
                   "must be what phones call this service by, such as https://chayan.example.cn: https://, a host, a port and path if there are any, in ASCII");
    server.read("proxy_listen", config.proxy_listen);
    server.require("proxy_listen", find_proxy_place(config.proxy_listen, "").has_value(), proxy_listen_rule);
    server.read("metrics_listen", config.metrics_listen);
    server.require("metrics_listen", find_proxy_place(config.metrics_listen, "").has_value(), proxy_listen_rule);
    server.finish();
}

void read_limits(Section section, service::ThrottleSettings& limits) {
    constexpr std::int64_t rate_max = 1'000'000;
    section.read("enabled", limits.enabled);
    for (std::size_t i = 0; i < service::buckets; ++i) {
        section.read((std::string(service::bucket_names[i]) + "_per_minute").c_str(), limits.limits[i].per_minute, 1, rate_max);
        section.read((std::string(service::bucket_names[i]) + "_burst").c_str(), limits.limits[i].burst, 1, rate_max);
    }
    section.read("failed_code_cost", limits.failed_code_cost, 1, 1'000);
    section.finish();
}

void read_local(Section local, Config& config) {
    local.read("time_zone", config.time_zone);
    local.require("time_zone", domain::TimeZone::find(config.time_zone).has_value(), "is not known; use a name such as Asia/Shanghai");
    local.finish();
}

void read_desk(Section desk, Config& config) {
    auto due = clock_time(config.report_due_s);
    desk.read("report_due", due);
    const auto due_s = domain::parse_clock_time(due);
    desk.require("report_due", due_s.has_value(), "must be a local time of day such as \"17:00\"");
    config.report_due_s = *due_s;
    desk.finish();
}

void read_backup(Section backup, Config& config) {
    backup.read("folder", config.backup_folder);
    const bool is_good = config.backup_folder.empty() || std::filesystem::path(config.backup_folder).is_absolute();
    backup.require("folder", is_good, "must be a path that begins with /, such as /var/backups/chayan");
    auto at = clock_time(config.backup_at_s);
    backup.read("at", at);
    const auto at_s = domain::parse_clock_time(at);
    backup.require("at", at_s.has_value() && *at_s < 86'400, "must be a local time of day such as \"02:15\"");
    config.backup_at_s = *at_s;
    backup.read("keep", config.backup_keep, 1, 400);
    backup.finish();
}

/// On top of what other layers said before it.
void read_layer(const Layer& layer, Settings& settings) {
    auto& config = settings.config;
    const auto section = [&](const char* name) { return Section(layer, name, settings.origins); };
    for (const auto& [key, node] : layer.root) {
        if (known_settings().contains(key.str())) continue;
        const std::string name(key.str());
        throw std::runtime_error(layer.path + ":" + std::to_string(node.source().begin.line) + ": unknown section [" + name + "]" + advice(name, names_in(known_settings())));
    }
    read_server(section("server"), config);
    auto scan = section("scan");
    scan.read("ahead_s_max", config.ahead_s_max, 0, 3600);
    scan.read("age_days_max", config.age_days_max, 1, 28);
    scan.finish();
    auto gate = section("gate");
    gate.read("fever_from", config.fever_from, 36.0, 39.0);
    gate.finish();
    auto retention = section("retention");
    retention.read("scan_days", config.scan_days, 1, 400);
    retention.read("desk_days", config.desk_days, 32, 4'000);     // scans that come late are compared with what has ended for so long
    retention.read("audit_days", config.audit_days, 184, 4'000);
    retention.read("roster_days", config.roster_days, 1, 4'000);
    retention.finish();
    auto access = section("access");
    access.read("require_otp", config.require_otp);
    access.finish();
    read_limits(section("limits"), config.limits);
    read_local(section("local"), config);
    auto poster = section("poster");
    poster.read("hotline", config.poster_hotline);
    poster.read("issuer", config.poster_issuer);
    poster.finish();
    read_desk(section("desk"), config);
    read_backup(section("backup"), config);
}

/// Names that end in .toml and are not hidden: what editors and dpkg leave beside a file is none.
std::vector<std::string> drop_ins_of(const std::string& path) {
    const auto folder = path + ".d";
    std::error_code error;
    std::filesystem::directory_iterator files(folder, error);
    if (error == std::errc::no_such_file_or_directory) return {};
    if (error) throw std::runtime_error(folder + ": cannot read the drop-ins; it must be a folder that the service's user may read");
    std::vector<std::string> names;
    for (const auto& file : files)
        if (const auto name = file.path().filename().string(); name.ends_with(".toml") && !name.starts_with('.')) names.push_back(file.path().string());
    if (names.size() > drop_ins_max) throw std::runtime_error(folder + ": holds more than " + std::to_string(drop_ins_max) + " drop-ins; put their settings together");
    std::sort(names.begin(), names.end());
    return names;
}

void insert(toml::table& section, const std::string& key, const toml::node* like, const std::string& value) {
    if (like != nullptr && like->is_array()) {
        toml::array items;
        std::istringstream text(value);
        for (std::string item; std::getline(text, item, ',');) {
            const auto first = item.find_first_not_of(' ');
            if (first != std::string::npos) items.push_back(item.substr(first, item.find_last_not_of(' ') - first + 1));
        }
        section.insert_or_assign(key, std::move(items));
        return;
    }
    std::int64_t whole = 0;
    const auto whole_end = std::from_chars(value.data(), value.data() + value.size(), whole);
    double number = 0;
    const auto number_end = std::from_chars(value.data(), value.data() + value.size(), number);
    const auto is_all = [&](const std::from_chars_result& read) { return read.ec == std::errc() && read.ptr == value.data() + value.size(); };
    if (like != nullptr && like->is_integer() && is_all(whole_end)) section.insert_or_assign(key, whole);
    else if (like != nullptr && like->is_floating_point() && is_all(number_end)) section.insert_or_assign(key, number);
    else if (like != nullptr && like->is_boolean() && (value == "true" || value == "false")) section.insert_or_assign(key, value == "true");
    else section.insert_or_assign(key, value);   // a text, or what its section refuses with a sentence
}

Layer read_environment(const char* const* environment, std::vector<std::string>& not_read) {
    Layer layer;
    for (; *environment != nullptr; ++environment) {
        const std::string variable(*environment);
        const auto equals = variable.find('=');
        if (!variable.starts_with(variable_prefix) || equals == std::string::npos) continue;
        const auto name = variable.substr(0, equals);
        const auto words = std::string_view(name).substr(variable_prefix.size());
        const auto section = std::string_view(words).substr(0, words.find('_'));
        const auto& known = known_settings();
        const auto found = std::find_if(known.begin(), known.end(), [&](const auto& each) { return section.size() < words.size() && upper(each.first.str()) == section; });
        if (found == known.end()) {
            not_read.push_back(name);
            continue;
        }
        if (!domain::decode_utf8(variable)) throw std::runtime_error(name + ": must be UTF-8");
        const auto key = lower(words.substr(section.size() + 1));
        auto& table = *layer.root.insert(found->first.str(), toml::table{}).first->second.as_table();
        insert(table, key, found->second.as_table()->get(key), variable.substr(equals + 1));
    }
    std::sort(not_read.begin(), not_read.end());
    return layer;
}

/// One line, whatever a file is called.
std::string on_one_line(std::string text) {
    for (auto& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
    return text;
}

}  // namespace

Settings read_settings(const std::string& path, const char* const* environment) {
    Settings settings;
    if (!path.empty()) {
        read_layer({path, parse(path)}, settings);
        for (const auto& drop_in : drop_ins_of(path)) read_layer({drop_in, parse(drop_in)}, settings);
    }
    read_layer(read_environment(environment, settings.not_read), settings);
    auto& config = settings.config;
    if (config.age_days_max > config.scan_days) {   // no scan is taken of a day that is forgotten
        config.age_days_max = config.scan_days;
        settings.origins["scan.age_days_max"] = "no more than [retention] scan_days";
    }
    if (config.desk_days <= config.scan_days) {   // an alert names its entry
        config.desk_days = config.scan_days + 1;
        settings.origins["retention.desk_days"] = "longer than [retention] scan_days";
    }
    return settings;
}

std::string print_settings(const Settings& settings) {
    std::string text, section;
    std::istringstream lines(print_config(settings.config));
    for (std::string line; std::getline(lines, line);) {
        text += line;
        if (line.starts_with('[')) section = line.substr(1, line.size() - 2);
        if (const auto equals = line.find(" = "); equals != std::string::npos && !line.starts_with('[')) {
            const auto origin = settings.origins.find(section + "." + line.substr(0, equals));
            text += "   # " + (origin == settings.origins.end() ? "default" : on_one_line(origin->second));
        }
        text += '\n';
    }
    if (!settings.not_read.empty()) text += "\n# Not read, for no section is called so:\n";
    for (const auto& name : settings.not_read) text += "#   " + on_one_line(name) + "\n";
    return text;
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
        << "\ndesk_days = " << config.desk_days << "\naudit_days = " << config.audit_days << "\nroster_days = " << config.roster_days
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
