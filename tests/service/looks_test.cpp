// SPDX-License-Identifier: Apache-2.0
// Who is told that staff looked at a person (CONTRACT 6: until staff have seen the document, one's rights are over what this phone recorded).
#include "service/answers.hpp"
#include "service/audit.hpp"
#include "service/reveals.hpp"
#include "service/stage.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using domain::RegistrationId;

namespace {

struct Office : Stage {
    Office() {
        REQUIRE((*this)->cases.open_case(caller, "1", "t", "p", {}));
        (*this)->tracing.load({});
    }
    /// Each way to look at a person: four lines of the log.
    void look_at(domain::PersonNo person, const domain::StatementFields& fields) {
        auto& tracing = (*this)->tracing;
        const auto id = (*this)->vault.person_id(person);
        REQUIRE(tracing.search(caller, reader(), {"1", without_phone(fields), {}}));
        REQUIRE(tracing.trajectory(caller, reader(), {id, "1", text_of(morning - 60), text_of(morning), {}}));
        TraceRequest trace;
        trace.case_number = "1";
        trace.index.push_back({id, {}, {}, {}, {}});
        trace.from = text_of(morning - 60);
        trace.to = text_of(morning);
        REQUIRE(tracing.trace(caller, reader(), trace));
        REQUIRE(reveals.reveal(caller, reader(), {id, "1", "流调电话", {"name"}}));
    }
    std::size_t told(RegistrationId phone) {
        return reader().audit().about((*this)->vault.blind(BlindKind::subject, std::to_string(phone.value)), 100).size();
    }
    RegistrationId registered_by_another_phone(unsigned number, unsigned phone) {
        auto fields = someone(number);
        fields.phone = someone(phone).phone;
        return registered(fields);
    }
    Caller caller = operator_of(storage::Role::tracer);
    Reveals reveals{(*this)->writer, (*this)->vault, clock, (*this)->tracing};
};

}  // namespace

TEST_CASE("a look is told to the phone that alone names the person, and once another names them too, to neither") {
    Office office;
    const auto victim = office.registered(someone(1));
    const auto person = office.person_of(victim);
    office.look_at(person, someone(1));
    CHECK(office.told(victim) == 4);
    const auto stranger = office.registered_by_another_phone(1, 2);
    REQUIRE(office.person_of(stranger) == person);
    office.look_at(person, someone(1));
    CHECK(office.told(stranger) == 0);
    CHECK(office.told(victim) == 4);   // what was told once stays told
}

TEST_CASE("whoever registers the document of somebody in a roster is told no look at them") {
    Office office;
    const auto roster = office.registered(without_phone(someone(1)));
    const auto stranger = office.registered_by_another_phone(1, 2);
    REQUIRE(office.person_of(stranger) == office.person_of(roster));
    office.look_at(office.person_of(roster), someone(1));
    CHECK(office.told(stranger) == 0);
}

TEST_CASE("a disclosure is told like a look") {
    Office office;
    const auto alone = office.registered(someone(1)), shared = office.registered(someone(2));
    (void)office.registered_by_another_phone(2, 3);
    const auto told = [&](unsigned number) {
        const auto table = ask(office->tracing, office.caller, office.reader(), SearchRequest{"1", without_phone(someone(number)), {}},
                               *parse_fields({"name"}));
        REQUIRE(table);
        return table->told;
    };
    CHECK(told(1) == std::vector{alone});
    CHECK(told(2).empty());
    (void)shared;
}

TEST_CASE("whoever adds a stranger as a dependant is told no look at them") {
    Office office;
    const auto victim = office.registered(someone(1)), phone = office.registered(someone(2));
    auto fields = without_phone(someone(1));
    fields.relation = "child";
    REQUIRE(office->residents.add_dependant(phone, *domain::parse_statement(fields, office.zone().local_day(morning), false)));
    office.look_at(office.person_of(victim), someone(1));
    CHECK(office.told(phone) == 0);
    office.look_at(office.person_of(phone), someone(2));
    CHECK(office.told(phone) == 4);
}

TEST_CASE("a look at whom a phone corrected itself to is told to it, also where the two persons stay apart") {
    Office office;
    (void)office.registered(without_phone(someone(1)));
    const auto phone = office.registered(someone(1));
    Correction correction;
    correction.document = someone(9);
    REQUIRE(office->residents.correct(phone, correction));
    const auto people = office.directory()->people;
    const auto person = people->person_of(people->statement_before(domain::ever_after, phone));
    REQUIRE(person != office.person_of(phone));
    auto now = someone(9);
    now.name = someone(1).name;
    office.look_at(person, now);
    CHECK(office.told(phone) == 4);
    office.look_at(office.person_of(phone), someone(1));   // whom the roster names too
    CHECK(office.told(phone) == 4);
}

TEST_CASE("a look at whom a phone alone names as a dependant is told to it, with who it was") {
    Office office;
    const auto phone = office.registered(someone(2));
    auto fields = without_phone(someone(1));
    fields.relation = "child";
    const auto added = office->residents.add_dependant(phone, *domain::parse_statement(fields, office.zone().local_day(morning), false));
    REQUIRE(added);
    const auto dependant = *open_dependant_id(office->vault, added->id);
    office.look_at(office.person_of(dependant), someone(1));
    office.look_at(office.person_of(phone), someone(2));
    AuditTrail audit(office->writer, office.clock, office->vault, office->staff, (office.folder.path / "checkpoints").string());
    const auto lines = audit.about(office.reader(), office.directory()->people->of_one_phone(phone));
    REQUIRE(lines.size() == 8);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        CAPTURE(i);
        CHECK(lines[i].subject == (i < 4 ? phone : dependant));
        if (i > 0) CHECK(lines[i].seq < lines[i - 1].seq);
    }
    (void)office.registered(someone(1));   // another phone names them too
    office.look_at(office.person_of(dependant), someone(1));
    CHECK(audit.about(office.reader(), {dependant}).size() == 4);
}
