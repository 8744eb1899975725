// SPDX-License-Identifier: Apache-2.0
// The port of forgetting over one Database. One thread. It takes rows of the log, and sees to it that their numbers stay given out.
#pragma once

#include "storage/retention.hpp"
#include "storage/sqlite/database.hpp"

namespace chayan::storage::sqlite {

class SqliteRetentionBook final : public RetentionBook {
public:
    explicit SqliteRetentionBook(Database& database) : database_(database) {}
    void put(const ForgottenDay& row) override;
    void remove(domain::Day day) override;
    void put(const ForgettingRun& run) override;
    std::uint64_t remove_scans(domain::Interval day, domain::ScanSeq first, domain::ScanSeq last) override;
    std::vector<ForgottenDay> days() override;
    std::optional<ForgettingRun> last_run() override;
    ScanStretch find_scans(domain::Interval day, domain::ScanSeq after, std::size_t count) override;

private:
    Database& database_;
};

}  // namespace chayan::storage::sqlite
