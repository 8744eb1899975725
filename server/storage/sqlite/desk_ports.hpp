// SPDX-License-Identifier: Apache-2.0
// The desk's ports over one Database: registers and what is counted. One thread.
#pragma once

#include "storage/register.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/tally.hpp"

namespace chayan::storage::sqlite {

class SqliteRegisterBook final : public RegisterBook {
public:
    explicit SqliteRegisterBook(Database& database) : database_(database) {}
    std::uint64_t append(const RecordRow& row) override;
    void append(const StepRow& row) override;
    void put_capacity(domain::SiteId site, std::uint32_t capacity) override;
    std::optional<RecordRow> find(std::uint64_t id) override;
    std::vector<RecordRow> open(domain::RegisterKind kind, const DuePlace& after, std::size_t count) override;
    std::vector<RecordRow> records_of(domain::RegisterKind kind, domain::RegistrationId registration) override;
    std::vector<RecordRow> closed_since(domain::RegisterKind kind, domain::Instant at) override;
    std::vector<std::pair<domain::SiteId, std::uint32_t>> open_by_site(domain::RegisterKind kind) override;
    std::vector<RecordRow> closed(domain::RegisterKind kind, std::uint64_t before, std::size_t count) override;
    void read_open(domain::RegisterKind kind, const std::function<void(domain::DivisionCode, domain::Instant)>& take) override;
    std::vector<StepRow> steps(std::uint64_t record) override;
    void read(domain::RegisterKind kind, const std::function<void(const RecordRow&)>& take) override;
    void read_steps(domain::Interval interval, const std::function<void(const StepRow&)>& take) override;
    std::vector<std::pair<domain::SiteId, std::uint32_t>> capacities() override;
    std::uint64_t changes() const override { return changes_; }

private:
    Database& database_;
    std::uint64_t changes_ = 0;
};

class SqliteTallyBook final : public TallyBook {
public:
    explicit SqliteTallyBook(Database& database) : database_(database) {}
    std::uint64_t append(const VehicleCheckRow& row) override;
    void correct(const VehicleCheckRow& row) override;
    void put(domain::Day day, const std::vector<SiteDayRow>& rows) override;
    std::uint64_t append(const BriefRow& row) override;
    std::vector<VehicleCheckRow> checks_with(const Blind& token, domain::Interval interval) override;
    std::size_t count_checks(domain::SiteId site, domain::Interval interval) override;
    void read_checks(domain::Interval interval, const std::function<void(const VehicleCheckRow&)>& take) override;
    std::vector<domain::Day> counted_days() override;
    std::vector<SiteDayRow> of_day(domain::Day day) override;
    std::vector<BriefRow> briefs(std::size_t count) override;
    std::optional<BriefRow> find_brief(std::uint64_t id) override;
    void read_plates(const std::function<void(const VehicleCheckRow&)>& take) override;

private:
    Database& database_;
};

}  // namespace chayan::storage::sqlite
