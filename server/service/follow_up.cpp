// SPDX-License-Identifier: Apache-2.0
#include "service/follow_up.hpp"

#include <charconv>

#include "domain/site_code.hpp"
#include "kit/limits.hpp"
#include "service/audit.hpp"

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

}  // namespace

FollowUp::FollowUp(Writer& writer, Vault& vault, DirectoryBoard& board, Tracing& tracing, Staff& staff)
    : writer_(writer), vault_(vault), board_(board), tracing_(tracing), staff_(staff) {}

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

}  // namespace chayan::service
