// SPDX-License-Identifier: Apache-2.0
#include "service/reveals.hpp"

#include <catch2/catch.hpp>

#include "kit/limits.hpp"
#include "service/audit.hpp"
#include "service/stage.hpp"

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

/// A tracer with an open case, and one registered person.
struct Desk : Stage {
    Desk() {
        REQUIRE((*this)->cases.open_case(caller, "1", "t", "p", {}));
        (*this)->tracing.load({});
        fields = someone(1);
        fields.address = "仁和街2号";
        fields.workplace = "砖厂";
        registration = registered(fields);
        request = {(*this)->vault.person_id(person_of(registration)), "1", "流调电话", {"name", "phone"}};
        lines_before = actions().size();
    }
    kit::Result<MaskedPerson> reveal() { return reveals.reveal(caller, reader(), request); }
    std::vector<storage::AuditRow> rows() { return reader().audit().read(1, 1'000); }
    /// What was written down since the desk was set up.
    std::vector<std::string> actions() {
        std::vector<std::string> told;
        for (const auto& row : rows()) told.push_back(row.action);
        return {told.begin() + static_cast<std::ptrdiff_t>(lines_before), told.end()};
    }
    std::string detail_of(std::size_t back) {
        const auto all = rows();
        const auto& row = all[all.size() - back];
        return (*this)->vault.open(SealKind::audit_detail, std::to_string(row.seq), row.detail).value_or("");
    }
    std::vector<std::string> looks_at(domain::RegistrationId who) {
        std::vector<std::string> told;
        const auto subject = (*this)->vault.blind(BlindKind::subject, std::to_string(who.value));
        for (const auto& row : reader().audit().about(subject, 100)) told.push_back(row.action);
        return told;
    }
    std::size_t lines_before = 0;
    Caller caller = operator_of(storage::Role::tracer);
    domain::StatementFields fields;
    domain::RegistrationId registration;
    RevealRequest request;
    Reveals reveals{(*this)->writer, (*this)->vault, clock, (*this)->tracing};
};

}  // namespace

TEST_CASE("a reveal shows the fields that were named in full, and no other") {
    Desk desk;
    const auto shown = desk.reveal();
    REQUIRE(shown);
    CHECK(shown->id == desk.request.person);
    CHECK(shown->name == desk.fields.name);
    CHECK(shown->phone == "+86" + desk.fields.phone);
    CHECK(shown->document_number.empty());
    CHECK(shown->address.empty());
    CHECK(shown->document_type.empty());
    CHECK(shown->workplace.empty());
    desk.request.fields = {"document", "address", "workplace"};
    const auto others = desk.reveal();
    REQUIRE(others);
    CHECK(others->name == desk.fields.name.substr(0, 3) + "*");
    CHECK(others->document_number == desk.fields.document_number);
    CHECK(others->address == "仁和街2号");
    CHECK(others->phone.empty());
    CHECK(others->document_type == "id");
    CHECK(others->workplace == "砖厂");
}

TEST_CASE("a reveal is written down before and after, with its reason, and told to whoever it is about") {
    Desk desk;
    REQUIRE(desk.reveal());
    CHECK(desk.actions() == std::vector<std::string>{"reveal_asked", "revealed"});
    CHECK(desk.detail_of(2) == "person=" + desk.request.person + "\nfields=name, phone\nreason=流调电话");
    CHECK(desk.detail_of(1) == "person=" + desk.request.person + "\nfields=name, phone");
    CHECK(desk.looks_at(desk.registration) == std::vector<std::string>{"revealed"});
    CHECK(desk.looks_at(desk.registered(someone(2))).empty());
}

TEST_CASE("that it was asked is durable before anything is shown: without that line there is no reveal") {
    Desk desk;
    desk->store.kind = storage::StoreError::Kind::full;
    desk->store.fails = true;
    CHECK(refusal(desk.reveal()) == "disk_full");
    desk->store.fails = false;
    CHECK(desk.actions().empty());
}

TEST_CASE("without the password of just now, an open case or a reason nothing is shown") {
    Desk desk;
    desk.caller.confirmed = false;
    CHECK(refusal(desk.reveal()) == "reauthenticate");
    CHECK(desk.actions().empty());
    desk.caller.confirmed = true;
    desk.request.case_number = "404";
    CHECK(refusal(desk.reveal()) == "no_case");
    CHECK(desk.actions() == std::vector<std::string>{"question_refused"});
    desk.request.case_number = "1";
    CaseChange close;
    close.state = "closed";
    REQUIRE(desk->cases.change_case(desk.caller, "1", close));
    CHECK(refusal(desk.reveal()) == "no_case");
    CHECK(desk.looks_at(desk.registration).empty());
}

TEST_CASE("reasons and fields are judged before anything is written down") {
    Desk desk;
    const auto with_reason = [&](const std::string& reason) {
        desk.request.reason = reason;
        return refusal(desk.reveal());
    };
    CHECK(with_reason("") == "missing");
    CHECK(with_reason(" \u3000\t") == "missing");
    CHECK(with_reason("a\nb") == "text_malformed");
    CHECK(with_reason("a\xC2\x85" "b") == "text_malformed");
    CHECK(with_reason("\xFF") == "text_malformed");
    std::string longest;
    for (std::size_t i = 0; i < kit::reason_chars_max; ++i) longest += "查";
    CHECK(with_reason(longest + "验") == "text_too_long");
    const auto with_fields = [&](std::vector<std::string> fields) {
        desk.request.fields = std::move(fields);
        return refusal(desk.reveal());
    };
    CHECK(with_fields({}) == "missing");
    CHECK(with_fields({"name", "plate"}) == "field_unknown");
    CHECK(with_fields({"NAME"}) == "field_unknown");
    CHECK(desk.actions().empty());
    desk.request.fields = {"name", "name"};
    CHECK(with_reason(longest).empty());
}

TEST_CASE("a person who is not there is not shown; an id that fits is written down as asked for, anything else is not") {
    Desk desk;
    desk.request.person = desk->vault.person_id(domain::PersonNo{4'000});
    CHECK(refusal(desk.reveal()) == "person_unknown");
    CHECK(desk.actions() == std::vector<std::string>{"reveal_asked"});
    for (const std::string odd : {"", "x", "14200000001", "0123456789abu"}) {
        desk.request.person = odd;
        CHECK(refusal(desk.reveal()) == "person_unknown");
    }
    CHECK(desk.actions().size() == 1);
}

TEST_CASE("more reveals than usual within an hour leave a line of their own, and stop nobody") {
    Desk desk;
    for (std::size_t i = 0; i < kit::reveals_usual_max; ++i) REQUIRE(desk.reveal());
    CHECK(desk.actions().back() == "revealed");
    REQUIRE(desk.reveal());
    CHECK(desk.actions().back() == "reveals_unusual");
    CHECK(desk.detail_of(1) == "count=31");
    REQUIRE(desk.reveal());
    CHECK(desk.actions().back() == "revealed");
    auto colleague = operator_of(storage::Role::tracer, 8);
    REQUIRE(desk.reveals.reveal(colleague, desk.reader(), desk.request));
    CHECK(desk.actions().back() == "revealed");
    desk.clock.pass(kit::reveals_span_s);
    for (std::size_t i = 0; i < kit::reveals_usual_max; ++i) REQUIRE(desk.reveal());
    CHECK(desk.actions().back() == "revealed");   // those of an hour ago no longer count
}
