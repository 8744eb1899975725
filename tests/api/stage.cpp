// SPDX-License-Identifier: Apache-2.0
#include "api/stage.hpp"
#include "service/key_files.hpp"
#include "service/follow_up.hpp"
#include "service/forms.hpp"
#include "service/narratives.hpp"
#include "service/alert_bell.hpp"
#include "service/brief.hpp"
#include "service/day_counts.hpp"
#include "service/retention_view.hpp"
#include "service/camera_desk.hpp"
#include "service/ledger_desk.hpp"
#include "service/outings.hpp"
#include "service/report_desk.hpp"
#include "service/office.hpp"
#include "service/posters.hpp"
#include "service/register_desk.hpp"
#include "service/site_desk.hpp"
#include "service/gate_desk.hpp"
#include "service/status.hpp"
#include "service/throttle.hpp"
#include "service/vehicles.hpp"
#include "service/verifications.hpp"
#include "storage/memory_registers.hpp"
#include "storage/outing.hpp"
#include "storage/retention.hpp"
#include "storage/site_camera.hpp"
#include "storage/site_report.hpp"

#include <stdlib.h>

#include <boost/json.hpp>

namespace chayan::api::testing {
namespace {

using storage::Role;

constexpr Role roles[] = {Role::admin, Role::manager, Role::guard, Role::tracer, Role::auditor};
constexpr domain::RegistrationId registered{1};
constexpr domain::SiteId only_site{1};

std::string token_of(Role role) { return "token-of-role-" + std::to_string(static_cast<int>(role)); }
std::string csrf_of(Role role) { return "csrf-of-role-" + std::to_string(static_cast<int>(role)); }

// The books: all but the staff's are empty, and what is written is forgotten.

struct NoScans final : storage::ScanLog {
    void append(std::span<const storage::ScanRow>) override {}
    void append_void(const storage::VoidRow&) override {}
    void append_staff(domain::ScanSeq, domain::OperatorId) override {}
    void read(domain::ScanSeq, domain::ScanSeq, const std::function<bool(std::span<const storage::ScanRow>)>&) override {}
    std::vector<storage::VoidRow> voids() override { return {}; }
    std::vector<storage::ScanRow> of_site(domain::SiteId, domain::Instant) override { return {}; }
    void append_reading(const storage::ReadingRow&) override {}
    std::vector<storage::ReadingRow> readings_of(domain::ScanSeq) override { return {}; }
    std::vector<storage::ScanRow> find_recent(domain::SiteId, domain::Instant, domain::Direction, domain::Instant) override { return {}; }
    std::optional<domain::OperatorId> staff_of(domain::ScanSeq) override { return {}; }
    storage::ReceivedScans received(domain::ScanSeq, domain::Instant) override { return {}; }
    domain::ScanSeq last() override { return {}; }
};

struct NoPeople final : storage::Registry {
    void append(const storage::RegistrationRow&) override {}
    std::uint64_t append(const storage::PersonEvent&) override { return 0; }
    void append(const storage::VehicleRow&) override {}
    void put_roster_ref(const storage::Blind&, domain::RegistrationId) override {}
    void revoke(const storage::Revocation&) override {}
    std::optional<storage::RegistrationRow> registration(domain::RegistrationId) override { return {}; }
    std::vector<storage::RegistrationRow> with_document(const storage::Blind&) override { return {}; }
    std::vector<storage::RegistrationRow> with_phone(const storage::Blind&) override { return {}; }
    std::vector<storage::RegistrationRow> with_name(const storage::Blind&) override { return {}; }
    std::optional<storage::StatementPlace> next_statement(const storage::StatementQuery&, const storage::StatementPlace&) override { return {}; }
    std::optional<domain::RegistrationId> roster_ref(const storage::Blind&) override { return {}; }
    std::optional<storage::VehicleRow> vehicle(const storage::Blind&) override { return {}; }
    void read_vehicles(const std::function<void(const storage::VehicleRow&)>&) override {}
    void read_placements(const std::function<void(std::span<const storage::Placement>)>&) override {}
    void read_registrations(const std::function<void(std::span<const storage::RegistrationRow>)>&) override {}
    std::vector<storage::PersonEvent> person_events() override { return {}; }
    std::optional<storage::PersonEvent> person_event(std::uint64_t) override { return {}; }
    std::vector<storage::Revocation> revocations() override { return {}; }
    domain::RegistrationId last_registration() override { return {}; }
    domain::PersonNo last_person() override { return {}; }
    domain::VehicleId last_vehicle() override { return {}; }
};

struct NoLinks final : storage::LinkBook {
    void append(const storage::LinkKey&, const storage::StatementPlace&) override {}
    bool has_keys() override { return false; }
    std::vector<storage::StatementPlace> with_key(const storage::LinkKey&, std::size_t) override { return {}; }
    std::vector<storage::StatementPlace> placed_with_key(const storage::LinkKey&, domain::PersonNo, std::size_t) override { return {}; }
    std::vector<storage::StatementPlace> names_with_document(const storage::Blind&, std::size_t) override { return {}; }
    std::vector<storage::StatementPlace> names_with_phone(const storage::Blind&, std::size_t) override { return {}; }
    std::size_t count_with_name(const storage::Blind&, std::size_t) override { return 0; }
    void put(const storage::ReviewRow&) override {}
    std::optional<storage::ReviewRow> review(const storage::Blind&) override { return {}; }
    std::optional<storage::ReviewRow> review_of(domain::RegistrationId, domain::RegistrationId) override { return {}; }
    std::vector<storage::ReviewRow> reviews(storage::ReviewState) override { return {}; }
    std::vector<storage::ReviewRow> reviews_with(domain::RegistrationId) override { return {}; }
    std::vector<std::pair<domain::RegistrationId, domain::RegistrationId>> open_conflicts() override { return {}; }
    std::uint64_t conflict_changes() const override { return 0; }
    void put(const storage::VerificationRow&) override {}
    std::optional<storage::VerificationRow> verification(domain::RegistrationId) override { return {}; }
    std::vector<storage::VerificationRow> verifications() override { return {}; }
};

struct NoSites final : storage::SiteBook {
    void put(const storage::DivisionRow&) override {}
    void put(const storage::SiteRow&) override {}
    std::vector<storage::DivisionRow> divisions() override { return {}; }
    std::vector<storage::SiteRow> sites() override { return {}; }
    domain::SiteId last_site() override { return {}; }
    void put(const storage::OfficeWord&) override {}
    std::vector<storage::OfficeWord> office() override { return {}; }
};

struct Staff final : storage::StaffBook {
    std::vector<storage::OperatorRow> known;
    std::vector<storage::SessionRow> open;

    void put(const storage::OperatorRow&) override {}
    void put(const storage::SessionRow&) override {}
    void touch(const storage::SessionRow&) override {}
    void end_session(const storage::Blind&) override {}
    void end_sessions_before(domain::Instant) override {}
    void end_sessions_of(domain::OperatorId, const storage::Blind&) override {}
    std::vector<storage::OperatorRow> operators() override { return known; }
    std::vector<storage::SessionRow> sessions() override { return open; }
    domain::OperatorId last_operator() override { return {}; }
};

struct NoCases final : storage::Desk {
    void put(const storage::CaseRow&) override {}
    std::optional<storage::CaseRow> find_case(std::string_view) override { return {}; }
    std::vector<storage::CaseRow> cases() override { return {}; }
    void append(const storage::QuestionRow&) override {}
    void ask_again(const storage::Blind&, domain::Instant) override {}
    void keep_questions(std::string_view, std::size_t, std::uint64_t) override {}
    std::optional<storage::QuestionRow> find_question(const storage::Blind&) override { return {}; }
    std::optional<storage::QuestionRow> latest_question(std::string_view, const storage::Blind&) override { return {}; }
    std::vector<storage::QuestionRow> questions(std::string_view, std::uint64_t, std::size_t) override { return {}; }
    std::uint64_t append(const storage::MarkRow&) override { return 1; }
    std::vector<storage::LatestMark> latest_marks(std::string_view) override { return {}; }
    std::vector<storage::MarkRow> marks_of(std::string_view, domain::RegistrationId) override { return {}; }
    std::optional<storage::MarkRow> latest_mark(std::string_view, domain::RegistrationId) override { return {}; }
    std::uint64_t count_marks(std::string_view) override { return 0; }
    void append(const storage::ToldVisitRow&) override {}
    void withdraw_visit(const storage::Blind&, domain::Instant, domain::OperatorId) override {}
    std::vector<storage::ToldVisitRow> told_visits(std::string_view) override { return {}; }
};

struct NoForms final : storage::FormBook {
    void put(const storage::FormRow&) override {}
    bool remove(const std::array<std::uint8_t, 8>&) override { return false; }
    std::size_t count() override { return 0; }
    std::vector<storage::FormRow> forms() override { return {}; }
    std::optional<storage::FormRow> find(const std::array<std::uint8_t, 8>&) override { return {}; }
    void put_mapping(const storage::Blind&, domain::Instant, std::string_view) override {}
    std::optional<std::string> mapping(const storage::Blind&) override { return {}; }
};

struct NoAudit final : storage::AuditLog {
    void append(const storage::AuditRow&) override {}
    std::optional<storage::AuditRow> last() override { return {}; }
    std::vector<storage::AuditRow> read(std::uint64_t, std::uint32_t) override { return {}; }
    std::vector<storage::AuditRow> read_back(std::uint64_t, std::uint32_t) override { return {}; }
    std::vector<storage::AuditRow> about(const storage::Blind&, std::uint32_t) override { return {}; }
    std::optional<storage::AuditRow> last_of(std::string_view, std::uint64_t) override { return {}; }
};

struct NoLedger final : storage::LedgerBook {
    std::uint64_t append(const storage::LedgerListRow&) override { return 1; }
    void decide(std::uint64_t, storage::ListState, domain::OperatorId, domain::Instant) override {}
    std::optional<std::uint64_t> append(const storage::LedgerEntryRow&) override { return 1; }
    void append(const storage::LedgerActRow&) override {}
    std::uint64_t append(const storage::AlertRow&) override { return 1; }
    bool close(std::uint64_t, domain::OperatorId, domain::Instant, const storage::Bytes&) override { return false; }
    std::vector<storage::LedgerListRow> lists() override { return {}; }
    std::optional<storage::LedgerListRow> find_list(std::uint64_t) override { return std::nullopt; }
    std::vector<storage::LedgerEntryRow> entries(std::uint64_t, std::uint64_t, std::size_t) override { return {}; }
    std::optional<storage::LedgerEntryRow> find_entry(std::uint64_t) override { return std::nullopt; }
    std::vector<storage::LedgerActRow> acts(std::uint64_t) override { return {}; }
    std::vector<storage::LedgerEntryRow> handed(std::uint64_t, std::size_t) override { return {}; }
    std::vector<storage::LedgerEntryRow> in_force() override { return {}; }
    std::vector<storage::LedgerStanding> standings() override { return {}; }
    std::vector<storage::AlertRow> alerts(bool, std::uint64_t, std::size_t) override { return {}; }
    std::optional<storage::AlertRow> find_alert(std::uint64_t) override { return std::nullopt; }
    std::uint64_t changes() const override { return 0; }
};

struct NoReports final : storage::ReportBook {
    std::uint64_t append(const storage::ReportRow&) override { return 1; }
    std::vector<storage::ReportRow> reports(domain::SiteId, domain::Day) override { return {}; }
    std::vector<storage::ReportRow> reports_of(domain::Day) override { return {}; }
    std::optional<storage::ReportRow> latest(domain::SiteId, domain::Day) override { return std::nullopt; }
    std::vector<storage::ReportRow> reports_after(std::uint64_t, std::size_t) override { return {}; }
};

struct NoCameras final : storage::CameraBook {
    void put(const storage::CameraRow&) override {}
    bool remove(domain::SiteId) override { return false; }
    std::optional<storage::CameraRow> find(domain::SiteId) override { return std::nullopt; }
    std::vector<storage::CameraRow> cameras() override { return {}; }
};

struct NoOutings final : storage::OutingBook {
    std::uint64_t append(const storage::OutingRule&) override { return 1; }
    bool undo(std::uint64_t, domain::OperatorId, domain::Instant) override { return false; }
    std::vector<storage::OutingRule> rules() override { return {}; }
    bool append(const storage::OutingRow&) override { return true; }
    bool except(const storage::Blind&, domain::OperatorId, domain::Instant, const storage::Bytes&) override { return false; }
    std::vector<storage::OutingRow> outings(const storage::Blind&, domain::Day, domain::Day) override { return {}; }
    std::optional<storage::OutingRow> find(const storage::Blind&) override { return std::nullopt; }
    std::vector<storage::OutingRow> outings_after(std::uint64_t, std::size_t) override { return {}; }
};

struct NoRetention final : storage::RetentionBook {
    void put(const storage::ForgottenDay&) override {}
    void remove(domain::Day) override {}
    void put(const storage::ForgettingRun&) override {}
    std::uint64_t remove_scans(domain::Interval, domain::ScanSeq, domain::ScanSeq) override { return 0; }
    std::vector<storage::ForgottenDay> days() override { return {}; }
    std::optional<storage::ForgettingRun> last_run() override { return std::nullopt; }
    storage::ScanStretch find_scans(domain::Interval, domain::ScanSeq, std::size_t) override { return {}; }
    void put(const storage::EndedCount&) override {}
    std::vector<storage::EndedCount> ended_counts() override { return {}; }
    void note_case_ends(domain::Instant) override {}
    std::uint64_t count_ended(storage::EndedKind, domain::Interval) override { return 0; }
    std::uint64_t count_all(storage::EndedKind) override { return 0; }
    std::uint64_t remove_ended(storage::EndedKind, domain::Interval, std::size_t) override { return 0; }
    std::vector<domain::RegistrationId> needed_statements(domain::Instant) override { return {}; }
    bool remove_people(const storage::GoingPeople&, domain::Instant) override { return false; }
    std::optional<storage::AuditAnchor> audit_anchor() override { return std::nullopt; }
    void cut_audit(const storage::AuditAnchor&) override {}
    std::uint64_t append(const storage::RosterRow&) override { return 1; }
    void put_on_roster(domain::RegistrationId, std::uint64_t) override {}
    std::vector<std::pair<storage::RosterRow, std::uint64_t>> rosters(domain::Instant) override { return {}; }
};

struct Books final : storage::Connection {
    NoScans no_scans;
    NoPeople no_people;
    NoLinks no_links;
    NoSites no_sites;
    Staff some_staff;
    NoCases no_cases;
    NoForms no_forms;
    NoLedger no_ledger;
    storage::RegisterShelf register_shelf;
    storage::TallyShelf tally_shelf;
    storage::MemoryRegisters no_registers{register_shelf};
    storage::MemoryTally no_tally{tally_shelf};
    NoReports no_reports;
    NoCameras no_cameras;
    NoOutings no_outings;
    NoRetention no_retention;
    NoAudit no_audit;

    storage::ScanLog& scans() override { return no_scans; }
    storage::Registry& registry() override { return no_people; }
    storage::LinkBook& links() override { return no_links; }
    storage::SiteBook& sites() override { return no_sites; }
    storage::StaffBook& staff() override { return some_staff; }
    storage::Desk& desk() override { return no_cases; }
    storage::FormBook& forms() override { return no_forms; }
    storage::LedgerBook& ledger() override { return no_ledger; }
    storage::RegisterBook& registers() override { return no_registers; }
    storage::TallyBook& tally() override { return no_tally; }
    storage::ReportBook& reports() override { return no_reports; }
    storage::CameraBook& cameras() override { return no_cameras; }
    storage::OutingBook& outings() override { return no_outings; }
    storage::RetentionBook& retention() override { return no_retention; }
    storage::AuditLog& audit() override { return no_audit; }
    bool attempt(const std::function<bool()>& body) override { return body(); }
    storage::Census census() override { return {}; }
    void skip_to(const storage::Sequences&) override {}
};

struct EmptyStore final : storage::Store {
    void write(const std::function<void(storage::Connection&)>& body) override {
        Books books;
        body(books);
    }
    std::unique_ptr<storage::Connection> reader() override { return std::make_unique<Books>(); }
    void checkpoint() override {}
    std::optional<storage::Census> copy_to(const std::string&, const GoOn&) override { return {}; }
    std::vector<std::string> check() override { return {}; }
};

/// Keeps the first word on a call; a job that waits in its lane has none, also when it is dropped there.
struct Sink final : http::ReplySink {
    void send(http::Response response) noexcept override {
        if (outcome.handed_over || outcome.status != 0) return;
        outcome.status = response.status;
        outcome.body = std::move(response.body);
        outcome.headers = std::move(response.headers);
    }
    Outcome outcome;
};

struct Steady final : service::MonotonicClock {
    std::int64_t now = 1;
    std::int64_t now_ns() const override { return now; }
};

/// One person with one registration, whose credential may scan, and one site.
std::shared_ptr<const service::Directory> one_resident() {
    auto people = std::make_shared<domain::People>();
    people->place(registered, {1}, registered);
    auto directory = std::make_shared<service::Directory>();
    directory->people = people;
    storage::SiteRow row;
    row.id = only_site;
    row.ref = "gate";
    row.place = only_site;
    directory->site_rows.grow_to_hold(only_site.value);
    directory->site_rows.edit(only_site.value) = std::make_shared<const storage::SiteRow>(row);
    return directory;
}

std::string made_keys(const std::filesystem::path& path) {
    const auto keys = (path / "keys").string();
    (void)service::key_files::create(keys);
    return keys;
}

}  // namespace

Folder::Folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "chayan-stage-XXXXXX").string();
    CHECK(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
}

Folder::~Folder() {
    std::error_code ignored;   // what stays behind is a temporary folder
    std::filesystem::remove_all(path, ignored);
}

struct Stage::State {
    State() { board.store(one_resident()); }

    Folder folder;
    domain::TimeZone zone = domain::TimeZone::fixed(8 * 3600);
    StoppedClock clock;
    service::Vault vault{made_keys(folder.path), zone};
    EmptyStore store;
    service::DirectoryBoard board;
    std::optional<service::Writer> writer;
    std::optional<service::Ingest> ingest;
    std::optional<service::Registrar> registrar;
    service::Staff staff;
    std::string base_url = "https://localhost";
    std::string time_zone = "Asia/Shanghai";
    std::optional<service::Access> access;
    std::optional<service::Operators> operators;
    std::optional<service::Devices> devices;
    std::optional<service::AuditTrail> audit;
    std::optional<service::CaseDesk> cases;
    std::optional<service::Tracing> tracing;
    std::optional<service::Imports> imports;
    std::optional<service::Residents> residents;
    std::optional<service::Exports> exports;
    std::optional<service::Reveals> reveals;
    std::optional<service::Reviews> reviews;
    std::optional<service::Verifications> verifications;
    std::optional<service::FollowUp> follow_up;
    std::optional<service::Forms> forms;
    std::optional<service::Narratives> narratives;
    std::optional<service::LedgerDesk> ledger;
    service::AlertBell bell;
    std::optional<service::ReportDesk> reports;
    std::optional<service::CameraDesk> cameras;
    std::optional<service::Outings> outings;
    std::optional<service::Office> office;
    std::optional<service::Status> status;
    std::vector<service::Setting> settings;
    std::optional<service::Posters> posters;
    std::optional<service::SiteDesk> site_desk;
    service::LastScans last_scans;
    std::optional<service::GateDesk> gate_desk;
    std::optional<service::RegisterDesk> register_desk;
    std::optional<service::Vehicles> vehicles;
    std::optional<service::DayCounts> counts;
    std::optional<service::Retention> retention;
    std::optional<service::RetentionView> retention_view;
    std::optional<service::Brief> brief;
    Steady steady;
    std::optional<service::Throttle> throttle;
    std::optional<Api> api;
    std::shared_ptr<Sink> current;
    bool full = false;

    PostJob lane(Lane which) {
        return [this, which](const std::function<void(storage::Connection&)>&) {
            if (full) return false;
            current->outcome.lane = which;
            current->outcome.handed_over = true;
            return true;
        };
    }
    PostInTurn lane_in_turn() {
        return [this](const std::function<void(storage::Connection&)>& job, const Turn& turn) {
            current->outcome.turn = (turn.is_known ? "+" : "") + turn.from;
            if (!lane(Lane::password)(job)) turn.turn_away();
        };
    }
    void open_sessions() {
        Books books;
        for (const auto role : roles) {
            const domain::OperatorId id{static_cast<std::uint32_t>(role)};
            storage::OperatorRow row;
            row.id = id;
            row.login = "operator-" + std::to_string(id.value);
            row.roles = static_cast<std::uint8_t>(role);
            books.some_staff.known.push_back(row);
            const auto now = clock.now();
            books.some_staff.open.push_back({vault.blind(service::BlindKind::session_token, token_of(role)),
                                             vault.blind(service::BlindKind::csrf, csrf_of(role)), id, now, now, now});
        }
        access->load(books);
    }
};

Stage::Stage(const service::ThrottleSettings& limits) : state_(std::make_unique<State>()) {
    auto& s = *state_;
    s.writer.emplace(s.store, s.vault, s.clock, s.board);
    s.ingest.emplace(*s.writer, s.vault, s.clock, s.board, s.zone, service::ScanSettings{});
    s.registrar.emplace(*s.writer, s.vault);
    s.access.emplace(*s.writer, s.clock, s.vault, s.staff);
    s.operators.emplace(*s.writer, s.clock, s.vault, s.staff, *s.access, s.board);
    s.devices.emplace(*s.writer, s.clock, s.vault, s.board, s.staff, *s.access);
    s.audit.emplace(*s.writer, s.clock, s.vault, s.staff, (s.folder.path / "audit-checkpoints").string());
    s.cases.emplace(*s.writer, s.vault, s.clock);
    s.tracing.emplace(s.store, *s.writer, s.vault, s.clock, s.board, *s.cases, s.zone);
    s.imports.emplace(*s.writer, s.vault, s.clock, s.board, *s.ingest, 28);
    s.residents.emplace(*s.writer, s.vault, s.clock, s.board, *s.tracing, s.zone, 28);
    s.exports.emplace(*s.writer, *s.cases, [](domain::OperatorId) { return std::string("operator"); }, s.clock, s.zone,
                      service::ExportPlaces{(s.folder.path / "spool").string(), "/dev/shm"});
    s.reveals.emplace(*s.writer, s.vault, s.clock, *s.tracing);
    s.reviews.emplace(*s.writer, s.vault, s.clock, s.board, *s.tracing, s.staff);
    s.verifications.emplace(*s.writer, s.vault, s.clock, s.zone);
    s.follow_up.emplace(*s.writer, s.vault, s.clock, s.board, *s.tracing, s.staff);
    s.forms.emplace(*s.writer, s.vault, s.clock);
    s.narratives.emplace(*s.writer, *s.tracing, s.board, s.clock, s.zone);
    s.site_desk.emplace(*s.writer, s.vault, s.clock, s.board, *s.tracing, s.zone, s.base_url);
    s.ledger.emplace(*s.writer, s.vault, s.clock, s.board, s.staff);
    s.reports.emplace(*s.writer, s.vault, s.clock, s.board, *s.tracing, s.staff, s.zone, 17 * 3600);
    s.cameras.emplace(*s.writer, s.vault, s.clock, s.board, *s.tracing);
    s.outings.emplace(*s.writer, s.vault, s.clock, s.board, *s.tracing, s.staff, s.zone);
    s.office.emplace(*s.writer, s.board, service::OfficeWords{});
    s.status.emplace(*s.writer, s.clock, s.board, s.staff, *s.tracing, *s.audit, s.zone, [] { return service::Machine{}; });
    s.posters.emplace(s.board, s.vault, s.base_url, *s.office, [](const auto&, const auto&, const auto&) { return kit::Result<std::string>("%PDF"); });
    s.gate_desk.emplace(*s.writer, s.vault, s.clock, s.board, *s.tracing, s.last_scans, s.zone);
    s.register_desk.emplace(*s.writer, s.vault, s.clock, s.board, s.staff, std::int16_t{373});
    s.vehicles.emplace(*s.writer, s.vault, s.clock, s.board, service::ScanSettings{});
    s.counts.emplace(*s.writer, s.vault, s.clock, s.board, *s.tracing, s.zone);
    s.brief.emplace(*s.writer, s.clock, s.board, *s.tracing, s.staff, *s.counts, s.zone, "/dev/shm");
    s.retention.emplace(s.store, *s.writer, s.vault, s.clock, *s.tracing, s.zone, 28, [] { return std::int64_t{0}; });
    s.retention_view.emplace(s.vault, s.clock, *s.retention, s.zone, service::RetentionTimes{});
    s.throttle.emplace(limits, s.steady);
    s.ingest->limit_by(*s.throttle);
    s.open_sessions();
    s.api.emplace(Parts{s.vault, s.clock, s.board, *s.ingest, *s.registrar, *s.access, *s.operators, *s.devices, *s.audit, *s.cases, *s.tracing,
                        *s.imports, *s.residents, s.zone, s.base_url, s.lane(Lane::desk), s.lane(Lane::query), [](const auto&) { return false; }, s.lane_in_turn(), *s.exports, *s.reveals, *s.reviews, *s.verifications, *s.follow_up, *s.forms, *s.narratives, *s.posters, *s.site_desk, *s.gate_desk, s.time_zone, *s.ledger, s.bell, *s.reports, *s.cameras, *s.outings, *s.office, *s.status, s.settings, *s.register_desk, *s.vehicles, *s.counts, *s.brief, std::int16_t{373}, *s.throttle, *s.retention_view, std::int64_t{184}});
}

Stage::~Stage() = default;

Api& Stage::api() { return *state_->api; }
std::string Stage::code() const { return state_->vault.site_code({only_site, domain::PosterDirection::any, 0}); }
void Stage::pass_s(std::int64_t seconds) { state_->steady.now += seconds * 1'000'000'000; }
void Stage::fill_lanes() { state_->full = true; }
void Stage::break_clock() { state_->clock.broken = true; }

http::Head Stage::head(http::Method method, const std::string& path, const char* media_type) {
    http::Head head;
    head.method = method;
    head.path = path;
    head.accept_language = "en";
    head.content_type = media_type;
    head.content_length = media_type[0] == '\0' ? 0 : 1;
    head.request_id = 7;
    return head;
}

Outcome Stage::call(http::Method method, const std::string& path, const Visitor& visitor, const std::optional<std::string>& body,
                    std::vector<http::Header> query) {
    http::Request request;
    static_cast<http::Head&>(request) = head(method, path);
    const bool writes = method == http::Method::post || method == http::Method::patch;
    request.body = body.value_or(writes ? "{" : "");
    request.content_length = request.body.size();
    request.authorization = visitor.authorization;
    request.cookie = visitor.cookie;
    request.csrf_token = visitor.csrf_token;
    request.fetch_site = visitor.fetch_site;
    request.neighbourhood = visitor.neighbourhood;
    request.query = std::move(query);
    state_->current = std::make_shared<Sink>();
    api().handle(std::move(request), http::Reply(state_->current));
    auto outcome = state_->current->outcome;
    boost::json::error_code error;
    const auto read = boost::json::parse(outcome.body, error);
    if (!error && read.is_object() && read.as_object().contains("code")) outcome.code = read.at("code").as_string().c_str();
    return outcome;
}

Visitor Stage::resident() const { return {"Bearer " + state_->vault.credential(registered), {}, {}, {}}; }
Visitor Stage::resident_by_cookie() const { return {{}, "__Host-chayan=" + state_->vault.credential(registered), {}, {}}; }
Visitor Stage::with(storage::Role role) const { return {"Bearer " + token_of(role), {}, {}, {}}; }
Visitor Stage::with_cookie(storage::Role role) const { return {{}, "__Host-session=" + token_of(role), csrf_of(role), {}}; }

}  // namespace chayan::api::testing
