// SPDX-License-Identifier: Apache-2.0
// Where sites' cameras play back.
#include "api/answer.hpp"
#include "service/camera_desk.hpp"

namespace chayan::api {
namespace {

void answer_template(Parts& parts, Call& call, const kit::Result<std::string>& found) {
    if (!found) return refuse(parts, call, found.error());
    JsonText text;
    text.begin_object().key("template");
    if (found->empty()) text.null();
    else text.value(*found);
    answer(call, 200, text.end_object());
}

}  // namespace

void set_camera(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::string address;
    {
        Members body(*document);
        if (!body.is_null("template")) address = body.text("template");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_template(parts, call, parts.cameras.set(*call.caller, call.parameters[0], address));
}

void show_camera(Parts& parts, Call& call) { answer_template(parts, call, parts.cameras.find(*call.caller, *call.reader, call.parameters[0])); }

void find_playback(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::string case_number, at;
    {
        Members body(*document);
        case_number = body.text("case");
        at = body.text("at");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto address = parts.cameras.playback(*call.caller, *call.reader, call.parameters[0], case_number, at);
    if (!address) return refuse(parts, call, address.error());
    JsonText text;
    answer(call, 200, text.begin_object().member("url", *address).end_object());
}

}  // namespace chayan::api
