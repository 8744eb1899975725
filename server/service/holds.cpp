// SPDX-License-Identifier: Apache-2.0
#include "service/holds.hpp"

#include <optional>
#include <variant>

#include "kit/limits.hpp"
#include "service/kept_questions.hpp"

namespace chayan::service {
namespace {

using Text = std::optional<std::string>;

void add_window(std::vector<Hold>& holds, const std::string& case_number, const Text& from, const Text& to) {
    const auto begin = domain::parse_rfc3339(from.value_or("")), end = domain::parse_rfc3339(to.value_or(""));
    if (begin && end) holds.push_back({{*begin, *end}, case_number});
}

/// The question's window, and those that its index persons have of their own.
struct AddWindows {
    std::vector<Hold>& holds;
    const std::string& case_number;

    void operator()(const SearchRequest&) const {}
    void operator()(const PassagesQuestion& question) const { add_window(holds, case_number, question.from, question.to); }
    void operator()(const TrajectoryQuestion& question) const { add_window(holds, case_number, question.from, question.to); }
    void operator()(const TraceRequest& question) const { add(question); }
    void operator()(const SharedPlacesRequest& question) const { add(question); }
    template <class Request>
    void add(const Request& question) const {
        add_window(holds, case_number, question.from, question.to);
        for (const auto& subject : question.index) add_window(holds, case_number, subject.from ? subject.from : question.from, subject.to ? subject.to : question.to);
    }
};

/// The persons that it names.
struct AddPeople {
    std::vector<std::string>& ids;

    void operator()(const SearchRequest&) const {}
    void operator()(const PassagesQuestion&) const {}
    void operator()(const TrajectoryQuestion& question) const { ids.push_back(question.person); }
    void operator()(const TraceRequest& question) const { add(question); }
    void operator()(const SharedPlacesRequest& question) const { add(question); }
    template <class Request>
    void add(const Request& question) const {
        for (const auto& subject : question.index)
            if (subject.person) ids.push_back(*subject.person);
    }
};

/// Each question that such a case keeps.
template <class Take>
void read_questions(storage::Connection& reader, const Vault& vault, domain::Instant now, const Take& take) {
    for (const auto& row : reader.desk().cases()) {
        if (row.state == storage::CaseState::closed || (row.expires && *row.expires <= now)) continue;
        for (const auto& kept : reader.desk().questions(row.number, 0, kit::case_questions_max))
            if (const auto question = open_question(vault, kept)) take(row.number, question->question);
    }
}

}  // namespace

std::vector<Hold> holds_of(storage::Connection& reader, const Vault& vault, domain::Instant now) {
    std::vector<Hold> holds;
    read_questions(reader, vault, now, [&](const std::string& number, const auto& question) { std::visit(AddWindows{holds, number}, question); });
    return holds;
}

std::vector<domain::PersonNo> held_people(storage::Connection& reader, const Vault& vault, domain::Instant now) {
    std::vector<std::string> ids;
    read_questions(reader, vault, now, [&](const std::string&, const auto& question) { std::visit(AddPeople{ids}, question); });
    std::vector<domain::PersonNo> people;
    for (const auto& id : ids)
        if (const auto person = vault.open_person_id(id)) people.push_back(*person);
    return people;
}

const std::string* find_holder(const std::vector<Hold>& holds, domain::Interval day) {
    for (const auto& hold : holds)
        if (hold.window.from < day.to && day.from < hold.window.to) return &hold.case_number;
    return nullptr;
}

}  // namespace chayan::service
