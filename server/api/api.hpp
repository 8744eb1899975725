// SPDX-License-Identifier: Apache-2.0
// The product's HTTP interface (CONTRACT 6): one table of endpoints with who may call each, and how a call is admitted,
// authenticated and handed to its lane. admit() and handle() run on io threads and never block.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/rates.hpp"
#include "service/access.hpp"
#include "service/audit.hpp"
#include "service/desk.hpp"
#include "service/devices.hpp"
#include "service/directory.hpp"
#include "service/exports.hpp"
#include "service/imports.hpp"
#include "service/ingest.hpp"
#include "service/operators.hpp"
#include "service/registrar.hpp"
#include "service/residents.hpp"
#include "service/reveals.hpp"
#include "service/reviews.hpp"
#include "service/tracing.hpp"

namespace chayan::service {
class FollowUp;
class GateDesk;
class Posters;
class SiteDesk;
class DailyWord;
class Office;
class Status;
struct Setting;
class Forms;
class Narratives;
class Verifications;
class LedgerDesk;
class AlertBell;
class Brief;
class DayCounts;
class RegisterDesk;
class Vehicles;
class ReportDesk;
class CameraDesk;
class Outings;
class RetentionView;
class Throttle;
}

namespace chayan::api {

class FixedParts;

/// Posts a job to threads that may block; false when too many wait.
using PostJob = std::function<bool(std::function<void(storage::Connection&)>)>;
/// Who asks for a place in a short queue, and what happens instead of the job where it has none, or loses it to somebody else.
struct Turn {
    std::string from;
    bool is_known = false;
    std::function<void()> turn_away;
};
using PostInTurn = std::function<void(std::function<void(storage::Connection&)>, Turn)>;

struct Parts {
    service::Vault& vault;
    const service::Clock& clock;
    service::DirectoryBoard& board;
    service::Ingest& ingest;
    service::Registrar& registrar;
    service::Access& access;
    service::Operators& operators;
    service::Devices& devices;
    service::AuditTrail& audit;
    service::CaseDesk& cases;
    service::Tracing& tracing;
    service::Imports& imports;
    service::Residents& residents;
    domain::TimeZone zone;
    const std::string& base_url;   ///< what links and posters begin with
    PostJob desk, query;
    PostJob names;           ///< one thread that never waits for a commit, and a short queue: whose phone a page is for
    PostInTurn password;     ///< one thread and a short queue: Argon2 can't keep guards or tracers waiting
    service::Exports& exports;
    service::Reveals& reveals;
    service::Reviews& reviews;
    service::Verifications& verifications;
    service::FollowUp& follow_up;
    service::Forms& forms;
    service::Narratives& narratives;
    service::Posters& posters;
    service::SiteDesk& sites;
    service::GateDesk& gate_desk;
    const std::string& time_zone;   ///< the name of `zone`, for browsers
    service::LedgerDesk& ledger;
    service::AlertBell& bell;
    service::ReportDesk& reports;
    service::CameraDesk& cameras;
    service::Outings& outings;
    service::Office& office;
    service::Status& status;
    const std::vector<service::Setting>& settings;
    service::RegisterDesk& registers;
    service::Vehicles& vehicles;
    const service::DayCounts& counts;
    const service::Brief& brief;
    std::int16_t fever_from_dc;     ///< tenths of a degree
    service::Throttle& throttle;
    const service::RetentionView& retention;
    std::int64_t roster_days;       ///< of a roster that names no end
    std::shared_ptr<kit::Guarded<std::shared_ptr<const FixedParts>>> fixed{};   ///< of residents' pages; Api makes them, and anew when the office changes
    std::shared_ptr<service::DailyWord> word_of_day{};   ///< likewise
};

/// How the caller's scope (a division; for a duty device one site of it) binds a call. What lies outside is as if it were not
/// there. The services apply it, for commands and threads of their own need it too; here it is said for each call, and a test
/// walks every call by role by scope.
enum class Scope : std::uint8_t {
    whole,    ///< not at all: nothing in it is a division's, or CONTRACT 6 wants it uncut (a trajectory)
    own,      ///< only what is the caller's own: sessions, what a phone recorded, what a guard entered
    site,     ///< the site or device that the path names: else 404
    each,     ///< each item or row by its own site or division: the others are taken, these refused one by one
    people,   ///< the persons and sites it asks about: persons registered in the scope or seen at a site of it
    staff,    ///< operators whose scope lies in the caller's, and what they did
};

/// Who may call: anyone (with `credential`: known by it where there is one), a resident's credential, operators with one of some roles (bits of storage::Role), or a credential or such
/// roles; and how far.
struct Who {
    bool anyone = false;
    bool credential = false;
    std::uint8_t roles = 0;
    bool unenrolled = false;   ///< also open to an operator whose compulsory second factor is missing
    Scope scope = Scope::whole;
};
enum class Lane : std::uint8_t { io, desk, query, password };

/// One call under way. Held by whoever will answer it: a handler that answers later keeps shared_from_this().
struct Call : std::enable_shared_from_this<Call> {
    http::Request request;
    std::vector<std::string> parameters;                        ///< {…} of the path, in order
    std::optional<domain::RegistrationId> credential;
    std::optional<service::Caller> caller;
    storage::Connection* reader = nullptr;                      ///< on desk and query lanes
    std::shared_ptr<http::Reply> reply;

    /// The query's value; empty when it is not there.
    std::string query(std::string_view name) const;
};

using HandlerFunction = void (*)(Parts&, Call&);

struct Endpoint {
    http::Method method;
    const char* path;                 ///< "/api/v1/codes/{code}"
    Who who;
    Lane lane;
    std::size_t body_bytes_max;       ///< 0: none
    const char* media_type;           ///< of the body
    HandlerFunction handle;
    const char* query = "";           ///< the names that its query may have, with spaces between
    Rate rate = Rate::free;           ///< as api/rates.hpp says, in endpoints()
};
/// schema/openapi.yaml as it stands.
extern const std::string_view openapi_text;

/// The table. Tests walk call by role, and call by role by scope, over it (tests/api, tests/contract/scope_matrix_test.py).
const std::vector<Endpoint>& endpoints();

class RouteTally;

class Api final : public http::Handler {
public:
    explicit Api(Parts parts);
    /// How the service is, as /api/v1/status answers it. Any thread that may block.
    std::string status_text(storage::Connection& reader);
    /// What was answered. Any thread.
    const RouteTally& tally() const { return *tally_; }
    http::Admission admit(const http::Head& head) override;
    void handle(http::Request request, http::Reply reply) override;
    http::Response refusal(int status, std::string_view code, std::string_view accept_language, std::uint64_t request_id) override;

private:
    /// Fills `caller` or `credential`.
    kit::Status authenticate(const Endpoint& endpoint, const http::Head& head, Call& call);
    /// Fills `caller`, by the bearer token or else the session's cookie.
    kit::Status authenticate_operator(const Endpoint& endpoint, const http::Head& head, Call& call);
    /// Takes one from the caller's bucket. Error calls_too_often or scans_too_often (429).
    kit::Status count(const Endpoint& endpoint, const Call& call);
    Parts parts_;
    std::shared_ptr<RouteTally> tally_;   ///< replies may outlive us
};

}  // namespace chayan::api
