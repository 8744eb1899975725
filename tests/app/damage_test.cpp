// SPDX-License-Identifier: Apache-2.0
// Rows and key files that were lost or altered under the service: check names them, a start refuses them with a sentence, and nothing aborts.
#include "app/folder.hpp"
#include "app/installation.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <algorithm>

#include "service/kept_questions.hpp"

using namespace chayan;
using namespace chayan::app;
using chayan::app::testing::Folder;
using Catch::Matchers::Contains;

namespace {

/// Two sites, two people, a scan at the second site.
struct Town {
    Town() {
        set_up(place);
        Installation in(place, {});
        REQUIRE(in.imports->divisions({}, "code,name\n130682,定州\n", {}));
        REQUIRE(in.imports->sites({}, "ref,name,category,division\nA,商店,shop,130682\nB,药店,pharmacy,130682\n", {}));
        REQUIRE(in.imports->people({}, "name,phone\n王建华,14200000001\n李秀英,14200000002\n", {}));
        const auto before = in.clock.now() - 60;
        REQUIRE(service::run_and_wait(*in.writer, [&](service::WriteContext& context) -> kit::Status {
            service::ScanIntake scan;
            scan.key = {{1}, {2}, before, domain::Direction::in};
            scan.received = before;
            (void)context.take(scan);
            return kit::Done{};
        }));
    }
    /// A case that keeps a question; of that who was found.
    void ask() const {
        Installation in(place, {});
        REQUIRE(in.cases->open_case({}, "1", "t", "p", {}));
        service::TraceRequest request;
        request.case_number = "1";
        const auto row = service::kept_row(in.vault, {1}, in.clock.now(), {request}, {}, service::FoundPeople{{{1}}});
        REQUIRE(service::run_and_wait(*in.writer, [&](service::WriteContext& context) -> kit::Status {
            keep(context, row);
            return kit::Done{};
        }));
    }
    /// By somebody with the file in hand.
    void alter(const std::string& sql) const {
        sqlite3* handle = nullptr;
        REQUIRE(sqlite3_open(folder.at("chayan.db").c_str(), &handle) == SQLITE_OK);
        CHECK(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
        sqlite3_close(handle);
    }
    void flip(const std::string& name, std::size_t at) const {
        auto bytes = folder.read(name);
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
        (void)folder.write(name, bytes);
    }
    std::vector<std::string> problems() const { return check_installation(place, {}); }
    bool is_named(const std::string& words) const {
        const auto all = problems();
        return std::any_of(all.begin(), all.end(), [&](const auto& problem) { return problem.find(words) != std::string::npos; });
    }
    std::string refusal() const {
        try {
            Installation in(place, {});
        } catch (const std::exception& error) {
            return error.what();
        }
        return {};
    }
    Folder folder;
    Place place{folder.path, folder.at("keys"), 0};
};

}  // namespace

TEST_CASE("a lost row of a site is named by a check, and a start is refused") {
    const Town town;
    CHECK(town.problems().empty());
    town.alter("DELETE FROM site WHERE id = 1");
    CHECK(town.is_named("site 1"));
    CHECK_THAT(town.refusal(), Contains("site 1") && Contains("restore a backup"));
}

TEST_CASE("a site without its rules of stay is named by a check, and a start is refused") {
    const Town town;
    town.alter("DELETE FROM site_stay WHERE site = 2");
    CHECK(town.is_named("site 2 has lost its rules of stay"));
    CHECK_THAT(town.refusal(), Contains("site 2 has lost its rules of stay") && Contains("restore a backup"));
}

TEST_CASE("scans of a site that is gone altogether are damage: a check names them, and no question is answered until it is accepted") {
    const Town town;
    town.alter("DELETE FROM site_stay WHERE site = 2; DELETE FROM site WHERE id = 2");
    CHECK(town.is_named("scan row 1 is of site 2, which is not there"));
    Installation in(town.place, {});
    in.tracing->load({});
    CHECK_FALSE(in.tracing->readiness());
    in.tracing->load({}, 1);
    CHECK(in.tracing->readiness());
}

TEST_CASE("a site whose place is gone is named by a check, and a start is refused") {
    const Town town;
    town.alter("UPDATE site SET place = 7 WHERE id = 2");
    CHECK(town.is_named("site 2 belongs to a place that is not there"));
    CHECK_THAT(town.refusal(), Contains("site 2") && Contains("restore a backup"));
}

TEST_CASE("a question that a case keeps, who was found and the digest can't be altered without a check telling") {
    for (const char* sql : {"UPDATE question SET digest = randomblob(32)", "UPDATE question SET question = zeroblob(64)", "UPDATE question SET people = zeroblob(64)",
                            "UPDATE question SET people = NULL", "UPDATE question SET count = count + 1"}) {
        CAPTURE(sql);
        const Town town;
        town.ask();
        CHECK(town.problems().empty());
        town.alter(sql);
        CHECK(town.is_named("questions that cases keep are damaged: 1"));
    }
}

TEST_CASE("a mark of a contact that was altered is told by a check") {
    const Town town;
    town.ask();
    {
        Installation in(town.place, {});
        REQUIRE(service::run_and_wait(*in.writer, [&](service::WriteContext& context) -> kit::Status {
            storage::MarkRow row{0, "1", {1}, storage::MarkState::reached, {}, {1}, context.now(), {}};
            service::seal_note(in.vault, row, "");
            context.store().desk().append(row);
            return kit::Done{};
        }));
    }
    CHECK(town.problems().empty());
    town.alter("DROP TRIGGER contact_mark_is_append_only_update; UPDATE contact_mark SET state = 3");
    CHECK(town.is_named("marks of contacts are damaged: 1"));
}

TEST_CASE("a registration that does not fit its seal stops every question, until its loss is accepted") {
    for (const char* sql : {"UPDATE registration SET person = 2 WHERE id = 1", "UPDATE registration SET name = (SELECT name FROM registration WHERE id = 2) WHERE id = 1"}) {
        CAPTURE(sql);
        const Town town;
        town.alter(sql);
        CHECK(town.is_named("registration 1 is damaged"));
        {
            Installation in(town.place, {});
            in.tracing->load({});
            CHECK(std::string(in.tracing->readiness().error().code) == "log_damaged");
        }
        Installation in(town.place, {});
        in.tracing->load({}, 1);
        CHECK(in.tracing->readiness());
    }
}

TEST_CASE("a check tells when the half of the recovery key that seals backups is not the one that was made") {
    const Town town;
    CHECK_FALSE(town.is_named("recovery.pub"));
    for (const std::size_t at : {0U, 31U}) {
        town.flip("keys/recovery.pub", at);
        CHECK(town.is_named("keys/recovery.pub"));
        town.flip("keys/recovery.pub", at);
    }
    CHECK_FALSE(town.is_named("recovery.pub"));
    std::filesystem::resize_file(town.folder.at("keys/recovery.pub"), 31);
    CHECK(town.is_named("keys/recovery.pub"));
    std::filesystem::remove(town.folder.at("keys/recovery.pub"));
    CHECK(town.is_named("keys/recovery.pub"));
}

TEST_CASE("a check tells when certificate and key of TLS are damaged or of two pairs") {
    const Town town;
    const auto certificate = town.folder.read("keys/tls-certificate.pem"), key = town.folder.read("keys/tls-key.pem");
    CHECK(town.problems().empty());
    (void)town.folder.write("keys/tls-key.pem", "-----BEGIN PRIVATE KEY-----\n");
    CHECK(town.is_named("tls-key.pem"));
    (void)town.folder.write("keys/tls-key.pem", key);
    (void)town.folder.write("keys/tls-certificate.pem", "none\n");
    CHECK(town.is_named("tls-certificate.pem"));
    const Town other;
    (void)town.folder.write("keys/tls-certificate.pem", other.folder.read("keys/tls-certificate.pem"));
    CHECK(town.is_named("does not belong to the certificate"));
    (void)town.folder.write("keys/tls-certificate.pem", certificate);
    CHECK(town.problems().empty());
}
