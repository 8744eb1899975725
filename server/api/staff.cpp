// SPDX-License-Identifier: Apache-2.0
// What staff call at their desks and gates: gate scans, the word of the day, cases, imports.
#include <algorithm>

#include "api/answer.hpp"
#include "api/answer_forms.hpp"
#include "api/receipts.hpp"
#include "kit/limits.hpp"
#include "kit/log.hpp"
#include "service/daily_word.hpp"
#include "service/follow_up.hpp"
#include "service/throttle.hpp"
#include "service/verifications.hpp"
#include "service/words.hpp"

namespace chayan::api {
namespace {

using kit::Errc;
using kit::Error;

service::GateRequest read_gate_scan(Members& item) {
    service::GateRequest request;
    auto subject = item.object("subject");
    if (auto given = subject.object_if("document")) {
        request.document.emplace();
        request.document->document_type = given->text("type");
        request.document->document_number = given->text("number");
        request.document->document_country = given->text_if("country").value_or("");
    }
    const auto phone = subject.text_if("phone");
    const auto name = subject.text_if("name");
    request.credential = subject.text_if("credential");
    request.card = subject.text_if("card");
    if (request.document) request.document->name = name.value_or("");
    if (phone) {
        request.phone.emplace();
        request.phone->phone = *phone;
        request.phone->name = name.value_or("");
    }
    request.site = item.text("site");
    request.direction = item.text_if("direction");
    request.at = item.text_if("at");
    request.temperature = item.number_if("temperature");
    request.plate = item.text_if("plate");
    return request;
}

/// Exactly one subject, and a name with a phone.
bool is_one_subject(const service::GateRequest& request) {
    const int given = (request.document ? 1 : 0) + (request.phone ? 1 : 0) + (request.credential ? 1 : 0) + (request.card ? 1 : 0);
    return given == 1 && (!request.phone || !request.phone->name.empty());
}

kit::Result<service::GateRequest> read_item(Document& document, Members given) {
    service::GateRequest request;
    {
        Members item = std::move(given);
        request = read_gate_scan(item);
    }
    if (auto status = document.take_status(); !status) return status.error();
    if (!is_one_subject(request)) return Error{Errc::invalid, "subject_kind", {{"/subject", "subject_kind"}}};
    return request;
}

/// A case's members, into an object that is open.
void write_case(JsonText& text, const service::CaseView& view) {
    text.member("number", view.number).member("title", view.title).member("purpose", view.purpose).member("state", view.state);
    if (view.expires) text.member("expires", domain::format_rfc3339(*view.expires));
    text.member("opened", domain::format_rfc3339(view.opened));
}

void answer_case(Parts& parts, Call& call, int status, const kit::Result<service::CaseView>& view) {
    if (!view) return refuse(parts, call, view.error());
    JsonText text;
    write_case(text.begin_object(), *view);
    answer(call, status, text.end_object());
}

service::Importer importer_of(const Call& call) { return {call.caller->id, call.caller->scope}; }

using Import = kit::Result<service::ImportReport> (*)(Parts&, Call&);

enum class Imported : bool { rows, people };

void answer_import(Parts& parts, Call& call, Import run, Imported what = Imported::rows) {
    if (!call.caller->confirmed) return refuse(parts, call, {Errc::forbidden, "reauthenticate"});
    const auto report = run(parts, call);
    if (!report) return refuse(parts, call, report.error());
    const auto language = service::preferred_language(call.request.accept_language);
    JsonText text;
    text.begin_object().member("new", static_cast<std::int64_t>(report->added)).member("changed", static_cast<std::int64_t>(report->changed));
    text.member("unchanged", static_cast<std::int64_t>(report->unchanged));
    if (what == Imported::people) {   // by the words of the command too
        text.member("matched", static_cast<std::int64_t>(report->changed)).member("review", static_cast<std::int64_t>(report->unchanged));
    }
    text.key("rejected").begin_array();
    for (const auto& row : report->rejected) {
        text.begin_object().member("line", static_cast<std::int64_t>(row.line)).member("column", row.column).member("code", row.code);
        text.member("reason", service::sentence(row.code, language)).end_object();
    }
    text.end_array().end_object();
    if (!report->stopped) return answer(call, 200, text);
    // What was done is told beside why it ended, as members of the problem.
    auto response = problem(status_of(report->stopped->kind), *report->stopped, call.request.accept_language, call.request.request_id, &parts.clock);
    response.body.back() = ',';
    response.body += text.take().substr(1);
    (*call.reply)(std::move(response));
}

using GateResults = std::vector<kit::Result<service::ScanReceipt>>;

/// Write thread: where a rule of outings holds, a desk thread asks of the household first; with none free the guard is told the rest at once.
void answer_at_gate(Parts& parts, const std::shared_ptr<Call>& call, GateResults results) {
    const bool goes_out = std::any_of(results.begin(), results.end(), [&](const auto& result) { return result && parts.outings.concerns(*result); });
    const auto told = std::make_shared<const GateResults>(std::move(results));
    const auto ask = [&parts, call, told](storage::Connection& reader) {
        std::vector<std::optional<service::OutingWord>> outings;
        try {
            outings = parts.outings.words(reader, *told);
        } catch (const std::exception&) {
            kit::log(kit::Level::error, "outings_failed", {});   // the scans are durable, and say so
        }
        answer_results(parts, *call, *told, outings);
    };
    if (!goes_out || !parts.desk(ask)) answer_results(parts, *call, *told, {});
}

}  // namespace

void add_gate_scans(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::vector<kit::Result<service::GateRequest>> items;
    {
        Members body(*document);
        auto list = body.objects("scans", kit::batch_count_max, "batch_too_large");
        if (auto status = document->status(); !status) return refuse(parts, call, status.error());
        for (auto& given : list) items.push_back(read_item(*document, std::move(given)));
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    parts.throttle.charge(service::Bucket::operator_scans, call.caller->id.value, items.empty() ? 0 : items.size() - 1);
    std::vector<service::GateRequest> requests;
    for (const auto& item : items)
        if (item) requests.push_back(*item);
    auto shared = call.shared_from_this();
    parts.ingest.gate(*shared->caller, *shared->reader, requests, [&parts, shared, items](std::vector<kit::Result<service::ScanReceipt>> results) {
        answer_at_gate(parts, shared, with_refused(items, std::move(results)));
    });
}

void show_word(Parts& parts, Call& call) {
    const auto now = parts.clock.now();
    JsonText text;
    text.begin_object().member("word", parts.word_of_day->of(parts.zone.local_day(now)));
    text.member("until", domain::format_rfc3339(parts.zone.on_local_day(now, 86'400))).end_object();
    answer(call, 200, text);
}

void list_cases(Parts& parts, Call& call) {
    answer_in_form(parts, call, "cases", {}, {"cases"}, [&]() -> kit::Result<service::AnswerTable> {
        return service::table_of_cases(parts.cases.cases(*call.reader));
    });
}

void show_case(Parts& parts, Call& call) {
    const auto view = parts.cases.find_case(*call.reader, call.parameters[0]);
    if (!view) return refuse(parts, call, {Errc::not_found, "case_unknown"});
    const auto counts = parts.follow_up.counts(*call.reader, view->number);
    JsonText text;
    write_case(text.begin_object(), *view);
    text.key("contacts").begin_object();
    for (std::size_t i = 0; i < counts.size(); ++i) text.member(service::word_of(static_cast<storage::MarkState>(i)), static_cast<std::int64_t>(counts[i]));
    answer(call, 200, text.end_object().end_object());
}

void open_case(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::string number, title, purpose;
    std::optional<std::string> expires;
    {
        Members body(*document);
        number = body.text("number");
        title = body.text("title");
        purpose = body.text("purpose");
        expires = body.text_if("expires");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_case(parts, call, 201, parts.cases.open_case(*call.caller, number, title, purpose, expires));
}

void change_case(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::CaseChange change;
    {
        Members body(*document);
        change.title = body.text_if("title");
        change.purpose = body.text_if("purpose");
        change.state = body.text_if("state");
        change.expires = body.text_if("expires");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_case(parts, call, 200, parts.cases.change_case(*call.caller, call.parameters[0], change));
}

void verify_document(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::SeenDocument seen;
    {
        Members body(*document);
        seen.credential = body.text_if("credential");
        seen.card = body.text_if("card");
        auto given = body.object("document");
        seen.document.document_type = given.text("type");
        seen.document.document_number = given.text("number");
        seen.document.document_country = given.text_if("country").value_or("");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto since = parts.verifications.verify(*call.caller, seen);
    if (!since) return refuse(parts, call, since.error());
    JsonText text;
    answer(call, 200, text.begin_object().member("seen", domain::format_rfc3339(*since)).end_object());
}

void import_divisions(Parts& all, Call& one) {
    answer_import(all, one, [](Parts& parts, Call& call) { return parts.imports.divisions(importer_of(call), call.request.body, {}); });
}
void import_sites(Parts& all, Call& one) {
    answer_import(all, one, [](Parts& parts, Call& call) { return parts.imports.sites(importer_of(call), call.request.body, {}); });
}
void import_people(Parts& all, Call& one) {
    answer_import(all, one, [](Parts& parts, Call& call) -> kit::Result<service::ImportReport> {
        const auto terms = service::read_roster_terms(call.query("basis"), call.query("until"), parts.clock.now(), parts.zone, parts.roster_days);
        if (!terms) return terms.error();
        return parts.imports.people(importer_of(call), call.request.body, {}, *terms);
    },
                  Imported::people);
}
void import_scans(Parts& all, Call& one) {
    answer_import(all, one, [](Parts& parts, Call& call) { return parts.imports.scans(importer_of(call), call.request.body, *call.reader, {}); });
}

}  // namespace chayan::api
