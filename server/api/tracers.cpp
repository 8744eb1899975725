// SPDX-License-Identifier: Apache-2.0
// A tracer's questions: who is it, who passed here, where was this person, who was with them.
#include <algorithm>

#include "api/answer.hpp"
#include "api/answer_forms.hpp"

namespace chayan::api {
namespace {

/// A moment of the query. A "+08:00" that was typed as it stands has come as a space, and no moment has one.
std::string moment(const Call& call, std::string_view name) {
    auto text = call.query(name);
    std::replace(text.begin(), text.end(), ' ', '+');
    return text;
}

service::TraceRequest read_trace(Members& body) {
    service::TraceRequest request;
    request.case_number = body.text("case");
    for (auto& item : body.objects("index")) {
        service::TraceSubject subject;
        subject.person = item.text_if("person");
        subject.site = item.text_if("site");
        subject.plate = item.text_if("plate");
        if (subject.site) {   // nobody else has an interval: what is not looked at must not seem to bind
            subject.from = item.text("from");
            subject.to = item.text("to");
        }
        request.index.push_back(std::move(subject));
    }
    request.from = body.text("from");
    request.to = body.text("to");
    request.direction = body.text_if("direction").value_or("forward");
    request.degree = body.integer_if("degree").value_or(1);
    request.linger_s = body.integer_if("linger_s");
    request.min_overlap_s = body.integer_if("min_overlap_s").value_or(0);
    request.accumulate = body.text_if("accumulate").value_or("total");
    request.categories = body.texts_if("categories");
    request.limit = body.integer_if("limit");
    request.explain = body.flag_if("explain").value_or(false);
    return request;
}

}  // namespace

void search_people(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::SearchRequest request;
    {
        Members body(*document);
        request.case_number = body.text("case");
        if (auto given = body.object_if("document")) {
            request.fields.document_type = given->text("type");
            request.fields.document_number = given->text("number");
            request.fields.document_country = given->text_if("country").value_or("");
        }
        request.fields.phone = body.text_if("phone").value_or("");
        request.fields.name = body.text_if("name").value_or("");
        request.plate = body.text_if("plate");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_question(parts, call, std::move(request));
}

void show_trajectory(Parts& parts, Call& call) {
    answer_question(parts, call, service::TrajectoryQuestion{call.parameters[0], call.query("case"), moment(call, "from"), moment(call, "to")});
}

void show_passages(Parts& parts, Call& call) {
    answer_question(parts, call, service::PassagesQuestion{call.parameters[0], call.query("case"), moment(call, "from"), moment(call, "to")});
}

void trace(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::TraceRequest request;
    {
        Members body(*document);
        request = read_trace(body);
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_question(parts, call, std::move(request));
}

}  // namespace chayan::api
