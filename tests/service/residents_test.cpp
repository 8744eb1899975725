// SPDX-License-Identifier: Apache-2.0
#include "service/residents.hpp"

#include "service/stage.hpp"

#include <catch2/catch.hpp>

#include "kit/limits.hpp"

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using domain::RegistrationId;
using domain::StatementFields;

namespace {

struct Home : Stage {
    Home() {
        divisions("code,name\n130682,定州\n");
        sites("ref,name,category,division\nA,商店,shop,130682\nB,药店,pharmacy,130682\n");
        (*this)->tracing.load({});
    }

    kit::Result<AddedDependant> add(RegistrationId holder, StatementFields fields, const std::string& relation = "child") {
        fields.relation = relation;
        const auto statement = domain::parse_statement(fields, zone().local_day(clock.now()), false);
        REQUIRE(statement);
        return (*this)->residents.add_dependant(holder, *statement);
    }
    /// The number-th person without document and phone, registered by this phone.
    std::string child(RegistrationId holder, unsigned number) {
        const auto added = add(holder, without_document(without_phone(someone(number))));
        REQUIRE(added);
        return added->id;
    }
    RegistrationId open(const std::string& id) { return *open_dependant_id((*this)->vault, id); }
    ScanRequest request(const std::vector<std::string>& dependants, std::optional<domain::Instant> at = {}, bool self = true) {
        ScanRequest request;
        request.code = code("A");
        request.direction = "in";
        if (at) request.at = text_of(*at);
        request.self = self;
        request.dependants = dependants;
        return request;
    }
    std::string told(RegistrationId who, const ScanRequest& request) { return refusal(scan_all(who, request)); }
    OwnScans own(RegistrationId who, const PageRequest& page = {}) {
        auto scans = (*this)->residents.scans(who, page);
        REQUIRE(scans);
        return *std::move(scans);
    }
    kit::Status correct(RegistrationId who, const Correction& correction) {
        clock.pass(1);   // a correction holds for what is later than it
        auto status = (*this)->residents.correct(who, correction);
        clock.pass(1);
        return status;
    }
    kit::Status rename(RegistrationId who, const std::string& name) {
        Correction correction;
        correction.name = name;
        return correct(who, correction);
    }
    std::vector<std::string> audit() {
        std::vector<std::string> lines;
        for (const auto& row : reader().audit().read(1, 1000)) lines.push_back(row.action);
        return lines;
    }
    Correction to_document_of(unsigned number) {
        Correction correction;
        correction.document = someone(number);
        return correction;
    }
};

std::vector<std::string> ids(const OwnScans& own) {
    std::vector<std::string> all;
    for (const auto& scan : own.scans) all.push_back(scan.id);
    return all;
}

}  // namespace

TEST_CASE("a scan holds everybody it names, the resident first, in one transaction; a retry gives the same ids") {
    Home home;
    const auto holder = home.registered(someone(1));
    const auto first = home.child(holder, 2), second = home.child(holder, 3);
    const int commits = home->store.commits;
    const auto receipts = home.scan_all(holder, home.request({second, first}, morning - 60));
    REQUIRE(receipts);
    CHECK(home->store.commits == commits + 1);
    const std::vector<RegistrationId> expected{holder, home.open(second), home.open(first)};
    REQUIRE(receipts->size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(home->vault.open_scan_id((*receipts)[i].id)->registration == expected[i]);
        CHECK_FALSE((*receipts)[i].known);
        CHECK((*receipts)[i].at == morning - 60);
    }
    const auto again = home.scan_all(holder, home.request({first, second}, morning - 60));
    REQUIRE(again);
    CHECK((*again)[1].id == (*receipts)[2].id);
    CHECK((*again)[2].id == (*receipts)[1].id);
    for (const auto& receipt : *again) CHECK(receipt.known);
    CHECK(home.log().size() == 3);
    const auto without = home.scan_all(holder, home.request({first}, morning - 30, false));
    REQUIRE(without);
    REQUIRE(without->size() == 1);
    CHECK(home->vault.open_scan_id((*without)[0].id)->registration == home.open(first));
}

TEST_CASE("a dependant's id is good for the phone that holds it and for nobody else, and a forged one looks the same") {
    Home home;
    const auto holder = home.registered(someone(1)), other = home.registered(someone(2));
    const auto child = home.child(holder, 3);
    CHECK(home.told(holder, home.request({child})).empty());
    auto forged = child;
    forged.back() = forged.back() == '0' ? '1' : '0';
    const auto credential = home->vault.credential(home.open(child));
    for (const auto& id : {forged, std::string("d1"), std::string{}, credential, dependant_id(home->vault, {99}), dependant_id(home->vault, holder)})
        CHECK(home.told(holder, home.request({id})) == "unknown_dependant");
    CHECK(home.told(other, home.request({child})) == "unknown_dependant");
    CHECK(home.told(holder, home.request({child, child})) == "dependant_twice");
    CHECK(home.told(holder, home.request({}, {}, false)) == "nobody_scanned");
    const auto before = home.log().size();
    CHECK(home.told(holder, home.request({child, forged}, morning - 5)) == "unknown_dependant");   // all or none
    CHECK(home.log().size() == before);
}

TEST_CASE("one phone has so many dependants, and a lost answer costs none of them") {
    Home home;
    const auto holder = home.registered(someone(1));
    std::vector<std::string> all;
    for (unsigned i = 0; i < kit::dependants_max; ++i) all.push_back(home.child(holder, 10 + i));
    CHECK(home.child(holder, 10) == all[0]);
    const auto again = home.add(holder, without_document(without_phone(someone(10))));
    REQUIRE(again);
    CHECK(again->known);
    CHECK(refusal(home.add(holder, without_document(without_phone(someone(10))), "parent")) == "too_many_dependants");
    CHECK(refusal(home.add(holder, someone(90))) == "too_many_dependants");
    CHECK(home.scan_all(holder, home.request(all))->size() == kit::dependants_max + 1);
    all.push_back(all[0]);
    CHECK(home.told(holder, home.request(all, morning - 9)) == "too_many_dependants");
    home.restart();
    CHECK(refusal(home.add(holder, someone(90))) == "too_many_dependants");
    CHECK(home.scan_all(holder, home.request({all[3]}, morning - 60)));
    CHECK_FALSE(home.add(home.registered(someone(50)), someone(90))->known);
}

TEST_CASE("the people of a batch are counted, and each item is all or none") {
    Home home;
    const auto holder = home.registered(someone(1));
    std::vector<std::string> all;
    for (unsigned i = 0; i < 9; ++i) all.push_back(home.child(holder, 10 + i));
    std::vector<ScanRequest> items;
    for (int i = 0; i < 101; ++i) items.push_back(home.request(all, morning - 100 * i - 1));
    items[3].dependants.push_back("forged");
    const auto results = home.batch_all(holder, items);
    REQUIRE(results.size() == 101);
    CHECK(refusal(results[3]) == "unknown_dependant");
    CHECK(results[4]->size() == 10);
    CHECK(results[100]->size() == 10);   // a thousand people
    CHECK(home.log().size() == kit::batch_people_max);
    items[3].dependants.pop_back();
    CHECK(refusal(home.batch_all(holder, items)[100]) == "batch_people");
}

TEST_CASE("who registers a dependant's document is told nothing of whom it belongs to, and the person is the same") {
    Home home;
    const auto known = home.registered(someone(5));
    REQUIRE(home.scan(known, "A", "in", morning - 600));
    const auto holder = home.registered(someone(1));
    const auto added = home.add(holder, someone(5));
    REQUIRE(added);
    CHECK_FALSE(added->known);
    CHECK(home.person_of(home.open(added->id)) == home.person_of(known));
    CHECK(home.own(holder).scans.empty());
    REQUIRE(home.scan_all(holder, home.request({added->id}, morning)));
    const auto own = home.own(holder);
    REQUIRE(own.scans.size() == 2);
    for (const auto& scan : own.scans) CHECK(scan.at == morning);
    CHECK(home.own(known).scans.size() == 1);
}

TEST_CASE("two phones with one document read only what each of them said and recorded; a gate's scans are neither's") {
    Home home;
    auto elsewhere = someone(1);
    elsewhere.phone = someone(2).phone;
    elsewhere.address = "清风街12号";
    const auto collider = home.registered(someone(1)), victim = home.registered(elsewhere);
    REQUIRE(home.person_of(collider) == home.person_of(victim));
    REQUIRE(home.scan(victim, "A", "in", morning - 30));
    GateRequest gate;
    gate.document = without_phone(someone(1));   // stands for the oldest registration that has it: the collider's
    gate.site = "B";
    gate.direction = "in";
    REQUIRE(home.gate(operator_of(storage::Role::guard), {gate})[0]);
    CHECK(home.own(collider).scans.empty());
    REQUIRE(home.scan(collider, "A", "in", morning));
    const auto own = home.own(collider);
    REQUIRE(own.scans.size() == 1);
    CHECK_FALSE(own.scans[0].repeated);   // it would say that somebody with this document was here half a minute ago
    CHECK(home.own(victim).scans.size() == 1);
    const auto view = home->residents.view(collider, home.reader());
    REQUIRE(view.statements.size() == 1);
    CHECK(view.statements[0].said.address.empty());
    CHECK(view.statements[0].said.phone->e164.ends_with(someone(1).phone));
    CHECK(home->residents.export_scans(collider)->scans.size() == 1);
    CHECK(refusal(home->residents.scans(collider, {{}, {}, home.own(victim).scans[0].id, {}})) == "cursor_unknown");
}

TEST_CASE("own scans come newest first, page by page, cut to a window, with who they are of") {
    Home home;
    const auto holder = home.registered(someone(1));
    const auto child = home.child(holder, 2);
    for (int i = 0; i < 5; ++i) REQUIRE(home.scan_all(holder, home.request({child}, morning - 100 * i)));
    REQUIRE(home.void_scan(holder, home.own(holder).scans[0].id));   // the dependant's: what this phone recorded it may take back
    const auto all = home.own(holder);
    REQUIRE(all.scans.size() == 10);
    CHECK(all.next.empty());
    CHECK(all.scans[0].dependant == child);
    CHECK(all.scans[0].voided);
    CHECK(all.scans[1].dependant.empty());
    CHECK_FALSE(all.scans[1].voided);
    CHECK(all.scans[1].site->ref == "A");
    CHECK(all.scans[1].evidence == std::string("static"));
    for (std::size_t i = 1; i < all.scans.size(); ++i) CHECK(all.scans[i - 1].at >= all.scans[i].at);
    for (const std::size_t limit : {1U, 3U, 5U, 10U}) {
        std::vector<std::string> paged;
        PageRequest page;
        page.limit = std::to_string(limit);
        do {
            const auto part = home.own(holder, page);
            CHECK(part.scans.size() <= limit);
            for (const auto& id : ids(part)) paged.push_back(id);
            page.cursor = part.next;
        } while (!page.cursor.empty());
        CHECK(paged == ids(all));
    }
    CHECK(home.own(holder, {text_of(morning - 200), text_of(morning), {}, {}}).scans.size() == 4);   // [from, to)
    const auto refused = [&](const PageRequest& page) { return refusal(home->residents.scans(holder, page)); };
    CHECK(refused({"yesterday", {}, {}, {}}) == "time_malformed");
    CHECK(refused({text_of(morning), text_of(morning), {}, {}}) == "window_empty");
    CHECK(refused({{}, {}, "forged", {}}) == "cursor_unknown");
    for (const auto* limit : {"0", "501", "-1", "5x", "99999999999999999999999"}) CHECK(refused({{}, {}, {}, limit}) == "page_limit_range");
    CHECK(refused({{}, {}, {}, "500"}).empty());
    home.restart();
    CHECK(refused({}) == "starting");
    home->tracing.load({});
    CHECK(ids(home.own(holder)) == ids(all));
}

TEST_CASE("a page begins at its window's second, and knows what was scanned a minute before it") {
    Home home;
    const auto who = home.registered(someone(1));
    for (const std::int64_t at : {-31, -30, 30}) REQUIRE(home.scan(who, "A", "in", morning + at));
    const auto page = home.own(who, {text_of(morning), {}, {}, {}});
    REQUIRE(page.scans.size() == 1);
    CHECK(page.scans[0].repeated);
    CHECK(home.own(who, {text_of(morning - 30), {}, {}, {}}).scans.size() == 2);
}

TEST_CASE("nobody takes back what another phone recorded of the same person") {
    Home home;
    const auto first = home.registered(someone(1)), second = home.registered(someone(1));
    REQUIRE(home.person_of(first) == home.person_of(second));
    const auto scan = home.scan(second, "A", "in", morning);
    CHECK(refusal(home.void_scan(first, scan->id)) == "scan_unknown");
    CHECK(home.void_scan(second, scan->id));
}

TEST_CASE("a correction is a new statement of the same phone: its credential, dependants and scans go on") {
    Home home;
    const auto phone = home.registered(someone(1));
    const auto child = home.child(phone, 2);
    const auto old = home.scan_all(phone, home.request({child}, morning - 60));
    REQUIRE(home.correct(phone, home.to_document_of(3)));
    const auto view = home->residents.view(phone, home.reader());
    REQUIRE(view.statements.size() == 2);
    CHECK(view.statements[0].said.document->number == someone(1).document_number);
    CHECK(view.statements[1].said.document->number == someone(3).document_number);
    CHECK(view.statements[1].said.birth_date == domain::birth_date_of(*view.statements[1].said.document));
    CHECK(view.statements[1].said.name.shown == someone(1).name);
    REQUIRE(view.dependants.size() == 1);
    CHECK(view.dependants[0].id == child);
    CHECK(home.audit().back() == "own_statement_corrected");
    // What it had recorded is known under the same id, and what comes now is of the new statement.
    const auto again = home.scan_all(phone, home.request({child}, morning - 60));
    REQUIRE(again);
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK((*again)[i].known);
        CHECK((*again)[i].id == (*old)[i].id);
    }
    const auto now = home.scan_all(phone, home.request({child}));
    const auto correction = home->vault.open_scan_id((*now)[0].id)->registration;
    CHECK(correction != phone);
    CHECK(home.person_of(correction) == home.person_of(phone));   // nobody else had said that they were the first
    CHECK(home->vault.open_scan_id((*now)[1].id)->registration == home.open(child));
    CHECK(home.own(phone).scans.size() == 4);
    REQUIRE(home.void_scan(phone, (*old)[0].id));
    home.restart();
    home->tracing.load({});
    CHECK(home.scan_all(phone, home.request({child}, morning - 60))->front().known);
    CHECK(home.own(phone).scans.size() == 4);
    const auto people = home.directory()->people;
    const auto profile = profile_of(home.reader(), home->vault, *people, people->person_of(phone));
    CHECK(profile->document->number == someone(3).document_number);   // what was corrected speaks last
}

TEST_CASE("a scan from a clock ahead that a correction overtook is not counted again") {
    Home home;
    const auto phone = home.registered(someone(1));
    const auto ahead = home.scan(phone, "A", "in", morning + 100);
    REQUIRE(ahead);
    REQUIRE(home.rename(phone, name_of(7)));
    const auto again = home.scan(phone, "A", "in", morning + 100);
    REQUIRE(again);
    CHECK(again->known);
    CHECK(again->id == ahead->id);
    CHECK(home.log().size() == 1);
    const auto at_once = home.scan(phone, "A", "out", morning + 1);   // in the second of the correction: as before it
    CHECK(home->vault.open_scan_id(at_once->id)->registration == phone);
}

TEST_CASE("a correction takes no scan from a person whom another statement names, and none of theirs to another") {
    Home home;
    const auto roster = home.registered(without_phone(someone(1)));
    const auto phone = home.registered(someone(1));
    const auto person = home.person_of(roster);
    REQUIRE(home.person_of(phone) == person);
    REQUIRE(home.scan(phone, "A", "in", morning - 60));
    REQUIRE(home.correct(phone, home.to_document_of(9)));
    CHECK(home.person_of(phone) == person);
    const auto after = home.scan(phone, "A", "in");
    const auto correction = home->vault.open_scan_id(after->id)->registration;
    CHECK(home.person_of(correction) != person);
    // Back again: what was recorded between is not taken along to a person whom the roster names.
    REQUIRE(home.correct(phone, home.to_document_of(1)));
    CHECK(home.person_of(correction) != person);
    CHECK(home.reader().registry().person_events().empty());
}

TEST_CASE("a correction leaves the person whom a dependant of the same phone is too") {
    Home home;
    const auto phone = home.registered(someone(1));
    const auto child = home.add(phone, without_phone(someone(1)));   // whoever typed it once more for a child
    REQUIRE(child);
    const auto person = home.person_of(phone);
    REQUIRE(home.person_of(home.open(child->id)) == person);
    REQUIRE(home.correct(phone, home.to_document_of(9)));
    const auto after = home.scan(phone, "A", "in");
    CHECK(home.person_of(home->vault.open_scan_id(after->id)->registration) != person);
    CHECK(home.person_of(home.open(child->id)) == person);
    CHECK(home.reader().registry().person_events().empty());
}

TEST_CASE("a correction to a stranger's name and document leaves one's past scans where they were") {
    Home home;
    const auto victim = home.registered(someone(1)), phone = home.registered(someone(2));
    const auto old = home.scan(phone, "A", "in", morning - 60);
    const auto before = home.person_of(phone);
    auto correction = home.to_document_of(1);
    correction.name = someone(1).name;
    REQUIRE(home.correct(phone, correction));
    CHECK(home.person_of(phone) == before);
    CHECK(home.person_of(phone) != home.person_of(victim));
    const auto caller = operator_of(storage::Role::tracer);
    REQUIRE(home->cases.open_case(caller, "1", "t", "p", {}));
    const auto scans_of = [&](domain::PersonNo person) {
        const auto told = home->tracing.trajectory(caller, home.reader(), {home->vault.person_id(person), "1", text_of(morning - 3600), text_of(morning + 60), {}});
        REQUIRE(told);
        std::vector<std::string> ids;
        for (const auto& scan : told->scans) ids.push_back(scan.id);
        return ids;
    };
    CHECK(scans_of(home.person_of(victim)).empty());
    CHECK(scans_of(before) == std::vector{old->id});
    CHECK(home.reader().registry().person_events().empty());
}

TEST_CASE("a correction joins persons whom only this phone's own statements name") {
    Home home;
    const auto roster = home.registered(without_phone(someone(1)));
    const auto phone = home.registered(someone(1));
    REQUIRE(home.correct(phone, home.to_document_of(9)));    // a person of its own: the roster names the first
    REQUIRE(home.correct(phone, home.to_document_of(1)));
    REQUIRE(home.correct(phone, home.to_document_of(8)));    // another: who it was meanwhile is in the roster
    const auto own = home.directory()->people->of_one_phone(phone);
    REQUIRE(own.size() == 4);
    REQUIRE(home.person_of(own[1]) != home.person_of(own[3]));
    REQUIRE(home.correct(phone, home.to_document_of(9)));
    CHECK(home.person_of(own[1]) == home.person_of(own[3]));
    CHECK(home.person_of(phone) == home.person_of(roster));
    REQUIRE(home.reader().registry().person_events().size() == 1);
    CHECK(home.reader().registry().person_events()[0].reason == "correction");
}

TEST_CASE("what a correction does not give stays, what it gives empty goes, and mistakes change nothing") {
    Home home;
    auto fields = someone(1);
    fields.address = "清风街12号";
    fields.division = "130682";
    const auto phone = home.registered(fields);
    Correction correction;
    correction.address = "";
    correction.phone = someone(2).phone;
    REQUIRE(home.correct(phone, correction));
    const auto said = home->residents.view(phone, home.reader()).statements.back().said;
    CHECK(said.address.empty());
    CHECK(said.phone->e164.ends_with(someone(2).phone));
    CHECK(said.division == domain::parse_division_code("130682"));
    CHECK(said.name.shown == someone(1).name);
    const auto lines = home.audit().size();
    REQUIRE(home.correct(phone, {}));                    // nothing changes: nothing happens
    REQUIRE(home.rename(phone, someone(1).name));
    CHECK(refusal(home.rename(phone, "")) == "name_empty");
    correction = home.to_document_of(5);
    correction.document->document_number.back() ^= 1;
    CHECK_FALSE(refusal(home.correct(phone, correction)).empty());
    CHECK(home->residents.view(phone, home.reader()).statements.size() == 2);
    CHECK(home.audit().size() == lines);
}

TEST_CASE("what only the mistaken number said goes with it: a birth date and a sex do not hold against the right one") {
    for (const char* number : {"130682196002020018", "130682196002020026"}) {   // another day; one of each sex
        Home home;
        const auto phone = home.registered(someone(1));
        auto right = home.to_document_of(1);
        right.document->document_number = number;
        CHECK(refusal(home.correct(phone, right)).empty());
        const auto said = home->residents.view(phone, home.reader()).statements.back().said;
        CHECK(said.birth_date == domain::parse_date("1960-02-02"));
    }
}

TEST_CASE("a statement is corrected so many times") {
    Home home;
    const auto phone = home.registered(someone(1));
    for (unsigned i = 1; i <= kit::corrections_max; ++i) REQUIRE(home.rename(phone, name_of(i % 2 == 0 ? 1 : 2)));
    CHECK(refusal(home.rename(phone, name_of(3))) == "too_many_corrections");
    CHECK(home.add(phone, someone(5)));
    CHECK(home.scan(phone, "A", "in"));
    CHECK(home->residents.view(phone, home.reader()).statements.size() == kit::corrections_max + 1);
}

TEST_CASE("a withdrawal ends the credential at once, marks the phone for erasure and says what stays until when") {
    Home home;
    const auto phone = home.registered(someone(1)), other = home.registered(someone(2));
    const auto child = home.child(phone, 3);
    const auto withdrawal = home->residents.withdraw(phone, home.reader());
    REQUIRE(withdrawal);
    CHECK(text_of(withdrawal->until) == "2026-03-03T16:00:00Z");   // the midnight that begins the 30th day
    CHECK_FALSE(withdrawal->cases_hold);
    CHECK(home.audit().back() == "own_data_withdrawn");
    for (int life = 0; life < 2; ++life) {
        CHECK_FALSE(home.directory()->may_scan(phone));
        CHECK(home.directory()->may_scan(other));
        CHECK(home.reader().registry().revocations() == std::vector<storage::Revocation>{{phone, morning, true}});
        CHECK(refusal(home->residents.withdraw(phone, home.reader())) == "unauthenticated");
        CHECK(refusal(home.add(phone, someone(4))) == "unauthenticated");
        CHECK(refusal(home.rename(phone, name_of(9))) == "unauthenticated");
        home.restart();
    }
    REQUIRE(home->cases.open_case(operator_of(storage::Role::tracer), "1", "t", "p", {}));
    CHECK(home->residents.withdraw(other, home.reader())->cases_hold);
}

TEST_CASE("an export is in the audit log before it leaves") {
    Home home;
    const auto phone = home.registered(someone(1));
    REQUIRE(home->residents.export_scans(phone));
    const auto line = home.reader().audit().last();
    REQUIRE(line);
    CHECK(line->action == "own_data_exported");
    CHECK(line->by.is_none());
    CHECK(home->vault.open(SealKind::audit_detail, std::to_string(line->seq), line->detail) == "registration " + std::to_string(phone.value));
}
