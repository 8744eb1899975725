// SPDX-License-Identifier: Apache-2.0
// The ports over one Database; one object of each for each connection. One thread. Those whose rows the high-water mark counts
// note in `reached` how far they came.
#pragma once

#include "storage/sqlite/database.hpp"
#include "storage/sqlite/high_water.hpp"
#include "storage/ledger.hpp"
#include "storage/store.hpp"

namespace chayan::storage::sqlite {

class SqliteScanLog final : public ScanLog {
public:
    SqliteScanLog(Database& database, Mark& reached) : database_(database), reached_(reached) {}
    void append(std::span<const ScanRow> rows) override;
    void append_void(const VoidRow& row) override;
    void append_staff(domain::ScanSeq scan, domain::OperatorId by) override;
    void read(domain::ScanSeq after, domain::ScanSeq upto, const std::function<bool(std::span<const ScanRow>)>& take) override;
    std::vector<VoidRow> voids() override;
    std::vector<ScanRow> find_recent(domain::SiteId site, domain::Instant at, domain::Direction direction, domain::Instant received_since) override;
    std::optional<domain::OperatorId> staff_of(domain::ScanSeq scan) override;
    std::vector<ScanRow> of_site(domain::SiteId site, domain::Instant received_since) override;
    void append_reading(const ReadingRow& row) override;
    std::vector<ReadingRow> readings_of(domain::ScanSeq scan) override;
    ReceivedScans received(domain::ScanSeq after, domain::Instant since) override;
    domain::ScanSeq last() override;

private:
    /// The first row that is not among the thousands that end at `upto`; 0: all are.
    std::uint64_t stretch_below(std::uint64_t upto);
    bool is_older(std::uint64_t after, std::uint64_t upto, domain::Instant received_since);
    Database& database_;
    Mark& reached_;
};

class SqliteRegistry final : public Registry {
public:
    SqliteRegistry(Database& database, Mark& reached) : database_(database), reached_(reached) {}
    void append(const RegistrationRow& row) override;
    std::uint64_t append(const PersonEvent& event) override;
    void append(const VehicleRow& row) override;
    void put_roster_ref(const Blind& ref, domain::RegistrationId registration) override;
    void revoke(const Revocation& row) override;
    std::optional<RegistrationRow> registration(domain::RegistrationId id) override;
    std::vector<RegistrationRow> with_document(const Blind& document) override;
    std::vector<RegistrationRow> with_phone(const Blind& phone) override;
    std::vector<RegistrationRow> with_name(const Blind& name) override;
    std::optional<StatementPlace> next_statement(const StatementQuery& query, const StatementPlace& after) override;
    std::optional<domain::RegistrationId> roster_ref(const Blind& ref) override;
    std::optional<VehicleRow> vehicle(const Blind& plate) override;
    void read_placements(const std::function<void(std::span<const Placement>)>& take) override;
    void read_registrations(const std::function<void(std::span<const RegistrationRow>)>& take) override;
    void read_vehicles(const std::function<void(const VehicleRow&)>& take) override;
    std::vector<PersonEvent> person_events() override;
    std::optional<PersonEvent> person_event(std::uint64_t seq) override;
    std::vector<Revocation> revocations() override;
    domain::RegistrationId last_registration() override;
    domain::PersonNo last_person() override;
    domain::VehicleId last_vehicle() override;

private:
    Database& database_;
    Mark& reached_;
};

class SqliteLinkBook final : public LinkBook {
public:
    explicit SqliteLinkBook(Database& database) : database_(database) {}
    void append(const LinkKey& key, const StatementPlace& place) override;
    bool has_keys() override;
    std::vector<StatementPlace> with_key(const LinkKey& key, std::size_t count) override;
    std::vector<StatementPlace> placed_with_key(const LinkKey& key, domain::PersonNo person, std::size_t count) override;
    std::vector<StatementPlace> names_with_document(const Blind& document, std::size_t count) override;
    std::vector<StatementPlace> names_with_phone(const Blind& phone, std::size_t count) override;
    std::size_t count_with_name(const Blind& name, std::size_t most) override;
    void put(const ReviewRow& row) override;
    std::optional<ReviewRow> review(const Blind& id) override;
    std::optional<ReviewRow> review_of(domain::RegistrationId a, domain::RegistrationId b) override;
    std::vector<ReviewRow> reviews(ReviewState state) override;
    std::vector<ReviewRow> reviews_with(domain::RegistrationId one) override;
    std::vector<std::pair<domain::RegistrationId, domain::RegistrationId>> open_conflicts() override;
    std::uint64_t conflict_changes() const override { return conflict_changes_; }
    void put(const VerificationRow& row) override;
    std::optional<VerificationRow> verification(domain::RegistrationId of) override;
    std::vector<VerificationRow> verifications() override;

private:
    Database& database_;
    std::uint64_t conflict_changes_ = 0;
};

class SqliteSiteBook final : public SiteBook {
public:
    explicit SqliteSiteBook(Database& database) : database_(database) {}
    void put(const DivisionRow& row) override;
    void put(const SiteRow& row) override;
    std::vector<DivisionRow> divisions() override;
    std::vector<SiteRow> sites() override;
    domain::SiteId last_site() override;
    void put(const OfficeWord& word) override;
    std::vector<OfficeWord> office() override;

private:
    Database& database_;
};

class SqliteStaffBook final : public StaffBook {
public:
    explicit SqliteStaffBook(Database& database) : database_(database) {}
    void put(const OperatorRow& row) override;
    void put(const SessionRow& row) override;
    void touch(const SessionRow& row) override;
    void end_session(const Blind& token) override;
    void end_sessions_before(domain::Instant created) override;
    void end_sessions_of(domain::OperatorId operator_id, const Blind& kept) override;
    std::vector<OperatorRow> operators() override;
    std::vector<SessionRow> sessions() override;
    domain::OperatorId last_operator() override;

private:
    Database& database_;
};

class SqliteDesk final : public Desk {
public:
    explicit SqliteDesk(Database& database) : database_(database) {}
    void put(const CaseRow& row) override;
    std::optional<CaseRow> find_case(std::string_view number) override;
    std::vector<CaseRow> cases() override;
    void append(const QuestionRow& row) override;
    void ask_again(const Blind& id, domain::Instant at) override;
    void keep_questions(std::string_view case_number, std::size_t count, std::uint64_t bytes) override;
    std::optional<QuestionRow> find_question(const Blind& id) override;
    std::optional<QuestionRow> latest_question(std::string_view case_number, const Blind& key) override;
    std::vector<QuestionRow> questions(std::string_view case_number, std::uint64_t before, std::size_t count) override;
    std::uint64_t append(const MarkRow& row) override;
    std::vector<LatestMark> latest_marks(std::string_view case_number) override;
    std::vector<MarkRow> marks_of(std::string_view case_number, domain::RegistrationId statement) override;
    std::optional<MarkRow> latest_mark(std::string_view case_number, domain::RegistrationId statement) override;
    std::uint64_t count_marks(std::string_view case_number) override;
    void append(const ToldVisitRow& row) override;
    void withdraw_visit(const Blind& id, domain::Instant at, domain::OperatorId by) override;
    std::vector<ToldVisitRow> told_visits(std::string_view case_number) override;

private:
    Database& database_;
};

class SqliteFormBook final : public FormBook {
public:
    explicit SqliteFormBook(Database& database) : database_(database) {}
    void put(const FormRow& row) override;
    bool remove(const std::array<std::uint8_t, 8>& id) override;
    std::size_t count() override;
    std::vector<FormRow> forms() override;
    std::optional<FormRow> find(const std::array<std::uint8_t, 8>& id) override;
    void put_mapping(const Blind& header, domain::Instant at, std::string_view columns) override;
    std::optional<std::string> mapping(const Blind& header) override;

private:
    Database& database_;
};

class SqliteAuditLog final : public AuditLog {
public:
    SqliteAuditLog(Database& database, Mark& reached) : database_(database), reached_(reached) {}
    void append(const AuditRow& row) override;
    std::optional<AuditRow> last() override;
    std::vector<AuditRow> read(std::uint64_t from, std::uint32_t count) override;
    std::vector<AuditRow> read_back(std::uint64_t before, std::uint32_t count) override;
    std::vector<AuditRow> about(const Blind& subject, std::uint32_t count) override;
    std::optional<AuditRow> last_of(std::string_view action, std::uint64_t after) override;

private:
    Database& database_;
    Mark& reached_;
};

/// The largest number ever given to an event, also after a restore.
std::uint64_t last_person_event(Database& database);

/// The next number of a table whose rows may go: none is given out twice.
std::uint64_t next_number(Database& database, const char* table);

/// Seconds of an optional moment, to bind.
inline std::optional<std::int64_t> seconds(const std::optional<domain::Instant>& at) {
    return at ? std::optional(at->s) : std::nullopt;
}
inline std::optional<domain::Instant> instant(const Statement& statement, int column) {
    return statement.is_null(column) ? std::nullopt : std::optional(domain::Instant{statement.integer(column)});
}
inline domain::DivisionCode division(const Statement& statement, int code, int digits) {
    return {static_cast<std::uint64_t>(statement.integer(code)), static_cast<std::uint8_t>(statement.integer(digits))};
}

class SqliteLedgerBook final : public LedgerBook {
public:
    explicit SqliteLedgerBook(Database& database) : database_(database) {}
    std::uint64_t append(const LedgerListRow& row) override;
    void decide(std::uint64_t list, ListState state, domain::OperatorId by, domain::Instant at) override;
    std::optional<std::uint64_t> append(const LedgerEntryRow& row) override;
    void append(const LedgerActRow& row) override;
    std::uint64_t append(const AlertRow& row) override;
    bool close(std::uint64_t alert, domain::OperatorId by, domain::Instant at, const Bytes& note) override;
    std::vector<LedgerListRow> lists() override;
    std::optional<LedgerListRow> find_list(std::uint64_t id) override;
    std::vector<LedgerEntryRow> entries(std::uint64_t list, std::uint64_t after, std::size_t count) override;
    std::optional<LedgerEntryRow> find_entry(std::uint64_t id) override;
    std::vector<LedgerActRow> acts(std::uint64_t entry) override;
    std::vector<LedgerEntryRow> handed(std::uint64_t after, std::size_t count) override;
    std::vector<LedgerEntryRow> in_force() override;
    std::vector<LedgerStanding> standings() override;
    std::vector<AlertRow> alerts(bool open_only, std::uint64_t before, std::size_t count) override;
    std::optional<AlertRow> find_alert(std::uint64_t id) override;
    std::uint64_t changes() const override { return changes_; }

private:
    Database& database_;
    std::uint64_t changes_ = 0;
};

}  // namespace chayan::storage::sqlite
