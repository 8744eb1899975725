// SPDX-License-Identifier: Apache-2.0
#include "service/ingest.hpp"

#include <catch2/catch.hpp>

#include <cmath>

#include "domain/site_code.hpp"
#include "service/stage.hpp"

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using domain::PosterDirection;

namespace {

struct Town : Stage {
    explicit Town(ScanSettings settings = {}) : Stage(settings) {
        divisions("code,name\n130682,定州\n");
        sites("ref,name,category,division,place,opens,closes\nA,东门,shop,130682,,,\nB,西门,shop,130682,A,,\nC,药店,pharmacy,130682,,8:00,20:00\n");
        who = registered(someone(1));
    }
    /// What a poster of `ref` with a scan in `direction` at `at` is answered.
    std::string answer(const std::string& code, const std::optional<std::string>& direction, const std::optional<std::string>& at = {}) {
        ScanRequest request{code, direction, at, {}, {}};
        const auto receipt = scan(who, request);
        return receipt ? domain::word_of(receipt->direction) : refusal(receipt);
    }
    void change_site(const std::string& ref, const std::function<void(storage::SiteRow&)>& change) {
        REQUIRE(write([&](WriteContext& context) -> kit::Status {
            auto row = *context.directory().site(ref);
            change(row);
            context.store().sites().put(row);
            context.edit_directory().site_rows.edit(row.id.value) = std::make_shared<const storage::SiteRow>(row);
            return kit::Done{};
        }));
    }
    domain::RegistrationId who;
};

bool is_equal(const ScanReceipt& a, const ScanReceipt& b) {
    return a.id == b.id && a.site == b.site && a.at == b.at && a.direction == b.direction && a.repeated == b.repeated && a.flags == b.flags &&
           std::string(a.evidence) == b.evidence;
}

}  // namespace

TEST_CASE("a scan is told as it was taken") {
    Town town;
    ScanRequest request{town.code("A"), "in", text_of(morning - 90), 36.64, "冀 f·12345"};
    const auto receipt = town.scan(town.who, request);
    REQUIRE(receipt);
    CHECK_FALSE(receipt->known);
    CHECK(receipt->site == "A");
    CHECK(receipt->at == morning - 90);
    CHECK(receipt->direction == domain::Direction::in);
    CHECK_FALSE(receipt->repeated);
    CHECK(receipt->flags.empty());
    CHECK(std::string(receipt->evidence) == "static");
    CHECK(receipt->verdict == Verdict::pass);
    const domain::ScanKey key{town.who, town.site("A"), morning - 90, domain::Direction::in};
    CHECK(town->vault.open_scan_id(receipt->id) == key);
    const auto log = town.log();
    REQUIRE(log.size() == 1);
    CHECK(static_cast<const domain::ScanKey&>(log[0]) == key);
    CHECK(log[0].temperature_dc == 366);
    CHECK(log[0].delay_s == 90);
    CHECK(log[0].vehicle.value == 1);
    CHECK(town.reader().registry().vehicle(town->vault.blind(BlindKind::plate, "冀F12345")));
}

TEST_CASE("a retry gets the first receipt again, however late and whatever else it says, and is not stored") {
    Town town;
    const auto at = text_of(morning);
    ScanRequest request{town.code("A"), "in", at, {}, {}};
    const auto first = town.scan(town.who, request);
    REQUIRE(first);
    CHECK(first->flags.empty());
    const auto again = [&] {
        const auto retry = town.scan(town.who, request);
        REQUIRE(retry);
        CHECK(retry->known);
        CHECK(is_equal(*retry, *first));
    };
    again();
    town.clock.pass(6 * 60);   // a first scan at this moment would be flagged late
    again();
    request.temperature = 37.0;
    request.plate = "冀F12345";
    request.at = "2026-02-02T08:00:00.9+08:00";   // another way to write the same second
    again();
    town.change_site("A", [](storage::SiteRow& row) {
        row.revision = 1;
        row.old_until = morning + 86'400;
    });
    again();   // from the old poster now, and from the new one
    request.code = town.code("A");
    again();
    town.restart();
    town->tracing.load({});
    again();
    CHECK(town.log().size() == 1);
}

TEST_CASE("a scan without a time takes the server's second") {
    Town town;
    town.clock.set(morning + 17);
    const auto receipt = town.scan(town.who, "A", "in");
    REQUIRE(receipt);
    CHECK(receipt->at == morning + 17);
    CHECK(receipt->flags.empty());
    CHECK(town.log()[0].delay_s == 0);
}

TEST_CASE("a time is taken up to the bounds on both sides, and refused a second beyond") {
    for (const auto& settings : {ScanSettings{}, ScanSettings{0, 1}, ScanSettings{3600, 28}}) {
        CAPTURE(settings.ahead_s_max, settings.age_days_max);
        Town town(settings);
        const auto age_s = settings.age_days_max * 86'400;
        const auto told = [&](std::int64_t after_s) { return town.answer(town.code("A"), "in", text_of(morning + after_s)); };
        CHECK(told(settings.ahead_s_max) == "in");
        CHECK(told(settings.ahead_s_max + 1) == "time_ahead");
        CHECK(told(-age_s) == "in");
        CHECK(told(-age_s - 1) == "time_old");
        CHECK(town.answer(town.code("A"), "in", "yesterday") == "time_malformed");
        CHECK(town.answer(town.code("A"), "in", "") == "time_malformed");
        CHECK(town.log().size() == 2);
    }
}

TEST_CASE("the poster's direction and the resident's agree, or the scan is refused") {
    Town town;
    using Words = std::vector<std::optional<std::string>>;
    const Words said{std::nullopt, "in", "out", "pass", "IN", "sideways", ""};
    const auto answers = [&](PosterDirection poster) {
        std::vector<std::string> told;
        for (const auto& word : said) told.push_back(town.answer(town.code("A", poster), word));
        return told;
    };
    const std::string missing = "direction_missing", unknown = "direction_unknown", contradicts = "direction_contradicts";
    CHECK(answers(PosterDirection::any) == std::vector<std::string>{missing, "in", "out", "pass", unknown, unknown, unknown});
    CHECK(answers(PosterDirection::in) == std::vector<std::string>{"in", "in", contradicts, contradicts, unknown, unknown, unknown});
    CHECK(answers(PosterDirection::out) == std::vector<std::string>{"out", contradicts, "out", contradicts, unknown, unknown, unknown});
    CHECK(answers(PosterDirection::pass) == std::vector<std::string>{"pass", contradicts, contradicts, "pass", unknown, unknown, unknown});
}

TEST_CASE("a replaced poster is accepted and flagged until its day, and refused from then on") {
    Town town;
    const auto first = town.code("A");
    town.change_site("A", [](storage::SiteRow& row) {
        row.revision = 2;
        row.old_until = morning + 100;
    });
    for (const int revision : {0, 1}) {
        const auto receipt = town.scan(town.who, {town.code("A", PosterDirection::any, revision), "in", text_of(morning - revision), {}, {}});
        REQUIRE(receipt);
        CHECK(receipt->flags == std::vector<std::string_view>{"old_poster"});
        CHECK(std::string(receipt->evidence) == "static");
    }
    const auto fresh = town.scan(town.who, {town.code("A"), "out", {}, {}, {}});
    REQUIRE(fresh);
    CHECK(fresh->flags.empty());
    CHECK(town.answer(town.code("A", PosterDirection::any, 3), "in") == "code_unknown");   // never printed
    town.clock.set(morning + 99);
    CHECK(town.answer(first, "in") == "in");
    town.clock.set(morning + 100);
    CHECK(town.answer(first, "in") == "code_replaced");
    CHECK(town.answer(town.code("A"), "in") == "in");
    town.change_site("A", [](storage::SiteRow& row) { row.old_until = {}; });
    CHECK(town.answer(first, "in") == "code_replaced");
    town.change_site("A", [](storage::SiteRow& row) { row.closed = morning; });
    CHECK(town.answer(town.code("A"), "in") == "site_closed");
    CHECK(town.answer(first, "in") == "site_closed");
}

TEST_CASE("a code that is forged, of no site, or with something behind it that is no screen's is unknown") {
    Town town;
    const auto good = town.code("A");
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto forged = good;
        forged[i] = forged[i] == '7' ? '8' : '7';
        CAPTURE(i);
        CHECK(town.answer(forged, "in") == "code_unknown");
    }
    for (const auto& text : {std::string(), good.substr(1), good + "0", "/" + good, good + "/", good + "/12345a", good + "/12", good + "/1234567", good.substr(1) + "/123456", std::string(16, '0'),
                             town->vault.site_code({{99}, PosterDirection::any, 0}), town->vault.site_code({{0xFFFFFF}, PosterDirection::any, 0})})
        CHECK(town.answer(text, "in") == "code_unknown");
    CHECK(town.answer(good + "/123456", "in") == "stale_screen");
    CHECK(town.log().empty());
}

TEST_CASE("a temperature is kept in tenths between 34 and 43 degrees") {
    Town town;
    std::int64_t second = 0;
    const auto told = [&](double celsius) {
        return refusal(town.scan(town.who, {town.code("A"), "in", text_of(morning - ++second), celsius, {}}));
    };
    for (const double good : {34.0, 33.951, 36.6, 43.0, 43.049}) CHECK(told(good).empty());
    for (const double bad : {33.949, 43.051, 0.0, -36.6, 366.0, 1e300, -1e300, std::nan(""), static_cast<double>(INFINITY)})
        CHECK(told(bad) == "temperature_range");
    std::vector<std::int16_t> kept;
    for (const auto& scan : town.log()) kept.push_back(scan.temperature_dc);
    CHECK(kept == std::vector<std::int16_t>{340, 340, 366, 430, 430});
}

TEST_CASE("a plate that is none is refused with its own code") {
    Town town;
    const auto told = [&](const std::string& plate) { return refusal(town.scan(town.who, {town.code("A"), "in", {}, {}, plate})); };
    CHECK(told("") == "plate_empty");
    CHECK(told("冀F<1>") == "plate_characters");
    CHECK(told(std::string(17, 'A')) == "plate_length");
    CHECK(town.log().empty());
}

TEST_CASE("each item of a batch is judged on its own, in order, and answered in its place") {
    Town town;
    const auto item = [&](const std::string& code, std::int64_t after_s) { return ScanRequest{code, "in", text_of(morning + after_s), {}, {}}; };
    const auto mixed = town.batch(town.who, {item("forged", 0), item(town.code("A"), -50), item(town.code("A"), 121), item(town.code("C"), -40),
                                             item(town.code("A"), -50), item(town.code("A"), -20)});
    REQUIRE(mixed.size() == 6);
    CHECK(refusal(mixed[0]) == "code_unknown");
    CHECK(refusal(mixed[2]) == "time_ahead");
    for (const std::size_t good : {1U, 3U, 4U, 5U}) REQUIRE(mixed[good]);
    CHECK(mixed[1]->at == morning - 50);
    CHECK_FALSE(mixed[1]->known);
    CHECK(mixed[3]->site == "C");
    CHECK(mixed[4]->known);                    // the same four values as an earlier item
    CHECK(mixed[4]->id == mixed[1]->id);
    CHECK_FALSE(mixed[4]->repeated);
    CHECK(mixed[5]->repeated);
    CHECK(town.log().size() == 3);
    CHECK(town.batch(town.who, {}).empty());
    const auto bad = town.batch(town.who, {item("forged", 0)});
    CHECK(refusal(bad.at(0)) == "code_unknown");
}

TEST_CASE("when nothing can be taken every good item is busy, and every bad one still told why") {
    Town town;
    town.restart_stopped();
    town->run_once();
    CHECK(refusal(town.scan(town.who, "A", "in")) == "busy");
    const auto results = town.batch(town.who, {{town.code("A"), "in", {}, {}, {}}, {"forged", "in", {}, {}, {}}});
    CHECK(refusal(results.at(0)) == "busy");
    CHECK(results[0].error().retry_after_s > 0);
    CHECK(refusal(results.at(1)) == "code_unknown");
    const auto gate = town.gate(operator_of(storage::Role::guard), {GateRequest{someone(1), {}, {}, {}, "A", "in", {}, {}, {}}});
    CHECK(refusal(gate.at(0)) == "busy");
}

TEST_CASE("scans that nobody had time or room for are counted, and no others") {
    struct Watch final : MonotonicClock {
        std::int64_t now_ns() const override { return 0; }
    } watch;
    Town town;
    Throttle throttle({}, watch);
    town->ingest.limit_by(throttle);
    REQUIRE(town.scan(town.who, "A", "in"));
    CHECK(refusal(town.batch(town.who, {{"forged", "in", {}, {}, {}}}).at(0)) == "code_unknown");
    CHECK((throttle.shed(Shed::scans) == 0 && throttle.shed(Shed::scans_disk_full) == 0));
    town.restart_stopped();
    town->run_once();
    town->ingest.limit_by(throttle);
    CHECK(refusal(town.scan(town.who, "A", "in")) == "busy");
    CHECK(throttle.shed(Shed::scans) == 1);
    (void)town.batch(town.who, {{town.code("A"), "in", {}, {}, {}}, {"forged", "in", {}, {}, {}}, {town.code("C"), "in", {}, {}, {}}});
    CHECK(throttle.shed(Shed::scans) == 3);
    (void)town.gate(operator_of(storage::Role::guard), {GateRequest{someone(1), {}, {}, {}, "A", "in", {}, {}, {}}});
    CHECK(throttle.shed(Shed::scans) == 4);
    CHECK(throttle.shed(Shed::scans_disk_full) == 0);
}

TEST_CASE("a new day whose key finds no space on its disk is busy, not broken, and goes on when there is some") {
    Town town;
    std::filesystem::create_symlink("/dev/full", town.folder.path / "keys/day/2026-02-02.key.new");
    const auto full = town.scan(town.who, "A", "in");
    CHECK(refusal(full) == "disk_full");
    CHECK(town.log().empty());
    town.clock.pass(1);
    REQUIRE(town.scan(town.who, "A", "in"));
    CHECK(town.log().size() == 1);
}
