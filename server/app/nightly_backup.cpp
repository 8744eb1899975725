// SPDX-License-Identifier: Apache-2.0
#include "app/nightly_backup.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "kit/log.hpp"
#include "service/words.hpp"

namespace chayan::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "chayan-";
constexpr std::string_view keys_suffix = ".keys";
constexpr std::int64_t hour_s = 3600, day_s = 86'400;

/// The day in "chayan-2026-11-28"; nothing for a name that is not ours.
std::optional<domain::Day> day_in(std::string_view name) {
    if (!name.starts_with(prefix)) return std::nullopt;
    return domain::parse_date(name.substr(prefix.size()));
}

/// The days of the files in the folder that are ours, or of their keys.
std::set<domain::Day> days_in(const std::string& folder, std::string_view suffix) {
    std::set<domain::Day> days;
    std::error_code error;
    for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator(); entry.increment(error)) {
        const auto name = entry->path().filename().string();
        if (!std::string_view(name).ends_with(suffix) || !entry->is_regular_file(error)) continue;
        if (const auto day = day_in(std::string_view(name).substr(0, name.size() - suffix.size()))) days.insert(*day);
    }
    return days;
}

std::string file_of(const std::string& folder, domain::Day day) { return folder + '/' + std::string(prefix) + domain::format_date(day); }

void say(const std::string& zh, const std::string& en) { std::fprintf(stderr, "%s\n%s\n", zh.c_str(), en.c_str()); }

}  // namespace

domain::Day day_of_backup(const domain::TimeZone& zone, domain::Instant now, std::int32_t at_s) {
    const auto today = zone.local_day(now);
    return zone.local_second(now) >= at_s ? today : domain::Day{today.number - 1};
}

NightlyBackup::NightlyBackup(BackupPlan plan, domain::TimeZone zone, const service::Clock& clock, Make make, LastMade last_made)
    : plan_(std::move(plan)), zone_(std::move(zone)), clock_(clock), make_(std::move(make)), last_made_(std::move(last_made)) {}

void NightlyBackup::tend(const std::stop_token& stop) {
    const auto now = clock_.now();
    if (next_try_ - now > hour_s) next_try_ = now;   // the clock was set back
    if (next_look_ - now > day_s) next_look_ = now;
    if (!plan_.folder.empty() && now >= next_try_) make_if_due(now, stop);
    if (now >= next_look_) warn_if_old(now);
}

void NightlyBackup::make_if_due(domain::Instant now, const std::stop_token& stop) {
    next_try_ = now + 1;
    const auto day = day_of_backup(zone_, now, plan_.at_s);
    const auto file = file_of(plan_.folder, day);
    std::error_code error;
    if (fs::exists(file, error)) return;
    std::string zh, en;
    try {
        ::unlink((file + std::string(keys_suffix)).c_str());   // of one that was cut short between its two names
        const auto made = make_(file, stop);
        if (made) {
            kit::log(kit::Level::info, "backup_made");
            return prune(day);
        }
        if (std::string_view(made.error().code) == "backup_stopped") return;   // the service ends
        zh = service::sentence(made.error().code, service::Language::zh);
        en = service::sentence(made.error().code, service::Language::en);
    } catch (const std::exception& fault) {
        zh = en = fault.what();
    }
    next_try_ = now + hour_s;
    ++failures_;
    kit::log(kit::Level::error, "backup_failed", {{"again_in_s", hour_s}});
    say("备份失败，一小时后再试；旧备份都还在。" + file + "：" + zh, "The backup failed and is tried again in an hour; the older ones are all there. " + file + ": " + en);
}

void NightlyBackup::warn_if_old(domain::Instant now) {
    next_look_ = now + hour_s;
    const auto last = last_made_();
    if (!last || now - *last <= backup_old_s) return;
    next_look_ = now + day_s;
    kit::log(kit::Level::warning, "backup_old", {{"hours", (now - *last) / hour_s}});
}

/// What a clock that was wrong dated into the future counts as the oldest there is: by its name it would stay for ever, and its keys in place of today's.
void NightlyBackup::prune(domain::Day made) const {
    const auto remove = [](const std::string& path) {
        if (::unlink(path.c_str()) != 0) kit::log(kit::Level::warning, "backup_not_removed");
    };
    const auto found = days_in(plan_.folder, {});
    std::vector<domain::Day> oldest_first(found.begin(), found.end());
    std::stable_partition(oldest_first.begin(), oldest_first.end(), [made](domain::Day day) { return day > made; });
    const auto over = std::max<std::int64_t>(0, static_cast<std::int64_t>(oldest_first.size()) - plan_.keep);
    for (std::int64_t i = 0; i < over; ++i) remove(file_of(plan_.folder, oldest_first[static_cast<std::size_t>(i)]));
    for (const auto day : days_in(plan_.folder, keys_suffix))
        if (day != made) remove(file_of(plan_.folder, day) + std::string(keys_suffix));
}

}  // namespace chayan::app
