// SPDX-License-Identifier: Apache-2.0
#include "service/ledger_desk.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "domain/csv.hpp"
#include "domain/registration.hpp"
#include "domain/text.hpp"
#include "kit/limits.hpp"
#include "service/alert_bell.hpp"
#include "service/audit.hpp"
#include "service/ledger_texts.hpp"
#include "service/registrar.hpp"
#include "storage/register.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;
using kit::invalid_field;

enum Column : std::size_t { name, document_type, document_number, phone, birth_date, division, address };

const std::vector<domain::CsvColumn>& columns() {
    static const std::vector<domain::CsvColumn> all{{{"name", "姓名"}, true}, {{"document_type", "证件类型"}, false}, {{"document_number", "证件号码", "证件号", "身份证号", "身份证号码", "身份证", "公民身份号码"}, false},
                                                    {{"phone", "手机号", "手机号码", "手机", "电话", "联系电话", "联系方式"}, false}, {{"birth_date", "出生日期"}, false}, {{"division", "区划"}, false},
                                                    {{"address", "住址", "地址"}, false}};
    return all;
}

struct Lead {
    std::uint32_t line;
    domain::Statement statement;
    std::string raw;
};
struct Leads {
    std::string header;
    std::vector<Lead> good;
    std::vector<RejectedRow> rejected;
};

/// A spreadsheet's mark of a text, which is none of the text.
std::string without_apostrophe(std::string text) {
    if (text.starts_with('\'')) text.erase(0, 1);
    return text;
}

/// Who is meant, twice in one file: the same document, or without one the same phone.
std::string key_of(const domain::Statement& statement) {
    return statement.document ? domain::document_key(*statement.document) : "phone " + statement.phone->e164;
}

kit::Result<Leads> read_leads(std::string_view csv, domain::Day today, const Divisions& divisions) {
    Leads leads;
    ImportTable table(csv, columns());
    if (auto status = table.open(csv, leads.header); !status) return status.error();
    std::unordered_set<std::string> taken;
    while (const auto row = table.next()) {
        const auto refuse = [&](const char* column, const char* code) { leads.rejected.push_back(rejected(*row, column, code)); };
        if (row->fault != nullptr) {
            refuse("", row->fault);
            continue;
        }
        domain::StatementFields fields;
        fields.name = table.value(*row, name);
        fields.document_number = without_apostrophe(table.value(*row, document_number));
        if (!fields.document_number.empty()) fields.document_type = table.value(*row, document_type).empty() ? "id" : table.value(*row, document_type);
        fields.phone = without_apostrophe(table.value(*row, phone));
        fields.birth_date = table.value(*row, birth_date);
        fields.address = table.value(*row, address);
        fields.division = table.value(*row, division);
        if (const auto* named = divisions.find(fields.division)) fields.division = std::string(domain::DivisionText(named->code));
        auto statement = domain::parse_statement(fields, today, false);
        if (!statement) leads.rejected.push_back(rejected(*row, statement.error()));
        else if (!statement->document && !statement->phone) refuse("document_number", "lead_unidentified");
        else if (!taken.insert(key_of(*statement)).second) refuse("document_number", "lead_twice");
        else leads.good.push_back({static_cast<std::uint32_t>(leads.good.size() + 2), *std::move(statement), std::string(row->raw)});
    }
    return leads;
}

/// The good rows as a file of their own: their lines are those that entries name.
std::string file_of(const Leads& leads) {
    auto text = leads.header + '\n';
    for (const auto& lead : leads.good) text += lead.raw + '\n';
    return text;
}

/// `rows` with what the same proposed within a day: a list in twenty parts is one.
bool is_share_exceeded(storage::LedgerBook& book, const storage::LedgerListRow& list, std::size_t rows, const domain::People& people) {
    for (const auto& other : book.lists()) {
        const bool counts = other.state == storage::ListState::proposed || other.state == storage::ListState::approved;
        if (counts && other.id != list.id && other.by == list.by && other.at > list.at - kit::ledger_share_span_s && other.at <= list.at) rows += other.rows;
    }
    return rows > kit::ledger_rows_free && rows * 100 > people.person_count() * kit::ledger_share_percent_max;
}

kit::Result<domain::Instant> read_until(const std::string& text, domain::Instant now) {
    const auto until = domain::parse_rfc3339(text);
    if (!until) return invalid_field("/until", "time_malformed");
    if (*until <= now || *until - now > kit::ledger_days_max * 86'400) return invalid_field("/until", "ledger_until");
    return *until;
}

bool is_in_scope(const Caller& caller, const storage::LedgerListRow& row) { return caller.scope.digits == 0 || (row.scope.digits != 0 && caller.may_see(row.scope)); }

std::string name_of(const Directory& directory, domain::DivisionCode division) {
    const auto* row = division.digits == 0 ? nullptr : directory.divisions->find(division);
    return row == nullptr ? std::string(domain::DivisionText(division)) : row->name;
}

bool is_handed_to(const Caller& caller, const storage::LedgerEntryRow& row) { return row.state.division.digits != 0 && caller.may_see(row.state.division); }

/// Whose an entry is: its list's, or to whom it was handed.
domain::DivisionCode division_of(storage::Connection& reader, const storage::LedgerEntryRow& row) {
    if (row.state.division.digits != 0) return row.state.division;
    const auto list = reader.ledger().find_list(row.list);
    return list ? list->scope : domain::DivisionCode{};
}

/// Nothing, being observed, staying at home, staying at a place of isolation.
int hardness(domain::Measure measure) {
    switch (measure) {
        case domain::Measure::none: return 0;
        case domain::Measure::observation: return 1;
        case domain::Measure::home: return 2;
        case domain::Measure::central: return 3;
    }
    return 0;
}

constexpr const char* state_words[] = {"proposed", "approved", "refused", "undone"};

}  // namespace

bool is_kept_by(const Caller& caller, domain::DivisionCode division) {
    const bool is_office = caller.has(storage::Role::tracer) || caller.has(storage::Role::manager);
    return is_office && (caller.scope.digits == 0 || (division.digits != 0 && caller.may_see(division)));
}

LedgerDesk::LedgerDesk(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, Staff& staff)
    : writer_(writer), vault_(vault), clock_(clock), board_(board), staff_(staff) {}

LedgerListView LedgerDesk::view_of(const Caller& caller, const storage::LedgerListRow& row) const {
    LedgerListView view;
    view.id = row.id;
    view.document = open_text(vault_, row, ListText::document).value_or("");
    view.by = staff_.login_of(row.by);
    view.measure = domain::word_of(row.measure);
    view.state = state_words[static_cast<std::size_t>(row.state)];
    view.until = row.until;
    view.at = row.at;
    if (row.decided.s != 0) view.decided = row.decided, view.decided_by = staff_.login_of(row.decided_by);
    view.rows = row.rows;
    view.is_own = row.by == caller.id;
    return view;
}

kit::Result<ProposedList> LedgerDesk::propose(const Caller& caller, storage::Connection& reader, std::string_view csv, const ListProposal& proposal) {
    const auto document = domain::parse_label(proposal.document, 3 * kit::case_title_chars_max);
    if (!document) return invalid_field("/document", "ledger_document");
    const auto measure = domain::find_measure(proposal.measure);
    if (!measure) return invalid_field("/measure", "measure_unknown");
    storage::LedgerListRow row;
    row.at = clock_.now();
    const auto until = read_until(proposal.until, row.at);
    if (!until) return until.error();
    auto leads = read_leads(csv, {static_cast<std::int32_t>(row.at.s / 86'400) + 1}, *board_.load()->divisions);
    if (!leads) return leads.error();
    if (leads->good.empty()) {
        Error empty{Errc::invalid, "ledger_empty"};
        if (!leads->rejected.empty()) empty.fields = {{"/" + std::to_string(leads->rejected[0].line) + "/" + leads->rejected[0].column, leads->rejected[0].code}};
        return empty;
    }
    row.scope = caller.scope;
    row.measure = *measure;
    row.until = *until;
    row.by = caller.id;
    if (is_share_exceeded(reader.ledger(), row, leads->good.size(), *board_.load()->people)) return Error{Errc::invalid, "ledger_share"};
    row.rows = static_cast<std::uint32_t>(leads->good.size());
    row.sealed = seal_text(vault_, row, ListText::document, *document);
    row.file = seal_text(vault_, row, ListText::file, file_of(*leads));
    ProposedList proposed;
    for (std::size_t begin = 0; begin < leads->good.size(); begin += kit::import_slice_rows) {
        std::size_t matched = 0;
        const auto end = std::min(leads->good.size(), begin + kit::import_slice_rows);
        auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
            matched = 0;
            for (std::size_t i = begin; i < end; ++i) matched += match_statement(context, vault_, leads->good[i].statement).empty() ? 0U : 1U;
            return kit::Done{};
        });
        if (!status) return status.error();
        proposed.matched += matched;
    }
    auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        row.id = context.store().ledger().append(row);
        context.audit({caller.id, "ledger_proposed", {}, audit_detail({{"list", std::to_string(row.id)}, {"document", *document}, {"rows", std::to_string(row.rows)}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    proposed.list = view_of(caller, row);
    proposed.rejected = std::move(leads->rejected);
    return proposed;
}

kit::Result<std::vector<LedgerListView>> LedgerDesk::lists(const Caller& caller, storage::Connection& reader) {
    std::vector<LedgerListView> views;
    for (const auto& row : reader.ledger().lists())
        if (is_in_scope(caller, row)) views.push_back(view_of(caller, row));
    return views;
}

kit::Status LedgerDesk::approve(const Caller& caller, const storage::LedgerListRow& row, storage::Connection& reader) {
    if (row.until <= clock_.now()) return Error{Errc::conflict, "ledger_over"};
    const auto text = open_text(vault_, row, ListText::file);
    const auto leads = text ? read_leads(*text, {static_cast<std::int32_t>(clock_.now().s / 86'400) + 1}, *board_.load()->divisions) : Error{Errc::conflict, "ledger_damaged"};
    if (!leads) return leads.error();
    if (is_share_exceeded(reader.ledger(), row, leads->good.size(), *board_.load()->people)) return Error{Errc::invalid, "ledger_share"};
    std::unordered_set<std::uint32_t> entered;   // by an approval that was cut off
    for (const auto& held : reader.ledger().entries(row.id, 0, row.rows)) entered.insert(held.line);
    for (std::size_t begin = 0; begin < leads->good.size(); begin += kit::import_slice_rows) {
        const auto end = std::min(leads->good.size(), begin + kit::import_slice_rows);
        auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
            for (std::size_t i = begin; i < end; ++i) {
                const auto& lead = leads->good[i];
                if (entered.contains(lead.line)) continue;
                const auto registered = register_statement(context, vault_, lead.statement, {storage::Origin::lead, row.by, 0});
                (void)context.store().ledger().append(storage::LedgerEntryRow{0, row.id, lead.line, registered.registration, {row.measure, domain::Outcome::open, row.until, false}});
            }
            return kit::Done{};
        }, false, std::max(kit::command_scans, end - begin));
        if (!status) return status.error();
    }
    return run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.store().ledger().decide(row.id, storage::ListState::approved, caller.id, context.now());
        context.audit({caller.id, "ledger_approved", {}, audit_detail({{"list", std::to_string(row.id)}, {"rows", std::to_string(row.rows)}, {"proposed_by", staff_.login_of(row.by)}})});
        return kit::Done{};
    });
}

kit::Result<LedgerListView> LedgerDesk::decide(const Caller& caller, storage::Connection& reader, std::uint64_t id, bool is_approved) {
    const std::lock_guard one_at_a_time(deciding_);
    const auto row = reader.ledger().find_list(id);
    if (!row || !is_in_scope(caller, *row)) return Error{Errc::not_found, "list_unknown"};
    if (row->state != storage::ListState::proposed) return Error{Errc::conflict, "ledger_decided"};
    if (row->by == caller.id && is_approved) return Error{Errc::forbidden, "ledger_own"};
    const auto status = is_approved ? approve(caller, *row, reader) : run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.store().ledger().decide(id, storage::ListState::refused, caller.id, context.now());
        context.audit({caller.id, "ledger_refused", {}, audit_detail({{"list", std::to_string(id)}, {"proposed_by", staff_.login_of(row->by)}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    return view_of(caller, reader.ledger().find_list(id).value());
}

kit::Result<LedgerListView> LedgerDesk::undo(const Caller& caller, storage::Connection& reader, std::uint64_t id, const std::string& reason) {
    if (auto status = check_written("/reason", reason, kit::reason_chars_max); !status) return status.error();
    const std::lock_guard one_at_a_time(deciding_);
    const auto row = reader.ledger().find_list(id);
    if (!row || !is_in_scope(caller, *row)) return Error{Errc::not_found, "list_unknown"};
    if (row->state != storage::ListState::approved) return Error{Errc::conflict, "ledger_not_approved"};
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.store().ledger().decide(id, storage::ListState::undone, caller.id, context.now());
        context.audit({caller.id, "ledger_undone", {}, audit_detail({{"list", std::to_string(id)}, {"reason", reason}, {"proposed_by", staff_.login_of(row->by)}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    return view_of(caller, reader.ledger().find_list(id).value());
}

LedgerEntryView LedgerDesk::view_of(storage::Connection& reader, const storage::LedgerEntryRow& row) const {
    const auto directory = board_.load();
    const auto person = directory->people->person_of(row.registration);
    LedgerEntryView view{row.id, row.list, masked(reader, vault_, *directory->people, person), row.state, {}};
    view.division = name_of(*directory, row.state.division);
    for (const auto other : directory->people->registrations_of(person)) {
        const auto said = reader.registry().registration(other);
        if (said && said->origin != storage::Origin::lead && (!view.registered || *view.registered < said->at)) view.registered = said->at;
    }
    return view;
}

std::optional<storage::LedgerEntryRow> LedgerDesk::find_entry(const Caller& caller, storage::Connection& reader, std::uint64_t id) const {
    const auto row = reader.ledger().find_entry(id);
    const auto list = row ? reader.ledger().find_list(row->list) : std::nullopt;
    return list && (is_in_scope(caller, *list) || is_handed_to(caller, *row)) && list->state != storage::ListState::proposed ? row : std::nullopt;
}

kit::Result<LedgerEntryPage> LedgerDesk::entries(const Caller& caller, storage::Connection& reader, std::uint64_t list, std::uint64_t after) {
    const auto row = reader.ledger().find_list(list);
    if (!row || !is_in_scope(caller, *row)) return Error{Errc::not_found, "list_unknown"};
    LedgerEntryPage page;
    if (row->state == storage::ListState::proposed) return page;
    auto rows = reader.ledger().entries(list, after, kit::ledger_page_max + 1);
    if (rows.size() > kit::ledger_page_max) {
        rows.pop_back();
        page.next = rows.back().id;
    }
    for (const auto& entry : rows) page.entries.push_back(view_of(reader, entry));
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.audit({caller.id, "ledger_listed", {}, audit_detail({{"list", std::to_string(list)}, {"found", std::to_string(page.entries.size())}})});
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    return page;
}

kit::Result<LedgerEntryPage> LedgerDesk::handed(const Caller& caller, storage::Connection& reader, std::uint64_t after) {
    LedgerEntryPage page;
    for (bool has_more = true; has_more && page.entries.size() < kit::ledger_page_max;) {
        const auto rows = reader.ledger().handed(after, kit::ledger_page_max);
        has_more = rows.size() == kit::ledger_page_max;
        for (const auto& row : rows) {
            after = row.id;
            if (is_handed_to(caller, row)) page.entries.push_back(view_of(reader, row));
            if (page.entries.size() == kit::ledger_page_max) break;
        }
    }
    if (page.entries.size() == kit::ledger_page_max) page.next = after;
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.audit({caller.id, "handed_listed", {}, audit_detail({{"found", std::to_string(page.entries.size())}})});
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    return page;
}

kit::Result<LedgerEntryView> LedgerDesk::hand(const Caller& caller, storage::Connection& reader, std::uint64_t id, const std::string& division, const std::string& reason) {
    if (auto status = check_written("/reason", reason, kit::reason_chars_max); !status) return status.error();
    const auto* row = board_.load()->divisions->find(division);
    if (row == nullptr) return invalid_field("/division", "division_unknown");
    return act(caller, reader, id, "entry_handed", reason, [code = row->code](domain::LedgerState& state) -> kit::Status {
        state.division = code;
        return kit::Done{};
    });
}

kit::Result<LedgerEntryView> LedgerDesk::entry(const Caller& caller, storage::Connection& reader, std::uint64_t id) {
    if (!find_entry(caller, reader, id)) return Error{Errc::not_found, "entry_unknown"};
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.audit({caller.id, "entry_read", {}, audit_detail({{"entry", std::to_string(id)}})});
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    return with_acts(reader, id);
}

LedgerEntryView LedgerDesk::with_acts(storage::Connection& reader, std::uint64_t id) const {
    auto view = view_of(reader, reader.ledger().find_entry(id).value());
    const auto list = reader.ledger().find_list(view.list).value();
    view.document = open_text(vault_, list, ListText::document).value_or("");
    view.proposed_by = staff_.login_of(list.by);
    view.approved_by = staff_.login_of(list.decided_by);
    for (const auto& act : reader.ledger().acts(id))
        view.acts.push_back({act.state, staff_.login_of(act.by), open_note(vault_, act).value_or(""), act.at, name_of(*board_.load(), act.state.division)});
    return view;
}

kit::Result<LedgerEntryView> LedgerDesk::act(const Caller& caller, storage::Connection& reader, std::uint64_t id, const char* action, const std::string& note,
                                             const std::function<kit::Status(domain::LedgerState&)>& change) {
    if (!find_entry(caller, reader, id)) return Error{Errc::not_found, "entry_unknown"};
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        auto& ledger = context.store().ledger();
        const auto row = ledger.find_entry(id).value();
        if (ledger.find_list(row.list)->state != storage::ListState::approved) return Error{Errc::conflict, "ledger_not_approved"};
        if (row.state.is_undone) return Error{Errc::conflict, "entry_undone"};
        storage::LedgerActRow done{id, row.state, caller.id, context.now(), {}};
        if (auto good = change(done.state); !good) return good;
        done.note = seal_note(vault_, done, note);
        ledger.append(done);
        context.audit({caller.id, action, {}, audit_detail({{"entry", std::to_string(id)}, {"outcome", domain::word_of(done.state.outcome)}, {"measure", domain::word_of(done.state.measure)},
                                                          {"until", domain::format_rfc3339(done.state.until)}, {"division", std::string(domain::DivisionText(done.state.division))}, {"reason", note}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    return with_acts(reader, id);
}

kit::Result<LedgerEntryView> LedgerDesk::check(const Caller& caller, storage::Connection& reader, std::uint64_t id, const EntryCheck& check) {
    const auto outcome = domain::find_outcome(check.outcome);
    if (!outcome) return invalid_field("/outcome", "outcome_unknown");
    const auto measure = check.measure ? domain::find_measure(*check.measure) : std::nullopt;
    if (check.measure && !measure) return invalid_field("/measure", "measure_unknown");
    std::optional<domain::Instant> until;
    if (check.until) {
        const auto read = read_until(*check.until, clock_.now());
        if (!read) return read.error();
        until = *read;
    }
    if (!check.note.empty())
        if (auto status = check_written("/note", check.note, kit::reason_chars_max); !status) return status.error();
    return act(caller, reader, id, "entry_checked", check.note, [&](domain::LedgerState& state) -> kit::Status {
        // One proposed and another approved what stands: whoever makes more of it says why.
        const bool is_more = hardness(measure.value_or(state.measure)) > hardness(state.measure) || until.value_or(state.until) > state.until;
        if (is_more && check.note.empty()) return invalid_field("/note", "note_missing");
        state.outcome = *outcome;
        state.measure = measure.value_or(state.measure);
        state.until = until.value_or(state.until);
        return kit::Done{};
    });
}

kit::Result<LedgerEntryView> LedgerDesk::undo_entry(const Caller& caller, storage::Connection& reader, std::uint64_t id, const std::string& reason) {
    if (auto status = check_written("/reason", reason, kit::reason_chars_max); !status) return status.error();
    return act(caller, reader, id, "entry_undone", reason, [](domain::LedgerState& state) -> kit::Status {
        state.is_undone = true;
        return kit::Done{};
    });
}

std::optional<AlertView> LedgerDesk::view_of(const Caller& caller, storage::Connection& reader, const Directory& directory, const storage::AlertRow& row) const {
    const auto* site = directory.site(row.site);
    const auto of = open_alert(vault_, row);
    if ((site == nullptr && !row.site.is_none()) || !of) return std::nullopt;
    const auto entry = reader.ledger().find_entry(of->entry);
    const auto record = of->record == 0 ? std::nullopt : reader.registers().find(of->record);
    // Told where it happened, and to the office that keeps whoever it was.
    const auto kept_by = record ? record->standing.division : entry ? division_of(reader, *entry) : domain::DivisionCode{};
    const bool is_here = site != nullptr && caller.find_site(directory, site->ref) != nullptr;
    if (!is_here && !is_kept_by(caller, kept_by)) return std::nullopt;
    const char* measure = entry ? domain::word_of(entry->state.measure) : "";
    if (record) measure = domain::word_of(record->standing.site.is_none() ? domain::Measure::home : domain::Measure::central);
    AlertView view{row.id, of->entry, of->record, site == nullptr ? "" : site->ref, site == nullptr ? "" : site->name, row.at, row.received, row.verdict == domain::Verdict::stop ? "stop" : "call", measure,
                    masked(reader, vault_, *directory.people, directory.people->person_of(of->registration)), {}, {}, {}, of->by_staff};
    if (row.closed.s == 0) return view;
    view.closed = row.closed;
    view.closed_by = staff_.login_of(row.closed_by);
    view.note = open_note(vault_, row).value_or("");
    return view;
}

bool LedgerDesk::is_news(const Caller& caller, std::uint64_t newest, bool is_watching) {
    if (!is_watching) return true;
    const std::lock_guard lock(telling_);
    return std::exchange(told_[caller.id], newest) != newest;
}

kit::Result<AlertPage> LedgerDesk::alerts(const Caller& caller, storage::Connection& reader, bool open_only, std::uint64_t before) {
    const auto directory = board_.load();
    const bool is_first = before == 0;
    AlertPage page;
    // Those of other sites are passed over, page by page: a gate's own are few among a city's.
    for (bool has_more = true; has_more && page.alerts.size() < kit::ledger_page_max;) {
        const auto rows = reader.ledger().alerts(open_only, before, kit::ledger_page_max);
        has_more = rows.size() == kit::ledger_page_max;
        for (const auto& row : rows) {
            before = row.id;
            if (auto view = view_of(caller, reader, *directory, row)) page.alerts.push_back(*std::move(view));
            if (page.alerts.size() == kit::ledger_page_max) break;
        }
    }
    if (page.alerts.size() == kit::ledger_page_max) page.next = before;
    if (page.alerts.empty() || !is_news(caller, page.alerts.front().id, open_only && is_first)) return page;
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.audit({caller.id, "alerts_listed", {}, audit_detail({{"found", std::to_string(page.alerts.size())}})});
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    return page;
}

std::vector<RaisedAlert> last_alerts(storage::Connection& reader, const Vault& vault) {
    std::vector<RaisedAlert> alerts;
    for (const auto& row : reader.ledger().alerts(false, 0, AlertBell::alerts_kept)) {
        const auto of = open_alert(vault, row);
        const auto entry = of ? reader.ledger().find_entry(of->entry) : std::nullopt;
        const auto record = of && of->record != 0 ? reader.registers().find(of->record) : std::nullopt;
        alerts.push_back({row.id, row.site, record ? record->standing.division : entry ? division_of(reader, *entry) : domain::DivisionCode{}});
    }
    std::reverse(alerts.begin(), alerts.end());
    return alerts;
}

kit::Status LedgerDesk::close_alert(const Caller& caller, storage::Connection& reader, std::uint64_t id, const std::string& note) {
    if (auto status = check_written("/note", note, kit::reason_chars_max); !status) return status;
    const auto row = reader.ledger().find_alert(id);
    const auto directory = board_.load();
    const auto view = row ? view_of(caller, reader, *directory, *row) : std::nullopt;
    if (!view) return Error{Errc::not_found, "alert_unknown"};
    return run_and_wait(writer_, [&, ref = view->site](WriteContext& context) -> kit::Status {
        const auto sealed = seal_note(vault_, id, note);
        if (!context.store().ledger().close(id, caller.id, context.now(), sealed)) return Error{Errc::conflict, "alert_closed"};
        context.audit({caller.id, "alert_closed", {}, audit_detail({{"alert", std::to_string(id)}, {"where", ref}, {"reason", note}})});
        return kit::Done{};
    });
}

}  // namespace chayan::service
