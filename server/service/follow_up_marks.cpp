// SPDX-License-Identifier: Apache-2.0
// The half of FollowUp that knows contacts: who is to be called, was reached, is none, is isolated.
#include <algorithm>
#include <map>
#include <memory>
#include <tuple>

#include "kit/limits.hpp"
#include "service/audit.hpp"
#include "service/follow_up.hpp"
#include "service/trace_table.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;
using kit::invalid_field;
using storage::MarkState;

/// What can be said of a request before anything is looked up.
kit::Status check_request(const MarkRequest& request, Staff& staff) {
    if (!request.state && !request.note && !request.assigned) return invalid_field("/state", "mark_empty");
    if (request.state && !find_mark_state(*request.state)) return invalid_field("/state", "mark_state_unknown");
    if (request.note && !request.note->empty())
        if (auto status = check_written("/note", *request.note, kit::reason_chars_max); !status) return status;
    if (!request.assigned || request.assigned->empty()) return kit::Done{};
    const auto known = staff.book.with([&](StaffBook& book) { return book.find(*request.assigned); });
    const bool is_tracer = known && !known->disabled && known->site.is_none() && (known->roles & static_cast<std::uint8_t>(storage::Role::tracer)) != 0;
    return is_tracer ? kit::Status(kit::Done{}) : invalid_field("/assigned", "assignee_unknown");
}

domain::OperatorId operator_of(Staff& staff, const std::string& login) {
    const auto known = staff.book.with([&](StaffBook& book) { return book.find(login); });
    return known ? known->id : domain::OperatorId{};
}

/// The newest that was said of any of these statements.
std::optional<storage::MarkRow> newest_of(storage::Connection& connection, const std::string& case_number, const std::vector<domain::RegistrationId>& statements) {
    std::optional<storage::MarkRow> newest;
    for (const auto one : statements)
        if (auto mark = connection.desk().latest_mark(case_number, one); mark && (!newest || mark->number > newest->number)) newest = std::move(mark);
    return newest;
}

/// Who is marked how, for the audit log: ids and states. Of many only their number: the marks are kept.
std::string words_of(const MarkResults& results) {
    constexpr std::size_t told_max = 20;
    std::string words;
    std::size_t told = 0;
    for (const auto& result : results) {
        if (!result || !result->is_new || ++told > told_max) continue;
        words += (words.empty() ? "" : ", ") + result->person + ' ' + result->state + (result->assigned.empty() ? "" : ' ' + result->assigned);
    }
    return told > told_max ? words + ", … (" + std::to_string(told) + ")" : words;
}

struct MarkedContact {
    MaskedPerson person;
    storage::MarkRow row;
    std::string note, assigned, by;
    std::uint32_t count = 0;
};

AnswerTable table_of_contacts(std::vector<MarkedContact> contacts) {
    using Kind = ColumnKind;
    AnswerTable table;
    table.kind = "follow_up";
    table.title = "随访";
    AnswerPart part;
    part.name = "contacts";
    part.title = "接触者";
    part.columns = person_columns("person.", Shown::masked);
    part.columns.insert(part.columns.end(), {{"state", Kind::text, "随访状态"}, {"note", Kind::text, "说明"}, {"assigned", Kind::text, "随访人"},
                                             {"at", Kind::moment, "标记时间"}, {"by", Kind::text, "标记人"}, {"marks", Kind::number, "标记次数"}});
    part.count = contacts.size();
    part.fill = [contacts = std::move(contacts)](std::uint64_t number, Row& row) {
        const auto& one = contacts[number];
        const auto unless_empty = [](const std::string& text) { return text.empty() ? Cell{} : Cell{text}; };
        auto at = put_person(row, one.person, Shown::masked);
        row[at++] = std::string(word_of(one.row.state));
        row[at++] = unless_empty(one.note);
        row[at++] = unless_empty(one.assigned);
        row[at++] = one.row.at;
        row[at++] = one.by;
        row[at++] = std::int64_t{one.count};
    };
    table.parts.push_back(std::move(part));
    return table;
}

std::array<std::size_t, mark_states> count_states(const CaseMarks& marks) {
    std::array<std::size_t, mark_states> counts{};
    for (const auto& [person, mark] : marks.of_person) ++counts[static_cast<std::size_t>(mark.state)];
    return counts;
}

kit::Status write_down(Writer& writer, AuditEntry entry) {
    return run_and_wait(writer, [entry = std::move(entry)](WriteContext& context) -> kit::Status {
        context.audit(entry);
        return kit::Done{};
    }, true);
}

}  // namespace

MarkView FollowUp::view_of(const domain::People& people, const storage::MarkRow& row) const {
    MarkView view;
    view.person = vault_.person_id(people.person_of(row.statement));
    view.state = word_of(row.state);
    view.note = open_note(vault_, row).value_or("");
    view.assigned = staff_.login_of(row.assigned);
    view.by = staff_.login_of(row.by);
    view.at = row.at;
    return view;
}

kit::Result<MarkView> FollowUp::mark_one(WriteContext& context, const Caller& caller, const std::string& case_number, const MarkRequest& request,
                                       std::uint64_t& count) {
    const auto& people = *context.directory().people;
    const auto number = vault_.open_person_id(request.person);
    const auto& statements = people.registrations_of(number ? people.resolve(*number) : domain::PersonNo{});
    if (statements.empty()) return Error{Errc::not_found, "person_unknown", {{"/person", "person_unknown"}}};
    const auto before = newest_of(context.store(), case_number, statements);
    const auto note_before = before ? open_note(vault_, *before).value_or("") : std::string();
    storage::MarkRow row;
    row.case_number = case_number;
    row.statement = statements.front();
    row.by = caller.id;
    row.at = context.now();
    row.state = request.state ? *find_mark_state(*request.state) : before ? before->state : MarkState::to_call;
    row.assigned = request.assigned ? operator_of(staff_, *request.assigned) : before ? before->assigned : domain::OperatorId{};
    const bool has_state_of_before = before && before->state == row.state;
    const auto note = request.note.value_or(has_state_of_before ? note_before : std::string());
    if (row.state == MarkState::not_contact && note.empty()) return invalid_field("/note", "mark_note_needed");
    if (has_state_of_before && before->assigned == row.assigned && note == note_before) {
        auto view = view_of(people, *before);
        view.is_new = false;
        return view;
    }
    if (count >= kit::case_marks_max) return Error{Errc::conflict, "case_marks_full"};
    seal_note(vault_, row, note);
    (void)context.store().desk().append(row);
    ++count;
    return view_of(people, row);
}

kit::Result<MarkResults> FollowUp::mark(const Caller& caller, storage::Connection& reader, const std::string& case_number, const std::vector<MarkRequest>& requests) {
    constexpr const char* action = "contacts_marked";
    if (auto status = tracing_.may_ask(caller, reader, case_number, action); !status) return status.error();
    std::vector<kit::Status> checked;
    for (const auto& request : requests) checked.push_back(check_request(request, staff_));
    MarkResults results;
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        results.clear();
        auto count = context.store().desk().count_marks(case_number);
        for (std::size_t i = 0; i < requests.size(); ++i)
            results.push_back(checked[i] ? mark_one(context, caller, case_number, requests[i], count) : kit::Result<MarkView>(checked[i].error()));
        context.audit({caller.id, action, case_number, audit_detail({{"marks", words_of(results)}})});
        return kit::Done{};
    }, false, kit::command_scans + requests.size());
    if (!status) return status.error();
    return results;
}

kit::Result<AnswerTable> FollowUp::contacts(const Caller& caller, storage::Connection& reader, const std::string& case_number, const std::string& state,
                                            const std::string& assigned) {
    constexpr const char* action = "follow_up_listed";
    if (auto status = tracing_.may_ask(caller, reader, case_number, action); !status) return status.error();
    const auto only = find_mark_state(state);
    if (!state.empty() && !only) return invalid_field("/state", "mark_state_unknown");
    const auto people = board_.load()->people;
    const auto marks = marks_of(reader, *people, case_number);
    std::vector<std::pair<storage::LatestMark, domain::PersonNo>> chosen;
    for (const auto& [person, mark] : marks.of_person) {
        const bool is_wanted = (!only || mark.state == *only) && (assigned.empty() || marks.login_of(mark.assigned) == assigned);
        if (is_wanted) chosen.emplace_back(mark, person);
    }
    std::sort(chosen.begin(), chosen.end(), [](const auto& a, const auto& b) { return std::tuple(a.first.state, a.first.number) < std::tuple(b.first.state, b.first.number); });
    std::vector<MarkedContact> contacts;
    for (const auto& [mark, person] : chosen) {
        auto row = reader.desk().latest_mark(case_number, mark.statement).value();
        const auto view = view_of(*people, row);
        contacts.push_back({shown(reader, vault_, *people, person, Shown::masked), std::move(row), view.note, view.assigned, view.by, mark.count});
    }
    auto table = table_of_contacts(std::move(contacts));
    table.case_number = case_number;
    if (!state.empty()) table.parameters.emplace_back("state", state);
    if (!assigned.empty()) table.parameters.emplace_back("assigned", assigned);
    table.tail = {{"count", static_cast<std::int64_t>(chosen.size())}, {"complete", true}};
    const auto counts = count_states(marks);
    for (std::size_t i = 0; i < mark_states; ++i)
        table.tail.emplace_back(std::string("states.") + word_of(static_cast<MarkState>(i)), static_cast<std::int64_t>(counts[i]));
    auto status = write_down(writer_, {caller.id, action, case_number, audit_detail({{"found", std::to_string(chosen.size())}})});
    if (!status) return status.error();
    return table;
}

kit::Result<std::vector<MarkView>> FollowUp::history(const Caller& caller, storage::Connection& reader, const std::string& case_number, const std::string& person) {
    constexpr const char* action = "marks_listed";
    if (auto status = tracing_.may_ask(caller, reader, case_number, action); !status) return status.error();
    const auto people = board_.load()->people;
    const auto number = vault_.open_person_id(person);
    const auto& statements = people->registrations_of(number ? people->resolve(*number) : domain::PersonNo{});
    if (statements.empty()) return Error{Errc::not_found, "person_unknown"};
    std::vector<storage::MarkRow> rows;
    for (const auto one : statements)
        for (auto& row : reader.desk().marks_of(case_number, one)) rows.push_back(std::move(row));
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
    std::vector<MarkView> views;
    for (const auto& row : rows) views.push_back(view_of(*people, row));
    auto status = write_down(writer_, {caller.id, action, case_number, audit_detail({{"person", person}})});
    if (!status) return status.error();
    return views;
}

std::array<std::size_t, mark_states> FollowUp::counts(storage::Connection& reader, const std::string& case_number) const {
    return count_states(marks_of(reader, *board_.load()->people, case_number));
}

}  // namespace chayan::service
