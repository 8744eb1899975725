// SPDX-License-Identifier: Apache-2.0
// What a supervisor hears: a datagram for each word, on the socket that it named.
#include "app/supervisor.hpp"

#include "app/folder.hpp"

#include <catch2/catch.hpp>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

using namespace chayan::app;
using chayan::app::testing::Folder;
using Catch::Matchers::Matches;

namespace {

/// A variable of the environment for as long as this lives.
struct Variable {
    Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    ~Variable() { ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

private:
    const char* name_;
};

class Listener {
public:
    /// `name` begins with @ for one that is no file.
    explicit Listener(const std::string& name) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        if (name[0] == '@') address.sun_path[0] = '\0';
        REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())) == 0);
    }
    ~Listener() { ::close(fd_); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    /// Empty: nothing came.
    std::string heard() const {
        char text[256];
        const auto count = ::recv(fd_, text, sizeof text, 0);
        return {text, count > 0 ? static_cast<std::size_t>(count) : 0};
    }

private:
    int fd_;
};

}  // namespace

TEST_CASE("a supervisor hears that the service is ready, reads anew, and stops") {
    const Folder folder;
    for (const auto& name : {folder.at("notify"), "@chayan-test-" + std::to_string(::getpid())}) {
        const Listener listener(name);
        const Variable socket("NOTIFY_SOCKET", name);
        const Supervisor supervisor;
        CHECK(supervisor.is_there());
        supervisor.ready();
        CHECK(listener.heard() == "READY=1");
        supervisor.reloading();
        CHECK_THAT(listener.heard(), Matches("RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]+"));
        supervisor.stopping();
        CHECK(listener.heard() == "STOPPING=1");
        CHECK(listener.heard().empty());
    }
}

TEST_CASE("without a supervisor, or with one that has gone, nothing happens") {
    Supervisor nobody;
    CHECK_FALSE(nobody.is_there());
    nobody.ready();
    nobody.alive(1);
    CHECK_FALSE(nobody.interval());
    for (const auto* name : {"/nowhere/notify", "notify", "@"}) {
        const Variable socket("NOTIFY_SOCKET", name);
        Supervisor().ready();
    }
    const Variable long_name("NOTIFY_SOCKET", "/" + std::string(200, 'x'));
    Supervisor().ready();
}

TEST_CASE("a watchdog is fed while something beats, three times within its patience, and starves when nothing does") {
    const Folder folder;
    const Listener listener(folder.at("notify"));
    const Variable socket("NOTIFY_SOCKET", folder.at("notify"));
    const Variable patience("WATCHDOG_USEC", "60000000");
    Supervisor supervisor;
    REQUIRE(supervisor.interval());
    CHECK(*supervisor.interval() * 3 > std::chrono::seconds(59));
    CHECK(*supervisor.interval() * 3 < std::chrono::seconds(61));
    supervisor.alive(0);
    CHECK(listener.heard() == "WATCHDOG=1");
    supervisor.alive(0);
    CHECK(listener.heard().empty());
    supervisor.alive(20);
    CHECK(listener.heard() == "WATCHDOG=1");
}

TEST_CASE("a watchdog of another process, or one that is no number, is none of ours") {
    const Variable socket("NOTIFY_SOCKET", "/nowhere/notify");
    {
        const Variable patience("WATCHDOG_USEC", "60000000");
        const Variable other("WATCHDOG_PID", std::to_string(::getpid() + 1));
        CHECK_FALSE(Supervisor().interval());
    }
    {
        const Variable patience("WATCHDOG_USEC", "60000000");
        const Variable own("WATCHDOG_PID", std::to_string(::getpid()));
        CHECK(Supervisor().interval());
    }
    const Variable patience("WATCHDOG_USEC", "a minute");
    CHECK_FALSE(Supervisor().interval());
}
