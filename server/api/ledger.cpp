// SPDX-License-Identifier: Apache-2.0
// The ledger's lists and entries, and the alerts of who passed.
#include <algorithm>

#include "api/answer.hpp"
#include "api/desk_json.hpp"
#include "kit/limits.hpp"
#include "service/alert_bell.hpp"
#include "service/ledger_desk.hpp"
#include "service/words.hpp"

namespace chayan::api {
namespace {

using kit::Errc;
using kit::Error;

void write_list(JsonText& text, const service::LedgerListView& view) {
    text.member("id", std::to_string(view.id)).member("document", view.document).member("measure", view.measure).member("until", domain::format_rfc3339(view.until));
    text.member("rows", std::int64_t{view.rows}).member("state", view.state).member("by", view.by).member("at", domain::format_rfc3339(view.at)).member("own", view.is_own);
    if (view.decided) text.member("decided_by", view.decided_by).member("decided", domain::format_rfc3339(*view.decided));
}

void write_state(JsonText& text, const domain::LedgerState& state) {
    text.member("measure", domain::word_of(state.measure)).member("outcome", domain::word_of(state.outcome)).member("until", domain::format_rfc3339(state.until));
    text.member("undone", state.is_undone);
}

void write_handed(JsonText& text, const domain::LedgerState& state, const std::string& name) {
    if (state.division.digits != 0) text.key("division").begin_object().member("code", std::string(domain::DivisionText(state.division))).member("name", name).end_object();
}

void write_entry(JsonText& text, const service::LedgerEntryView& view) {
    text.member("id", std::to_string(view.id)).member("list", std::to_string(view.list));
    write_person(text, view.person);
    write_state(text, view.state);
    write_handed(text, view.state, view.division);
    if (view.registered) text.member("registered", domain::format_rfc3339(*view.registered));
}

void answer_list(Parts& parts, Call& call, const kit::Result<service::LedgerListView>& view) {
    if (!view) return refuse(parts, call, view.error());
    JsonText text;
    write_list(text.begin_object(), *view);
    answer(call, 200, text.end_object());
}

void answer_entry(Parts& parts, Call& call, const kit::Result<service::LedgerEntryView>& view) {
    if (!view) return refuse(parts, call, view.error());
    JsonText text;
    write_entry(text.begin_object(), *view);
    text.member("document", view->document).member("proposed_by", view->proposed_by).member("approved_by", view->approved_by);
    text.key("acts").begin_array();
    for (const auto& act : view->acts) {
        write_state(text.begin_object(), act.state);
        write_handed(text, act.state, act.division);
        text.member("by", act.by).member("at", domain::format_rfc3339(act.at));
        if (!act.note.empty()) text.member("note", act.note);
        text.end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void answer_entries(Parts& parts, Call& call, const kit::Result<service::LedgerEntryPage>& page) {
    if (!page) return refuse(parts, call, page.error());
    JsonText text;
    text.begin_object().key("entries").begin_array();
    for (const auto& view : page->entries) {
        write_entry(text.begin_object(), view);
        text.end_object();
    }
    text.end_array();
    if (page->next != 0) text.member("next", std::to_string(page->next));
    answer(call, 200, text.end_object());
}

/// The one text of a body.
kit::Result<std::string> read_text(const Call& call, const char* name) {
    auto document = Document::parse(call.request.body);
    if (!document) return document.error();
    std::string text;
    {
        Members body(*document);
        text = body.text(name);
    }
    if (auto status = document->status(); !status) return status.error();
    return text;
}

}  // namespace

void propose_list(Parts& parts, Call& call) {
    if (!call.caller->confirmed) return refuse(parts, call, {Errc::forbidden, "reauthenticate"});
    const auto proposed = parts.ledger.propose(*call.caller, *call.reader, call.request.body, {call.query("document"), call.query("measure"), call.query("until")});
    if (!proposed) return refuse(parts, call, proposed.error());
    const auto language = service::preferred_language(call.request.accept_language);
    JsonText text;
    write_list(text.begin_object(), proposed->list);
    text.member("matched", static_cast<std::int64_t>(proposed->matched)).key("rejected").begin_array();
    for (const auto& row : proposed->rejected) {
        text.begin_object().member("line", static_cast<std::int64_t>(row.line)).member("column", row.column).member("code", row.code);
        text.member("reason", service::sentence(row.code, language)).end_object();
    }
    answer(call, 201, text.end_array().end_object());
}

void list_lists(Parts& parts, Call& call) {
    const auto views = parts.ledger.lists(*call.caller, *call.reader);
    if (!views) return refuse(parts, call, views.error());
    JsonText text;
    text.begin_object().key("lists").begin_array();
    for (const auto& view : *views) {
        write_list(text.begin_object(), view);
        text.end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void approve_list(Parts& parts, Call& call) {
    if (!call.caller->confirmed) return refuse(parts, call, {Errc::forbidden, "reauthenticate"});
    answer_list(parts, call, parts.ledger.decide(*call.caller, *call.reader, number_of(call.parameters[0]), true));
}

void refuse_list(Parts& parts, Call& call) { answer_list(parts, call, parts.ledger.decide(*call.caller, *call.reader, number_of(call.parameters[0]), false)); }

void undo_list(Parts& parts, Call& call) {
    const auto reason = read_text(call, "reason");
    if (!reason) return refuse(parts, call, reason.error());
    answer_list(parts, call, parts.ledger.undo(*call.caller, *call.reader, number_of(call.parameters[0]), *reason));
}

void list_entries(Parts& parts, Call& call) {
    const auto after = cursor_of(call);
    if (!after) return refuse(parts, call, kit::invalid_field("/cursor", "cursor_unknown"));
    answer_entries(parts, call, parts.ledger.entries(*call.caller, *call.reader, number_of(call.parameters[0]), *after));
}

void list_handed(Parts& parts, Call& call) {
    const auto after = cursor_of(call);
    if (!after) return refuse(parts, call, kit::invalid_field("/cursor", "cursor_unknown"));
    answer_entries(parts, call, parts.ledger.handed(*call.caller, *call.reader, *after));
}

void hand_entry(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::string division, reason;
    {
        Members body(*document);
        division = body.text("division");
        reason = body.text("reason");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_entry(parts, call, parts.ledger.hand(*call.caller, *call.reader, number_of(call.parameters[0]), division, reason));
}

void show_entry(Parts& parts, Call& call) { answer_entry(parts, call, parts.ledger.entry(*call.caller, *call.reader, number_of(call.parameters[0]))); }

void check_entry(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::EntryCheck check;
    {
        Members body(*document);
        check.outcome = body.text("outcome");
        check.measure = body.text_if("measure");
        check.until = body.text_if("until");
        check.note = body.text_if("note").value_or("");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_entry(parts, call, parts.ledger.check(*call.caller, *call.reader, number_of(call.parameters[0]), check));
}

void undo_entry(Parts& parts, Call& call) {
    const auto reason = read_text(call, "reason");
    if (!reason) return refuse(parts, call, reason.error());
    answer_entry(parts, call, parts.ledger.undo_entry(*call.caller, *call.reader, number_of(call.parameters[0]), *reason));
}

void list_alerts(Parts& parts, Call& call) {
    const auto state = call.query("state");
    if (!state.empty() && state != "open" && state != "all") return refuse(parts, call, kit::invalid_field("/state", "alert_state_unknown"));
    const auto before = cursor_of(call);
    if (!before) return refuse(parts, call, kit::invalid_field("/cursor", "cursor_unknown"));
    const auto page = parts.ledger.alerts(*call.caller, *call.reader, state != "all", *before);
    if (!page) return refuse(parts, call, page.error());
    JsonText text;
    text.begin_object().key("alerts").begin_array();
    for (const auto& view : page->alerts) {
        text.begin_object().member("id", std::to_string(view.id));
        text.member(view.record != 0 ? "isolation" : "entry", std::to_string(view.record != 0 ? view.record : view.entry));
        if (!view.site.empty()) text.key("site").begin_object().member("ref", view.site).member("name", view.site_name).end_object();
        text.member("at", domain::format_rfc3339(view.at)).member("received", domain::format_rfc3339(view.received)).member("verdict", view.verdict).member("measure", view.measure);
        if (!view.site.empty()) text.member("by_staff", view.by_staff);
        write_person(text, view.person);
        if (view.closed) text.member("closed", domain::format_rfc3339(*view.closed)).member("closed_by", view.closed_by).member("note", view.note);
        text.end_object();
    }
    text.end_array();
    if (page->next != 0) text.member("next", std::to_string(page->next));
    answer(call, 200, text.end_object());
}

/// One event an answer: no thread and no open stream waits, only the reply does. `id` lets a browser's EventSource, or whoever asks again, go on behind it.
void listen_for_alerts(Parts& parts, Call& call) {
    const auto given = call.request.last_event_id.empty() ? call.query("after") : call.request.last_event_id;   // a page that begins again says where it was
    const auto after = given.empty() ? parts.bell.newest() : number_of(given);
    auto shared = call.shared_from_this();
    service::AlertBell::Listener listener;
    listener.after = after;
    const auto now = parts.clock.now();
    const auto wait = call.query("wait");
    const auto wait_s = wait.empty() ? kit::alert_wait_s_max : std::min(kit::alert_wait_s_max, static_cast<std::int64_t>(std::min<std::uint64_t>(number_of(wait), 60)));
    listener.until = now + wait_s;
    listener.by = call.caller->id;
    listener.concerns = [&board = parts.board, shared](const service::RaisedAlert& alert) {
        const auto directory = board.load();
        const auto* row = alert.site.is_none() ? nullptr : directory->site(alert.site);
        return (row != nullptr && shared->caller->find_site(*directory, row->ref) != nullptr) || service::is_kept_by(*shared->caller, alert.kept_by);
    };
    listener.called = [shared, after](std::uint64_t news) {
        const auto id = std::to_string(std::max(after, news));
        std::string text = "retry: 200\nid: " + id + '\n';
        if (news != 0) text += "event: alert\ndata: {\"id\":\"" + id + "\"}\n";
        (*shared->reply)(http::Response{200, "text/event-stream", text + '\n', {{"Cache-Control", "no-store"}}, false});
    };
    if (!parts.bell.listen(std::move(listener))) return refuse(parts, *shared, Error{Errc::busy, "busy", {}, kit::retry_after_s});
    if (wait_s == 0) parts.bell.tend(now);
}

void close_alert(Parts& parts, Call& call) {
    const auto note = read_text(call, "note");
    if (!note) return refuse(parts, call, note.error());
    const auto status = parts.ledger.close_alert(*call.caller, *call.reader, number_of(call.parameters[0]), *note);
    if (!status) return refuse(parts, call, status.error());
    JsonText text;
    answer(call, 200, text.begin_object().member("closed", true).end_object());
}

}  // namespace chayan::api
