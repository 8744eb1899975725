// SPDX-License-Identifier: Apache-2.0
#include "service/bureau.hpp"

#include <catch2/catch.hpp>

namespace chayan::service::testing {
namespace {

constexpr unsigned people_count = 5;

constexpr storage::ReviewState every_state[] = {storage::ReviewState::open, storage::ReviewState::same, storage::ReviewState::distinct,
                                                storage::ReviewState::settled};

}  // namespace

std::string public_id(const storage::Blind& review) { return domain::encode_base32(review.data(), review.size()); }

Sets sets_of(const domain::People& people) {
    std::map<std::uint32_t, std::set<std::uint64_t>> by_person;
    for (std::uint64_t id = 1; id <= people.registration_count(); ++id) by_person[people.person_of({id}).value].insert(id);
    Sets sets;
    for (const auto& [person, set] : by_person) sets.insert(set);
    return sets;
}

Bureau::Bureau() {
    divisions("code,name\n130682,定州\n130682001,南城\n");
    sites("ref,name,category,division\nA,商店,shop,130682\nB,药店,pharmacy,130682\n");
    (*this)->tracing.load({});
}

void Bureau::restart() {
    Stage::restart();
    (*this)->tracing.load({});
}

domain::StatementFields Bureau::with_name(domain::StatementFields fields, const std::string& name) const {
    fields.name = name;
    return fields;
}

domain::StatementFields Bureau::under_another_name(unsigned number, unsigned other) const {
    auto fields = someone(number);
    fields.name = name_of(other);
    fields.phone = someone(other).phone;
    return fields;
}

std::vector<storage::ReviewRow> Bureau::rows(storage::ReviewState state) { return reader().links().reviews(state); }

std::string Bureau::review_of(domain::RegistrationId a, domain::RegistrationId b) {
    const auto row = reader().links().review_of(a, b);
    return row ? public_id(row->id) : "";
}

storage::ReviewState Bureau::state_of(const std::string& review) {
    for (const auto state : every_state)
        for (const auto& row : rows(state))
            if (public_id(row.id) == review) return state;
    FAIL("no such review");
    return {};
}

std::string Bureau::decide(const std::string& review, const char* decision) {
    return refusal((*this)->reviews.decide(manager, reader(), review, decision, "两份材料当面核对过"));
}

std::string Bureau::undo(const std::string& review) { return refusal((*this)->reviews.undo(manager, reader(), review)); }

std::string Bureau::split(domain::RegistrationId one_of_them, const std::vector<domain::RegistrationId>& leaving) {
    SplitRequest request;
    request.person = (*this)->vault.person_id(person_of(one_of_them));
    request.reason = "two people";
    for (const auto one : leaving) request.statements.push_back(statement_id((*this)->vault, one));
    const auto done = (*this)->reviews.split(manager, reader(), request);
    REQUIRE(done);
    return done->review;
}

std::string Bureau::correct_name(domain::RegistrationId who, const std::string& name) {
    Correction correction;
    correction.name = name;
    return refusal(kit::Result<kit::Done>((*this)->residents.correct(who, correction)));
}

domain::RegistrationId Bureau::last() const { return {const_cast<Bureau*>(this)->directory()->people->registration_count()}; }

std::map<std::uint64_t, Trace> Bureau::traces() {
    const auto index = (*this)->tracing.index();
    REQUIRE(index);
    const auto& people = (*index)->people();
    std::map<std::uint64_t, Trace> found;
    for (std::uint64_t id = 1; id <= people.registration_count(); ++id) {
        const auto person = people.person_of({id});
        for (const auto& told : (*index)->told_scans(person)) found[id].scans.emplace_back((*this)->vault.scan_id(told.scan), told.repeated, told.scan.voided);
        found[id].visits = (*index)->visits_of(person);
    }
    return found;
}

domain::StatementFields Days::some_statement() {
    const auto number = random_.below(people_count);
    auto fields = someone(number);
    if (random_.below(4) == 0) fields.name = name_of(random_.below(people_count));
    if (random_.below(5) == 0) fields.phone = someone(random_.below(people_count)).phone;
    if (random_.below(3) == 0) fields.division = "130682001";
    switch (random_.below(4)) {
        case 0: return without_document(fields);
        case 1: return without_phone(fields);
        default: return fields;
    }
}

domain::RegistrationId Days::somebody() {
    const auto count = bureau_.last().value;
    return {count == 0 ? 0 : 1 + random_.below(static_cast<std::uint32_t>(count))};
}

void Days::register_somebody() { (void)bureau_.registered(some_statement()); }

void Days::scan_somebody() {
    const auto who = somebody();
    if (who.is_none() || bureau_.directory()->people->holder_of(who) != who) return;
    REQUIRE(bureau_.scan(who, random_.below(2) == 0 ? "A" : "B", random_.below(2) == 0 ? "in" : "out"));
}

void Days::pass_without_decisions() {
    const auto holder = bureau_.directory()->people->holder_of(somebody());
    switch (random_.below(6)) {
        case 0:
            if (holder.is_none()) return;
            (void)bureau_.correct_name(holder, name_of(random_.below(people_count)));   // too many corrections are refused
            return;
        case 1: {
            if (holder.is_none()) return;
            auto fields = without_phone(some_statement());
            fields.relation = "子女";
            (void)bureau_->residents.add_dependant(holder, *domain::parse_statement(fields, bureau_.zone().local_day(bureau_.clock.now()), false));
            return;
        }
        case 2: {
            const auto row = some_statement();
            const auto report = bureau_->imports.people({}, "ref,name,document_number,phone\nR" + std::to_string(++rosters_) + ',' + row.name + ',' +
                                                                row.document_number + ',' + row.phone + '\n', {});
            REQUIRE(report);
            REQUIRE(report->rejected.empty());
            return;
        }
        default: register_somebody();
    }
}

void Days::decide_something() {
    const auto open = bureau_.rows();
    if (open.empty()) return;
    const auto review = public_id(open[random_.below(static_cast<std::uint32_t>(open.size()))].id);
    const auto answer = bureau_.decide(review, random_.below(3) == 0 ? "distinct" : "same");
    CAPTURE(review);
    CHECK((answer.empty() || answer == "review_contradicts"));
}

void Days::take_something_back() {
    auto decided = bureau_.rows(storage::ReviewState::same);
    for (auto& row : bureau_.rows(storage::ReviewState::distinct)) decided.push_back(std::move(row));
    if (decided.empty()) return;
    const auto answer = bureau_.undo(public_id(decided[random_.below(static_cast<std::uint32_t>(decided.size()))].id));
    CHECK((answer.empty() || answer == "review_contradicts"));
}

void Days::split_somebody() {
    const auto who = somebody();
    if (who.is_none()) return;
    const auto& all = bureau_.directory()->people->registrations_of(bureau_.person_of(who));
    if (all.size() < 2) return;
    std::vector<domain::RegistrationId> leaving;
    for (const auto one : all)
        if (random_.below(2) == 0) leaving.push_back(one);
    if (leaving.empty() || leaving.size() == all.size()) leaving = {who};
    (void)bureau_.split(who, leaving);
}

void Days::pass() {
    bureau_.clock.pass(7);
    switch (random_.below(12)) {
        case 0: case 1: scan_somebody(); return;
        case 2: case 3: case 4: decide_something(); return;
        case 5: case 6: take_something_back(); return;
        case 7: split_somebody(); return;
        default: pass_without_decisions();
    }
}

}  // namespace chayan::service::testing
