// SPDX-License-Identifier: Apache-2.0
// Settings: each has a default; a file says otherwise, then its drop-ins, then the environment, then the command line. An unknown key is an error.
// Main thread, at start.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "service/throttle.hpp"

namespace chayan::app {

struct Config {
    std::string listen = "127.0.0.1";
    std::uint16_t port = 8443;
    std::vector<std::string> hosts;      ///< beside localhost, 127.0.0.1 and [::1]
    std::string base_url;                ///< what posters carry; empty: https:// and the first host, else localhost and the port
    std::string proxy_listen;            ///< plain HTTP for a reverse proxy on this machine, see app/proxy.hpp; empty: none
    std::string metrics_listen;          ///< numbers for whoever watches the service, likewise; empty: nowhere
    std::int64_t ahead_s_max = 120;
    std::int64_t age_days_max = 7;
    std::int64_t scan_days = 28;
    std::int64_t desk_days = 184;        ///< after its end; six months, within which whoever was isolated may go to court (Administrative Litigation Law 46)
    std::int64_t audit_days = 400;       ///< at least the six months of the Cybersecurity Law 21
    std::int64_t roster_days = 184;      ///< of a roster that was imported without an end
    double fever_from = 37.3;            ///< °C, tenths
    bool require_otp = false;
    service::ThrottleSettings limits;
    std::string time_zone = "Asia/Shanghai";
    std::int32_t report_due_s = 17 * 3600;   ///< of the local day: by then enterprises have reported
    std::string backup_folder;               ///< where the service makes a backup each night; empty: nowhere
    std::int32_t backup_at_s = 2 * 3600 + 15 * 60;   ///< of the local day
    std::int64_t backup_keep = 7;            ///< so many stay
    std::string poster_hotline, poster_issuer;   ///< what the service's posters say of whom to call and who answers for them; empty: nothing
};

/// Tenths of a degree.
inline std::int16_t fever_from_dc(const Config& config) { return static_cast<std::int16_t>(config.fever_from * 10 + 0.5); }

/// The settings that are in force, and where they are from.
struct Settings {
    Config config;
    std::map<std::string, std::string> origins;   ///< by "section.key": "FILE:LINE", "CHAYAN_SECTION_KEY", "--port"; what is not there is the default
    std::vector<std::string> not_read;            ///< variables that look like settings and name no section
};

/// The file at `path`, unless that is empty, then `path`.d/*.toml in order of their names, then what `environment` (as of ::environ, null at
/// its end) says by CHAYAN_SECTION_KEY; what is later wins, a list as a whole. Each is checked by itself. Throws std::runtime_error with a
/// sentence: file and line or variable, key, and what to do; never a value.
Settings read_settings(const std::string& path, const char* const* environment);
/// As TOML, every setting.
std::string print_config(const Config& config);
/// The same with a comment on each line that says where it is from.
std::string print_settings(const Settings& settings);

}  // namespace chayan::app
