// SPDX-License-Identifier: Apache-2.0
#include "service/told_visits.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace chayan::service {
namespace {

std::string associated(const storage::ToldVisitRow& row) {
    return std::string(row.id.begin(), row.id.end()) + std::to_string(row.by.value) + ' ' + std::to_string(row.at.s) + ' ' + row.case_number;
}

}  // namespace

void seal_visit(const Vault& vault, storage::ToldVisitRow& row, const ToldOf& told) {
    std::string text;
    for (const std::uint64_t number : {told.statement.value, std::uint64_t{told.site.value}, static_cast<std::uint64_t>(told.span.from.s),
                                       static_cast<std::uint64_t>(told.span.to.s)})
        text += std::to_string(number) + ' ';
    row.sealed = vault.seal(SealKind::told_visit, associated(row), text + told.note);
}

std::optional<ToldOf> open_visit(const Vault& vault, const storage::ToldVisitRow& row) {
    const auto text = vault.open(SealKind::told_visit, associated(row), row.sealed);
    if (!text) return std::nullopt;
    std::array<std::uint64_t, 4> numbers{};
    const char* at = text->data();
    const char* const end = at + text->size();
    for (auto& number : numbers) {
        const auto [after, error] = std::from_chars(at, end, number);
        if (error != std::errc{} || after == end || *after != ' ') return std::nullopt;
        at = after + 1;
    }
    const auto moment = [](std::uint64_t second) { return domain::Instant{static_cast<std::int64_t>(second)}; };
    return ToldOf{{numbers[0]}, {static_cast<std::uint32_t>(numbers[1])}, {moment(numbers[2]), moment(numbers[3])}, std::string(at, end)};
}

std::vector<domain::ToldVisit> told_visits_of(storage::Connection& reader, const Vault& vault, const domain::People& people, std::string_view case_number,
                                              domain::Instant moment) {
    std::vector<domain::ToldVisit> visits;
    for (const auto& row : reader.desk().told_visits(case_number)) {
        const bool is_withdrawn = row.withdrawn.s != 0 && row.withdrawn <= moment;
        if (row.at > moment || is_withdrawn) continue;
        const auto told = open_visit(vault, row);
        const auto person = told ? people.person_of(told->statement) : domain::PersonNo{};
        if (!person.is_none()) visits.push_back({person, told->site, told->span});
    }
    return visits;
}

}  // namespace chayan::service
