// SPDX-License-Identifier: Apache-2.0
#include "service/upkeep.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::service;
using What = Upkeep::What;

namespace {

constexpr std::int64_t day_s = 86'400;

/// A service that needs nobody.
StatusView well() {
    StatusView view;
    view.now = {1'581'900'000};
    view.started = view.now + -30 * day_s;
    view.machine.certificate = Machine::Certificate{view.now + 60 * day_s, false, {}};
    view.machine.disk_free_bytes = 50'000'000'000;
    view.registrations = 1;
    view.last_backup = view.now + -day_s;
    return view;
}

/// "what days urgent", each; empty when there is none.
std::string told(const StatusView& view) {
    constexpr const char* names[] = {"certificate", "backup", "disk"};
    std::string text;
    for (const auto& item : find_upkeep(view))
        text += std::string(text.empty() ? "" : ", ") + names[static_cast<std::size_t>(item.what)] + (item.days ? " " + std::to_string(*item.days) : "") + (item.is_urgent ? "!" : "");
    return text;
}

std::string with_certificate_left(std::int64_t seconds) {
    auto view = well();
    view.machine.certificate->not_after = view.now + seconds;
    return told(view);
}

std::string with_backup_of(std::int64_t seconds_ago) {
    auto view = well();
    view.last_backup = view.now + -seconds_ago;
    return told(view);
}

std::string with_free(std::uint64_t bytes) {
    auto view = well();
    view.machine.disk_free_bytes = bytes;
    return told(view);
}

}  // namespace

TEST_CASE("a service that needs nobody tells nothing") { CHECK(told(well()).empty()); }

TEST_CASE("a certificate is told from 21 days before its end on, and is urgent on its last day and after it") {
    CHECK(with_certificate_left(21 * day_s + 1).empty());
    CHECK(with_certificate_left(21 * day_s) == "certificate 21");
    CHECK(with_certificate_left(day_s + 1) == "certificate 1");
    CHECK(with_certificate_left(day_s) == "certificate 1!");
    CHECK(with_certificate_left(1) == "certificate 0!");
    CHECK(with_certificate_left(0) == "certificate 0!");
    CHECK(with_certificate_left(-1) == "certificate -1!");
    CHECK(with_certificate_left(-day_s) == "certificate -1!");
    CHECK(with_certificate_left(-day_s - 1) == "certificate -2!");
    auto view = well();
    view.machine.certificate.reset();
    CHECK(told(view) == "certificate!");
}

TEST_CASE("a backup is asked for once the last one is more than two days old, and urgently after seven") {
    CHECK(with_backup_of(2 * day_s).empty());
    CHECK(with_backup_of(2 * day_s + 1) == "backup 2");
    CHECK(with_backup_of(7 * day_s) == "backup 7");
    CHECK(with_backup_of(7 * day_s + 1) == "backup 7!");
}

TEST_CASE("where there was never a backup one is asked for after two days with something to lose") {
    auto view = well();
    view.last_backup.reset();
    CHECK(told(view) == "backup!");
    view.started = view.now + -2 * day_s;
    CHECK(told(view).empty());
    view.started = view.now + (-2 * day_s - 1);
    CHECK(told(view) == "backup!");
    view.registrations = 0;
    CHECK(told(view).empty());
    view.last_scan = view.now;
    CHECK(told(view) == "backup!");
}

TEST_CASE("a disk is told below 2 GB, and is urgent below 0.5 GB or when it is full") {
    CHECK(with_free(2'000'000'000).empty());
    CHECK(with_free(1'999'999'999) == "disk");
    CHECK(with_free(500'000'000) == "disk");
    CHECK(with_free(499'999'999) == "disk!");
    auto view = well();
    view.is_full = true;
    CHECK(told(view) == "disk!");
}
