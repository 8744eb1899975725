// SPDX-License-Identifier: Apache-2.0
#include "service/status.hpp"

#include <utility>

namespace chayan::service {
namespace {

std::uint64_t count_people(const domain::People& people) {
    std::uint64_t count = 0;
    for (std::uint32_t number = 1; number < people.person_count(); ++number) count += people.registrations_of({number}).empty() ? 0U : 1U;
    return count;
}

void count_sites(const Directory& directory, StatusView& view) {
    for (std::size_t id = 1; id < directory.site_rows.size(); ++id) {
        const auto* site = directory.site({static_cast<std::uint32_t>(id)});
        if (site != nullptr) ++(site->closed ? view.sites_closed : view.sites_open);
    }
}

}  // namespace

Status::Status(Writer& writer, const Clock& clock, DirectoryBoard& board, Staff& staff, Tracing& tracing, AuditTrail& audit, domain::TimeZone zone,
               std::function<Machine()> look)
    : writer_(writer), clock_(clock), board_(board), staff_(staff), tracing_(tracing), audit_(audit), zone_(std::move(zone)), look_(std::move(look)),
      started_(clock.now()) {}

void Status::count(storage::Connection& reader, StatusView& view) {
    const std::lock_guard lock(counting_);
    const auto day = zone_.local_day(view.now);
    if (day != counted_.day) {   // from the whole log again: some of what had been counted may have come after midnight
        counted_.day = day;
        counted_.upto = {};
        counted_.scans = 0;
    }
    const auto found = reader.scans().received(counted_.upto, zone_.on_local_day(view.now, 0));
    counted_.scans += found.count;
    counted_.upto = std::max(counted_.upto, found.upto);
    if (found.last) counted_.last_scan = found.last;
    if (const auto backup = reader.audit().last_of("backed_up", counted_.audit_upto)) counted_.last_backup = backup->at;
    if (const auto proved = reader.audit().last_of("recovery_proved", counted_.audit_upto)) counted_.recovery_proved = proved->at;
    if (const auto last = reader.audit().last()) counted_.audit_upto = last->seq;
    view.scans_today = counted_.scans;
    view.last_scan = counted_.last_scan;
    view.last_backup = counted_.last_backup;
    view.recovery_proved = counted_.recovery_proved;
    view.audit_lines = counted_.audit_upto;
}

StatusView Status::view(storage::Connection& reader) {
    StatusView view;
    view.machine = look_();
    view.now = clock_.now();
    view.started = started_;
    view.readiness = tracing_.readiness(&view.read_percent);
    count(reader, view);
    const auto directory = board_.load();
    count_sites(*directory, view);
    view.people = count_people(*directory->people);
    view.registrations = directory->people->registration_count();
    view.divisions = directory->divisions->size();
    view.operators = staff_.book.with([](const StaffBook& book) {
        std::uint64_t count = 0;
        for (const auto& [id, row] : book.operators) count += row.site.is_none() && !row.disabled ? 1U : 0U;
        return count;
    });
    view.waiting = writer_.waiting();
    view.is_full = writer_.is_full();
    view.checkpoint = audit_.checkpoint();
    return view;
}

}  // namespace chayan::service
