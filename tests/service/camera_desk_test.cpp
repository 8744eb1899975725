// SPDX-License-Identifier: Apache-2.0
#include "service/camera_desk.hpp"

#include "service/stage.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

struct Cameras : Stage {
    Cameras() {
        divisions("code,name\n130682,定州\n130683,安国\n");
        sites("ref,name,category,division\nA,东门,shop,130682\nB,西门,shop,130683\n");
        (*this)->tracing.load({});
        REQUIRE((*this)->cases.open_case(tracer, "1", "t", "p", {}));
        here.scope = domain::parse_division_code("130682").value();
    }
    std::string set(const std::string& ref, const std::string& text, const Caller& caller) {
        const auto done = desk.set(caller, ref, text);
        return done ? *done : refusal(done);
    }
    std::string found(const std::string& ref) { return *desk.find(manager, reader(), ref); }
    std::string play(const std::string& ref, const std::string& at = text_of(morning), const std::string& in_case = "1") {
        const auto address = desk.playback(tracer, reader(), ref, in_case, at);
        return address ? *address : refusal(address);
    }
    std::string last_line() { return reader().audit().last()->action; }

    Caller manager = operator_of(storage::Role::manager), here = manager, tracer = operator_of(storage::Role::tracer, 8);
    CameraDesk desk{(*this)->writer, (*this)->vault, clock, (*this)->board, (*this)->tracing};
};

}  // namespace

TEST_CASE("a site's camera is said, replaced and removed by its manager, and each is written down") {
    Cameras cameras;
    CHECK(cameras.found("A").empty());
    CHECK(cameras.set("A", " https://nvr.example/{at} ", cameras.here) == "https://nvr.example/{at}");
    CHECK(cameras.last_line() == "camera_set");
    CHECK(cameras.found("A") == "https://nvr.example/{at}");
    CHECK(cameras.set("A", "https://nvr.example/2/{unix}", cameras.here) == "https://nvr.example/2/{unix}");
    CHECK(cameras.set("A", "http://nvr.example/{at}", cameras.here) == "camera_template");
    CHECK(cameras.found("A") == "https://nvr.example/2/{unix}");
    CHECK(cameras.set("B", "https://nvr.example/{at}", cameras.here) == "site_unknown");
    CHECK(cameras.found("B").empty());
    CHECK(cameras.set("A", " ", cameras.here).empty());
    CHECK(cameras.last_line() == "camera_removed");
    const auto lines = cameras.reader().audit().last()->seq;
    CHECK(cameras.set("A", "", cameras.here).empty());
    CHECK(cameras.reader().audit().last()->seq == lines);   // what has no effect is no line
}

TEST_CASE("a tracer is given the address of a moment for an open case alone, and the log says so before") {
    Cameras cameras;
    CHECK(cameras.play("A") == "camera_none");
    cameras.set("A", "https://nvr.example/{at}?t={unix}", cameras.manager);
    CHECK(cameras.play("A") == "https://nvr.example/2026-02-02T00:00:00Z?t=1769990400");
    const auto line = cameras.reader().audit().last().value();
    CHECK(line.action == "playback_asked");
    CHECK(line.case_number == "1");
    CHECK(cameras->vault.open(SealKind::audit_detail, std::to_string(line.seq), line.detail) == "site=A\nat=2026-02-02T00:00:00Z");
    CHECK(cameras.play("A", text_of(morning), "2") == "no_case");
    CHECK(cameras.play("A", "noon") == "time_malformed");
    CHECK(cameras.play("A", text_of(morning + 1)) == "camera_future");
    cameras.tracer.scope = domain::parse_division_code("130683").value();
    CHECK(cameras.play("A") == "site_unknown");
    CHECK(cameras.last_line() == "question_outside");
    REQUIRE(cameras->cases.change_case(cameras.tracer, "1", {{}, {}, "closed", {}}));
    cameras.tracer.scope = {};
    CHECK(cameras.play("A") == "no_case");
    CHECK(cameras.last_line() == "question_refused");
}

TEST_CASE("an address opens only at the site that it was said of") {
    Cameras cameras;
    cameras.set("A", "https://nvr.example/{at}", cameras.manager);
    auto row = cameras.reader().cameras().find(cameras.site("A")).value();
    CHECK(row.sealed.find("nvr") == std::string::npos);
    row.site = cameras.site("B");
    CHECK_FALSE(open_camera(cameras->vault, row));
}
