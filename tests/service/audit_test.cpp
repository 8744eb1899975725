// SPDX-License-Identifier: Apache-2.0
#include "service/audit.hpp"

#include "kit/limits.hpp"
#include "service/stage.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

struct Office : Stage {
    void note(const char* action) {
        REQUIRE(write([action](WriteContext& context) -> kit::Status {
            context.audit({{}, action, {}, {}});
            return kit::Done{};
        }));
    }
    AuditTrail trail() { return AuditTrail((*this)->writer, clock, (*this)->vault, (*this)->staff, checkpoints); }
    std::string checkpoints = (folder.path / "audit-checkpoints").string();
};

std::string contents(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("every line is reached page by page, also those from before a restore, whose numbers lie far below") {
    Office office;
    for (int i = 0; i < 4; ++i) office.note("logout");
    constexpr std::uint64_t far = 1ULL << 32U;
    REQUIRE(office.write([](WriteContext& context) -> kit::Status {
        for (const auto seq : {far, far + 1}) {
            storage::AuditRow row;
            row.seq = seq;
            row.action = "restored";
            context.store().audit().append(row);
        }
        return kit::Done{};
    }));
    auto trail = office.trail();
    std::vector<std::uint64_t> seen;
    for (std::uint64_t before = 0, pages = 0; pages < 10; ++pages) {
        const auto page = trail.lines({}, office.reader(), before, 3, {}, Language::en);
        REQUIRE(page);
        const auto& lines = page->lines;
        if (lines.empty()) break;
        for (const auto& line : lines) seen.push_back(line.seq);
        before = lines.back().seq;
    }
    CHECK(seen == std::vector<std::uint64_t>{far + 1, far, 4, 3, 2, 1});
}

TEST_CASE("a checkpoint that was torn is cut back by the next, wherever it broke off, and alarms nobody") {
    Office office;
    office.note("login");
    {
        auto trail = office.trail();
        trail.keep_checkpoint(office.reader(), /*now_due=*/true);
    }
    const auto whole = contents(office.checkpoints);
    for (std::size_t left : {whole.size() - 1, whole.size() / 2, std::size_t{1}, std::size_t{0}}) {
        CAPTURE(left);
        std::ofstream(office.checkpoints, std::ios::trunc) << whole << whole.substr(0, left);
        CHECK_FALSE(verify_audit(office.reader(), office->vault, office.checkpoints).first_bad);
        office.note("logout");
        auto trail = office.trail();
        trail.keep_checkpoint(office.reader(), /*now_due=*/true);
        const auto text = contents(office.checkpoints);
        CHECK(std::count(text.begin(), text.end(), '\n') == 2);
        CHECK(text.starts_with(whole));
        CHECK(text.back() == '\n');
        CHECK_FALSE(verify_audit(office.reader(), office->vault, office.checkpoints).first_bad);
    }
    std::ofstream(office.checkpoints, std::ios::trunc) << whole.substr(0, 9);   // the very first
    auto trail = office.trail();
    trail.keep_checkpoint(office.reader(), /*now_due=*/true);
    const auto text = contents(office.checkpoints);
    CHECK(std::count(text.begin(), text.end(), '\n') == 1);
    CHECK_FALSE(verify_audit(office.reader(), office->vault, office.checkpoints).first_bad);
}

TEST_CASE("a checkpoint that tells of a line otherwise, or of one that is not there, gives the log away") {
    Office office;
    for (int i = 0; i < 3; ++i) office.note("logout");
    auto trail = office.trail();
    trail.keep_checkpoint(office.reader(), /*now_due=*/true);
    const auto whole = contents(office.checkpoints);
    const auto first_bad = [&](const std::string& text) {
        std::ofstream(office.checkpoints, std::ios::trunc) << text;
        return verify_audit(office.reader(), office->vault, office.checkpoints).first_bad.value_or(0);
    };
    CHECK(first_bad(whole) == 0);
    for (auto at = whole.find(' ') + 1; at + 1 < whole.size(); at += 7) {   // moment, head and signature
        auto other = whole;
        other[at] = other[at] == '1' ? '2' : '1';
        CAPTURE(at, other);
        CHECK(first_bad(other) == 3);
    }
    CHECK(first_bad(whole + "4" + whole.substr(1)) == 4);   // the line right behind the last
}

TEST_CASE("numbers that are missing are a fault, but where a restore says that it left them out") {
    Office office;
    office.note("logout");
    const auto skip_to = [&](std::uint64_t seq, const char* action) {
        REQUIRE(office.write([&](WriteContext& context) -> kit::Status {
            storage::AuditRow row;
            row.seq = seq;
            row.action = action;
            row.chain = office->vault.chain(context.store().audit().last()->chain, row);
            context.store().audit().append(row);
            return kit::Done{};
        }));
        return verify_audit(office.reader(), office->vault, office.checkpoints);
    };
    const auto restored = skip_to(1'000, "restored");
    CHECK_FALSE(restored.first_bad);
    CHECK(restored.count == 2);
    CHECK(skip_to(2'000, "logout").first_bad == 1'001);
}

TEST_CASE("an auditor of a division sees the lines of whoever is within it, and of nobody over it") {
    Office office;
    constexpr const char* password = "correct horse battery";
    REQUIRE(office->operators().add(nullptr, {"root", "admin", "", password}));
    REQUIRE(office->operators().add(nullptr, {"li", "guard", "130682100", password}));
    REQUIRE(office->operators().add(nullptr, {"wang", "guard", "130683", password}));
    for (const std::uint32_t by : {1U, 2U, 3U}) {
        REQUIRE(office.write([by](WriteContext& context) -> kit::Status {
            context.audit({{by}, "login", {}, {}});
            return kit::Done{};
        }));
    }
    auto trail = office.trail();
    Caller auditor = operator_of(storage::Role::auditor);
    const auto seen = [&] {
        std::vector<std::string> by;
        const auto page = trail.lines(auditor, office.reader(), 0, 100, {}, Language::en);
        REQUIRE(page);
        for (const auto& line : page->lines)
            if (line.action == "login") by.push_back(line.by);
        return by;
    };
    CHECK(seen() == std::vector<std::string>{"wang", "li", "root"});
    auditor.scope = *domain::parse_division_code("130682");
    CHECK(seen() == std::vector<std::string>{"li"});
}

TEST_CASE("lines are filtered by who, what, for which case and when; what is not found is looked for as far as the log goes") {
    Office office;
    REQUIRE(office->operators().add(nullptr, {"li", "guard", "", "correct horse battery"}));
    const auto begin = office.clock.now();
    for (int i = 0; i < 6; ++i) {
        office.clock.pass(10);
        REQUIRE(office.write([i](WriteContext& context) -> kit::Status {
            context.audit({{i % 2 == 0 ? 1U : 0U}, i < 3 ? "people_searched" : "trace_asked", i == 4 ? "B" : "A", {}});
            return kit::Done{};
        }));
    }
    auto trail = office.trail();
    const auto seqs = [&](const AuditFilter& filter) {
        std::vector<std::uint64_t> found;
        const auto page = trail.lines({}, office.reader(), 0, 100, filter, Language::en);
        REQUIRE(page);
        for (const auto& line : page->lines) found.push_back(line.seq);
        return found;
    };
    using Seqs = std::vector<std::uint64_t>;
    CHECK(seqs({}) == Seqs{7, 6, 5, 4, 3, 2, 1});   // the first is that of the operator
    CHECK(seqs({.by = "li"}) == Seqs{6, 4, 2});
    CHECK(seqs({.by = "nobody"}).empty());
    CHECK(seqs({.action = "trace_asked"}) == Seqs{7, 6, 5});
    CHECK(seqs({.case_number = "B"}) == Seqs{6});
    CHECK(seqs({.by = "li", .action = "people_searched", .case_number = "A"}) == Seqs{4, 2});
    const auto from = domain::format_rfc3339(begin + 20), to = domain::format_rfc3339(begin + 40);
    CHECK(seqs({.from = from, .to = to}) == Seqs{4, 3});
    const auto refused = [&](const AuditFilter& filter) { return std::string(trail.lines({}, office.reader(), 0, 100, filter, Language::en).error().code); };
    CHECK(refused({.action = "x"}) == "audit_action_unknown");
    CHECK(refused({.from = "yesterday"}) == "time_malformed");
    CHECK(refused({.from = to, .to = from}) == "window_empty");
}

TEST_CASE("one call looks at so many lines and no more, and says where the next goes on") {
    Office office;
    REQUIRE(office.write([](WriteContext& context) -> kit::Status {
        context.audit({{}, "login", "first", {}});
        for (std::size_t i = 0; i < kit::audit_looked_max; ++i) context.audit({{}, "logout", {}, {}});
        return kit::Done{};
    }));
    auto trail = office.trail();
    const auto first = trail.lines({}, office.reader(), 0, 100, {.action = "login"}, Language::en);
    REQUIRE(first);
    CHECK(first->lines.empty());
    CHECK(first->next == 2);
    CHECK(first->looked_to);
    const auto second = trail.lines({}, office.reader(), first->next, 100, {.action = "login"}, Language::en);
    REQUIRE(second);
    CHECK(second->lines.size() == 1);
    CHECK(second->next == 0);
}

TEST_CASE("who has the log verified leaves a line") {
    Office office;
    auto trail = office.trail();
    const auto auditor = operator_of(storage::Role::auditor);
    REQUIRE(trail.verify(auditor, office.reader()));
    CHECK(office.reader().audit().last()->action == "audit_verified");
    CHECK(office.reader().audit().last()->by == auditor.id);
}

TEST_CASE("a checkpoint is due after an hour or so many lines, and never where nothing is new") {
    Office office;
    std::optional<AuditTrail> trail(office.trail());
    const auto kept = [&](bool now_due = false) {
        trail->keep_checkpoint(office.reader(), now_due);
        const auto text = contents(office.checkpoints);
        return std::count(text.begin(), text.end(), '\n');
    };
    office.note("login");
    CHECK(kept() == 1);
    office.note("login");
    office.clock.pass(kit::checkpoint_s - 1);
    CHECK(kept() == 1);
    office.clock.pass(1);
    CHECK(kept() == 2);
    REQUIRE(office.write([](WriteContext& context) -> kit::Status {
        for (std::uint64_t i = 1; i < kit::checkpoint_lines; ++i) context.audit({{}, "login", {}, {}});
        return kit::Done{};
    }));
    CHECK(kept() == 2);
    office.note("login");
    CHECK(kept() == 3);
    office.clock.pass(kit::checkpoint_s);
    CHECK(kept() == 3);
    trail.emplace(office.trail());   // as after a restart
    CHECK(kept(/*now_due=*/true) == 3);
}

TEST_CASE("a checkpoint for which the disk has no room leaves nothing of itself, and the next stands on a line of its own") {
    Office office;
    office.note("login");
    auto trail = office.trail();
    trail.keep_checkpoint(office.reader(), /*now_due=*/true);
    const auto whole = contents(office.checkpoints);
    office.note("logout");
    rlimit room{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &room) == 0);
    const rlimit little{whole.size() + 20, room.rlim_max};   // a write that is cut short, as by a disk that fills
    const auto before = std::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &little) == 0);
    trail.keep_checkpoint(office.reader(), /*now_due=*/true);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &room) == 0);
    std::signal(SIGXFSZ, before);
    CHECK(contents(office.checkpoints) == whole);
    office.note("login");
    trail.keep_checkpoint(office.reader(), /*now_due=*/true);
    const auto text = contents(office.checkpoints);
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
    CHECK_FALSE(verify_audit(office.reader(), office->vault, office.checkpoints).first_bad);
}
