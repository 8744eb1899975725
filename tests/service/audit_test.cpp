// SPDX-License-Identifier: Apache-2.0
#include "service/audit.hpp"

#include "service/stage.hpp"

#include <catch2/catch.hpp>

#include <fstream>

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
        const auto lines = trail.lines(office.reader(), before, 3, Language::en);
        if (lines.empty()) break;
        for (const auto& line : lines) seen.push_back(line.seq);
        before = lines.back().seq;
    }
    CHECK(seen == std::vector<std::uint64_t>{far + 1, far, 4, 3, 2, 1});
}
