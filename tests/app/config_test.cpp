// SPDX-License-Identifier: Apache-2.0
#include "app/config.hpp"

#include "app/folder.hpp"
#include "app/proxy.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

using namespace chayan::app;
using chayan::app::testing::Folder;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

namespace {

constexpr const char* nothing[] = {nullptr};

Config read(const std::string& text) {
    const Folder folder;
    return read_settings(folder.write("c.toml", text), nothing).config;
}

/// A file with drop-ins and an environment.
struct Given {
    Given() { std::filesystem::create_directory(folder.at("c.toml.d")); }
    Settings read() const {
        std::vector<const char*> variables;
        for (const auto& variable : environment) variables.push_back(variable.c_str());
        variables.push_back(nullptr);
        return read_settings(folder.write("c.toml", text), variables.data());
    }
    void drop_in(const std::string& name, const std::string& words) const { (void)folder.write("c.toml.d/" + name, words); }
    /// The sentence of a refusal without the folder. Empty when it is none.
    std::string fault() const {
        try {
            (void)read();
        } catch (const std::runtime_error& error) {
            const std::string what = error.what();
            return what.starts_with(folder.path) ? what.substr(folder.path.size() + 1) : what;
        }
        return {};
    }
    std::string origin(const std::string& setting) const {
        auto told = read().origins[setting];
        return told.starts_with(folder.path) ? told.substr(folder.path.size() + 1) : told;
    }

    Folder folder;
    std::string text;
    std::vector<std::string> environment;
};

/// The sentence of a refusal without the folder: "c.toml:LINE: …". Empty when it is none.
std::string fault(const std::string& text) {
    const Folder folder;
    const auto path = folder.write("c.toml", text);
    try {
        (void)read_settings(path, nothing);
    } catch (const std::runtime_error& error) {
        const std::string what = error.what();
        CHECK_THAT(what, StartsWith(path));
        return what.substr(folder.path.size() + 1);
    }
    return {};
}

bool is_equal(const Config& a, const Config& b) {
    return a.listen == b.listen && a.port == b.port && a.hosts == b.hosts && a.base_url == b.base_url && a.proxy_listen == b.proxy_listen && a.metrics_listen == b.metrics_listen &&
           a.ahead_s_max == b.ahead_s_max && a.age_days_max == b.age_days_max && a.fever_from == b.fever_from && a.scan_days == b.scan_days && a.desk_days == b.desk_days && a.audit_days == b.audit_days &&
           a.roster_days == b.roster_days && a.require_otp == b.require_otp &&
           a.limits == b.limits && a.time_zone == b.time_zone && a.report_due_s == b.report_due_s &&
           a.backup_folder == b.backup_folder && a.backup_at_s == b.backup_at_s && a.backup_keep == b.backup_keep;
}

}  // namespace

TEST_CASE("an empty file is all the defaults") {
    CHECK(is_equal(read(""), Config{}));
    CHECK(is_equal(read("# nothing\n[server]\n[scan]\n"), Config{}));
}

TEST_CASE("no scan is taken of a day that is forgotten, whatever its own limit says") {
    CHECK(read("[retention]\nscan_days = 7\n").age_days_max == 7);
    CHECK(read("[retention]\nscan_days = 6\n").age_days_max == 6);
    CHECK(read("[scan]\nage_days_max = 28\n[retention]\nscan_days = 27\n").age_days_max == 27);
}

TEST_CASE("every setting is read, and printed so that it is read the same") {
    const auto config = read(R"([server]
listen = "0.0.0.0"
port = 443
hosts = ["a.example", "b.example"]
base_url = "https://a.example"
proxy_listen = "unix:proxy.sock"
metrics_listen = "127.0.0.1:9464"
[scan]
ahead_s_max = 60
age_days_max = 3
[gate]
fever_from = 37.5
[retention]
scan_days = 14
desk_days = 60
audit_days = 200
roster_days = 90
[access]
require_otp = true
[limits]
enabled = false
credential_scans_per_minute = 40
credential_scans_burst = 600
logins_per_minute = 3
logins_burst = 9
failed_code_cost = 7
[local]
time_zone = "Asia/Urumqi"
[desk]
report_due = "16:30"
[backup]
folder = "/mnt/other"
at = "03:05"
keep = 30
)");
    CHECK(config.listen == "0.0.0.0");
    CHECK(config.port == 443);
    CHECK(config.hosts == std::vector<std::string>{"a.example", "b.example"});
    CHECK(config.base_url == "https://a.example");
    CHECK(config.proxy_listen == "unix:proxy.sock");
    CHECK(config.metrics_listen == "127.0.0.1:9464");
    CHECK(config.ahead_s_max == 60);
    CHECK(config.age_days_max == 3);
    CHECK(config.scan_days == 14);
    CHECK(fever_from_dc(config) == 375);
    CHECK(fever_from_dc(Config{}) == 373);
    CHECK(config.require_otp);
    CHECK_FALSE(config.limits.enabled);
    CHECK(config.limits.limits[0] == chayan::service::RateLimit{40, 600});
    CHECK(config.limits.limits[6] == chayan::service::RateLimit{3, 9});
    CHECK(config.limits.failed_code_cost == 7);
    CHECK(config.time_zone == "Asia/Urumqi");
    CHECK(config.report_due_s == 16 * 3600 + 30 * 60);
    CHECK(config.backup_folder == "/mnt/other");
    CHECK(config.backup_at_s == 3 * 3600 + 5 * 60);
    CHECK(config.backup_keep == 30);
    CHECK(is_equal(read(print_config(config)), config));
    CHECK(is_equal(read(print_config(Config{})), Config{}));
}

TEST_CASE("text with quotes and backslashes is printed so that it is read the same") {
    Config config;
    config.hosts = {"a\"b", "it's", "x\\y'z\n"};
    CHECK(is_equal(read(print_config(config)), config));
}

TEST_CASE("numbers are taken at both ends of their range and refused beyond, with the range") {
    const struct {
        const char* section;
        const char* key;
        long least, most;
    } numbers[] = {{"server", "port", 0, 65'535}, {"scan", "ahead_s_max", 0, 3'600}, {"scan", "age_days_max", 1, 28}, {"retention", "scan_days", 1, 400}, {"limits", "credential_scans_per_minute", 1, 1'000'000}, {"limits", "site_newcomers_burst", 1, 1'000'000},
                   {"limits", "failed_code_cost", 1, 1'000}};
    for (const auto& number : numbers) {
        const auto least = number.least, most = number.most;
        const auto told = [&](const std::string& value) { return fault("[" + std::string(number.section) + "]\n" + number.key + " = " + value + "\n"); };
        CHECK(told(std::to_string(least)).empty());
        CHECK(told(std::to_string(most)).empty());
        const auto sentence = "c.toml:2: [" + std::string(number.section) + "] " + number.key + " must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
        for (const auto& bad : {std::to_string(least - 1), std::to_string(most + 1), std::string("1.5"), std::string("\"7\""), std::string("true"), std::string("[1]")})
            CHECK(told(bad) == sentence);
    }
}

TEST_CASE("a wrong type is told with its line, its setting and what it must be") {
    CHECK(fault("[server]\nlisten = 1\n") == "c.toml:2: [server] listen must be text in quotes");
    CHECK(fault("[server]\n\nhosts = \"a\"\n") == "c.toml:3: [server] hosts must be a list of texts");
    CHECK(fault("[server]\nhosts = [\"a\", 2]\n") == "c.toml:2: [server] hosts must be a list of texts");
    CHECK(fault("[access]\nrequire_otp = \"yes\"\n") == "c.toml:2: [access] require_otp must be true or false");
    CHECK(fault("[limits]\nenabled = 1\n") == "c.toml:2: [limits] enabled must be true or false");
    CHECK(fault("server = 1\n") == "c.toml:1: [server] must be a table");
}

TEST_CASE("an unknown setting or section is an error that names it and where to look") {
    CHECK(fault("[server]\nprot = 1\n") == "c.toml:2: unknown setting [server] prot; did you mean port? See chayan serve --print-config");
    CHECK(fault("\n[servers]\n") == "c.toml:2: unknown section [servers]; did you mean server? See chayan serve --print-config");
    CHECK(fault("port = 1\n") == "c.toml:1: unknown section [port]; it belongs under [server]");
    CHECK(fault("[server]\nscan_days = 7\n") == "c.toml:2: unknown setting [server] scan_days; it belongs under [retention]");
    CHECK(fault("[server]\ncolour = \"red\"\n") == "c.toml:2: unknown setting [server] colour; take it out, or see chayan serve --print-config");
    CHECK(fault("[teapot]\n") == "c.toml:1: unknown section [teapot]; take it out, or see chayan serve --print-config");
    for (const char* section : {"server", "scan", "gate", "retention", "access", "limits", "local", "desk"})
        CHECK_THAT(fault("[" + std::string(section) + "]\nPort = 1\n"), Contains("unknown setting [" + std::string(section) + "] Port"));
}

TEST_CASE("what is no TOML is told with its line") {
    CHECK_THAT(fault("[server]\nport = \n"), StartsWith("c.toml:2: "));
    CHECK_THAT(fault("[server]\nport = 1\nport = 2\n"), StartsWith("c.toml:3: "));
    CHECK_FALSE(fault("\xff\xfe").empty());
    CHECK_FALSE(fault("a = " + std::string(1'000, '[')).empty());
}

TEST_CASE("a file that is not there, or far too large, is told") {
    const Folder folder;
    CHECK_THROWS_WITH(read_settings(folder.at("none.toml"), nothing), Contains("none.toml: cannot read the settings"));
    CHECK(fault(std::string(1 << 20, '#')).empty());
    CHECK(fault(std::string((1 << 20) + 1, '#')) == "c.toml: a settings file may have at most 1 MB");
}

TEST_CASE("a time zone that nobody knows is refused") {
    CHECK_THAT(fault("[local]\ntime_zone = \"Asia/Dingzhou\"\n"), Contains("use a name such as Asia/Shanghai"));
}

TEST_CASE("enterprises report by a minute of the day, as a clock shows it") {
    const auto given = [](const std::string& due) { return "[desk]\nreport_due = " + due + "\n"; };
    CHECK(read(given("\"00:00\"")).report_due_s == 0);
    CHECK(read(given("\"23:59\"")).report_due_s == 86'340);
    for (const char* bad : {"\"24:00\"", "\"17:60\"", "\"7:00\"", "\"17.00\"", "\"17:00:00\"", "\"\"", "\"-1:00\"", "\"１７:00\""}) {
        INFO(bad);
        CHECK(fault(given(bad)) == "c.toml:2: [desk] report_due must be a local time of day such as \"17:00\"");
    }
    CHECK(fault(given("17")) == "c.toml:2: [desk] report_due must be text in quotes");
}

TEST_CASE("the nightly backup goes into a folder that is named from the root, at a time of day, and at least one stays") {
    CHECK(read("").backup_folder.empty());
    CHECK(fault("[backup]\nfolder = \"backups\"\n") == "c.toml:2: [backup] folder must be a path that begins with /, such as /var/backups/chayan");
    CHECK(fault("[backup]\nat = \"24:00\"\n") == "c.toml:2: [backup] at must be a local time of day such as \"02:15\"");
    CHECK(read("[backup]\nat = \"00:00\"\nkeep = 1\n").backup_at_s == 0);
    CHECK(fault("[backup]\nkeep = 0\n") == "c.toml:2: [backup] keep must be a whole number from 1 to 400");
    CHECK(read("[backup]\nkeep = 400\n").backup_keep == 400);
    CHECK(fault("[backup]\nkeep = 401\n") == "c.toml:2: [backup] keep must be a whole number from 1 to 400");
    CHECK(fault("[backup]\nhour = 2\n") == "c.toml:2: unknown setting [backup] hour; take it out, or see chayan serve --print-config");
}

TEST_CASE("plain HTTP is for a Unix socket or an address of this machine, and nowhere else") {
    const auto told = [](const std::string& value) { return fault("[server]\nproxy_listen = \"" + value + "\"\n"); };
    for (const char* good : {"", "unix:proxy.sock", "unix:/run/chayan/proxy.sock", "127.0.0.1:8080", "127.255.0.9:0", "127.0.0.1:65535", "[::1]:8080"}) {
        INFO(good);
        CHECK(told(good).empty());
    }
    for (const char* bad : {"0.0.0.0:8080", "10.0.0.1:8080", "126.255.255.255:80", "128.0.0.1:80", "[::]:8080", "[::ffff:10.0.0.1]:80", "[fe80::1]:80",
                            "::1:8080", "[127.0.0.1]:80", "localhost:8080", "chayan.example:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                            "127.0.0.1:-1", "127.0.0.1:80x", "127.0.0.1: 80", "127.1:80", ":8080", "8080", "unix:", "unix", "http://127.0.0.1:80"}) {
        INFO(bad);
        CHECK_THAT(told(bad), StartsWith("c.toml:2: [server] proxy_listen must be") && Contains("no data leaves this machine without TLS"));
    }
}

TEST_CASE("numbers of the service are told on this machine alone, and nowhere unless it is asked for") {
    CHECK(Config{}.metrics_listen.empty());
    CHECK(read("[server]\nmetrics_listen = \"unix:metrics\"\n").metrics_listen == "unix:metrics");
    CHECK_THAT(fault("[server]\nmetrics_listen = \"0.0.0.0:9464\"\n"), StartsWith("c.toml:2: [server] metrics_listen must be"));
}

TEST_CASE("a relative path begins in the data folder") {
    CHECK(find_proxy_place("unix:proxy.sock", "/data")->socket == "/data/proxy.sock");
    CHECK(find_proxy_place("unix:/run/proxy.sock", "/data")->socket == "/run/proxy.sock");
    CHECK(find_proxy_place("[::1]:8080", "/data")->address == "::1");
    CHECK(find_proxy_place("127.0.0.1:8080", "/data")->port == 8080);
}

TEST_CASE("the address on posters is a whole HTTPS address, and ends without a slash") {
    const auto given = [](const std::string& url) { return "[server]\nbase_url = \"" + url + "\"\n"; };
    CHECK(read(given("https://chayan.example.cn/")).base_url == "https://chayan.example.cn");
    CHECK(read(given("https://chayan.example.cn//")).base_url == "https://chayan.example.cn");
    CHECK(read(given("https://chayan.example.cn:8443/dz/")).base_url == "https://chayan.example.cn:8443/dz");
    CHECK(read(given("https://[2001:db8::1]:8443")).base_url == "https://[2001:db8::1]:8443");
    CHECK(read(given("")).base_url.empty());
    for (const char* bad : {"chayan.example.cn", "http://chayan.example.cn", "https:/chayan.example.cn", "https://", "https:///", "//chayan.example.cn",
                            "https://chayan.example.cn/?a", "https://chayan.example.cn/#a", "https://li@chayan.example.cn", "https://chayan example.cn",
                            "https://查验.cn", " https://chayan.example.cn", "https://:8443", "HTTPS://chayan.example.cn"}) {
        INFO(bad);
        CHECK_THAT(fault(given(bad)), StartsWith("c.toml:2: [server] base_url must be") && Contains("https://"));
    }
}

TEST_CASE("a drop-in wins over the file, a later one over an earlier, the environment over both, and what nobody names stays") {
    Given given;
    given.text = "[server]\nlisten = \"::1\"\nport = 1\n[scan]\nahead_s_max = 1\nage_days_max = 1\n[retention]\nscan_days = 9\n";
    CHECK(given.read().config.port == 1);
    CHECK(given.origin("server.port") == "c.toml:3");
    given.drop_in("20-b.toml", "[server]\nport = 3\n[scan]\nahead_s_max = 3\n");
    CHECK(given.read().config.port == 3);
    given.drop_in("10-a.toml", "\n[server]\nport = 2\n[scan]\nahead_s_max = 2\nage_days_max = 2\n");
    CHECK(given.read().config.port == 3);
    CHECK(given.origin("server.port") == "c.toml.d/20-b.toml:2");
    given.drop_in("3.toml", "[server]\nport = 4\n");   // in order of bytes: "20" before "3"
    CHECK(given.read().config.port == 4);
    given.environment = {"CHAYAN_SERVER_PORT=5"};
    const auto told = given.read();
    CHECK(told.config.port == 5);
    CHECK(given.origin("server.port") == "CHAYAN_SERVER_PORT");
    CHECK(told.config.ahead_s_max == 3);
    CHECK(given.origin("scan.ahead_s_max") == "c.toml.d/20-b.toml:4");
    CHECK(told.config.age_days_max == 2);
    CHECK(given.origin("scan.age_days_max") == "c.toml.d/10-a.toml:6");
    CHECK(told.config.scan_days == 9);
    CHECK(told.config.listen == "::1");
    CHECK(told.config.hosts.empty());
    CHECK_FALSE(told.origins.contains("server.hosts"));
}

TEST_CASE("a list is replaced as a whole, also by an empty one") {
    Given given;
    given.text = "[server]\nhosts = [\"a\", \"b\"]\n";
    given.drop_in("1.toml", "[server]\nhosts = [\"c\"]\n");
    CHECK(given.read().config.hosts == std::vector<std::string>{"c"});
    given.environment = {"CHAYAN_SERVER_HOSTS= d.example, e.example ,"};
    CHECK(given.read().config.hosts == std::vector<std::string>{"d.example", "e.example"});
    given.environment = {"CHAYAN_SERVER_HOSTS="};
    CHECK(given.read().config.hosts.empty());
}

TEST_CASE("only what ends in .toml and is not hidden is a drop-in") {
    Given given;
    for (const char* name : {".#1.toml", "1.toml~", "1.toml.dpkg-new", "README", ".toml"}) given.drop_in(name, "[server]\nport = 2\n");
    CHECK(given.read().config.port == Config{}.port);
    given.drop_in("1.toml", "");
    CHECK(given.read().config.port == Config{}.port);
}

TEST_CASE("a wrong key in a drop-in is told with its own file and line and what to do, and so is a wrong value that another wins over") {
    Given given;
    given.drop_in("10-a.toml", "[server]\n\nprot = 1\n");
    given.drop_in("20-b.toml", "[server]\nport = 1\n");
    CHECK(given.fault() == "c.toml.d/10-a.toml:3: unknown setting [server] prot; did you mean port? See chayan serve --print-config");
    given.drop_in("10-a.toml", "[server]\nport = 65536\n");
    CHECK(given.fault() == "c.toml.d/10-a.toml:2: [server] port must be a whole number from 0 to 65535");
    given.drop_in("10-a.toml", "[server]\nport = 65535\n");
    CHECK(given.fault().empty());
    std::filesystem::create_directory(given.folder.at("c.toml.d/30.toml"));
    CHECK_THAT(given.fault(), StartsWith("c.toml.d/30.toml: cannot read the settings"));
}

TEST_CASE("a folder of drop-ins holds a hundred and no more, and must be a folder") {
    Given given;
    for (int i = 0; i < 100; ++i) given.drop_in(std::to_string(1000 + i) + ".toml", "[server]\nport = " + std::to_string(i) + "\n");
    CHECK(given.read().config.port == 99);
    given.drop_in("2000.toml", "");
    CHECK_THAT(given.fault(), StartsWith("c.toml.d: holds more than 100 drop-ins"));
    const Folder other;
    (void)other.write("c.toml.d", "");
    CHECK_THROWS_WITH(read_settings(other.write("c.toml", ""), nothing), Contains("c.toml.d: cannot read the drop-ins"));
}

TEST_CASE("a variable gives each kind of setting") {
    Given given;
    given.environment = {"CHAYAN_SERVER_PORT=0", "CHAYAN_SERVER_LISTEN=::1", "CHAYAN_SERVER_BASE_URL=https://a.example/", "CHAYAN_GATE_FEVER_FROM=38", "CHAYAN_ACCESS_REQUIRE_OTP=true",
                         "CHAYAN_LIMITS_SITE_NEWCOMERS_PER_MINUTE=7", "CHAYAN_DESK_REPORT_DUE=16:30", "CHAYAN_POSTER_HOTLINE=12345", "CHAYAN_SCAN_AHEAD_S_MAX=3600", "PATH=x", "CHAYAN=x", "CHAYANX_SERVER_PORT=x"};
    const auto [config, origins, not_read] = given.read();
    CHECK(config.port == 0);
    CHECK(config.listen == "::1");
    CHECK(config.base_url == "https://a.example");
    CHECK(fever_from_dc(config) == 380);
    CHECK(config.require_otp);
    CHECK(config.limits.limits[5].per_minute == 7);
    CHECK(config.report_due_s == 59'400);
    CHECK(config.poster_hotline == "12345");
    CHECK(config.ahead_s_max == 3600);
    CHECK(origins.size() == 9);
    CHECK(not_read.empty());
}

TEST_CASE("a wrong variable is told by its name and what it must be, and its value is told nowhere") {
    const struct {
        const char *variable, *sentence;
    } cases[] = {{"CHAYAN_SERVER_PORT=s3cret", "CHAYAN_SERVER_PORT: [server] port must be a whole number from 0 to 65535"},
                 {"CHAYAN_SERVER_PORT=", "CHAYAN_SERVER_PORT: [server] port must be a whole number from 0 to 65535"},
                 {"CHAYAN_SERVER_PORT=1 ", "CHAYAN_SERVER_PORT: [server] port must be a whole number from 0 to 65535"},
                 {"CHAYAN_SERVER_PORT=65536", "CHAYAN_SERVER_PORT: [server] port must be a whole number from 0 to 65535"},
                 {"CHAYAN_ACCESS_REQUIRE_OTP=s3cret", "CHAYAN_ACCESS_REQUIRE_OTP: [access] require_otp must be true or false"},
                 {"CHAYAN_GATE_FEVER_FROM=39.1", "CHAYAN_GATE_FEVER_FROM: [gate] fever_from must be a number from 36 to 39 with at most one decimal"},
                 {"CHAYAN_SERVER_PROT=s3cret", "CHAYAN_SERVER_PROT: unknown setting [server] prot; did you mean port? See chayan serve --print-config"},
                 {"CHAYAN_SERVER_=s3cret", "CHAYAN_SERVER_: unknown setting [server] ; take it out, or see chayan serve --print-config"},
                 {"CHAYAN_POSTER_ISSUER=\xff", "CHAYAN_POSTER_ISSUER: must be UTF-8"}};
    for (const auto& [variable, sentence] : cases) {
        Given given;
        given.environment = {variable};
        CHECK(given.fault() == sentence);
    }
}

TEST_CASE("each setting is printed with where it is from, and is read the same") {
    Given given;
    given.text = "[server]\nport = 1\nbase_url = \"https://a.example/#\"\n";
    CHECK_THAT(given.fault(), StartsWith("c.toml:3: [server] base_url must be"));
    given.text = "[poster]\nissuer = \"# a \\\" = b\"\n";
    given.drop_in("1.toml", "[server]\nport = 1\n[retention]\nscan_days = 6\n");
    given.environment = {"CHAYAN_SERVER_HOSTS=a,b", "CHAYAN_SERVRE_PORT=s3cret", "CHAYAN_X=s3cret", "CHAYAN_=s3cret"};
    const auto settings = given.read();
    const auto printed = print_settings(settings);
    const auto& folder = given.folder.path;
    for (const auto& line : {"\nport = 1   # " + folder + "/c.toml.d/1.toml:2\n", std::string("\nhosts = [\"a\", \"b\"]   # CHAYAN_SERVER_HOSTS\n"), std::string("\nlisten = \"127.0.0.1\"   # default\n"),
                             "\nissuer = \"# a \\\" = b\"   # " + folder + "/c.toml:2\n", std::string("\nage_days_max = 6   # no more than [retention] scan_days\n")})
        CHECK_THAT(printed, Contains(line));
    CHECK_THAT(printed, EndsWith("\n# Not read, for no section is called so:\n#   CHAYAN_\n#   CHAYAN_SERVRE_PORT\n#   CHAYAN_X\n"));
    CHECK_THAT(printed, !Contains("s3cret"));
    CHECK(is_equal(read(printed), settings.config));
}
