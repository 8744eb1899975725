// SPDX-License-Identifier: Apache-2.0
#include "api/answer_forms.hpp"

#include <algorithm>

#include "api/answer.hpp"
#include "kit/limits.hpp"
#include "service/answer_text.hpp"
#include "service/crypto.hpp"
#include "service/forms.hpp"

namespace chayan::api {
namespace {

using kit::Errc;
using kit::Error;

/// A spool as the body of an answer. One read is under way at a time: the session asks for the next piece after it has the one before.
class SpooledBody final : public http::BodySource {
public:
    SpooledBody(std::shared_ptr<service::Spool> spool, PostJob post) : spool_(std::move(spool)), post_(std::move(post)) {}
    std::uint64_t size() const override { return spool_->size(); }
    void read(std::size_t bytes_max, std::function<void(std::string)> done) override {
        const auto piece_bytes = std::min(bytes_max, kit::answer_piece_bytes);
        const auto job = [spool = spool_, piece_bytes, done](storage::Connection&) { done(spool->read(piece_bytes).value_or(std::string())); };
        if (!post_(job)) done({});   // too many wait: cut, for a part is no answer
    }

private:
    std::shared_ptr<service::Spool> spool_;
    PostJob post_;
};

std::vector<http::Header> headers_of(std::uint64_t rows, bool is_complete, const std::string& digest) {
    return {{"Chayan-Rows", std::to_string(rows)}, {"Chayan-Complete", is_complete ? "true" : "false"}, {"Repr-Digest", "sha-256=:" + digest + ":"}};
}

std::string digest_of(std::string_view body) {
    service::crypto::Sha256 hash;
    hash.add(body);
    const auto bytes = hash.finish();
    return service::base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void answer_json(Parts& parts, Call& call, const std::function<kit::Result<service::AnswerTable>()>& ask) {
    const auto table = ask();
    if (!table) return refuse(parts, call, table.error());
    http::Response response{200, "application/json", service::json_document(*table), {}, false};
    response.headers = headers_of(table->count(), table->is_complete, digest_of(response.body));
    (*call.reply)(std::move(response));
}

const char* kind_of(const service::Question& question) {
    constexpr const char* kinds[] = {"people", "passages", "trajectory", "contacts", "places"};
    static_assert(std::size(kinds) == std::variant_size_v<service::Question>);
    return kinds[question.index()];
}

/// An export as an answer that streams: the spool is read by threads of `post`, never by an io thread.
http::Response streamed(service::ExportedAnswer exported, PostJob post) {
    http::Response response{200, exported.media_type, {}, {}, false};
    response.headers = headers_of(exported.rows, exported.is_complete, exported.bytes->digest());
    response.headers.push_back({"Content-Disposition", "attachment; filename=\"" + exported.file_name + "\""});
    if (!exported.unfilled.empty()) response.headers.push_back({"Chayan-Unfilled", exported.unfilled});
    if (!exported.unplaced.empty()) response.headers.push_back({"Chayan-Unplaced", exported.unplaced});
    response.stream = std::make_shared<SpooledBody>(std::move(exported.bytes), std::move(post));
    return response;
}

void answer_exported(Parts& parts, Call& call, const service::ExportOrder& order, const std::function<kit::Result<service::AnswerTable>()>& ask) {
    auto exported = parts.exports.run(*call.reader, order, ask, [&call] { return call.reply->is_wanted(); });
    if (!exported) return refuse(parts, call, exported.error());
    (*call.reply)(streamed(*std::move(exported), parts.desk));
}

bool names_format(const Call& call) {
    return std::any_of(call.request.query.begin(), call.request.query.end(), [](const auto& given) { return given.name == "format"; });
}

/// What the query says; json when it says nothing.
std::optional<service::Format> format_of(const Call& call) { return names_format(call) ? service::find_format(call.query("format")) : service::Format::json; }

Error wrong(const char* pointer, const char* code) { return {Errc::invalid, code, {{pointer, code}}}; }

/// A row of these is a person; a trajectory is one person's days, and no form has a line for it.
bool has_people_as_rows(const service::Question& question) {
    return std::holds_alternative<service::SearchRequest>(question) || std::holds_alternative<service::PassagesQuestion>(question) ||
           std::holds_alternative<service::TraceRequest>(question);
}

/// Null where none is wanted.
kit::Result<std::shared_ptr<const service::FormOrder>> order_of(Parts& parts, Call& call, const service::Question& question, service::Shown how, const WantedForm& wanted) {
    std::shared_ptr<service::FormOrder> order;
    if (!wanted.form) return wanted.split ? kit::Result<std::shared_ptr<const service::FormOrder>>(wrong("/split", "form_split")) : std::shared_ptr<const service::FormOrder>(order);
    if (names_format(call)) return Error{Errc::invalid, "form_format"};   // the form says which it is
    if (!has_people_as_rows(question)) return wrong("/query", "form_query");
    if (wanted.split && *wanted.split != "township") return wrong("/split", "form_split");
    const bool tells_division = how.has(service::PersonField::division) || how.has(service::PersonField::address);
    if (wanted.split && !tells_division) return wrong("/fields", "form_split_fields");   // whose township it is, is told by the split
    order = std::make_shared<service::FormOrder>();
    if (auto built_in = service::built_in_form(*wanted.form)) order->form = *std::move(built_in);
    else {
        auto found = parts.forms.find(*call.reader, *wanted.form);
        if (!found) return found.error();
        order->form = *std::move(found);
    }
    order->name = *wanted.form;
    order->by_township = wanted.split.has_value();
    order->directory = parts.board.load();
    order->how = how;
    return std::shared_ptr<const service::FormOrder>(order);
}

/// An address in a form says where the home is, also in the names of divisions.
service::Shown with_division(service::Shown how) {
    if (how.has(service::PersonField::address)) how.bits = static_cast<std::uint8_t>(how.bits | 1U << static_cast<unsigned>(service::PersonField::division));
    return how;
}

}  // namespace

void answer_in_form(Parts& parts, Call& call, const char* kind, const std::string& case_number, const std::vector<std::string_view>& known_parts,
                    const std::function<kit::Result<service::AnswerTable>()>& ask) {
    const auto format = format_of(call);
    if (!format) return refuse(parts, call, Error{Errc::invalid, "format_unknown"});
    const auto part = call.query("part");
    if (*format == service::Format::json) {
        if (!part.empty()) return refuse(parts, call, Error{Errc::invalid, "part_unknown"});
        return answer_json(parts, call, ask);
    }
    answer_exported(parts, call, {*call.caller, kind, case_number, *format, part, known_parts}, ask);
}

void answer_question(Parts& parts, Call& call, const service::Question& question) {
    answer_in_form(parts, call, kind_of(question), service::case_of(question), service::parts_of(question), [&] {
        return service::ask(parts.tracing, *call.caller, *call.reader, question);
    });
}

void disclose_answer(Parts& parts, Call& call, const service::Question& question, service::Shown how, service::Handover handover, const WantedForm& wanted) {
    const auto format = format_of(call);
    if (!format) return refuse(parts, call, Error{Errc::invalid, "format_unknown"});
    auto form = order_of(parts, call, question, how, wanted);
    if (!form) return refuse(parts, call, form.error());
    service::ExportOrder order{*call.caller, kind_of(question), service::case_of(question), *form ? service::Format::xlsx : *format, call.query("part"), service::parts_of(question),
                               std::move(handover)};
    order.form = *std::move(form);
    const auto told = order.form ? with_division(how) : how;
    answer_exported(parts, call, order, [&] { return service::ask(parts.tracing, *call.caller, *call.reader, question, told); });
}

void answer_in_words(Parts& parts, Call& call, const service::Question& question, service::Shown how, std::optional<service::Handover> handover,
                     const std::function<std::string(const service::AnswerTable&)>& write) {
    const auto format = names_format(call) ? call.query("format") : "json";
    if (format != "json" && format != "txt") return refuse(parts, call, Error{Errc::invalid, "format_unknown"});
    const auto as_json = [&write](const service::AnswerTable& table) {
        JsonText text;
        return text.begin_object().member("text", write(table)).end_object().take();
    };
    const bool is_text = format == "txt";
    const auto ask = [&] { return service::ask(parts.tracing, *call.caller, *call.reader, question, how); };
    if (!is_text && !handover) {
        const auto table = ask();
        if (!table) return refuse(parts, call, table.error());
        (*call.reply)(http::Response{200, "application/json", as_json(*table), {}, false});
        return;
    }
    service::ExportOrder order{*call.caller, "narrative", service::case_of(question), service::Format::xlsx, call.query("part"), {}, std::move(handover)};
    order.text = std::make_shared<const service::TextOrder>(is_text ? service::TextOrder{write, "text/plain; charset=utf-8", "txt"} : service::TextOrder{as_json, "application/json", "json"});
    answer_exported(parts, call, order, ask);
}

void list_exports(Parts& parts, Call& call) {
    JsonText text;
    text.begin_object().key("exports").begin_array();
    for (const auto& one : parts.exports.under_way(*call.caller)) {
        text.begin_object().member("what", one.what).member("format", service::word_of(one.format)).member("begun", domain::format_rfc3339(one.begun));
        if (!one.case_number.empty()) text.member("case", one.case_number);
        if (one.rows) text.member("rows", static_cast<std::int64_t>(*one.rows));
        text.member("rows_done", static_cast<std::int64_t>(one.rows_done)).end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

}  // namespace chayan::api
