// SPDX-License-Identifier: Apache-2.0
#include "service/answers.hpp"

#include <algorithm>
#include <map>

#include "domain/name.hpp"
#include "domain/phone.hpp"
#include "service/kept_questions.hpp"
#include "service/shared_places_table.hpp"
#include "service/trace_table.hpp"
#include "storage/site_camera.hpp"

namespace chayan::service {
namespace {

using Kind = ColumnKind;

/// A search says documents and phones too, masked: they tell people of one name apart.
constexpr Shown of_a_search{1U << static_cast<unsigned>(PersonField::document) | 1U << static_cast<unsigned>(PersonField::phone)};

Cell unless_empty(const std::string& text) { return text.empty() ? Cell{} : Cell{text}; }
Cell count_of(std::uint64_t count) { return static_cast<std::int64_t>(count); }

/// What a list was asked for.
template <class Question>
NamedCells asked(const char* of, const std::string& whom, const Question& question) {
    NamedCells cells{{of, whom}, {"from", question.from}, {"to", question.to}};
    if (question.known_at) cells.emplace_back("known_at", *question.known_at);
    return cells;
}

/// What stands behind the lists: that they are whole, and as of when.
NamedCells whole(std::uint64_t count, const std::optional<std::string>& known_at) {
    NamedCells cells{{"count", count_of(count)}, {"complete", true}};
    if (known_at) cells.emplace_back("known_at", *known_at);
    return cells;
}

NamedCells person_cells(const MaskedPerson& person) {
    return {{"person.id", person.id}, {"person.name", person.name}, {"person.document.type", unless_empty(person.document_type)},
            {"person.document.number", unless_empty(person.document_number)}, {"person.phone", unless_empty(person.phone)},
            {"person.address", unless_empty(person.address)}, {"person.workplace", unless_empty(person.workplace)},
            {"person.birth_date", unless_empty(person.birth_date)}, {"person.sex", unless_empty(person.sex)}, {"person.division", unless_empty(person.division)}};
}

/// What was searched by. A masked answer does not tell in full on its cover what it masks in its rows.
NamedCells terms_of(const SearchRequest& request, Shown how) {
    const auto& fields = request.fields;
    NamedCells terms;
    if (!fields.document_number.empty()) {
        terms.emplace_back("document.type", fields.document_type);
        terms.emplace_back("document.number", how.has(PersonField::document) ? fields.document_number : domain::mask_document_number(fields.document_number));
    }
    const auto phone = domain::parse_phone(fields.phone);
    if (phone) terms.emplace_back("phone", how.has(PersonField::phone) ? phone->e164 : domain::mask_phone(*phone));
    const auto name = domain::parse_name(fields.name);
    if (name) terms.emplace_back("name", how.has(PersonField::name) ? name->shown : domain::mask_name(*name));
    if (request.plate) terms.emplace_back("plate", how.is_masked() ? std::string("*") : *request.plate);
    return terms;
}

AnswerTable table_of(std::vector<MaskedPerson> people, const SearchRequest& request, Shown how) {
    AnswerTable table;
    table.kind = "people";
    table.title = "人员查找";
    table.parameters = terms_of(request, how);
    AnswerPart part;
    part.name = "people";
    part.title = "人员";
    const Shown columns{static_cast<std::uint8_t>(how.bits | of_a_search.bits)};
    part.columns = person_columns("", columns);
    part.count = people.size();
    part.fill = [people = std::move(people), columns](std::uint64_t number, Row& row) { put_person(row, people[number], columns); };
    table.parts.push_back(std::move(part));
    return table;
}

AnswerTable table_of(std::vector<PassageView> rows, const PassagesQuestion& question, Shown how) {
    AnswerTable table;
    table.kind = "passages";
    table.title = "经过人员";
    table.parameters = asked("site", question.site, question);
    table.tail = whole(rows.size(), question.known_at);
    AnswerPart part;
    part.name = "passages";
    part.title = "经过人员";
    part.columns = person_columns("person.", how);
    part.columns.insert(part.columns.end(), {{"first", Kind::moment, "首次时间"}, {"last", Kind::moment, "末次时间"}, {"scans", Kind::number, "扫码次数"}});
    part.count = rows.size();
    part.fill = [rows = std::move(rows), how](std::uint64_t number, Row& row) {
        const auto& one = rows[number];
        auto at = one.person ? put_person(row, *one.person, how) : put_person(row, {one.person_id, one.name, {}, {}, {}, {}, {}}, how);
        row[at++] = one.first;
        row[at++] = one.last;
        row[at++] = std::int64_t{one.scans};
    };
    table.parts.push_back(std::move(part));
    return table;
}

std::size_t put_site(Row& row, std::size_t at, const storage::SiteRow& site) {
    row[at++] = site.ref;
    row[at++] = site.name;
    row[at++] = std::string(domain::category_rules()[static_cast<std::size_t>(site.category)].word);
    return at;
}

/// Whose visits and scans they are: a file of them alone is handed on too.
std::vector<Column> owner_columns(Shown how) {
    auto columns = person_columns("person.", how);
    for (auto& column : columns) column.is_in_head = true;
    return columns;
}

AnswerPart visits_of(std::shared_ptr<const TrajectoryView> view, Shown how) {
    AnswerPart part;
    part.name = "visits";
    part.title = "停留";
    part.columns = owner_columns(how);
    part.columns.insert(part.columns.end(), {{"site.ref", Kind::text, "检测点编号"}, {"site.name", Kind::text, "检测点名称"}, {"site.category", Kind::text, "类别"},
                                             {"begin", Kind::moment, "开始"}, {"end", Kind::moment, "结束"}, {"ended_by", Kind::text, "结束依据"}});
    part.count = view->visits.size();
    part.fill = [view = std::move(view), how](std::uint64_t number, Row& row) {
        const auto& visit = view->visits[number];
        auto at = put_site(row, put_person(row, view->person, how), *visit.site);
        row[at++] = visit.begin;
        row[at++] = visit.end;
        row[at++] = std::string(domain::word_of(visit.ended_by));
    };
    return part;
}

AnswerPart scans_of(std::shared_ptr<const TrajectoryView> view, Shown how) {
    AnswerPart part;
    part.name = "scans";
    part.title = "扫码记录";
    part.columns = owner_columns(how);
    part.columns.insert(part.columns.end(), {{"id", Kind::text, "记录编号"}, {"site.ref", Kind::text, "检测点编号"}, {"site.name", Kind::text, "检测点名称"},
                                             {"site.category", Kind::text, "类别"}, {"at", Kind::moment, "时间"}, {"direction", Kind::text, "方向"},
                                             {"repeated", Kind::flag, "重复"}, {"voided", Kind::flag, "已作废"}, {"flags", Kind::list, "标记"},
                                             {"evidence", Kind::text, "凭据"}});
    part.count = view->scans.size();
    part.fill = [view = std::move(view), how](std::uint64_t number, Row& row) {
        const auto& scan = view->scans[number];
        auto at = put_person(row, view->person, how);
        row[at++] = scan.id;
        at = put_site(row, at, *scan.site);
        row[at++] = scan.at;
        row[at++] = std::string(domain::word_of(scan.direction));
        row[at++] = scan.repeated;
        row[at++] = scan.voided;
        row[at++] = std::vector<std::string>(scan.flags.begin(), scan.flags.end());
        row[at++] = std::string(scan.evidence);
    };
    return part;
}

AnswerTable table_of(TrajectoryView found, const TrajectoryQuestion& question, Shown how) {
    const auto view = std::make_shared<const TrajectoryView>(std::move(found));
    AnswerTable table;
    table.kind = "trajectory";
    table.title = "人员轨迹";
    table.parameters = asked("person", question.person, question);
    table.head = person_cells(view->person);
    table.tail = whole(view->scans.size(), question.known_at);
    table.parts.push_back(visits_of(view, how));
    table.parts.push_back(scans_of(view, how));
    return table;
}

using Ids = std::vector<std::string>;

template <class List, class IdOf>
Ids ids_of(const List& list, const IdOf& id_of) {
    Ids ids;
    for (const auto& one : list) ids.push_back(id_of(one));
    return ids;
}

/// Refs of those sites of a trajectory whose recordings the caller may ask for.
Ids cameras_of(const TrajectoryView& view, const Caller& caller, storage::Connection& reader) {
    std::map<std::string, domain::SiteId> sites;
    const auto add = [&](const storage::SiteRow& site) {
        if (caller.find_site(*view.directory, site.ref) != nullptr) sites.emplace(site.ref, site.id);
    };
    for (const auto& visit : view.visits) add(*visit.site);
    for (const auto& scan : view.scans) add(*scan.site);
    Ids refs;
    for (const auto& [ref, id] : sites)
        if (reader.cameras().find(id)) refs.push_back(ref);
    return refs;
}

/// What is told of an answer beside its table.
struct Beside {
    Ids told;                    ///< whom it names
    AnswerSum* sum = nullptr;    ///< where it is wanted
};

kit::Result<AnswerTable> ask_one(Tracing& tracing, const Caller& caller, storage::Connection& reader, const SearchRequest& question, Shown how,
                                Beside& beside) {
    auto found = tracing.search(caller, reader, question, how);
    if (!found) return found.error();
    beside.told = ids_of(*found, [](const auto& one) { return one.id; });
    return table_of(*std::move(found), question, how);
}

kit::Result<AnswerTable> ask_one(Tracing& tracing, const Caller& caller, storage::Connection& reader, const PassagesQuestion& question, Shown how,
                                Beside& beside) {
    auto found = tracing.passages(caller, reader, question, how);
    if (!found) return found.error();
    beside.told = ids_of(*found, [](const auto& one) { return one.person_id; });
    if (beside.sum != nullptr) *beside.sum = sum_of(*found);
    return table_of(*std::move(found), question, how);
}

kit::Result<AnswerTable> ask_one(Tracing& tracing, const Caller& caller, storage::Connection& reader, const TrajectoryQuestion& question, Shown how,
                                Beside& beside) {
    auto found = tracing.trajectory(caller, reader, question, how);
    if (!found) return found.error();
    beside.told = {found->person.id};
    if (beside.sum != nullptr) *beside.sum = sum_of(*found);
    auto cameras = how.is_masked() ? cameras_of(*found, caller, reader) : Ids();   // a table that is handed on leads to no recorder
    auto table = table_of(*std::move(found), question, how);
    if (!cameras.empty()) table.tail.emplace_back("cameras", std::move(cameras));
    return table;
}

kit::Result<AnswerTable> ask_one(Tracing& tracing, const Caller& caller, storage::Connection& reader, const TraceRequest& question, Shown how,
                                Beside& beside) {
    auto found = tracing.trace(caller, reader, question, how);
    if (!found) return found.error();
    beside.told = ids_of(found->persons, [](const auto& one) { return one.id; });
    if (beside.sum != nullptr) *beside.sum = sum_of(*found);
    return table_of_trace(tracing, *std::move(found), how);
}

kit::Result<AnswerTable> ask_one(Tracing& tracing, const Caller& caller, storage::Connection& reader, const SharedPlacesRequest& question, Shown,
                                Beside& beside) {
    auto found = tracing.shared_places(caller, reader, question);
    if (!found) return found.error();
    if (beside.sum != nullptr) *beside.sum = sum_of(*found, [&](domain::PersonNo person) { return tracing.person_id(person); });
    return table_of_shared_places(tracing, *std::move(found), question);
}

}  // namespace

std::vector<Column> person_columns(const std::string& prefix, Shown fields) {
    std::vector<Column> columns{{prefix + "id", Kind::text, "人员编号"}, {prefix + "name", Kind::text, "姓名"}};
    const auto add = [&](const char* name, const char* title) { columns.push_back({prefix + name, Kind::text, title}); };
    if (fields.has(PersonField::document)) add("document.type", "证件类型");
    if (fields.has(PersonField::document)) add("document.number", "证件号码");
    if (fields.has(PersonField::phone)) add("phone", "手机号");
    if (fields.has(PersonField::address)) add("address", "住址");
    if (fields.has(PersonField::workplace)) add("workplace", "工作单位");
    if (fields.has(PersonField::birth)) add("birth_date", "出生日期");
    if (fields.has(PersonField::birth)) add("sex", "性别");
    if (fields.has(PersonField::division)) add("division", "区划");
    return columns;
}

std::size_t put_person(Row& row, const MaskedPerson& person, Shown fields) {
    std::size_t at = 0;
    row[at++] = person.id;
    row[at++] = person.name;
    if (fields.has(PersonField::document)) row[at++] = unless_empty(person.document_type);
    if (fields.has(PersonField::document)) row[at++] = unless_empty(person.document_number);
    if (fields.has(PersonField::phone)) row[at++] = unless_empty(person.phone);
    if (fields.has(PersonField::address)) row[at++] = unless_empty(person.address);
    if (fields.has(PersonField::workplace)) row[at++] = unless_empty(person.workplace);
    if (fields.has(PersonField::birth)) row[at++] = unless_empty(person.birth_date);
    if (fields.has(PersonField::birth)) row[at++] = unless_empty(person.sex);
    if (fields.has(PersonField::division)) row[at++] = unless_empty(person.division);
    return at;
}

const std::string& case_of(const Question& question) {
    return std::visit([](const auto& one) -> const std::string& { return one.case_number; }, question);
}

std::vector<std::string_view> parts_of(const Question& question) {
    if (std::holds_alternative<SearchRequest>(question)) return {"people"};
    if (std::holds_alternative<PassagesQuestion>(question)) return {"passages"};
    if (std::holds_alternative<TrajectoryQuestion>(question)) return {"visits", "scans"};
    if (std::holds_alternative<SharedPlacesRequest>(question)) return {"places"};
    if (std::get<TraceRequest>(question).explain) return {"contacts", "explain"};
    return {"contacts"};
}

kit::Result<AnswerTable> ask(Tracing& tracing, const Caller& caller, storage::Connection& reader, const Question& question, Shown how, AnswerSum* sum) {
    Beside beside{{}, sum};
    auto table = std::visit([&](const auto& one) { return ask_one(tracing, caller, reader, one, how, beside); }, question);
    if (!table) return table;
    table->case_number = case_of(question);
    table->is_masked = how.is_masked();
    CHECK(std::all_of(table->parts.begin(), table->parts.end(), [known = parts_of(question)](const AnswerPart& part) {
        return std::find(known.begin(), known.end(), part.name) != known.end();
    }));
    if (!how.is_masked()) table->told = tracing.subjects_of(beside.told);
    return table;
}

AnswerTable table_of_cases(std::vector<CaseView> cases) {
    AnswerTable table;
    table.kind = "cases";
    table.title = "个案";
    AnswerPart part;
    part.name = "cases";
    part.title = "个案";
    part.columns = {{"number", Kind::text, "个案编号"}, {"title", Kind::text, "名称"}, {"purpose", Kind::text, "用途"},
                    {"state", Kind::text, "状态"}, {"expires", Kind::moment, "到期"}, {"opened", Kind::moment, "立案时间"}};
    part.count = cases.size();
    part.fill = [cases = std::move(cases)](std::uint64_t number, Row& row) {
        const auto& one = cases[number];
        row = {one.number, one.title, one.purpose, std::string(one.state), one.expires ? Cell{*one.expires} : Cell{}, one.opened};
    };
    table.parts.push_back(std::move(part));
    return table;
}

}  // namespace chayan::service
