// SPDX-License-Identifier: Apache-2.0
#include "kit/limits.hpp"
#include "service/ingest.hpp"
#include "service/stage.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using domain::StatementFields;

namespace {

StatementFields document_of(unsigned number, const std::string& name = {}) {
    auto fields = without_phone(someone(number));
    fields.name = name;
    return fields;
}

StatementFields phone_of(unsigned number, const std::string& name) {
    auto fields = without_document(someone(number));
    fields.name = name;
    return fields;
}

struct Gate : Stage {
    Gate() {
        divisions("code,name\n130682,定州\n130683,安国\n");
        sites("ref,name,category,division\nA,东门,village,130682\nB,西门,village,130683\n");
    }
    GateRequest request() const {
        GateRequest made;
        made.site = "A";
        made.direction = "in";
        return made;
    }
    GateRequest by_document(const StatementFields& fields) const {
        auto made = request();
        made.document = fields;
        return made;
    }
    GateRequest by_phone(const StatementFields& fields) const {
        auto made = request();
        made.phone = fields;
        return made;
    }
    GateRequest by_credential(const std::string& credential) const {
        auto made = request();
        made.credential = credential;
        return made;
    }
    std::string answer(const GateRequest& given) { return refusal(gate(guard, {given}).at(0)); }
    /// Whose scan it became; none when refused.
    domain::RegistrationId scanned(const GateRequest& given) {
        clock.pass(1);
        const auto result = gate(guard, {given}).at(0);
        return result ? (*this)->vault.open_scan_id(result->id)->registration : domain::RegistrationId{};
    }
    Caller guard = operator_of(storage::Role::guard, 9);
};

}  // namespace

TEST_CASE("a guard's scan stands for the oldest registration with the document, and who scanned is kept") {
    Gate town;
    const auto oldest = town.registered(someone(1));
    auto again = someone(1);
    again.phone = someone(77).phone;
    (void)town.registered(again);
    const auto result = town.gate(town.guard, {town.by_document(document_of(1))}).at(0);
    REQUIRE(result);
    CHECK(town->vault.open_scan_id(result->id)->registration == oldest);
    CHECK(std::string(result->evidence) == "staff");
    CHECK(town.reader().scans().staff_of({1}) == town.guard.id);
    CHECK(town.scanned(town.by_document(document_of(1, someone(1).name))) == oldest);
    CHECK(town.scanned(town.by_phone(phone_of(1, someone(1).name))) == oldest);
    CHECK(town.scanned(town.by_credential(town->vault.credential(oldest))) == oldest);
    CHECK(town.directory()->people->registration_count() == 2);
    CHECK(town.log().size() == 4);
}

TEST_CASE("a credential at the gate stands for what its holder says by then, and a retry for what it was") {
    Gate town;
    const auto phone = town.registered(someone(1));
    const auto credential = town->vault.credential(phone);
    (void)town.registered(without_phone(someone(1)));   // the mistaken person is somebody
    auto ahead = town.by_credential(credential);
    ahead.at = text_of(morning + 100);
    const auto first = town.scanned(ahead);
    CHECK(first == phone);
    Correction correction;
    correction.document = document_of(2);
    REQUIRE(town->residents.correct(phone, correction));
    town.clock.pass(1);
    CHECK(town.scanned(ahead) == phone);   // known: the correction overtook it
    const auto now = town.scanned(town.by_credential(credential));
    CHECK(now != phone);
    CHECK(town.person_of(now) != town.person_of(phone));
    auto earlier = town.by_credential(credential);
    earlier.at = text_of(morning - 60);
    CHECK(town.scanned(earlier) == phone);
    CHECK(town.log().size() == 3);
}

TEST_CASE("a document at the gate is never a phone's that has corrected it away") {
    Gate town;
    auto mistyped = someone(2);
    mistyped.document_number = someone(1).document_number;
    const auto phone = town.registered(mistyped);
    REQUIRE(town.scanned(town.by_document(document_of(1))) == phone);
    Correction correction;
    correction.document = document_of(2);
    REQUIRE(town->residents.correct(phone, correction));
    CHECK(town.answer(town.by_document(document_of(1))) == "unknown_person");
    const auto report = town->imports.scans({}, "document_number,site,at,direction\n" + someone(1).document_number + ",A," +
                                            text_of(morning - 60) + ",in\n", town.reader(), {});
    REQUIRE(report);
    REQUIRE(report->rejected.size() == 1);
    CHECK(report->rejected[0].code == std::string("history_person"));
    const auto owner = town.scanned(town.by_document(document_of(1, someone(1).name)));
    CHECK(town.person_of(owner) != town.person_of(phone));
    CHECK(town.scanned(town.by_document(document_of(1))) == owner);
    const auto corrected = town.scanned(town.by_document(document_of(2)));
    CHECK(town.person_of(corrected) == town.person_of(phone));
    CHECK(corrected != phone);
}

TEST_CASE("a document or phone that was said again in a correction goes on standing for the oldest registration") {
    Gate town;
    const auto phone = town.registered(someone(1));
    Correction correction;
    correction.address = "清风街12号";
    REQUIRE(town->residents.correct(phone, correction));
    town.clock.pass(1);
    CHECK(town.scanned(town.by_document(document_of(1))) == phone);
    CHECK(town.scanned(town.by_document(document_of(1, someone(1).name))) == phone);
    CHECK(town.scanned(town.by_phone(phone_of(1, someone(1).name))) == phone);
    correction = {};
    correction.phone = someone(7).phone;
    REQUIRE(town->residents.correct(phone, correction));
    CHECK(town.scanned(town.by_document(document_of(1))) == phone);
    const auto stranger = town.scanned(town.by_phone(phone_of(1, someone(1).name)));   // the number went to somebody else
    CHECK(stranger != phone);
    CHECK(town.scanned(town.by_phone(phone_of(7, someone(1).name))) != phone);
}

TEST_CASE("someone unknown with a name is registered in the same act, once; without a name they are unknown") {
    Gate town;
    CHECK(town.answer(town.by_document(document_of(1))) == "unknown_person");
    CHECK(town.directory()->people->registration_count() == 0);
    const auto made = town.scanned(town.by_document(document_of(1, "王建华")));
    CHECK(made.value == 1);
    CHECK(town.scanned(town.by_document(document_of(1))) == made);
    CHECK(town.scanned(town.by_document(document_of(1, "王建华"))) == made);
    const auto by_phone = town.scanned(town.by_phone(phone_of(2, "李国英")));
    CHECK(by_phone.value == 2);
    CHECK(town.scanned(town.by_phone(phone_of(2, "李国英"))) == by_phone);
    CHECK(town.scanned(town.by_phone(phone_of(2, "李国珍"))).value == 3);   // another of the same phone
    const auto row = town.reader().registry().registration(made);
    REQUIRE(row);
    CHECK(row->origin == storage::Origin::guard);
    CHECK(row->by == town.guard.id);
    CHECK(town.directory()->people->registration_count() == 3);
}

TEST_CASE("another name under a known document is somebody else, and the name counts however it is written") {
    Gate town;
    const auto first = town.registered(document_of(1, "张 国 荣"));
    CHECK(town.scanned(town.by_document(document_of(1, "張國榮"))) == first);
    const auto other = town.scanned(town.by_document(document_of(1, "李国英")));
    CHECK(other != first);
    CHECK(town.person_of(other) != town.person_of(first));
    CHECK(town.scanned(town.by_document(document_of(1))) == first);   // the oldest
}

TEST_CASE("each of a gate's items is on its own, in order, and sees those before it") {
    Gate town;
    auto wrong = document_of(3, "王建华");
    wrong.document_number.back() = wrong.document_number.back() == '1' ? '2' : '1';
    auto nowhere = town.by_document(document_of(1, "王建华"));
    nowhere.site = "Z";
    const auto results = town.gate(town.guard, {nowhere, town.by_document(document_of(1)), town.by_document(document_of(1, "王建华")),
                                                town.by_document(wrong), town.by_document(document_of(1)), town.by_document(document_of(2, "李国英"))});
    CHECK(refusal(results.at(0)) == "site_unknown");
    CHECK(refusal(results.at(1)) == "unknown_person");
    REQUIRE(results.at(2));
    CHECK(refusal(results.at(3)) == "document_checksum");
    REQUIRE(results.at(4));
    CHECK(results[4]->known);   // the same second, site and direction of the person of item 2
    CHECK(results[4]->id == results[2]->id);
    REQUIRE(results.at(5));
    CHECK(town.log().size() == 2);
}

TEST_CASE("a guard scans only in their scope, at open sites, within the bounds of time, and with good values") {
    Gate town;
    (void)town.registered(someone(1));
    const auto good = town.by_document(document_of(1));
    town.guard.scope = *domain::parse_division_code("130682");
    CHECK(town.answer(good).empty());
    town.guard.scope = *domain::parse_division_code("130683");
    CHECK(town.answer(good) == "site_unknown");   // as if it were not there
    town.guard.scope = *domain::parse_division_code("13");
    const auto changed = [&](const std::function<void(GateRequest&)>& change) {
        auto made = good;
        change(made);
        return town.answer(made);
    };
    CHECK(changed([](GateRequest& r) { r.direction.reset(); }) == "direction_missing");
    CHECK(changed([](GateRequest& r) { r.direction = "up"; }) == "direction_unknown");
    CHECK(changed([](GateRequest& r) { r.at = text_of(morning + 120); }).empty());
    CHECK(changed([](GateRequest& r) { r.at = text_of(morning + 121); }) == "time_ahead");
    CHECK(changed([](GateRequest& r) { r.at = text_of(morning - 7 * 86'400); }).empty());
    CHECK(changed([](GateRequest& r) { r.at = text_of(morning - 7 * 86'400 - 1); }) == "time_old");
    CHECK(changed([](GateRequest& r) { r.temperature = 44; }) == "temperature_range");
    CHECK(changed([](GateRequest& r) { r.plate = "?"; }) == "plate_characters");
    CHECK(changed([](GateRequest& r) { r.document->document_type = "library"; }) == "document_type_unknown");
    CHECK(changed([](GateRequest& r) { r.document->name = "12"; }) == "name_characters");
    CHECK(changed([](GateRequest& r) {
              r.document.reset();
              r.card = "1234";
          }) == "unknown_card");
    REQUIRE(town.write([](WriteContext& context) -> kit::Status {
        auto row = *context.directory().site("A");
        row.closed = morning;
        context.edit_directory().site_rows.edit(row.id.value) = std::make_shared<const storage::SiteRow>(row);
        return kit::Done{};
    }));
    CHECK(town.answer(good) == "site_closed");
}

TEST_CASE("a credential that is forged, revoked or of nobody is unknown at the gate") {
    Gate town;
    const auto who = town.registered(someone(1));
    auto forged = town->vault.credential(who);
    forged.back() = forged.back() == '0' ? '2' : '0';
    CHECK(town.answer(town.by_credential(forged)) == "unknown_person");
    CHECK(town.answer(town.by_credential("")) == "unknown_person");
    CHECK(town.answer(town.by_credential(town->vault.credential({99}))) == "unknown_person");
    CHECK(town.answer(town.by_credential(town->vault.credential(who))).empty());
    REQUIRE(town.write([&](WriteContext& context) -> kit::Status {
        context.store().registry().revoke({who, morning, false});
        auto revoked = std::make_shared<std::unordered_set<domain::RegistrationId>>(*context.directory().revoked);
        revoked->insert(who);
        context.edit_directory().revoked = std::move(revoked);
        return kit::Done{};
    }));
    CHECK(town.answer(town.by_credential(town->vault.credential(who))) == "unknown_person");
    town.restart();
    CHECK(town.answer(town.by_credential(town->vault.credential(who))) == "unknown_person");
    CHECK(town.answer(town.by_document(document_of(1))).empty());   // the person is known without their phone
}

TEST_CASE("batches of a gate wait in a bounded queue, and what does not fit is told at once") {
    Gate town;
    const auto who = town.registered(someone(1));
    town.restart_stopped();
    std::vector<GateRequest> batch(kit::batch_count_max, town.by_credential(town->vault.credential(who)));
    std::size_t waiting = 0;
    std::vector<std::string> refused;
    for (int i = 0; i < 40; ++i) {
        ++waiting;
        town->ingest.gate(town.guard, town.reader(), batch, [&](auto results) {
            --waiting;
            if (!results.at(0)) refused.push_back(refusal(results[0]));
        });
    }
    CHECK(waiting == kit::queue_scans_max / kit::batch_count_max);
    CHECK(refused == std::vector<std::string>(40 - waiting, "busy"));
    town->run_once();
    CHECK(waiting == 0);
}
