// SPDX-License-Identifier: Apache-2.0
#include "service/registrar.hpp"

#include "domain/worlds.hpp"
#include "service/stage.hpp"

#include <catch2/catch.hpp>

#include <ctime>
#include <map>
#include <set>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using domain::StatementFields;

namespace {

StatementFields with_name(StatementFields fields, const std::string& name) {
    fields.name = name;
    return fields;
}

/// Persons as sets of registrations, whatever their numbers.
std::set<std::set<std::uint64_t>> persons(const domain::People& people) {
    std::map<std::uint32_t, std::set<std::uint64_t>> by_person;
    for (std::uint64_t id = 1; id <= people.registration_count(); ++id) by_person[people.person_of({id}).value].insert(id);
    std::set<std::set<std::uint64_t>> sets;
    for (const auto& [person, set] : by_person) sets.insert(set);
    return sets;
}

/// Registers one after another; then who is one human.
std::set<std::set<std::uint64_t>> persons_of(const std::vector<StatementFields>& statements) {
    Stage stage;
    for (const auto& fields : statements) (void)stage.registered(fields);
    const auto before = persons(*stage.directory()->people);
    stage.restart();
    CHECK(persons(*stage.directory()->people) == before);
    return before;
}

using Sets = std::set<std::set<std::uint64_t>>;

}  // namespace

TEST_CASE("the same document under an agreeing name is one person, from any phone and however it is written") {
    auto other_phone = someone(1);
    other_phone.phone = someone(2).phone;
    auto spaced = without_phone(someone(1));
    spaced.document_number.insert(6, " ");
    spaced.name = "李 建 英";
    REQUIRE(name_of(81) == "李建英");
    const auto same = [](StatementFields fields) { return with_name(std::move(fields), "李建英"); };
    CHECK(persons_of({same(someone(1)), same(other_phone), spaced}) == Sets{{1, 2, 3}});
}

TEST_CASE("the same document under another name is another person") {
    CHECK(persons_of({with_name(someone(1), "王建华"), with_name(someone(1), "李秀英"), with_name(someone(1), "王建华")}) == Sets{{1, 3}, {2}});
}

TEST_CASE("a phone and a name without a document join the person they fit, and no other") {
    const auto phone_only = without_document(someone(1));
    CHECK(persons_of({someone(1), phone_only}) == Sets{{1, 2}});
    CHECK(persons_of({phone_only, phone_only}) == Sets{{1, 2}});
    CHECK(persons_of({someone(1), with_name(phone_only, "李国英")}) == Sets{{1}, {2}});        // a family's phone
    CHECK(persons_of({without_phone(someone(1)), phone_only}) == Sets{{1}, {2}});               // nothing in common but the name
    auto double_name = someone(2);
    double_name.name = someone(1).name;
    double_name.phone = someone(1).phone;
    CHECK(persons_of({someone(1), double_name}) == Sets{{1}, {2}});                              // two documents are two people
    CHECK(persons_of({someone(1), double_name, phone_only}) == Sets{{1}, {2}, {3}});            // fits two: a guess is not made
}

TEST_CASE("a statement with the document takes in the person that was known by phone and name alone") {
    const auto phone_only = without_document(someone(1));
    CHECK(persons_of({phone_only, someone(1)}) == Sets{{1, 2}});
    CHECK(persons_of({without_phone(someone(1)), phone_only, someone(1)}) == Sets{{1, 2, 3}});
    auto other = someone(2);
    other.phone = someone(1).phone;
    CHECK(persons_of({phone_only, other}) == Sets{{1}, {2}});   // the same phone under another name
}

TEST_CASE("a merge is an event with its reason; scans keep their registration, and answers follow at once") {
    Stage stage;
    stage.divisions("code,name\n130682,定州\n");
    stage.sites("ref,name,category,division\nA,商店,shop,130682\n");
    stage->tracing.load({});
    const auto by_document = stage.registered(without_phone(someone(1)));
    const auto by_phone = stage.registered(without_document(someone(1)));
    const auto absorbed = stage.person_of(by_phone);
    REQUIRE(stage.scan(by_document, "A", "in", morning - 600));
    REQUIRE(stage.scan(by_phone, "A", "out", morning - 300));
    CHECK(stage.reader().registry().person_events().empty());
    const auto both = stage.registered(someone(1));
    const auto person = stage.person_of(both);
    CHECK(person == stage.person_of(by_document));
    CHECK(stage.person_of(by_phone) == person);
    CHECK(stage.directory()->people->resolve(absorbed) == person);
    const auto events = stage.reader().registry().person_events();
    REQUIRE(events.size() == 1);
    CHECK(events[0].kind == storage::PersonEventKind::merge);
    CHECK(events[0].from == absorbed);
    CHECK(events[0].into == person);
    CHECK(events[0].by.is_none());
    CHECK_FALSE(events[0].reason.empty());
    const auto caller = operator_of(storage::Role::tracer);
    REQUIRE(stage->cases.open_case(caller, "1", "t", "p", {}));
    for (const auto id : {person, absorbed}) {   // an id that was told once goes on naming the human
        const auto told = stage->tracing.trajectory(caller, stage.reader(), {stage->vault.person_id(id), "1", text_of(morning - 3600), text_of(morning), {}});
        REQUIRE(told);
        CHECK(told->scans.size() == 2);
        REQUIRE(told->visits.size() == 1);
        CHECK(told->visits[0].end == morning - 300);
    }
    CHECK(stage.log()[1].registration == by_phone);
}

TEST_CASE("random statements make the persons that exact identity makes, whatever their order of arrival within a key") {
    // People have one document, one name and one phone each; statements leave out either. What must hold whatever the order:
    // never two documents or two names in one person, and all statements with one document and name in one.
    const auto seed = static_cast<std::uint64_t>(Catch::rngSeed());
    CAPTURE(seed);
    domain::worlds::Random random(seed);
    Stage stage;
    std::vector<StatementFields> stated;
    std::uint32_t person_numbers = 0;
    for (int i = 0; i < 150; ++i) {
        auto fields = someone(random.below(12));
        if (random.below(4) == 0) fields.phone = someone(random.below(12)).phone;
        if (random.below(6) == 0) fields.name = name_of(random.below(12));
        if (const auto cut = random.below(4); cut == 0) fields = without_document(fields);
        else if (cut == 1) fields = without_phone(fields);
        const auto registration = stage.registered(fields);
        CHECK(registration.value == stated.size() + 1);
        stated.push_back(fields);
        const auto person = stage.person_of(registration);
        CHECK(person.value <= ++person_numbers);
    }
    const auto people = stage.directory()->people;
    std::map<std::pair<std::string, std::string>, std::uint32_t> person_by_document;
    std::map<std::uint32_t, std::set<std::string>> names, documents;
    for (std::size_t i = 0; i < stated.size(); ++i) {
        const auto person = people->person_of({i + 1}).value;
        names[person].insert(stated[i].name);
        if (stated[i].document_number.empty()) continue;
        documents[person].insert(stated[i].document_number);
        const auto [known, is_new] = person_by_document.try_emplace({stated[i].document_number, stated[i].name}, person);
        CHECK(known->second == person);
    }
    for (const auto& [person, set] : names) CHECK(set.size() == 1);
    for (const auto& [person, set] : documents) CHECK(set.size() == 1);
}

TEST_CASE("what registrations cost does not grow with how many of one document, phone or name there are") {
    const bool is_one_document = GENERATE(true, false);   // else one phone and name under ever new documents
    const bool has_phone = GENERATE(true, false);
    if (!is_one_document && !has_phone) return;
    Stage stage;
    constexpr unsigned batch = 1'000, batches = 6;
    std::vector<double> cpu_s;
    for (unsigned n = 0; n < batches; ++n) {
        std::vector<domain::Statement> statements;
        for (unsigned i = 0; i < batch; ++i) {
            auto fields = someone(is_one_document ? 1 : 1 + n * batch + i);
            fields.name = name_of(1);
            fields.phone = has_phone ? someone(1).phone : "";
            statements.push_back(*domain::parse_statement(fields, stage.zone().local_day(morning), false));
        }
        const auto started = std::clock();
        REQUIRE(stage.write([&](WriteContext& context) -> kit::Status {
            for (const auto& statement : statements) (void)register_statement(context, stage->vault, statement, {});
            return kit::Done{};
        }));
        cpu_s.push_back(static_cast<double>(std::clock() - started) / CLOCKS_PER_SEC);
    }
    CHECK(stage.directory()->people->registration_count() == batch * batches);
    CAPTURE(is_one_document, has_phone, cpu_s);
    CHECK(cpu_s.back() < 3 * cpu_s.front() + 0.1);   // read one by one, the last thousand cost ten times the first
}

TEST_CASE("nothing that identifies a person lies in the registry in the clear, and a profile belongs to its row") {
    Stage stage;
    auto fields = someone(1);
    fields.address = "清风街12号";
    const auto id = stage.registered(fields);
    auto row = stage.reader().registry().registration(id);
    REQUIRE(row);
    for (const auto& text : {fields.name, fields.document_number, fields.phone, fields.address, fields.document_number.substr(6, 8)})
        CHECK(row->profile.find(text) == std::string::npos);
    CHECK(stage->vault.open(SealKind::profile, associated_data(*row), row->profile));
    const auto refused = [&](const std::function<void(storage::RegistrationRow&)>& change) {
        auto other = *row;
        change(other);
        return !stage->vault.open(SealKind::profile, associated_data(other), other.profile);
    };
    CHECK(refused([](auto& r) { ++r.id.value; }));
    CHECK(refused([](auto& r) { ++r.person.value; }));
    CHECK(refused([](auto& r) { ++r.holder.value; }));
    CHECK(refused([](auto& r) { r.is_correction = true; }));
    CHECK(refused([](auto& r) { r.origin = storage::Origin::roster; }));
    CHECK(refused([](auto& r) { r.at = r.at + 1; }));
    CHECK(refused([](auto& r) { ++r.by.value; }));
    CHECK(refused([](auto& r) { ++r.notice_version; }));
    CHECK(refused([](auto& r) { r.name[0] ^= 1; }));
    CHECK(refused([](auto& r) { (*r.document)[0] ^= 1; }));
    CHECK(refused([](auto& r) { r.document.reset(); }));
    CHECK(refused([](auto& r) { (*r.phone)[0] ^= 1; }));
    CHECK(refused([](auto& r) { r.phone.reset(); }));
    CHECK(refused([](auto& r) { std::swap(r.document, r.phone); }));
}

TEST_CASE("who is shown is the oldest statement with a document, filled from the others, and masked") {
    Stage stage;
    auto first = without_document(someone(1));
    first.address = "清风街12号";
    auto second = someone(1);
    second.sex = "male";
    auto third = someone(1);
    third.address = "南门外3号";
    third.workplace = "砖厂";
    const auto person = [&] {
        (void)stage.registered(first);
        (void)stage.registered(second);
        return stage.person_of(stage.registered(third));
    }();
    const auto people = stage.directory()->people;
    REQUIRE(people->registrations_of(person).size() == 3);
    const auto profile = profile_of(stage.reader(), stage->vault, *people, person);
    REQUIRE(profile);
    CHECK(profile->name.shown == first.name);
    CHECK(profile->document->number == second.document_number);
    CHECK(profile->address == "南门外3号");   // those with a document speak before those without
    CHECK(profile->workplace == "砖厂");
    CHECK(profile->birth_date == domain::parse_date("1950-01-01"));
    const auto view = masked(stage.reader(), stage->vault, *people, person);
    CHECK(view.id == stage->vault.person_id(person));
    CHECK(view.name == "李*");
    CHECK(view.document_type == "id");
    CHECK(view.document_number.substr(0, 6) == "130682");
    CHECK(view.document_number.find("1950") == std::string::npos);
    CHECK(view.phone == "142****0001");
    CHECK(view.address.empty());
    CHECK(view.workplace.empty());
    CHECK_FALSE(profile_of(stage.reader(), stage->vault, *people, {99}));
}

TEST_CASE("a credential is told after the registration is in, and opens to it") {
    Stage stage;
    const auto statement = *domain::parse_statement(someone(1), stage.zone().local_day(morning), true);
    const auto told = [&] {
        auto promise = std::make_shared<std::promise<kit::Result<std::string>>>();
        auto future = promise->get_future();
        stage->registrar.register_resident(statement, 3, [promise](kit::Result<std::string> credential) { promise->set_value(std::move(credential)); });
        return future.get();
    };
    const auto first = told();
    const auto second = told();
    REQUIRE(first);
    REQUIRE(second);
    CHECK(stage->vault.open_credential(*first) == domain::RegistrationId{1});
    CHECK(stage->vault.open_credential(*second) == domain::RegistrationId{2});
    CHECK(stage.directory()->may_scan({2}));
    CHECK(stage.reader().registry().registration({2})->notice_version == 3);
    stage.restart_stopped();
    stage->run_once();
    CHECK(refusal(told()) == "busy");
    stage.restart();
    CHECK(stage->vault.open_credential(*told()) == domain::RegistrationId{3});
}
