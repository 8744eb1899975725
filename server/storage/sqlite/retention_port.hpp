// SPDX-License-Identifier: Apache-2.0
// The port of forgetting over one Database. One thread. It takes rows, and sees to it that their numbers stay given out.
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

    void put(const EndedCount& row) override;
    std::vector<EndedCount> ended_counts() override;
    void note_case_ends(domain::Instant now) override;
    std::uint64_t count_ended(EndedKind kind, domain::Interval ended) override;
    std::uint64_t count_all(EndedKind kind) override;
    std::uint64_t remove_ended(EndedKind kind, domain::Interval ended, std::size_t count) override;
    std::vector<domain::RegistrationId> needed_statements(domain::Instant now) override;
    bool remove_people(const GoingPeople& people, domain::Instant now) override;
    std::optional<AuditAnchor> audit_anchor() override;
    void cut_audit(const AuditAnchor& anchor) override;

    std::uint64_t append(const RosterRow& row) override;
    void put_on_roster(domain::RegistrationId registration, std::uint64_t roster) override;
    std::vector<std::pair<RosterRow, std::uint64_t>> rosters(domain::Instant now) override;

private:
    Database& database_;
};

}  // namespace chayan::storage::sqlite
