// SPDX-License-Identifier: Apache-2.0
#include "service/fever.hpp"

#include <algorithm>

#include "kit/check.hpp"
#include "storage/register.hpp"

namespace chayan::service {
namespace {

/// Every fever of somebody, open ones and others.
std::vector<storage::RecordRow> fevers_of(storage::RegisterBook& book, const domain::People& people, domain::RegistrationId registration) {
    std::vector<storage::RecordRow> all;
    for (const auto one : people.registrations_of(people.person_of(registration)))
        for (auto& row : book.records_of(domain::RegisterKind::fever, one)) all.push_back(std::move(row));
    return all;
}

bool is_reading(domain::StepKind step) { return step == domain::StepKind::opened || step == domain::StepKind::measured; }

/// Another temperature of an open fever, unless it is news of before, or a phone's word against a thermometer's.
void measure(storage::RegisterBook& book, const storage::RecordRow& row, const TakenTemperature& taken) {
    bool is_by_staff = false;
    domain::Instant last;
    for (const auto& step : book.steps(row.id)) {
        if (!is_reading(step.step)) continue;
        last = std::max(last, step.at);
        is_by_staff |= !step.by.is_none();
    }
    if (taken.at < last || (taken.by.is_none() && is_by_staff)) return;
    domain::StepFacts facts;
    facts.step = domain::StepKind::measured;
    facts.temperature_dc = taken.temperature_dc;
    const auto next = domain::after(domain::RegisterKind::fever, row.standing, facts, taken.at);
    CHECK(next);   // an open fever takes another temperature wherever it stands
    book.append(storage::StepRow{row.id, facts.step, taken.at, taken.by, *next, {}, {}});
}

}  // namespace

bool note_temperature(storage::Connection& connection, const domain::People& people, const TakenTemperature& taken, std::int16_t fever_from_dc, bool is_followed) {
    const bool is_fever = taken.temperature_dc >= fever_from_dc;
    if (!is_fever && !is_followed) return false;
    auto& book = connection.registers();
    bool is_late = false;
    for (const auto& row : fevers_of(book, people, taken.registration)) {
        if (row.closed.s == 0) {
            measure(book, row, taken);
            return false;
        }
        is_late |= taken.at <= row.closed;
    }
    if (!is_fever || is_late) return false;
    domain::StepFacts facts;
    facts.temperature_dc = taken.temperature_dc;
    facts.division = taken.site != nullptr ? taken.site->division : taken.division;
    if (taken.site != nullptr) facts.site = taken.site->id;
    const auto found = taken.site != nullptr ? domain::found_at(taken.site->category) : taken.found;
    const auto standing = domain::open_record(domain::RegisterKind::fever, facts, found, taken.received);   // the next step is due from when anybody knew
    CHECK(standing);
    storage::RecordRow row;
    row.registration = taken.registration;
    row.opened = taken.at;
    row.opened_by = taken.by;
    row.standing = *standing;
    row.id = book.append(row);
    book.append(storage::StepRow{row.id, domain::StepKind::opened, taken.at, taken.by, *standing, {}, {}});
    return true;
}

std::int64_t fevers_at(storage::Connection& reader, domain::SiteId site, domain::Interval interval) {
    std::int64_t count = 0;
    reader.registers().read(domain::RegisterKind::fever, [&](const storage::RecordRow& row) {
        count += row.standing.site == site && interval.from <= row.opened && row.opened < interval.to ? 1 : 0;
    });
    return count;
}

}  // namespace chayan::service
