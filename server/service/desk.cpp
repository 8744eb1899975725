// SPDX-License-Identifier: Apache-2.0
#include "service/desk.hpp"

#include "domain/document.hpp"
#include "domain/text.hpp"
#include "kit/limits.hpp"

namespace chayan::service {
namespace {

constexpr const char* state_words[] = {"open", "hold", "closed"};

std::optional<storage::CaseState> find_state(const std::string& word) {
    for (std::size_t i = 0; i < std::size(state_words); ++i)
        if (word == state_words[i]) return static_cast<storage::CaseState>(i);
    return std::nullopt;
}

/// The number also stands in audit lines and on cover sheets. Nothing is trimmed: what was sent is what is asked for.
bool is_good(const std::string& text, std::size_t bytes_max) { return text.size() <= bytes_max && domain::parse_label(text, bytes_max).has_value(); }

/// The number stands in addresses, where these are refused or name something else, and in the audit log, where nobody's document may.
const char* number_fault(const std::string& number, domain::Instant now) {
    if (!is_good(number, kit::case_number_chars_max)) return "text_malformed";
    if (number == "." || number == ".." || number.find('/') != std::string::npos) return "ref_path";
    const auto document = domain::parse_document(domain::DocumentType::id, number, {}, {static_cast<std::int32_t>(now.s / 86'400) + 1});
    return document ? "case_number_document" : nullptr;
}

bool is_expired(const storage::CaseRow& row, domain::Instant now) { return row.expires && *row.expires <= now; }

kit::Error wrong(const char* pointer, const char* code) { return {kit::Errc::invalid, "case_invalid", {{pointer, code}}}; }

}  // namespace

CaseDesk::CaseDesk(Writer& writer, Vault& vault, const Clock& clock) : writer_(writer), vault_(vault), clock_(clock) {}

kit::Result<CaseView> CaseDesk::open_case(const Caller& caller, const std::string& number, const std::string& title,
                                          const std::string& purpose, const std::optional<std::string>& expires) {
    if (const auto* fault = number_fault(number, clock_.now())) return wrong("/number", fault);
    if (!is_good(title, 3 * kit::case_title_chars_max)) return wrong("/title", "text_malformed");
    if (!is_good(purpose, 3 * kit::case_title_chars_max)) return wrong("/purpose", "text_malformed");
    storage::CaseRow row;
    row.number = number;
    row.title = vault_.seal(SealKind::case_text, number + "/title", title);
    row.purpose = vault_.seal(SealKind::case_text, number + "/purpose", purpose);
    row.by = caller.id;
    row.at = clock_.now();
    if (expires) {
        const auto at = domain::parse_rfc3339(*expires);
        if (!at) return wrong("/expires", "time_malformed");
        if (*at <= row.at) return wrong("/expires", "time_past");
        row.expires = *at;
    }
    const auto status = run_and_wait(writer_, [row](WriteContext& context) -> kit::Status {
        if (context.store().desk().find_case(row.number)) return kit::Error{kit::Errc::conflict, "case_taken"};
        context.store().desk().put(row);
        context.audit({row.by, "case_opened", row.number, {}});
        return kit::Done{};
    });
    if (!status) return status.error();
    return view_of(row);
}

kit::Result<CaseView> CaseDesk::change_case(const Caller& caller, const std::string& number, const CaseChange& change) {
    const auto changed = std::make_shared<storage::CaseRow>();
    const auto status = run_and_wait(writer_, [this, caller, number, change, changed](WriteContext& context) -> kit::Status {
        auto row = context.store().desk().find_case(number);
        if (!row) return kit::Error{kit::Errc::not_found, "case_unknown"};
        if (change.title) {
            if (!is_good(*change.title, 3 * kit::case_title_chars_max)) return wrong("/title", "text_malformed");
            row->title = vault_.seal(SealKind::case_text, number + "/title", *change.title);
        }
        if (change.purpose) {
            if (!is_good(*change.purpose, 3 * kit::case_title_chars_max)) return wrong("/purpose", "text_malformed");
            row->purpose = vault_.seal(SealKind::case_text, number + "/purpose", *change.purpose);
        }
        if (change.state) {
            const auto state = find_state(*change.state);
            if (!state) return wrong("/state", "case_state_unknown");
            row->state = *state;
        }
        if (change.expires) {
            const auto at = domain::parse_rfc3339(*change.expires);
            if (!at) return wrong("/expires", "time_malformed");
            row->expires = *at;
        }
        context.store().desk().put(*row);
        context.audit({caller.id, "case_changed", number, {}});
        *changed = *row;
        return kit::Done{};
    });
    if (!status) return status.error();
    return view_of(*changed);
}

std::vector<CaseView> CaseDesk::cases(storage::Connection& reader) const {
    std::vector<CaseView> views;
    for (const auto& row : reader.desk().cases()) views.push_back(view_of(row));
    return views;
}

std::optional<CaseView> CaseDesk::find_case(storage::Connection& reader, const std::string& number) const {
    const auto row = reader.desk().find_case(number);
    if (!row) return std::nullopt;
    return view_of(*row);
}

kit::Status CaseDesk::require_open(storage::Connection& reader, const std::string& number) const {
    const auto row = number.empty() ? std::nullopt : reader.desk().find_case(number);
    const bool is_open = row && row->state == storage::CaseState::open && !is_expired(*row, clock_.now());
    if (!is_open) return kit::Error{kit::Errc::forbidden, "no_case"};
    return kit::Done{};
}

CaseView CaseDesk::view_of(const storage::CaseRow& row) const {
    CaseView view;
    view.number = row.number;
    view.title = vault_.open(SealKind::case_text, row.number + "/title", row.title).value_or("");
    view.purpose = vault_.open(SealKind::case_text, row.number + "/purpose", row.purpose).value_or("");
    view.state = state_words[static_cast<std::size_t>(is_expired(row, clock_.now()) ? storage::CaseState::closed : row.state)];
    view.expires = row.expires;
    view.opened = row.at;
    return view;
}

}  // namespace chayan::service
