// SPDX-License-Identifier: Apache-2.0
#include "service/trace_table.hpp"

#include <algorithm>
#include <memory>

namespace chayan::service {
namespace {

using Kind = ColumnKind;
using View = std::shared_ptr<const TraceView>;

std::string word_of(domain::EpisodeKind kind) {
    constexpr const char* words[] = {"venue", "gate", "company"};
    return words[static_cast<std::size_t>(kind)];
}

std::vector<Column> episode_columns(bool is_weighed) {
    std::vector<Column> columns{{"through", Kind::text, "经由人员"}, {"kind", Kind::text, "方式"}, {"place", Kind::text, "场所编号"}, {"begin", Kind::moment, "开始"},
            {"end", Kind::moment, "结束"}, {"overlap_s", Kind::number, "同处秒数"}, {"gap_s", Kind::number, "间隔秒数"},
            {"ended_by", Kind::text, "结束依据"}, {"crowd", Kind::number, "在场他人数"}};
    if (is_weighed) columns.push_back({"weight", Kind::number, "权重"});
    return columns;
}

Row episode_row(const Tracing& tracing, const TraceView& view, const domain::Episode& episode, unsigned degree) {
    const auto* place = view.directory->site(episode.place);
    Row row{tracing.person_id(episode.through), word_of(episode.kind), place == nullptr ? Cell{} : Cell{place->ref}, episode.span.from,
            episode.span.to, std::int64_t{episode.overlap_s}, std::int64_t{episode.gap_s},
            episode.ended_by ? Cell{std::string(domain::word_of(*episode.ended_by))} : Cell{}};
    const auto& half = view.asked.crowd_half;
    const bool has_time = episode.kind != domain::EpisodeKind::company;
    row.push_back(has_time && (half || degree == 1) ? Cell{episode.crowd} : Cell{});
    if (half) row.push_back(has_time ? Cell{domain::weight_of(episode.crowd, static_cast<std::uint32_t>(*half))} : Cell{});
    return row;
}

std::vector<Column> contact_columns(const TraceRequest& request, Shown how) {
    auto columns = person_columns("person.", how);
    columns.insert(columns.end(), {{"degree", Kind::number, "度数"}, {"via", Kind::list, "经由"}, {"episodes", Kind::number, "次数"},
                                   {"kinds", Kind::list, "方式"}, {"total_s", Kind::number, "合计秒数"}, {"longest_s", Kind::number, "最长秒数"}});
    if (request.crowd_half) columns.push_back({"weighed_s", Kind::number, "加权秒数"});
    columns.insert(columns.end(), {{"first", Kind::moment, "首次时间"}, {"last", Kind::moment, "末次时间"}, {"sites", Kind::list, "检测点"}});
    if (how.is_masked()) columns.insert(columns.end(), {{"mark.state", Kind::text, "随访状态"}, {"mark.assigned", Kind::text, "随访人"}});
    if (request.explain) columns.push_back({"explain", Kind::rows, "依据", episode_columns(request.crowd_half.has_value())});
    return columns;
}

/// What the case says of this contact; nothing of most.
std::size_t put_mark(const CaseMarks& marks, domain::PersonNo person, std::size_t at, Row& row) {
    const auto* mark = marks.find(person);
    row[at++] = mark == nullptr ? Cell{} : Cell{std::string(service::word_of(mark->state))};
    row[at++] = mark == nullptr || mark->assigned.is_none() ? Cell{} : Cell{marks.login_of(mark->assigned)};
    return at;
}

Cell kinds_of(const domain::Contact& contact) {
    std::vector<std::string> kinds;
    for (const auto kind : {domain::EpisodeKind::venue, domain::EpisodeKind::gate, domain::EpisodeKind::company})
        if ((contact.kinds >> static_cast<unsigned>(kind)) & 1U) kinds.push_back(word_of(kind));
    return kinds;
}

void fill_contact(const Tracing& tracing, const TraceView& view, std::uint64_t number, bool explain, Shown how, Row& row) {
    const auto& contact = view.answer.contacts[number];
    const auto& person = view.persons[number];
    auto at = put_person(row, person, how);
    std::vector<std::string> via, sites;
    const auto reasons = view.briefs ? domain::Reasons{} : view.answer.reasons_of(number);
    for (const auto one : view.briefs ? view.briefs->via_of(number) : reasons.via) via.push_back(tracing.person_id(one));
    for (const auto site : view.briefs ? view.briefs->sites_of(number) : reasons.sites)
        if (const auto* found = view.directory->site(site)) sites.push_back(found->ref);
    row[at++] = std::int64_t{contact.degree};
    row[at++] = std::move(via);
    row[at++] = std::int64_t{contact.episode_count};
    row[at++] = kinds_of(contact);
    row[at++] = contact.total_s;
    row[at++] = contact.longest_s;
    if (view.asked.crowd_half) row[at++] = contact.weighed_s;
    row[at++] = contact.first;
    row[at++] = contact.last;
    row[at++] = std::move(sites);
    if (how.is_masked()) at = put_mark(view.marks, contact.person, at, row);
    if (!explain) return;
    std::vector<Row> episodes;
    for (const auto& episode : reasons.episodes) episodes.push_back(episode_row(tracing, view, episode, contact.degree));
    row[at] = std::move(episodes);
}

/// Each episode as a row of its own, behind the person it is of.
AnswerPart episodes_of(const Tracing& tracing, const View& view) {
    AnswerPart part;
    part.name = "explain";
    part.title = "依据";
    part.is_detail = true;
    part.columns = {{"person.id", Kind::text, "人员编号"}};
    const auto columns = episode_columns(view->asked.crowd_half.has_value());
    part.columns.insert(part.columns.end(), columns.begin(), columns.end());
    std::vector<std::uint64_t> ends;   // of each contact's episodes
    for (const auto& contact : view->answer.contacts) {
        part.count += contact.degree == 0 ? 0 : contact.episode_count;
        ends.push_back(part.count);
    }
    part.fill = [&tracing, view, ends = std::move(ends), told = std::size_t{0}, episodes = std::vector<domain::Episode>{}](std::uint64_t number, Row& row) mutable {
        const auto of = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), number) - ends.begin());
        if (episodes.empty() || told != of) episodes = view->answer.reasons_of(told = of).episodes;   // one contact's rows come together
        row = episode_row(tracing, *view, episodes[episodes.size() - (ends[of] - number)], view->answer.contacts[of].degree);
        row.insert(row.begin(), view->persons[of].id);
    };
    return part;
}

/// What was in force, wherever it came from; but of whom it was asked.
NamedCells terms_of(const TraceRequest& request) {
    NamedCells cells;
    if (request.preset) cells.emplace_back("preset", *request.preset);
    if (request.anchor && request.anchor->onset) cells.emplace_back("anchor.onset", *request.anchor->onset);
    if (request.anchor && request.anchor->sample) cells.emplace_back("anchor.sample", *request.anchor->sample);
    cells.insert(cells.end(), {{"from", *request.from}, {"to", *request.to}, {"direction", request.direction}, {"degree", request.degree}});
    if (request.known_at) cells.emplace_back("known_at", *request.known_at);
    if (request.linger_s) cells.emplace_back("linger_s", *request.linger_s);
    cells.emplace_back("min_overlap_s", *request.min_overlap_s);
    cells.emplace_back("accumulate", *request.accumulate);
    const auto add_list = [&](const char* name, const std::vector<std::string>& words) {
        if (!words.empty()) cells.emplace_back(name, words);
    };
    if (request.categories) add_list("categories", *request.categories);
    add_list("divisions", request.divisions);
    add_list("sites", request.sites);
    add_list("evidence", request.evidence);
    add_list("without_flags", request.without_flags);
    if (request.identity) cells.emplace_back("identity", *request.identity);
    if (request.crowd_half) cells.emplace_back("crowd_half", *request.crowd_half);
    if (request.limit) cells.emplace_back("limit", *request.limit);
    return cells;
}

NamedCells parameters_of(const TraceRequest& request) {
    auto cells = terms_of(request);
    for (const auto& subject : request.index) {
        if (subject.person) cells.emplace_back("index.person", *subject.person);
        if (subject.plate) cells.emplace_back("index.plate", std::string("*"));   // it names somebody whom the rows mask
        if (subject.site) cells.emplace_back("index.site", *subject.site + " " + subject.from.value_or(*request.from) + " " + subject.to.value_or(*request.to));
    }
    return cells;
}

}  // namespace

AnswerTable table_of_trace(const Tracing& tracing, TraceView found, Shown how) {
    const View view = std::make_shared<const TraceView>(std::move(found));
    const auto& request = view->asked;
    AnswerTable table;
    table.kind = "contacts";
    table.title = "接触者";
    table.parameters = parameters_of(request);
    table.is_complete = view->answer.complete;
    table.tail = {{"count", static_cast<std::int64_t>(view->persons.size())}, {"complete", view->answer.complete},
                  {"left_out", std::vector<std::int64_t>(view->answer.left_out.begin(), view->answer.left_out.end())}};
    for (auto& [name, cell] : terms_of(request)) table.tail.emplace_back("parameters." + name, std::move(cell));
    AnswerPart part;
    part.name = "contacts";
    part.title = "接触者";
    part.columns = contact_columns(request, how);
    part.count = view->persons.size();
    part.fill = [&tracing, view, explain = request.explain, how](std::uint64_t number, Row& row) {
        fill_contact(tracing, *view, number, explain, how, row);
    };
    table.parts.push_back(std::move(part));
    if (request.explain) table.parts.push_back(episodes_of(tracing, view));
    return table;
}

}  // namespace chayan::service
