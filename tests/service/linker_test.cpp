// SPDX-License-Identifier: Apache-2.0
#include "service/linker.hpp"

#include <catch2/catch.hpp>

#include "kit/limits.hpp"
#include "service/bureau.hpp"
#include "service/counted_context.hpp"
#include "storage/sqlite/sqlite_store.hpp"

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using domain::RegistrationId;
using domain::StatementFields;

namespace {

/// A store whose nth transaction fails before it is committed.
class FailingStore final : public storage::Store {
public:
    FailingStore(const Folder& folder, int fail_at) : kept_(storage::sqlite::open({folder.path.string(), {}, 0})), fail_at_(fail_at) {}
    void write(const std::function<void(storage::Connection&)>& body) override {
        const bool fails = ++count_ == fail_at_;
        kept_->write([&](storage::Connection& connection) {
            body(connection);
            if (fails) throw storage::StoreError(storage::StoreError::Kind::full, "told to fail");
        });
    }
    std::unique_ptr<storage::Connection> reader() override { return kept_->reader(); }
    void checkpoint() override { kept_->checkpoint(); }
    std::optional<storage::Census> copy_to(const std::string& path, const GoOn& go_on) override { return kept_->copy_to(path, go_on); }
    std::vector<std::string> check() override { return kept_->check(); }

private:
    std::unique_ptr<storage::Store> kept_;
    int fail_at_, count_ = 0;
};

/// As at a start: a writer of its own, which ends with it.
void fill(storage::Store& store, Vault& vault, const ManualClock& clock) {
    const auto reader = store.reader();
    DirectoryBoard board(std::make_shared<const Directory>(load_directory(*reader)));
    Writer writer(store, vault, clock, board);
    std::jthread thread([&](const std::stop_token& stop) { writer.run(stop); });
    fill_link_keys(writer, vault, *reader);
}

}  // namespace

TEST_CASE("a store of before there were keys gets the same ones as registering gives, also when the first attempt failed anywhere") {
    Stage stage;
    stage.divisions("code,name\n130682,定州\n");
    constexpr unsigned people = 1'200;   // of more than two slices of an import
    REQUIRE(stage.write([&](WriteContext& context) -> kit::Status {
        for (unsigned i = 0; i < people; ++i) {
            auto fields = someone(i % 400);
            if (i % 3 == 0) fields.division = "130682";
            if (i % 7 == 0) fields = without_document(fields);
            (void)register_statement(context, stage->vault, *domain::parse_statement(fields, stage.zone().local_day(morning), false), {});
        }
        return kit::Done{};
    }));
    const int fail_at = GENERATE(0, 2, 3, 4);   // the first transaction is the copy of the registrations
    CAPTURE(fail_at);
    const Folder folder;
    FailingStore old(folder, fail_at);
    old.write([&](storage::Connection& connection) {
        stage.reader().registry().read_registrations([&](std::span<const storage::RegistrationRow> rows) {
            for (const auto& row : rows) connection.registry().append(row);
        });
    });
    REQUIRE_FALSE(old.reader()->links().has_keys());
    try {
        fill(old, stage->vault, stage.clock);
    } catch (const std::runtime_error&) {
        CHECK(fail_at != 0);
    }
    fill(old, stage->vault, stage.clock);
    const auto filled = old.reader();
    std::size_t keys = 0;
    stage.reader().registry().read_registrations([&](std::span<const storage::RegistrationRow> rows) {
        for (const auto& row : rows)
            for (const auto& key : link_keys(stage->vault, *domain::decode_statement(*stage->vault.open(SealKind::profile, associated_data(row), row.profile)))) {
                const auto places = [&](storage::Connection& connection) {
                    std::vector<std::pair<std::uint64_t, std::uint32_t>> found;
                    for (const auto& place : connection.links().with_key(key, people)) found.emplace_back(place.registration.value, place.person.value);
                    return found;
                };
                const bool are_equal = places(*filled) == places(stage.reader());
                REQUIRE(are_equal);
                REQUIRE_FALSE(places(*filled).empty());
                ++keys;
            }
    });
    CHECK(keys > people);
}

namespace {

/// What the nth of a thousand hostile statements says; the victim is someone(1) with all there is to say.
using Hostile = std::function<StatementFields(unsigned n)>;

StatementFields victim() {
    auto fields = someone(1);
    fields.birth_date = "1950-01-01";
    fields.division = "130682";
    return fields;
}

/// Another's document and phone, born on the victim's day.
StatementFields born_that_day(unsigned n) {
    auto fields = victim();
    const auto other = someone(n % 400);   // of one day each 490
    fields.document_number = other.document_number.substr(0, 6) + "19500101" + other.document_number.substr(14, 3);
    fields.document_number += *domain::id_check_character(fields.document_number);
    fields.phone = someone(1'000 + n).phone;
    return fields;
}

struct Costs {
    std::vector<std::size_t> asked, opened, questions;
};

Costs costs_of(Stage& stage, const Hostile& hostile, unsigned count) {
    Costs costs;
    REQUIRE(stage.write([&](WriteContext& context) -> kit::Status {
        for (unsigned n = 0; n < count; ++n) {
            CountedContext counted(context);
            const auto statement = domain::parse_statement(hostile(n), stage.zone().local_day(morning), false);
            REQUIRE(statement);
            const auto registered = register_statement(counted, stage->vault, *statement, {});
            costs.asked.push_back(counted.asked);
            costs.opened.push_back(counted.opened);
            costs.questions.push_back(registered.reviews);
        }
        return kit::Done{};
    }));
    return costs;
}

}  // namespace

TEST_CASE("a thousand hostile statements about one stranger cost the same each, and ask few questions each") {
    const std::map<std::string, Hostile> ways{
        {"the document under ever new names", [](unsigned n) { auto f = victim(); f.name = name_of(n) + name_of(n / 7).substr(3); f.phone = someone(1'000 + n).phone; return f; }},
        {"the document under the name on ever new phones", [](unsigned n) { auto f = victim(); f.phone = someone(1'000 + n).phone; return f; }},
        {"all of it, word by word", [](unsigned) { return victim(); }},
        {"the name and the phone under ever new documents", [](unsigned n) { auto f = someone(1'000 + n); f.name = victim().name; f.phone = victim().phone; return f; }},
        {"the phone under ever new names without a document", [](unsigned n) { auto f = without_document(victim()); f.name = name_of(n) + name_of(n / 7).substr(3); f.birth_date = ""; return f; }},
        {"the name and the day of birth under ever new documents", born_that_day},
    };
    const bool is_split = GENERATE(false, true);   // a human parted the victim's statements, or took that back
    for (const auto& [way, hostile] : ways) {
        CAPTURE(way, is_split);
        Bureau bureau;
        const auto a = bureau.registered(victim()), b = bureau.registered(victim());
        REQUIRE(bureau.are_one(a, b));
        if (is_split) CHECK(bureau.undo(bureau.split(a, {b})) == "");
        constexpr unsigned count = 1'000;
        const auto costs = costs_of(bureau, hostile, count);
        const auto most = [](const std::vector<std::size_t>& of, std::ptrdiff_t from, std::ptrdiff_t to) { return *std::max_element(of.begin() + from, of.begin() + to); };
        CHECK(4 * most(costs.asked, 880, 980) <= 5 * most(costs.asked, 500, 600));   // somebody of one birthday came before both: each 490. What grows with their number would be more than twice that
        CHECK(most(costs.opened, 0, count) <= 8 * kit::link_candidates_max);
        CHECK(most(costs.questions, 0, count) <= kit::link_reviews_max);
    }
}

TEST_CASE("however many documents are invented for a name and a phone, nobody takes in whom a roster knows without one, and it costs no more than the bound") {
    Bureau bureau;
    const auto roster = bureau.registered(without_document(someone(1)));
    const auto costs = costs_of(bureau, [](unsigned n) { auto f = someone(1'000 + n); f.name = someone(1).name; f.phone = someone(1).phone; return f; }, 120);
    CHECK(*std::max_element(costs.opened.begin(), costs.opened.end()) <= kit::link_opened_max);
    CHECK(bureau.directory()->people->registrations_of(bureau.person_of(roster)).size() == 1);
    CHECK(bureau.sets().size() == 121);
}
