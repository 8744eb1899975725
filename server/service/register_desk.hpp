// SPDX-License-Identifier: Apache-2.0
// The desk's registers: records are opened by hand (fevers also by a scan, service/fever), moved on by steps, and handed from one grid to another with their history. Who may
// see a record's division may see it and act. Threads that may block, each with its own reader.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/register.hpp"
#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/shown.hpp"
#include "service/staff.hpp"
#include "service/writer.hpp"
#include "storage/register.hpp"

namespace chayan::service {

/// What somebody says who opens a record, or takes a step; what is not said is empty.
struct RecordSaying {
    std::string step;                              ///< a step's alone
    std::string division, site;                    ///< code or name; ref
    std::string subject, place, note;
    std::string found_at, result, until;           ///< words; RFC 3339
    std::optional<double> temperature;             ///< °C
    std::optional<domain::StatementFields> person{};
};

struct SiteName {
    std::string ref, name;
};

struct StepView {
    storage::StepRow row;
    std::string by, place, note, division_name;    ///< by: a login; empty: the service
    std::optional<SiteName> site;                  ///< where the step says so
};

struct RecordView {
    storage::RecordRow row;
    std::string by, subject, place, division_name;
    std::optional<SiteName> site;
    std::optional<MaskedPerson> person;
    bool is_overdue = false;
    bool is_here = true;                           ///< false: it was handed over, and may be looked at alone
    std::vector<StepView> steps;                   ///< of one record that was asked for, oldest first
};

struct RecordPage {
    std::vector<RecordView> records;
    storage::DuePlace next;                        ///< where the last one stands when there are more
    std::size_t open = 0, overdue = 0;             ///< of the whole register, in the caller's scope
};

/// How much there is to do.
struct RegisterCount {
    domain::RegisterKind kind = domain::RegisterKind::fever;
    std::size_t open = 0, overdue = 0;
};

struct IsolationPlace {
    SiteName site;
    std::optional<std::uint32_t> capacity;
    std::uint32_t in = 0;                          ///< people who are there now
};

class RegisterDesk {
public:
    /// Requires: what is passed outlives it.
    RegisterDesk(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, Staff& staff, std::int16_t fever_from_dc)
        : writer_(writer), vault_(vault), clock_(clock), board_(board), staff_(staff), fever_from_dc_(fever_from_dc) {}

    /// Of the caller's divisions; open: what is due first comes first, else newest first. A line in the audit log. `cursor`: where the last one stood that was seen.
    kit::Result<RecordPage> list(const Caller& caller, storage::Connection& reader, domain::RegisterKind kind, bool is_closed, storage::DuePlace cursor);
    /// Of every register, in the caller's scope. Tells of nobody, and so leaves no line in the audit log: a page asks every minute.
    std::vector<RegisterCount> counts(const Caller& caller, storage::Connection& reader) const;
    /// Also of one that was of the caller's divisions once. A line in the audit log. Error record_unknown (404, also outside the scope), also below.
    kit::Result<RecordView> find(const Caller& caller, storage::Connection& reader, domain::RegisterKind kind, std::uint64_t id);
    /// Errors: those of domain::open_record, of a statement with its pointer, person_missing, subject_missing, division_missing, division_unknown, site_unknown, isolation_place, found_at_unknown,
    /// temperature_range, time_malformed, and of the texts (422); isolation_full, record_open: that person is in the register (409).
    kit::Result<RecordView> open(const Caller& caller, storage::Connection& reader, domain::RegisterKind kind, const RecordSaying& saying);
    /// Somebody whose fever ends in isolation is in that register from then on; a fever of somebody in isolation is in the other. Handing it over again
    /// is no error. Errors: those of domain::after, record_elsewhere: it was handed over (409), step_unknown, result_unknown, and as above.
    kit::Result<RecordView> step(const Caller& caller, storage::Connection& reader, domain::RegisterKind kind, std::uint64_t id, const RecordSaying& saying);
    /// Sites of category isolation within the caller's scope, by ref; closed ones while somebody is in.
    std::vector<IsolationPlace> places(const Caller& caller, storage::Connection& reader) const;
    /// Errors: site_unknown (404), isolation_place, capacity_range (422).
    kit::Status set_capacity(const Caller& caller, const std::string& ref, double capacity);

private:
    RecordView view_of(storage::Connection& reader, const Directory& directory, storage::RecordRow row) const;
    RecordView with_steps(const Caller& caller, storage::Connection& reader, const Directory& directory, storage::RecordRow row) const;
    kit::Result<domain::StepFacts> read_facts(const Directory& directory, const RecordSaying& saying, bool is_step) const;
    kit::Result<domain::DivisionCode> read_division(const Caller& caller, const Directory& directory, const std::string& text, bool is_handed) const;
    kit::Status check_room(storage::RegisterBook& book, domain::SiteId site, domain::SiteId mover) const;
    void isolate(WriteContext& context, const Caller& caller, const storage::RecordRow& fever, const domain::Standing& next, const domain::StepFacts& facts, const std::string& place) const;

    Writer& writer_;
    Vault& vault_;
    const Clock& clock_;
    DirectoryBoard& board_;
    Staff& staff_;
    const std::int16_t fever_from_dc_;
};

}  // namespace chayan::service
