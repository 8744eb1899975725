// SPDX-License-Identifier: Apache-2.0
#include "service/imports.hpp"

#include "kit/limits.hpp"
#include "service/stage.hpp"
#include "storage/retention.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <ctime>
#include <future>
#include <stdexcept>
#include <thread>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

using Told = std::vector<std::string>;

/// "LINE column code" of each rejected row.
Told rejected(const kit::Result<ImportReport>& report) {
    REQUIRE(report);
    Told told;
    for (const auto& row : report->rejected) told.push_back(std::to_string(row.line) + " " + row.column + " " + row.code);
    return told;
}

Told counts(const kit::Result<ImportReport>& report) {
    REQUIRE(report);
    return {std::to_string(report->added), std::to_string(report->changed), std::to_string(report->unchanged), std::to_string(report->rejected.size())};
}

struct Office : Stage {
    kit::Result<ImportReport> import_divisions(const std::string& csv) { return (*this)->imports.divisions({{3}}, csv, {}); }
    kit::Result<ImportReport> import_sites(const std::string& csv) { return (*this)->imports.sites({{3}}, csv, {}); }
    kit::Result<ImportReport> import_people(const std::string& csv) { return (*this)->imports.people({{3}}, csv, {}); }
    kit::Result<ImportReport> import_scans(const std::string& csv) { return (*this)->imports.scans({{3}}, csv, reader(), {}); }
    std::optional<domain::RegistrationId> roster_ref(const std::string& ref) {
        return reader().registry().roster_ref((*this)->vault.blind(BlindKind::roster_ref, ref));
    }
    void open_town() {
        divisions("code,name\n130682,定州\n");
        sites("ref,name,category,division\nA,东门,shop,130682\nB,西门,shop,130682\n");
    }
};

std::string person_row(const std::string& ref, unsigned number) {
    const auto who = someone(number);
    return ref + "," + who.name + "," + who.document_number + "," + who.phone + "\n";
}
constexpr const char* people_head = "ref,name,document_number,phone\n";

}  // namespace

TEST_CASE("a file that is no table of the kind is refused whole, with what is missing") {
    Office office;
    CHECK(refusal(office.import_divisions("")) == "csv_empty");
    CHECK(refusal(office.import_divisions("\n\n")) == "csv_empty");
    CHECK(refusal(office.import_divisions(std::string("\xff\xfe" "c\0o\0", 6))) == "csv_not_utf8");
    CHECK(refusal(office.import_divisions("code\xb4\xfa,name\n")) == "csv_not_utf8");
    const auto missing = office.import_divisions("name\n定州\n");
    CHECK(refusal(missing) == "csv_header_missing");
    CHECK(missing.error().fields.at(0).pointer == "code");
    CHECK(refusal(office.import_divisions("code,name,code\n")) == "csv_header_twice");
    CHECK(refusal(office.import_divisions("code,name,代码\n")) == "csv_header_twice");   // the same column by another of its names
    CHECK(office.directory()->divisions->size() == 0);
}

TEST_CASE("columns come in any order, in Chinese, with a BOM and any line ends, and others are passed over") {
    Office office;
    CHECK(counts(office.import_divisions("\xEF\xBB\xBF名称,备注,代码\r\n定州,x,130682\r\n安国,,130683")) == Told{"2", "0", "0", "0"});
    CHECK(office.directory()->divisions->find("定州") != nullptr);
}

TEST_CASE("a bad row never breaks the others, and is told with its line and as it came") {
    Office office;
    const std::string csv = "code,name,parent\n"
                            "130682,定州,\n"
                            "\n"
                            "1306,\"保\n定\",13\n"          // lines 4 and 5: two lines are one row, and its name has a control character
                            "130683,安国\n"                  // 6: a column is missing
                            "130684,\"高碑\"店,\n"           // 7: a quote inside
                            "13x,无,\n"                      // 8
                            "130685,,\n"                     // 9
                            "130682001,南城,130683\n"        // 10: of another county
                            "130682001,南城,x\n"             // 11
                            "130682001,南城,130682\n"        // 12
                            "13068200\xff,坏,\n"             // 13
                            "130600,保定,13\n";
    const auto report = office.import_divisions(csv);
    if (refusal(report) == "csv_not_utf8") {   // a single bad byte may condemn the file
        FAIL("one bad byte broke the others");
    }
    const auto told = rejected(report);
    CHECK(std::count(told.begin(), told.end(), "6  csv_columns") == 1);
    CHECK(std::count(told.begin(), told.end(), "7  csv_quote") == 1);
    CHECK(std::count(told.begin(), told.end(), "8 code division_malformed") == 1);
    CHECK(std::count(told.begin(), told.end(), "9 name text_malformed") == 1);
    CHECK(std::count(told.begin(), told.end(), "10 parent division_parent") == 1);
    CHECK(std::count(told.begin(), told.end(), "11 parent division_malformed") == 1);
    for (const char* code : {"130682", "130682001", "130600"}) CHECK(office.directory()->divisions->find(code) != nullptr);
    for (const auto& row : report->rejected)
        if (row.line == 10) CHECK(row.raw == "130682001,南城,130683");
    CHECK(report->header == "code,name,parent");
}

TEST_CASE("the same file again changes nothing, and a changed row changes its own") {
    Office office;
    CHECK(counts(office.import_divisions("code,name\n130682,定州\n130683,安国\n")) == Told{"2", "0", "0", "0"});
    CHECK(counts(office.import_divisions("code,name\n130682,定州\n130683,安国\n")) == Told{"0", "0", "2", "0"});
    CHECK(counts(office.import_divisions("code,name\n130682,定州市\n130683,安国\n")) == Told{"0", "1", "1", "0"});
    CHECK(office.directory()->divisions->find("定州") == nullptr);
    CHECK(office.directory()->divisions->find("定州市") != nullptr);
    office.restart();
    CHECK(office.directory()->divisions->size() == 2);
    const std::string sites = "ref,name,category,division\nA,东门,shop,130682\nB,西门,shop,130682\nA,东门,shop,130682\n";
    CHECK(counts(office.import_sites(sites)) == Told{"2", "0", "1", "0"});
    CHECK(counts(office.import_sites(sites)) == Told{"0", "0", "3", "0"});
    const auto line = office.reader().audit().last();
    CHECK(line->action == "sites_imported");
    CHECK(line->by.value == 3);
}

TEST_CASE("a long file goes in slices and is told after each") {
    Office office;
    office.open_town();
    std::string csv = "ref,name,category,division\n";
    for (int i = 0; i < 1'203; ++i) csv += "S" + std::to_string(i) + ",店,shop," + (i % 400 == 7 ? "0" : "130682") + "\n";
    std::vector<std::uint64_t> told;
    const auto before = office->store.commits.load();
    const auto report = office->imports.sites({}, csv, [&](std::uint64_t rows) { told.push_back(rows); });
    REQUIRE(report);
    CHECK(rejected(report) == Told{"9 division division_unknown", "409 division division_unknown", "809 division division_unknown"});
    CHECK(told == std::vector<std::uint64_t>{500, 1'000, 1'203});
    CHECK(office->store.commits - before == 4);   // three slices and a line of the audit log
    CHECK(office.reader().sites().sites().size() == 1'202);
}

TEST_CASE("a roster's rows are new, matched, sent to review or rejected, and their refs name registrations") {
    Office office;
    office.open_town();
    auto namesake = someone(1);
    namesake.name = "赵永成";
    const std::string csv = people_head + person_row("r1", 1) + person_row("r2", 2) + person_row("r3", 1) + "r4," + namesake.name + "," +
                            namesake.document_number + ",\n" + "r5,1,,14200000005\n" + ",张秀兰,,\n" + "r6,李国英,130682195001010010,\n" + "r7,李国英,,123\n";
    const auto report = office.import_people(csv);
    CHECK(counts(report) == Told{"3", "1", "1", "3"});
    CHECK(rejected(report) == Told{"6 name name_characters", "8 document_number document_checksum", "9 phone phone_length"});
    const auto ref = [&](const std::string& text) { return office.reader().registry().roster_ref(office->vault.blind(BlindKind::roster_ref, text)); };
    CHECK(ref("r1") == domain::RegistrationId{1});
    CHECK(ref("r4") == domain::RegistrationId{4});
    CHECK_FALSE(ref("r5"));
    CHECK_FALSE(ref(""));
    CHECK(office.person_of({1}) == office.person_of({3}));
    CHECK(office.person_of({1}) != office.person_of({4}));
    CHECK(office.reader().registry().registration({1})->origin == storage::Origin::roster);
}

TEST_CASE("history names people by ref or document, is as old as retention allows, and each fault is told") {
    Office office;
    office.open_town();
    REQUIRE(office.import_people(people_head + person_row("r1", 1)));
    const auto at = [](std::int64_t s) { return text_of(morning + s); };
    constexpr std::int64_t oldest = -28 * 86'400;
    const auto number = someone(1).document_number;
    const std::string head = "ref,document_type,document_number,site,at,direction,temperature,plate\n";
    const std::string good = "r1,,,A," + at(oldest) + ",in,36.6,冀F12345\n" + ",id," + number + ",B," + at(120) + ",out,,\n" + ",," + number + ",B," + at(-5) + ",pass,,\n";
    const std::string bad = "r9,,,A," + at(0) + ",in,,\n" + ",id," + someone(2).document_number + ",A," + at(0) + ",in,,\n" + ",library,1,A," + at(0) + ",in,,\n" +
                            ",id,1,A," + at(0) + ",in,,\n" + "r1,,,Z," + at(0) + ",in,,\n" + "r1,,,A," + at(oldest - 1) + ",in,,\n" + "r1,,,A," + at(121) + ",in,,\n" +
                            "r1,,,A,noon,in,,\n" + "r1,,,A," + at(0) + ",up,,\n" + "r1,,,A," + at(0) + ",in,50,\n" + "r1,,,A," + at(0) + ",in,36x,\n" +
                            "r1,,,A," + at(0) + ",in,,?\n";
    const auto report = office.import_scans(head + good + bad);
    CHECK(counts(report) == Told{"3", "0", "0", "12"});
    CHECK(rejected(report) == Told{"5 ref history_person", "6 document_number history_person", "7 document_type document_type_unknown", "8 document_number document_length",
                                   "9 site site_unknown", "10 at history_old", "11 at history_ahead", "12 at time_malformed", "13 direction direction_unknown",
                                   "14 temperature temperature_range", "15 temperature temperature_range", "16 plate plate_characters"});
    const auto log = office.log();
    REQUIRE(log.size() == 3);
    for (const auto& scan : log) {
        CHECK(scan.source == domain::Source::import);
        CHECK(scan.registration.value == 1);
    }
    CHECK(log[0].temperature_dc == 366);
    CHECK(log[0].vehicle.value == 1);
    CHECK(counts(office.import_scans(head + good)) == Told{"0", "0", "3", "0"});
    office.restart();
    office->tracing.load({});
    CHECK(counts(office.import_scans(head + good)) == Told{"0", "0", "3", "0"});
    CHECK(office.log().size() == 3);
}

TEST_CASE("a roster says on which basis and until when, or neither") {
    const auto zone = domain::TimeZone::fixed(8 * 3600);   // Monday 2026-02-02 08:00
    const auto terms = [&](const char* basis, const char* until) { return read_roster_terms(basis, until, morning, zone, 184); };
    CHECK(refusal(terms("", "2026-03-01")) == "roster_basis_missing");
    CHECK(refusal(terms("防指〔2026〕3号", "")) == "roster_until_missing");
    CHECK(refusal(terms("防指", "2026-02-30")) == "date_malformed");
    CHECK(refusal(terms("防指", "2026-02-01")) == "roster_until_range");
    CHECK(refusal(terms("防指", "2029-02-05")) == "roster_until_range");
    CHECK(terms("防指", "2029-02-04"));
    CHECK(refusal(terms(std::string(301, 'x').c_str(), "2026-03-01")) == "text_malformed");
    const auto named = terms("防指〔2026〕3号", "2026-02-02");
    REQUIRE(named);
    CHECK(named->basis == "防指〔2026〕3号");
    CHECK(named->until == morning + 16 * 3600);   // that day included
    const auto unnamed = terms("", "");
    REQUIRE(unnamed);
    CHECK((unnamed->basis.empty() && unnamed->until == morning + 16 * 3600 + 184 * 86'400));
}

TEST_CASE("whoever is on a roster stands on the newest one, and parts of a file are one roster") {
    Office office;
    office.open_town();
    const RosterTerms first{"一号文件", morning + 10 * 86'400}, second{"二号文件", morning + 20 * 86'400};
    const auto import = [&](const std::string& rows, const RosterTerms& terms) { REQUIRE(office->imports.people({{3}}, people_head + rows, {}, terms)); };
    const auto count = [&](std::size_t roster) { return office.reader().retention().rosters(morning).at(roster).second; };
    import(person_row("r1", 1) + person_row("r2", 2), first);
    import(person_row("r3", 3), first);
    REQUIRE(office.reader().retention().rosters(morning).size() == 1);
    CHECK(count(0) == 3);
    import(person_row("r2", 2), second);
    CHECK((count(0) == 2 && count(1) == 1));
    CHECK(office.reader().retention().rosters(morning).at(1).first == storage::RosterRow{2, "二号文件", second.until, {3}, office.clock.now()});
}

TEST_CASE("the same roster again makes no registration, and history imported again by its refs counts once") {
    Office office;
    office.open_town();
    const std::string roster = people_head + person_row("r1", 1) + person_row("r2", 2);
    const std::string history = "ref,site,at,direction\nr1,A," + text_of(morning) + ",in\nr2,A," + text_of(morning) + ",in\n";
    CHECK(counts(office.import_people(roster)) == Told{"2", "0", "0", "0"});
    CHECK(counts(office.import_scans(history)) == Told{"2", "0", "0", "0"});
    CHECK(counts(office.import_people(roster)) == Told{"0", "2", "0", "0"});
    CHECK(office.directory()->people->registration_count() == 2);
    CHECK(counts(office.import_scans(history)) == Told{"0", "0", "2", "0"});
    auto moved = someone(1);   // the same person with another phone: a new statement, under the old ref
    moved.phone = someone(9).phone;
    CHECK(counts(office.import_people(people_head + ("r1," + moved.name + "," + moved.document_number + "," + moved.phone + "\n"))) == Told{"0", "1", "0", "0"});
    CHECK(office.directory()->people->registration_count() == 3);
    CHECK(office.roster_ref("r1") == domain::RegistrationId{1});
    CHECK(counts(office.import_scans(history)) == Told{"0", "0", "2", "0"});
    CHECK(office.log().size() == 2);
}

TEST_CASE("a ref that names another person is refused, and nothing of its row is stored") {
    Office office;
    REQUIRE(office.import_people(people_head + person_row("r1", 1) + person_row("r2", 2)));
    auto namesake = someone(1);   // the document of one under another name: to be reviewed, so not the person of the ref
    namesake.name = "赵永成";
    const auto report = office.import_people(people_head + person_row("r1", 2) + person_row("r1", 3) + "r1," + namesake.name + "," +
                                             namesake.document_number + ",\n" + person_row("r3", 3) + person_row("r3", 4));
    CHECK(counts(report) == Told{"1", "0", "0", "4"});
    CHECK(rejected(report) == Told{"2 ref ref_taken", "3 ref ref_taken", "4 ref ref_taken", "6 ref ref_taken"});
    CHECK(office.directory()->people->registration_count() == 3);
    CHECK(office.roster_ref("r1") == domain::RegistrationId{1});
    CHECK(office.roster_ref("r3") == domain::RegistrationId{3});
}

TEST_CASE("a ref goes on naming a person whom its row merges with another") {
    Office office;
    const auto who = someone(1);
    REQUIRE(office.import_people(people_head + ("r1," + who.name + ",," + who.phone + "\n")));
    CHECK(counts(office.import_people(people_head + person_row("r1", 1))) == Told{"0", "1", "0", "0"});
    CHECK(office.person_of({1}) == office.person_of({2}));
    CHECK(office.roster_ref("r1") == domain::RegistrationId{1});
}

TEST_CASE("an import that a full disk stops tells what it did, and writes it down") {
    Office office;
    office->store.kind = storage::StoreError::Kind::full;
    office->store.has_reserve = true;
    std::string csv = "code,name\nx,无\n";
    for (int i = 0; i < 1'200; ++i) csv += std::to_string(130'682'001'000 + i) + ",村" + std::to_string(i) + "\n";
    const auto report = office->imports.divisions({{3}}, csv, [&](std::uint64_t rows) {
        if (rows >= 1'000) office->store.fails = true;
    });
    REQUIRE(report);
    REQUIRE(report->stopped);
    CHECK(std::string(report->stopped->code) == "disk_full");
    CHECK(counts(report) == Told{"999", "0", "0", "1"});
    CHECK(rejected(report) == Told{"2 code division_malformed"});
    const auto line = office.reader().audit().last();
    REQUIRE(line);
    CHECK(line->action == "divisions_imported");
    CHECK(office->vault.open(SealKind::audit_detail, std::to_string(line->seq), line->detail) == "999 new, 0 changed, 1 rejected, stopped early");
    CHECK(office.directory()->divisions->size() == 999);
}

TEST_CASE("a slice that is tried twice, since another command of its group threw, counts once") {
    Office office;
    std::promise<void> started;
    Command blocking;   // while it runs the others gather to one group
    blocking.apply = [&](WriteContext&) -> kit::Status {
        started.set_value();
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        return kit::Done{};
    };
    REQUIRE(office->writer.submit(std::move(blocking)));
    started.get_future().get();
    std::jthread importing([&] {
        const auto report = office.import_divisions("code,name\n130682,定州\nx,无\n130683,安国\n");
        CHECK(counts(report) == Told{"2", "0", "0", "1"});
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    Command throwing;
    throwing.apply = [](WriteContext&) -> kit::Status { throw std::length_error("too long"); };
    REQUIRE(office->writer.submit(std::move(throwing)));
    importing.join();
}

TEST_CASE("an import reaches no further than the scope of whoever imports") {
    Office office;
    office.divisions("code,name\n130682,定州\n130682001,南城\n130683,安国\n");
    office.sites("ref,name,category,division\nA,东门,shop,130682001\nD,南门,shop,130682001\nF,外县,shop,130683\n");
    const Importer manager{{3}, *domain::parse_division_code("130682")};
    const auto sites = office->imports.sites(manager, "ref,name,category,division,place\nA,改名,shop,130682001,\nF,夺走,shop,130682001,\n"
                                                      "G,外建,shop,130683,\nD,搬走,shop,130683,\nB,西门,shop,130682,\nC,门,shop,130682,F\n", {});
    CHECK(rejected(sites) == Told{"3 ref site_unknown", "4 division scope_outside", "5 division scope_outside", "7 place place_unknown"});
    CHECK(counts(sites) == Told{"1", "1", "0", "4"});
    CHECK(office.directory()->site("F")->name == "外县");
    CHECK(office.directory()->site("D")->division == domain::parse_division_code("130682001"));

    const auto divisions = office->imports.divisions(manager, "code,name\n130682002,北城\n130683,改名\n1306,保定\n", {});
    CHECK(rejected(divisions) == Told{"3 code scope_outside", "4 code scope_outside"});
    CHECK(office.directory()->divisions->find("安国") != nullptr);

    const auto row = [](unsigned number, const std::string& division) { return someone(number).name + "," + someone(number).document_number + "," + division + "\n"; };
    const auto people = office->imports.people(manager, "name,document_number,division\n" + row(1, "130682001") + row(2, "安国") + row(3, "130683") + row(4, ""), {});
    CHECK(rejected(people) == Told{"3 division scope_outside", "4 division scope_outside"});
    CHECK(counts(people) == Told{"2", "0", "0", "2"});

    const auto at = text_of(morning);
    const auto number = someone(1).document_number;
    const auto scans = office->imports.scans(manager, "document_number,site,at,direction\n" + number + ",A," + at + ",in\n" + number + ",F," + at + ",in\n", office.reader(), {});
    CHECK(rejected(scans) == Told{"3 site site_unknown"});
    CHECK(office.log().size() == 1);
}

TEST_CASE("a ref that stands twice in a file with other values is told, and the earlier row holds") {
    Office office;
    office.divisions("code,name\n130682,定州\n");
    const auto report = office.import_sites("ref,name,category,division,note\nA,东门,shop,130682,1\nA,西门,shop,130682,2\nA,东门,shop,130682,3\n"
                                            "B,坏,casino,130682,\nB,好,shop,130682,\n");
    CHECK(rejected(report) == Told{"3 ref ref_twice", "5 category category_unknown"});
    CHECK(counts(report) == Told{"2", "0", "1", "2"});
    CHECK(office.directory()->site("A")->name == "东门");
    CHECK(office.directory()->site("B")->name == "好");
    CHECK(counts(office.import_sites("ref,name,category,division\nA,西门,shop,130682\n")) == Told{"0", "1", "0", "0"});   // another file may
}

TEST_CASE("a door may stand before its place in the file") {
    Office office;
    office.divisions("code,name\n130682,定州\n");
    std::string csv = "ref,name,category,division,place\nD1,东门,shop,130682,P\nX,坏,casino,130682,\nD2,西门,shop,130682,NOWHERE\nD3,南门,shop,130682,D1\n";
    for (int i = 0; i < 600; ++i) csv += "S" + std::to_string(i) + ",店,shop,130682,\n";   // more than a slice
    const auto report = office.import_sites(csv + "P,商场,shop,130682,\n");
    CHECK(rejected(report) == Told{"3 category category_unknown", "4 place place_unknown", "5 place place_nested"});
    CHECK(counts(report) == Told{"602", "0", "0", "3"});
    CHECK(office.directory()->site("D1")->place == office.directory()->site("P")->id);
}

TEST_CASE("rejected rows are told in the order of the file, whatever is wrong with them") {
    Office office;
    office.divisions("code,name\n130682,定州\n");
    CHECK(rejected(office.import_sites("ref,name,category,division\nA,东门,casino,130682\nB,西门\nC,,shop,130682\nD\n")) ==
          Told{"2 category category_unknown", "3  csv_columns", "4 name text_malformed", "5  csv_columns"});
}

TEST_CASE("a roster's division by a name that several have is told as that") {
    Office office;
    office.divisions("code,name\n130682,定州\n130682001,东关村\n130682002,东关村\n");
    CHECK(rejected(office.import_people("name,division\n王建华,东关村\n王建国,130682002\n")) == Told{"2 division division_ambiguous"});
}

TEST_CASE("divisions are copied once for a slice: a province comes in at once, and no snapshot sees what came after it") {
    Office office;
    const auto begun = office.directory()->divisions;
    const auto size = begun->size();
    std::string csv = "code,name\n";
    constexpr std::size_t rows = 12'000;
    for (std::size_t i = 1; i <= rows; ++i) csv += std::to_string(110'000'000'000 + i) + ",村" + std::to_string(i) + "\n";
    std::vector<std::pair<std::shared_ptr<const Divisions>, std::size_t>> seen;
    const auto started = std::clock();
    const auto report = office->imports.divisions({{3}}, csv, [&](std::uint64_t done) { seen.emplace_back(office.directory()->divisions, size + done); });
    const auto cpu_s = static_cast<double>(std::clock() - started) / CLOCKS_PER_SEC;
    REQUIRE(report);
    CHECK(report->added == rows);
    CHECK(begun->size() == size);
    CHECK(seen.size() == rows / kit::import_slice_rows);
    for (const auto& [divisions, expected] : seen) CHECK(divisions->size() == expected);
    CHECK(cpu_s < 4);   // a tenth of that; a copy for each row takes twice as much
}
