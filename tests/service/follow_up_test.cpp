// SPDX-License-Identifier: Apache-2.0
#include "service/follow_up.hpp"

#include <catch2/catch.hpp>

#include "kit/limits.hpp"
#include "service/bureau.hpp"

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using domain::worlds::Random;

namespace {

storage::OperatorRow account(std::uint32_t id, const std::string& login, storage::Role role = storage::Role::tracer) {
    storage::OperatorRow row;
    row.id = {id};
    row.login = login;
    row.roles = static_cast<std::uint8_t>(role);
    return row;
}

/// A bureau with an open case and two tracers who follow it up, one of whom has left.
struct Case : Bureau {
    Case() {
        REQUIRE((*this)->cases.open_case(caller, "1", "t", "p", {}));
        staff(account(7, "li"));
        staff(account(8, "wang"));
        auto gone = account(9, "gone"), device = account(11, "device:1");
        gone.disabled = morning;
        device.site = {1};
        staff(gone);
        staff(account(10, "guard", storage::Role::guard));
        staff(device);
    }
    void staff(const storage::OperatorRow& row) {
        REQUIRE(write([&](WriteContext& context) -> kit::Status {
            context.store().staff().put(row);
            return kit::Done{};
        }));
        (*this)->staff.book.with([&](StaffBook& book) { book.put(row); });
    }
    FollowUp follow_up() { return {(*this)->writer, (*this)->vault, clock, (*this)->board, (*this)->tracing, (*this)->staff}; }
    std::string id_of(domain::RegistrationId one) { return (*this)->vault.person_id(person_of(one)); }
    kit::Result<MarkView> mark(const MarkRequest& request) {
        auto results = follow_up().mark(caller, reader(), "1", {request});
        REQUIRE(results);
        REQUIRE(results->size() == 1);
        return results->front();
    }
    kit::Result<MarkView> mark(domain::RegistrationId one, const char* state, std::optional<std::string> note = {}, std::optional<std::string> assigned = {}) {
        return mark({id_of(one), state, std::move(note), std::move(assigned)});
    }
    std::vector<MarkView> history(domain::RegistrationId one) {
        auto told = follow_up().history(caller, reader(), "1", id_of(one));
        REQUIRE(told);
        return *std::move(told);
    }
    /// "reached wang" of each marked person, by id, as the list tells.
    std::map<std::string, std::string> listed(const std::string& state = "", const std::string& assigned = "") {
        const auto table = follow_up().contacts(caller, reader(), "1", state, assigned);
        REQUIRE(table);
        std::map<std::string, std::string> found;
        const auto status = for_each_row(table->parts[0], [] { return true; }, [&](const Row& row) -> kit::Status {
            const auto* login = row[4].get_if<std::string>();
            found[*row[0].get_if<std::string>()] = *row[2].get_if<std::string>() + (login == nullptr ? "" : " " + *login);
            return kit::Done{};
        });
        REQUIRE(status);
        REQUIRE(found.size() == table->parts[0].count);
        return found;
    }
    std::string last_detail() {
        const auto row = reader().audit().last();
        return (*this)->vault.open(SealKind::audit_detail, std::to_string(row->seq), row->detail).value_or("");
    }
    Caller caller = operator_of(storage::Role::tracer);
};

}  // namespace

TEST_CASE("what is left out of a mark stays as it was, but a note belongs to its state") {
    Case the;
    const auto who = the.registered(someone(1));
    const auto first = the.mark({the.id_of(who), {}, {}, "wang"});
    REQUIRE(first);
    CHECK(std::string(first->state) == "to_call");
    CHECK(first->assigned == "wang");
    CHECK(first->by == "li");
    CHECK(first->at == the.clock.now());
    the.clock.pass(60);
    const auto second = the.mark(who, "isolated", "家中隔离");
    REQUIRE(second);
    CHECK(second->assigned == "wang");
    CHECK(second->note == "家中隔离");
    const auto third = the.mark({the.id_of(who), {}, {}, ""});
    REQUIRE(third);
    CHECK(third->assigned.empty());
    CHECK(third->note == "家中隔离");
    CHECK(std::string(third->state) == "isolated");
    const auto fourth = the.mark(who, "reached");
    REQUIRE(fourth);
    CHECK(fourth->note.empty());
    CHECK(the.history(who).size() == 4);
    CHECK(the.history(who)[1].note == "家中隔离");
    CHECK(the.listed() == std::map<std::string, std::string>{{the.id_of(who), "reached"}});
}

TEST_CASE("the same mark again is none, and says so") {
    Case the;
    const auto who = the.registered(someone(1));
    CHECK(the.mark(who, "reached", "已电话", "wang")->is_new);
    const auto again = the.mark(who, "reached", {}, "wang");
    REQUIRE(again);
    CHECK_FALSE(again->is_new);
    CHECK(again->note == "已电话");
    CHECK(the.history(who).size() == 1);
    CHECK(the.mark({the.id_of(who), {}, "", {}})->is_new);   // the note is taken away
    CHECK(the.history(who).size() == 2);
}

TEST_CASE("each mark is judged on its own, and those that are good are made") {
    Case the;
    const auto who = the.registered(someone(1)), other = the.registered(someone(2));
    const auto id = the.id_of(who);
    const std::string longest(kit::reason_chars_max, 'n');
    const std::vector<std::pair<MarkRequest, std::string>> cases{
        {{id, "reached", {}, {}}, ""},
        {{"0000000000zz", "reached", {}, {}}, "person_unknown"},
        {{"张三", "reached", {}, {}}, "person_unknown"},
        {{id, {}, {}, {}}, "mark_empty"},
        {{id, "called", {}, {}}, "mark_state_unknown"},
        {{id, "not_contact", {}, {}}, "mark_note_needed"},
        {{id, "not_contact", "", {}}, "mark_note_needed"},
        {{id, "reached", longest, {}}, ""},
        {{id, "reached", longest + "n", {}}, "text_too_long"},
        {{id, "reached", "a\nb", {}}, "text_malformed"},
        {{id, {}, {}, "nobody"}, "assignee_unknown"},
        {{id, {}, {}, "gone"}, "assignee_unknown"},
        {{id, {}, {}, "guard"}, "assignee_unknown"},
        {{id, {}, {}, "device:1"}, "assignee_unknown"},
        {{the.id_of(other), "not_contact", "相邻摊位，隔墙", {}}, ""},
        {{the.id_of(other), {}, {}, "li"}, ""},
        {{the.id_of(other), {}, "", {}}, "mark_note_needed"},
    };
    std::vector<MarkRequest> requests;
    for (const auto& [request, code] : cases) requests.push_back(request);
    const auto lines = the.reader().audit().last()->seq;
    const auto results = the.follow_up().mark(the.caller, the.reader(), "1", requests);
    REQUIRE(results);
    REQUIRE(results->size() == cases.size());
    for (std::size_t i = 0; i < cases.size(); ++i) {
        CAPTURE(i);
        CHECK(refusal((*results)[i]) == cases[i].second);
    }
    CHECK(the.listed() == std::map<std::string, std::string>{{id, "reached"}, {the.id_of(other), "not_contact li"}});
    const auto written = the.reader().audit().read(lines + 1, 1)[0];   // one line for all; ids, states and logins, no note
    CHECK(written.action == "contacts_marked");
    CHECK(the->vault.open(SealKind::audit_detail, std::to_string(written.seq), written.detail) ==
          "marks=" + id + " reached, " + id + " reached, " + the.id_of(other) + " not_contact, " + the.id_of(other) + " not_contact li");
}

TEST_CASE("no mark is made without an open case, nor on a full disk, and none is seen") {
    Case the;
    const auto who = the.registered(someone(1));
    REQUIRE(the.mark(who, "reached"));
    auto follow_up = the.follow_up();
    CaseChange hold;
    hold.state = "hold";
    REQUIRE(the->cases.change_case(the.caller, "1", hold));
    CHECK(refusal(follow_up.mark(the.caller, the.reader(), "1", {{the.id_of(who), "isolated", {}, {}}})) == "no_case");
    CHECK(refusal(follow_up.contacts(the.caller, the.reader(), "1", "", "")) == "no_case");
    CHECK(refusal(follow_up.history(the.caller, the.reader(), "1", the.id_of(who))) == "no_case");
    CHECK(refusal(follow_up.contacts(the.caller, the.reader(), "2", "", "")) == "no_case");
    CHECK(follow_up.counts(the.reader(), "1") == std::array<std::size_t, mark_states>{0, 1, 0, 0});   // as many as there are is told with the case
    CHECK(follow_up.counts(the.reader(), "2") == std::array<std::size_t, mark_states>{});
    hold.state = "open";
    REQUIRE(the->cases.change_case(the.caller, "1", hold));
    the->store.kind = storage::StoreError::Kind::full;
    the->store.fails = true;
    CHECK(refusal(follow_up.mark(the.caller, the.reader(), "1", {{the.id_of(who), "isolated", {}, {}}})) == "disk_full");
    the->store.fails = false;
    CHECK(the.reader().desk().marks_of("1", who).size() == 1);
}

TEST_CASE("a case holds so many marks and no more, and says so") {
    Case the;
    const auto who = the.registered(someone(1));
    REQUIRE(the.write([](WriteContext& context) -> kit::Status {
        for (std::uint64_t i = 1; i < kit::case_marks_max; ++i) context.store().desk().append(storage::MarkRow{0, "1", {i + 1}, storage::MarkState::to_call, {}, {7}, morning, ""});
        return kit::Done{};
    }));
    CHECK(the.mark(who, "reached"));
    CHECK(refusal(the.mark(who, "isolated")) == "case_marks_full");
    CHECK(the.mark(who, "reached"));   // it says so already
    CHECK(the.history(who).size() == 1);
}

TEST_CASE("the list is asked by state and by whose it is, in the order of the work") {
    Case the;
    std::vector<domain::RegistrationId> who;
    for (unsigned i = 1; i <= 4; ++i) who.push_back(the.registered(someone(i)));
    REQUIRE(the.mark(who[3], "to_call", {}, "wang"));
    REQUIRE(the.mark(who[0], "isolated", {}, "wang"));
    REQUIRE(the.mark(who[1], "to_call", {}, "li"));
    REQUIRE(the.mark(who[2], "to_call"));
    using Found = std::map<std::string, std::string>;
    CHECK(the.listed("to_call") == Found{{the.id_of(who[3]), "to_call wang"}, {the.id_of(who[1]), "to_call li"}, {the.id_of(who[2]), "to_call"}});
    CHECK(the.listed("", "wang") == Found{{the.id_of(who[3]), "to_call wang"}, {the.id_of(who[0]), "isolated wang"}});
    CHECK(the.listed("isolated", "li").empty());
    CHECK(the.listed("", "nobody").empty());
    CHECK(refusal(the.follow_up().contacts(the.caller, the.reader(), "1", "odd", "")) == "mark_state_unknown");
    const auto table = the.follow_up().contacts(the.caller, the.reader(), "1", "", "");
    REQUIRE(table);
    Row row(table->parts[0].columns.size());
    table->parts[0].fill(0, row);
    CHECK(*row[0].get_if<std::string>() == the.id_of(who[3]));
    CHECK(*row[1].get_if<std::string>() == domain::mask_name(*domain::parse_name(name_of(4))));
    table->parts[0].fill(3, row);
    CHECK(*row[0].get_if<std::string>() == the.id_of(who[0]));
    CHECK(the.follow_up().counts(the.reader(), "1") == std::array<std::size_t, mark_states>{3, 0, 0, 1});
}

TEST_CASE("notes lie sealed, each to its mark, and nobody changes one") {
    Case the;
    const auto who = the.registered(someone(1));
    REQUIRE(the.mark(who, "not_contact", "邻居作证"));
    const auto row = the.reader().desk().marks_of("1", who).at(0);
    CHECK(row.note.find("邻居") == std::string::npos);
    CHECK(open_note(the->vault, row) == "邻居作证");
    const auto altered = [&](auto change) {
        auto other = row;
        change(other);
        return !open_note(the->vault, other);
    };
    CHECK(altered([](auto& other) { other.state = storage::MarkState::reached; }));
    CHECK(altered([](auto& other) { other.statement = {2}; }));
    CHECK(altered([](auto& other) { other.assigned = {8}; }));
    CHECK(altered([](auto& other) { other.by = {8}; }));
    CHECK(altered([](auto& other) { other.at = other.at + 1; }));
    CHECK(altered([](auto& other) { other.case_number = "2"; }));
}

TEST_CASE("a trace in the case tells who is marked, and one that is handed over does not") {
    Case the;
    const auto index = the.registered(someone(1)), met = the.registered(someone(2)), other = the.registered(someone(3));
    the.clock.pass(7'200);
    for (const auto one : {index, met, other}) REQUIRE(the.scan(one, "A", "in", morning));
    REQUIRE(the.mark(met, "isolated", {}, "wang"));
    TraceRequest request;
    request.case_number = "1";
    request.index = {{the.id_of(index), {}, {}, {}, {}}};
    request.from = text_of(morning - 86'400);
    request.to = text_of(morning + 86'400);
    const auto view = the->tracing.trace(the.caller, the.reader(), request);
    REQUIRE(view);
    REQUIRE(view->persons.size() == 2);
    CHECK(view->marks.find(the.person_of(met))->state == storage::MarkState::isolated);
    CHECK(view->marks.login_of(view->marks.find(the.person_of(met))->assigned) == "wang");
    CHECK(view->marks.find(the.person_of(other)) == nullptr);
    CHECK(the->tracing.trace(the.caller, the.reader(), request, Shown::in_full)->marks.of_person.empty());
    REQUIRE(the->cases.open_case(the.caller, "2", "t", "p", {}));
    request.case_number = "2";
    CHECK(the->tracing.trace(the.caller, the.reader(), request)->marks.of_person.empty());
}

TEST_CASE("who becomes one with somebody has the marks of both, and who is parted has their own again") {
    Case the;
    const auto a = the.registered(someone(1)), b = the.registered(the.under_another_name(1, 2));
    const auto review = the.review_of(a, b);
    REQUIRE_FALSE(review.empty());
    REQUIRE(the.mark(a, "reached", {}, "wang"));
    REQUIRE(the.mark(b, "to_call"));
    const auto of_a = the.id_of(a), of_b = the.id_of(b);
    REQUIRE(the.decide(review, "same").empty());
    REQUIRE(the.are_one(a, b));
    CHECK(the.listed() == std::map<std::string, std::string>{{the.id_of(a), "to_call"}});   // the newest
    CHECK(the.history(a).size() == 2);
    REQUIRE(the.mark(a, "isolated"));
    REQUIRE(the.undo(review).empty());
    CHECK(the.id_of(a) == of_a);
    CHECK(the.id_of(b) == of_b);
    CHECK(the.listed() == std::map<std::string, std::string>{{of_a, "isolated"}, {of_b, "to_call"}});   // nobody isolated b alone
}

TEST_CASE("who is parted from a marked person has no mark: nobody is taken for reached who perhaps was not") {
    Case the;
    const auto a = the.registered(someone(1)), again = the.registered(someone(1));
    REQUIRE(the.are_one(a, again));
    REQUIRE(the.mark(a, "reached"));
    (void)the.split(a, {again});
    REQUIRE_FALSE(the.are_one(a, again));
    CHECK(the.listed() == std::map<std::string, std::string>{{the.id_of(a), "reached"}});
    CHECK(the.history(again).empty());
}

TEST_CASE("who is new since an answer goes by statements: a merge makes nobody new, who was parted is not, who came since is") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        Case the;
        Days days(the, random);
        for (int day = 0; day < 6; ++day) days.pass();
        const auto index = the.registered(someone(90));   // of whom nobody says anything
        the.clock.pass(8'000);
        const auto scan_some = [&](std::uint32_t share, std::int64_t at) {
            for (std::uint64_t id = 1; id <= the.last().value; ++id)
                if (the.directory()->people->holder_of({id}) == domain::RegistrationId{id} && random.below(share) == 0)
                    REQUIRE(the.scan({id}, "A", "in", morning + at + static_cast<std::int64_t>(random.below(60))));
        };
        REQUIRE(the.scan(index, "A", "in", morning + 3'600));
        scan_some(2, 3'700);
        TraceRequest request;
        request.case_number = "1";
        request.index = {{the.id_of(index), {}, {}, {}, {}}};
        request.from = text_of(morning - 86'400);
        request.to = text_of(morning + 86'400);
        const auto first = the->tracing.trace(the.caller, the.reader(), request);
        REQUIRE(first);
        std::vector<std::set<std::uint64_t>> before;   // of each contact its statements
        for (const auto& contact : first->answer.contacts) {
            before.emplace_back();
            for (const auto one : the.directory()->people->registrations_of(contact.person)) before.back().insert(one.value);
        }
        const auto kept = the.reader().desk().questions("1", 0, 1).at(0).id;
        for (int day = 0; day < 8; ++day) {
            if (random.below(3) == 0) scan_some(3, 3'800 + day);
            else if (random.below(2) == 0) days.decide_something();
            else if (random.below(2) == 0) days.split_somebody();
            else days.pass_without_decisions();
        }
        auto follow_up = the.follow_up();
        const auto stored = follow_up.find(the.caller, the.reader(), "1", public_id(kept));
        REQUIRE(stored);
        const auto table = follow_up.run(the.caller, the.reader(), *stored, false);
        REQUIRE(table);
        const auto& people = *the.directory()->people;
        std::set<domain::PersonNo> found;
        std::size_t meant_new = 0, told_new = 0;
        const auto status = for_each_row(table->parts[0], [] { return true; }, [&](const Row& row) -> kit::Status {
            const auto person = people.resolve(*the->vault.open_person_id(*row[0].get_if<std::string>()));
            found.insert(person);
            const auto& statements = people.registrations_of(person);
            const bool was_found = std::any_of(statements.begin(), statements.end(), [&](domain::RegistrationId one) {
                return std::any_of(before.begin(), before.end(), [&](const auto& set) { return set.contains(one.value); });
            });
            CHECK(*row.back().get_if<bool>() == !was_found);
            meant_new += was_found ? 0U : 1U;
            return kit::Done{};
        });
        REQUIRE(status);
        std::size_t meant_gone = 0;
        for (const auto& set : before)
            meant_gone += std::none_of(set.begin(), set.end(), [&](std::uint64_t one) { return found.contains(people.person_of({one})); }) ? 1U : 0U;
        bool is_same = false;
        for (const auto& [name, cell] : table->tail) {
            if (name == "new") told_new = static_cast<std::size_t>(*cell.get_if<std::int64_t>());
            if (name == "gone") CHECK(static_cast<std::size_t>(*cell.get_if<std::int64_t>()) == meant_gone);
            if (name == "same") is_same = *cell.get_if<bool>();
        }
        CHECK(told_new == meant_new);
        if (is_same) CHECK((meant_new == 0 && meant_gone == 0));
    }
}

TEST_CASE("marks follow persons through whatever happens to them, as a model of statements says, also after a restart") {
    struct Said {
        domain::RegistrationId statement;
        std::string state, assigned;
    };
    constexpr const char* states[] = {"to_call", "reached", "not_contact", "isolated"};
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        Case the;
        Days days(the, random);
        std::vector<Said> said;
        for (int day = 0; day < 12; ++day) {
            days.pass();
            const auto count = the.last().value;
            if (count == 0 || random.below(2) == 0) continue;
            const domain::RegistrationId who{1 + random.below(static_cast<std::uint32_t>(count))};
            const auto* state = states[random.below(4)];
            const std::string assigned = random.below(2) == 0 ? "" : "wang";
            const auto marked = the.mark(who, state, "因为", assigned);
            REQUIRE(marked);
            if (marked->is_new) said.push_back({the.directory()->people->registrations_of(the.person_of(who)).front(), state, assigned});
        }
        std::map<std::string, std::string> meant;
        std::map<std::string, std::size_t> counted;
        for (const auto& one : said) {
            meant[the.id_of(one.statement)] = one.state + (one.assigned.empty() ? "" : " " + one.assigned);
            ++counted[the.id_of(one.statement)];
        }
        CHECK(the.listed() == meant);
        for (std::uint64_t id = 1; id <= the.last().value; ++id) CHECK(the.history({id}).size() == counted[the.id_of({id})]);
        if (seed % 20 != 0) continue;
        the.restart();
        REQUIRE(the->tracing.readiness());
        the->staff.book.with([](StaffBook& book) {
            book.put(account(7, "li"));
            book.put(account(8, "wang"));
        });
        CHECK(the.listed() == meant);
    }
}
