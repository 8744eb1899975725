// SPDX-License-Identifier: Apache-2.0
#include "service/register_desk.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "domain/text.hpp"
#include "kit/limits.hpp"
#include "service/audit.hpp"
#include "service/fever.hpp"
#include "service/ingest.hpp"
#include "service/register_texts.hpp"
#include "service/registrar.hpp"

namespace chayan::service {
namespace {

using domain::RegisterKind;
using kit::Errc;
using kit::Error;
using kit::invalid_field;

const Error record_unknown{Errc::not_found, "record_unknown"};

/// Whose fevers and isolations are a person's; the others are of a place or a matter.
bool is_of_person(RegisterKind kind) { return kind == RegisterKind::fever || kind == RegisterKind::isolation; }

kit::Status check_text(const char* pointer, const std::string& text, std::size_t chars_max) { return text.empty() ? kit::Status(kit::Done{}) : check_written(pointer, text, chars_max); }

kit::Status check_texts(const RecordSaying& saying) {
    if (auto status = check_text("/subject", saying.subject, kit::register_subject_chars_max); !status) return status;
    if (auto status = check_text("/place", saying.place, kit::register_subject_chars_max); !status) return status;
    return check_text("/note", saying.note, kit::reason_chars_max);
}

kit::Result<domain::Statement> read_person(const RecordSaying& saying, domain::Instant now) {
    if (!saying.person) return invalid_field("/person", "person_missing");
    auto statement = domain::parse_statement(*saying.person, {static_cast<std::int32_t>(now.s / 86'400) + 1}, false);
    if (!statement) {
        auto error = statement.error();
        for (auto& field : error.fields) field.pointer = "/person" + field.pointer;
        return error;
    }
    if (!statement->document && !statement->phone) return invalid_field("/person/document", "lead_unidentified");
    return statement;
}

/// What of somebody is open in a register.
std::vector<storage::RecordRow> open_of(WriteContext& context, RegisterKind kind, domain::PersonNo person) {
    std::vector<storage::RecordRow> found;
    for (const auto one : context.directory().people->registrations_of(person))
        for (auto& row : context.store().registers().records_of(kind, one))
            if (row.closed.s == 0) found.push_back(std::move(row));
    return found;
}

/// Is somebody of that identity in the register of the caller's divisions already? Then what is new is a step of that record. Of others nothing is told.
bool has_open(WriteContext& context, const Caller& caller, const Vault& vault, RegisterKind kind, const domain::Statement& person) {
    auto persons = match_statement(context, vault, person);
    // A document is one person's, whatever name was heard with it.
    const auto& people = *context.directory().people;
    if (person.document)
        if (const auto known = find_by_document(context.store(), vault, people, *person.document, std::nullopt)) persons.push_back(people.person_of(*known));
    return std::any_of(persons.begin(), persons.end(), [&](domain::PersonNo one) {
        const auto rows = open_of(context, kind, one);
        return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return caller.may_see(row.standing.division); });
    });
}

storage::StepRow step_row(std::uint64_t record, domain::StepKind step, domain::Instant at, domain::OperatorId by, const domain::Standing& standing) {
    return {record, step, at, by, standing, {}, {}};
}

/// It is, or was once, of the caller's divisions: whoever handed it over still sees what became of it.
bool has_had(const Caller& caller, storage::RegisterBook& book, const storage::RecordRow& row) {
    if (caller.may_see(row.standing.division)) return true;
    const auto steps = book.steps(row.id);
    return std::any_of(steps.begin(), steps.end(), [&](const auto& step) { return caller.may_see(step.standing.division); });
}

/// Is it what the caller did with it a moment ago? Then whoever sends it again was not told.
bool is_repeated(const Caller& caller, const Vault& vault, storage::RegisterBook& book, const storage::RecordRow& row, const domain::StepFacts& facts, const std::string& note,
                 domain::Instant now) {
    const auto steps = book.steps(row.id);
    if (steps.empty() || steps.back().step != facts.step || steps.back().by != caller.id || steps.back().at < now - kit::step_repeat_s) return false;
    const auto& last = steps.back();
    const bool is_same = (facts.step != domain::StepKind::handed || last.standing.division == facts.division) &&
                         (facts.temperature_dc == 0 || last.standing.temperature_dc == facts.temperature_dc) &&
                         (facts.result == domain::TestResult::none || last.standing.result == facts.result) && (facts.until.s == 0 || last.standing.until == facts.until);
    return is_same && open_note(vault, last).value_or("") == note;
}

std::string division_text(domain::DivisionCode code) { return code.digits == 0 ? std::string{} : std::string(domain::DivisionText(code)); }

/// Of a division that is known its name, else its code.
std::string name_of(const Directory& directory, domain::DivisionCode code) {
    const auto* row = directory.divisions->find(code);
    return row == nullptr ? division_text(code) : row->name;
}

std::optional<SiteName> site_name(const Directory& directory, domain::SiteId id) {
    const auto* site = id.is_none() ? nullptr : directory.site(id);
    return site == nullptr ? std::nullopt : std::optional(SiteName{site->ref, site->name});
}

}  // namespace

RecordView RegisterDesk::view_of(storage::Connection& reader, const Directory& directory, storage::RecordRow row) const {
    RecordView view;
    if (!row.opened_by.is_none()) view.by = staff_.login_of(row.opened_by);
    view.subject = open_text(vault_, row, RecordText::subject, row.subject).value_or("");
    view.place = open_text(vault_, row, RecordText::place, row.place).value_or("");
    view.division_name = name_of(directory, row.standing.division);
    view.site = site_name(directory, row.standing.site);
    if (!row.registration.is_none()) view.person = masked(reader, vault_, *directory.people, directory.people->person_of(row.registration));
    view.is_overdue = row.closed.s == 0 && row.standing.due < clock_.now();
    view.row = std::move(row);
    return view;
}

RecordView RegisterDesk::with_steps(const Caller& caller, storage::Connection& reader, const Directory& directory, storage::RecordRow row) const {
    auto view = view_of(reader, directory, std::move(row));
    view.is_here = caller.may_see(view.row.standing.division);
    domain::Standing before{};
    for (auto& step : reader.registers().steps(view.row.id)) {
        StepView told;
        if (!step.by.is_none()) told.by = staff_.login_of(step.by);
        told.place = open_text(vault_, view.row, RecordText::place, step.place).value_or("");
        told.note = open_note(vault_, step).value_or("");
        told.division_name = name_of(directory, step.standing.division);
        if (step.standing.site != before.site) told.site = site_name(directory, step.standing.site);
        before = step.standing;
        told.row = std::move(step);
        view.steps.push_back(std::move(told));
    }
    return view;
}

std::vector<RegisterCount> RegisterDesk::counts(const Caller& caller, storage::Connection& reader) const {
    std::vector<RegisterCount> counts;
    const auto now = clock_.now();
    for (const auto kind : domain::register_kinds) {
        RegisterCount count{kind, 0, 0};
        reader.registers().read_open(kind, [&](domain::DivisionCode division, domain::Instant due) {
            if (!caller.may_see(division)) return;
            ++count.open;
            count.overdue += due < now ? 1U : 0U;
        });
        counts.push_back(count);
    }
    return counts;
}

kit::Result<RecordPage> RegisterDesk::list(const Caller& caller, storage::Connection& reader, RegisterKind kind, bool is_closed, storage::DuePlace cursor) {
    const auto directory = board_.load();
    auto& book = reader.registers();
    RecordPage page;
    const auto now = clock_.now();
    book.read_open(kind, [&](domain::DivisionCode division, domain::Instant due) {
        if (!caller.may_see(division)) return;
        ++page.open;
        page.overdue += due < now ? 1U : 0U;
    });
    // Those of other divisions are passed over, page by page.
    for (bool has_more = true; has_more && page.records.size() < kit::register_page_max;) {
        auto rows = is_closed ? book.closed(kind, cursor.id, kit::register_page_max) : book.open(kind, cursor, kit::register_page_max);
        has_more = rows.size() == kit::register_page_max;
        for (auto& row : rows) {
            cursor = {row.standing.due, row.id};
            if (caller.may_see(row.standing.division)) page.records.push_back(view_of(reader, *directory, std::move(row)));
            if (page.records.size() == kit::register_page_max) break;
        }
    }
    if (page.records.size() == kit::register_page_max) page.next = cursor;
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.audit({caller.id, "register_listed", {}, audit_detail({{"register", domain::word_of(kind)}, {"found", std::to_string(page.records.size())}})});
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    return page;
}

kit::Result<RecordView> RegisterDesk::find(const Caller& caller, storage::Connection& reader, RegisterKind kind, std::uint64_t id) {
    auto row = reader.registers().find(id);
    if (!row || row->kind != kind || !has_had(caller, reader.registers(), *row)) return record_unknown;
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.audit({caller.id, "record_read", {}, audit_detail({{"register", domain::word_of(kind)}, {"record", std::to_string(id)}})});
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    return with_steps(caller, reader, *board_.load(), *std::move(row));
}

/// Whoever hands a record over names a division that is not theirs.
kit::Result<domain::DivisionCode> RegisterDesk::read_division(const Caller& caller, const Directory& directory, const std::string& text, bool is_handed) const {
    const auto* named = directory.divisions->find(text);
    if (named == nullptr) return invalid_field("/division", "division_unknown");
    if (!is_handed && !caller.may_see(named->code)) return invalid_field("/division", "division_unknown");
    return named->code;
}

kit::Result<domain::StepFacts> RegisterDesk::read_facts(const Directory& directory, const RecordSaying& saying, bool is_step) const {
    domain::StepFacts facts;
    if (auto status = check_texts(saying); !status) return status.error();
    facts.has_place = !saying.place.empty();
    facts.has_note = !saying.note.empty();
    const auto tenths = read_temperature(saying.temperature);
    if (!tenths) return tenths.error();
    facts.temperature_dc = *tenths;
    if (!saying.until.empty()) {
        const auto until = domain::parse_rfc3339(saying.until);
        if (!until) return invalid_field("/until", "time_malformed");
        facts.until = *until;
    }
    if (!saying.site.empty()) {
        const auto* site = directory.site(saying.site);
        if (site == nullptr || site->closed) return invalid_field("/site", "site_unknown");
        facts.site = site->id;
    }
    if (!is_step) return facts;
    const auto step = domain::find_step(saying.step);
    if (!step || *step == domain::StepKind::opened) return invalid_field("/step", "step_unknown");
    facts.step = *step;
    if (!saying.result.empty()) {
        const auto result = domain::find_result(saying.result);
        if (!result) return invalid_field("/result", "result_unknown");
        facts.result = *result;
    }
    return facts;
}

/// Beds are a place's, whichever door names it. `mover`: who is there already takes none.
kit::Status RegisterDesk::check_room(storage::RegisterBook& book, domain::SiteId site, domain::SiteId mover) const {
    if (site.is_none()) return kit::Done{};
    const auto directory = board_.load();
    const auto* row = directory->site(site);
    if (row == nullptr || row->category != domain::Category::isolation) return invalid_field("/site", "isolation_place");
    const auto is_here = [&](domain::SiteId other) {
        const auto* door = other.is_none() ? nullptr : directory->site(other);
        return door != nullptr && door->place == row->place;
    };
    if (is_here(mover)) return kit::Done{};
    std::optional<std::uint32_t> capacity;
    for (const auto& [of, count] : book.capacities())
        if (is_here(of)) capacity = capacity.value_or(0) + count;
    std::uint32_t in = 0;
    for (const auto& [of, count] : book.open_by_site(RegisterKind::isolation)) in += is_here(of) ? count : 0U;
    return capacity && in >= *capacity ? kit::Status(Error{Errc::conflict, "isolation_full"}) : kit::Status(kit::Done{});
}

kit::Result<RecordView> RegisterDesk::open(const Caller& caller, storage::Connection& reader, RegisterKind kind, const RecordSaying& saying) {
    const auto directory = board_.load();
    auto facts = read_facts(*directory, saying, false);
    if (!facts) return facts.error();
    if (!facts->site.is_none() && kind != RegisterKind::isolation && caller.find_site(*directory, saying.site) == nullptr) return invalid_field("/site", "site_unknown");
    const auto found = domain::find_found_at(saying.found_at);
    if (!saying.found_at.empty() && !found) return invalid_field("/found_at", "found_at_unknown");
    if (!saying.division.empty()) {
        const auto division = read_division(caller, *directory, saying.division, false);
        if (!division) return division.error();
        facts->division = *division;
    } else if (kind != RegisterKind::isolation && !facts->site.is_none()) {
        facts->division = directory->site(facts->site)->division;
    } else {
        facts->division = caller.scope;   // whose home it is, not the hotel's
        if (facts->division.digits == 0 && !facts->site.is_none()) facts->division = directory->site(facts->site)->division;
    }
    if (facts->division.digits == 0) return invalid_field("/division", "division_missing");
    const auto now = clock_.now();
    std::optional<domain::Statement> person;
    if (is_of_person(kind)) {
        auto read = read_person(saying, now);
        if (!read) return read.error();
        person = *std::move(read);
    } else if (saying.subject.empty()) {
        return invalid_field("/subject", "subject_missing");
    }
    // On whose word somebody is kept in; out of a fever the test says so.
    if (kind == RegisterKind::isolation && saying.note.empty()) return invalid_field("/note", "isolation_ground");
    std::uint64_t id = 0;
    auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        auto& book = context.store().registers();
        const auto standing = domain::open_record(kind, *facts, found.value_or(domain::FoundAt::none), context.now());
        if (!standing) return standing.error();
        if (kind == RegisterKind::isolation)
            if (auto room = check_room(book, facts->site, {}); !room) return room;
        if (person && has_open(context, caller, vault_, kind, *person)) return Error{Errc::conflict, "record_open"};
        storage::RecordRow row;
        row.kind = kind;
        if (person) row.registration = register_statement(context, vault_, *person, {storage::Origin::lead, caller.id, 0}).registration;
        row.opened = context.now();
        row.opened_by = caller.id;
        row.subject = seal_text(vault_, row, RecordText::subject, saying.subject);
        row.place = seal_text(vault_, row, RecordText::place, saying.place);
        row.standing = *standing;
        id = book.append(row);
        auto step = step_row(id, domain::StepKind::opened, context.now(), caller.id, *standing);
        step.place = row.place;
        step.note = seal_note(vault_, step, saying.note);
        book.append(step);
        context.audit({caller.id, "record_opened", {}, audit_detail({{"register", domain::word_of(kind)}, {"record", std::to_string(id)}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    return with_steps(caller, reader, *board_.load(), reader.registers().find(id).value());
}

/// Opens the record of isolation in which a fever ends: approved if the fever was also somebody else's work.
void RegisterDesk::isolate(WriteContext& context, const Caller& caller, const storage::RecordRow& fever, const domain::Standing& next, const domain::StepFacts& facts,
                           const std::string& place) const {
    auto& book = context.store().registers();
    const auto standing = domain::open_record(RegisterKind::isolation, {domain::StepKind::opened, facts.has_place, false, facts.site, 0, {}, facts.until, next.division},
                                              domain::FoundAt::none, context.now());
    CHECK(standing);   // the step needed the same
    storage::RecordRow in;
    in.kind = RegisterKind::isolation;
    in.registration = fever.registration;
    in.opened = context.now();
    in.opened_by = caller.id;
    in.place = seal_text(vault_, in, RecordText::place, place);
    in.standing = *standing;
    const auto steps = book.steps(fever.id);
    in.standing.is_approved = std::any_of(steps.begin(), steps.end(), [&](const auto& step) { return !step.by.is_none() && step.by != caller.id; });
    in.id = book.append(in);
    auto opened = step_row(in.id, domain::StepKind::opened, context.now(), caller.id, in.standing);
    opened.place = in.place;
    book.append(opened);
}

kit::Result<RecordView> RegisterDesk::step(const Caller& caller, storage::Connection& reader, RegisterKind kind, std::uint64_t id, const RecordSaying& saying) {
    const auto directory = board_.load();
    auto facts = read_facts(*directory, saying, true);
    if (!facts) return facts.error();
    if (!saying.division.empty()) {
        const auto division = read_division(caller, *directory, saying.division, true);
        if (!division) return division.error();
        facts->division = *division;
    }
    auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        auto& book = context.store().registers();
        const auto row = book.find(id);
        if (!row || row->kind != kind) return record_unknown;
        if (has_had(caller, book, *row) && is_repeated(caller, vault_, book, *row, *facts, saying.note, context.now())) return kit::Done{};
        if (!caller.may_see(row->standing.division)) return has_had(caller, book, *row) ? Error{Errc::conflict, "record_elsewhere"} : record_unknown;
        const auto next = domain::after(kind, row->standing, *facts, context.now());
        if (!next) return next.error();
        if (facts->step == domain::StepKind::approved && row->opened_by == caller.id) return Error{Errc::conflict, "record_own"};
        const bool enters_isolation = facts->step == domain::StepKind::isolated;
        const auto is_in = enters_isolation ? open_of(context, RegisterKind::isolation, context.directory().people->person_of(row->registration)) : std::vector<storage::RecordRow>{};
        if ((enters_isolation && is_in.empty()) || facts->step == domain::StepKind::moved)
            if (auto room = check_room(book, facts->site, facts->step == domain::StepKind::moved ? row->standing.site : domain::SiteId{}); !room) return room;
        auto step = step_row(id, facts->step, context.now(), caller.id, *next);
        const auto* at = facts->site.is_none() ? nullptr : context.directory().site(facts->site);
        // Where a fever was found stays in its record: the hotel to which somebody went is told as a place.
        const auto place = saying.place.empty() && at != nullptr && next->site != facts->site ? at->name : saying.place;
        step.place = seal_text(vault_, *row, RecordText::place, place);
        step.note = seal_note(vault_, step, saying.note);
        book.append(step);
        if (enters_isolation && is_in.empty()) isolate(context, caller, *row, *next, *facts, saying.place);
        // Whoever is in isolation already stays where they are, for as long as the longer of both says.
        for (const auto& in : is_in) {
            auto extended = domain::after(RegisterKind::isolation, in.standing, {domain::StepKind::extended, false, false, {}, 0, {}, facts->until, {}}, context.now());
            if (!extended) continue;
            extended->is_approved |= in.opened_by != caller.id;
            book.append(step_row(in.id, domain::StepKind::extended, context.now(), caller.id, *extended));
        }
        if (kind == RegisterKind::isolation && facts->step == domain::StepKind::measured) {
            const auto* site = row->standing.site.is_none() ? nullptr : context.directory().site(row->standing.site);
            note_temperature(context.store(), *context.directory().people,
                             {row->registration, site, context.now(), context.now(), facts->temperature_dc, caller.id, row->standing.division, domain::FoundAt::home}, fever_from_dc_, true);
        }
        context.audit({caller.id, "record_stepped", {},
                       audit_detail({{"register", domain::word_of(kind)}, {"record", std::to_string(id)}, {"step", domain::word_of(facts->step)}, {"result", facts->step == domain::StepKind::tested ? domain::word_of(facts->result) : ""},
                                     {"division", facts->step == domain::StepKind::handed ? " → " + name_of(context.directory(), next->division) : ""}, {"reason", saying.note}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    return with_steps(caller, reader, *board_.load(), reader.registers().find(id).value());
}

std::vector<IsolationPlace> RegisterDesk::places(const Caller& caller, storage::Connection& reader) const {
    const auto directory = board_.load();
    std::map<domain::SiteId, std::uint32_t> in, capacity;
    for (const auto& [site, count] : reader.registers().open_by_site(RegisterKind::isolation)) in[site] = count;
    for (const auto& [site, count] : reader.registers().capacities()) capacity[site] = count;
    std::vector<IsolationPlace> places;
    for (std::size_t id = 1; id < directory->site_rows.size(); ++id) {
        const auto* row = directory->site_rows[id].get();
        if (row == nullptr || row->category != domain::Category::isolation || caller.find_site(*directory, row->ref) == nullptr) continue;
        if (row->closed && in[row->id] == 0) continue;
        IsolationPlace place{{row->ref, row->name}, {}, in[row->id]};
        if (capacity.contains(row->id)) place.capacity = capacity[row->id];
        places.push_back(std::move(place));
    }
    std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.site.ref < b.site.ref; });
    return places;
}

kit::Status RegisterDesk::set_capacity(const Caller& caller, const std::string& ref, double capacity) {
    const auto directory = board_.load();
    const auto* site = caller.find_site(*directory, ref);
    if (site == nullptr) return Error{Errc::not_found, "site_unknown"};
    if (site->category != domain::Category::isolation) return invalid_field("/site", "isolation_place");
    if (!(capacity >= 0 && capacity <= kit::isolation_places_max && std::floor(capacity) == capacity)) return invalid_field("/capacity", "capacity_range");
    const auto beds = static_cast<std::uint32_t>(capacity);
    return run_and_wait(writer_, [&, id = site->id](WriteContext& context) -> kit::Status {
        context.store().registers().put_capacity(id, beds);
        context.audit({caller.id, "capacity_set", {}, audit_detail({{"site", ref}, {"rows", std::to_string(beds)}})});
        return kit::Done{};
    });
}

}  // namespace chayan::service
