// SPDX-License-Identifier: Apache-2.0
// Reports, cameras and outings of the memory store.
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "storage/outing.hpp"
#include "storage/site_camera.hpp"
#include "storage/site_report.hpp"

namespace chayan::storage::testing {

struct SiteShelf {
    std::vector<ReportRow> reports;
    std::map<domain::SiteId, CameraRow> cameras;
    std::vector<OutingRule> rules;
    std::set<std::uint64_t> rules_undone;
    std::vector<OutingRow> outings;
};

template <class Row, class Holds>
std::vector<Row> kept_where(const std::vector<Row>& rows, Holds holds) {
    std::vector<Row> found;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(found), holds);
    return found;
}

template <class Row>
std::uint64_t keep_numbered(std::vector<Row>& rows, Row row) {
    row.id = rows.size() + 1;
    rows.push_back(row);
    return row.id;
}

template <class Row>
std::vector<Row> kept_after(const std::vector<Row>& all, std::uint64_t after, std::size_t count) {
    auto rows = kept_where(all, [&](const auto& row) { return row.id > after; });
    if (rows.size() > count) rows.resize(count);
    return rows;
}

struct MemoryReports final : ReportBook {
    explicit MemoryReports(SiteShelf& sh) : shelf(sh) {}
    std::uint64_t append(const ReportRow& row) override { return keep_numbered(shelf.reports, row); }
    std::vector<ReportRow> reports(domain::SiteId site, domain::Day day) override {
        return kept_where(shelf.reports, [&](const auto& row) { return row.site == site && row.day == day; });
    }
    std::vector<ReportRow> reports_of(domain::Day day) override {
        return kept_where(shelf.reports, [&](const auto& row) { return row.day == day; });
    }
    std::optional<ReportRow> latest(domain::SiteId site, domain::Day before) override {
        const auto rows = kept_where(shelf.reports, [&](const auto& row) { return row.site == site && row.day < before; });
        const auto last = std::max_element(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return std::pair(a.day, a.id) < std::pair(b.day, b.id); });
        return last == rows.end() ? std::nullopt : std::optional(*last);
    }
    std::vector<ReportRow> reports_after(std::uint64_t after, std::size_t count) override { return kept_after(shelf.reports, after, count); }
    SiteShelf& shelf;
};

struct MemoryCameras final : CameraBook {
    explicit MemoryCameras(SiteShelf& sh) : shelf(sh) {}
    void put(const CameraRow& row) override { shelf.cameras[row.site] = row; }
    bool remove(domain::SiteId site) override { return shelf.cameras.erase(site) > 0; }
    std::optional<CameraRow> find(domain::SiteId site) override {
        const auto found = shelf.cameras.find(site);
        return found == shelf.cameras.end() ? std::nullopt : std::optional(found->second);
    }
    std::vector<CameraRow> cameras() override {
        std::vector<CameraRow> rows;
        for (const auto& [site, row] : shelf.cameras) rows.push_back(row);
        return rows;
    }
    SiteShelf& shelf;
};

struct MemoryOutings final : OutingBook {
    explicit MemoryOutings(SiteShelf& sh) : shelf(sh) {}
    std::uint64_t append(const OutingRule& row) override { return keep_numbered(shelf.rules, row); }
    bool undo(std::uint64_t rule, domain::OperatorId, domain::Instant) override {
        return rule >= 1 && rule <= shelf.rules.size() && shelf.rules_undone.insert(rule).second;
    }
    std::vector<OutingRule> rules() override {
        return kept_where(shelf.rules, [&](const auto& row) { return !shelf.rules_undone.contains(row.id); });
    }
    bool append(const OutingRow& row) override {
        if (find(row.scan)) return false;
        keep_numbered(shelf.outings, row);
        return true;
    }
    bool except(const Blind& scan, domain::OperatorId by, domain::Instant at, const Bytes& reason) override {
        for (auto& row : shelf.outings) {
            if (row.scan != scan || row.excepted.s != 0) continue;
            row.excepted = at, row.excepted_by = by, row.reason = reason;
            return true;
        }
        return false;
    }
    std::vector<OutingRow> outings(const Blind& household, domain::Day from, domain::Day to) override {
        return kept_where(shelf.outings, [&](const auto& row) { return row.household == household && from <= row.day && row.day <= to; });
    }
    std::optional<OutingRow> find(const Blind& scan) override {
        const auto rows = kept_where(shelf.outings, [&](const auto& row) { return row.scan == scan; });
        return rows.empty() ? std::nullopt : std::optional(rows.front());
    }
    std::vector<OutingRow> outings_after(std::uint64_t after, std::size_t count) override { return kept_after(shelf.outings, after, count); }
    SiteShelf& shelf;
};

}  // namespace chayan::storage::testing
