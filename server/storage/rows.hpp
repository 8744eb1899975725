// SPDX-License-Identifier: Apache-2.0
// What the ports carry: facts as they are kept. Whatever identifies a person arrives sealed or as a keyed blind index. Values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/division.hpp"
#include "domain/ids.hpp"
#include "domain/scan.hpp"
#include "domain/site.hpp"
#include "domain/time.hpp"

namespace chayan::storage {

using Bytes = std::string;                       ///< binary
using Blind = std::array<std::uint8_t, 16>;      ///< a keyed blind index

/// One scan as it lies in the log: `sealed` holds registration and vehicle.
struct ScanRow {
    domain::ScanSeq seq;
    domain::SiteId site;
    domain::Instant at;
    domain::Direction direction = domain::Direction::in;
    domain::Source source = domain::Source::static_code;
    std::int16_t temperature_dc = 0;             ///< 0: null
    std::int32_t delay_s = 0;                    ///< 0: null
    std::array<std::uint8_t, 16> sealed{};
};

struct VoidRow {
    domain::ScanSeq scan;
    domain::Instant at;                          ///< when it was voided
    domain::OperatorId by;                       ///< none: the resident
    Bytes reason;                                ///< sealed
};

/// How a temperature was taken.
enum class ReadingMethod : std::uint8_t { forehead = 0, ear, axilla, camera };

/// A temperature that staff took of somebody whose scan was in the log already.
struct ReadingRow {
    domain::ScanSeq scan;
    domain::Instant at;
    domain::OperatorId by;
    std::int16_t temperature_dc = 0;
    ReadingMethod method = ReadingMethod::forehead;
    std::int16_t second_dc = 0;                  ///< 0: there was none
    std::int16_t last_dc() const { return second_dc != 0 ? second_dc : temperature_dc; }   ///< what counts
    friend bool operator==(const ReadingRow&, const ReadingRow&) = default;
};

/// Where a statement of who someone is came from.
enum class Origin : std::uint8_t { phone = 0, guard, roster, lead };

struct RegistrationRow {
    domain::RegistrationId id;
    domain::PersonNo person;                     ///< where it was placed first; later events move it
    domain::RegistrationId holder;               ///< whose phone scans for it
    bool is_correction = false;                  ///< of what the holder had said; else one held by another is a dependant's
    Origin origin = Origin::phone;
    domain::Instant at;
    domain::OperatorId by;                       ///< none: the resident
    std::int32_t notice_version = 0;
    Blind name{};
    std::optional<Blind> document;
    std::optional<Blind> phone;
    Bytes profile;                               ///< sealed; all columns above are its associated data
    domain::RegistrationId link_to{};            ///< the statement that it was found to be of the same person as; none: nobody's
    std::string link_reason{};                   ///< a rule's name, or what each field weighed; never a value
};

/// A keyed blind index of parts of a statement: those with an equal one are compared.
using LinkKey = std::array<std::uint8_t, 8>;

/// What the directory needs of every registration at start.
struct Placement {
    domain::RegistrationId registration;
    domain::PersonNo person;
    domain::RegistrationId holder;
    domain::Instant corrected;                   ///< when it corrected what the holder had said; 0: it is no correction
    bool has_document = false;
    domain::Instant at{};
};

/// Statements that are looked for one by one, so that nobody pays for how many there are.
struct StatementQuery {
    enum class By : std::uint8_t {
        document,                      ///< under any name, by id
        phone_and_name,                ///< by id
        document_and_name,             ///< person by person, as they were placed first
        phone_and_name_with_document,  ///< likewise: those that give a document
        phone_and_name_alone,          ///< likewise: those that give none
        document_not_name,             ///< under any other name, in no order
    };
    By by = By::document;
    Blind key{};                                 ///< of the document or phone
    Blind name{};                                ///< not read by document
};
struct StatementPlace {
    domain::RegistrationId registration;
    domain::PersonNo person;                     ///< where it was placed first
};

/// A credential that is no longer good.
struct Revocation {
    domain::RegistrationId registration;
    domain::Instant at;
    bool erase = false;                          ///< its holder asked that all of its phone's registrations be erased
    friend bool operator==(const Revocation&, const Revocation&) = default;
};

enum class PersonEventKind : std::uint8_t { merge = 0, split };
struct PersonEvent {
    std::uint64_t seq = 0;
    PersonEventKind kind = PersonEventKind::merge;
    domain::PersonNo from;                       ///< merge: who becomes `into`; split: whom the registrations leave
    domain::PersonNo into;
    std::vector<domain::RegistrationId> registrations;  ///< which ones moved
    domain::Instant at;
    domain::OperatorId by;                       ///< none: the matching rules
    std::string reason;                          ///< the name of a rule
    domain::RegistrationId upto{};               ///< the last registration that had been placed by then: those after it come after it
};

/// Staff saw the document that a statement gives.
struct VerificationRow {
    domain::RegistrationId registration;
    domain::Instant at;
    domain::OperatorId by;
    friend bool operator==(const VerificationRow&, const VerificationRow&) = default;
};

/// Whether the persons of two statements are one is for a human to say, or was said.
enum class ReviewState : std::uint8_t {
    open = 0,
    same,
    distinct,
    settled,   ///< nothing is left to ask: they became one person in another way, or a statement was corrected
};
enum class ReviewKind : std::uint8_t {
    likely = 0,   ///< much agrees, and not enough
    conflict,     ///< one document under two names, or two documents where name and phone agree
    split,        ///< a human parted them
};
struct ReviewRow {
    domain::RegistrationId a, b;                 ///< a < b
    Blind id{};
    ReviewState state = ReviewState::open;
    ReviewKind kind = ReviewKind::likely;
    double weight = 0;                           ///< log2 of the odds that they are one
    std::string reasons;                         ///< what each field weighed; never a value
    domain::Instant at;
    domain::Instant decided;                     ///< 0: never
    domain::OperatorId by;
    Bytes note;                                  ///< sealed words of whoever decided
    std::uint64_t event = 0;                     ///< the merge or split that the decision made; 0: none
};

struct VehicleRow {
    domain::VehicleId id;
    Blind plate{};
    Bytes sealed;
};

struct DivisionRow {
    domain::DivisionCode code;
    std::string name;
    std::optional<domain::DivisionCode> parent;
    friend bool operator==(const DivisionRow&, const DivisionRow&) = default;
};

struct SiteRow {
    domain::SiteId id;
    std::string ref, name, address;
    domain::Category category = domain::Category::other;
    domain::DivisionCode division;
    domain::SiteId place;                        ///< itself when it names no other
    std::optional<double> longitude, latitude;
    std::optional<domain::Presence> presence;    ///< as given; none: the category's
    std::optional<std::int32_t> dwell_s;         ///< as given; none: the category's
    std::int32_t opens_s = -1, closes_s = -1;
    bool asks_temperature = false;               ///< residents say theirs, where they took it
    std::uint8_t revision = 0;                   ///< of its code
    std::optional<domain::Instant> old_until;    ///< codes of earlier revisions are accepted before this
    std::optional<domain::Instant> closed;
    std::vector<domain::StayRule> stays;         ///< the history, by since
};

/// Bits of OperatorRow::roles.
enum class Role : std::uint8_t { admin = 1, manager = 2, guard = 4, tracer = 8, auditor = 16 };

struct OperatorRow {
    domain::OperatorId id;
    std::string login;
    std::uint8_t roles = 0;
    domain::DivisionCode scope;                  ///< digits 0: everywhere
    std::string password_hash;                   ///< libsodium's string; empty: no password opens a session
    std::optional<domain::Instant> disabled;
    Bytes otp{};                                 ///< sealed TOTP secret; empty: none is enrolled
    std::uint64_t otp_step = 0;                  ///< the last that was used
    domain::SiteId site{};                       ///< the only one of a duty device; none: a person
};

struct SessionRow {
    Blind token{};                               ///< a keyed hash of the token
    Blind csrf{};
    domain::OperatorId operator_id;
    domain::Instant created;
    domain::Instant confirmed;                   ///< when the password was last given
    domain::Instant last_seen;
    Bytes on_duty{};                             ///< sealed name of who has the duty device; empty for a person's session
};

enum class CaseState : std::uint8_t { open = 0, hold, closed };
struct CaseRow {
    std::string number;
    std::string title, purpose;                  ///< sealed
    CaseState state = CaseState::open;
    std::optional<domain::Instant> expires;
    domain::OperatorId by;
    domain::Instant at;
};

/// A blank workbook that answers are written into.
struct FormRow {
    std::array<std::uint8_t, 8> id{};
    domain::Instant at;
    domain::OperatorId by;
    Blind header{};                              ///< of its header row
    std::string columns;                         ///< what they mean, as service/forms writes it
    Bytes sealed;                                ///< what its head says
    Bytes file;                                  ///< sealed
};

struct AuditRow {
    std::uint64_t seq = 0;
    domain::Instant at;
    domain::OperatorId by;                       ///< none: the service itself, or a resident
    std::string action;                          ///< a word of service/audit.hpp
    std::string case_number;                     ///< or empty
    Bytes detail;                                ///< sealed; or empty
    std::array<std::uint8_t, 32> chain{};        ///< keyed hash over the row before and this one
    std::vector<Blind> subjects{};               ///< whom it is about: an index beside the row, not read back with it
};

}  // namespace chayan::storage
