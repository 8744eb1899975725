// SPDX-License-Identifier: Apache-2.0
// A person's days in words: for the investigation's report, and for the public.
#include "api/answer.hpp"
#include "api/answer_forms.hpp"
#include "service/narratives.hpp"

namespace chayan::api {
namespace {

struct Wanted {
    service::NarrativeRequest request;
    std::string kind;
    std::optional<std::vector<std::string>> fields;
    std::optional<std::string> recipient, reason;
};

Wanted read_wanted(Members& body) {
    Wanted wanted;
    wanted.request.person = body.text("person");
    wanted.request.from = body.text("from");
    wanted.request.to = body.text("to");
    wanted.request.known_at = in_utc(body.text_if("known_at"));
    wanted.request.label = body.text_if("label").value_or("");
    wanted.kind = body.text("kind");
    wanted.fields = body.texts_if("fields");
    wanted.recipient = body.text_if("recipient");
    wanted.reason = body.text_if("reason");
    return wanted;
}

kit::Error wrong(const char* pointer, const char* code) { return {kit::Errc::invalid, code, {{pointer, code}}}; }

void answer_text(Call& call, const std::string& text) {
    JsonText json;
    answer(call, 200, json.begin_object().member("text", text).end_object());
}

void make_notice(Parts& parts, Call& call, const Wanted& wanted) {
    if (wanted.fields || wanted.recipient || wanted.reason) return refuse(parts, call, wrong("/fields", "notice_fields"));
    if (!call.query("format").empty() && call.query("format") != "json") return refuse(parts, call, {kit::Errc::invalid, "format_unknown"});
    const auto text = parts.narratives.notice(*call.caller, *call.reader, wanted.request);
    if (!text) return refuse(parts, call, text.error());
    answer_text(call, *text);
}

}  // namespace

void write_narrative(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    Wanted wanted;
    {
        Members body(*document);
        wanted = read_wanted(body);
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    wanted.request.case_number = call.parameters[0];
    if (wanted.kind == "notice") return make_notice(parts, call, wanted);
    if (wanted.kind != "report") return refuse(parts, call, wrong("/kind", "narrative_kind"));
    const auto ground = parts.narratives.ground_of(wanted.request);
    if (!ground) return refuse(parts, call, ground.error());
    const auto& request = wanted.request;
    const service::TrajectoryQuestion question{request.person, request.case_number, request.from, request.to, request.known_at};
    const auto write = [&](const service::AnswerTable& table) { return service::report_text(table, *ground, request.label); };
    const bool is_masked = !wanted.fields && !wanted.recipient && !wanted.reason;
    if (is_masked) return answer_in_words(parts, call, question, service::Shown::masked, std::nullopt, write);
    const auto how = service::parse_fields(wanted.fields.value_or(std::vector<std::string>{}));
    if (!how) return refuse(parts, call, how.error());
    answer_in_words(parts, call, question, *how, service::Handover{service::words_of(*how), wanted.recipient.value_or(""), wanted.reason.value_or("")}, write);
}

}  // namespace chayan::api
