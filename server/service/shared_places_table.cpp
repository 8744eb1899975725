// SPDX-License-Identifier: Apache-2.0
#include "service/shared_places_table.hpp"

#include <memory>

namespace chayan::service {
namespace {

using Kind = ColumnKind;

NamedCells parameters_of(const SharedPlacesRequest& request) {
    NamedCells cells;
    if (request.from) cells.emplace_back("from", *request.from);
    if (request.to) cells.emplace_back("to", *request.to);
    if (request.known_at) cells.emplace_back("known_at", *request.known_at);
    if (!request.categories.empty()) cells.emplace_back("categories", request.categories);
    if (request.limit) cells.emplace_back("limit", *request.limit);
    for (const auto& subject : request.index) {
        const auto from = subject.from.value_or(request.from.value_or("")), to = subject.to.value_or(request.to.value_or(""));
        cells.emplace_back("index.person", *subject.person + " " + from + " " + to);
    }
    return cells;
}

}  // namespace

AnswerTable table_of_shared_places(const Tracing& tracing, SharedPlacesView found, const SharedPlacesRequest& request) {
    const auto view = std::make_shared<const SharedPlacesView>(std::move(found));
    const auto& answer = view->answer;
    AnswerTable table;
    table.kind = "places";
    table.title = "共同场所";
    table.parameters = parameters_of(request);
    table.is_complete = answer.left_out == 0;
    table.tail = {{"people", std::int64_t{answer.people}}, {"count", static_cast<std::int64_t>(answer.places.size())}, {"complete", table.is_complete},
                  {"left_out", std::int64_t{answer.left_out}}};
    if (request.known_at) table.tail.emplace_back("known_at", *request.known_at);
    AnswerPart part;
    part.name = "places";
    part.title = "共同场所";
    part.columns = {{"site.ref", Kind::text, "场所编号"}, {"site.name", Kind::text, "场所名称"}, {"site.category", Kind::text, "类别"}, {"begin", Kind::moment, "开始"},
                    {"end", Kind::moment, "结束"}, {"cases", Kind::number, "病例数"}, {"persons", Kind::list, "人员"}, {"others", Kind::number, "其他人数"},
                    {"expected", Kind::number, "预期病例数"}, {"lift", Kind::number, "倍数"}, {"by_chance", Kind::number, "偶然期望次数"}};
    part.count = answer.places.size();
    part.fill = [&tracing, view](std::uint64_t number, Row& row) {
        const auto& place = view->answer.places[number];
        const auto* site = view->directory->site(place.place);
        std::vector<std::string> persons;
        for (const auto person : place.cases) persons.push_back(tracing.person_id(person));
        row = {site == nullptr ? Cell{} : Cell{site->ref}, site == nullptr ? Cell{} : Cell{site->name},
               site == nullptr ? Cell{} : Cell{std::string(domain::category_rules()[static_cast<std::size_t>(site->category)].word)},
               place.span.from, place.span.to, static_cast<std::int64_t>(persons.size()), persons, std::int64_t{place.others}, place.expected, place.lift(),
               place.by_chance};
    };
    table.parts.push_back(std::move(part));
    return table;
}

}  // namespace chayan::service
