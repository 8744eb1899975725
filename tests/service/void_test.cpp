// SPDX-License-Identifier: Apache-2.0
#include "kit/limits.hpp"
#include "service/ingest.hpp"
#include "service/stage.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

struct Shop : Stage {
    Shop() {
        divisions("code,name\n130682,定州\n");
        sites("ref,name,category,division\nA,商店,shop,130682\n");
        who = registered(someone(1));
    }
    std::string scanned(std::optional<domain::Instant> at = {}) {
        const auto receipt = scan(who, "A", "in", at);
        REQUIRE(receipt);
        return receipt->id;
    }
    std::string scanned_by(const Caller& caller) {
        GateRequest request;
        request.credential = (*this)->vault.credential(who);
        request.site = "A";
        request.direction = "in";
        const auto receipt = gate(caller, {request}).at(0);
        REQUIRE(receipt);
        return receipt->id;
    }
    std::size_t voids() { return reader().scans().voids().size(); }
    /// Of each scan that a tracer is told.
    std::vector<bool> voided_in_trace() {
        const auto caller = operator_of(storage::Role::tracer);
        (void)(*this)->cases.open_case(caller, "1", "t", "p", {});
        const auto id = (*this)->vault.person_id(person_of(who));
        const auto told = (*this)->tracing.trajectory(caller, reader(), {id, "1", text_of(morning - 86'400), text_of(morning + 86'400), {}});
        REQUIRE(told);
        std::vector<bool> voided;
        for (const auto& scan : told->scans) voided.push_back(scan.voided);
        return voided;
    }

    domain::RegistrationId who;
    Caller guard = operator_of(storage::Role::guard, 9);
};

/// A reading connection that keeps how far back the log was asked.
class WatchedReader final : public storage::Connection, private storage::ScanLog {
public:
    explicit WatchedReader(storage::Connection& kept) : kept_(kept) {}
    std::vector<domain::Instant> asked_since;

    storage::ScanLog& scans() override { return *this; }
    storage::Registry& registry() override { return kept_.registry(); }
    storage::LinkBook& links() override { return kept_.links(); }
    storage::SiteBook& sites() override { return kept_.sites(); }
    storage::StaffBook& staff() override { return kept_.staff(); }
    storage::Desk& desk() override { return kept_.desk(); }
    storage::FormBook& forms() override { return kept_.forms(); }
    storage::LedgerBook& ledger() override { return kept_.ledger(); }
    storage::RegisterBook& registers() override { return kept_.registers(); }
    storage::TallyBook& tally() override { return kept_.tally(); }
    storage::ReportBook& reports() override { return kept_.reports(); }
    storage::CameraBook& cameras() override { return kept_.cameras(); }
    storage::OutingBook& outings() override { return kept_.outings(); }
    storage::RetentionBook& retention() override { return kept_.retention(); }
    storage::AuditLog& audit() override { return kept_.audit(); }
    bool attempt(const std::function<bool()>& body) override { return kept_.attempt(body); }
    storage::Census census() override { return kept_.census(); }
    void skip_to(const storage::Sequences& floors) override { kept_.skip_to(floors); }

private:
    void append(std::span<const storage::ScanRow>) override { FAIL("nobody writes here"); }
    void append_void(const storage::VoidRow&) override { FAIL("nobody writes here"); }
    void append_staff(domain::ScanSeq, domain::OperatorId) override { FAIL("nobody writes here"); }
    void read(domain::ScanSeq after, domain::ScanSeq upto, const std::function<bool(std::span<const storage::ScanRow>)>& take) override {
        kept_.scans().read(after, upto, take);
    }
    std::vector<storage::VoidRow> voids() override { return kept_.scans().voids(); }
    std::vector<storage::ScanRow> of_site(domain::SiteId site, domain::Instant since) override { return kept_.scans().of_site(site, since); }
    void append_reading(const storage::ReadingRow& row) override { kept_.scans().append_reading(row); }
    std::vector<storage::ReadingRow> readings_of(domain::ScanSeq scan) override { return kept_.scans().readings_of(scan); }
    storage::ReceivedScans received(domain::ScanSeq after, domain::Instant since) override { return kept_.scans().received(after, since); }
    std::vector<storage::ScanRow> find_recent(domain::SiteId site, domain::Instant at, domain::Direction direction,
                                              domain::Instant received_since) override {
        asked_since.push_back(received_since);
        return kept_.scans().find_recent(site, at, direction, received_since);
    }
    std::optional<domain::OperatorId> staff_of(domain::ScanSeq scan) override { return kept_.scans().staff_of(scan); }
    domain::ScanSeq last() override { return kept_.scans().last(); }

    storage::Connection& kept_;
};

}  // namespace

TEST_CASE("the log is read back to the scan that is voided and no further, and not at all for what is known without it") {
    Shop shop;
    WatchedReader watched(shop.reader());
    const auto answer = [&](const std::variant<domain::RegistrationId, Caller>& who, const std::string& id) {
        const auto index = shop->tracing.index();
        std::promise<kit::Status> told;
        shop->ingest.void_scan(who, watched, index ? index->get() : nullptr, id, "x", [&](kit::Status status) { told.set_value(std::move(status)); });
        return refusal(told.get_future().get());
    };
    const auto early = shop.scanned();
    shop.clock.pass(1);
    const auto by_guard = shop.scanned_by(shop.guard);
    shop.clock.pass(299);
    const auto queued = shop.scanned(morning - 3600);   // arrived now
    CHECK(answer(shop.who, early) == "");               // the log is still being read: ten minutes for a resident, a shift for a guard
    CHECK(answer(shop.guard, by_guard) == "");
    using Moments = std::vector<domain::Instant>;
    CHECK(watched.asked_since == Moments{morning + 300 - kit::own_void_s_max, morning + 300 - kit::shift_s_max});
    shop->tracing.load({});
    watched.asked_since.clear();
    CHECK(answer(shop.who, queued) == "");
    CHECK(watched.asked_since == Moments{morning + 300});
    const auto late = shop.scanned(morning + 10);
    shop.clock.pass(kit::own_void_s_max + 1);
    CHECK(answer(shop.who, early) == "");               // voided before
    CHECK(answer(shop.who, queued) == "");
    CHECK(answer(shop.who, late) == "void_late");
    CHECK(answer(shop.who, by_guard) == "scan_unknown");
    CHECK(answer(shop.guard, late) == "scan_unknown");
    domain::ScanKey never{shop.who, shop.site("A"), morning + 77, domain::Direction::out};
    CHECK(answer(shop.who, shop->vault.scan_id(never)) == "scan_unknown");
    CHECK(watched.asked_since == Moments{morning + 300});
    CHECK(answer(operator_of(storage::Role::guard, 10), by_guard) == "scan_unknown");
    CHECK(answer(shop.guard, by_guard) == "");          // again
    CHECK(watched.asked_since == Moments{morning + 300, morning + 1, morning + 1});
    CHECK(shop.voids() == 3);
}

TEST_CASE("a resident takes back nothing that was imported of them") {
    Shop shop;
    const auto report = shop->imports.scans({}, "document_number,site,at,direction\n" + someone(1).document_number + ",A," + text_of(morning - 60) + ",in\n",
                                            shop.reader(), {});
    REQUIRE(report);
    REQUIRE(report->added == 1);
    const auto id = shop->vault.scan_id({shop.who, shop.site("A"), morning - 60, domain::Direction::in});
    CHECK(refusal(shop.void_scan(shop.who, id)) == "scan_unknown");
    shop->tracing.load({});
    CHECK(refusal(shop.void_scan(shop.who, id)) == "scan_unknown");
    CHECK(shop.voids() == 0);
}

TEST_CASE("a resident voids their own scan within ten minutes of its arrival, and not a second later") {
    static_assert(kit::own_void_s_max == 600);
    const bool is_log_read = GENERATE(false, true);
    Shop shop;
    if (is_log_read) shop->tracing.load({});
    const auto now = shop.scanned();
    shop.clock.pass(1);
    const auto late = shop.scanned(morning - 3600);   // an offline scan: what counts is when it arrived
    shop.clock.set(morning + 600);
    CHECK(shop.void_scan(shop.who, now));
    shop.clock.set(morning + 601);
    CHECK(shop.void_scan(shop.who, late));
    CHECK(shop.voids() == 2);
    const auto third = shop.scanned(morning + 1);
    shop.clock.pass(601);
    CHECK(refusal(shop.void_scan(shop.who, third)) == "void_late");
    shop.clock.pass(86'400);
    CHECK(refusal(shop.void_scan(shop.who, third)) == "void_late");
    CHECK(shop.voids() == 2);
}

TEST_CASE("a guard voids what they themselves scanned, as long as a shift lasts") {
    Shop shop;
    const auto id = shop.scanned_by(shop.guard);
    CHECK(refusal(shop.void_scan(operator_of(storage::Role::guard, 10), id)) == "scan_unknown");
    CHECK(refusal(shop.void_scan(shop.who, id)) == "scan_unknown");   // the resident did not record it
    shop.clock.set(morning + kit::shift_s_max);
    CHECK(shop.void_scan(shop.guard, id));
    CHECK(shop.reader().scans().voids().at(0).by == shop.guard.id);
    const auto other = shop.scanned_by(shop.guard);
    shop.clock.pass(kit::shift_s_max + 1);
    CHECK(refusal(shop.void_scan(shop.guard, other)) == "void_late");
}

TEST_CASE("a void leaves a line of who it was, once") {
    Shop shop;
    const auto own = shop.scanned();
    shop.clock.pass(1);
    const auto by_guard = shop.scanned_by(shop.guard);
    const auto lines = shop.reader().audit().last()->seq;
    for (int times = 0; times < 2; ++times) {
        REQUIRE(shop.void_scan(shop.who, own));
        REQUIRE(shop.void_scan(shop.guard, by_guard));
    }
    std::vector<std::pair<std::string, std::uint32_t>> told;
    for (const auto& row : shop.reader().audit().read(lines + 1, 100)) told.emplace_back(row.action, row.by.value);
    CHECK(told == std::vector<std::pair<std::string, std::uint32_t>>{{"scan_voided", 0}, {"scan_voided", shop.guard.id.value}});
}

TEST_CASE("nobody voids somebody else's scan, nor one that is none") {
    Shop shop;
    const auto id = shop.scanned();
    const auto other = shop.registered(someone(2));
    CHECK(refusal(shop.void_scan(other, id)) == "scan_unknown");
    CHECK(refusal(shop.void_scan(shop.guard, id)) == "scan_unknown");
    for (const auto& text : {std::string(), std::string("nothing"), std::string(26, '0'), id.substr(1), id + "0"})
        CHECK(refusal(shop.void_scan(shop.who, text)) == "scan_unknown");
    CHECK(shop.voids() == 0);
}

TEST_CASE("a reason is kept sealed, and refused when it is too long") {
    Shop shop;
    const auto id = shop.scanned();
    const auto answer = [&](const std::string& reason) {
        std::promise<kit::Status> told;
        shop->ingest.void_scan(shop.who, shop.reader(), nullptr, id, reason, [&](kit::Status status) { told.set_value(std::move(status)); });
        return refusal(told.get_future().get());
    };
    CHECK(answer(std::string(3 * kit::reason_chars_max + 1, 'x')) == "text_too_long");
    CHECK(shop.voids() == 0);
    CHECK(answer("扫错了") == "");
    const auto row = shop.reader().scans().voids().at(0);
    CHECK(row.reason.find("扫错了") == std::string::npos);
    CHECK(shop->vault.open(SealKind::reason, "1", row.reason) == "扫错了");
    CHECK(row.by.is_none());
}

TEST_CASE("a voided scan stays known, opens no visit, and no scan is a repeat of it") {
    Shop shop;
    shop->tracing.load({});
    const auto id = shop.scanned();
    shop.clock.pass(30);
    CHECK(shop.scan(shop.who, "A", "in")->repeated);
    REQUIRE(shop.void_scan(shop.who, id));
    shop.clock.pass(1);
    CHECK(shop.scan(shop.who, "A", "in")->repeated);   // of the scan between
    const auto caller = operator_of(storage::Role::tracer);
    REQUIRE(shop->cases.open_case(caller, "1", "t", "p", {}));
    const auto told = shop->tracing.trajectory(caller, shop.reader(), {shop->vault.person_id(shop.person_of(shop.who)), "1", text_of(morning - 60),
                                               text_of(morning + 86'400), {}});
    REQUIRE(told);
    REQUIRE(told->scans.size() == 3);
    CHECK(told->scans[0].voided);
    CHECK_FALSE(told->scans[0].repeated);
    CHECK_FALSE(told->scans[1].repeated);   // the first that counts
    CHECK(told->scans[2].repeated);
    REQUIRE(told->visits.size() == 1);
    CHECK(told->visits[0].begin == morning + 30);
    const auto again = shop.scan(shop.who, "A", "in", morning);
    CHECK(again->known);
    CHECK(again->id == id);
    const auto lines = shop.reader().audit().last()->seq;
    CHECK(shop.void_scan(shop.who, id));   // again: nothing changes
    CHECK(shop.voids() == 1);
    CHECK(shop.reader().audit().last()->seq == lines);
    shop.restart();
    shop->tracing.load({});
    CHECK(shop.scan(shop.who, "A", "in", morning)->known);
    CHECK(shop.log().size() == 3);
}

TEST_CASE("a scan of before the start is voided while the log is still being read, and stays so") {
    Shop shop;
    const auto id = shop.scanned();
    shop.restart();   // nothing of the log is known yet
    REQUIRE(shop.void_scan(shop.who, id));
    const auto lines = shop.reader().audit().last()->seq;
    CHECK(shop.void_scan(shop.who, id));   // again: nothing changes
    CHECK(shop.voids() == 1);
    CHECK(shop.reader().audit().last()->seq == lines);
    shop.clock.pass(30);
    CHECK_FALSE(shop.scan(shop.who, "A", "in")->repeated);   // not of one that is voided
    CHECK_FALSE(shop.scan(shop.who, "A", "in", morning)->repeated);   // a retry of the voided one, perhaps logged once more
    shop->tracing.load({});
    CHECK(shop.voided_in_trace() == std::vector<bool>{true, false});
    const auto again = shop.scan(shop.who, "A", "in", morning);
    CHECK(again->known);
    CHECK_FALSE(again->repeated);
    shop.restart();
    shop->tracing.load({});
    CHECK(shop.voided_in_trace() == std::vector<bool>{true, false});
}

TEST_CASE("a void of what a retry stored once more holds for the first row too, at every later start") {
    Shop shop;
    const auto id = shop.scanned();
    shop.clock.pass(kit::shift_s_max + 3600);   // the first row lies too far back to be found
    shop.restart();
    REQUIRE(shop.scan(shop.who, "A", "in", morning));   // while the log is still being read
    REQUIRE(shop.log().size() == 2);
    REQUIRE(shop.void_scan(shop.who, id));
    for (int start = 0; start < 2; ++start) {
        shop->tracing.load({});
        CHECK(shop.voided_in_trace() == std::vector<bool>{true});
        CHECK_FALSE(shop.scan(shop.who, "A", "in", morning)->repeated);
        shop.restart();
    }
}

TEST_CASE("a voided scan that is sent again is the same scan, and its receipt says that it is voided") {
    Shop shop;
    const auto first = shop.scan(shop.who, "A", "in", morning - 60);
    REQUIRE(first);
    CHECK_FALSE(first->voided);
    REQUIRE(shop.void_scan(shop.who, first->id));
    const auto again = shop.scan(shop.who, "A", "in", morning - 60);
    REQUIRE(again);
    CHECK(again->known);
    CHECK(again->id == first->id);
    CHECK(again->voided);
    const auto other_second = shop.scan(shop.who, "A", "in", morning - 59);
    REQUIRE(other_second);
    CHECK_FALSE(other_second->known);
    CHECK_FALSE(other_second->voided);
    shop.restart();
    shop->tracing.load({});
    const auto later = shop.scan(shop.who, "A", "in", morning - 60);
    REQUIRE(later);
    CHECK(later->voided);
}
