// SPDX-License-Identifier: Apache-2.0
#include "service/tracing.hpp"

#include "domain/worlds.hpp"
#include "service/stage.hpp"
#include "service/trace_question.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>
#include <thread>
#include <tuple>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using domain::worlds::Random;

namespace {

constexpr unsigned people_count = 8;
constexpr const char* refs[] = {"A", "B", "C", "D"};
const std::string from = text_of(morning - 86'400), to = text_of(morning + 86'400);

struct County : Stage {
    County() {
        divisions("code,name\n130682,定州\n130683,安国\n");
        sites("ref,name,category,division,place\nA,东门,shop,130682,\nB,西门,shop,130682,A\nC,药店,pharmacy,130682,\nD,村口,village,130683,\n");
        for (unsigned i = 0; i < people_count; ++i) who.push_back(registered(someone(i)));
    }
    void open_case() { REQUIRE((*this)->cases.open_case(caller, "1", "t", "p", {})); }
    std::string id_of(std::size_t i) { return (*this)->vault.person_id(person_of(who[i])); }
    /// Scans of everybody, some with plates, some voided.
    void fill(Random& random, int count) {
        for (int i = 0; i < count; ++i) {
            clock.set(morning + 20'000);
            const auto number = random.below(people_count);
            ScanRequest request;
            request.code = code(refs[random.below(4)]);
            request.direction = random.below(2) == 0 ? "in" : "out";
            request.at = text_of(morning + random.below(9'000));
            if (random.below(5) == 0) request.plate = "冀F1234" + std::to_string(random.below(3));
            const auto receipt = scan(who[number], request);
            REQUIRE(receipt);
            if (random.below(12) == 0) REQUIRE(void_scan(who[number], receipt->id));
        }
    }
    /// The index made of everything on the disk at once.
    std::shared_ptr<const domain::ContactIndex> plain_index() {
        auto scans = log();
        std::set<domain::ScanKey> voided;   // whichever of its rows a void names
        for (const auto& row : reader().scans().voids()) voided.insert(scans.at(row.scan.value - 1));
        for (auto& scan : scans) scan.voided = voided.contains(scan);
        return domain::ContactIndex::build(std::move(scans), directory()->people, directory()->sites, zone());
    }
    /// A row as it stands here, sealed or not.
    void append_row(const storage::ScanRow& row) {
        REQUIRE(write([row](WriteContext& context) -> kit::Status {
            context.store().scans().append({&row, 1});
            return kit::Done{};
        }));
    }
    /// So many scans of yesterday, straight into an empty log.
    void append_history(std::uint64_t count) {
        REQUIRE(write([&](WriteContext& context) -> kit::Status {
            for (std::uint64_t seq = 1; seq <= count; ++seq) {
                storage::ScanRow row{{seq}, {1}, morning - 86'400 + static_cast<std::int64_t>(seq / 500), domain::Direction::in, domain::Source::static_code, 0, 0, {}};
                (*this)->vault.seal(row, {{1 + seq % 100'000}, {}});
                context.store().scans().append({&row, 1});
            }
            return kit::Done{};
        }));
    }
    TraceRequest question(std::size_t person) {
        TraceRequest request;
        request.case_number = "1";
        request.index = {{id_of(person), {}, {}, {}, {}}};
        request.from = from;
        request.to = to;
        return request;
    }
    void check_path(const domain::ContactIndex& plain, std::size_t person) {
        const auto path = (*this)->tracing.trajectory(caller, reader(), {id_of(person), "1", from, to, {}});
        REQUIRE(path);
        const auto visits = plain.visits_of(person_of(who[person]));
        REQUIRE(path->visits.size() == visits.size());
        for (std::size_t n = 0; n < visits.size(); ++n) {
            CHECK(path->visits[n].site->id == visits[n].site);
            CHECK(path->visits[n].begin == visits[n].begin);
            CHECK(path->visits[n].end == visits[n].end);
        }
        const auto scans = plain.told_scans(person_of(who[person]));
        REQUIRE(path->scans.size() == scans.size());
        for (std::size_t n = 0; n < scans.size(); ++n) {
            CHECK(path->scans[n].id == (*this)->vault.scan_id(scans[n].scan));
            CHECK(path->scans[n].repeated == scans[n].repeated);
            CHECK(path->scans[n].voided == scans[n].scan.voided);
        }
    }
    void check_passages(const domain::ContactIndex& plain, const char* ref) {
        const auto order = [&](domain::PersonNo person) { return (*this)->vault.person_order(person); };
        const auto told = (*this)->tracing.passages(caller, reader(), {ref, "1", from, to, {}});
        REQUIRE(told);
        const auto meant = plain.passages(site(ref), {morning - 86'400, morning + 86'400}, order);
        REQUIRE(told->size() == meant.size());
        for (std::size_t n = 0; n < meant.size(); ++n) {
            CHECK((*told)[n].person_id == (*this)->vault.person_id(meant[n].person));
            CHECK((*told)[n].scans == meant[n].scans);
            CHECK((*told)[n].first == meant[n].first);
            CHECK((*told)[n].last == meant[n].last);
        }
    }
    Caller caller = operator_of(storage::Role::tracer);
    std::vector<domain::RegistrationId> who;
};

bool is_equal(const domain::TraceAnswer& a, const domain::TraceAnswer& b) {
    const auto same = [](const domain::Contact& x, const domain::Contact& y) {
        return x.person == y.person && x.degree == y.degree && x.episode_count == y.episode_count && x.kinds == y.kinds && x.total_s == y.total_s &&
               x.longest_s == y.longest_s && x.first == y.first && x.last == y.last;
    };
    if (a.complete != b.complete || a.left_out != b.left_out) return false;
    if (!std::equal(a.contacts.begin(), a.contacts.end(), b.contacts.begin(), b.contacts.end(), same)) return false;
    for (std::size_t i = 0; i < a.contacts.size(); ++i) {
        const auto x = a.reasons_of(i), y = b.reasons_of(i);
        if (x.via != y.via || x.sites != y.sites || x.episodes != y.episodes) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("nothing is answered before the log is read, and nothing without an open case") {
    County county;
    county.fill(*std::make_unique<Random>(1), 20);
    auto& tracing = county->tracing;
    const auto answers = [&] {
        SearchRequest search;
        search.case_number = "1";
        search.fields.phone = someone(0).phone;
        return std::vector<std::string>{refusal(tracing.search(county.caller, county.reader(), search)),
                                        refusal(tracing.passages(county.caller, county.reader(), {"A", "1", from, to, {}})),
                                        refusal(tracing.trajectory(county.caller, county.reader(), {county.id_of(0), "1", from, to, {}})),
                                        refusal(tracing.trace(county.caller, county.reader(), county.question(0)))};
    };
    const auto all = [](const char* code) { return std::vector<std::string>(4, code); };
    CHECK(answers() == all("no_case"));
    county.open_case();
    CHECK_FALSE(tracing.readiness());
    CHECK(answers() == all("starting"));
    tracing.tend();   // of no use before the log was read
    CHECK_FALSE(tracing.readiness());
    const auto lines = county.reader().audit().last()->seq;
    tracing.load({});
    CHECK(tracing.readiness());
    CHECK(answers() == all(""));
    std::vector<std::string> asked;
    for (const auto& row : county.reader().audit().read(lines + 1, 100)) {
        asked.push_back(row.action);
        CHECK(row.case_number == "1");
        CHECK(row.by == county.caller.id);
    }
    CHECK(asked == std::vector<std::string>{"people_searched", "passages_asked", "trajectory_asked", "trace_asked"});
    CaseChange closing;
    closing.state = "closed";
    REQUIRE(county->cases.change_case(county.caller, "1", closing));
    CHECK(answers() == all("no_case"));
}

TEST_CASE("no question is answered whose line can't be written, nor told why it is refused") {
    County county;
    county.open_case();
    REQUIRE(county.scan(county.who[0], "A", "in", morning));
    county->tracing.load({});
    auto& tracing = county->tracing;
    county->store.kind = storage::StoreError::Kind::full;
    county->store.fails = true;
    SearchRequest search;
    search.case_number = "1";
    search.fields.phone = someone(0).phone;
    CHECK(refusal(tracing.search(county.caller, county.reader(), search)) == "disk_full");
    CHECK(refusal(tracing.passages(county.caller, county.reader(), {"A", "1", from, to, {}})) == "disk_full");
    CHECK(refusal(tracing.trajectory(county.caller, county.reader(), {county.id_of(0), "1", from, to, {}})) == "disk_full");
    CHECK(refusal(tracing.trace(county.caller, county.reader(), county.question(0))) == "disk_full");
    CHECK(refusal(tracing.passages(county.caller, county.reader(), {"nowhere", "1", from, to, {}})) == "disk_full");
    CHECK(refusal(tracing.passages(county.caller, county.reader(), {"A", "no case", from, to, {}})) == "disk_full");
    county->store.fails = false;
}

TEST_CASE("a merge is in the next answer, though nobody scanned after it") {
    County county;
    county.open_case();
    county.clock.set(morning + 3600);
    const auto by_phone = county.registered(without_document(someone(20))), by_document = county.registered(without_phone(someone(20)));
    for (const auto who : {county.who[0], by_phone}) REQUIRE(county.scan(who, "A", "in", morning));
    county->tracing.load({});
    const auto contacts = [&] {
        std::vector<domain::PersonNo> found;
        const auto told = county->tracing.trace(county.caller, county.reader(), county.question(0));
        REQUIRE(told);
        for (const auto& contact : told->answer.contacts) found.push_back(contact.person);
        return found;
    };
    REQUIRE(county.person_of(by_phone) != county.person_of(by_document));
    CHECK(contacts() == std::vector{county.person_of(by_phone)});
    (void)county.registered(someone(20));   // both
    REQUIRE(county.person_of(by_phone) == county.person_of(by_document));
    CHECK(contacts() == std::vector{county.person_of(by_document)});
}

TEST_CASE("a question about what is not there, or outside the scope, is refused alike and written down") {
    County county;
    county.open_case();
    county.clock.set(morning + 10'000);
    REQUIRE(county.scan(county.who[0], "D", "in", morning));
    county->tracing.load({});
    auto& tracing = county->tracing;
    county.caller.scope = *domain::parse_division_code("130682");
    const auto lines = county.reader().audit().last()->seq;
    auto at_site = county.question(0), at_person = county.question(0);
    at_site.index = {{std::nullopt, "D", from, to, std::nullopt}};
    CHECK(refusal(tracing.passages(county.caller, county.reader(), {"D", "1", from, to, {}})) == "site_unknown");
    CHECK(refusal(tracing.passages(county.caller, county.reader(), {"nowhere", "1", from, to, {}})) == "site_unknown");
    CHECK(refusal(tracing.trajectory(county.caller, county.reader(), {"0000000000", "1", from, to, {}})) == "person_unknown");
    CHECK(refusal(tracing.trace(county.caller, county.reader(), at_site)) == "site_unknown");
    CHECK(refusal(tracing.trace(county.caller, county.reader(), at_person)) == "person_unknown");
    CHECK(refusal(tracing.passages(county.caller, county.reader(), {"D", "1", to, from, {}})) == "window_empty");   // a slip is none of it
    std::vector<std::string> told;
    for (const auto& row : county.reader().audit().read(lines + 1, 100)) {
        told.push_back(row.action);
        CHECK(row.case_number == "1");
        CHECK(row.by == county.caller.id);
        CHECK(row.subjects.empty());
    }
    CHECK(told == std::vector<std::string>(5, "question_outside"));
}

TEST_CASE("answers are those of an index made at once of everything on the disk, while scans come in and after a restart") {
    const auto seed = static_cast<std::uint64_t>(Catch::rngSeed());
    CAPTURE(seed);
    Random random(seed);
    County county;
    county.open_case();
    county.fill(random, 60);
    county.restart();
    county.fill(random, 30);   // while the log is still being read
    county->tracing.load({});
    std::size_t contacts = 0;
    for (int round = 0; round < 4; ++round) {
        const auto plain = county.plain_index();
        const auto order = [&](domain::PersonNo person) { return county->vault.person_order(person); };
        for (std::size_t i = 0; i < people_count; ++i) {
            CAPTURE(round, i);
            auto request = county.question(i);
            if (i % 3 == 1) request.linger_s = 600;
            if (i % 3 == 2) request.min_overlap_s = 60;
            if (i % 3 == 2) request.degree = 2;
            if (i % 4 == 3) request.index.push_back({{}, "A", text_of(morning), text_of(morning + 3000), {}});
            if (i % 4 == 2) request.index.push_back({{}, {}, {}, {}, "冀F12340"});
            request.explain = i % 2 == 0;
            if (i == 5) request.direction = "backward";
            const auto told = county->tracing.trace(county.caller, county.reader(), request);
            REQUIRE(told);
            auto question = *read_question(request, {morning - 86'400, morning + 86'400});
            question.index.push_back(county.person_of(county.who[i]));
            if (i % 4 == 3) question.index.push_back(domain::IndexSite{county.site("A"), {morning, morning + 3000}});
            if (i % 4 == 2)
                if (const auto row = county.reader().registry().vehicle(county->vault.blind(BlindKind::plate, "冀F12340")))
                    question.index.push_back(domain::IndexVehicle{row->id});
            question.public_order = order;
            const auto meant = *plain->trace(question);
            CHECK(is_equal(told->answer, meant));
            contacts += meant.contacts.size();
            REQUIRE(told->persons.size() == meant.contacts.size());
            for (std::size_t n = 0; n < told->persons.size(); ++n) {
                CHECK(told->persons[n].id == county->vault.person_id(meant.contacts[n].person));
                CHECK(told->persons[n].name.ends_with("*"));
            }
            county.check_path(*plain, i);
        }
        for (const char* ref : refs) county.check_passages(*plain, ref);
        county.fill(random, 15);
        if (round == 1) {
            county.restart();
            county->tracing.load({});
        }
        county->tracing.tend();
    }
    CHECK(contacts > 30);
}

TEST_CASE("a question sees every scan and void that was acknowledged before it") {
    County county;
    county.open_case();
    county->tracing.load({});
    const auto scans = [&] { return county->tracing.trajectory(county.caller, county.reader(), {county.id_of(0), "1", from, to, {}})->scans; };
    for (int i = 0; i < 20; ++i) {
        const auto receipt = county.scan(county.who[0], "A", "in", morning - i);
        REQUIRE(receipt);
        CHECK(scans().size() == static_cast<std::size_t>(i) + 1);
        if (i % 5 != 0) continue;
        REQUIRE(county.void_scan(county.who[0], receipt->id));
        CHECK(scans().front().voided);
    }
}

TEST_CASE("scope binds what sites an operator asks about, and not where a person's path leads") {
    County county;
    county.open_case();
    county->tracing.load({});
    REQUIRE(county.scan(county.who[0], "A", "in", morning));
    REQUIRE(county.scan(county.who[0], "D", "in", morning - 7200));
    county.caller.scope = *domain::parse_division_code("130682");
    CHECK(county->tracing.passages(county.caller, county.reader(), {"A", "1", from, to, {}})->size() == 1);
    CHECK(refusal(county->tracing.passages(county.caller, county.reader(), {"D", "1", from, to, {}})) == "site_unknown");
    CHECK(refusal(county->tracing.passages(county.caller, county.reader(), {"Z", "1", from, to, {}})) == "site_unknown");
    CHECK(county->tracing.trajectory(county.caller, county.reader(), {county.id_of(0), "1", from, to, {}})->scans.size() == 2);
    auto request = county.question(0);
    request.index = {{{}, "D", {}, {}, {}}};
    CHECK(refusal(county->tracing.trace(county.caller, county.reader(), request)) == "site_unknown");
}

TEST_CASE("a plate stands for those of its riders whom the scope reaches, and their contacts are not cut by it") {
    County county;
    county.open_case();
    const auto ride = [&](std::size_t person, const std::string& ref, const std::string& plate, std::int64_t after_s) {
        ScanRequest request;
        request.code = county.code(ref);
        request.direction = "in";
        request.at = text_of(morning + after_s);
        request.plate = plate;
        REQUIRE(county.scan(county.who[person], request));
    };
    county.clock.set(morning + 10'000);
    ride(0, "A", "冀F12345", 0);      // of the scope by where they were seen
    ride(1, "D", "冀F12345", 5'000);  // the same car in the other town: another driver
    ride(2, "D", "冀F12345", 5'010);
    ride(3, "D", "冀F00001", 100);    // a car that the scope has never seen
    county->tracing.load({});
    const auto persons = [&](const std::string& plate) {
        TraceRequest request = county.question(0);
        request.index = {{std::nullopt, std::nullopt, std::nullopt, std::nullopt, plate}};
        const auto view = county->tracing.trace(county.caller, county.reader(), request);
        REQUIRE(view);
        std::set<std::pair<std::string, int>> found;
        for (std::size_t i = 0; i < view->persons.size(); ++i) found.insert({view->persons[i].id, view->answer.contacts[i].degree});
        return found;
    };
    using Found = std::set<std::pair<std::string, int>>;
    CHECK(persons("冀F12345") == Found{{county.id_of(0), 0}, {county.id_of(1), 0}, {county.id_of(2), 0}});
    CHECK(persons("冀F00001") == Found{{county.id_of(3), 0}});
    county.caller.scope = *domain::parse_division_code("130682");
    CHECK(persons("冀F12345") == Found{{county.id_of(0), 0}});
    CHECK(persons("冀F00001") == persons("冀F99999"));   // as one that was never seen
    ride(1, "C", "冀F00002", 9'000);   // now the scope reaches the second driver, and the one in company is a contact, wherever
    CHECK(persons("冀F12345") == Found{{county.id_of(0), 0}, {county.id_of(1), 0}, {county.id_of(2), 1}});
}

TEST_CASE("a trajectory tells flags, evidence, what meets the window, and nothing for an id that is none") {
    County county;
    county.open_case();
    county->tracing.load({});
    county.clock.set(morning + 3600);
    REQUIRE(county.scan(county.who[0], "A", "in", morning));
    const auto told = [&](std::int64_t begin, std::int64_t end) {
        return county->tracing.trajectory(county.caller, county.reader(), {county.id_of(0), "1", text_of(morning + begin), text_of(morning + end), {}});
    };
    const auto all = told(0, 1);
    REQUIRE(all);
    CHECK(all->scans.at(0).flags == std::vector<std::string_view>{"late"});
    CHECK(std::string(all->scans[0].evidence) == "static");
    CHECK(all->person.document_number.find("****") != std::string::npos);
    REQUIRE(all->visits.size() == 1);   // uncut
    CHECK(all->visits[0].end == morning + 1800);
    CHECK(all->visits[0].ended_by == domain::EndedBy::dwell);
    CHECK(told(1, 2)->scans.empty());
    CHECK(told(1, 2)->visits.size() == 1);
    CHECK(told(1800, 1801)->visits.empty());
    CHECK(told(-1, 0)->visits.empty());
    CHECK(refusal(told(1, 1)) == "window_empty");
    for (const auto& id : {std::string(), std::string("000000000000"), county->vault.person_id({999}), county.id_of(0) + "0"})
        CHECK(refusal(county->tracing.trajectory(county.caller, county.reader(), {id, "1", from, to, {}})) == "person_unknown");
    CHECK(refusal(county->tracing.trajectory(county.caller, county.reader(), {county.id_of(0), "1", "noon", to, {}})) == "time_malformed");
    CHECK(refusal(county->tracing.trajectory(county.caller, county.reader(), {county.id_of(0), "1", from, "noon", {}})) == "time_malformed");
    county.restart();
    county->tracing.load({});
    CHECK(told(0, 1)->scans.at(0).flags == std::vector<std::string_view>{"late"});   // read from the log
}

TEST_CASE("a tracer is told the flags that the resident's receipt told, burst too") {
    County county;
    county.open_case();
    county->tracing.load({});
    std::vector<std::vector<std::string_view>> receipts;
    for (int i = 0; i < 14; ++i) {
        county.clock.set(morning + 6 * i);
        receipts.push_back(county.scan(county.who[0], i % 3 == 0 ? "C" : "A", i % 2 == 0 ? "in" : "out")->flags);
    }
    const auto told = county->tracing.trajectory(county.caller, county.reader(), {county.id_of(0), "1", from, to, {}});
    REQUIRE(told);
    REQUIRE(told->scans.size() == receipts.size());
    for (std::size_t i = 0; i < receipts.size(); ++i) CHECK(told->scans[i].flags == receipts[i]);
    CHECK(receipts[9].empty());   // six seconds apart there are ten in a minute
    county.clock.set(morning + 79);
    const auto last = county.scan(county.who[0], "A", "in");
    CHECK(last->flags == std::vector<std::string_view>{"burst"});
    const auto again = county->tracing.trajectory(county.caller, county.reader(), {county.id_of(0), "1", from, to, {}});
    CHECK(again->scans.back().flags == last->flags);
}

TEST_CASE("a search finds who fits all that is given, masked") {
    County county;
    county.open_case();
    county->tracing.load({});
    REQUIRE(county.scan(county.who[2], {county.code("A"), "in", {}, {}, "冀F00001"}));
    const auto found = [&](const std::function<void(SearchRequest&)>& fill) {
        SearchRequest request;
        request.case_number = "1";
        fill(request);
        const auto people = county->tracing.search(county.caller, county.reader(), request);
        if (!people) return std::vector<std::string>{refusal(people)};
        std::vector<std::string> ids;
        for (const auto& person : *people) ids.push_back(person.id);
        return ids;
    };
    const auto me = std::vector<std::string>{county.id_of(2)};
    const std::vector<std::string> nobody;
    const auto by_document = [](SearchRequest& r) {
        r.fields.document_type = "id";
        r.fields.document_number = someone(2).document_number;
    };
    CHECK(found(by_document) == me);
    CHECK(found([](SearchRequest& r) { r.fields.phone = "+86 " + someone(2).phone; }) == me);
    CHECK(found([](SearchRequest& r) { r.fields.name = someone(2).name; }) == me);
    CHECK(found([](SearchRequest& r) { r.plate = "冀f 00001"; }) == me);
    CHECK(found([&](SearchRequest& r) {
              by_document(r);
              r.fields.phone = someone(2).phone;
              r.fields.name = someone(2).name;
              r.plate = "冀F00001";
          }) == me);
    CHECK(found([&](SearchRequest& r) {
              by_document(r);
              r.fields.phone = someone(3).phone;
          }) == nobody);
    CHECK(found([](SearchRequest& r) { r.fields.phone = someone(99).phone; }) == nobody);
    CHECK(found([](SearchRequest& r) { r.plate = "冀F99999"; }) == nobody);
    CHECK(found([](SearchRequest&) {}) == std::vector<std::string>{"search_empty"});
    CHECK(found([](SearchRequest& r) { r.fields.phone = "12"; }) == std::vector<std::string>{"phone_length"});
    CHECK(found([](SearchRequest& r) { r.fields.name = "1"; }) == std::vector<std::string>{"name_characters"});
    CHECK(found([](SearchRequest& r) { r.plate = ""; }) == std::vector<std::string>{"plate_empty"});
    CHECK(found([](SearchRequest& r) {
              r.fields.document_type = "id";
              r.fields.document_number = "13068219500101001";
          }) == std::vector<std::string>{"document_length"});
    CHECK(found([](SearchRequest& r) { r.fields.document_number = "1"; }) == std::vector<std::string>{"document_type_unknown"});
}

TEST_CASE("a row that can't be opened though its day's key is there stops every question, until its loss is accepted") {
    County county;
    county.open_case();
    REQUIRE(county.scan(county.who[0], "A", "in", morning));
    county.append_row({{2}, county.site("A"), morning + 1, domain::Direction::in, domain::Source::static_code, 0, 0, {1, 2, 3}});
    const auto answer = [&] { return refusal(county->tracing.trajectory(county.caller, county.reader(), {county.id_of(0), "1", from, to, {}})); };
    county.restart();
    county->tracing.load({});
    CHECK_FALSE(county->tracing.readiness());
    CHECK(answer() == "log_damaged");
    CHECK(county.scan(county.who[0], "A", "in", morning)->known);   // scans go on, and retries are known
    REQUIRE(county.scan(county.who[0], "A", "out", morning + 5));
    county->tracing.tend();
    CHECK(answer() == "log_damaged");
    county.restart();
    county->tracing.load({}, 0);
    CHECK(answer() == "log_damaged");
    county.restart();
    county->tracing.load({}, 1);
    CHECK(county->tracing.readiness());
    CHECK(answer().empty());
}

TEST_CASE("a row of a site that is not there is damage, and in no answer once its loss is accepted") {
    County county;
    county.open_case();
    REQUIRE(county.scan(county.who[0], "A", "in", morning));
    storage::ScanRow row{{2}, {99}, morning + 100, domain::Direction::in, domain::Source::static_code, 0, 0, {}};
    county->vault.seal(row, {county.who[0], {}});
    county.append_row(row);
    const auto answer = [&] { return county->tracing.trajectory(county.caller, county.reader(), {county.id_of(0), "1", from, to, {}}); };
    county.restart();
    county->tracing.load({}, 0);
    CHECK(refusal(answer()) == "log_damaged");
    county.restart();
    county->tracing.load({}, 1);
    REQUIRE(answer());
    CHECK(answer()->scans.size() == 1);
}

TEST_CASE("a registration that can't be opened stops every question, until its loss with all its scans is accepted") {
    County county;
    county.open_case();
    domain::RegistrationId stranger;
    REQUIRE(county.write([&](WriteContext& context) -> kit::Status {
        storage::RegistrationRow row;
        row.id = row.holder = stranger = context.next_registration();
        row.person = context.next_person();
        row.at = context.now();
        row.profile = "damaged";
        context.store().registry().append(row);
        context.edit_people().place(row.id, row.person, row.holder, {}, false);
        return kit::Done{};
    }));
    for (const auto who : {county.who[0], stranger}) REQUIRE(county.scan(who, "A", "in", morning));
    const auto passed = [&] { return county->tracing.passages(county.caller, county.reader(), {"A", "1", from, to, {}}); };
    county.restart();
    county->tracing.load({}, 0);
    CHECK(refusal(passed()) == "log_damaged");
    county.restart();
    county->tracing.load({}, 1);
    REQUIRE(passed());
    CHECK(passed()->size() == 1);
}

TEST_CASE("a row whose day's key was destroyed is no damage, and one whose day's key is lost is") {
    County county;
    county.open_case();
    REQUIRE(county.scan(county.who[0], "A", "in", morning));
    county.append_row({{2}, county.site("A"), morning - 2 * 86'400, domain::Direction::in, domain::Source::static_code, 0, 0, {1, 2, 3}});
    const auto answer = [&] { return county->tracing.trajectory(county.caller, county.reader(), {county.id_of(0), "1", from, to, {}}); };
    county.restart();
    county->tracing.load({});
    CHECK(refusal(answer()) == "log_damaged");   // no key, and nobody destroyed it
    const auto mark = county.folder.path / "keys/day/2026-01-31.destroyed";
    std::ofstream(mark).flush();
    county.restart();
    county->tracing.load({});
    CHECK(county->tracing.readiness());
    REQUIRE(answer());
    CHECK(answer()->scans.size() == 1);
    std::filesystem::rename(mark, county.folder.path / "keys/day/2026-01-30.destroyed");   // another day's
    county.restart();
    county->tracing.load({}, 0);
    CHECK(refusal(answer()) == "log_damaged");
    county.restart();
    county->tracing.load({}, 1);
    CHECK(answer()->scans.size() == 1);
}

TEST_CASE("questions go on while the index is rebuilt, and what comes in meanwhile is in it") {
    County county;
    county.open_case();
    county.append_history(1'500'000);   // enough for a rebuild to take its time
    county.restart();
    county->tracing.load({});
    constexpr std::size_t many = 200'500;   // just above where the house thread rebuilds
    for (std::size_t sent = 0; sent < many; sent += 500) {
        std::vector<ScanIntake> scans(500);
        for (std::size_t i = 0; i < scans.size(); ++i) {
            const auto n = sent + i;   // of all but the one who is asked for
            scans[i].key = {county.who[1 + n % (people_count - 1)], {1}, morning - 80'000 + static_cast<std::int64_t>(n / (people_count - 1)), domain::Direction::in};
            scans[i].received = scans[i].key.at;
        }
        std::promise<bool> taken;
        REQUIRE(county->writer.submit_scans(std::move(scans), [&](const auto& outcomes) { taken.set_value(static_cast<bool>(outcomes)); }));
        REQUIRE(taken.get_future().get());
    }
    const auto told = [&] { return county->tracing.trajectory(county.caller, county.reader(), {county.id_of(0), "1", from, to, {}})->scans.size(); };
    const auto before = told();   // folds all in, so that only the rebuild is left
    std::atomic<bool> has_begun{false}, has_ended{false};
    std::jthread house([&] {
        has_begun = true;
        county->tracing.tend();
        has_ended = true;
    });
    std::size_t added = 0, meanwhile = 0;
    while (!has_begun) std::this_thread::yield();
    do {
        REQUIRE(told() == before + added);   // first, and then after each scan: on a slow disk a scan alone takes as long as all of it
        if (!has_ended) ++meanwhile;
        REQUIRE(county.scan(county.who[0], "A", "in", morning - static_cast<std::int64_t>(++added)));
    } while (!has_ended);
    house.join();
    CHECK(meanwhile > 0);   // asked and answered within it
    CHECK(told() == before + added);
}
