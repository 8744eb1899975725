// SPDX-License-Identifier: Apache-2.0
// Posters, of one site or of a selection.
#include <algorithm>

#include "api/answer.hpp"
#include "service/posters.hpp"

namespace chayan::api {
namespace {

void answer_posters(Parts& parts, Call& call, const service::PosterRequest& request) {
    auto printed = parts.posters.print(*call.caller, request, [&call] { return call.reply->is_wanted(); });
    if (!printed) return refuse(parts, call, printed.error());
    http::Response response{200, printed->media_type, std::move(printed->bytes), {}, false};
    response.headers.push_back({"Content-Disposition", "attachment; filename=\"" + printed->file_name + "\""});
    (*call.reply)(std::move(response));
}

}  // namespace

void show_poster(Parts& parts, Call& call) {
    service::PosterRequest request;
    request.sites = {call.parameters[0]};
    const auto take = [&call](std::string_view name, std::string& value) {
        if (auto given = call.query(name); !given.empty()) value = std::move(given);
    };
    take("sheet", request.sheet);
    take("format", request.format);
    take("lang", request.lang);
    std::replace(request.lang.begin(), request.lang.end(), ' ', '+');   // a "+" that was typed as it stands has come as a space
    take("direction", request.directions[0]);
    answer_posters(parts, call, request);
}

void print_posters(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::PosterRequest request;
    {
        Members body(*document);
        request.sites = body.texts_if("sites").value_or(std::vector<std::string>{});
        request.sheet = body.text_if("sheet").value_or(request.sheet);
        request.lang = body.text_if("lang").value_or(request.lang);
        request.directions = body.texts_if("directions").value_or(request.directions);
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_posters(parts, call, request);
}

}  // namespace chayan::api
