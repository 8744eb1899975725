// SPDX-License-Identifier: Apache-2.0
// The command line as far as it runs without sockets: what it says, where, and the exit code.
#include "app/commands.hpp"

#include "app/folder.hpp"
#include "app/installation.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <vector>

using namespace chayan::app;
using chayan::app::testing::Folder;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

struct Ended {
    int code = -1;
    std::string out, err;
};

/// One of the standard streams in a file for a while.
class Caught {
public:
    Caught(int fd, const Folder& folder, const char* name) : fd_(fd), before_(::dup(fd)), folder_(folder), name_(name) {
        const int file = ::open(folder.at(name).c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
        ::dup2(file, fd);
        ::close(file);
    }
    std::string end() {
        std::cout.flush();
        std::cerr.flush();
        std::fflush(nullptr);
        ::dup2(before_, fd_);
        ::close(before_);
        return folder_.read(name_);
    }

private:
    int fd_, before_;
    const Folder& folder_;
    const char* name_;
};

Ended run_with(std::vector<std::string> words) {
    const Folder folder;
    std::vector<char*> argv;
    words.insert(words.begin(), "chayan");
    for (auto& word : words) argv.push_back(word.data());
    ::setenv("LC_ALL", "en_GB.UTF-8", 1);
    std::cout.flush();
    std::fflush(nullptr);
    Caught out(STDOUT_FILENO, folder, "out"), err(STDERR_FILENO, folder, "err");
    Ended ended;
    ended.code = run(static_cast<int>(argv.size()), argv.data());
    ended.out = out.end();
    ended.err = err.end();
    return ended;
}

struct Town {
    std::string data() const { return folder.at("data"); }
    Ended run(std::vector<std::string> words) const {
        words.insert(words.end(), {"--data", data()});
        return run_with(std::move(words));
    }
    Ended import(const std::string& what, const std::string& text) const { return run({what, "import", folder.write(what + ".csv", text)}); }
    Folder folder;
};

constexpr const char* divisions = "code,name\n130682,定州\n";
constexpr const char* sites = "ref,name,category,division\nA,商店,shop,130682\nB,药店,casino,130682\nC,学校,school,130682\n";

}  // namespace

TEST_CASE("wrong usage is exit code 2 and says what is missing; help is 0") {
    const std::vector<std::vector<std::string>> wrong{
        {}, {"swerve"}, {"serve", "--data"}, {"serve", "--port", "65536", "--data", "x"}, {"serve", "--port", "-1", "--data", "x"},
        {"serve", "--colour"}, {"serve"}, {"site"}, {"site", "import", "f.csv"}, {"site", "import", "--data", "x"}, {"site", "export"}, {"check"},
        {"operator", "add", "--data", "x", "--login", "li"}, {"operator"}, {"scan", "export"}};
    for (const auto& words : wrong) {
        const auto ended = run_with(words);
        CAPTURE(words, ended.out, ended.err);
        CHECK(ended.code == 2);
        CHECK_FALSE((ended.out + ended.err).empty());
    }
    CHECK(run_with({"--help"}).code == 0);
    CHECK_THAT(run_with({"site", "import", "--help"}).out, Contains("FILE"));
    CHECK_FALSE(std::filesystem::exists("x"));
}

TEST_CASE("all settings are shown without a data folder, as they would be read") {
    const auto ended = run_with({"serve", "--print-config", "--port", "0", "--listen", "::1"});
    CHECK(ended.code == 0);
    CHECK_THAT(ended.out, StartsWith("[server]\nlisten = \"::1\"   # --listen\nport = 0   # --port\n"));
    const Folder folder;
    ::setenv("CHAYAN_SERVER_PORT", "2", 1);
    CHECK_THAT(run_with({"serve", "--print-config", "--port", "0"}).out, Contains("\nport = 0   # --port\n"));
    CHECK_THAT(run_with({"serve", "--print-config"}).out, Contains("\nport = 2   # CHAYAN_SERVER_PORT\n"));
    ::unsetenv("CHAYAN_SERVER_PORT");
    const auto bad = run_with({"serve", "--print-config", "--config", folder.write("c.toml", "[server]\nport = 70000\n")});
    CHECK(bad.code == 1);
    CHECK_THAT(bad.err, Contains("c.toml:2: [server] port must be a whole number"));
}

TEST_CASE("the first command sets up an empty folder and shows the recovery key once, on stderr alone") {
    const Town town;
    const auto first = town.import("division", divisions);
    CHECK(first.code == 0);
    CHECK(first.out == "new 1, changed 0, unchanged 0, rejected 0\n");
    CHECK_THAT(first.err, Contains("Recovery key (shown only once"));
    CHECK(town.folder.mode("data") == 0700);
    CHECK(town.folder.mode("data/keys") == 0700);
    CHECK(town.folder.mode("data/chayan.db") == 0600);
    const auto again = town.import("division", divisions);
    CHECK(again.out == "new 0, changed 0, unchanged 1, rejected 0\n");
    CHECK(again.err.empty());
}

TEST_CASE("rejected rows are told with file, line and reason, given back to be mended, and do not fail the import") {
    const Town town;
    (void)town.import("division", divisions);
    const auto first = town.import("site", sites);
    CHECK(first.code == 0);
    CHECK(first.out == "new 2, changed 0, unchanged 0, rejected 1\n");
    CHECK_THAT(first.err, Contains("site.csv:3: category: "));
    const auto back = town.folder.read("site.csv.rejected.csv");
    CHECK_THAT(back, StartsWith("\xEF\xBB\xBFref,name,category,division,line,reason\nB,药店,casino,130682,3,\"category: "));
    CHECK(town.folder.mode("site.csv.rejected.csv") == 0600);
    auto mended = back;
    mended.replace(mended.find("casino"), 6, "pharmacy");
    const auto second = town.import("site", mended);   // as it came, with the two columns that say why
    CHECK(second.out == "new 1, changed 0, unchanged 0, rejected 0\n");
    CHECK_FALSE(town.folder.has("site.csv.rejected.csv"));
}

TEST_CASE("of many rejected rows twenty are told, and the file that holds them all is named") {
    const Town town;
    (void)town.import("division", divisions);
    const auto ended = [&](int count) {
        std::string text = "ref,name,category,division\n";
        for (int i = 0; i < count; ++i) text += "R" + std::to_string(i) + ",药店,casino,130682\n";
        return town.import("site", text);
    };
    const auto twenty = ended(20);
    CHECK(twenty.code == 0);
    CHECK_THAT(twenty.err, Contains("site.csv:21: category: ") && Contains("see " + town.folder.at("site.csv.rejected.csv")) && !Contains("more"));
    const auto many = ended(25);
    CHECK(many.out == "new 0, changed 0, unchanged 0, rejected 25\n");
    CHECK_THAT(many.err, Contains("site.csv:21: category: ") && !Contains("site.csv:22:") &&
                             Contains("and 5 more: see " + town.folder.at("site.csv.rejected.csv")));
    const auto back = town.folder.read("site.csv.rejected.csv");
    CHECK(std::count(back.begin(), back.end(), '\n') == 1 + 25);
}

TEST_CASE("rosters and history come in by their own words") {
    const Town town;
    (void)town.import("division", divisions);
    (void)town.import("site", sites);
    const auto people = town.import("person", "ref,name,phone\nr1,王建华,14200000001\nr2,王建华,14200000001\nr3,1,14200000002\n");
    CHECK(people.out == "new 1, matched 1, review 0, rejected 1\n");
    CHECK(people.err.find("14200000002") == std::string::npos);
    const auto now = chayan::domain::format_rfc3339(SystemClock().now() - 60);
    const auto scans = "ref,site,at,direction\nr1,A," + now + ",in\nr2,C," + now + ",out\nr1,A," + now + ",in\nr9,A," + now + ",in\n";
    CHECK(town.import("scan", scans).out == "new 2, changed 0, unchanged 1, rejected 1\n");
    CHECK(town.import("scan", scans).out == "new 0, changed 0, unchanged 3, rejected 1\n");
    const auto checked = town.run({"check"});
    CHECK(checked.code == 0);
    CHECK(checked.out == "ok\n");
    CHECK_THAT(checked.err, Contains("warning: the keys lie on the same disk"));
}

TEST_CASE("where no sites are, the export says so and makes nothing") {
    const Town town;
    const auto ended = town.run({"site", "export"});
    CHECK(ended.code == 1);
    CHECK(ended.out.empty());
    CHECK_THAT(ended.err, Contains("holds no sites yet"));
    CHECK_FALSE(std::filesystem::exists(town.data()));
}

TEST_CASE("sites are exported with a code for each direction") {
    const Town town;
    (void)town.import("division", divisions);
    (void)town.import("site", sites);
    const auto ended = town.run({"site", "export"});
    CHECK(ended.code == 0);
    CHECK_THAT(ended.out, StartsWith("ref,name,category,division,place,address,longitude,latitude,presence,dwell_min,opens,closes,direction,code,url\nA,商店,shop,130682,"));
    CHECK(std::count(ended.out.begin(), ended.out.end(), '\n') == 1 + 2 * 4);
    CHECK_THAT(ended.out, Contains("https://localhost:8443/s/"));
    CHECK_THAT(ended.err, Contains("[server] base_url"));   // no phone of a resident finds localhost
    const auto config = town.folder.write("c.toml", "[server]\nbase_url = \"https://chayan.example/\"\n");
    const auto named = town.run({"site", "export", "--config", config});
    CHECK_THAT(named.out, Contains("https://chayan.example/s/"));
    CHECK(named.err.empty());
}

TEST_CASE("a file that cannot be read or is no CSV fails with a sentence that names it") {
    const Town town;
    const auto none = town.run({"site", "import", town.folder.at("none.csv")});
    CHECK(none.code == 1);
    CHECK_THAT(none.err, Contains("none.csv: cannot read the file"));
    const auto empty = town.import("site", "");
    CHECK(empty.code == 1);
    CHECK_THAT(empty.err, Contains("site.csv: The file is empty."));
    const auto headless = town.import("site", "ref,name\n");
    CHECK(headless.code == 1);
    CHECK_THAT(headless.err, Contains("category: "));
}

TEST_CASE("an operator is added with the first line of the password file, or refused with the reason") {
    const Town town;
    const auto add = [&](const std::string& login, const std::string& role, const std::string& password) {
        return town.run({"operator", "add", "--login", login, "--role", role, "--password-file", town.folder.write("p", password)});
    };
    const auto added = add("li", "guard", "correct horse battery\nsecond line\n");
    CHECK(added.code == 0);
    CHECK(added.out == "added li\n");
    CHECK(add("wang", "guard", "correct horse battery\r\n").code == 0);
    const auto taken = add("li", "guard", "correct horse battery");
    CHECK(taken.code == 1);
    CHECK_THAT(taken.err, Contains("This login exists"));
    const auto short_one = add("zhao", "guard", "short\nlonglonglonglong");
    CHECK(short_one.code == 1);
    CHECK_THAT(short_one.err, Contains("at least 12"));
    CHECK(short_one.err.find("longlong") == std::string::npos);
    CHECK(add("zhao", "king", "correct horse battery").code == 2);   // said wrong on the line itself
    std::unique_ptr<DirectoryLock> lock;
    REQUIRE(DirectoryLock::try_lock(town.data(), lock));
    Installation in({town.data(), town.data() + "/keys", 0}, {});
    CHECK(in.access->open_session({"li", "correct horse battery", {}, {}}));
    CHECK(in.access->open_session({"wang", "correct horse battery", {}, {}}));
}

TEST_CASE("while somebody else holds the folder imports name the call that does the same, and nothing is changed") {
    const Town town;
    (void)town.import("division", divisions);
    std::unique_ptr<DirectoryLock> lock;
    REQUIRE(DirectoryLock::try_lock(town.data(), lock));
    for (const auto& [what, call] : {std::pair("division", "POST /api/v1/divisions/import"), std::pair("site", "POST /api/v1/sites/import"),
                                     std::pair("person", "POST /api/v1/people/import"), std::pair("scan", "POST /api/v1/scans/import")}) {
        const auto ended = town.import(what, divisions);
        CHECK(ended.code == 1);
        CHECK_THAT(ended.err, Contains(call));
    }
    const auto add = town.run({"operator", "add", "--login", "li", "--role", "guard", "--password-file", town.folder.write("p", "correct horse battery")});
    CHECK(add.code == 1);
    CHECK_THAT(add.err, Contains("no service answers there"));
    CHECK(town.run({"site", "export"}).code == 0);   // only reads
}

TEST_CASE("a mistyped command is named, with the nearest one or all there are") {
    const struct {
        std::vector<std::string> words;
        const char* said;
    } cases[] = {{{"sites", "import"}, "\"sites\"; did you mean \"chayan site\"?"},
                 {{"site", "imprt"}, "\"imprt\"; did you mean \"chayan site import\"?"},
                 {{"chek", "--data", "x"}, "did you mean \"chayan check\"?"},
                 {{"quux123"}, "\"quux123\"; there are: serve operator "},
                 {{"site", "frobnicate"}, "there are: import export."}};
    for (const auto& [words, said] : cases) {
        const auto ended = run_with(words);
        CHECK(ended.code == 2);
        CHECK_THAT(ended.err, Contains(said));
    }
}

TEST_CASE("a backup of a folder that is not there, or holds nothing, is refused and makes nothing") {
    const Folder folder;
    const auto nowhere = run_with({"backup", "--data", folder.at("nowhere"), folder.at("b")});
    CHECK(nowhere.code == 1);
    CHECK(nowhere.out.empty());
    CHECK_THAT(nowhere.err, Contains("nowhere: there is no such folder") && !Contains("Recovery key"));
    std::filesystem::create_directory(folder.at("empty"));
    const auto empty = run_with({"backup", "--data", folder.at("empty"), folder.at("b")});
    CHECK(empty.code == 1);
    CHECK_THAT(empty.err, Contains("empty: this folder holds no data"));
    for (const char* name : {"nowhere", "b", "b.keys", "empty/keys", "empty/chayan.db", "empty/lock"}) CHECK_FALSE(folder.has(name));
}

TEST_CASE("check names a folder that is not there, and one that holds nothing") {
    const Folder folder;
    const auto nowhere = run_with({"check", "--data", folder.at("nowhere")});
    CHECK(nowhere.code == 1);
    CHECK_THAT(nowhere.err, Contains("nowhere: there is no such folder"));
    CHECK_FALSE(folder.has("nowhere"));
    std::filesystem::create_directory(folder.at("empty"));
    const auto empty = run_with({"check", "--data", folder.at("empty")});
    CHECK(empty.code == 1);
    CHECK_THAT(empty.err, Contains("empty: this folder holds no data"));
}

TEST_CASE("an operator's unknown role is wrong usage, and a bad password names its file") {
    const Town town;
    const auto file = town.folder.write("short.txt", "short\n");
    const auto add = [&](const std::string& role) {
        return run_with({"operator", "add", "--data", town.data(), "--login", "li", "--role", role, "--password-file", file});
    };
    CHECK(add("warden").code == 2);
    const auto ended = add("guard");
    CHECK(ended.code == 1);
    CHECK_THAT(ended.err, Contains("short.txt: "));
}

TEST_CASE("serve on a folder that is served says so, and names no other command") {
    const Town town;
    (void)town.import("division", divisions);
    std::unique_ptr<DirectoryLock> lock;
    REQUIRE(DirectoryLock::try_lock(town.data(), lock));
    const auto ended = town.run({"serve", "--port", "0"});
    CHECK(ended.code == 1);
    CHECK_THAT(ended.err, Contains("runs on this data folder already"));
    CHECK_THAT(ended.err, !Contains("instead"));
}
