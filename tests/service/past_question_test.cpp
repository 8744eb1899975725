// SPDX-License-Identifier: Apache-2.0
// Questions as known at a past moment.
#include "service/past_indexes.hpp"

#include "service/answer_text.hpp"
#include "service/answers.hpp"
#include "service/bureau.hpp"
#include "service/trace_question.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using domain::worlds::Random;

namespace {

const Caller tracer = operator_of(storage::Role::tracer, 8);
const std::string from = text_of(morning - 86'400), to = text_of(morning + 86'400);

struct Archive : Bureau {
    Archive() { REQUIRE((*this)->cases.open_case(tracer, "1", "t", "p", {})); }

    /// The lists of one answer, whatever else stands around them; or why there is none.
    std::string lists_of(const Question& question) {
        auto table = ask((*this)->tracing, tracer, reader(), question);
        if (!table) return table.error().fields.empty() ? table.error().code : table.error().fields.front().code;
        table->tail.clear();
        return json_document(*table);
    }
    /// All that can be asked of these persons.
    std::string everything(const std::vector<std::string>& persons, const std::optional<std::string>& known_at = {}) {
        std::string told;
        for (const auto& person : persons) {
            told += lists_of(TrajectoryQuestion{person, "1", from, to, known_at}) + '\n';
            TraceRequest request;
            request.case_number = "1";
            request.index = {{person, {}, {}, {}, {}}};
            request.from = from;
            request.to = to;
            request.known_at = known_at;
            request.explain = true;
            told += lists_of(request) + '\n';
        }
        for (const char* site : {"A", "B"}) told += lists_of(PassagesQuestion{site, "1", from, to, known_at}) + '\n';
        return told;
    }
    std::vector<std::string> persons() {
        std::vector<std::string> ids;
        for (std::uint64_t registration = 1; registration <= last().value; ++registration) ids.push_back((*this)->vault.person_id(person_of({registration})));
        return ids;
    }
    /// Somebody's scan of some hours ago, or one that is taken back.
    void scan_late(Random& random) {
        const domain::RegistrationId who{1 + random.below(static_cast<std::uint32_t>(last().value))};
        if (last().is_none() || directory()->people->holder_of(who) != who) return;
        const auto receipt = scan(who, random.below(2) == 0 ? "A" : "B", random.below(2) == 0 ? "in" : "out", clock.now() - random.below(5'000));
        if (receipt && random.below(3) == 0) REQUIRE(void_scan(who, receipt->id));
    }
};

struct Look {
    domain::Instant at;
    std::vector<std::string> persons;
    std::string told;
};

}  // namespace

TEST_CASE("what was answered is answered again, as known then: before late scans, voids, corrections, merges, splits and rulings") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        CAPTURE(seed);
        Archive archive;
        Random random(seed * 32'452'843);
        Days days(archive, random);
        days.register_somebody();
        std::vector<Look> looks;
        for (int step = 0; step < 60; ++step) {
            if (random.below(2) == 0) archive.scan_late(random);
            else days.pass();
            archive.clock.pass(1 + random.below(40));
            if (step == 30) {
                archive.sites("ref,name,category,division,dwell_min\nB,药店,pharmacy,130682," + std::to_string(5 + random.below(90)) + "\n");
            }
            if (step == 45) archive.restart();
            if (random.below(8) != 0) continue;
            const auto persons = archive.persons();
            looks.push_back({archive.clock.now(), persons, archive.everything(persons)});
            archive.clock.pass(1);
        }
        for (const auto& look : looks) CHECK(archive.everything(look.persons, text_of(look.at)) == look.told);
        archive->tracing.tend();
    }
}

TEST_CASE("a scan that was received in the second asked for and still waits to be written is waited for, not left out") {
    Archive archive;
    const auto who = archive.registered(someone(1));
    const auto person = archive->vault.person_id(archive.person_of(who));
    archive.restart_stopped();
    archive->tracing.load({});
    auto scanned = std::async(std::launch::async, [&] { return archive.scan(who, "A", "in"); });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));   // it stands in the queue
    const auto then = archive.clock.now();
    archive.clock.pass(1);
    auto told = std::async(std::launch::async, [&] { return archive.lists_of(TrajectoryQuestion{person, "1", from, to, text_of(then)}); });
    std::this_thread::sleep_for(std::chrono::milliseconds(300));   // long enough to answer without it
    archive->start();
    REQUIRE(scanned.get());
    CHECK(told.get().find("\"direction\":\"in\"") != std::string::npos);
}

TEST_CASE("a past moment is one before this second, in RFC 3339") {
    Archive archive;
    const auto who = archive.registered(someone(1));
    REQUIRE(archive.scan(who, "A", "in"));
    const auto person = archive->vault.person_id(archive.person_of(who));
    const auto answer = [&](const std::string& known_at) { return archive.lists_of(TrajectoryQuestion{person, "1", from, to, known_at}); };
    CHECK(answer("yesterday") == "time_malformed");
    CHECK(answer(text_of(archive.clock.now())) == "known_at_ahead");
    CHECK(answer(text_of(archive.clock.now() + 3600)) == "known_at_ahead");
    CHECK(answer(text_of(archive.clock.now() - 1)) == "person_unknown");   // who had registered by then
    archive.clock.pass(1);
    CHECK(answer(text_of(archive.clock.now() - 1)) == answer(text_of(archive.clock.now() - 1)));
    CHECK(answer(text_of(archive.clock.now() - 1)).find("\"direction\":\"in\"") != std::string::npos);
}

TEST_CASE("a preset's window ends with what was known") {
    const auto end_of = [](const std::optional<std::string>& known_at) {
        TraceRequest request;
        request.preset = "nhc5";
        request.anchor = TraceAnchor{text_of(morning - 3600), {}};
        request.known_at = known_at;
        return spelt_out(std::move(request), morning + 86'400)->to;
    };
    CHECK(end_of({}) == text_of(morning + 86'401));
    CHECK(end_of(text_of(morning)) == text_of(morning + 1));
}
