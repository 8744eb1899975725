// SPDX-License-Identifier: Apache-2.0
#include "storage/memory_store.hpp"

#include "storage/ledger.hpp"
#include "storage/retention.hpp"
#include "storage/memory_ended.hpp"
#include "storage/memory_registers.hpp"
#include "storage/memory_site_books.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace chayan::storage {
namespace {

using domain::Instant;
using domain::RegistrationId;
using domain::ScanSeq;

/// Everything that is kept; a transaction and a savepoint are copies of it.
struct Shelf {
    std::map<ScanSeq, ScanRow> scans;
    std::map<ScanSeq, VoidRow> voids;
    std::map<ScanSeq, domain::OperatorId> staff;
    std::vector<ReadingRow> readings;
    std::map<RegistrationId, RegistrationRow> registrations;
    std::vector<PersonEvent> events;
    std::set<std::tuple<LinkKey, domain::PersonNo, RegistrationId>> link_keys;
    std::map<std::pair<RegistrationId, RegistrationId>, ReviewRow> reviews;
    std::map<RegistrationId, VerificationRow> verifications;
    std::map<domain::VehicleId, VehicleRow> vehicles;
    std::map<Blind, RegistrationId> refs;
    std::map<RegistrationId, Revocation> revoked;
    std::map<std::pair<std::uint64_t, std::uint8_t>, DivisionRow> divisions;
    std::map<domain::SiteId, SiteRow> sites;
    std::map<std::string, OfficeWord> office;
    std::map<domain::OperatorId, OperatorRow> operators;
    std::map<Blind, SessionRow> sessions;
    std::map<std::string, CaseRow, std::less<>> cases;
    std::map<std::uint64_t, QuestionRow> questions;
    std::map<std::uint64_t, MarkRow> marks;
    std::vector<ToldVisitRow> told_visits;
    std::map<std::array<std::uint8_t, 8>, FormRow> forms;
    std::map<Blind, std::string> mappings;
    std::map<std::uint64_t, LedgerListRow> ledger_lists;
    std::map<std::uint64_t, LedgerEntryRow> ledger_entries;
    std::vector<LedgerActRow> ledger_acts;
    std::map<std::uint64_t, AlertRow> alerts;
    std::uint64_t ledger_changes = 0;
    RegisterShelf registers;
    TallyShelf tally;
    testing::SiteShelf of_sites;
    std::map<domain::Day, ForgottenDay> forgotten;
    std::optional<ForgettingRun> forgetting;
    std::map<std::uint64_t, AuditRow> audit;
    EndedShelf ended;
    Sequences floors;
};

template <class Map>
auto rows_where(const Map& map, const auto& holds) {
    std::vector<typename Map::mapped_type> rows;
    for (const auto& [key, row] : map)
        if (holds(row)) rows.push_back(row);
    return rows;
}
template <class Map>
auto rows_of(const Map& map) { return rows_where(map, [](const auto&) { return true; }); }

template <class Map, class Key>
std::optional<typename Map::mapped_type> find(const Map& map, const Key& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional(found->second);
}

template <class Map>
typename Map::key_type largest(const Map& map) { return map.empty() ? typename Map::key_type{} : map.rbegin()->first; }

template <class Map, class Row>
void insert_new(Map& map, const typename Map::key_type& key, const Row& row) {
    if (!map.emplace(key, row).second) throw StoreError(StoreError::Kind::other, "the number was given out before");
}
/// The larger of the last key and the floor.
template <class Map>
typename Map::key_type largest(const Map& map, std::uint64_t floor) {
    using Key = typename Map::key_type;
    return std::max(largest(map), Key{static_cast<decltype(Key::value)>(floor)});
}
void require(bool holds) {
    if (!holds) throw StoreError(StoreError::Kind::other, "a rule of the store is broken");
}

struct Scans final : ScanLog {
    explicit Scans(Shelf& s) : shelf(s) {}
    void append(std::span<const ScanRow> rows) override {
        for (const auto& row : rows) insert_new(shelf.scans, row.seq, row);
    }
    void append_void(const VoidRow& row) override {
        require(shelf.scans.contains(row.scan));
        shelf.voids.emplace(row.scan, row);
    }
    void append_staff(ScanSeq scan, domain::OperatorId by) override { insert_new(shelf.staff, scan, by); }
    void read(ScanSeq after, ScanSeq upto, const std::function<bool(std::span<const ScanRow>)>& take) override {
        const auto rows = rows_where(shelf.scans, [&](const ScanRow& row) { return after < row.seq && row.seq <= upto; });
        for (std::size_t i = 0; i < rows.size(); i += 100)
            if (!take(std::span(rows).subspan(i, std::min<std::size_t>(100, rows.size() - i)))) return;
    }
    std::vector<VoidRow> voids() override { return rows_of(shelf.voids); }
    std::vector<ScanRow> of_site(domain::SiteId site, Instant since) override {
        auto rows = rows_where(shelf.scans, [&](const ScanRow& row) { return row.site == site && row.at + row.delay_s >= since; });
        std::reverse(rows.begin(), rows.end());
        return rows;
    }
    void append_reading(const ReadingRow& row) override {
        require(shelf.scans.contains(row.scan));
        shelf.readings.push_back(row);
    }
    std::vector<ReadingRow> readings_of(ScanSeq scan) override {
        std::vector<ReadingRow> rows;
        std::copy_if(shelf.readings.begin(), shelf.readings.end(), std::back_inserter(rows), [&](const ReadingRow& row) { return row.scan == scan; });
        return rows;
    }
    std::vector<ScanRow> find_recent(domain::SiteId site, Instant at, domain::Direction direction, Instant since) override {
        auto rows = rows_where(shelf.scans, [&](const ScanRow& row) {
            return row.site == site && row.at == at && row.direction == direction && row.at + row.delay_s >= since;
        });
        std::reverse(rows.begin(), rows.end());
        return rows;
    }
    std::optional<domain::OperatorId> staff_of(ScanSeq scan) override { return find(shelf.staff, scan); }
    ReceivedScans received(ScanSeq after, Instant since) override {
        ReceivedScans found;
        found.upto = largest(shelf.scans);
        for (const auto& [seq, row] : shelf.scans) {
            if (seq <= after || row.source == domain::Source::import) continue;
            found.last = row.at + row.delay_s;
            found.count += *found.last >= since ? 1U : 0U;
        }
        return found;
    }
    ScanSeq last() override { return largest(shelf.scans, shelf.floors.scan); }
    Shelf& shelf;
};

struct People final : Registry {
    explicit People(Shelf& s) : shelf(s) {}
    void append(const RegistrationRow& row) override { insert_new(shelf.registrations, row.id, row); }
    std::uint64_t append(const PersonEvent& event) override {
        const auto last = last_event();
        shelf.events.push_back(event);
        return shelf.events.back().seq = last + 1;
    }
    void append(const VehicleRow& row) override {
        require(!vehicle(row.plate));
        insert_new(shelf.vehicles, row.id, row);
    }
    void put_roster_ref(const Blind& ref, RegistrationId registration) override {
        require(shelf.registrations.contains(registration));
        shelf.refs.insert_or_assign(ref, registration);
    }
    void revoke(const Revocation& row) override { shelf.revoked.emplace(row.registration, row); }
    std::optional<RegistrationRow> registration(RegistrationId id) override { return find(shelf.registrations, id); }
    std::vector<RegistrationRow> with_document(const Blind& key) override {
        return rows_where(shelf.registrations, [&](const auto& row) { return row.document == key; });
    }
    std::vector<RegistrationRow> with_phone(const Blind& key) override {
        return rows_where(shelf.registrations, [&](const auto& row) { return row.phone == key; });
    }
    std::vector<RegistrationRow> with_name(const Blind& key) override {
        return rows_where(shelf.registrations, [&](const auto& row) { return row.name == key; });
    }
    std::optional<StatementPlace> next_statement(const StatementQuery& query, const StatementPlace& after) override {
        using By = StatementQuery::By;
        const bool is_by_id = query.by == By::document || query.by == By::phone_and_name;
        std::optional<StatementPlace> best;
        for (const auto& [id, row] : shelf.registrations) {
            if (!fits(query, row)) continue;
            const bool is_after = query.by == By::document_not_name || (is_by_id ? id > after.registration
                : after.registration == RegistrationId{} ? row.person > after.person : row.person == after.person && id > after.registration);
            const bool is_before = !best || (!is_by_id && row.person < best->person);
            if (is_after && is_before) best = StatementPlace{id, row.person};
        }
        return best;
    }
    static bool fits(const StatementQuery& query, const RegistrationRow& row) {
        using By = StatementQuery::By;
        switch (query.by) {
            case By::document: return row.document == query.key;
            case By::document_and_name: return row.document == query.key && row.name == query.name;
            case By::document_not_name: return row.document == query.key && row.name != query.name;
            case By::phone_and_name: return row.phone == query.key && row.name == query.name;
            case By::phone_and_name_with_document: return row.phone == query.key && row.name == query.name && row.document;
            case By::phone_and_name_alone: return row.phone == query.key && row.name == query.name && !row.document;
        }
        return false;
    }
    std::optional<RegistrationId> roster_ref(const Blind& ref) override { return find(shelf.refs, ref); }
    std::optional<VehicleRow> vehicle(const Blind& plate) override {
        const auto rows = rows_where(shelf.vehicles, [&](const auto& row) { return row.plate == plate; });
        return rows.empty() ? std::nullopt : std::optional(rows.front());
    }
    void read_vehicles(const std::function<void(const VehicleRow&)>& take) override {
        for (const auto& [id, row] : shelf.vehicles) take(row);
    }
    void read_placements(const std::function<void(std::span<const Placement>)>& take) override {
        for (const auto& [id, row] : shelf.registrations) {
            const Placement one[] = {{id, row.person, row.holder, row.is_correction ? row.at : Instant{}, row.document.has_value(), row.at}};
            take(one);
        }
    }
    void read_registrations(const std::function<void(std::span<const RegistrationRow>)>& take) override {
        const auto rows = rows_of(shelf.registrations);
        if (!rows.empty()) take(rows);
    }
    std::vector<PersonEvent> person_events() override { return shelf.events; }
    std::optional<PersonEvent> person_event(std::uint64_t seq) override {
        for (const auto& event : shelf.events)
            if (event.seq == seq) return event;
        return std::nullopt;
    }
    std::vector<Revocation> revocations() override { return rows_of(shelf.revoked); }
    RegistrationId last_registration() override { return largest(shelf.registrations, shelf.floors.registration); }
    domain::PersonNo last_person() override {
        domain::PersonNo last{static_cast<std::uint32_t>(shelf.floors.person)};
        for (const auto& [id, row] : shelf.registrations) last = std::max(last, row.person);
        for (const auto& event : shelf.events) last = std::max(last, event.into);
        return last;
    }
    std::uint64_t last_event() const { return std::max(shelf.floors.person_event, shelf.events.empty() ? 0 : shelf.events.back().seq); }
    domain::VehicleId last_vehicle() override { return largest(shelf.vehicles, shelf.floors.vehicle); }
    Shelf& shelf;
};

struct Links final : LinkBook {
    explicit Links(Shelf& s) : shelf(s) {}
    void append(const LinkKey& key, const StatementPlace& place) override { shelf.link_keys.insert({key, place.person, place.registration}); }
    bool has_keys() override { return !shelf.link_keys.empty(); }
    std::vector<StatementPlace> with_key(const LinkKey& key, std::size_t count) override {
        std::vector<StatementPlace> found;
        for (const auto& [of, person, registration] : shelf.link_keys) {
            if (of != key || (!found.empty() && found.back().person == person)) continue;
            if (found.size() == count) break;
            found.push_back({registration, person});
        }
        return found;
    }
    std::vector<StatementPlace> placed_with_key(const LinkKey& key, domain::PersonNo placed, std::size_t count) override {
        std::vector<StatementPlace> found;
        for (const auto& [of, person, registration] : shelf.link_keys)
            if (of == key && person == placed && found.size() < count) found.push_back({registration, person});
        return found;
    }
    std::vector<StatementPlace> names_with_document(const Blind& key, std::size_t count) override {
        return names(count, [&](const RegistrationRow& row) { return row.document == key; });
    }
    std::vector<StatementPlace> names_with_phone(const Blind& key, std::size_t count) override {
        return names(count, [&](const RegistrationRow& row) { return row.phone == key; });
    }
    std::size_t count_with_name(const Blind& name, std::size_t most) override {
        return std::min(most, rows_where(shelf.registrations, [&](const auto& row) { return row.name == name; }).size());
    }
    void put(const ReviewRow& row) override {
        require(row.a < row.b);
        if (row.kind == ReviewKind::conflict) ++conflict_changes_;
        shelf.reviews.insert_or_assign({row.a, row.b}, row);
    }
    std::optional<ReviewRow> review(const Blind& id) override {
        const auto rows = rows_where(shelf.reviews, [&](const auto& row) { return row.id == id; });
        return rows.empty() ? std::nullopt : std::optional(rows.front());
    }
    std::optional<ReviewRow> review_of(RegistrationId a, RegistrationId b) override { return find(shelf.reviews, std::pair(std::min(a, b), std::max(a, b))); }
    std::vector<ReviewRow> reviews(ReviewState state) override {
        return rows_where(shelf.reviews, [&](const auto& row) { return row.state == state; });
    }
    std::vector<ReviewRow> reviews_with(RegistrationId one) override {
        return rows_where(shelf.reviews, [&](const auto& row) { return row.a == one || row.b == one; });
    }
    std::vector<std::pair<RegistrationId, RegistrationId>> open_conflicts() override {
        std::vector<std::pair<RegistrationId, RegistrationId>> pairs;
        for (const auto& row : reviews(ReviewState::open))
            if (row.kind == ReviewKind::conflict && shelf.registrations.at(row.a).document && shelf.registrations.at(row.a).document == shelf.registrations.at(row.b).document)
                pairs.emplace_back(row.a, row.b);
        return pairs;
    }
    std::uint64_t conflict_changes() const override { return conflict_changes_; }
    std::uint64_t conflict_changes_ = 0;
    void put(const VerificationRow& row) override {
        require(shelf.registrations.contains(row.registration));
        shelf.verifications.emplace(row.registration, row);
    }
    std::optional<VerificationRow> verification(RegistrationId of) override { return find(shelf.verifications, of); }
    std::vector<VerificationRow> verifications() override { return rows_of(shelf.verifications); }
    template <class Fits>
    std::vector<StatementPlace> names(std::size_t count, const Fits& fits) const {
        std::map<Blind, StatementPlace> by_name;
        for (const auto& [id, row] : shelf.registrations)
            if (fits(row)) by_name.try_emplace(row.name, StatementPlace{id, row.person});
        std::vector<StatementPlace> found;
        for (const auto& [name, place] : by_name)
            if (found.size() < count) found.push_back(place);
        return found;
    }
    Shelf& shelf;
};

struct Sites final : SiteBook {
    explicit Sites(Shelf& s) : shelf(s) {}
    void put(const DivisionRow& row) override { shelf.divisions.insert_or_assign({row.code.number, row.code.digits}, row); }
    void put(const SiteRow& row) override { shelf.sites.insert_or_assign(row.id, row); }
    std::vector<DivisionRow> divisions() override { return rows_of(shelf.divisions); }
    std::vector<SiteRow> sites() override { return rows_of(shelf.sites); }
    domain::SiteId last_site() override { return largest(shelf.sites, shelf.floors.site); }
    void put(const OfficeWord& word) override { shelf.office.insert_or_assign(word.word, word); }
    std::vector<OfficeWord> office() override { return rows_of(shelf.office); }
    Shelf& shelf;
};

struct Staff final : StaffBook {
    explicit Staff(Shelf& s) : shelf(s) {}
    void put(const OperatorRow& row) override {
        for (const auto& [id, other] : shelf.operators) require(id == row.id || other.login != row.login);
        shelf.operators.insert_or_assign(row.id, row);
    }
    void put(const SessionRow& row) override {
        require(shelf.operators.contains(row.operator_id));
        shelf.sessions.insert_or_assign(row.token, row);
    }
    void touch(const SessionRow& row) override {
        const auto found = shelf.sessions.find(row.token);
        if (found == shelf.sessions.end()) return;
        found->second.confirmed = row.confirmed;
        found->second.last_seen = row.last_seen;
    }
    void end_session(const Blind& token) override { shelf.sessions.erase(token); }
    void end_sessions_before(Instant created) override {
        std::erase_if(shelf.sessions, [&](const auto& entry) { return entry.second.created < created; });
    }
    void end_sessions_of(domain::OperatorId id, const Blind& kept) override {
        std::erase_if(shelf.sessions, [&](const auto& entry) { return entry.second.operator_id == id && entry.first != kept; });
    }
    std::vector<OperatorRow> operators() override { return rows_of(shelf.operators); }
    std::vector<SessionRow> sessions() override { return rows_of(shelf.sessions); }
    domain::OperatorId last_operator() override { return largest(shelf.operators, shelf.floors.operator_id); }
    Shelf& shelf;
};

struct Cases final : Desk {
    explicit Cases(Shelf& s) : shelf(s) {}
    void put(const CaseRow& row) override { shelf.cases.insert_or_assign(row.number, row); }
    std::optional<CaseRow> find_case(std::string_view number) override { return find(shelf.cases, number); }
    std::vector<CaseRow> cases() override {
        auto rows = rows_of(shelf.cases);
        std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.at > b.at; });
        return rows;
    }
    void append(const QuestionRow& given) override {
        require(!find_question(given.id));
        auto row = given;
        row.number = largest(shelf.questions) + 1;
        shelf.questions.emplace(row.number, row);
    }
    void ask_again(const Blind& id, Instant at) override {
        for (auto& [number, row] : shelf.questions) {
            if (row.id != id) continue;
            row.asked_last = std::max(row.asked_last, at);
            ++row.times;
        }
    }
    void keep_questions(std::string_view case_number, std::size_t count, std::uint64_t bytes) override {
        auto rows = questions(case_number, 0, shelf.questions.size());
        std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.asked_last > b.asked_last; });
        std::uint64_t total = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto& row = shelf.questions.at(rows[i].number);
            total += row.question.size() + row.people.size();
            if (i > 0 && (i >= count || total > bytes)) count = 0;   // what is older goes too
            if (i > 0 && count == 0) shelf.questions.erase(rows[i].number);
        }
    }
    std::optional<QuestionRow> find_question(const Blind& id) override {
        const auto rows = rows_where(shelf.questions, [&](const auto& row) { return row.id == id; });
        return rows.empty() ? std::nullopt : std::optional(rows.front());
    }
    std::optional<QuestionRow> latest_question(std::string_view case_number, const Blind& key) override {
        for (auto& row : questions(case_number, 0, shelf.questions.size()))
            if (row.key == key) return row;
        return std::nullopt;
    }
    std::vector<QuestionRow> questions(std::string_view case_number, std::uint64_t before, std::size_t count) override {
        auto rows = rows_where(shelf.questions, [&](const auto& row) { return row.case_number == case_number && (before == 0 || row.number < before); });
        std::reverse(rows.begin(), rows.end());
        if (rows.size() > count) rows.resize(count);
        for (auto& row : rows) row.people.clear();
        return rows;
    }
    std::uint64_t append(const MarkRow& given) override {
        auto row = given;
        row.number = largest(shelf.marks) + 1;
        shelf.marks.emplace(row.number, row);
        return row.number;
    }
    std::vector<LatestMark> latest_marks(std::string_view case_number) override {
        std::map<RegistrationId, LatestMark> latest;
        for (const auto& [number, row] : shelf.marks)
            if (row.case_number == case_number) latest[row.statement] = {number, row.statement, row.state, row.assigned, latest[row.statement].count + 1};
        return rows_of(latest);
    }
    std::vector<MarkRow> marks_of(std::string_view case_number, RegistrationId statement) override {
        return rows_where(shelf.marks, [&](const auto& row) { return row.case_number == case_number && row.statement == statement; });
    }
    std::optional<MarkRow> latest_mark(std::string_view case_number, RegistrationId statement) override {
        const auto rows = marks_of(case_number, statement);
        return rows.empty() ? std::nullopt : std::optional(rows.back());
    }
    std::uint64_t count_marks(std::string_view case_number) override {
        return rows_where(shelf.marks, [&](const auto& row) { return row.case_number == case_number; }).size();
    }
    void append(const ToldVisitRow& row) override {
        for (const auto& held : shelf.told_visits)
            if (held.id == row.id) throw StoreError(StoreError::Kind::corrupt, "an id is given out once");
        shelf.told_visits.push_back(row);
    }
    void withdraw_visit(const Blind& id, domain::Instant at, domain::OperatorId by) override {
        for (auto& row : shelf.told_visits)
            if (row.id == id && row.withdrawn.s == 0) row.withdrawn = at, row.withdrawn_by = by;
    }
    std::vector<ToldVisitRow> told_visits(std::string_view case_number) override {
        std::vector<ToldVisitRow> rows;
        for (const auto& row : shelf.told_visits)
            if (row.case_number == case_number) rows.push_back(row);
        return rows;
    }
    Shelf& shelf;
};

struct Forms final : FormBook {
    explicit Forms(Shelf& s) : shelf(s) {}
    void put(const FormRow& row) override { shelf.forms.insert_or_assign(row.id, row); }
    bool remove(const std::array<std::uint8_t, 8>& id) override { return shelf.forms.erase(id) > 0; }
    std::size_t count() override { return shelf.forms.size(); }
    std::vector<FormRow> forms() override {
        auto rows = rows_of(shelf.forms);
        std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
        for (auto& row : rows) row.file.clear();
        return rows;
    }
    std::optional<FormRow> find(const std::array<std::uint8_t, 8>& id) override {
        const auto found = shelf.forms.find(id);   // the name of the other find is hidden here
        return found == shelf.forms.end() ? std::nullopt : std::optional(found->second);
    }
    void put_mapping(const Blind& header, Instant, std::string_view columns) override { shelf.mappings.insert_or_assign(header, std::string(columns)); }
    std::optional<std::string> mapping(const Blind& header) override {
        const auto found = shelf.mappings.find(header);
        return found == shelf.mappings.end() ? std::nullopt : std::optional(found->second);
    }
    Shelf& shelf;
};

struct Audit final : AuditLog {
    explicit Audit(Shelf& s) : shelf(s) {}
    void append(const AuditRow& row) override { insert_new(shelf.audit, row.seq, row); }
    std::optional<AuditRow> last() override { return find(shelf.audit, largest(shelf.audit)); }
    std::vector<AuditRow> read(std::uint64_t from, std::uint32_t count) override {
        auto rows = rows_where(shelf.audit, [&](const auto& row) { return row.seq >= from; });
        if (rows.size() > count) rows.resize(count);
        return rows;
    }
    std::vector<AuditRow> read_back(std::uint64_t before, std::uint32_t count) override {
        auto rows = rows_where(shelf.audit, [&](const auto& row) { return before == 0 || row.seq < before; });
        std::reverse(rows.begin(), rows.end());
        if (rows.size() > count) rows.resize(count);
        return rows;
    }
    std::optional<AuditRow> last_of(std::string_view action, std::uint64_t after) override {
        const auto rows = rows_where(shelf.audit, [&](const auto& row) { return row.seq > after && row.action == action; });
        return rows.empty() ? std::nullopt : std::optional(rows.back());
    }
    std::vector<AuditRow> about(const Blind& subject, std::uint32_t count) override {
        auto rows = rows_where(shelf.audit, [&](const auto& row) {
            return std::find(row.subjects.begin(), row.subjects.end(), subject) != row.subjects.end();
        });
        std::reverse(rows.begin(), rows.end());
        if (rows.size() > count) rows.resize(count);
        return rows;
    }
    Shelf& shelf;
};

struct Ledger final : LedgerBook {
    explicit Ledger(Shelf& sh) : shelf(sh) {}
    std::uint64_t append(const LedgerListRow& row) override { return numbered(shelf.ledger_lists, row); }
    void decide(std::uint64_t list, ListState state, domain::OperatorId by, domain::Instant at) override {
        ++shelf.ledger_changes;
        auto& row = shelf.ledger_lists.at(list);
        row.state = state, row.decided_by = by, row.decided = at;
        row.file.clear();
    }
    std::optional<std::uint64_t> append(const LedgerEntryRow& row) override {
        ++shelf.ledger_changes;
        if (!rows_where(shelf.ledger_entries, [&](const auto& held) { return held.list == row.list && held.line == row.line; }).empty()) return std::nullopt;
        return numbered(shelf.ledger_entries, row);
    }
    void append(const LedgerActRow& row) override {
        ++shelf.ledger_changes;
        shelf.ledger_acts.push_back(row);
        shelf.ledger_entries.at(row.entry).state = row.state;
    }
    std::uint64_t append(const AlertRow& row) override { return numbered(shelf.alerts, row); }
    bool close(std::uint64_t alert, domain::OperatorId by, domain::Instant at, const Bytes& note) override {
        const auto found = shelf.alerts.find(alert);
        if (found == shelf.alerts.end() || found->second.closed.s != 0) return false;
        found->second.closed = at, found->second.closed_by = by, found->second.note = note;
        return true;
    }
    std::vector<LedgerListRow> lists() override {
        auto rows = rows_of(shelf.ledger_lists);
        std::reverse(rows.begin(), rows.end());
        for (auto& row : rows) row.file.clear();
        return rows;
    }
    std::optional<LedgerListRow> find_list(std::uint64_t id) override { return find(shelf.ledger_lists, id); }
    std::vector<LedgerEntryRow> entries(std::uint64_t list, std::uint64_t after, std::size_t count) override {
        auto rows = rows_where(shelf.ledger_entries, [&](const auto& row) { return row.list == list && row.id > after; });
        if (rows.size() > count) rows.resize(count);
        return rows;
    }
    std::optional<LedgerEntryRow> find_entry(std::uint64_t id) override { return find(shelf.ledger_entries, id); }
    std::vector<LedgerActRow> acts(std::uint64_t entry) override {
        std::vector<LedgerActRow> rows;
        for (const auto& row : shelf.ledger_acts)
            if (row.entry == entry) rows.push_back(row);
        return rows;
    }
    std::vector<LedgerEntryRow> handed(std::uint64_t after, std::size_t count) override {
        auto rows = rows_where(shelf.ledger_entries, [&](const auto& row) {
            return row.state.division.digits != 0 && row.id > after && shelf.ledger_lists.at(row.list).state == ListState::approved;
        });
        rows.resize(std::min(rows.size(), count));
        return rows;
    }
    std::vector<LedgerEntryRow> in_force() override {
        return rows_where(shelf.ledger_entries, [&](const auto& row) { return !row.state.is_undone && shelf.ledger_lists.at(row.list).state == ListState::approved; });
    }
    std::vector<AlertRow> alerts(bool open_only, std::uint64_t before, std::size_t count) override {
        auto rows = rows_where(shelf.alerts, [&](const auto& row) { return (!open_only || row.closed.s == 0) && (before == 0 || row.id < before); });
        std::reverse(rows.begin(), rows.end());
        if (rows.size() > count) rows.resize(count);
        return rows;
    }
    std::optional<AlertRow> find_alert(std::uint64_t id) override { return find(shelf.alerts, id); }
    std::vector<LedgerStanding> standings() override {
        std::vector<LedgerStanding> rows;
        for (const auto& entry : in_force()) {
            const auto& list = shelf.ledger_lists.at(entry.list);
            LedgerStanding row{entry.registration, entry.state.division.digits != 0 ? entry.state.division : list.scope, list.decided, {}, entry.state};
            for (const auto& act : shelf.ledger_acts)
                if (act.entry == entry.id && act.state.outcome != domain::Outcome::open && entry.state.outcome != domain::Outcome::open && (row.checked.s == 0 || act.at < row.checked))
                    row.checked = act.at;
            rows.push_back(row);
        }
        return rows;
    }
    std::uint64_t changes() const override { return shelf.ledger_changes; }
    template <class Row>
    static std::uint64_t numbered(std::map<std::uint64_t, Row>& rows, Row row) {
        row.id = rows.empty() ? 1 : rows.rbegin()->first + 1;
        return rows.emplace(row.id, row).first->first;
    }
    Shelf& shelf;
};

struct Retention final : RetentionBook {
    explicit Retention(Shelf& s) : shelf(s) {}
    void put(const ForgottenDay& row) override { shelf.forgotten[row.day] = row; }
    void remove(domain::Day day) override {
        if (shelf.forgotten.contains(day) && shelf.forgotten[day].scans == 0) shelf.forgotten.erase(day);
    }
    void put(const ForgettingRun& run) override { shelf.forgetting = run; }
    std::uint64_t remove_scans(domain::Interval day, ScanSeq first, ScanSeq last) override {
        shelf.floors.scan = std::max(shelf.floors.scan, largest(shelf.scans).value);
        return std::erase_if(shelf.scans, [&](const auto& entry) {
            const auto& [seq, row] = entry;
            if (seq < first || last < seq || row.at < day.from || row.at >= day.to) return false;
            shelf.voids.erase(seq);
            shelf.staff.erase(seq);
            std::erase_if(shelf.readings, [of = seq](const ReadingRow& reading) { return reading.scan == of; });
            return true;
        });
    }
    std::vector<ForgottenDay> days() override { return rows_of(shelf.forgotten); }
    std::optional<ForgettingRun> last_run() override { return shelf.forgetting; }
    ScanStretch find_scans(domain::Interval day, ScanSeq after, std::size_t count) override {
        ScanStretch stretch;
        for (const auto& [seq, row] : shelf.scans) {
            if (seq <= after || stretch.count == count) continue;
            stretch.upto = seq;
            if (row.at < day.from || row.at >= day.to) continue;
            if (stretch.count++ == 0) stretch.first = seq;
            stretch.last = seq;
        }
        return stretch;
    }
    void put(const EndedCount& row) override { shelf.ended.counts[row.kind] = row; }
    std::vector<EndedCount> ended_counts() override { return rows_of(shelf.ended.counts); }
    void note_case_ends(Instant now) override {
        for (const auto& [number, row] : shelf.cases) {
            if (row.state == CaseState::closed || (row.expires && *row.expires <= now)) shelf.ended.case_ends.emplace(number, now);
            else shelf.ended.case_ends.erase(number);
        }
    }
    std::uint64_t count_ended(EndedKind kind, domain::Interval ended) override { return take_ended(kind, ended, ~std::size_t{0}, false); }
    std::uint64_t remove_ended(EndedKind kind, domain::Interval ended, std::size_t count) override { return take_ended(kind, ended, count, true); }
    std::uint64_t count_all(EndedKind kind) override {
        if (kind == EndedKind::person) return shelf.registrations.size();
        if (kind == EndedKind::audit_line) return shelf.audit.size();
        if (kind == EndedKind::case_paper) return shelf.questions.size() + shelf.marks.size() + shelf.told_visits.size();
        if (kind == EndedKind::vehicle_check) return shelf.tally.checks.size();
        if (kind == EndedKind::outing) return shelf.of_sites.outings.size();
        if (kind == EndedKind::alert) return shelf.alerts.size();
        if (kind == EndedKind::record) return shelf.registers.records.size();
        return kind == EndedKind::ledger_entry ? shelf.ledger_entries.size() : shelf.ledger_lists.size();
    }
    std::uint64_t take_ended(EndedKind kind, domain::Interval ended, std::size_t count, bool goes) {
        const auto is_ended = [&](Instant at) { return ended.from <= at && at < ended.to; };
        const auto is_of_ended = [&](const std::string& number) { return shelf.ended.case_ends.contains(number) && is_ended(shelf.ended.case_ends.at(number)); };
        if (kind == EndedKind::vehicle_check) return take_where(shelf.tally.checks, count, goes, [&](const auto& row) { return is_ended(row.at); });
        if (kind == EndedKind::outing) return take_where(shelf.of_sites.outings, count, goes, [&](const auto& row) { return is_ended({row.day.number * std::int64_t{86'400}}); });
        if (kind == EndedKind::alert) return take_where(shelf.alerts, count, goes, [&](const auto& row) { return is_ended(row.at); });
        if (kind == EndedKind::record) return take_where(shelf.registers.records, count, goes, [&](const auto& row) {
            const bool takes = row.closed.s != 0 && is_ended(row.closed);
            if (takes && goes) std::erase_if(shelf.registers.steps, [&](const StepRow& step) { return step.record == row.id; });
            return takes;
        });
        if (kind == EndedKind::ledger_entry) return take_where(shelf.ledger_entries, count, goes, [&](const auto& row) {
            auto end = row.state.until;
            if (row.state.is_undone)
                for (const auto& act : shelf.ledger_acts)
                    if (act.entry == row.id) end = act.at;
            if (is_ended(end) && goes) std::erase_if(shelf.ledger_acts, [&](const LedgerActRow& act) { return act.entry == row.id; });
            return is_ended(end);
        });
        if (kind == EndedKind::ledger_list) return take_where(shelf.ledger_lists, count, goes, [&](const auto& row) {
            return is_ended(row.until) && std::none_of(shelf.ledger_entries.begin(), shelf.ledger_entries.end(), [&](const auto& entry) { return entry.second.list == row.id; });
        });
        auto taken = take_where(shelf.questions, count, goes, [&](const auto& row) { return is_of_ended(row.case_number); });
        taken += take_where(shelf.marks, count - taken, goes, [&](const auto& row) { return is_of_ended(row.case_number); });
        return taken + take_where(shelf.told_visits, count - taken, goes, [&](const auto& row) { return is_of_ended(row.case_number); });
    }
    std::vector<RegistrationId> needed_statements(Instant now) override {
        std::set<RegistrationId> needed;
        for (const auto& [id, row] : shelf.ledger_entries) needed.insert(row.registration);
        for (const auto& [id, row] : shelf.registers.records)
            if (!row.registration.is_none()) needed.insert(row.registration);
        for (const auto& [id, row] : shelf.marks) needed.insert(row.statement);
        for (const auto& [one, roster] : shelf.ended.on_roster)
            if (shelf.ended.rosters.at(roster).until > now) needed.insert(one);
        return {needed.begin(), needed.end()};
    }
    bool remove_people(const GoingPeople& people, Instant now) override {
        const auto needed = needed_statements(now);
        for (const auto one : people.registrations)
            if (std::binary_search(needed.begin(), needed.end(), one)) return false;
        const auto goes = [&](RegistrationId one) { return std::find(people.registrations.begin(), people.registrations.end(), one) != people.registrations.end(); };
        shelf.floors.registration = std::max(shelf.floors.registration, largest(shelf.registrations).value);
        for (const auto person : people.persons) shelf.floors.person = std::max<std::uint64_t>(shelf.floors.person, person.value);
        std::erase_if(shelf.link_keys, [&](const auto& key) { return goes(std::get<2>(key)); });
        std::erase_if(shelf.reviews, [&](const auto& entry) { return goes(entry.first.first) || goes(entry.first.second); });
        std::erase_if(shelf.refs, [&](const auto& entry) { return goes(entry.second); });
        for (const auto one : people.registrations) shelf.verifications.erase(one), shelf.revoked.erase(one), shelf.ended.on_roster.erase(one), shelf.registrations.erase(one);
        for (const auto seq : people.events) {
            shelf.floors.person_event = std::max(shelf.floors.person_event, seq);
            std::erase_if(shelf.events, [&](const PersonEvent& event) { return event.seq == seq; });
        }
        return true;
    }
    std::optional<AuditAnchor> audit_anchor() override { return shelf.ended.anchor; }
    void cut_audit(const AuditAnchor& anchor) override {
        shelf.ended.anchor = anchor;
        std::erase_if(shelf.audit, [&](const auto& entry) { return entry.first <= anchor.seq; });
    }
    std::uint64_t append(const RosterRow& row) override {
        auto numbered = row;
        numbered.id = shelf.ended.rosters.size() + 1;
        shelf.ended.rosters[numbered.id] = numbered;
        return numbered.id;
    }
    void put_on_roster(RegistrationId one, std::uint64_t roster) override { shelf.ended.on_roster[one] = roster; }
    std::vector<std::pair<RosterRow, std::uint64_t>> rosters(Instant now) override {
        std::vector<std::pair<RosterRow, std::uint64_t>> rows;
        for (const auto& [id, row] : shelf.ended.rosters) {
            const auto count = std::count_if(shelf.ended.on_roster.begin(), shelf.ended.on_roster.end(), [of = id](const auto& entry) { return entry.second == of; });
            if (row.until > now || count > 0) rows.emplace_back(row, static_cast<std::uint64_t>(count));
        }
        return rows;
    }
    Shelf& shelf;
};

class MemoryConnection final : public Connection {
public:
    explicit MemoryConnection(Shelf& shelf) : shelf_(shelf) {}
    ScanLog& scans() override { return scans_; }
    Registry& registry() override { return people_; }
    LinkBook& links() override { return links_; }
    SiteBook& sites() override { return sites_; }
    StaffBook& staff() override { return staff_; }
    Desk& desk() override { return cases_; }
    FormBook& forms() override { return forms_; }
    LedgerBook& ledger() override { return ledger_; }
    RegisterBook& registers() override { return registers_; }
    TallyBook& tally() override { return tally_; }
    ReportBook& reports() override { return reports_; }
    CameraBook& cameras() override { return cameras_; }
    OutingBook& outings() override { return outings_; }
    RetentionBook& retention() override { return retention_; }
    AuditLog& audit() override { return audit_; }
    bool attempt(const std::function<bool()>& body) override {
        Shelf before = shelf_;
        try {
            if (body()) return true;
        } catch (...) {
            shelf_ = std::move(before);
            throw;
        }
        shelf_ = std::move(before);
        return false;
    }
    Census census() override {
        Census census;
        census.scans = shelf_.scans.size();
        census.voids = shelf_.voids.size();
        census.registrations = shelf_.registrations.size();
        census.sites = shelf_.sites.size();
        census.operators = shelf_.operators.size();
        census.cases = shelf_.cases.size();
        census.audit = shelf_.audit.size();
        if (const auto last = audit_.last()) {
            census.audit_last = last->seq;
            census.audit_head = last->chain;
        }
        census.last = {scans_.last().value, people_.last_registration().value, people_.last_person().value, people_.last_event(),
                       people_.last_vehicle().value, sites_.last_site().value, staff_.last_operator().value};
        return census;
    }
    void skip_to(const Sequences& floors) override {
        auto& held = shelf_.floors;
        held = {std::max(held.scan, floors.scan), std::max(held.registration, floors.registration), std::max(held.person, floors.person),
                std::max(held.person_event, floors.person_event), std::max(held.vehicle, floors.vehicle), std::max(held.site, floors.site),
                std::max(held.operator_id, floors.operator_id)};
    }

private:
    Shelf& shelf_;
    Scans scans_{shelf_};
    People people_{shelf_};
    Links links_{shelf_};
    Sites sites_{shelf_};
    Staff staff_{shelf_};
    Cases cases_{shelf_};
    Forms forms_{shelf_};
    Ledger ledger_{shelf_};
    MemoryRegisters registers_{shelf_.registers};
    MemoryTally tally_{shelf_.tally};
    testing::MemoryReports reports_{shelf_.of_sites};
    testing::MemoryCameras cameras_{shelf_.of_sites};
    testing::MemoryOutings outings_{shelf_.of_sites};
    Retention retention_{shelf_};
    Audit audit_{shelf_};
};

class MemoryStore final : public Store {
public:
    void write(const std::function<void(Connection&)>& body) override {
        Shelf working = committed_;
        MemoryConnection connection(working);
        body(connection);
        committed_ = std::move(working);
    }
    std::unique_ptr<Connection> reader() override { return std::make_unique<MemoryConnection>(committed_); }
    void checkpoint() override {}
    std::optional<Census> copy_to(const std::string&, const GoOn&) override {
        throw StoreError(StoreError::Kind::other, "values have no file");
    }
    std::vector<std::string> check() override { return {}; }

private:
    Shelf committed_;
};

}  // namespace

std::unique_ptr<Store> make_memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace chayan::storage
