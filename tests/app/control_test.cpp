// SPDX-License-Identifier: Apache-2.0
// The socket in the data folder: what is asked, what is answered meanwhile and at last, and who hears of it.
#include "app/control.hpp"

#include "app/folder.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <thread>

using namespace chayan;
using namespace chayan::app;
using chayan::app::testing::Folder;
using Catch::Matchers::Contains;
using Arguments = std::vector<std::string>;

namespace {

/// A control that answers on a thread of its own while it lives.
struct Answering {
    explicit Answering(std::map<std::string, Control::Handler> handlers) : control(folder.path, std::move(handlers)) {}
    kit::Status ask(const std::string& word, const Arguments& arguments, const Progress& progress = {}) const {
        return ask_server(folder.path, word, arguments, progress);
    }
    Folder folder;
    Control control;
    std::jthread thread{[this](const std::stop_token& stop) { control.run(stop); }};
};

}  // namespace

TEST_CASE("a request brings its arguments as they were given, empty ones too, and its owner alone may send it") {
    Arguments heard;
    const Answering service({{"note", [&](const Arguments& arguments, const std::shared_ptr<Peer>& peer) {
        heard = arguments;
        peer->answer(kit::Done{});
    }}});
    CHECK(service.folder.mode("control") == 0600);
    for (const auto& arguments : {Arguments{}, Arguments{"one"}, Arguments{"", "二 三", ""}, Arguments{std::string(8'000, 'x')}}) {
        CHECK(service.ask("note", arguments));
        CHECK(heard == arguments);
    }
}

TEST_CASE("what would be read as another argument, is too long, or is not known, is not carried out") {
    std::atomic<int> calls{0};
    const Answering service({{"note", [&](const Arguments&, const std::shared_ptr<Peer>& peer) {
        ++calls;
        peer->answer(kit::Done{});
    }}});
    const auto broken = service.ask("note", {"a\nb"});
    REQUIRE_FALSE(broken);
    CHECK(std::string(broken.error().code) == "text_malformed");
    CHECK_THROWS_WITH(service.ask("note", {std::string(8'200, 'x')}), Contains("does not know"));
    CHECK_THROWS_WITH(service.ask("nota", {}), Contains("does not know"));
    CHECK(calls == 0);
}

TEST_CASE("a refusal keeps its code and field, a failure its sentence in one line") {
    const Answering service({
        {"refuse", [](const Arguments&, const std::shared_ptr<Peer>& peer) { peer->answer(kit::Error{kit::Errc::conflict, "login_taken"}); }},
        {"field", [](const Arguments&, const std::shared_ptr<Peer>& peer) { peer->answer(kit::invalid_field("/password", "password_short")); }},
        {"fail", [](const Arguments&, const std::shared_ptr<Peer>& peer) { peer->fail("the disk is full\nok"); }},
        {"drop", [](const Arguments&, const std::shared_ptr<Peer>&) {}},
    });
    const auto refused = service.ask("refuse", {});
    REQUIRE_FALSE(refused);
    CHECK(std::string(refused.error().code) == "login_taken");
    CHECK(refused.error().fields.empty());
    const auto field = service.ask("field", {});
    REQUIRE_FALSE(field);
    REQUIRE(field.error().fields.size() == 1);
    CHECK(field.error().fields[0].pointer == "/password");
    CHECK(std::string(field.error().fields[0].code) == "password_short");
    CHECK_THROWS_WITH(service.ask("fail", {}), "the disk is full ok");
    CHECK_THROWS_WITH(service.ask("drop", {}), Contains("did not answer"));
}

TEST_CASE("work that takes long is done elsewhere, tells how far it is, and keeps nobody else waiting") {
    std::promise<std::shared_ptr<Peer>> asked;
    const Answering service({
        {"long", [&](const Arguments&, const std::shared_ptr<Peer>& peer) { asked.set_value(peer); }},
        {"short", [](const Arguments&, const std::shared_ptr<Peer>& peer) { peer->answer(kit::Done{}); }},
    });
    std::vector<std::string> told;
    auto answer = std::async(std::launch::async, [&] {
        return service.ask("long", {}, [&](const char* doing, std::uint64_t done, std::uint64_t total) {
            told.push_back(doing + std::string(" ") + std::to_string(done) + "/" + std::to_string(total));
            return true;
        });
    });
    auto peer = asked.get_future().get();
    CHECK(peer->progress("copying", 1, 2));
    CHECK(service.ask("short", {}));
    CHECK(peer->progress("checking", 0, 0));
    peer->answer(kit::Done{});
    CHECK(answer.get());
    CHECK(told == std::vector<std::string>{"copying 1/2", "checking 0/0"});
}

TEST_CASE("where nobody answers, or the path does not fit a socket, that is told") {
    const Folder folder;
    CHECK_THROWS_WITH(ask_server(folder.path, "note", {}), Contains("no service answers there"));
    const auto deep = folder.at(std::string(120, 'd'));
    std::filesystem::create_directory(deep);
    CHECK_THROWS_WITH(Control(deep, {}), Contains("too long for a socket"));
    CHECK_THROWS_WITH(ask_server(deep, "note", {}), Contains("too long for a socket"));
}
