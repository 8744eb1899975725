// SPDX-License-Identifier: Apache-2.0
#include "service/audit.hpp"

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
        const auto lines = trail.lines({}, office.reader(), before, 3, Language::en).lines;
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
