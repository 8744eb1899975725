// SPDX-License-Identifier: Apache-2.0
#include "service/exports.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>

#include "service/answer_samples.hpp"
#include "service/answer_text.hpp"
#include "service/stage.hpp"

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

const Wanted always = [] { return true; };

struct Office : Stage {
    explicit Office(std::uint64_t free_bytes_min = 0) {
        REQUIRE((*this)->cases.open_case(caller, "2020-1 \"甲\"", "聚集", "排查", {}));
        make(free_bytes_min);
    }
    void make(std::uint64_t free_bytes_min) {
        exports = std::make_unique<Exports>((*this)->writer, (*this)->cases, [](domain::OperatorId) { return std::string("tracer-1"); }, clock, zone(),
                                            ExportPlaces{(folder.path / "spool").string(), "/dev/shm", free_bytes_min});
    }
    ExportOrder order(Format format = Format::csv) { return {caller, "rows", "2020-1 \"甲\"", format, {}, {"rows"}}; }
    kit::Result<ExportedAnswer> run(const ExportOrder& given, const Wanted& wanted = always) {
        return exports->run(reader(), given, [this] { return ask(); }, wanted);
    }
    kit::Result<AnswerTable> ask() {
        asked_after = audit();
        if (while_asked) while_asked();
        AnswerTable table;
        table.kind = "rows";
        table.parts = {part_of(rows)};
        if (!counted) table.parts[0].count = kit::export_rows_max + 1;
        return table;
    }
    std::vector<std::string> audit() {
        std::vector<std::string> lines;
        for (const auto& row : reader().audit().read(1, 1'000)) lines.push_back(row.action);
        return lines;
    }
    Caller caller = operator_of(storage::Role::tracer);
    std::vector<Row> rows{{std::string("王*"), std::int64_t{1}}, {std::string("李*"), std::int64_t{2}}};
    std::unique_ptr<Exports> exports;
    std::vector<std::string> asked_after;   ///< the audit log when the answer was computed
    bool counted = true;
    std::function<void()> while_asked;      ///< called while the question is computed
};

}  // namespace

TEST_CASE("an export is written down before it is computed, and with rows and digest before it leaves") {
    Office office;
    const auto exported = office.run(office.order());
    REQUIRE(exported);
    CHECK(office.asked_after.back() == "export_asked");
    CHECK(office.audit().back() == "exported");
    const auto last = office.reader().audit().last();
    CHECK(last->case_number == "2020-1 \"甲\"");
    const auto detail = office->vault.open(SealKind::audit_detail, std::to_string(last->seq), last->detail);
    REQUIRE(detail);
    CHECK(detail->find("rows=2") != std::string::npos);
    CHECK(detail->find(exported->bytes->digest()) != std::string::npos);
}

TEST_CASE("an export is whole before its first byte leaves, and its name tells nothing of a person") {
    Office office;
    const auto exported = office.run(office.order(Format::ndjson));
    REQUIRE(exported);
    CHECK(exported->rows == 2);
    CHECK(exported->bytes->read(1'000) == "{\"c0\":\"王*\",\"c1\":1}\n{\"c0\":\"李*\",\"c1\":2}\n");
    CHECK(std::string(exported->media_type) == "application/x-ndjson");
    CHECK(exported->file_name == "rows-2020-1______-20260202T000000Z.ndjson");
}

TEST_CASE("whoever asked for an export sees how far it is, from when it is asked until it is there, and nobody else does") {
    Office office;
    for (int i = 0; i < 5'000; ++i) office.rows.push_back({std::string("王*"), std::int64_t{i}});
    office.while_asked = [&] {
        const auto seen = office.exports->under_way(office.caller);
        REQUIRE(seen.size() == 1);
        CHECK(seen[0].what == "rows");
        CHECK(seen[0].case_number == "2020-1 \"甲\"");
        CHECK(seen[0].format == Format::csv);
        CHECK(seen[0].begun == office.clock.now());
        CHECK_FALSE(seen[0].rows);   // nobody knows yet
    };
    std::vector<std::uint64_t> done;
    const auto exported = office.run(office.order(), [&] {
        const auto seen = office.exports->under_way(office.caller);
        REQUIRE(seen.size() == 1);
        CHECK(seen[0].rows == 5'002);
        done.push_back(seen[0].rows_done);
        auto other = office.caller;
        other.id.value += 1;
        CHECK(office.exports->under_way(other).empty());
        return true;
    });
    REQUIRE(exported);
    REQUIRE(done.size() > 1);
    CHECK(std::is_sorted(done.begin(), done.end()));
    CHECK(done.front() < done.back());
    CHECK(done.back() <= 5'002);
    CHECK(office.exports->under_way(office.caller).empty());
    CHECK_FALSE(office.run(office.order(), [] { return false; }));   // cancelled: it is gone as well
    CHECK(office.exports->under_way(office.caller).empty());
}

TEST_CASE("without the password of just now nothing is exported, computed or written down") {
    Office office;
    office.caller.confirmed = false;
    const auto lines = office.audit();
    CHECK(refusal(office.run(office.order())) == "reauthenticate");
    CHECK(office.audit() == lines);
    CHECK(office.asked_after.empty());
}

TEST_CASE("without an open case there is no export, whatever the question would say") {
    Office office;
    auto order = office.order();
    order.case_number = "404";
    CHECK(refusal(office.run(order)) == "no_case");
    CHECK(office.audit().back() != "exported");
}

TEST_CASE("a part is one of the answer's, and a workbook has them all") {
    Office office;
    auto order = office.order();
    order.part = "rows";
    CHECK(office.run(order));
    const auto lines = office.audit().size();
    office.asked_after.clear();
    for (const std::string odd : {"others", "14200000001", "rows\n", "王", "aaaaaaaaaaaaaaaaa"}) {
        order.part = odd;
        for (const bool hands_over : {false, true}) {
            order.handover.reset();
            if (hands_over) order.handover = Handover{"name", "定州市疾控中心", "密接通知"};
            CHECK(refusal(office.run(order)) == "part_unknown");
        }
    }
    CHECK(office.audit().size() == lines);   // neither computed nor written down
    CHECK(office.asked_after.empty());
    order = office.order(Format::xlsx);
    CHECK(office.run(order));
    order.part = "rows";
    CHECK(refusal(office.run(order)) == "part_unknown");
}

TEST_CASE("what can't be told whole is refused") {
    Office office;
    office.counted = false;
    CHECK(refusal(office.run(office.order())) == "export_too_long");
    office.counted = true;
    office.rows = {{std::string(32'767, 'x'), std::int64_t{1}}};
    CHECK(office.run(office.order(Format::xlsx)));
    office.rows = {{std::string(32'768, 'x'), std::int64_t{1}}};
    CHECK(refusal(office.run(office.order(Format::xlsx))) == "cell_too_long");
    CHECK(office.run(office.order(Format::csv)));
    office.make(~0ULL);
    CHECK(refusal(office.run(office.order())) == "disk_short");
    CHECK(office.audit().back() == "export_asked");
}

TEST_CASE("an export that nobody waits for ends, and is not told as exported") {
    Office office;
    CHECK(refusal(office.run(office.order(), [] { return false; })) == "export_unwanted");
    CHECK(office.audit().back() == "export_asked");
}

TEST_CASE("as many exports at a time as there is room for, and no more") {
    Office office;
    std::size_t running = 0, refused = 0;
    std::function<kit::Result<AnswerTable>()> again = [&]() -> kit::Result<AnswerTable> {
        ++running;
        const auto inner = office.exports->run(office.reader(), office.order(), again, always);
        if (!inner && std::string(inner.error().code) == "export_busy") ++refused;
        return office.ask();
    };
    REQUIRE(office.exports->run(office.reader(), office.order(), again, always));
    CHECK(running == kit::exports_at_once_max);
    CHECK(refused == 1);
    CHECK(office.run(office.order()));   // the places are free again
}

TEST_CASE("a disclosure is one act: asked and handed over are written down with the recipient, and told to whoever it is about") {
    Office office;
    const auto who = office.registered(someone(1));
    auto order = office.order(Format::json);
    order.handover = Handover{"name, phone", "定州市疾控中心", "密接通知"};
    const auto disclose = [&] {
        return office.exports->run(office.reader(), order, [&]() -> kit::Result<AnswerTable> {
            auto table = office.ask();
            table->told = {who};
            return table;
        }, always);
    };
    const auto disclosed = disclose();
    REQUIRE(disclosed);
    CHECK(disclosed->bytes->read(1'000) == "{\"rows\":[{\"c0\":\"王*\",\"c1\":1},{\"c0\":\"李*\",\"c1\":2}]}");
    CHECK(disclosed->rows == 2);
    CHECK(office.asked_after.back() == "disclosure_asked");
    CHECK(office.audit().back() == "disclosed");
    const auto last = office.reader().audit().last();
    const auto detail = office->vault.open(SealKind::audit_detail, std::to_string(last->seq), last->detail);
    CHECK(detail == "what=rows\nformat=json\nrows=2\ndigest=" + disclosed->bytes->digest() + "\nrecipient=定州市疾控中心");
    const auto subject = office->vault.blind(BlindKind::subject, std::to_string(who.value));
    const auto looks = office.reader().audit().about(subject, 10);
    REQUIRE(looks.size() == 1);
    CHECK(looks[0].action == "disclosed");
    order.handover->recipient = " ";
    CHECK(refusal(disclose()) == "missing");
    order.handover->recipient = std::string(kit::recipient_chars_max, 'x');
    CHECK(disclose());
    order.handover->recipient += 'x';
    CHECK(refusal(disclose()) == "text_too_long");
    order.handover->recipient = "x";
    order.handover->reason = "";
    CHECK(refusal(disclose()) == "missing");
}

TEST_CASE("a disclosure tells no more people than can be told of it") {
    Office office;
    auto order = office.order();
    order.handover = Handover{"name", "x", "y"};
    std::vector<domain::RegistrationId> told(kit::disclosed_people_max, domain::RegistrationId{9});
    for (std::uint32_t i = 0; i < told.size(); ++i) told[i] = domain::RegistrationId{100 + i};
    const auto disclose = [&] {
        return office.exports->run(office.reader(), order, [&]() -> kit::Result<AnswerTable> {
            auto table = office.ask();
            table->told = told;
            return table;
        }, always);
    };
    CHECK(disclose());
    told.push_back(domain::RegistrationId{1});
    CHECK(refusal(disclose()) == "disclosure_too_long");
    CHECK(office.audit().back() == "disclosure_asked");
}

TEST_CASE("a disclosure's answer says who people are, a question's does not") {
    Stage stage;
    stage.divisions("code,name\n130682,定州\n");
    stage.sites("ref,name,category,division\nA,东门,shop,130682\n");
    const auto caller = operator_of(storage::Role::tracer);
    REQUIRE(stage->cases.open_case(caller, "1", "t", "p", {}));
    stage->tracing.load({});
    const auto who = stage.registered(someone(1));
    REQUIRE(stage.scan(who, "A", "in"));
    const PassagesQuestion question{"A", "1", text_of(morning - 60), text_of(morning + 60), {}};
    const auto line = [&](Shown how) {
        const auto table = ask(stage->tracing, caller, stage.reader(), question, how);
        REQUIRE(table);
        CHECK(table->is_masked == how.is_masked());
        return json_document(*table);
    };
    const auto given = someone(1);
    const auto masked = line(Shown::masked);
    CHECK(masked.find("\"name\":\"" + given.name.substr(0, 3) + "*\"}") != std::string::npos);
    CHECK(masked.find(given.document_number) == std::string::npos);
    const auto in_full = line(Shown::in_full);
    CHECK(in_full.find("\"name\":\"" + given.name + "\",\"document\":{\"type\":\"id\",\"number\":\"" + given.document_number + "\"},\"phone\":\"+86" + given.phone + "\",\"birth_date\":\"") !=
          std::string::npos);
    CHECK(in_full.find("\"sex\":\"" + std::string(given.document_number[16] % 2 == 1 ? "male" : "female") + "\"}") != std::string::npos);
    const auto only_phones = line(*parse_fields({"phone"}));
    CHECK(only_phones.find("\"name\":\"" + given.name.substr(0, 3) + "*\",\"phone\":\"+86" + given.phone + "\"}") != std::string::npos);
    const auto told = ask(stage->tracing, caller, stage.reader(), question, Shown::in_full);
    REQUIRE(told);
    CHECK(told->told == std::vector{who});
    CHECK(ask(stage->tracing, caller, stage.reader(), question)->told.empty());
}
