// SPDX-License-Identifier: Apache-2.0
#include "service/fever.hpp"

#include "kit/check.hpp"
#include "storage/register.hpp"

namespace chayan::service {
namespace {

constexpr std::size_t records_at_once = 500;

std::optional<storage::RecordRow> find_open(storage::RegisterBook& book, const domain::People& people, domain::PersonNo person) {
    for (std::uint64_t after = 0;;) {
        const auto rows = book.open(domain::RegisterKind::fever, after, records_at_once);
        for (const auto& row : rows)
            if (!row.registration.is_none() && people.person_of(row.registration) == person) return row;
        if (rows.size() < records_at_once) return std::nullopt;
        after = rows.back().id;
    }
}

}  // namespace

bool note_temperature(storage::Connection& connection, const domain::People& people, const TakenTemperature& taken, std::int16_t fever_from_dc, bool is_followed) {
    const bool is_fever = taken.temperature_dc >= fever_from_dc;
    if (!is_fever && !is_followed) return false;
    auto& book = connection.registers();
    domain::StepFacts facts;
    facts.temperature_dc = taken.temperature_dc;
    if (const auto open = find_open(book, people, people.person_of(taken.registration))) {
        facts.step = domain::StepKind::measured;
        const auto next = domain::after(domain::RegisterKind::fever, open->standing, facts, taken.at);
        CHECK(next);   // an open fever takes another temperature wherever it stands
        book.append(storage::StepRow{open->id, facts.step, taken.at, taken.by, *next, {}, {}});
        return false;
    }
    if (!is_fever) return false;
    facts.division = taken.site != nullptr ? taken.site->division : taken.division;
    if (taken.site != nullptr) facts.site = taken.site->id;
    const auto found = taken.site != nullptr ? domain::found_at(taken.site->category) : taken.found;
    const auto standing = domain::open_record(domain::RegisterKind::fever, facts, found, taken.at);
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
