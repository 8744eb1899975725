// SPDX-License-Identifier: Apache-2.0
#include "service/outings.hpp"

#include "kit/limits.hpp"
#include "service/stage.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

constexpr std::int64_t day_s = 86'400;

/// 08:00 of 2026-02-02, a village V with homes in it, and a shop S.
struct Village : Stage {
    Village() {
        divisions("code,name\n130682,定州\n130682001,南城\n130682001001,东内堡\n130682002,北城\n");
        sites("ref,name,category,division\nV,村口,village,130682001001\nC,小区,community,130682001\nS,商店,shop,130682001001\n");
        (*this)->tracing.load({});
        south.scope = domain::parse_division_code("130682001").value();
    }
    domain::RegistrationId living_at(unsigned number, const std::string& address, const char* division = "130682001001") {
        auto fields = someone(number);
        fields.address = address;
        fields.division = division;
        return registered(fields);
    }
    std::string add(const NewOutingRule& rule) { return refusal(outings.add(manager, reader(), rule)); }
    void one_in_two_days() { REQUIRE(add({"130682001001", "2026-02-01", "2026-02-28", 1, 2}).empty()); }
    kit::Result<ScanReceipt> scan_at_gate(unsigned number, const std::string& ref, const char* direction, std::optional<domain::Instant> at = {}) {
        GateRequest request;
        request.document = without_phone(someone(number));
        request.document->name.clear();
        request.site = ref;
        request.direction = direction;
        request.at = text_of(at.value_or(clock.now()));
        return gate(guard, {request}).at(0);
    }
    /// "", "allowed", or when and by whom it was used up.
    std::string told(const kit::Result<ScanReceipt>& receipt) {
        const std::vector<kit::Result<ScanReceipt>> all{receipt};
        const auto word = outings.words(reader(), all).at(0);
        if (!word) return {};
        return word->is_allowed ? "allowed" : text_of(*word->used) + ' ' + word->name;
    }
    std::string go_out(unsigned number, const std::string& ref = "V", std::optional<domain::Instant> at = {}) {
        clock.pass(1);
        const auto receipt = scan_at_gate(number, ref, "out", at);
        REQUIRE(receipt);
        last = receipt->id;
        return told(receipt);
    }
    std::string used_by(unsigned number, domain::Instant at) { return text_of(at) + ' ' + domain::mask_name({name_of(number)}); }

    Caller manager = operator_of(storage::Role::manager), south = manager, guard = operator_of(storage::Role::guard, 9);
    Outings outings{(*this)->writer, (*this)->vault, clock, (*this)->board, (*this)->tracing, (*this)->staff, zone()};
    std::string last;
};

}  // namespace

TEST_CASE("one of a household goes out in two days, and the next is told when and by whom that was used up") {
    Village village;
    village.living_at(1, "幸福路3号");
    village.living_at(2, "幸福路 ３ 号");
    village.living_at(3, "幸福路5号");
    village.one_in_two_days();
    CHECK(village.go_out(1) == "allowed");
    const auto first = village.clock.now();
    CHECK(village.go_out(2) == village.used_by(1, first));
    CHECK(village.go_out(3) == "allowed");
    CHECK(village.go_out(1) == "allowed");   // the same day again is no other outing
    village.clock.set(morning + day_s);
    CHECK(village.go_out(1) == village.used_by(1, first + 3));   // on another day it is, also of whoever went themselves
    village.clock.set(morning + 3 * day_s);
    CHECK(village.go_out(2) == "allowed");
}

TEST_CASE("a rule holds towards the street, at a village or community of its division, on its days") {
    Village village;
    village.living_at(1, "幸福路3号");
    CHECK(village.go_out(1).empty());
    village.one_in_two_days();
    const auto concerns = [&](const char* ref, const char* direction, domain::Instant at) {
        const auto receipt = village.scan_at_gate(1, ref, direction, at);
        REQUIRE(receipt);
        return village.outings.concerns(*receipt);
    };
    CHECK(concerns("V", "out", morning));
    CHECK_FALSE(concerns("V", "in", morning));
    CHECK_FALSE(concerns("S", "out", morning));
    CHECK_FALSE(concerns("C", "out", morning));   // a community above the village
    const domain::Instant begin = morning - 8 * 3600 - day_s;
    CHECK(concerns("V", "out", begin));
    CHECK_FALSE(concerns("V", "out", begin - 1));
}

TEST_CASE("the innermost division's newest rule is the one that holds") {
    Village village;
    for (const unsigned number : {1U, 2U, 3U, 4U, 5U}) village.living_at(number, "幸福路3号");
    REQUIRE(village.add({"130682", "2026-02-01", "2026-02-28", 5, 1}).empty());
    village.one_in_two_days();
    REQUIRE(village.add({"东内堡", "2026-02-01", "2026-02-28", 2, 2}).empty());
    CHECK(village.go_out(1) == "allowed");
    CHECK(village.go_out(2) == "allowed");
    const auto second = village.clock.now();
    CHECK(village.go_out(3) == village.used_by(2, second));
    const auto newest = village.outings.rules(village.manager).front().rule.id;
    REQUIRE(village.outings.remove(village.manager, village.reader(), newest));
    CHECK(village.go_out(4) == village.used_by(3, second + 1));   // who was let pass all the same counts too
    REQUIRE(village.outings.remove(village.manager, village.reader(), newest - 1));
    CHECK(village.go_out(5) == "allowed");   // the fifth of five
}

TEST_CASE("of whom no home is known nothing is said") {
    Village village;
    village.registered(someone(1));
    village.living_at(2, "东内堡村");
    village.one_in_two_days();
    CHECK(village.go_out(1).empty());
    CHECK(village.go_out(2).empty());
    village.living_at(1, "幸福路3号");   // who says so later is of that household from then on
    CHECK(village.go_out(1) == "allowed");
}

TEST_CASE("a scan that is sent again is told what it was told, and is no second outing") {
    Village village;
    village.living_at(1, "幸福路3号");
    village.living_at(2, "幸福路3号");
    village.one_in_two_days();
    const auto one = village.scan_at_gate(1, "V", "out"), other = village.scan_at_gate(2, "V", "out");
    CHECK(village.told(one) == "allowed");
    const auto used = village.told(other);
    CHECK(used == village.used_by(1, village.clock.now()));
    CHECK(village.told(one) == "allowed");
    CHECK(village.told(other) == used);
    CHECK(village.reader().outings().outings_after(0, 100).size() == 2);
}

TEST_CASE("those who go out together are told one after another") {
    Village village;
    village.living_at(1, "幸福路3号");
    village.living_at(2, "幸福路3号");
    village.one_in_two_days();
    const std::vector<kit::Result<ScanReceipt>> all{village.scan_at_gate(1, "V", "in"), kit::Error{kit::Errc::invalid, "missing"}, village.scan_at_gate(1, "V", "out"),
                                                    village.scan_at_gate(2, "V", "out")};
    const auto words = village.outings.words(village.reader(), all);
    REQUIRE(words.size() == 4);
    CHECK_FALSE(words[0]);
    CHECK_FALSE(words[1]);
    CHECK(words[2]->is_allowed);
    CHECK_FALSE(words[3]->is_allowed);
}

TEST_CASE("what was excepted or voided uses nothing up") {
    Village village;
    for (const unsigned number : {1U, 2U, 3U}) village.living_at(number, "幸福路3号");
    village.one_in_two_days();
    CHECK(village.go_out(1) == "allowed");
    REQUIRE(village.outings.except(village.guard, village.last, "看病"));
    const auto line = village.reader().audit().last().value();
    CHECK(line.action == "outing_excepted");
    CHECK(line.by == village.guard.id);
    const auto row = village.reader().outings().outings_after(0, 1).at(0);
    CHECK(open_reason(village->vault, row) == "看病");
    CHECK(row.excepted_by == village.guard.id);
    CHECK(village.go_out(2) == "allowed");
    REQUIRE(village.void_scan(village.guard, village.last));
    CHECK(village.go_out(3) == "allowed");
    CHECK(village.go_out(2) != "allowed");
}

TEST_CASE("only an outing of one's own gate is excepted, once and with a reason") {
    Village village;
    village.living_at(1, "幸福路3号");
    CHECK(village.go_out(1).empty());
    const auto except = [&](const Caller& caller, const std::string& scan, const std::string& reason) {
        const auto status = village.outings.except(caller, scan, reason);
        return std::string(status ? "" : status.error().code);
    };
    CHECK(except(village.guard, village.last, "看病") == "scan_unknown");   // there was no rule
    village.one_in_two_days();
    CHECK(village.go_out(1) == "allowed");
    auto elsewhere = village.guard;
    elsewhere.scope = domain::parse_division_code("130682002").value();
    CHECK(except(elsewhere, village.last, "看病") == "scan_unknown");
    CHECK(except(village.guard, "x", "看病") == "scan_unknown");
    CHECK(except(village.guard, village.last, " ") == "missing");
    CHECK(except(village.guard, village.last, std::string(kit::reason_chars_max + 1, 'x')) == "text_too_long");
    CHECK(except(village.guard, village.last, std::string(kit::reason_chars_max, 'x')).empty());
    CHECK(except(village.guard, village.last, "看病") == "outing_excepted");
}

TEST_CASE("rules are made and taken back within one's scope, and found again after a start") {
    Village village;
    const NewOutingRule rule{"南城", "2026-02-02", "2026-02-02", 2, 3};
    CHECK(refusal(village.outings.add(village.south, village.reader(), {"130682", "2026-02-02", "2026-02-02", 2, 3})) == "division_unknown");
    CHECK(refusal(village.outings.add(village.south, village.reader(), {"北城", "2026-02-02", "2026-02-02", 2, 3})) == "division_unknown");
    const auto made = village.outings.add(village.south, village.reader(), rule);
    REQUIRE(made);
    CHECK(made->division_name == "南城");
    CHECK(village.add({"130682", "yesterday", "2026-02-02", 2, 3}) == "date_malformed");
    CHECK(village.add({"130682", "2026-02-02", "2026-02-30", 2, 3}) == "date_malformed");
    CHECK(village.add({"130682", "2026-02-01", "2026-02-01", 2, 3}) == "outing_period");
    CHECK(village.add({"130682", "2026-02-02", "2026-02-02", 2, INT64_MAX}) == "outing_days");
    CHECK(village.add({"130682", "2026-02-02", "2026-02-02", 2, INT64_MIN}) == "outing_days");
    REQUIRE(village.add({"130682", "2026-02-02", "2026-02-02", 1, 1}).empty());
    CHECK(village.outings.rules(village.south).size() == 1);
    CHECK(village.outings.rules(village.manager).size() == 2);
    const auto above = village.outings.rules(village.manager).front().rule.id;
    CHECK_FALSE(village.outings.remove(village.south, village.reader(), above));
    Outings again{village->writer, village->vault, village.clock, village->board, village->tracing, village->staff, village.zone()};
    CHECK(again.rules(village.manager).empty());
    again.load(village.reader());
    CHECK(again.rules(village.manager).size() == 2);
    CHECK(village.outings.remove(village.south, village.reader(), made->rule.id));
    CHECK_FALSE(village.outings.remove(village.south, village.reader(), made->rule.id));
    CHECK(village.reader().audit().last()->action == "outing_rule_removed");
}

TEST_CASE("there are only so many rules") {
    Village village;
    REQUIRE(village.write([&](WriteContext& context) -> kit::Status {
        const storage::OutingRule row{0, domain::parse_division_code("130682").value(), {{0}, {1}, 1, 1}, {7}, morning};
        for (std::size_t i = 0; i + 1 < kit::outing_rules_max; ++i) context.store().outings().append(row);
        return kit::Done{};
    }));
    CHECK(village.add({"130682", "2026-02-02", "2026-02-02", 1, 1}).empty());
    CHECK(village.add({"130682", "2026-02-02", "2026-02-02", 1, 1}) == "outing_rules_full");
}

TEST_CASE("what is sealed of an outing opens only as that household's scan of that day") {
    Village village;
    village.living_at(1, "幸福路3号");
    village.one_in_two_days();
    CHECK(village.go_out(1) == "allowed");
    const auto row = village.reader().outings().outings_after(0, 1).at(0);
    CHECK(village->vault.scan_id(open_outing(village->vault, row).value()) == village.last);
    for (const int change : {0, 1, 2, 3}) {
        auto other = row;
        if (change == 0) other.household[0] ^= 1U;
        if (change == 1) other.scan[0] ^= 1U;
        if (change == 2) other.day.number += 1;
        if (change == 3) other.sealed.back() = static_cast<char>(other.sealed.back() ^ 1);
        CHECK_FALSE(open_outing(village->vault, other));
    }
}
