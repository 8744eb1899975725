// SPDX-License-Identifier: Apache-2.0
#include "kit/result.hpp"

#include <catch2/catch.hpp>
#include <setjmp.h>
#include <stdlib.h>
#include <unistd.h>

#include <csignal>
#include <memory>

using namespace chayan::kit;

namespace {

struct Death {
    bool aborted = false;
    std::string said;
};

sigjmp_buf way_out;
void leave(int) { ::siglongjmp(way_out, 1); }

/// What `act` says on stderr, and whether it would have ended the process. Requires: nothing between has to be destroyed.
Death death_of(void (*act)()) {
    char name[] = "/tmp/chayan-kit-XXXXXX";
    const int file = ::mkstemp(name);
    REQUIRE(file >= 0);
    ::unlink(name);
    const int before = ::dup(STDERR_FILENO);
    ::dup2(file, STDERR_FILENO);
    auto* const handler = std::signal(SIGABRT, leave);
    volatile bool aborted = true;
    if (::sigsetjmp(way_out, 1) == 0) {
        act();
        aborted = false;
    }
    std::signal(SIGABRT, handler);
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    std::string said(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
    CHECK(::pread(file, said.data(), said.size(), 0) == static_cast<ssize_t>(said.size()));
    ::close(file);
    return {aborted, said};
}

const Result<int> bad_number{Error{Errc::busy, "busy", {}, 2}};
const Result<std::string> bad_text{Error{Errc::busy, "busy", {}, 2}};
const Result<int> good_number{1};
const Error some_error{Errc::busy, "busy", {}, 2};

}  // namespace

TEST_CASE("a result holds the value or the error") {
    const Result<int> good = 7;
    REQUIRE(good);
    CHECK(*good == 7);
    const Result<int> bad = some_error;
    REQUIRE_FALSE(bad);
    CHECK(bad.error().kind == Errc::busy);
    CHECK(bad.error().retry_after_s == 2);
    Result<std::unique_ptr<int>> moved = std::make_unique<int>(8);
    CHECK(*moved->get() == 8);
    const std::unique_ptr<int> taken = *std::move(moved);
    CHECK(*taken == 8);
    Result<std::string> text = std::string("a");
    text->append("b");
    CHECK(*text == "ab");
    const Result<Result<int>> nested = Result<int>(some_error);   // a refusal may be a value
    REQUIRE(nested);
    CHECK_FALSE(*nested);
}

TEST_CASE("a fault of one field names it twice: as the error and at its pointer") {
    const Status status = invalid_field("/phone", "phone_length");
    REQUIRE_FALSE(status);
    CHECK(status.error().kind == Errc::invalid);
    CHECK(std::string(status.error().code) == "phone_length");
    REQUIRE(status.error().fields.size() == 1);
    CHECK(status.error().fields[0].pointer == "/phone");
    CHECK(std::string(status.error().fields[0].code) == "phone_length");
}

TEST_CASE("looking for the value of an error, or the error of a value, ends the process") {
    CHECK(death_of([] { (void)*bad_number; }).aborted);
    CHECK(death_of([] { (void)bad_text->size(); }).aborted);
    CHECK(death_of([] { (void)good_number.error(); }).aborted);
    CHECK_FALSE(death_of([] { (void)*good_number; }).aborted);
}

TEST_CASE("a broken invariant is told by place and source text, never by value, and ends the process") {
    const auto death = death_of([] { fail_check("file.cpp", 12, "name == known"); });
    CHECK(death.aborted);
    CHECK(death.said == "{\"level\":\"fatal\",\"event\":\"check_failed\",\"where\":\"file.cpp:12\",\"what\":\"name == known\"}\n");
}
