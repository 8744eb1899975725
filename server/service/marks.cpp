// SPDX-License-Identifier: Apache-2.0
#include "service/marks.hpp"

namespace chayan::service {
namespace {

constexpr const char* state_words[] = {"to_call", "reached", "not_contact", "isolated"};
static_assert(std::size(state_words) == mark_states);

std::string associated(const storage::MarkRow& row) {
    std::string text;
    for (const std::uint64_t number : {row.statement.value, static_cast<std::uint64_t>(row.state), std::uint64_t{row.assigned.value}, std::uint64_t{row.by.value},
                                       static_cast<std::uint64_t>(row.at.s)})
        text += std::to_string(number) + ' ';
    return text + row.case_number;
}

}  // namespace

const storage::LatestMark* CaseMarks::find(domain::PersonNo person) const {
    const auto found = of_person.find(person);
    return found == of_person.end() ? nullptr : &found->second;
}

const std::string& CaseMarks::login_of(domain::OperatorId id) const {
    static const std::string nobody;
    const auto found = logins.find(id);
    return found == logins.end() ? nobody : found->second;
}

CaseMarks marks_of(storage::Connection& reader, const domain::People& people, std::string_view case_number) {
    CaseMarks marks;
    for (const auto& mark : reader.desk().latest_marks(case_number)) {
        const auto person = people.person_of(mark.statement);
        if (person.is_none()) continue;   // erased since
        auto& held = marks.of_person[person];
        const auto count = held.count + mark.count;
        if (mark.number > held.number) held = mark;
        held.count = count;
    }
    if (marks.of_person.empty()) return marks;
    for (const auto& row : reader.staff().operators()) marks.logins.emplace(row.id, row.login);
    return marks;
}

const char* word_of(storage::MarkState state) { return state_words[static_cast<std::size_t>(state)]; }

std::optional<storage::MarkState> find_mark_state(std::string_view word) {
    for (std::size_t i = 0; i < mark_states; ++i)
        if (word == state_words[i]) return static_cast<storage::MarkState>(i);
    return std::nullopt;
}

void seal_note(const Vault& vault, storage::MarkRow& row, std::string_view note) { row.note = vault.seal(SealKind::mark_note, associated(row), note); }

std::optional<std::string> open_note(const Vault& vault, const storage::MarkRow& row) { return vault.open(SealKind::mark_note, associated(row), row.note); }

}  // namespace chayan::service
