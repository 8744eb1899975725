// SPDX-License-Identifier: Apache-2.0
// The ports of what the desk keeps of sites beside the scans: enterprises' reports, cameras, outings. As in ports.hpp.
#pragma once

#include "storage/outing.hpp"
#include "storage/site_camera.hpp"
#include "storage/site_report.hpp"
#include "storage/sqlite/database.hpp"

namespace chayan::storage::sqlite {

class SqliteReportBook final : public ReportBook {
public:
    explicit SqliteReportBook(Database& database) : database_(database) {}
    std::uint64_t append(const ReportRow& row) override;
    std::vector<ReportRow> reports(domain::SiteId site, domain::Day day) override;
    std::vector<ReportRow> reports_of(domain::Day day) override;
    std::optional<ReportRow> latest(domain::SiteId site, domain::Day before) override;
    std::vector<ReportRow> reports_after(std::uint64_t after, std::size_t count) override;

private:
    Database& database_;
};

class SqliteCameraBook final : public CameraBook {
public:
    explicit SqliteCameraBook(Database& database) : database_(database) {}
    void put(const CameraRow& row) override;
    bool remove(domain::SiteId site) override;
    std::optional<CameraRow> find(domain::SiteId site) override;
    std::vector<CameraRow> cameras() override;

private:
    Database& database_;
};

class SqliteOutingBook final : public OutingBook {
public:
    explicit SqliteOutingBook(Database& database) : database_(database) {}
    std::uint64_t append(const OutingRule& row) override;
    bool undo(std::uint64_t rule, domain::OperatorId by, domain::Instant at) override;
    std::vector<OutingRule> rules() override;
    bool append(const OutingRow& row) override;
    bool except(const Blind& scan, domain::OperatorId by, domain::Instant at, const Bytes& reason) override;
    std::vector<OutingRow> outings(const Blind& household, domain::Day from, domain::Day to) override;
    std::optional<OutingRow> find(const Blind& scan) override;
    std::vector<OutingRow> outings_after(std::uint64_t after, std::size_t count) override;

private:
    Database& database_;
};

}  // namespace chayan::storage::sqlite
