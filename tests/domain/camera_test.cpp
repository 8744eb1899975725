// SPDX-License-Identifier: Apache-2.0
#include "domain/camera.hpp"

#include "kit/limits.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::domain;

TEST_CASE("an address of a playback has places for its moment, and nothing that leads elsewhere") {
    for (const auto* good : {"https://nvr.example/play?channel=3&t={unix}", "https://10.1.2.3:8443/ch1/{at}", "https://[2001:db8::1]/?a={at}&b={unix}", "https://nvr.example#{unix}",
                             "https://nvr.example/%E5%8C%97?t={at}"}) {
        INFO(good);
        const auto read = parse_camera_template(good);
        REQUIRE(read);
        CHECK(*read == good);
    }
    CHECK(*parse_camera_template("  https://nvr.example/{at}　") == "https://nvr.example/{at}");
    for (const auto* bad : {"", "http://nvr.example/{at}", "HTTPS://nvr.example/{at}", "https:///{at}", "https://", "https://nvr.example/", "https://nvr.example/{time}",
                            "https://nvr.example/{at", "https://nvr.example/}{at}", "https://{at}/", "https://nvr.{unix}.example/{at}", "https://li:secret@nvr.example/{at}",
                            "https://nvr.example/{at} x", "https://nvr.example/\"{at}", "https://nvr.example/<{at}", "https://录像.example/{at}", "https://:443/{at}",
                            "javascript:alert({at})", "https://nvr.example\\@elsewhere/{at}", "https://nvr.example/{AT}", "https://nvr.example/{{at}}"}) {
        INFO(bad);
        const auto read = parse_camera_template(bad);
        REQUIRE_FALSE(read);
        CHECK(std::string(read.error().code) == "camera_template");
    }
}

TEST_CASE("an address is taken up to its greatest length and no further") {
    const std::string head = "https://nvr.example/{at}?";
    CHECK(parse_camera_template(head + std::string(kit::camera_template_chars_max - head.size(), 'a')));
    CHECK_FALSE(parse_camera_template(head + std::string(kit::camera_template_chars_max - head.size() + 1, 'a')));
}

TEST_CASE("every place of an address is filled in") {
    const Instant at{1'580'688'000};
    CHECK(playback_address("https://nvr.example/{at}?t={unix}&again={unix}", at) == "https://nvr.example/2020-02-03T00:00:00Z?t=1580688000&again=1580688000");
}
