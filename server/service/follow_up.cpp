// SPDX-License-Identifier: Apache-2.0
#include "service/follow_up.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

#include "domain/site_code.hpp"
#include "kit/limits.hpp"
#include "service/audit.hpp"
#include "service/trace_table.hpp"

namespace chayan::service {
namespace {

using kit::invalid_field;

std::string public_id(const storage::Blind& id) { return domain::encode_base32(id.data(), id.size()); }
std::optional<storage::Blind> read_id(std::string_view text) {
    storage::Blind id{};
    return domain::decode_base32(text, id.data(), id.size()) ? std::optional(id) : std::nullopt;
}

/// How many a page has; nothing when it is no such number.
std::optional<std::size_t> read_limit(const std::string& text, std::size_t most) {
    if (text.empty()) return most;
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_good = error == std::errc{} && end == text.data() + text.size() && number >= 1 && number <= most;
    return is_good ? std::optional(number) : std::nullopt;
}

kit::Status write_down(Writer& writer, AuditEntry entry) {
    return run_and_wait(writer, [entry = std::move(entry)](WriteContext& context) -> kit::Status {
        context.audit(entry);
        return kit::Done{};
    }, true);
}

/// The one of that id, if it is this case's.
std::optional<storage::QuestionRow> find_row(storage::Connection& reader, const std::string& case_number, const std::string& id) {
    const auto named = read_id(id);
    auto row = named ? reader.desk().find_question(*named) : std::nullopt;
    return row && row->case_number == case_number ? std::move(row) : std::nullopt;
}

/// Whoever asks again wants to know what is known now.
Question as_of_now(Question question) {
    std::visit([](auto& one) {
        if constexpr (requires { one.known_at; }) one.known_at.reset();
    }, question);
    return question;
}

/// The same question with a window that ends now, or where its preset says.
Question until(Question question, domain::Instant now) {
    const auto end = domain::format_rfc3339(now + 1);
    if (auto* trace = std::get_if<TraceRequest>(&question)) {
        trace->to = trace->preset && trace->anchor ? std::nullopt : std::optional(end);
    } else if (auto* passages = std::get_if<PassagesQuestion>(&question)) {
        passages->to = end;
    } else if (auto* path = std::get_if<TrajectoryQuestion>(&question)) {
        path->to = end;
    } else if (auto* shared = std::get_if<SharedPlacesRequest>(&question); shared != nullptr && shared->to) {
        shared->to = end;   // a case's own window is when they may have caught it
    }
    return question;
}

/// Who of an answer is new beside who was found before, and who of those is found no more.
struct Change {
    std::vector<bool> is_new;   ///< of each contact
    std::size_t gone = 0;
};

Change change_since(const FoundPeople& before, const domain::People& people, const std::vector<domain::Contact>& contacts) {
    std::unordered_set<domain::RegistrationId> known;
    for (const auto& one : before) known.insert(one.begin(), one.end());
    std::unordered_set<domain::PersonNo> found;
    Change change;
    for (const auto& contact : contacts) {
        const auto person = people.resolve(contact.person);   // joined to somebody while we asked
        const auto& statements = people.registrations_of(person);
        change.is_new.push_back(std::none_of(statements.begin(), statements.end(), [&](domain::RegistrationId one) { return known.contains(one); }));
        found.insert(person);
    }
    for (const auto& one : before)
        if (std::none_of(one.begin(), one.end(), [&](domain::RegistrationId statement) { return found.contains(people.person_of(statement)); })) ++change.gone;
    return change;
}

/// A column of its own, behind all others.
void tell_new(AnswerTable& table, Change change) {
    auto& part = table.parts.front();
    table.tail.emplace_back("new", static_cast<std::int64_t>(std::count(change.is_new.begin(), change.is_new.end(), true)));
    table.tail.emplace_back("gone", static_cast<std::int64_t>(change.gone));
    part.columns.push_back({"new", ColumnKind::flag, "新增"});
    part.fill = [fill = std::move(part.fill), is_new = std::move(change.is_new)](std::uint64_t number, Row& row) {
        fill(number, row);
        row.back() = bool{is_new[number]};
    };
}

}  // namespace

FollowUp::FollowUp(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing, Staff& staff)
    : writer_(writer), vault_(vault), clock_(clock), board_(board), tracing_(tracing), staff_(staff) {}

KeptQuestionView FollowUp::view_of(const storage::QuestionRow& row) const {
    KeptQuestionView view;
    view.id = public_id(row.id);
    view.kind = word_of(row.kind);
    view.kept = open_question(vault_, row);
    view.asked = row.asked;
    view.asked_last = row.asked_last;
    view.times = row.times;
    view.by = staff_.login_of(row.by);
    view.count = row.count;
    view.is_complete = row.is_complete;
    view.digest = hex(row.digest);
    view.has_people = row.has_people;
    return view;
}

kit::Result<KeptQuestionsPage> FollowUp::questions(const Caller& caller, storage::Connection& reader, const std::string& case_number, const std::string& limit,
                                                   const std::string& cursor) {
    constexpr const char* action = "questions_listed";
    if (auto status = tracing_.may_ask(caller, reader, case_number, action); !status) return status.error();
    const auto count = read_limit(limit, kit::questions_page_max);
    if (!count) return invalid_field("/limit", "page_limit_range");
    const auto after = cursor.empty() ? std::nullopt : find_row(reader, case_number, cursor);
    if (!cursor.empty() && !after) return invalid_field("/cursor", "cursor_unknown");
    auto rows = reader.desk().questions(case_number, after ? after->number : 0, *count + 1);
    KeptQuestionsPage page;
    const bool has_more = rows.size() > *count;
    if (has_more) rows.pop_back();
    for (const auto& row : rows) page.questions.push_back(view_of(row));
    if (has_more) page.next = page.questions.back().id;
    auto status = write_down(writer_, {caller.id, action, case_number, audit_detail({{"found", std::to_string(page.questions.size())}})});
    if (!status) return status.error();
    return page;
}

kit::Result<StoredQuestion> FollowUp::find(const Caller& caller, storage::Connection& reader, const std::string& case_number, const std::string& id) {
    if (auto status = tracing_.may_ask(caller, reader, case_number, "question_run"); !status) return status.error();
    auto row = find_row(reader, case_number, id);
    auto kept = row ? open_question(vault_, *row) : std::nullopt;
    if (!kept) return kit::Error{kit::Errc::not_found, "question_unknown"};
    return StoredQuestion{*std::move(row), *std::move(kept)};
}

kit::Result<AnswerTable> FollowUp::run(const Caller& caller, storage::Connection& reader, const StoredQuestion& stored, bool until_now) {
    const auto question = as_of_now(until_now ? until(stored.kept.question, clock_.now()) : stored.kept.question);
    const auto before = stored.row.has_people ? open_people(vault_, stored.row) : std::nullopt;
    const auto tell_sum = [&](AnswerTable& table, const AnswerSum& sum) {
        table.tail.emplace_back("since", stored.row.asked_last);
        table.tail.emplace_back("same", sum.digest == stored.row.digest);
    };
    const auto* request = std::get_if<TraceRequest>(&question);
    if (request == nullptr || !before) {
        AnswerSum sum;
        auto table = ask(tracing_, caller, reader, question, Shown::masked, &sum);
        if (table) tell_sum(*table, sum);
        return table;
    }
    auto view = tracing_.trace(caller, reader, *request);
    if (!view) return view.error();
    const auto sum = sum_of(*view);
    auto change = change_since(*before, *board_.load()->people, view->answer.contacts);
    auto table = table_of_trace(tracing_, *std::move(view), Shown::masked);
    table.case_number = stored.row.case_number;
    tell_sum(table, sum);
    tell_new(table, std::move(change));
    return table;
}

}  // namespace chayan::service
