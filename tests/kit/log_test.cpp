// SPDX-License-Identifier: Apache-2.0
#include "kit/log.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <functional>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

using chayan::kit::Level;
using chayan::kit::log;
using chayan::kit::LogField;

namespace {

/// What `act` writes to stderr.
std::string written_by(const std::function<void()>& act) {
    char name[] = "/tmp/chayan-log-XXXXXX";
    const int file = ::mkstemp(name);
    REQUIRE(file >= 0);
    ::unlink(name);
    const int before = ::dup(STDERR_FILENO);
    ::dup2(file, STDERR_FILENO);
    act();
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
    CHECK(::pread(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    ::close(file);
    return text;
}

}  // namespace

TEST_CASE("an event is one line of JSON with its time in UTC, its level and its fields") {
    const auto line = written_by([] { log(Level::warning, "disk_full", {{"left", 12}, {"kind", "WAL"}, {"least", INT64_MIN}}); });
    auto shape = line;   // every digit of the time becomes a 9
    for (std::size_t i = 0; i < 28 && i < shape.size(); ++i)
        if (shape[i] >= '0' && shape[i] <= '9') shape[i] = '9';
    CHECK(shape == R"({"at":"9999-99-99T99:99:99Z","level":"warning","event":"disk_full","left":12,"kind":"WAL","least":-9223372036854775808})" "\n");
    CHECK(written_by([] { log(Level::info, "a"); }).find(R"("level":"info","event":"a"})") != std::string::npos);
    CHECK(written_by([] { log(Level::error, "b"); }).find(R"("level":"error")") != std::string::npos);
}

TEST_CASE("a line too long is cut, and still one line that is closed") {
    const std::string long_text(2'000, 'x');
    for (const std::size_t size : {900U, 940U, 941U, 942U, 943U, 944U, 945U, 946U, 947U, 948U, 949U, 950U, 960U, 1'000U, 1'900U}) {
        const auto line = written_by([&] { log(Level::info, "long", {{"what", long_text.c_str() + size % 100}, {"n", 1}, {"m", long_text.c_str() + 1}}); });
        const auto cut = written_by([&] { log(Level::info, "long", {{"what", long_text.c_str() + (2'000 - size)}, {"n", 1}}); });
        for (const auto& text : {line, cut}) {
            CAPTURE(size, text);
            CHECK(text.size() <= 1'024);
            CHECK(text.ends_with("}\n"));
            CHECK(std::count(text.begin(), text.end(), '\n') == 1);
            CHECK(text.find('\0') == std::string::npos);
        }
    }
}

TEST_CASE("lines of several threads never mix") {
    const auto text = written_by([] {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([] {
                for (int n = 0; n < 100; ++n) log(Level::info, "tick", {{"number", 123456789}});
            });
    });
    std::size_t lines = 0;
    for (std::size_t at = 0; at < text.size(); ++lines) {
        const auto end = text.find('\n', at);
        const auto line = text.substr(at, end - at);
        CHECK(line.starts_with("{\"at\":"));
        CHECK(line.ends_with("\"number\":123456789}"));
        at = end + 1;
    }
    CHECK(lines == 400);
}

TEST_CASE("nothing that a person typed fits into a line: text is part of the program or a number") {
    STATIC_REQUIRE_FALSE(std::is_constructible_v<LogField, const char*, std::string>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<LogField, const char*, std::string_view>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<LogField, std::string, std::int64_t>);
    STATIC_REQUIRE(noexcept(log(Level::info, "a")));
}

TEST_CASE("a closed stderr loses the line and nothing else") {
    const int before = ::dup(STDERR_FILENO);
    ::close(STDERR_FILENO);
    log(Level::error, "lost");
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    CHECK(written_by([] { log(Level::info, "found"); }).find("found") != std::string::npos);
}
