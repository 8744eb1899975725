// SPDX-License-Identifier: Apache-2.0
// The desk's books as values: part of the store in memory.
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "storage/register.hpp"
#include "storage/store.hpp"
#include "storage/tally.hpp"

namespace chayan::storage {

struct RegisterShelf {
    std::map<std::uint64_t, RecordRow> records;
    std::vector<StepRow> steps;
    std::map<domain::SiteId, std::uint32_t> capacities;
    std::uint64_t changes = 0;
};

struct MemoryRegisters final : RegisterBook {
    explicit MemoryRegisters(RegisterShelf& sh) : shelf(sh) {}
    std::uint64_t append(const RecordRow& row) override {
        auto& records = shelf.records;
        const auto id = records.empty() ? 1 : records.rbegin()->first + 1;
        auto numbered = row;
        numbered.id = id;
        records.emplace(id, numbered);
        if (row.kind == domain::RegisterKind::isolation) ++shelf.changes;
        return id;
    }
    void append(const StepRow& row) override {
        if (!shelf.records.contains(row.record)) throw StoreError(StoreError::Kind::other, "a step of no record");
        auto kept = row;
        kept.standing.found = domain::FoundAt::none;
        kept.standing.due = {};
        kept.standing.is_approved = false;
        shelf.steps.push_back(kept);
        auto& record = shelf.records.at(row.record);
        record.standing = row.standing;
        if (!row.place.empty()) record.place = row.place;
        if (domain::is_closed(row.standing.state)) record.closed = row.at;
        if (record.kind == domain::RegisterKind::isolation) ++shelf.changes;
    }
    void put_capacity(domain::SiteId site, std::uint32_t capacity) override { shelf.capacities[site] = capacity; }
    std::optional<RecordRow> find(std::uint64_t id) override {
        const auto found = shelf.records.find(id);
        return found == shelf.records.end() ? std::nullopt : std::optional(found->second);
    }
    std::vector<RecordRow> open(domain::RegisterKind kind, const DuePlace& after, std::size_t count) override {
        const auto place = [](const RecordRow& row) { return std::pair(row.standing.due, row.id); };
        auto rows = where([&](const RecordRow& row) { return row.kind == kind && row.closed.s == 0 && (after.id == 0 || place(row) > std::pair(after.due, after.id)); });
        std::sort(rows.begin(), rows.end(), [&](const RecordRow& a, const RecordRow& b) { return place(a) < place(b); });
        rows.resize(std::min(rows.size(), count));
        return rows;
    }
    std::vector<RecordRow> records_of(domain::RegisterKind kind, domain::RegistrationId registration) override {
        return where([&](const RecordRow& row) { return row.kind == kind && !registration.is_none() && row.registration == registration; });
    }
    std::vector<RecordRow> closed_since(domain::RegisterKind kind, domain::Instant at) override {
        auto rows = where([&](const RecordRow& row) { return row.kind == kind && row.closed.s != 0 && row.closed > at; });
        for (auto& row : rows) row.subject.clear(), row.place.clear();
        return rows;
    }
    std::vector<std::pair<domain::SiteId, std::uint32_t>> open_by_site(domain::RegisterKind kind) override {
        std::map<domain::SiteId, std::uint32_t> counts;
        for (const auto& row : where([&](const RecordRow& one) { return one.kind == kind && one.closed.s == 0; })) ++counts[row.standing.site];
        return {counts.begin(), counts.end()};
    }
    std::vector<RecordRow> closed(domain::RegisterKind kind, std::uint64_t before, std::size_t count) override {
        auto rows = where([&](const RecordRow& row) { return row.kind == kind && row.closed.s != 0 && (before == 0 || row.id < before); });
        std::reverse(rows.begin(), rows.end());
        rows.resize(std::min(rows.size(), count));
        return rows;
    }
    void read_open(domain::RegisterKind kind, const std::function<void(domain::DivisionCode, domain::Instant)>& take) override {
        for (const auto& row : open(kind, {}, shelf.records.size())) take(row.standing.division, row.standing.due);
    }
    std::vector<StepRow> steps(std::uint64_t record) override {
        std::vector<StepRow> rows;
        std::copy_if(shelf.steps.begin(), shelf.steps.end(), std::back_inserter(rows), [&](const StepRow& row) { return row.record == record; });
        return rows;
    }
    void read(domain::RegisterKind kind, const std::function<void(const RecordRow&)>& take) override {
        for (auto row : where([&](const RecordRow& one) { return one.kind == kind; })) {
            row.subject.clear();
            row.place.clear();
            take(row);
        }
    }
    void read_steps(domain::Interval interval, const std::function<void(const StepRow&)>& take) override {
        auto rows = shelf.steps;
        std::stable_sort(rows.begin(), rows.end(), [](const StepRow& a, const StepRow& b) { return a.at < b.at; });
        for (auto row : rows) {
            row.place.clear();
            row.note.clear();
            if (interval.from <= row.at && row.at < interval.to) take(row);
        }
    }
    std::vector<std::pair<domain::SiteId, std::uint32_t>> capacities() override { return {shelf.capacities.begin(), shelf.capacities.end()}; }
    std::uint64_t changes() const override { return shelf.changes; }

    std::vector<RecordRow> where(const std::function<bool(const RecordRow&)>& holds) {
        std::vector<RecordRow> rows;
        for (const auto& [id, row] : shelf.records)
            if (holds(row)) rows.push_back(row);
        return rows;
    }
    RegisterShelf& shelf;
};

struct TallyShelf {
    std::map<std::uint64_t, VehicleCheckRow> checks;
    std::map<domain::Day, std::vector<SiteDayRow>> days;
    std::map<std::uint64_t, BriefRow> briefs;
};

struct MemoryTally final : TallyBook {
    explicit MemoryTally(TallyShelf& sh) : shelf(sh) {}
    std::uint64_t append(const VehicleCheckRow& row) override { return numbered(shelf.checks, row); }
    void correct(const VehicleCheckRow& row) override {
        auto& kept = shelf.checks.at(row.id);
        kept.people = row.people;
        kept.sealed = row.sealed;
    }
    void put(domain::Day day, const std::vector<SiteDayRow>& rows) override {
        auto sorted = rows;
        std::sort(sorted.begin(), sorted.end(), [](const SiteDayRow& a, const SiteDayRow& b) { return a.site < b.site; });
        shelf.days[day] = sorted;
    }
    std::uint64_t append(const BriefRow& row) override { return numbered(shelf.briefs, row); }
    std::vector<VehicleCheckRow> checks_with(const Blind& token, domain::Interval interval) override {
        std::vector<VehicleCheckRow> rows;
        for (const auto& row : within(interval))
            if (row.token == token) rows.push_back(row);
        return rows;
    }
    std::size_t count_checks(domain::SiteId site, domain::Interval interval) override {
        const auto rows = within(interval);
        return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const VehicleCheckRow& row) { return row.site == site; }));
    }
    void read_checks(domain::Interval interval, const std::function<void(const VehicleCheckRow&)>& take) override {
        for (auto row : within(interval)) {
            row.sealed.clear();
            row.token = {};
            take(row);
        }
    }
    std::vector<domain::Day> counted_days() override {
        std::vector<domain::Day> days;
        for (const auto& [day, rows] : shelf.days) days.push_back(day);
        return days;
    }
    std::vector<SiteDayRow> of_day(domain::Day day) override { return shelf.days.contains(day) ? shelf.days.at(day) : std::vector<SiteDayRow>{}; }
    std::vector<BriefRow> briefs(std::size_t count) override {
        std::vector<BriefRow> rows;
        for (auto row = shelf.briefs.rbegin(); row != shelf.briefs.rend() && rows.size() < count; ++row) rows.push_back(row->second);
        return rows;
    }
    std::optional<BriefRow> find_brief(std::uint64_t id) override {
        const auto found = shelf.briefs.find(id);
        return found == shelf.briefs.end() ? std::nullopt : std::optional(found->second);
    }
    void read_plates(const std::function<void(const VehicleCheckRow&)>& take) override {
        for (auto [id, row] : shelf.checks) {
            row.token = {};
            take(row);
        }
    }

    std::vector<VehicleCheckRow> within(domain::Interval interval) {
        std::vector<VehicleCheckRow> rows;
        for (const auto& [id, row] : shelf.checks)
            if (interval.from <= row.at && row.at < interval.to) rows.push_back(row);
        std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return std::tie(a.at, a.site, a.id) < std::tie(b.at, b.site, b.id); });
        return rows;
    }
    template <class Row>
    static std::uint64_t numbered(std::map<std::uint64_t, Row>& rows, Row row) {
        row.id = rows.empty() ? 1 : rows.rbegin()->first + 1;
        return rows.emplace(row.id, row).first->first;
    }
    TallyShelf& shelf;
};

}  // namespace chayan::storage
