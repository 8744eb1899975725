// SPDX-License-Identifier: Apache-2.0
// The backup that the service makes by itself: FOLDER/chayan-YYYY-MM-DD and its .keys, once a local day at an hour of the settings, or as soon as
// it can after it. Only when a new one is whole do the oldest go; of .keys only the newest stays, which opens every older file too and
// holds no key that was destroyed. What fails is tried again each hour, and said. House thread; the counts any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "domain/time.hpp"
#include "kit/result.hpp"
#include "service/clock.hpp"

namespace chayan::app {

struct BackupPlan {
    std::string folder;              ///< empty: none is made
    std::int32_t at_s = 0;           ///< of the local day
    std::int64_t keep = 7;
};

/// Older than this it is time to say so.
inline constexpr std::int64_t backup_old_s = 2 * 86'400;

class NightlyBackup {
public:
    /// Makes FILE and FILE.keys whole, or nothing. May throw std::runtime_error with a sentence.
    using Make = std::function<kit::Status(const std::string& file, const std::stop_token& stop)>;
    /// When the last one was made, by whomever; of a store that has none the moment since when there could be one. None: there is nothing to save.
    using LastMade = std::function<std::optional<domain::Instant>()>;

    NightlyBackup(BackupPlan plan, domain::TimeZone zone, const service::Clock& clock, Make make, LastMade last_made);
    /// Often. Blocks for as long as a backup takes where one is due; what goes wrong is logged, never thrown.
    void tend(const std::stop_token& stop);
    std::uint64_t failures() const { return failures_; }

private:
    void make_if_due(domain::Instant now, const std::stop_token& stop);
    void warn_if_old(domain::Instant now);
    void prune(domain::Day made) const;

    const BackupPlan plan_;
    const domain::TimeZone zone_;
    const service::Clock& clock_;
    const Make make_;
    const LastMade last_made_;
    domain::Instant next_try_{}, next_look_{};
    std::atomic<std::uint64_t> failures_ = 0;
};

/// The newest local day on which one is due by now.
domain::Day day_of_backup(const domain::TimeZone& zone, domain::Instant now, std::int32_t at_s);

}  // namespace chayan::app
